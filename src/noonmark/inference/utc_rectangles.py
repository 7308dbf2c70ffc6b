"""Boxes of the search, whose clock may be solar, as rectangles of UTC date x time of day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain
from noonmark.inference.search.volumes import share_in_area

LEAST_SLICE_S = 45.0
"""A box of solar time is sliced by longitude.

At one solar time a slice covers no more UTC than this, or than twice the box's own time of day if
that is longer.
"""

FEW_SLICES, MOST_SLICES, _ALL_SLICES = 12, 48, 100_000
"""But a box has no more slices than the first of these; over an area with an outline, which may be
small and far apart in it, than the second where all together are then no more than the third.
"""

_LEAST_SHARE = 1e-9
"""What counts of a slice at least: a raster may miss all of a box."""


@dataclass(frozen=True)
class Rectangles:
    """n rectangles: ``low`` and ``high`` (2, n) and the ``mass`` (n,) that each spreads evenly.

    Here the axes are UTC days after the domain's first one, and seconds of the UTC day.
    """

    low: Floats
    high: Floats
    mass: Floats


@dataclass(frozen=True)
class _Slices:
    """n slices of boxes by longitude."""

    box: NDArray[np.intp]
    """The box of each slice, (n,)."""

    lon_deg: Floats
    """The middle of each slice, (n,)."""

    half_deg: Floats
    """Half the width of each slice, (n,)."""

    share: Floats
    """Its part of the box's mass, (n,)."""


def utc_rectangles(
    domain: Domain,
    boxes: Boxes,
    mass: Floats,
) -> Rectangles:
    """Boxes as rectangles of UTC, cut at longitudes and at midnight.

    With a sheared clock a slice of a box is a parallelogram of longitude and UTC; its rectangle
    has the middle and the spread (standard deviation) of the UTC in it, so a set of instants is no
    longer than it must be. The mass of a box is that of what lies in the window: its pieces share
    it by the time that each has there.
    """
    shear = domain.shear_s_per_deg
    slices = _slices(domain, boxes, mass)
    sliced = boxes.take(slices.box)
    middle, half = sliced.centre, sliced.half
    middle_s = middle[TOD] - shear * slices.lon_deg
    half_s = np.hypot(half[TOD], shear * slices.half_deg)
    start_s = middle_s - half_s
    end_s = middle_s + half_s
    # The start of a rectangle is moved into the UTC day in which it lies.
    turn = np.floor(start_s / DAY_S)
    day_low = middle[DAY] - half[DAY] + turn
    day_high = middle[DAY] + half[DAY] + turn
    pieces, cut = _cut_at_midnight(
        day_low,
        day_high,
        start_s - turn * DAY_S,
        end_s - turn * DAY_S,
        slices.share,
    )
    return _shared_inside(domain, pieces, slices.box[cut], mass)


def _shared_inside(
    domain: Domain, pieces: Rectangles, box: NDArray[np.intp], mass: Floats
) -> Rectangles:
    """Pieces (n,) of boxes (k,) with each box's mass shared by what of them lies in the window.

    ``box`` (n,) is the box of each piece, ``mass`` (k,) that of each box. Where rounding leaves
    nothing of a box inside, its pieces keep their shares.
    """
    inside = pieces.mass * _inside_share(domain, pieces)
    of_box = np.bincount(box, inside, mass.size)
    shared = of_box > 0.0
    factor = np.divide(mass, of_box, out=np.zeros(mass.size), where=shared)
    return Rectangles(
        pieces.low,
        pieces.high,
        np.where(shared[box], inside * factor[box], pieces.mass),
    )


def _inside_share(domain: Domain, pieces: Rectangles) -> Floats:
    """The share of each piece, so many seconds on each of its days, in the window, (n,)."""
    opens_s = domain.start_s - domain.first_s
    closes_s = opens_s + domain.length_s
    return _share_before(closes_s, pieces) - _share_before(opens_s, pieces)


