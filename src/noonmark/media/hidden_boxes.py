"""From detections to what is hidden in each frame, and what a human must look at.

Boxes are grown, carried over gaps, and reset at cuts.
Boxes are linked by their overlap in time and by nothing else: no likeness, no identity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

GROWTH = 1.3
"""Each detected face becomes a square of its longer side, this much larger. Measured:
docs/redaction.md.

CenterFace draws a face 0.77 times as wide as high, from brow to chin; a head that turns or tilts
fills the square. Boxes grown as they are need 1.5 for what squares reach at 1.3.
"""
GAP_S = 1.0
"""A track that misses frames for up to this long is filled between its hits."""
HOLD_S = 0.4
"""A box is held this long before its first hit and after its last, unless a cut lies between."""
_LINK_OVERLAP = 0.15
_SURE = 0.2


@dataclass(frozen=True)
class HiddenBox:
    """A rectangle on the upright frame, in px: left, top, right, bottom.

    It may reach beyond the frame, which cuts it off when it is painted.
    """

    x0_px: float
    y0_px: float
    x1_px: float
    y1_px: float

    def grown(self, factor: float) -> HiddenBox:
        """The same centre, ``factor`` times as wide and high."""
        dx = (self.x1_px - self.x0_px) * (factor - 1) / 2
        dy = (self.y1_px - self.y0_px) * (factor - 1) / 2
        return HiddenBox(self.x0_px - dx, self.y0_px - dy, self.x1_px + dx, self.y1_px + dy)

    def squared(self) -> HiddenBox:
        """The square with the same centre and the longer side."""
        half = max(self.x1_px - self.x0_px, self.y1_px - self.y0_px) / 2
        x = (self.x0_px + self.x1_px) / 2
        y = (self.y0_px + self.y1_px) / 2
        return HiddenBox(x - half, y - half, x + half, y + half)

    def hull(self, other: HiddenBox) -> HiddenBox:
        """The smallest box that holds both."""
        return HiddenBox(
            min(self.x0_px, other.x0_px),
            min(self.y0_px, other.y0_px),
            max(self.x1_px, other.x1_px),
            max(self.y1_px, other.y1_px),
        )

    def between(self, other: HiddenBox, share: float) -> HiddenBox:
        """The box that lies ``share`` of the way from this one to another."""
        return HiddenBox(
            self.x0_px + share * (other.x0_px - self.x0_px),
            self.y0_px + share * (other.y0_px - self.y0_px),
            self.x1_px + share * (other.x1_px - self.x1_px),
            self.y1_px + share * (other.y1_px - self.y1_px),
        )

    def overlap(self, other: HiddenBox) -> float:
        """Intersection over the smaller area: 1 where one lies in the other."""
        wide = min(self.x1_px, other.x1_px) - max(self.x0_px, other.x0_px)
        high = min(self.y1_px, other.y1_px) - max(self.y0_px, other.y0_px)
        smaller = min(self.area, other.area)
        if wide <= 0 or high <= 0 or smaller <= 0:
            return 0.0
        return wide * high / smaller

    def widened(self, by_px: float) -> HiddenBox:
        """The box with each edge moved outward."""
        return HiddenBox(
            self.x0_px - by_px,
            self.y0_px - by_px,
            self.x1_px + by_px,
            self.y1_px + by_px,
        )

    @property
    def longer_px(self) -> float:
        """Its longer side."""
        return max(self.x1_px - self.x0_px, self.y1_px - self.y0_px)

    def apart_px(self, other: HiddenBox) -> float:
        """How far the middles of two boxes lie apart, across or down, whichever is more."""
        across = self.x0_px + self.x1_px - other.x0_px - other.x1_px
        down = self.y0_px + self.y1_px - other.y0_px - other.y1_px
        return max(abs(across), abs(down)) / 2

    @property
    def area(self) -> float:
        """In square px."""
        return max(0.0, self.x1_px - self.x0_px) * max(0.0, self.y1_px - self.y0_px)


@dataclass(frozen=True)
class Detection:
    """One detection in one frame: the frame's number, where, and a score from 0 to 1."""

    number: int
    box: HiddenBox
    score: float


@dataclass
class DetectionTrack:
    """Detections that overlap from frame to frame within one shot."""

    hits: list[Detection] = field(default_factory=list)


@dataclass(frozen=True)
class ReviewStretch:
    """A stretch that a human must look at before export, and why."""

    from_s: float
    to_s: float
    why: str


@dataclass(frozen=True)
class CoveredFrames:
    """What is hidden in each frame, and what to look at."""

    boxes: Mapping[int, tuple[HiddenBox, ...]]
    review: tuple[ReviewStretch, ...]
    tracks: int


BoxLists: TypeAlias = dict[int, list[HiddenBox]]
"""The boxes of each frame, while they are collected."""
Times: TypeAlias = Sequence[float]
"""The time of each frame of a film, in s."""
Review: TypeAlias = list[ReviewStretch]


