"""Boxes that follow what they were drawn on, through one shot, so that it is hidden.

    1 a person draws the box on one frame or more, the keys
    2 from each key it is followed by machine to the next key, or to the end of the stretch
    3 from each key but the first it is followed back, too, to the one before it
    4 a cut ends a run: nothing is linked from one shot to another
    5 each frame hides what any of its runs says, each a tenth larger
    6 where a run is unsure, its box grows with time in all directions until it is sure again; it is
      never smaller than it was drawn
    7 where a lost thing is found again, the straight way there is hidden too
    8 all that was followed is put before the person who reviews, what was unsure by itself

It serves hiding alone. Nothing of what is in the box leaves the worker but where it is.

**Accuracy** docs/redaction.md, ``python benchmarks/redaction_follow.py``. **Authority**
tests/media/test_follow.py: films of a thing whose place on every frame is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.media.drawn_boxes import EntryReader, ShownTime, is_followed, shown_times
from noonmark.media.frames import LIMITS, Reel
from noonmark.media.hidden_boxes import BoxLists, HiddenBox, Review, ReviewStretch
from noonmark.sandbox import process

MARGIN = 1.1
"""A followed box is this much larger than what was followed, because each step may be off."""
GROWTH_A_S = 1.0
"""An unsure box grows by this share of its longer side a second, each way, and by its own speed."""
MOST_FRAMES = 3000
_APART = 0.35
"""Two ways that lie apart by more than this share of the longer side disagree."""
FOLLOWED = "a drawn box was followed by machine"
LOST = "what was followed was lost from sight, and the box grew"
APART = "followed from both ends, the box comes out apart"
CUT = "a cut ended what was followed: NOT hidden here"
_KEYS = {"follow", "to_s", "what"}


@dataclass(frozen=True)
class KeyFrame:
    """A box as a person drew it, on the frame of that number."""

    number: int
    box: HiddenBox


@dataclass(frozen=True)
class FollowEntry:
    """Drawn boxes of one thing in order of time, and the last frame on which it is to be hidden.

    ``last`` is None where the end of the shot is meant.
    """

    keys: tuple[KeyFrame, ...]
    last: int | None


@dataclass(frozen=True)
class FollowedPlace:
    """Where a run has a box on one frame, and whether the machine is sure.

    ``box`` is as large as what was followed, and at least as large as it was drawn. Where the
    machine is not ``sure`` it stays where it last was.
    """

    box: HiddenBox
    sure: bool


@dataclass(frozen=True)
class _Run:
    """A stretch to follow, from a drawn box: first and last frame, the last before it if back."""

    key: KeyFrame
    last: int


Way = dict[int, FollowedPlace]


def followed_boxes(
    path: Path, reel: Reel, document: Mapping[str, object]
) -> tuple[BoxLists, Review]:
    """The boxes of every frame of the entries that hold ``follow``, and what is to be looked at.

    Raises InputError "bad-boxes" with every fault at once, and "follow-too-long".
    """
    boxes: BoxLists = defaultdict(list)
    review: Review = []
    for entry in _entries(document, reel):
        runs = _runs(entry, reel.shots)
        ways = _followed(path, runs) if runs else []
        joined = _joined(entry, runs, ways, reel)
        for number, box in joined.hidden.items():
            boxes[number].append(box)
        review += _review(joined, entry, reel)
    return boxes, review


def _entries(document: Mapping[str, object], reel: Reel) -> list[FollowEntry]:
    """Every entry that is to be followed, read and checked."""
    rows = document.get("box")
    problems: list[Problem] = []
    found = []
    for i, row in enumerate(rows if isinstance(rows, list) else []):
        if is_followed(row):
            reader = EntryReader(f"box[{i}]", (reel.width_px, reel.height_px), problems)
            entry = _entry(reader, row, reel)
            if entry is not None:
                found.append(entry)
    if problems:
        raise InputError.of(problems)
    return found


def _entry(reader: EntryReader, row: Mapping[str, Any], reel: Reel) -> FollowEntry | None:
    """One entry, or None where it has a fault."""
    before = len(reader.problems)
    for name in sorted(set(row) - _KEYS):
        reader.wrong(f".{name}", f"one of {', '.join(sorted(_KEYS))}", row[name])
    if len(reel.times_s) < 2:
        reader.wrong(".follow", "a film: a photo needs box_px alone", row["follow"])
    drawn = reader.keys(row["follow"], ".follow")
    to_s = reader.seconds(row.get("to_s"), ".to_s")
    if not drawn:
        reader.wrong(".follow", "one entry at least, of at_s and box_px", row["follow"])
    elif to_s is not None and to_s < drawn[-1][0]:
        reader.wrong(".to_s", "a time after the last drawn box", to_s)
    shown = shown_times(reel.times_s.tolist())
    keys = []
    for at_s, box in drawn:
        number = _shown_at(shown, at_s)
        if number is None:
            reader.wrong(".follow", "a time at which a frame is shown", at_s)
        else:
            keys.append(KeyFrame(number, box))
    if len(reader.problems) > before:
        return None
    if to_s is not None:
        return FollowEntry(tuple(keys), _shown_at(shown, to_s))
    return FollowEntry(tuple(keys), keys[-1].number if len(keys) > 1 else None)


def _shown_at(shown: Sequence[ShownTime], at_s: float) -> int | None:
    """The number of the first frame on the screen at a time; None where none is."""
    for number, time in enumerate(shown):
        if time.meets(at_s, at_s):
            return number
    return None


def _runs(entry: FollowEntry, shots: Sequence[tuple[int, int]]) -> list[_Run]:
    """The runs of an entry: forward from each drawn frame, and back from each but the first.

    None of them leaves the shot of the frame that it starts on.
    """
    runs = []
    for a, b in pairwise(entry.keys):
        _, end = _shot(a.number, shots)
        begin, _ = _shot(b.number, shots)
        runs.append(_Run(a, min(b.number, end)))
        runs.append(_Run(b, max(a.number, begin)))
    key = entry.keys[-1]
    _, end = _shot(key.number, shots)
    if entry.last is not None:
        end = min(end, entry.last)
    runs.append(_Run(key, end))
    return [run for run in runs if run.last != run.key.number]


def _shot(number: int, shots: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """First and last frame of the shot that a frame belongs to."""
    first, end = next(shot for shot in shots if shot[0] <= number < shot[1])
    return first, end - 1


def _followed(path: Path, runs: Sequence[_Run]) -> list[Way]:
    """Each run followed in a locked process."""
    numbers = [run.key.number for run in runs]
    numbers += [run.last for run in runs]
    count = max(numbers) - min(numbers) + 1
    if count > MOST_FRAMES:
        raise InputError(
            f"a box would be followed over {count} frames, at most {MOST_FRAMES} at once",
            code="follow-too-long",
            hint="give to_s, and go on with a further [[box]] drawn there",
        )
    asked = []
    ways: list[Way] = []
    for run in runs:
        box = run.key.box
        asked.append([run.key.number, run.last, box.x0_px, box.y0_px, box.x1_px, box.y1_px])
        ways.append({run.key.number: FollowedPlace(box, True)})
    value = process.run(
        "follow_boxes",
        payload={"runs": asked},
        files=[path],
        limits=LIMITS,
    ).value
    for run_number, number, *edges, sure in value["rows"].tolist():
        ways[int(run_number)][int(number)] = FollowedPlace(HiddenBox(*edges), bool(sure))
    return ways


@dataclass(frozen=True)
class _Joined:
    """What is hidden on each frame over all runs, and why a frame is unsure."""

    hidden: dict[int, HiddenBox]
    unsure: dict[int, str]


def _joined(entry: FollowEntry, runs: Sequence[_Run], ways: Sequence[Way], reel: Reel) -> _Joined:
    """All runs of an entry together: each frame hides what any of them says."""
    hidden: dict[int, HiddenBox] = {}
    unsure: dict[int, str] = {}
    sure: dict[int, HiddenBox] = {}
    for key in entry.keys:
        _add(hidden, key.number, key.box)
    for run, way in zip(runs, ways, strict=True):
        for number, box in _safe(way, run, reel).items():
            _add(hidden, number, box)
            place = way[number]
            other = sure.setdefault(number, place.box)
            if not place.sure:
                unsure[number] = LOST
            elif other.apart_px(place.box) > _APART * place.box.longer_px:
                unsure.setdefault(number, APART)
    return _Joined(hidden, unsure)


def _add(hidden: dict[int, HiddenBox], number: int, box: HiddenBox) -> None:
    """Hide a box on a frame, too."""
    hidden[number] = box.hull(hidden.get(number, box))


def _safe(way: Way, run: _Run, reel: Reel) -> dict[int, HiddenBox]:
    """The boxes of a run: with a margin, and grown while unsure.

    Where a lost thing is found again, the frames between also hide the straight way there.
    """
    step = 1 if run.last >= run.key.number else -1
    found: dict[int, HiddenBox] = {}
    sure_at = run.key.number
    speed_px_s = 0.0
    for number in range(run.key.number, run.last + step, step):
        place = way[number]
        box = place.box.grown(MARGIN)
        since_s = abs(float(reel.times_s[number] - reel.times_s[sure_at]))
        if place.sure:
            _bridge(found, way, range(sure_at, number, step), number)
            if since_s > 0:
                moved_px = place.box.apart_px(way[sure_at].box)
                speed_px_s = max(0.7 * speed_px_s, moved_px / since_s)
            sure_at = number
        else:
            box = box.widened(since_s * (speed_px_s + GROWTH_A_S * box.longer_px))
        found[number] = box
    return found


def _bridge(found: dict[int, HiddenBox], way: Way, lost: range, again: int) -> None:
    """Hide the straight way between the two sure frames about a stretch where a thing was lost.

    ``lost`` begins with the last sure frame; ``again`` is the one on which it is found again.
    """
    for passed, number in enumerate(lost):
        if passed:
            share = passed / len(lost)
            between = way[lost[0]].box.between(way[again].box, share)
            found[number] = found[number].hull(between.grown(MARGIN))


def _review(joined: _Joined, entry: FollowEntry, reel: Reel) -> Review:
    """All of what was followed, each unsure stretch, and each cut that ended it."""
    numbers = sorted(joined.hidden)
    whys: dict[int, str] = dict(joined.unsure)
    last = numbers[-1] if entry.last is None else entry.last
    for number in range(numbers[0], last + 1):
        if number not in joined.hidden:
            whys[number] = CUT
    times = reel.times_s
    found = [_stretch(numbers[0], numbers[-1], FOLLOWED, times)]
    begin = numbers[0]
    for number in range(numbers[0], last + 1):
        why = whys.get(number)
        if why != whys.get(begin):
            begin = number
        ends = number == last or whys.get(number + 1) != why
        if why is not None and ends:
            found.append(_stretch(begin, number, why, times))
    return found


def _stretch(first: int, last: int, why: str, times_s: Any) -> ReviewStretch:
    return ReviewStretch(float(times_s[first]), float(times_s[last]), why)
