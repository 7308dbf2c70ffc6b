"""The space an answer lives in: places and instants, cut into boxes of known volume.

Axes of a box: ``Z`` sine of authalic latitude (equal steps are equal areas on WGS84), ``LON``
longitude [deg], ``TOD`` time of day [s], ``DAY`` days from the domain's first day.

For a window of a day or more the clock is *sheared*: ``TOD`` is local mean solar time, so an
instant is ``first day + DAY + TOD - 240 s/deg * LON``. The sun's path depends on latitude, local
time and date and hardly on longitude, so the search never has to split longitude for a clue that
leaves it free. Where a clue reads a clock of known offset, ``TOD`` is UTC instead: that clue then
splits UTC alone. The map from (place, instant) to these axes keeps volume, so nothing is
reweighted. See docs/decisions/0008-sheared-time.md.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.area_mask import AreaMask
from noonmark.geometry.directions import sin_cos_deg
from noonmark.geometry.earth import authalic_from_geodetic_deg, geodetic_from_authalic_deg
from noonmark.geometry.sun import subsolar
from noonmark.inference.sky import Sky

Kept = TypeVar("Kept")

Z, LON, TOD, DAY = range(4)
SHEAR_S_PER_DEG = 240.0
"""By how much solar time is later for each degree of longitude to the east."""

LAT_STRETCH = 1.0046
"""Greatest d(geodetic latitude) / d(authalic latitude) on WGS84."""

SUN_DEG_PER_S = 15.0412 / 3600.0
"""The fastest that the sun turns about the pole."""


def _shift_coefficients() -> tuple[float, float]:
    """Two coefficients of the difference of latitudes, from its values at 20 and 50 deg."""
    at_deg = [20.0, 50.0]
    sines = np.sin(np.outer(np.radians(at_deg), [2.0, 4.0]))
    shift = np.radians(geodetic_from_authalic_deg(np.array(at_deg)) - at_deg)
    first, second = np.linalg.solve(sines, shift).tolist()
    return first, second


_SHIFT = _shift_coefficients()
"""Geodetic minus authalic latitude as a sin 2b + b sin 4b [rad]; the next term is 1e-8 rad."""


_NARROW_DEG = 0.25


@dataclass(frozen=True)
class Domain:
    """Where and when the answer may lie: a rectangle, with an optional mask in it, and a window.

    ``east_deg`` may pass 180.
    """

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float

    start_s: float
    """The start of the window [POSIX s]."""

    length_s: float
    """The length of the window; 0 means one known instant."""

    mask: AreaMask | None = None

    solar: bool = True
    """Times of day are local mean solar time, not UTC, where there are days."""

    daily: bool = field(init=False)
    """The window is a day or longer, so that there are days and times of day."""

    first_s: float = field(init=False)
    """The instant [POSIX s] of ``DAY`` 0, ``TOD`` 0 at longitude 0."""

    n_days: int = field(init=False)
    """The length of the axis ``DAY``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "daily", self.length_s >= DAY_S)
        first_s, n_days = self._days() if self.daily else (self.start_s, 1)
        object.__setattr__(self, "first_s", float(first_s))
        object.__setattr__(self, "n_days", n_days)

    def _days(self) -> tuple[float, int]:
        """The start of the first day [POSIX s] and how many days hold the whole window."""
        low = self.start_s + self.shear_s_per_deg * self.west_deg
        high = self.start_s + self.length_s + self.shear_s_per_deg * self.east_deg
        first_s = float(np.floor(low / DAY_S) * DAY_S)
        return first_s, max(1, int(np.ceil((high - first_s) / DAY_S)))

    @property
    def shear_s_per_deg(self) -> float:
        """Seconds that an instant is earlier for each degree of longitude at the same ``TOD``."""
        return SHEAR_S_PER_DEG if self.daily and self.solar else 0.0

    @property
    def end_s(self) -> float:
        """The end of the window."""
        return self.start_s + self.length_s

    @property
    def width_deg(self) -> float:
        """The extent of longitude."""
        return self.east_deg - self.west_deg

    def turned_deg(self, lon_deg: Floats) -> Floats:
        """Longitudes by whole turns into the domain's own range, shape kept."""
        return np.asarray(self.west_deg + (lon_deg - self.west_deg) % 360.0)

    @property
    def is_narrow(self) -> bool:
        """Say whether solar time and UTC differ by one constant over it, but for a minute."""
        return self.width_deg <= _NARROW_DEG

    @property
    def tod_span_s(self) -> float:
        """The length of the ``TOD`` axis."""
        return DAY_S if self.daily else self.length_s


