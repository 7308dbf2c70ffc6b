"""Many spans of time told as bands: a stretch of dates with a clock time that moves evenly.

A sun that fits at one hour fits at nearly the same hour on the next day. Spans are cut at local
midnights with the offset in force on each date, linked from day to day, and the links are told as
straight bands. A band is never narrower than the spans it stands for, and nothing is called
continuous that is not. Where there are too many bands, the years are laid over one another; such
bands are marked as folded, because not every year that is named fits on all of their dates.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.instants import united
from noonmark.world.offsets import offsets_s, transitions

LONGEST_RUN_S = 36 * 3600.0
"""A span that is longer is told by its dates, not as a time of day."""

MOST_BANDS = 40
"""With more bands than this the years are laid over one another."""

_FOLD_FIRST = 1500
"""So many spans are folded before bands are looked for."""

_SHORT_GAP = 0.25
_SHORT_GAP_S = 60.0
"""Gaps within a day that are shorter, or this part of a span beside them, are closed."""

_STRAIGHT = 0.12
_STRAIGHT_S = 60.0
"""A band is straight if no edge is farther off than this, or this part of its length."""

_ALIKE = 3.0
"""Runs are linked if neither is longer than so many of the other."""

_LEAP_YEAR = np.datetime64("2000-01", "M")
_EPOCH_YEAR = 1970


@dataclass(frozen=True)
class TimeBand:
    """A time of day on consecutive dates, in local time.

    ``first_day`` and ``last_day`` are days after 1970-01-01; ``start_s`` and ``end_s`` are seconds
    of the local day on the first and on the last date, between which they move evenly; the clocks
    are ``offset_s`` ahead of UTC. ``years`` are those of a folded band, whose days then lie in the
    year 2000; it is empty for a band that stands for itself.
    """

    first_day: int
    last_day: int
    start_s: tuple[float, float]
    end_s: tuple[float, float]
    offset_s: float
    years: tuple[int, ...] = ()

    @property
    def length_s(self) -> float:
        """The time that the band covers in one year."""
        mean_s = (sum(self.end_s) - sum(self.start_s)) / 2.0
        return mean_s * (self.last_day - self.first_day + 1)

    def instants(self) -> Floats:
        """The intervals of POSIX seconds that a band holds, (n, 2): one for each date."""
        days = np.arange(self.first_day, self.last_day + 1, dtype=float)
        share = (days - self.first_day) / max(self.last_day - self.first_day, 1)
        midnight_s = days * DAY_S - self.offset_s
        start_s = self.start_s[0] + (self.start_s[1] - self.start_s[0]) * share
        end_s = self.end_s[0] + (self.end_s[1] - self.end_s[0]) * share
        return np.stack([midnight_s + start_s, midnight_s + end_s], axis=1)


@dataclass(frozen=True, eq=False)
class _Runs:
    """n spans within local days: the day of each, start and end of day [s], and the offset [s]."""

    day: NDArray[np.int64]
    start_s: Floats
    end_s: Floats
    offset_s: Floats

    def take(self, chosen: NDArray[np.intp]) -> _Runs:
        """Some of the runs."""
        return _Runs(
            self.day[chosen],
            self.start_s[chosen],
            self.end_s[chosen],
            self.offset_s[chosen],
        )

    @property
    def size(self) -> int:
        """The number of bands."""
        return int(self.day.size)


class _Run(NamedTuple):
    """One of the runs, by its number."""

    number: int
    start_s: float
    end_s: float
    offset_s: float


def time_bands(
    instants: Floats,
    zone: str,
) -> tuple[TimeBand, ...]:
    """The bands of a set of instants (n, 2) [POSIX s] on the clocks of a zone, by date.

    No interval may be longer than ``LONGEST_RUN_S``. **Method**: runs are linked to those that
    overlap them on the next day, one to one; each chain is cut into straight bands, which are then
    widened to hold all of its runs.
    """
    runs = _without_short_gaps(_local_runs(instants, zone))
    if runs.size <= _FOLD_FIRST:
        bands = _bands(runs)
        if len(bands) <= MOST_BANDS:
            return bands
    return _folded(runs)


def _local_runs(
    instants: Floats,
    zone: str,
) -> _Runs:
    """Intervals cut at local midnights and where the clocks change."""
    changes_s = np.append(transitions(zone).at_s.astype(float), np.inf)
    starts_s, ends_s = instants[:, 0], instants[:, 1]
    parts: list[tuple[Floats, Floats, Floats]] = []
    while starts_s.size:
        offset_s = offsets_s(zone, starts_s).astype(float)
        day = np.floor((starts_s + offset_s) / DAY_S)
        midnight_s = (day + 1.0) * DAY_S - offset_s
        change_s = changes_s[np.searchsorted(changes_s, starts_s, side="right")]
        cut_s = np.minimum(np.minimum(ends_s, midnight_s), change_s)
        parts.append((starts_s, cut_s, offset_s))
        goes_on = ends_s > cut_s + 1e-6
        starts_s, ends_s = cut_s[goes_on], ends_s[goes_on]
    start_s, end_s, offset_s = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _by_local_day(start_s, end_s, offset_s)


def _by_local_day(
    start_s: Floats,
    end_s: Floats,
    offset_s: Floats,
) -> _Runs:
    """Intervals of POSIX seconds within local days, each (n,), as runs in order of time."""
    day = np.floor((start_s + offset_s) / DAY_S).astype(np.int64)
    midnight_s = day * DAY_S - offset_s
    runs = _Runs(day, start_s - midnight_s, end_s - midnight_s, offset_s)
    return runs.take(np.argsort(start_s, kind="stable"))


def _without_short_gaps(runs: _Runs) -> _Runs:
    """Runs of one day joined over gaps that are short beside them, which only widens them."""
    kept = np.ones(runs.size, dtype=bool)
    start_s, end_s = runs.start_s, runs.end_s.copy()
    # Most days have one run: only those that follow one of their own day are looked at.
    follows = (runs.day[1:] == runs.day[:-1]) & (runs.offset_s[1:] == runs.offset_s[:-1])
    first = 0
    for k in (np.flatnonzero(follows) + 1).tolist():
        first = k - 1 if kept[k - 1] else first
        longer_s = max(end_s[k] - start_s[k], end_s[first] - start_s[first])
        if start_s[k] - end_s[first] <= max(_SHORT_GAP_S, _SHORT_GAP * longer_s):
            end_s[first] = max(end_s[first], end_s[k])
            kept[k] = False
    return replace(runs, end_s=end_s).take(np.flatnonzero(kept))


def _bands(runs: _Runs) -> tuple[TimeBand, ...]:
    """The straight bands of all chains, by date."""
    found = [band for chain in _chains(runs) for band in _straight_bands(runs, chain)]
    return tuple(sorted(found, key=lambda band: (band.first_day, band.start_s)))


def _chains(runs: _Runs) -> list[NDArray[np.intp]]:
    """Runs linked from one day to the next, where each overlaps one other and no more."""
    next_of = _links(runs)
    chains = []
    for start in sorted(set(range(runs.size)) - set(next_of.values())):
        chain = [start]
        while chain[-1] in next_of:
            chain.append(next_of[chain[-1]])
        chains.append(np.array(chain, dtype=np.intp))
    return chains


def _links(runs: _Runs) -> dict[int, int]:
    """The run of the next day that each run overlaps, where it is the only one on either side."""
    on_day: dict[int, list[_Run]] = defaultdict(list)
    columns = (runs.day, runs.start_s, runs.end_s, runs.offset_s)
    for k, (day, *clock) in enumerate(zip(*(each.tolist() for each in columns), strict=True)):
        on_day[day].append(_Run(k, *clock))
    next_of: dict[int, int] = {}
    for day, here in on_day.items():
        after = on_day.get(day + 1, ())
        links = [(one.number, two.number) for one in here for two in after if _overlap(one, two)]
        firsts = [k for k, _ in links]
        seconds = [j for _, j in links]
        for k, j in links:
            if firsts.count(k) == 1 and seconds.count(j) == 1:
                next_of[k] = j
    return next_of


def _overlap(
    one: _Run,
    two: _Run,
) -> bool:
    """Whether two runs overlap on the clock at the same offset, and are of about one length."""
    first_s = one.end_s - one.start_s
    second_s = two.end_s - two.start_s
    alike = max(first_s, second_s) <= _ALIKE * min(first_s, second_s) + _SHORT_GAP_S
    on_clock = one.start_s < two.end_s and two.start_s < one.end_s
    return alike and on_clock and one.offset_s == two.offset_s


def _straight_bands(
    runs: _Runs,
    chain: NDArray[np.intp],
) -> list[TimeBand]:
    """A chain cut into straight bands, each as long as it stays straight."""
    found = []
    first = 0
    while first < chain.size:
        last = _end_of_straight(runs.take(chain[first:]))
        found.append(_band(runs.take(chain[first : first + last + 1])))
        first += last + 1
    return found


def _end_of_straight(runs: _Runs) -> int:
    """The last of consecutive runs up to which they are straight, found by doubling and halving."""
    good, step = 0, 1
    while good + step < runs.size and _is_straight(runs, good + step):
        good += step
        step *= 2
    while step >= 1:
        if good + step < runs.size and _is_straight(runs, good + step):
            good += step
        step //= 2
    return good


def _edges_between(values_s: Floats) -> Floats:
    """The straight line from the first value to the last, (n,)."""
    share = np.arange(values_s.size) / max(values_s.size - 1, 1)
    return np.asarray(values_s[0] + (values_s[-1] - values_s[0]) * share)


def _is_straight(
    runs: _Runs,
    last: int,
) -> bool:
    """Whether the edges of the runs up to one lie near straight lines."""
    start_s = runs.start_s[: last + 1]
    end_s = runs.end_s[: last + 1]
    off_s = max(
        float(np.abs(start_s - _edges_between(start_s)).max()),
        float(np.abs(end_s - _edges_between(end_s)).max()),
    )
    length_s = np.sort(end_s - start_s)[last // 2]
    return off_s <= max(_STRAIGHT_S, _STRAIGHT * float(length_s))


def _band(runs: _Runs) -> TimeBand:
    """One band that holds all of some runs on consecutive days."""
    early_s = float(np.maximum(_edges_between(runs.start_s) - runs.start_s, 0.0).max())
    late_s = float(np.maximum(runs.end_s - _edges_between(runs.end_s), 0.0).max())
    return TimeBand(
        int(runs.day[0]),
        int(runs.day[-1]),
        (float(runs.start_s[0]) - early_s, float(runs.start_s[-1]) - early_s),
        (float(runs.end_s[0]) + late_s, float(runs.end_s[-1]) + late_s),
        float(runs.offset_s[0]),
    )


def _folded(runs: _Runs) -> tuple[TimeBand, ...]:
    """Bands of all years laid over one another, each with the years that it stands for."""
    years, of_year = _in_leap_year(runs)
    found = []
    for band in _bands(_without_short_gaps(_laid_over(of_year))):
        of_band = np.unique(years[_in_band(of_year, band)])
        found.append(replace(band, years=tuple(of_band.tolist())))
    return tuple(found)


def _in_leap_year(runs: _Runs) -> tuple[NDArray[np.int64], _Runs]:
    """The year of each run (n,), and the runs with their dates moved to the year 2000."""
    day = runs.day.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    year = day.astype("datetime64[Y]")
    moved = (_LEAP_YEAR + (month - year)).astype("datetime64[D]") + (day - month)
    years = year.astype(np.int64) + _EPOCH_YEAR
    return years, replace(runs, day=moved.astype(np.int64))


def _laid_over(runs: _Runs) -> _Runs:
    """On each date of the year, the union of the runs of all years with the same offset.

    Dates and offsets are set apart by two days each, so that one union serves all.
    """
    apart_s = 2.0 * DAY_S
    keys = runs.day * apart_s + runs.offset_s
    _, first, group_of = np.unique(keys, return_index=True, return_inverse=True)
    base_s = group_of * apart_s + DAY_S / 2.0
    spans_s = united(np.stack([runs.start_s + base_s, runs.end_s + base_s], axis=1))
    group = np.floor(spans_s[:, 0] / apart_s).astype(np.intp)
    day, offset_s = runs.day[first][group], runs.offset_s[first][group]
    midnight_s = day * DAY_S - offset_s - (group * apart_s + DAY_S / 2.0)
    return _by_local_day(spans_s[:, 0] + midnight_s, spans_s[:, 1] + midnight_s, offset_s)


def _in_band(
    runs: _Runs,
    band: TimeBand,
) -> NDArray[np.bool_]:
    """Which runs a band meets, (n,)."""
    share = (runs.day - band.first_day) / max(band.last_day - band.first_day, 1)
    start_s = band.start_s[0] + (band.start_s[1] - band.start_s[0]) * share
    end_s = band.end_s[0] + (band.end_s[1] - band.end_s[0]) * share
    on_dates = (runs.day >= band.first_day) & (runs.day <= band.last_day)
    on_clock = (runs.start_s < end_s) & (runs.end_s > start_s)
    return np.asarray(on_dates & on_clock & (runs.offset_s == band.offset_s))
