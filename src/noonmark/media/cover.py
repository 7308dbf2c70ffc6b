"""From detections to what is hidden in each frame: grown, carried over gaps, reset at cuts; and what to look at.

Boxes are linked by their overlap in time and by nothing else: no likeness, no identity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from noonmark.errors import InputError, Problem

GROWTH = 1.3
"""Each detected face becomes a square of its longer side, this much larger. Measured: docs/redaction.md.

CenterFace draws a face 0.77 times as wide as high, from brow to chin; a head that turns or tilts fills the square.
Boxes grown as they are need 1.5 for what squares reach at 1.3.
"""
GAP_S = 1.0
"""A track that misses frames for up to this long is filled between its hits."""
HOLD_S = 0.4
"""A box is held this long before its first hit and after its last, unless a cut lies between."""
_LINK_OVERLAP = 0.15
_SURE = 0.2


@dataclass(frozen=True)
class Box:
    """A rectangle on the upright frame, in px: left, top, right, bottom."""

    x0_px: float
    y0_px: float
    x1_px: float
    y1_px: float

    def grown(self, factor: float) -> Box:
        """The same centre, ``factor`` times as wide and high."""
        dx, dy = (self.x1_px - self.x0_px) * (factor - 1) / 2, (self.y1_px - self.y0_px) * (factor - 1) / 2
        return Box(self.x0_px - dx, self.y0_px - dy, self.x1_px + dx, self.y1_px + dy)

    def squared(self) -> Box:
        """The square with the same centre and the longer side."""
        half = max(self.x1_px - self.x0_px, self.y1_px - self.y0_px) / 2
        x, y = (self.x0_px + self.x1_px) / 2, (self.y0_px + self.y1_px) / 2
        return Box(x - half, y - half, x + half, y + half)

    def hull(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.x0_px, other.x0_px),
            min(self.y0_px, other.y0_px),
            max(self.x1_px, other.x1_px),
            max(self.y1_px, other.y1_px),
        )

    def overlap(self, other: Box) -> float:
        """Intersection over the smaller area: 1 where one lies in the other."""
        wide = min(self.x1_px, other.x1_px) - max(self.x0_px, other.x0_px)
        high = min(self.y1_px, other.y1_px) - max(self.y0_px, other.y0_px)
        smaller = min(self.area, other.area)
        return wide * high / smaller if wide > 0 and high > 0 and smaller > 0 else 0.0

    @property
    def area(self) -> float:
        """In square px."""
        return max(0.0, self.x1_px - self.x0_px) * max(0.0, self.y1_px - self.y0_px)


@dataclass(frozen=True)
class Hit:
    """One detection in one frame."""

    number: int
    box: Box
    score: float


@dataclass
class Track:
    """Hits that overlap from frame to frame within one shot."""

    hits: list[Hit] = field(default_factory=list)


@dataclass(frozen=True)
class Doubt:
    """A stretch that a human must look at before export, and why."""

    from_s: float
    to_s: float
    why: str


@dataclass(frozen=True)
class Cover:
    """What is hidden in each frame, and what to look at."""

    boxes: Mapping[int, tuple[Box, ...]]
    doubts: tuple[Doubt, ...]
    tracks: int


def cover(
    hits: Sequence[Hit],
    times_s: Sequence[float],
    shots: Sequence[tuple[int, int]],
    *,
    threshold: float,
    growth: float = GROWTH,
) -> Cover:
    """Boxes for each frame from detections; those under ``threshold`` are not hidden but put before a human."""
    sure = [hit for hit in hits if hit.score >= threshold]
    faint = [hit for hit in hits if hit.score < threshold]
    boxes: dict[int, list[Box]] = defaultdict(list)
    doubts: list[Doubt] = []
    tracks: list[Track] = []
    for first, end in shots:
        inside = [hit for hit in sure if first <= hit.number < end]
        for track in link(inside, times_s):
            tracks.append(track)
            doubts += _draw(track, times_s, first, end, growth, boxes)
    doubts += _faint(faint, boxes, times_s)
    return Cover({n: tuple(b) for n, b in boxes.items()}, tuple(_merged(doubts)), len(tracks))


def link(hits: Sequence[Hit], times_s: Sequence[float]) -> list[Track]:
    """Tracks within one shot: each hit joins the track whose last box it overlaps most, if that is recent enough."""
    tracks: list[Track] = []
    for hit in sorted(hits, key=lambda h: (h.number, -h.score)):
        best, most = None, _LINK_OVERLAP
        for track in tracks:
            last = track.hits[-1]
            if last.number == hit.number or times_s[hit.number] - times_s[last.number] > GAP_S + 1e-6:
                continue
            overlap = last.box.grown(1.5).overlap(hit.box.grown(1.5))
            if overlap > most:
                best, most = track, overlap
        if best is None:
            tracks.append(Track([hit]))
        else:
            best.hits.append(hit)
    return tracks


def _draw(
    track: Track, times_s: Sequence[float], first: int, end: int, growth: float, boxes: dict[int, list[Box]]
) -> list[Doubt]:
    """Put one track's boxes on its frames, its gaps and its edges; say where that was a guess."""
    doubts = []
    for hit, following in zip(track.hits, [*track.hits[1:], None], strict=True):
        boxes[hit.number].append(hit.box.squared().grown(growth))
        if following is not None and following.number > hit.number + 1:
            hull = hit.box.squared().grown(growth).hull(following.box.squared().grown(growth))
            for number in range(hit.number + 1, following.number):
                boxes[number].append(hull)
            doubts.append(
                Doubt(times_s[hit.number], times_s[following.number], "missed for a while, filled between hits")
            )
        if hit.score < _SURE:
            doubts.append(Doubt(times_s[hit.number], times_s[hit.number], "found with a low score, hidden"))
    for hit, step in ((track.hits[0], -1), (track.hits[-1], 1)):
        number = hit.number + step
        while first <= number < end and abs(times_s[number] - times_s[hit.number]) <= HOLD_S:
            boxes[number].append(hit.box.squared().grown(growth))
            number += step
        if first < hit.number < end - 1:
            word = "appears" if step < 0 else "vanishes"
            edge_s = times_s[hit.number]
            doubts.append(Doubt(min(edge_s, edge_s + step), max(edge_s, edge_s + step), f"{word} within a shot"))
    return doubts


