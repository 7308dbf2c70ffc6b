"""Where a drawn box goes with what is in it, from one frame to the next.

It serves hiding alone: it knows the pixels of the box that a person drew, for as long as one shot
lasts, and keeps nothing.

**Method** Kalal et al. 2010, "Forward-backward error"; normalised correlation for likeness.

    1 corners in the box, followed by optical flow (Lucas-Kanade) to the next frame and back
    2 those that come back to within a pixel give how the box moves, grows and turns
    3 the box is laid on the look that it is most alike, the drawn one before later ones, so that
      small errors do not add up
    4 less alike is unsure: then it is looked for about where it would be
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

_PATCH_PX = 40
_CORNERS, _LEAST_CORNERS = 80, 6
_BACK_PX = 1.0
"""How far from where it was a point may come back."""
_WITHIN_PX = 2.0
"""How far from the move of all others a point may lie."""
_MOST_GROWTH = 1.1
_TRIED = ((1.0, 0.0), (0.97, 0.0), (1.03, 0.0), (1.0, -0.05), (1.0, 0.05))
"""Sizes, and turns in rad, that a followed box is laid anew with."""
_NEAR_PX = 5
"""How far about a followed box it is laid anew, in px of a patch."""
_SURE = 0.6
"""The correlation with the look that fits best, from which a place is sure."""
_OF_DRAWN = 0.35
"""And that with the drawn look: a thing turns and is lit otherwise, but stays somewhat alike."""
_LOOKS = 6
_LOOK_EVERY = 12
"""How many looks are kept, and after how many sure frames a further one is taken."""
_FARTHEST = 3.0
"""How far about a lost box it is looked for at most, in its own sizes."""
_WINDOW_PX, _LEVELS = (15, 15), 4


@dataclass(frozen=True)
class TurnedBox:
    """A box on a frame that may be turned: centre and size in px (arrays of 2), angle in rad."""

    centre: Any
    size: Any
    angle: float = 0.0

    @property
    def axes(self) -> Any:
        """The directions of its width and height, as columns."""
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        return np.array([[cosine, -sine], [sine, cosine]])

    def changed(self, size: float, turn: float) -> TurnedBox:
        """The box ``size`` times as large, turned by ``turn`` [rad]."""
        return TurnedBox(self.centre, self.size * size, self.angle + turn)

    @property
    def edges(self) -> list[float]:
        """Left, top, right, bottom of the upright box that holds it, in px."""
        half = np.abs(self.axes) @ self.size / 2
        return [*(self.centre - half), *(self.centre + half)]


@dataclass(frozen=True)
class _Fit:
    """Where a look fits best, and how alike it is there.

    ``drawn`` is the correlation with the box as it was drawn, ``best`` with the look that fits
    best: 1 for the same pixels, 0 for unlike or plain ones.
    """

    box: TurnedBox
    drawn: float
    best: float

    @property
    def sure(self) -> bool:
        """Whether it is alike enough to be the thing, and not only like what was last followed.

        Without the second half a thing that something passes in front of hands the box on to it,
        look by look.
        """
        return self.best >= _SURE and self.drawn >= _OF_DRAWN


class BoxFollower:
    """One box on its way through a shot: where it is, and the looks that it is known by.

    ``box`` is where it was last sure to be, ``least`` the size as drawn [px], ``step`` the last
    move in a frame [px]. ``looks`` holds the drawn look first, then some since, each 40 x 40 px.
    ``sure_for`` and ``missed`` count the frames since it was last unsure, and last sure.
    """

    def __init__(self, frame: Any, box: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = box
        centre = np.array([(left + right) / 2, (top + bottom) / 2])
        self.box = TurnedBox(centre, np.array([right - left, bottom - top]))
        self.least = self.box.size
        self.step = np.zeros(2)
        self.looks = [_patch(frame, self.box, 0)]
        self.sure_for = 0
        self.missed = 0

    @property
    def edges(self) -> list[float]:
        """Left, top, right, bottom of what to hide, in px: never smaller than it was drawn."""
        return replace(self.box, size=np.maximum(self.box.size, self.least)).edges

    def follow(self, before: Any, now: Any) -> bool:
        """Move on by one frame; whether it is sure."""
        moved = _flow(before, now, self.box) if not self.missed else None
        if moved is not None:
            tried = [self._laid(now, moved.changed(size, turn)) for size, turn in _TRIED]
            fit = max(tried, key=lambda fit: fit.best)
            if fit.sure:
                return self._take(now, fit.box)
        fit = self._laid(now, replace(self.box, centre=self.box.centre + self.step), far=True)
        if fit.sure:
            return self._take(now, fit.box)
        self.missed += 1
        self.sure_for = 0
        return False

    def _take(self, now: Any, box: TurnedBox) -> bool:
        """Be at a place, and keep a look of it now and then."""
        self.step = (box.centre - self.box.centre) / (1 + self.missed)
        self.box = box
        self.missed = 0
        self.sure_for += 1
        if self.sure_for % _LOOK_EVERY == 0:
            self.looks.append(_patch(now, box, 0))
            del self.looks[1 : max(1, len(self.looks) - _LOOKS)]
        return True

    def _laid(self, now: Any, box: TurnedBox, *, far: bool = False) -> _Fit:
        """The box laid on the look that it fits best, near a place or ``far`` about it.

        The drawn look is preferred where it fits well: the others hold the errors made since.
        ``far`` reaches as far as the box may have gone: further with each frame that missed it.
        """
        reach_px = _NEAR_PX
        if far:
            steps = float(np.abs(self.step / self.box.size).max()) * (1 + self.missed)
            reach_px = round(_PATCH_PX * min(_FARTHEST, 0.5 + 0.1 * self.missed + steps))
        area = _patch(now, box, reach_px)
        fits = [_best_place(area, look) for look in self.looks]
        best = max(fits, key=lambda fit: fit[0])
        chosen = fits[0] if fits[0][0] >= _SURE else best
        shift = box.axes @ ((chosen[1] - reach_px) / _PATCH_PX * box.size)
        drawn = fits[0][0] if chosen is fits[0] else _alike_at(area, self.looks[0], best[1])
        return _Fit(replace(box, centre=box.centre + shift), drawn, chosen[0])


def _best_place(area: Any, look: Any) -> tuple[float, Any]:
    """How alike a look is to the part of an area that it fits best, and where that begins [px].

    To a part of a px by parabolas through the peak, across and down.
    """
    fit = cv2.matchTemplate(area, look, cv2.TM_CCOEFF_NORMED)
    _, top, _, (x, y) = cv2.minMaxLoc(fit)
    place = [x + _vertex(fit[y], x), y + _vertex(fit[:, x], y)]
    return float(top), np.array(place)


def _vertex(fit: Any, at: int) -> float:
    """How far the top of the parabola through a peak and its neighbours lies from it."""
    if not 0 < at < len(fit) - 1:
        return 0.0
    left, top, right = (float(value) for value in fit[at - 1 : at + 2])
    bend = left - 2 * top + right
    return 0.5 * (left - right) / bend if bend < 0 else 0.0


def _alike_at(area: Any, look: Any, place: Any) -> float:
    """How alike a look is to the part of an area that begins at a place, or 2 px beside it."""
    fit = cv2.matchTemplate(area, look, cv2.TM_CCOEFF_NORMED)
    x, y = (round(float(value)) for value in place)
    return float(fit[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3].max())


def _flow(before: Any, now: Any, box: TurnedBox) -> TurnedBox | None:
    """Where what is in a box has gone by the next frame; None where too little of it is found.

    A point counts where following it there and back ends within a pixel of where it was. A third
    of all must, or what is followed is no longer what was there.
    """
    points = _corners(before, box.edges)
    if points is None:
        return None
    there, ok = _moved(before, now, points)
    back, ok_back = _moved(now, before, there)
    off = np.linalg.norm((back - points).reshape(-1, 2), axis=1)
    good = ok & ok_back & (off < _BACK_PX)
    if good.sum() < max(_LEAST_CORNERS, len(points) / 3):
        return None
    return _carried(box, points.reshape(-1, 2)[good], there.reshape(-1, 2)[good])


def _carried(box: TurnedBox, points: Any, there: Any) -> TurnedBox | None:
    """The box after the shift, growth and turn that most points make; None where they disagree."""
    matrix, inliers = cv2.estimateAffinePartial2D(
        points,
        there,
        ransacReprojThreshold=_WITHIN_PX,
    )
    if matrix is None or inliers.sum() < max(_LEAST_CORNERS, len(points) / 2):
        return None
    growth = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if not 1 / _MOST_GROWTH <= growth <= _MOST_GROWTH:
        return None
    turn = float(np.arctan2(matrix[1, 0], matrix[0, 0]))
    moved = replace(box, centre=matrix @ np.array([*box.centre, 1.0]))
    return moved.changed(growth, turn)


def _moved(before: Any, now: Any, points: Any) -> tuple[Any, Any]:
    """Where points of one frame are in another, and which of them were found, bool (n,)."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before,
        now,
        points,
        np.empty_like(points),
        winSize=_WINDOW_PX,
        maxLevel=_LEVELS,
    )
    return there, found.ravel() == 1


