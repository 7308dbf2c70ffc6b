"""A feature as it would lie in an image's pixels: what it fills, and what its shadow covers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.sites.rings import Point, Ring, Rings, area, mask, sides

_FINE, _FINEST = 16, 128
_MOST_CELLS = 1 << 22
_ALIKE = 0.1


@dataclass(frozen=True)
class FeatureTemplate:
    """Shares 0 to 1 of each pixel, both (rows, cols): filled by the feature; beside it, shaded."""

    filled: Floats
    shaded: Floats

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the feature lies in the image."""
        return not self.filled.any()


@dataclass(frozen=True)
class _PixelWindow:
    """A part of an image, and how many points a side of a pixel are looked at in it."""

    left: int
    top: int
    wide: int
    high: int
    fine: int

    def inside(
        self,
        rings: Rings,
    ) -> Bools:
        """Which points of its pixels lie inside rings, (high * fine, wide * fine)."""
        finer: tuple[Ring, ...] = tuple(
            tuple(((x - self.left) * self.fine, (y - self.top) * self.fine) for x, y in ring)
            for ring in rings
        )
        return mask(finer, self.high * self.fine, self.wide * self.fine)

    def shares(
        self,
        points: Bools,
        shape: tuple[int, int],
    ) -> Floats:
        """Share of the points of each pixel of an image of (rows, cols)."""
        found = np.zeros(shape)
        cells = points.reshape(self.high, self.fine, self.wide, self.fine).mean(axis=(1, 3))
        found[self.top : self.top + self.high, self.left : self.left + self.wide] = cells
        return found


def coverage(
    rings: Rings,
    shape: tuple[int, int],
) -> Floats:
    """Share of each pixel that lies inside rings, (rows, cols), by 16 to 128 points a side."""
    return template_of(rings, shape).filled


def template_of(
    rings: Rings,
    shape: tuple[int, int],
    *,
    shadow_px: Point = (0.0, 0.0),
) -> FeatureTemplate:
    """The template of a feature's rings [px] in an image of (rows, cols).

    ``shadow_px`` is where the shadow of the feature's top falls beside its foot (x, y).
    """
    nothing = np.zeros(shape)
    has_shadow = shadow_px != (0.0, 0.0)
    parts = _swept(rings, shadow_px) if has_shadow else []
    window = _window([rings, *parts], shape, _FINE)
    if window is None:
        return FeatureTemplate(nothing, nothing)
    body = window.inside(rings)
    if abs(body.sum() / window.fine**2 - area(rings)) > _ALIKE * area(rings):
        # Thinner than the points lie apart, or cut by the image's edge: look closer.
        window = _window([rings, *parts], shape, _FINEST) or window
        body = window.inside(rings)
    shade = np.zeros_like(body)
    for part in parts:
        shade |= window.inside(part)
    filled = window.shares(body, shape)
    if filled.any() and _is_inside(rings, shape):
        filled = np.minimum(filled * (area(rings) / filled.sum()), 1.0)
    return FeatureTemplate(filled, window.shares(shade & ~body, shape))


def _is_inside(
    rings: Rings,
    shape: tuple[int, int],
) -> bool:
    """Whether all points lie in an image of (rows, cols)."""
    rows, cols = shape
    return all(0 <= x <= cols and 0 <= y <= rows for ring in rings for x, y in ring)


def _swept(
    rings: Rings,
    by_px: Point,
) -> list[Rings]:
    """The ground that rings cross as they move: where they end, and what each side crosses."""
    dx, dy = by_px
    moved: Rings = tuple(tuple((x + dx, y + dy) for x, y in ring) for ring in rings)
    parts = [moved]
    for ring in rings:
        for (x0, y0), (x1, y1) in sides(ring):
            parts.append((((x0, y0), (x1, y1), (x1 + dx, y1 + dy), (x0 + dx, y0 + dy)),))
    return parts


def _window(
    parts: Sequence[Rings],
    shape: tuple[int, int],
    fine: int,
) -> _PixelWindow | None:
    """The part of an image that holds some rings; None where they lie outside."""
    points = [point for rings in parts for ring in rings for point in ring]
    if not points:
        return None
    ends = []
    for axis, size in ((0, shape[1]), (1, shape[0])):
        along = [point[axis] for point in points]
        first, last = max(math.floor(min(along)), 0), min(math.ceil(max(along)), size)
        if first >= last:
            return None
        ends.append((first, last - first))
    (left, wide), (top, high) = ends
    most = math.isqrt(_MOST_CELLS // (wide * high))
    return _PixelWindow(left, top, wide, high, max(1, min(fine, most)))