@dataclass(frozen=True)
class _Shot:
    """One shot of a film: its first frame, one past its last, and the times of all frames."""

    first: int
    end: int
    times_s: Times


def cover(
    hits: Sequence[Detection],
    times_s: Times,
    shots: Sequence[tuple[int, int]],
    *,
    threshold: float,
    growth: float = GROWTH,
) -> CoveredFrames:
    """Boxes for each frame from detections.

    ``shots`` are pairs of first and one-past-last frame. Detections with a score under
    ``threshold`` are not hidden but put before a human. ``growth`` is how much larger than the face
    a box is.
    """
    sure = [hit for hit in hits if hit.score >= threshold]
    faint = [hit for hit in hits if hit.score < threshold]
    boxes: BoxLists = defaultdict(list)
    review: Review = []
    count = 0
    for first, end in shots:
        inside = [hit for hit in sure if first <= hit.number < end]
        for track in link(inside, times_s):
            count += 1
            review += _draw(track, _Shot(first, end, times_s), growth, boxes)
    review += _faint(faint, boxes, times_s)
    covered = {number: tuple(rows) for number, rows in boxes.items()}
    return CoveredFrames(covered, tuple(_merged(review)), count)


def link(hits: Sequence[Detection], times_s: Times) -> list[DetectionTrack]:
    """Tracks within one shot.

    Each hit joins the track whose last box it overlaps most, if that is recent enough.
    """
    tracks: list[DetectionTrack] = []
    for hit in sorted(hits, key=lambda h: (h.number, -h.score)):
        # boxes of faces that move between two hits may part, so both are grown before they are held
        # against each other
        best, most = None, _LINK_OVERLAP
        for track in tracks:
            last = track.hits[-1]
            gap_s = times_s[hit.number] - times_s[last.number]
            if last.number == hit.number or gap_s > GAP_S + 1e-6:
                continue
            overlap = last.box.grown(1.5).overlap(hit.box.grown(1.5))
            if overlap > most:
                best, most = track, overlap
        if best is None:
            tracks.append(DetectionTrack([hit]))
        else:
            best.hits.append(hit)
    return tracks


def _draw(track: DetectionTrack, shot: _Shot, growth: float, boxes: BoxLists) -> Review:
    """Put one track's boxes on its frames, its gaps and its edges; say where that was a guess.

    A gap is filled with the box that holds both its ends.
    """
    times_s = shot.times_s
    review = []
    for hit, following in zip(track.hits, [*track.hits[1:], None], strict=True):
        own = hit.box.squared().grown(growth)
        boxes[hit.number].append(own)
        at_s = times_s[hit.number]
        if following is not None and following.number > hit.number + 1:
            hull = own.hull(following.box.squared().grown(growth))
            for number in range(hit.number + 1, following.number):
                boxes[number].append(hull)
            until_s = times_s[following.number]
            review.append(ReviewStretch(at_s, until_s, "missed for a while, filled between hits"))
        if hit.score < _SURE:
            review.append(ReviewStretch(at_s, at_s, "found with a low score, hidden"))
    review += _hold(track.hits[0], -1, shot, growth, boxes)
    review += _hold(track.hits[-1], 1, shot, growth, boxes)
    return review


def _hold(hit: Detection, step: int, shot: _Shot, growth: float, boxes: BoxLists) -> Review:
    """Keep the box of a track's first (step -1) or last hit (step 1) for a while beyond it."""
    edge_s = shot.times_s[hit.number]
    number = hit.number + step
    while shot.first <= number < shot.end and abs(shot.times_s[number] - edge_s) <= HOLD_S:
        boxes[number].append(hit.box.squared().grown(growth))
        number += step
    if not shot.first < hit.number < shot.end - 1:
        return []
    why = "appears within a shot" if step < 0 else "vanishes within a shot"
    return [ReviewStretch(min(edge_s, edge_s + step), max(edge_s, edge_s + step), why)]


def _faint(
    hits: Sequence[Detection], boxes: Mapping[int, Sequence[HiddenBox]], times_s: Times
) -> Review:
    """A stretch for each faint detection that no box hides.

    A person decides whether there is a face; the plan takes a drawn box then.
    """
    review = []
    for hit in hits:
        hidden = any(box.overlap(hit.box) > 0.7 for box in boxes.get(hit.number, ()))
        if not hidden:
            at_s = times_s[hit.number]
            review.append(ReviewStretch(at_s, at_s, "something faint was found and NOT hidden"))
    return review


def _merged(review: Sequence[ReviewStretch]) -> Review:
    """Stretches of one kind that touch within a second become one."""
    merged: Review = []
    for stretch in sorted(review, key=lambda s: (s.why, s.from_s)):
        last = merged[-1] if merged else None
        if last is not None and last.why == stretch.why and stretch.from_s - last.to_s <= 1.0:
            merged[-1] = ReviewStretch(last.from_s, max(last.to_s, stretch.to_s), last.why)
        else:
            merged.append(stretch)
    return sorted(merged, key=lambda s: s.from_s)