def _corners(frame: Any, edges: list[float]) -> Any:
    """Corners in a box, float32 (n, 1, 2) in px of the frame; None where there are too few."""
    high, wide = frame.shape
    left = max(0, int(edges[0]))
    top = max(0, int(edges[1]))
    right = min(wide, int(np.ceil(edges[2])))
    bottom = min(high, int(np.ceil(edges[3])))
    if right - left < 6 or bottom - top < 6:
        return None
    found = cv2.goodFeaturesToTrack(
        frame[top:bottom, left:right],
        maxCorners=_CORNERS,
        qualityLevel=0.01,
        minDistance=2,
    )
    if found is None or len(found) < _LEAST_CORNERS:
        return None
    return (found + np.array([left, top])).astype(np.float32)


def _patch(frame: Any, box: TurnedBox, rim_px: int) -> Any:
    """What is in a box, 40 x 40 px whatever its size, and ``rim_px`` more on every side."""
    side = _PATCH_PX + 2 * rim_px
    from_patch = box.axes * (box.size / _PATCH_PX)
    corner = box.centre - from_patch @ np.array([side / 2, side / 2])
    matrix = np.column_stack([from_patch, corner])
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        frame,
        matrix,
        (side, side),
        flags=way,
        borderMode=cv2.BORDER_REPLICATE,
    )
