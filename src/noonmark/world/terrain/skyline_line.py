"""The skyline of a photo without a model: where the colours of the sky end, as one smooth line.

The sky is learnt from the top rows. Each column pays for what is not sky above the line and for
what is sky just below it, and a line that jumps pays for its jumps; the cheapest line of all is
found by dynamic programming.

**Method**: Lie, Lin, Hung, "A robust dynamic programming algorithm to extract skyline in images for
navigation" (2005), with Mahalanobis distances of colour instead of edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.errors import InputError

Picture = NDArray[np.uint8]
Cells = NDArray[np.intp]

_SKY_ROWS = 20
_BELOW_PX = 14
_BELOW_WEIGHT = 1.5
_JUMP_PX = 8
_JUMP_COST = 0.8
_NOISE = 9.0
_SOFT = 16.0
_FEWEST_PX = 40
_FEWEST_SHARE = 20
_ALIKE = 9.0
_FOLLOW = 0.2


@dataclass(frozen=True)
class SkylineLine:
    """A line on a photo in pixels of the upright original.

    ``u_px`` (n,) ascending and ``v_px`` (n,): right and down from the outer corner of the first
    pixel. ``width_px`` and ``height_px`` are the photo's.
    """

    u_px: Floats
    v_px: Floats
    width_px: int
    height_px: int


def extracted(
    picture: Picture,
    *,
    scale: float = 1.0,
    crop: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> SkylineLine:
    """The skyline of a picture (h, w, 3), one point a column.

    ``scale`` is how many pixels of the original one pixel stands for. ``crop`` leaves out borders
    of the picture: left, top, right, bottom [px], as of a print.

    Raises InputError where what is left is too small.
    """
    left, top, right, bottom = crop
    height, width = picture.shape[:2]
    part = picture[top : height - bottom, left : width - right].astype(np.float64)
    if min(part.shape[0], part.shape[1]) < _FEWEST_PX:
        raise InputError(
            f"a picture of {part.shape[1]} x {part.shape[0]} px is too small for a skyline",
            code="skyline-too-small",
            hint="give a larger photo, or leave less out with --crop",
        )
    row = _cheapest(_costs(part))
    u = left + 0.5 + np.arange(row.size)
    v = top + row.astype(np.float64)
    return SkylineLine(
        u_px=np.asarray(u * scale, dtype=np.float64),
        v_px=np.asarray(v * scale, dtype=np.float64),
        width_px=round(width * scale),
        height_px=round(height * scale),
    )


def _costs(part: Floats) -> Floats:
    """What a line pays for passing above a row, (rows, columns).

    ``part`` (rows, columns, 3) holds colours, 0 to 255, with the sky at the top.
    """
    rows = part.shape[0]
    # 1. How unlike the sky each pixel is, 0 to 1.
    sky = part[2 : 2 + _SKY_ROWS].reshape(-1, 3)
    first: Any = sky.mean(0)
    spread = np.cov(sky.T) + np.eye(3) * _NOISE
    precision: Any = np.linalg.inv(spread)
    away = part - _sky_by_row(part, first, precision)[:, None, :]
    squared = _squared(away, precision)
    unlike = squared / (squared + _SOFT)
    # 2. All above the line that is not sky, and what is sky in a band below it.
    pad = ((1, 0), (0, 0))
    above = np.cumsum(np.pad(unlike, pad), 0)[:-1]
    alike = np.cumsum(np.pad(1.0 - unlike, pad), 0)
    start = np.arange(rows)
    below = alike[np.minimum(start + _BELOW_PX, rows)] - alike[start]
    return np.asarray(above + _BELOW_WEIGHT * below)


def _sky_by_row(part: Floats, first: Floats, precision: Floats) -> Floats:
    """The colour of the sky in each row, (rows, 3): it pales towards the horizon.

    From row to row it follows the pixels that are like it, as long as there are some.
    """
    found = np.empty((part.shape[0], 3))
    mean = first
    fewest = max(1, part.shape[1] // _FEWEST_SHARE)
    for row in range(part.shape[0]):
        away = part[row] - mean
        alike = _squared(away, precision) < _ALIKE
        if alike.sum() >= fewest:
            mean = mean + _FOLLOW * away[alike].mean(0)
        found[row] = mean
    return found


def _squared(away: Floats, precision: Floats) -> Floats:
    """Squared Mahalanobis distances of colours (..., 3)."""
    return np.asarray(np.einsum("...k,kl,...l->...", away, precision, away))


def _cheapest(costs: Floats) -> Cells:
    """The row of the cheapest line in each column, (columns,).

    From the left, each row of a column keeps the cheapest way to it and the jump that led there;
    the line is then followed back from the cheapest end.
    """
    rows, columns = costs.shape
    total = costs[:, 0].copy()
    origin = np.zeros((columns, rows), np.int16)
    jumps = np.arange(-_JUMP_PX, _JUMP_PX + 1)
    wide = np.full((jumps.size, rows), np.inf)
    for column in range(1, columns):
        for k, jump in enumerate(jumps.tolist()):
            here = slice(max(0, jump), rows + min(0, jump))
            there = slice(max(0, -jump), rows - max(0, jump))
            wide[k, here] = total[there] + _JUMP_COST * abs(jump)
        best = wide.argmin(0)
        origin[column] = jumps[best]
        total = wide[best, np.arange(rows)] + costs[:, column]
    return _traced(int(total.argmin()), origin)


def _traced(last: int, origin: NDArray[np.int16]) -> Cells:
    """The rows of a line that ends in a row, followed back by the jumps that led to each."""
    columns = origin.shape[0]
    found = np.zeros(columns, np.intp)
    found[-1] = last
    for column in range(columns - 1, 0, -1):
        found[column - 1] = found[column] - origin[column, found[column]]
    return found


def relief_deg(line: SkylineLine, focal_px: float) -> float:
    """How much the line rises and falls [deg]: between its 5th and 95th percentile."""
    low, high = np.percentile(line.v_px, [5.0, 95.0])
    return float(np.degrees(np.arctan((high - low) / focal_px)))


def without_masked(line: SkylineLine, masked: list[tuple[float, float]]) -> SkylineLine:
    """The line without columns that a tree, a mast or a roof hides, given as ranges [px]."""
    kept = np.ones(line.u_px.size, bool)
    for first, last in masked:
        kept &= (line.u_px < first) | (line.u_px > last)
    return SkylineLine(line.u_px[kept], line.v_px[kept], line.width_px, line.height_px)
