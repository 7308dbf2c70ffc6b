"""Volumes of boxes, and the share of each that lies in the prior's mask and window."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.constants import DAY_S
from noonmark.geometry.area_mask import AreaMask, contains, fraction
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.search.domain import LON, Boxes, BoxView, Domain, Z, latitude_deg


def volume(domain: Domain, boxes: Boxes) -> Floats:
    """Volume of each box [km2 s], or [km2] for one known instant, (n,).

    The mask and the window are left aside: see :func:`share_inside`.
    """
    half_z, half_lon, half_tod, half_day = boxes.half
    area: Floats = 4.0 * AUTHALIC_RADIUS_KM**2 * half_z * np.radians(half_lon)
    if domain.length_s == 0.0:
        return area
    return np.asarray(area * 4.0 * half_tod * half_day)


def holds(domain: Domain, points: BoxView) -> Bools:
    """Whether points, seen as boxes without extent, lie in the mask and the window, (n,)."""
    unix_s = points.unix_s
    inside = (unix_s >= domain.start_s) & (unix_s <= domain.end_s)
    if domain.mask is not None:
        inside &= contains(domain.mask, points.lat_deg, points.lon_deg)
    return np.asarray(inside)


def share_inside(domain: Domain, boxes: Boxes) -> Floats:
    """The share of each box inside the mask and the window, in [0, 1], (n,).

    It is 0 only if all of the box is outside, so that no box is dropped which could hold the
    answer.
    """
    share = np.ones(boxes.size)
    if domain.mask is not None:
        share *= share_in_area(domain.mask, boxes)
    if domain.daily:
        share *= _window_share(domain, boxes)
    return share


def share_in_area(mask: AreaMask, boxes: Boxes) -> Floats:
    """The share of each box inside an area, in [0, 1], (n,)."""
    low, high = boxes.low(), boxes.high()
    return fraction(mask, latitude_deg(low[Z]), latitude_deg(high[Z]), low[LON], high[LON])


def _window_share(domain: Domain, boxes: Boxes) -> Floats:
    """The share of each box whose instants lie in the window.

    An instant is a time of day less the shear of its longitude. For one day both are uniform over
    the box, so the instants have a trapezoid's density and the share is exact. For a block of days
    the time of day is taken as spread over the block, and an edge box never counts as empty.
    """
    _, lon, tod, day = boxes.centre
    _, half_lon, half_tod, half_day = boxes.half
    # A box of a single day has its instants at that day's beginning, plus the time of day.
    block = half_day > 0.5
    spread_s = np.where(block, half_day * DAY_S, half_tod)
    after_first_s = np.where(block, day * DAY_S, np.floor(day) * DAY_S + tod)
    shear_s = half_lon * domain.shear_s_per_deg
    middle_s = domain.first_s + after_first_s - lon * domain.shear_s_per_deg
    before_end = _trapezoid_cdf(domain.end_s - middle_s, spread_s, shear_s)
    before_start = _trapezoid_cdf(domain.start_s - middle_s, spread_s, shear_s)
    return np.clip(before_end - before_start, 0.0, 1.0)


def _trapezoid_cdf(x: Floats, a: Floats, b: Floats) -> Floats:
    """P(U + V < x) for U uniform in [-a, a] and V uniform in [-b, b].

    The density is a trapezoid; its integral is a sum of four squared ramps, one for each corner.
    """
    # Neither is a millionth of the other, and x stays between the ends: the difference of squares
    # keeps its digits.
    a, b = np.maximum(a, 1e-6 * b + 1e-6), np.maximum(b, 1e-6 * a + 1e-6)
    x = np.clip(x, -a - b, a + b)
    total = _squared_ramp(x + a + b)
    total -= _squared_ramp(x + a - b)
    total -= _squared_ramp(x - a + b)
    total += _squared_ramp(x - a - b)
    return np.clip(total / (8.0 * a * b), 0.0, 1.0)


def _squared_ramp(x: Floats) -> Floats:
    """The square of ``x`` where it is positive, 0 elsewhere."""
    return np.square(np.maximum(x, 0.0))