@dataclass(frozen=True)
class Boxes:
    """n boxes on the axes Z, LON, TOD and DAY.

    ``centre`` and ``half`` are their middles and half their extents, each (4, n).
    """

    centre: Floats
    half: Floats

    @property
    def size(self) -> int:
        """How many boxes."""
        return int(self.centre.shape[1])

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """The boxes at an index array (k,) or a boolean mask (n,)."""
        if chosen.dtype == np.bool_:
            indices = np.flatnonzero(chosen)
        else:
            indices = chosen.astype(np.intp, copy=False)
        return type(self)(self.centre.take(indices, axis=1), self.half.take(indices, axis=1))

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
    centre = np.concatenate([part.centre for part in parts], axis=1)
    half = np.concatenate([part.half for part in parts], axis=1)
    return Boxes(centre, half)


def sine_authalic(lat_deg: Floats | float) -> Floats:
    """Sine of the authalic latitude of a geodetic latitude [deg], shape kept."""
    geodetic_deg = np.asarray(lat_deg, dtype=np.float64)
    return sin_cos_deg(authalic_from_geodetic_deg(geodetic_deg))[0]


def latitude_deg(z: Floats) -> Floats:
    """Geodetic latitude [deg] of a sine of authalic latitude, shape kept."""
    sine = np.minimum(np.maximum(z, -1.0), 1.0)
    shift = _shift(sine, _cosine(sine))
    return np.asarray(np.degrees(np.arcsin(sine) + shift), dtype=np.float64)


def _cosine(sine: Floats) -> Floats:
    """Cosine of the latitude of a sine, which rounding may have brought past 1, shape kept."""
    return np.asarray(np.sqrt(np.maximum(1.0 - sine * sine, 0.0)))


def _shift(sine: Floats, cosine: Floats) -> Floats:
    """Geodetic minus authalic latitude [rad], without trigonometry."""
    sine_of_double = 2.0 * sine * cosine
    cosine_of_double = 1.0 - 2.0 * sine * sine
    first, second = _SHIFT
    return np.asarray(sine_of_double * (first + cosine_of_double * (2.0 * second)))


