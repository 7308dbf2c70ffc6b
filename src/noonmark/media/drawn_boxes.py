"""Boxes that a human drew, as a file of ``[[box]]`` entries, put on the frames of a film.

A frame stays on the screen from its own time until that of the next. A box hides every frame that
is on the screen at some time of its stretch, however short; where the box moves, it hides all
places that the box passes while the frame is shown. A stretch at which no frame is shown is a
mistake, and refused.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from noonmark.errors import InputError, Problem
from noonmark.media.hidden_boxes import BoxLists, HiddenBox, Times

_SLACK_S = 1e-6
_CLOCK_STEP_S = 1 / 90_000
"""The clock of the redacted film (sandbox/tasks/paint_boxes.py): no two frames share a tick."""
_FALLBACK_STEP_S = 0.04
_ENTRY_KEYS = {"box_px", "from_s", "to_s", "track", "what"}


@dataclass(frozen=True)
class ShownTime:
    """When one frame is on the screen, in s: from its time up to that of the next."""

    from_s: float
    to_s: float

    def meets(self, from_s: float, to_s: float) -> bool:
        """Whether it is on the screen at some time of a stretch, whose two ends belong to it."""
        return self.from_s <= to_s + _SLACK_S and self.to_s > from_s + _SLACK_S


def shown_times(times_s: Times) -> list[ShownTime]:
    """When each frame of a film is on the screen.

    The last one has no end: players leave it there. Where the times of a film do not go forward,
    the redacted film moves a frame on: then it counts as shown at either time.
    """
    moved: list[float] = []
    for time_s in times_s:
        moved.append(max(time_s, moved[-1] + _CLOCK_STEP_S) if moved else time_s)
    shown = []
    for time_s, moved_s, end_s in zip(times_s, moved, [*moved[1:], math.inf], strict=True):
        shown.append(ShownTime(min(time_s, moved_s), end_s))
    return shown


def film_end_s(times_s: Times) -> float:
    """When a film ends, in s: its last frame is taken to stay as long as the frame before it, or as
    half of all frames if that is longer.
    """
    times = sorted(times_s)
    steps = [after - before for before, after in pairwise(times)]
    return times[-1] + (max(steps[-1], median(steps)) if steps else _FALLBACK_STEP_S)


@dataclass(frozen=True)
class _KeyBox:
    """Where a moving box is at one time."""

    at_s: float
    box: HiddenBox


@dataclass(frozen=True)
class _StillBox:
    """A box that stays where it is, from a time to a time; None stands for the film's own end."""

    box: HiddenBox
    from_s: float | None
    to_s: float | None

    @property
    def begin_s(self) -> float:
        """When it is first there."""
        return -math.inf if self.from_s is None else self.from_s

    def during(self, shown: ShownTime) -> HiddenBox | None:
        """The box while a frame is shown, or None where it is not there then."""
        to_s = math.inf if self.to_s is None else self.to_s
        is_there = self.begin_s <= to_s and shown.meets(self.begin_s, to_s)
        return self.box if is_there else None

    def stretch(self) -> str:
        """Its stretch in words."""
        from_s = "the start" if self.from_s is None else f"{self.from_s:g} s"
        to_s = "the end" if self.to_s is None else f"{self.to_s:g} s"
        return f"from {from_s} to {to_s}"


@dataclass(frozen=True)
class _MovingBox:
    """A box that moves evenly between its keys, which are in order of time."""

    keys: Sequence[_KeyBox]

    @property
    def begin_s(self) -> float:
        """When it is first there."""
        return self.keys[0].at_s

    def during(self, shown: ShownTime) -> HiddenBox | None:
        """The smallest box that holds all its places while a frame is shown; None before its first
        key and after its last.

        Between two keys it moves along a line, so the ends of each stretch hold all between them.
        """
        passed = None
        for a, b in pairwise(self.keys):
            if shown.meets(a.at_s, b.at_s):
                for time_s in (max(a.at_s, shown.from_s), min(b.at_s, shown.to_s)):
                    here = _between(a, b, time_s)
                    passed = here if passed is None else passed.hull(here)
        return passed

    def stretch(self) -> str:
        """Its stretch in words."""
        return f"from {self.keys[0].at_s:g} s to {self.keys[-1].at_s:g} s"


def _between(a: _KeyBox, b: _KeyBox, time_s: float) -> HiddenBox:
    """Where a moving box is at a time between two of its keys."""
    if b.at_s == a.at_s:
        return a.box.hull(b.box)
    share = (time_s - a.at_s) / (b.at_s - a.at_s)
    return a.box.between(b.box, min(1.0, max(0.0, share)))


def is_followed(row: object) -> bool:
    """Whether an entry asks to be followed, which :mod:`noonmark.media.followed_boxes` does."""
    return isinstance(row, dict) and "follow" in row