def _faint(hits: Sequence[Hit], boxes: Mapping[int, Sequence[Box]], times_s: Sequence[float]) -> list[Doubt]:
    return [
        Doubt(times_s[hit.number], times_s[hit.number], "something faint was found and NOT hidden")
        for hit in hits
        if not any(box.overlap(hit.box) > 0.7 for box in boxes.get(hit.number, ()))
    ]


def _merged(doubts: Sequence[Doubt]) -> list[Doubt]:
    """Doubts of one kind that touch within a second become one stretch."""
    merged: list[Doubt] = []
    for doubt in sorted(doubts, key=lambda d: (d.why, d.from_s)):
        if merged and merged[-1].why == doubt.why and doubt.from_s - merged[-1].to_s <= 1.0:
            merged[-1] = Doubt(merged[-1].from_s, max(merged[-1].to_s, doubt.to_s), doubt.why)
        else:
            merged.append(doubt)
    return sorted(merged, key=lambda d: d.from_s)


def by_hand(document: Mapping[str, object], times_s: Sequence[float], size_px: tuple[int, int]) -> dict[int, list[Box]]:
    """Boxes drawn by hand, for each frame. ``[[box]]`` holds ``box_px`` and either nothing (the whole film),
    ``from_s``/``to_s``, or ``track`` (``at_s`` and ``box_px`` each, between which the box moves evenly).
    """
    problems: list[Problem] = []
    found: dict[int, list[Box]] = defaultdict(list)
    rows = document.get("box")
    unknown = sorted(set(document) - {"box"})
    if unknown or not isinstance(rows, list) or not rows:
        raise InputError(
            f"expected [[box]] entries{f', got {unknown[0]!r}' if unknown else ''}",
            code="bad-boxes",
            hint="[[box]]\nbox_px = [100, 80, 180, 160]\nfrom_s = 1.5\nto_s = 4",
        )
    for i, row in enumerate(rows):
        keys = _keys(row, f"box[{i}]", size_px, problems)
        if not problems:
            _place(keys, times_s, found)
    if problems:
        raise InputError.of(problems)
    return found