def _share_before(end_s: float, pieces: Rectangles) -> Floats:
    """The share of each piece, so many seconds on each of its days, before an instant, (n,)."""
    first_day = np.floor(pieces.low[0])
    end_day = np.ceil(pieces.high[0])
    days = np.maximum(end_day - first_day, 1.0)
    start_s = pieces.low[1]
    each_s = np.maximum(pieces.high[1] - start_s, 1e-9)
    # The last day on which the piece has begun, and what of it is over by then.
    last_day = np.floor((end_s - start_s) / DAY_S)
    begun_s = last_day * DAY_S + start_s
    over_s = np.minimum(end_s - begun_s, each_s)
    whole_days = last_day - first_day
    before_s = whole_days * each_s + over_s
    share = before_s / (days * each_s)
    return np.asarray(np.clip(share, 0.0, 1.0))


def _slices(
    domain: Domain,
    boxes: Boxes,
    mass: Floats,
) -> _Slices:
    """Boxes sliced by longitude, more finely the more UTC a box covers at one solar time.

    Where the clock is not sheared, a slice is the whole box. The slices of a box share its mass by
    what of each lies in the area.
    """
    count = _slice_counts(domain, boxes)
    box = np.repeat(np.arange(mass.size), count)
    first = np.cumsum(count) - count
    step = np.arange(box.size) - np.repeat(first, count)
    half_deg = boxes.half[LON][box] / count[box]
    west_deg = boxes.centre[LON][box] - boxes.half[LON][box]
    lon_deg = west_deg + half_deg * (2.0 * step + 1.0)
    inside = np.ones(box.size)
    if domain.mask is not None:
        cut = np.flatnonzero(count[box] > 1)
        sliced = boxes.take(box[cut])
        sliced.centre[LON], sliced.half[LON] = lon_deg[cut], half_deg[cut]
        inside[cut] = np.maximum(share_in_area(domain.mask, sliced), _LEAST_SHARE)
    share = mass[box] * inside / np.bincount(box, inside, mass.size)[box]
    return _Slices(box, lon_deg, half_deg, share)


def _slice_counts(domain: Domain, boxes: Boxes) -> NDArray[np.intp]:
    """Into how many slices each box is cut, (n,)."""
    width_s = 2.0 * domain.shear_s_per_deg * boxes.half[LON]
    slice_s = np.maximum(4.0 * boxes.half[TOD], LEAST_SLICE_S)
    most = FEW_SLICES
    if domain.mask is not None:
        most = min(max(most, _ALL_SLICES // max(boxes.size, 1)), MOST_SLICES)
    wanted: Floats = np.ceil(width_s / slice_s)
    return np.clip(wanted, 1, most).astype(np.intp)


def _cut_at_midnight(
    day_low: Floats, day_high: Floats, start_s: Floats, end_s: Floats, mass: Floats
) -> tuple[Rectangles, NDArray[np.intp]]:
    """Rectangles that may run past the end of the day, in two where they do.

    All arguments are (n,). What comes after midnight is a rectangle of the next day. With them
    goes which of the n each was cut from.
    """
    late = end_s > DAY_S + 1e-6
    if not late.any():
        whole = Rectangles(
            np.stack([day_low, start_s]), np.stack([day_high, np.minimum(end_s, DAY_S)]), mass
        )
        return whole, np.arange(mass.size)
    before = np.where(late, (DAY_S - start_s) / (end_s - start_s), 1.0)
    # All rectangles up to midnight, and then those that go on, from midnight.
    low = np.stack([day_low, start_s])
    high = np.stack([day_high, np.minimum(end_s, DAY_S)])
    next_low = np.stack([day_low + 1.0, np.zeros(mass.size)])[:, late]
    next_high = np.stack([day_high + 1.0, end_s - DAY_S])[:, late]
    next_mass = (mass * (1.0 - before))[late]
    cut = Rectangles(
        np.concatenate([low, next_low], axis=1),
        np.concatenate([high, next_high], axis=1),
        np.concatenate([mass * before, next_mass]),
    )
    return cut, np.concatenate([np.arange(mass.size), np.flatnonzero(late)])