def drawn_boxes(
    document: Mapping[str, object], times_s: Times, size_px: tuple[int, int]
) -> BoxLists:
    """Drawn boxes by frame number.

    An entry holds ``box_px`` and either nothing more (the whole film) or ``from_s`` and ``to_s``.
    Or it holds ``track``: a list of ``at_s`` and ``box_px``, between which the box moves evenly.
    Entries with ``follow`` are left out.

    Raises InputError with every fault of the document at once.
    """
    rows = document.get("box")
    unknown = sorted(set(document) - {"box"})
    if unknown or not isinstance(rows, list) or not rows:
        raise InputError(
            f"expected [[box]] entries{f', got {unknown[0]!r}' if unknown else ''}",
            code="bad-boxes",
            hint="[[box]]\nbox_px = [100, 80, 180, 160]\nfrom_s = 1.5\nto_s = 4",
        )
    problems: list[Problem] = []
    shown, end_s = shown_times(times_s), film_end_s(times_s)
    found: BoxLists = defaultdict(list)
    for i, row in enumerate(rows):
        if is_followed(row):
            continue
        reader = EntryReader(f"box[{i}]", size_px, problems)
        entry = reader.entry(row)
        if entry is None:
            continue
        hidden = [(number, entry.during(time)) for number, time in enumerate(shown)]
        for number, box in hidden:
            if box is not None:
                found[number].append(box)
        if entry.begin_s >= end_s or not any(box for _, box in hidden):
            reader.misses_the_film(entry.stretch(), shown[0].from_s, end_s)
    if problems:
        raise InputError.of(problems)
    return found


@dataclass(frozen=True)
class EntryReader:
    """Reads one entry and notes every fault in it."""

    where: str
    size_px: tuple[int, int]
    problems: list[Problem]

    def entry(self, row: object) -> _StillBox | _MovingBox | None:
        """The entry, or None where it holds none."""
        if not isinstance(row, dict):
            self.wrong("", "a table", row)
            return None
        unknown = sorted(set(row) - _ENTRY_KEYS)
        if unknown:
            expected = "one of box_px, from_s, to_s, track, what"
            self.wrong(f".{unknown[0]}", expected, unknown[0])
        if ("track" in row) == ("box_px" in row):
            self.wrong("", "either box_px or track", sorted(row))
            return None
        if "track" in row:
            return self._moving(row["track"])
        box = self._box(row["box_px"], ".box_px")
        from_s = self.seconds(row.get("from_s"), ".from_s")
        to_s = self.seconds(row.get("to_s"), ".to_s")
        return _StillBox(box, from_s, to_s) if box is not None else None

    def _moving(self, track: object) -> _MovingBox | None:
        """A moving box with its keys in order of time, or None where it has fewer than two."""
        keys = [_KeyBox(at_s, box) for at_s, box in self.keys(track, ".track")]
        if len(keys) < 2:
            self.wrong(".track", "two entries at least", track)
            return None
        return _MovingBox(keys)

    def keys(self, rows: object, part: str) -> list[tuple[float, HiddenBox]]:
        """Boxes with their times [s], in order of time; an entry with a fault is left out."""
        keys = []
        for j, key in enumerate(rows if isinstance(rows, list) else []):
            at_s = box = None
            if isinstance(key, dict):
                at_s = self.seconds(key.get("at_s"), f"{part}[{j}].at_s")
                box = self._box(key.get("box_px"), f"{part}[{j}].box_px")
            if at_s is None or box is None:
                self.wrong(f"{part}[{j}]", "at_s and box_px", key)
            else:
                keys.append((at_s, box))
        return sorted(keys, key=lambda key: key[0])

    def _box(self, value: object, part: str) -> HiddenBox | None:
        """The four edges; None where they are no numbers, and a problem where they make no box."""
        numbers = _four_numbers(value)
        if numbers is None:
            self.wrong(part, "[left, top, right, bottom] in px", value)
            return None
        box = HiddenBox(*numbers)
        wide, high = self.size_px
        if box.area <= 0:
            self.wrong(part, "left < right and top < bottom", value)
        elif box.overlap(HiddenBox(0, 0, float(wide), float(high))) <= 0:
            self.wrong(part, f"a box that touches the frame of {wide}x{high} px", value)
        return box

    def seconds(self, value: object, part: str) -> float | None:
        """A time in s, or None where none is stated."""
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        self.wrong(part, "a number of seconds", value)
        return None

    def misses_the_film(self, stretch: str, begin_s: float, end_s: float) -> None:
        """Note that no frame is on the screen at any time of the entry's stretch."""
        runs = f"a stretch of the film, which runs from {begin_s:.6g} to {end_s:.6g} s"
        self.problems.append(Problem("bad-boxes", self.where, runs, stretch))

    def wrong(self, part: str, expected: str, got: object) -> None:
        self.problems.append(Problem("bad-boxes", f"{self.where}{part}", expected, repr(got)))


def _four_numbers(value: object) -> list[float] | None:
    """The numbers of a list of four, or None where it is no such list."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(type(number) in (int, float) for number in value):
        return None
    return [float(number) for number in value]
