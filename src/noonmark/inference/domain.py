"""The space an answer lives in: places x instants, cut into boxes of known volume.

Axes of a box: ``Z`` sine of authalic latitude (equal steps are equal areas on WGS84), ``LON``
longitude [deg], ``TOD`` time of day [s], ``DAY`` days from the domain's first day.

For a window of a day or more the clock is *sheared*: ``TOD`` is local mean solar time, so an instant
is ``first day + DAY + TOD - 240 s/deg * LON``. The sun's path depends on latitude, local time and date
and hardly on longitude, so a clue that leaves longitude free never has to cut it. Where a clue reads a clock
of known offset, ``TOD`` is UTC instead, which that clue cuts across its whole width at once. The map from (place,
instant) to these axes keeps volume, so nothing is reweighted. See docs/decisions/0008-sheared-time.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.directions import sin_cos_deg
from noonmark.geometry.earth import (
    AUTHALIC_RADIUS_KM,
    authalic_from_geodetic_deg,
    geodetic_from_authalic_deg,
)
from noonmark.geometry.sun import subsolar
from noonmark.inference.sky import Sky
from noonmark.masks import AreaMask, fraction

Floats = NDArray[np.float64]

Z, LON, TOD, DAY = range(4)
DAY_S = 86400.0
SHEAR_S_PER_DEG = 240.0
_SHIFT = tuple(
    np.linalg.solve(
        np.sin(np.outer(np.radians([20.0, 50.0]), [2.0, 4.0])),
        np.radians(geodetic_from_authalic_deg(np.array([20.0, 50.0])) - [20.0, 50.0]),
    ).tolist()
)
"""Geodetic minus authalic latitude as a sin 2b + b sin 4b [rad]; the next term is 1e-8 rad."""

_LAT_STRETCH = 1.0046
"""Greatest d(geodetic latitude) / d(authalic latitude) on WGS84."""


@dataclass(frozen=True)
class Domain:
    """Where and when the answer may lie: a rectangle (with an optional mask inside it) and a window.

    ``length_s`` 0 means one known instant. ``daily``: a day or more, so that there are days and times of day, the
    latter ``solar`` or in UTC; ``first_s`` is the POSIX second at which ``DAY`` 0, ``TOD`` 0 (longitude 0) falls.
    """

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float
    start_s: float
    length_s: float
    mask: AreaMask | None = None
    solar: bool = True
    daily: bool = field(init=False)
    first_s: float = field(init=False)
    n_days: int = field(init=False)

    def __post_init__(self) -> None:
        daily = self.length_s >= DAY_S
        object.__setattr__(self, "daily", daily)
        first, days = self.start_s, 1
        if daily:
            low = self.start_s + self.shear_s_per_deg * self.west_deg
            high = self.start_s + self.length_s + self.shear_s_per_deg * self.east_deg
            first = np.floor(low / DAY_S) * DAY_S
            days = max(1, int(np.ceil((high - first) / DAY_S)))
        object.__setattr__(self, "first_s", float(first))
        object.__setattr__(self, "n_days", days)

    @property
    def shear_s_per_deg(self) -> float:
        """Seconds by which an instant comes earlier for each degree of longitude at the same ``TOD``."""
        return SHEAR_S_PER_DEG if self.daily and self.solar else 0.0

    @property
    def tod_span_s(self) -> float:
        """The length of the ``TOD`` axis."""
        return DAY_S if self.daily else self.length_s


@dataclass(frozen=True)
class Boxes:
    """n boxes: ``centre`` and ``half`` extents, each (4, n), on the axes Z, LON, TOD, DAY."""

    centre: Floats
    half: Floats

    @property
    def size(self) -> int:
        """How many boxes."""
        return int(self.centre.shape[1])

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """The boxes at an index array or a boolean mask."""
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.intp, copy=False)
        return type(self)(self.centre.take(places, axis=1), self.half.take(places, axis=1))

    def part(self, start: int, stop: int) -> Self:
        """The boxes from one index to another, not copied."""
        return type(self)(self.centre[:, start:stop], self.half[:, start:stop])

    def low(self) -> Floats:
        """Lower ends, (4, n)."""
        return self.centre - self.half

    def high(self) -> Floats:
        """Upper ends, (4, n)."""
        return self.centre + self.half


def joined(parts: list[Boxes]) -> Boxes:
    """All boxes of several lots."""
    if len(parts) == 1:
        return parts[0]
    return Boxes(np.concatenate([p.centre for p in parts], 1), np.concatenate([p.half for p in parts], 1))


def sine_authalic(lat_deg: Floats | float) -> Floats:
    """Sine of the authalic latitude of a geodetic latitude."""
    return np.sin(np.radians(authalic_from_geodetic_deg(np.asarray(lat_deg, dtype=np.float64))))


def latitude_deg(z: Floats) -> Floats:
    """Geodetic latitude [deg] of a sine of authalic latitude."""
    sine = np.minimum(np.maximum(z, -1.0), 1.0)
    return np.asarray(np.degrees(np.arcsin(sine) + _shift(sine)), dtype=np.float64)


def _shift(sine: Floats) -> Floats:
    """Geodetic minus authalic latitude [rad], without trigonometry."""
    double = 2.0 * sine * np.sqrt(np.maximum(1.0 - sine * sine, 0.0))
    return np.asarray(double * (_SHIFT[0] + (1.0 - 2.0 * sine * sine) * (2.0 * _SHIFT[1])))


def first_boxes(domain: Domain) -> Boxes:
    """The boxes the search starts from: coarse, covering all of the domain."""
    z_low, z_high = float(sine_authalic(domain.south_deg)), float(sine_authalic(domain.north_deg))
    lon_span = domain.east_deg - domain.west_deg
    coarse = domain.daily
    n_z = max(1, round((z_high - z_low) / (0.25 if coarse else 1 / 6)))
    n_lon = 1 if domain.shear_s_per_deg else max(1, round(lon_span / 15.0))
    n_tod = max(1, round(domain.tod_span_s / (5400.0 if coarse else 3600.0)))
    block = 1
    while domain.n_days / block > 32:
        block *= 2
    block = max(block, min(32, 1 << max(0, domain.n_days - 1).bit_length()))
    counts = (n_z, n_lon, n_tod)
    starts = (z_low, domain.west_deg, 0.0)
    widths = ((z_high - z_low) / n_z, lon_span / n_lon, domain.tod_span_s / n_tod)
    axes = [s + w * (np.arange(n) + 0.5) for s, w, n in zip(starts, widths, counts, strict=True)]
    first, days = _day_blocks(domain.n_days, block)
    centre = np.stack([g.ravel() for g in np.meshgrid(*axes, first + days / 2.0, indexing="ij")])
    half = np.stack([*(np.full(centre.shape[1], w / 2.0) for w in widths), np.tile(days / 2.0, int(np.prod(counts)))])
    return Boxes(centre, half)


def _day_blocks(n_days: int, most: int) -> tuple[Floats, Floats]:
    """First day and length of blocks, powers of two of at most ``most`` days, that end where the days end."""
    blocks, size = [(0, 0)], most
    while (end := sum(blocks[-1])) < n_days:
        while end + size > n_days:
            size //= 2
        blocks.append((end, size))
    return tuple(np.array(blocks[1:], dtype=np.float64).T)


def volume(domain: Domain, boxes: Boxes) -> Floats:
    """Volume of each box [km2 s] (km2 for one known instant), the mask and the window left aside."""
    area: Floats = 4.0 * AUTHALIC_RADIUS_KM**2 * boxes.half[Z] * np.radians(boxes.half[LON])
    if domain.length_s == 0.0:
        return area
    return np.asarray(area * 4.0 * boxes.half[TOD] * boxes.half[DAY])


def share_inside(domain: Domain, boxes: Boxes) -> Floats:
    """The share of each box inside the mask and the window, in [0, 1]; 0 only if it is all outside."""
    share = np.ones(boxes.size)
    if domain.mask is not None:
        low, high = boxes.low(), boxes.high()
        share *= fraction(domain.mask, latitude_deg(low[Z]), latitude_deg(high[Z]), low[LON], high[LON])
    if domain.daily:
        share *= _window_share(domain, boxes)
    return share


def _window_share(domain: Domain, boxes: Boxes) -> Floats:
    """The share of each box whose instants lie in the window.

    For one day it is exact (a uniform minus a uniform is a trapezoid); for a block of days the time
    of day is taken as spread over the block, and an edge box never counts as empty.
    """
    block = boxes.half[DAY] > 0.5
    tod_half = np.where(block, boxes.half[DAY] * DAY_S, boxes.half[TOD])
    day = np.where(block, boxes.centre[DAY] * DAY_S, np.floor(boxes.centre[DAY]) * DAY_S + boxes.centre[TOD])
    lon_half = boxes.half[LON] * domain.shear_s_per_deg
    middle = domain.first_s + day - boxes.centre[LON] * domain.shear_s_per_deg
    early = (domain.start_s - middle, tod_half, lon_half)
    late = (domain.start_s + domain.length_s - middle, tod_half, lon_half)
    return np.clip(_trapezoid_cdf(*late) - _trapezoid_cdf(*early), 0.0, 1.0)


def _trapezoid_cdf(x: Floats, a: Floats, b: Floats) -> Floats:
    """P(U + V < x) for U uniform in [-a, a] and V uniform in [-b, b]."""
    # Neither is a millionth of the other, and x stays between the ends: the difference of squares keeps its digits.
    a, b = np.maximum(a, 1e-6 * b + 1e-6), np.maximum(b, 1e-6 * a + 1e-6)
    x = np.clip(x, -a - b, a + b)

    def ramp(y: Floats) -> Floats:
        return np.square(np.maximum(y, 0.0))

    total = ramp(x + a + b) - ramp(x + a - b) - ramp(x - a + b) + ramp(x - a - b)
    return np.clip(total / (8.0 * a * b), 0.0, 1.0)


class View:
    """n boxes seen as places, instants and skies; what several clues share is computed once.

    ``floating_deg`` (4, n) is what each axis adds to the sun's reach [deg] for an instant that moves
    with the box, ``fixed_deg`` for an instant that is known.
    """

    def __init__(self, domain: Domain, boxes: Boxes) -> None:
        self.domain = domain
        self.boxes = boxes
        self.lon_deg = boxes.centre[LON]
        self._skies: dict[tuple[str, float], Sky] = {}

    @cached_property
    def lat_deg(self) -> Floats:
        """Geodetic latitude of each box's middle."""
        return latitude_deg(self.boxes.centre[Z])

    @cached_property
    def unix_s(self) -> Floats:
        """The instant at each box's middle [POSIX s]."""
        domain, centre = self.domain, self.boxes.centre
        day = np.floor(centre[DAY]) * DAY_S if domain.daily else 0.0
        return np.asarray(domain.first_s + day + centre[TOD] - domain.shear_s_per_deg * centre[LON])

    @cached_property
    def latitude(self) -> tuple[Floats, Floats]:
        """Sine and cosine of geodetic latitude, from the sine of authalic latitude without trigonometry.

        The two latitudes differ by a tenth of a degree at most, so three terms of the angle's sine and
        cosine leave 1e-13.
        """
        sine = self.boxes.centre[Z]
        cosine = np.sqrt(np.maximum(1.0 - sine * sine, 0.0))
        shift = _shift(sine)
        lean = shift * (1.0 - shift * shift / 6.0)
        rest = 1.0 - 0.5 * shift * shift
        return sine * rest + cosine * lean, cosine * rest - sine * lean

    def subsolar(self) -> tuple[Floats, Floats]:
        """Greenwich hour angle and declination [deg] of the sun at each box's middle instant."""
        return self._subsolar

    @cached_property
    def _subsolar(self) -> tuple[Floats, Floats]:
        if self.domain.length_s == 0.0:
            return _subsolar_at(self.domain.start_s)
        return subsolar(self.unix_s, margin=True)[:2]

    @cached_property
    def fixed_deg(self) -> Floats:
        """Degrees that each axis can move the sun at a known instant, (4, n)."""
        half = self.boxes.half
        outer = np.minimum(np.abs(self.boxes.centre[Z]) + half[Z], 1.0)
        # The arcsine is convex: from any point it grows by at most its slope at the outer end, and by
        # at most what it grows before the pole, arccos(1 - h) < 1.111 sqrt(2 h).
        turn = half[Z] / np.sqrt(np.maximum(1.0 - outer * outer, 1e-18))
        np.minimum(turn, 1.111 * np.sqrt(2.0 * half[Z]), out=turn)
        fixed = np.zeros((4, self.boxes.size))
        fixed[Z] = turn * (180.0 / np.pi * _LAT_STRETCH)
        fixed[LON] = half[LON]
        return fixed

    @cached_property
    def floating_deg(self) -> Floats:
        """Degrees that each axis can move the sun at the box's own instant, (4, n)."""
        if self.domain.length_s == 0.0:
            return self.fixed_deg
        half = self.boxes.half
        floating = self.fixed_deg.copy()
        if self.domain.shear_s_per_deg:
            # At one local time the sun differs along a circle of latitude only by what it drifts
            # in the time that lies between: 0.4 deg of declination, 0.125 of equation of time a day.
            floating[LON] = half[LON] * (0.53 / 360.0)
        if self.domain.daily:
            days = np.where(half[DAY] > 0.5, half[DAY], 0.0)
            _, dec = self.subsolar()
            pace = 0.42 * np.sqrt(np.maximum(1.0 - np.square(np.sin(np.radians(dec)) / 0.39715), 0.0))
            drift = np.minimum(pace * days + 0.0038 * days * days, 47.0)
            floating[DAY] = drift + np.minimum(0.13 * days, 8.0)
        floating[TOD] = half[TOD] * (15.0412 / 3600.0)
        return floating

    def sky(self, *, offset_s: float = 0.0, at_s: float | None = None) -> Sky:
        """The sun at the box's own instant plus an offset, or at a known instant."""
        key = ("at", at_s) if at_s is not None else ("offset", offset_s)
        if key not in self._skies:
            if at_s is not None:
                gha, dec = _subsolar_at(at_s)
            else:
                gha, dec = self.subsolar() if offset_s == 0.0 else subsolar(self.unix_s + offset_s, margin=True)[:2]
            self._skies[key] = self.sky_of(gha, dec, floating=at_s is None)
        return self._skies[key]

    def sky_of(self, gha_deg: Floats, dec_deg: Floats, *, floating: bool) -> Sky:
        """The sun's local direction from its Greenwich hour angle and declination [deg]."""

        def reach_deg() -> Floats:
            return np.asarray((self.floating_deg if floating else self.fixed_deg).sum(0))

        return Sky(*self.latitude, *sin_cos_deg(gha_deg + self.lon_deg), *sin_cos_deg(dec_deg), reach_deg)


@lru_cache(maxsize=64)
def _subsolar_at(at_s: float) -> tuple[Floats, Floats]:
    """Greenwich hour angle and declination of the sun at one instant, each (1,)."""
    gha, dec, _ = subsolar(np.array([at_s]))
    return gha, dec


def point_view(domain: Domain, lat_deg: Floats, lon_deg: Floats, unix_s: Floats) -> View:
    """A view of exact points (no extent), anywhere on Earth and at any time."""
    z = sine_authalic(lat_deg)
    tod = unix_s + domain.shear_s_per_deg * lon_deg - domain.first_s
    day = np.floor(tod / DAY_S) if domain.daily else np.zeros_like(tod)
    centre = np.stack([z, lon_deg, tod - day * DAY_S, day + 0.5])
    half = np.zeros_like(centre)
    return View(domain, Boxes(centre, half))