class BoxView:
    """n boxes seen as places, instants and directions of the sun.

    What several clues ask for is computed once. ``lon_deg`` (n,) is the longitude of each box's
    middle, in the turn of the domain. ``floating_deg`` (4, n) is what each axis adds to the sun's
    reach [deg] for an instant that moves with the box, ``fixed_deg`` for an instant that is known.
    """

    def __init__(self, domain: Domain, boxes: Boxes) -> None:
        self.domain = domain
        self.boxes = boxes
        self.lon_deg = boxes.centre[LON]
        self._kept: dict[Hashable, Any] = {}

    @cached_property
    def lat_deg(self) -> Floats:
        """Geodetic latitude of each box's middle, (n,)."""
        return latitude_deg(self.boxes.centre[Z])

    @cached_property
    def unix_s(self) -> Floats:
        """The instant at each box's middle [POSIX s], (n,)."""
        return instants_s(self.domain, self.boxes.centre)

    @cached_property
    def latitude(self) -> tuple[Floats, Floats]:
        """Sine and cosine of geodetic latitude at each box's middle, each (n,).

        They come from the sine of authalic latitude without trigonometry: the two latitudes differ
        by a tenth of a degree at most, so three terms of that angle's sine and cosine leave 1e-13.
        """
        sine = self.boxes.centre[Z]
        cosine = _cosine(sine)
        shift = _shift(sine, cosine)
        sin_shift = shift * (1.0 - shift * shift / 6.0)
        cos_shift = 1.0 - 0.5 * shift * shift
        sin_lat = sine * cos_shift + cosine * sin_shift
        cos_lat = cosine * cos_shift - sine * sin_shift
        return sin_lat, cos_lat

    def subsolar(self) -> tuple[Floats, Floats]:
        """Greenwich hour angle and declination [deg] of the sun at each box's middle.

        They are (n,), or (1,) for one known instant.
        """
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
        # The arcsine is convex: from any point it grows by at most its slope at the outer end, and
        # by at most what it grows before the pole, arccos(1 - h) < 1.111 sqrt(2 h).
        turn = half[Z] / np.sqrt(np.maximum(1.0 - outer * outer, 1e-18))
        np.minimum(turn, 1.111 * np.sqrt(2.0 * half[Z]), out=turn)
        fixed = np.zeros((4, self.boxes.size))
        fixed[Z] = turn * (180.0 / np.pi * LAT_STRETCH)
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
            # At one local time the sun differs along a circle of latitude only by what it drifts in
            # the time that lies between: 0.4 deg of declination, 0.125 of equation of time a day.
            floating[LON] = half[LON] * (0.53 / 360.0)
        if self.domain.daily:
            floating[DAY] = self._drift_deg()
        floating[TOD] = half[TOD] * SUN_DEG_PER_S
        return floating

    def _drift_deg(self) -> Floats:
        """The most that declination and equation of time change within each box's days, (n,)."""
        half_days = self.boxes.half[DAY]
        days = np.where(half_days > 0.5, half_days, 0.0)
        _, dec_deg = self.subsolar()
        # Fastest at an equinox; 0.39715 is the sine of 23.4 deg, the declination at a solstice.
        share = np.square(np.sin(np.radians(dec_deg)) / 0.39715)
        deg_per_day = 0.42 * np.sqrt(np.maximum(1.0 - share, 0.0))
        declination = np.minimum(deg_per_day * days + 0.0038 * days * days, 47.0)
        return np.asarray(declination + np.minimum(0.13 * days, 8.0))

    def sky(self, *, offset_s: float = 0.0, at_s: float | None = None) -> Sky:
        """The sun at the box's own instant plus an offset, or at a known instant [POSIX s]."""

        def made() -> Sky:
            """That sky, worked out."""
            if at_s is not None:
                gha_deg, dec_deg = _subsolar_at(at_s)
            elif offset_s == 0.0:
                gha_deg, dec_deg = self.subsolar()
            else:
                gha_deg, dec_deg, _ = subsolar(self.unix_s + offset_s, margin=True)
            return self.sky_of(gha_deg, dec_deg, floating=at_s is None)

        key = ("at", at_s) if at_s is not None else ("offset", offset_s)
        return self.kept(key, made)

    def kept(self, key: Hashable, made: Callable[[], Kept]) -> Kept:
        """What is kept under a key (a body's sky at an instant), made when first asked for."""
        if key not in self._kept:
            self._kept[key] = made()
        found: Kept = self._kept[key]
        return found

    def sky_of(self, gha_deg: Floats, dec_deg: Floats, *, floating: bool) -> Sky:
        """The sun's local direction from its Greenwich hour angle and declination.

        Both are (n,) or (1,). ``floating``: the instant moves with the box.
        """
        sin_lat, cos_lat = self.latitude
        sin_hour, cos_hour = sin_cos_deg(gha_deg + self.lon_deg)
        sin_dec, cos_dec = sin_cos_deg(dec_deg)

        def reach_deg() -> Floats:
            by_axis = self.floating_deg if floating else self.fixed_deg
            return np.asarray(by_axis.sum(0))

        return Sky(sin_lat, cos_lat, sin_hour, cos_hour, sin_dec, cos_dec, reach_deg)


@lru_cache(maxsize=64)
def _subsolar_at(at_s: float) -> tuple[Floats, Floats]:
    """Greenwich hour angle and declination of the sun at one instant, each (1,)."""
    gha, dec, _ = subsolar(np.array([at_s]))
    return gha, dec


def instants_s(domain: Domain, centre: Floats) -> Floats:
    """The instants [POSIX s] of points given on the axes of a box, (4, n)."""
    day_s = np.floor(centre[DAY]) * DAY_S if domain.daily else 0.0
    utc_s = domain.first_s + day_s + centre[TOD]
    return np.asarray(utc_s - domain.shear_s_per_deg * centre[LON])


def axes_view(domain: Domain, centre: Floats) -> BoxView:
    """A view of points (no extent) given on the axes of a box, (4, n)."""
    return BoxView(domain, Boxes(centre, np.zeros_like(centre)))


def point_view(domain: Domain, lat_deg: Floats, lon_deg: Floats, unix_s: Floats) -> BoxView:
    """A view of exact points (no extent), anywhere on Earth and at any time."""
    z = sine_authalic(lat_deg)
    tod = unix_s + domain.shear_s_per_deg * lon_deg - domain.first_s
    day = np.floor(tod / DAY_S) if domain.daily else np.zeros_like(tod)
    centre = np.stack([z, lon_deg, tod - day * DAY_S, day + 0.5])
    view = axes_view(domain, centre)
    # They are known already, and need not be worked out from the axes again.
    view.lat_deg, view.unix_s = lat_deg, unix_s
    return view
