"""The boxes that a search starts from."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain, Z, sine_authalic

# The size of a first box: for a window of a day or more, and for a shorter one.
_DAILY_Z = 0.25
_SHORT_Z = 1 / 6
_DAILY_TOD_S = 5400.0
_SHORT_TOD_S = 3600.0
_LON_DEG = 15.0

# A block of days is at most so long, and longer only where there would be more blocks than this.
_BLOCK_DAYS = 32
_MOST_BLOCKS = 32


def first_boxes(domain: Domain) -> Boxes:
    """Coarse boxes that cover all of the domain.

    Every latitude is combined with every longitude, time of day and block of days, in this order.
    """
    z, z_width = _latitudes(domain)
    lon, lon_width = _longitudes(domain)
    tod, tod_width = _times_of_day(domain)
    first_day, days = _day_blocks(domain.n_days, _block_days(domain.n_days))
    grids = np.meshgrid(z, lon, tod, first_day + days / 2.0, indexing="ij")
    centre = np.stack([grid.ravel() for grid in grids])
    half = np.empty_like(centre)
    half[Z] = z_width / 2.0
    half[LON] = lon_width / 2.0
    half[TOD] = tod_width / 2.0
    boxes_a_block = centre.shape[1] // days.size
    half[DAY] = np.tile(days / 2.0, boxes_a_block)
    return Boxes(centre, half)


def _latitudes(domain: Domain) -> tuple[Floats, float]:
    """Middles and width of the first boxes in sines of authalic latitude."""
    low = float(sine_authalic(domain.south_deg))
    high = float(sine_authalic(domain.north_deg))
    count = max(1, round((high - low) / (_DAILY_Z if domain.daily else _SHORT_Z)))
    return _even_steps(low, high - low, count)


def _longitudes(domain: Domain) -> tuple[Floats, float]:
    """Middles and width of the first boxes in longitude [deg].

    There is one step where the clock is sheared: the sun hardly depends on longitude then.
    """
    count = 1
    if not domain.shear_s_per_deg:
        count = max(1, round(domain.width_deg / _LON_DEG))
    return _even_steps(domain.west_deg, domain.width_deg, count)


def _times_of_day(domain: Domain) -> tuple[Floats, float]:
    """Middles and width of the first boxes on the axis of the time of day [s]."""
    step_s = _DAILY_TOD_S if domain.daily else _SHORT_TOD_S
    count = max(1, round(domain.tod_span_s / step_s))
    return _even_steps(0.0, domain.tod_span_s, count)


def _even_steps(start: float, length: float, count: int) -> tuple[Floats, float]:
    """Middles (count,) and width of equal steps."""
    width = length / count
    middles = start + width * (np.arange(count) + 0.5)
    return np.asarray(middles, dtype=np.float64), width


def _block_days(n_days: int) -> int:
    """The length of the longest block of days: a power of two, so that it can be halved to one."""
    block = 1
    while n_days / block > _MOST_BLOCKS:
        block *= 2
    whole = 1 << max(0, n_days - 1).bit_length()
    return max(block, min(_BLOCK_DAYS, whole))


def _day_blocks(n_days: int, most: int) -> tuple[Floats, Floats]:
    """First day and length of each block.

    Lengths are powers of two of at most ``most`` days, and the last block ends where the days end.
    """
    starts: list[int] = []
    lengths: list[int] = []
    start, length = 0, most
    while start < n_days:
        while start + length > n_days:
            length //= 2
        starts.append(start)
        lengths.append(length)
        start += length
    return np.array(starts, dtype=np.float64), np.array(lengths, dtype=np.float64)