def _keys(
    row: object, where: str, size_px: tuple[int, int], problems: list[Problem]
) -> list[tuple[float | None, Box, float | None]]:
    """The key boxes of one entry as (time, box, end); time None means from the start."""

    def wrong(part: str, expected: str, got: object) -> None:
        problems.append(Problem("bad-boxes", f"{where}{part}", expected, repr(got)))

    def number(value: object, part: str) -> float | None:
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return None if value is None else float(value)
        wrong(part, "a number of seconds", value)
        return None

    def box(value: object, part: str) -> Box | None:
        good = isinstance(value, list) and len(value) == 4 and all(type(n) in (int, float) for n in value)
        if not isinstance(value, list) or not good:
            wrong(part, "[left, top, right, bottom] in px", value)
            return None
        made = Box(*(float(n) for n in value))
        if made.area <= 0:
            wrong(part, "left < right and top < bottom", value)
        elif made.overlap(Box(0, 0, *map(float, size_px))) <= 0:
            wrong(part, f"a box that touches the frame of {size_px[0]}x{size_px[1]} px", value)
        return made

    if not isinstance(row, dict):
        wrong("", "a table", row)
        return []
    unknown = sorted(set(row) - {"box_px", "from_s", "to_s", "track", "what"})
    if unknown:
        wrong(f".{unknown[0]}", "one of box_px, from_s, to_s, track, what", unknown[0])
    if ("track" in row) == ("box_px" in row):
        wrong("", "either box_px or track", sorted(row))
        return []
    if "box_px" in row:
        made = box(row["box_px"], ".box_px")
        ends = number(row.get("from_s"), ".from_s"), number(row.get("to_s"), ".to_s")
        return [(ends[0], made, ends[1])] if made else []
    keys = []
    for j, key in enumerate(row["track"] if isinstance(row["track"], list) else []):
        at_s = number(key.get("at_s"), f".track[{j}].at_s") if isinstance(key, dict) else None
        made = box(key.get("box_px"), f".track[{j}].box_px") if isinstance(key, dict) else None
        if at_s is None or made is None:
            wrong(f".track[{j}]", "at_s and box_px", key)
        else:
            keys.append((at_s, made, None))
    if len(keys) < 2:
        wrong(".track", "two entries at least", row["track"])
    return sorted(keys, key=lambda k: k[0] or 0.0)


def _place(
    keys: Sequence[tuple[float | None, Box, float | None]], times_s: Sequence[float], found: dict[int, list[Box]]
) -> None:
    for number, time_s in enumerate(times_s):
        if len(keys) == 1:
            from_s, box, to_s = keys[0]
            if (from_s is None or time_s >= from_s - 1e-6) and (to_s is None or time_s <= to_s + 1e-6):
                found[number].append(box)
            continue
        for (a_s, a, _), (b_s, b, _) in pairwise(keys):
            if a_s is not None and b_s is not None and a_s - 1e-6 <= time_s <= b_s + 1e-6:
                t = 0.0 if b_s == a_s else min(1.0, max(0.0, (time_s - a_s) / (b_s - a_s)))
                found[number].append(
                    Box(
                        a.x0_px + t * (b.x0_px - a.x0_px),
                        a.y0_px + t * (b.y0_px - a.y0_px),
                        a.x1_px + t * (b.x1_px - a.x1_px),
                        a.y1_px + t * (b.y1_px - a.y1_px),
                    )
                )
                break
