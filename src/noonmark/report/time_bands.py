"""Many spans of time told as bands: a stretch of dates with a clock time that moves evenly.

A sun that fits at one hour fits at nearly the same hour on the next day. Spans are cut at local
midnights with the offset in force on each date, linked from day to day, and the links are told as
straight bands. A band is never narrower than the spans it stands for, and nothing is called
continuous that is not. Where there are too many bands, the years are laid over one another; such
bands are marked as folded, because not every year that is named fits on all of their dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.instants import common, length_s, united
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

_FOLDED_YEAR = 2000
_LEAP_YEAR = np.datetime64(f"{_FOLDED_YEAR}-01", "M")
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
        """The intervals of POSIX seconds that a band holds, (n, 2): one for each date.

        A folded band holds its dates in each of its years.
        """
        days = np.arange(self.first_day, self.last_day + 1)
        share = (days - self.first_day) / max(self.last_day - self.first_day, 1)
        start_s = self.start_s[0] + (self.start_s[1] - self.start_s[0]) * share
        end_s = self.end_s[0] + (self.end_s[1] - self.end_s[0]) * share
        clocks_s = np.stack([start_s, end_s], axis=1) - self.offset_s
        if not self.years:
            return np.asarray(clocks_s + DAY_S * days[:, None])
        dated = [_days_in_year(days, year) for year in self.years]
        return np.concatenate([clocks_s[kept] + DAY_S * on[kept, None] for on, kept in dated])


def _days_in_year(
    days: NDArray[np.int64],
    year: int,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Days (n,) of the year 2000 on the same dates of another, and whether these are in it."""
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    in_year = month + 12 * (year - _FOLDED_YEAR)
    moved = in_year.astype("datetime64[D]") + (day - month)
    return moved.astype(np.int64), np.asarray(moved.astype("datetime64[M]") == in_year)


def outside_s(
    instants: Floats,
    bands: Sequence[TimeBand],
) -> float:
    """The time of a set of instants (n, 2) [POSIX s] that none of some bands holds [s]."""
    held = united(np.concatenate([band.instants() for band in bands]))
    return max(length_s(instants) - length_s(common(held, instants)), 0.0)


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
    first, second = _links(runs)
    next_of = dict(zip(first.tolist(), second.tolist(), strict=True))
    is_start = np.ones(runs.size, dtype=bool)
    is_start[second] = False
    chains = []
    for start in np.flatnonzero(is_start).tolist():
        chain = [start]
        while chain[-1] in next_of:
            chain.append(next_of[chain[-1]])
        chains.append(np.array(chain, dtype=np.intp))
    return chains


def _links(runs: _Runs) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Runs and the run of the next day that each overlaps, the only one on either side, (k,)."""
    # 1. Each run beside every run of the next day.
    by_day = np.argsort(runs.day, kind="stable")
    day = runs.day[by_day]
    lowest, after = (np.searchsorted(day, runs.day + 1, side=side) for side in ("left", "right"))
    count = after - lowest
    first = np.repeat(np.arange(runs.size), count)
    along = np.arange(first.size) - np.repeat(np.cumsum(count) - count, count)
    second = by_day[lowest[first] + along]

    # 2. Those that overlap, and are linked to no other.
    overlap = _overlap(runs.take(first), runs.take(second))
    first, second = first[overlap], second[overlap]
    of_first, of_second = (np.bincount(each, minlength=runs.size) for each in (first, second))
    alone = (of_first[first] == 1) & (of_second[second] == 1)
    return first[alone], second[alone]


def _overlap(
    one: _Runs,
    two: _Runs,
) -> NDArray[np.bool_]:
    """Whether runs overlap on the clock at one offset, and are of about one length, (n,)."""
    first_s = one.end_s - one.start_s
    second_s = two.end_s - two.start_s
    most_s = _ALIKE * np.minimum(first_s, second_s) + _SHORT_GAP_S
    alike = np.maximum(first_s, second_s) <= most_s
    on_clock = (one.start_s < two.end_s) & (two.start_s < one.end_s)
    return np.asarray(alike & on_clock & (one.offset_s == two.offset_s))


def _straight_bands(
    runs: _Runs,
    chain: NDArray[np.intp],
) -> list[TimeBand]:
    """A chain cut into straight bands, each as long as it stays straight."""
    linked = runs.take(chain)
    edges_s = np.stack([linked.start_s, linked.end_s])
    found = []
    first = 0
    while first < linked.size:
        after = first + _straight_count(edges_s[:, first:])
        found.append(_band(linked, edges_s, slice(first, after)))
        first = after
    return found


def _straight_count(edges_s: Floats) -> int:
    """How many of consecutive runs are straight, found by doubling and halving.

    ``edges_s`` (2, n) are their starts and ends.
    """
    count, step = 1, 1
    most = edges_s.shape[1]
    while count + step <= most and _is_straight(edges_s[:, : count + step]):
        count += step
        step *= 2
    while step >= 1:
        if count + step <= most and _is_straight(edges_s[:, : count + step]):
            count += step
        step //= 2
    return count


def _off_line(edges_s: Floats) -> Floats:
    """How far edges (2, n) lie after the straight line from the first to the last of each."""
    first_s = edges_s[:, :1]
    share = np.arange(edges_s.shape[1]) / max(edges_s.shape[1] - 1, 1)
    return np.asarray(edges_s - (first_s + (edges_s[:, -1:] - first_s) * share))


def _is_straight(edges_s: Floats) -> bool:
    """Whether the edges (2, n) of some runs lie near straight lines."""
    off_s = np.abs(_off_line(edges_s)).max()
    length_s = np.sort(edges_s[1] - edges_s[0])[(edges_s.shape[1] - 1) // 2]
    return bool(off_s <= max(_STRAIGHT_S, _STRAIGHT * length_s))


def _band(
    runs: _Runs,
    edges_s: Floats,
    those: slice,
) -> TimeBand:
    """One band that holds all of those runs, which are on consecutive days."""
    held_s = edges_s[:, those]
    off_s = _off_line(held_s)
    start_s = held_s[0] + min(float(off_s[0].min()), 0.0)
    end_s = held_s[1] + max(float(off_s[1].max()), 0.0)
    return TimeBand(
        int(runs.day[those.start]),
        int(runs.day[those.stop - 1]),
        (float(start_s[0]), float(start_s[-1])),
        (float(end_s[0]), float(end_s[-1])),
        float(runs.offset_s[those.start]),
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
