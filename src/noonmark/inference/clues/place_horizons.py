"""Horizons of places as numbers in a clue: read off in any direction, and bounded over ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.clues.common import LowHigh
from noonmark.inference.clues.place_mixture import points_km
from noonmark.inference.clues.spec import FieldProblem, number, numbers

Rows = NDArray[np.intp]

_FEWEST, _MOST = 36, 3600


@dataclass(frozen=True)
class PlaceHorizon:
    """How high the land stands round one place, in even steps from north by east."""

    lat_deg: float = number("latitude", low=-90.0, high=90.0)
    lon_deg: float = number("longitude", low=-180.0, high=180.0)
    elevation_deg: tuple[float, ...] = numbers(
        "the land's elevation, in even steps from north by east", low=-90.0, high=90.0
    )
    sigma_deg: tuple[float, ...] = numbers(
        "its error, one standard deviation: one number, or one for each direction",
        low=0.001,
        high=45.0,
    )
    reach_m: float = number(
        "how far [m] from the place this horizon may be used", above=0.0, high=2e6, default=300.0
    )


def horizon_problems(horizons: Sequence[PlaceHorizon]) -> list[FieldProblem]:
    """What the numbers of some horizons can't mean together."""
    found: list[FieldProblem] = []
    if not horizons:
        found.append(("horizons", "at least one horizon", "none"))
    for i, one in enumerate(horizons):
        count = len(one.elevation_deg)
        if not _FEWEST <= count <= _MOST:
            words = f"{_FEWEST} to {_MOST} numbers"
            found.append((f"horizons[{i}].elevation_deg", words, f"{count}"))
        if len(one.sigma_deg) not in (1, count):
            words = f"1 or {count} numbers"
            found.append((f"horizons[{i}].sigma_deg", words, f"{len(one.sigma_deg)}"))
    return found


@dataclass(frozen=True, eq=False)
class RoundTable:
    """Values in even steps round the circle, with the greatest and least of every run.

    ``greatest`` and ``least`` are (levels, n): row l holds those of 2^l values from each on.
    """

    greatest: Floats
    least: Floats

    @property
    def count(self) -> int:
        """How many values."""
        return int(self.greatest.shape[1])

    def at(self, azimuth_deg: Floats) -> Floats:
        """Values between the steps, linear, (n,)."""
        position = np.mod(azimuth_deg, 360.0) * (self.count / 360.0)
        first = np.floor(position).astype(np.intp)
        share = position - first
        values = self.greatest[0]
        before = values[first % self.count]
        after = values[(first + 1) % self.count]
        return np.asarray(before * (1.0 - share) + after * share)

    def over(self, azimuth_deg: Floats, reach_deg: Floats) -> LowHigh:
        """The least and the greatest value within reach of some directions, (n,) each."""
        step = 360.0 / self.count
        first = np.floor((azimuth_deg - reach_deg) / step).astype(np.intp)
        last = np.ceil((azimuth_deg + reach_deg) / step).astype(np.intp)
        many = np.minimum(last - first + 1, self.count)
        level = np.floor(np.log2(many)).astype(np.intp)
        second = first + many - (1 << level)
        ends = (first % self.count, second % self.count)
        low = np.minimum(self.least[level, ends[0]], self.least[level, ends[1]])
        high = np.maximum(self.greatest[level, ends[0]], self.greatest[level, ends[1]])
        return low, high


def round_table(values: Sequence[float]) -> RoundTable:
    """The table of values in even steps round the circle."""
    greatest = [np.array(values, dtype=np.float64)]
    least = [greatest[0]]
    width = 1
    while 2 * width <= len(values):
        greatest.append(np.maximum(greatest[-1], np.roll(greatest[-1], -width)))
        least.append(np.minimum(least[-1], np.roll(least[-1], -width)))
        width *= 2
    return RoundTable(np.stack(greatest), np.stack(least))


@dataclass(frozen=True, eq=False)
class HorizonField:
    """The horizons of a clue, each used about its own place.

    ``where_km`` (k, 3) are their places as points of the ellipsoid, ``reach_km`` (k,) how far each
    is used. The nearest horizon counts; beyond its reach, none.
    """

    where_km: Floats
    reach_km: Floats
    elevation: tuple[RoundTable, ...]
    sigma: tuple[RoundTable, ...]

    @property
    def count(self) -> int:
        """How many horizons."""
        return len(self.elevation)

    def nearest(self, points: Floats) -> Rows:
        """Which horizon counts at points (n, 3) [km]; -1 where none does."""
        away = self.away_km(points)
        found = away.argmin(1)
        within = away[np.arange(len(points)), found] <= self.reach_km[found]
        return np.where(within, found, -1)

    def possible(self, points: Floats, more_km: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Which horizons can count within so much of points, (n, k), and where none may, (n,)."""
        away = self.away_km(points)
        more = more_km[:, None]
        closest = away.min(1)[:, None]
        may_be_nearest = away <= closest + 2.0 * more + 1e-9
        some = may_be_nearest & (away - more <= self.reach_km)
        none = (may_be_nearest & (away + more > self.reach_km)).any(1)
        return some, none

    def away_km(self, points: Floats) -> Floats:
        """The chord from points to each horizon's place, (n, k)."""
        from scipy.spatial.distance import cdist

        return np.asarray(cdist(points, self.where_km))


def horizon_field(horizons: Sequence[PlaceHorizon]) -> HorizonField:
    """The horizons of a clue, ready to be read off."""
    lat = np.array([one.lat_deg for one in horizons])
    lon = np.array([one.lon_deg for one in horizons])
    sigmas = []
    for one in horizons:
        each = one.sigma_deg
        sigmas.append(each if len(each) > 1 else each * len(one.elevation_deg))
    return HorizonField(
        where_km=points_km(lat, lon),
        reach_km=np.array([one.reach_m * 1e-3 for one in horizons]),
        elevation=tuple(round_table(one.elevation_deg) for one in horizons),
        sigma=tuple(round_table(each) for each in sigmas),
    )
