"""The clocks that a place may go by: one zone's, or every zone's in use there.

A clock is an offset from UTC at an instant. Over points they are listed, each with its share; over
boxes, which may hold several zones and a change of clocks, ranges of offsets are given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.clues.rectangles import rectangles
from noonmark.inference.clues.solar_offsets import mean_solar_s, solar_range
from noonmark.inference.clues.zone_classes import ZoneClasses, in_class, window_key, zone_classes
from noonmark.inference.clues.zone_table import FixedOffsets, ZoneHistory, ZoneTable
from noonmark.inference.search.domain import LON, BoxView, Z

SECONDS_PER_DEG = 600.0
"""What a degree of a box that holds several clocks counts for when an axis is chosen to be cut."""


Groups: TypeAlias = Iterator[tuple[Rows, Floats, Floats]]
"""Rows of a view, and two numbers for each of them; see :class:`Clocks`."""


class Clocks(Protocol):
    """Offsets from UTC that may apply."""

    def offsets(self, view: BoxView, unix_s: Floats) -> Groups:
        """Groups of (rows, ln of the share that each clock has there, offset [s]).

        For the middle of each box at its instant ``unix_s`` (n,). A row comes once for each clock
        in use there; the shares of a row add up to 1.
        """
        ...

    def spans(self, view: BoxView, first_s: Floats, last_s: Floats, *, moving: bool) -> Groups:
        """Groups of (rows, least, greatest offset [s]) that cover each box between two instants.

        A row comes at least once. The clocks of a box show times from ``first_s`` plus the least to
        ``last_s`` plus the greatest of one of its ranges. ``moving``: the instants hang on the
        box's own time of day, and so on its longitude where axes are sheared; the least can then
        exceed the greatest.
        """
        ...

    def spread(self, view: BoxView, *, moving: bool) -> Floats:
        """Seconds that the axes of place may add to the span of a box's instants, (4, n).

        Where a box holds several clocks, or solar time. What solar time takes away is negative.
        """
        ...


@dataclass(frozen=True, eq=False)
class FixedClock:
    """One zone everywhere; see :class:`Clocks`."""

    history: ZoneHistory

    @classmethod
    def utc(cls) -> FixedClock:
        """Greenwich, without a history."""
        return cls(FixedOffsets(np.zeros(0, np.int64), np.zeros(1, np.int64)))

    def offsets(self, view: BoxView, unix_s: Floats) -> Groups:
        """See :class:`Clocks`: one clock, with the whole share."""
        yield np.arange(unix_s.size), np.zeros(unix_s.size), _offsets(self.history, unix_s)

    def spans(self, view: BoxView, first_s: Floats, last_s: Floats, *, moving: bool) -> Groups:
        """See :class:`Clocks`."""
        yield np.arange(first_s.size), *_extremes(self.history, first_s, last_s)

    def spread(self, view: BoxView, *, moving: bool) -> Floats:
        """See :class:`Clocks`."""
        return np.zeros((4, view.boxes.size))


class LocalClocks:
    """Every zone in use at each place, official or not; see :class:`Clocks`.

    The table keeps the classes of each window, so that compiled clues of one search share them.
    """

    def __init__(self, zones: ZoneTable) -> None:
        """All zones of a table."""
        self.zones = zones

    def offsets(self, view: BoxView, unix_s: Floats) -> Groups:
        """See :class:`Clocks`; where two zones agree they are one clock."""
        classes = self._classes(view, unix_s)
        for rows, zone_set in _groups(self._zone_sets(view)):
            found = []
            for number in classes.classes_of[zone_set]:
                history = classes.histories[number]
                found.append(_place_offsets(history, unix_s[rows], view.lon_deg[rows]))
            offsets = np.stack(found)
            fresh = _first_of_their_value(offsets)
            log_share = -np.log(fresh.sum(axis=0))
            for chosen, offset in zip(fresh, offsets, strict=True):
                yield rows[chosen], log_share[chosen], offset[chosen]

    def spans(self, view: BoxView, first_s: Floats, last_s: Floats, *, moving: bool) -> Groups:
        """See :class:`Clocks`: for each class of zones, the boxes that hold it.

        A class that no box holds is passed over.
        """
        classes = self._classes(view, np.concatenate([first_s, last_s]))
        words = classes.map.over(*rectangles(view))
        everything = np.bitwise_or.reduce(words, axis=0)
        for number, history in enumerate(classes.histories):
            if not in_class(everything, number):
                continue
            rows = np.flatnonzero(in_class(words, number))
            least, most = _extremes(history, first_s[rows], last_s[rows])
            solar = first_s[rows] < history.mean_until_s
            if solar.any():
                by_sun = solar_range(view, rows, (least, most), moving=moving)
                legal = last_s[rows] >= history.mean_until_s
                least, most = _joined(
                    (least, most),
                    by_sun,
                    solar,
                    legal,
                )
            yield rows, least, most

    def spread(self, view: BoxView, *, moving: bool) -> Floats:
        """See :class:`Clocks`: a box that holds more than one clock gains by being cut in place.

        A point has no extent and needs no cut.
        """
        out = np.zeros((4, view.boxes.size))
        if view.boxes.half.any():
            words = self._classes(view, view.unix_s).map.over(*rectangles(view))
            several = np.bitwise_count(words).sum(axis=1) > 1
            out[Z] = np.where(several, view.fixed_deg[Z] * SECONDS_PER_DEG, 0.0)
            out[LON] = np.where(several, view.boxes.half[LON] * SECONDS_PER_DEG, 0.0)
        return out

    def _zone_sets(self, view: BoxView) -> NDArray[np.int16]:
        """The number of the zone set at the middle of each box, (n,).

        Row 0 of the index is southernmost, column 0 starts at 180 deg west.
        """
        index = self.zones.index
        rows, columns = index.shape
        row = np.clip((view.lat_deg + 90.0) * (rows / 180.0), 0, rows - 1).astype(np.intp)
        column = np.floor((view.lon_deg + 180.0) * (columns / 360.0)).astype(np.intp) % columns
        return np.asarray(index[row, column])

    def _classes(self, view: BoxView, unix_s: Floats) -> ZoneClasses:
        """The classes of the domain's window, made once; a wider one where an instant needs it.

        ``unix_s`` are the instants that they must serve.
        """
        key = window_key(view.domain.start_s, view.domain.length_s, unix_s)
        if key not in self.zones.cache:
            self.zones.cache[key] = zone_classes(self.zones, *key)
        found: ZoneClasses = self.zones.cache[key]
        return found


def _first_of_their_value(offsets: Floats) -> Bools:
    """Which offsets (zones, n) differ from all of the rows above, at each place.

    Of zones that agree at an instant the first stands for all.
    """
    fresh = np.ones(offsets.shape, dtype=bool)
    for k in range(1, len(offsets)):
        fresh[k] = (offsets[k] != offsets[:k]).all(axis=0)
    return fresh


def _groups(values: NDArray[np.int16]) -> Iterator[tuple[Rows, int]]:
    """The rows of each distinct value, with the value.

    Sorted once, so that the cost does not grow with the number of values.
    """
    order = np.argsort(values, kind="stable")
    edges = np.flatnonzero(np.diff(values[order])) + 1
    for rows in np.split(order, edges):
        if rows.size:
            yield rows, int(values[rows[0]])


def _offsets(history: ZoneHistory, unix_s: Floats) -> Floats:
    """The offset [s] in use at each instant, (n,)."""
    place = np.searchsorted(history.at_s, unix_s, side="right")
    return history.offset_s[place].astype(np.float64)


def _place_offsets(
    history: ZoneHistory,
    unix_s: Floats,
    lon_deg: Floats,
) -> Floats:
    """The offset [s] in use at each instant and longitude, (n,).

    That is the place's own mean solar time before the zone's first rule.
    """
    offsets = _offsets(history, unix_s)
    if history.mean_until_s <= unix_s.min(initial=np.inf):
        return offsets
    solar = mean_solar_s(lon_deg, offsets)
    return np.where(unix_s < history.mean_until_s, solar, offsets)


def _joined(
    by_law: tuple[Floats, Floats],
    by_sun: tuple[Floats, Floats],
    solar: Bools,
    legal: Bools,
) -> tuple[Floats, Floats]:
    """Ranges of offsets [s] of boxes with solar time, legal time, or both one after the other.

    Parameters
    ----------
    by_law, by_sun
        The least and greatest offset of either, (n,) each.
    solar, legal
        Which boxes have the one and the other at some time, (n,) each.
    """
    least = np.where(legal, np.minimum(by_law[0], by_sun[0]), by_sun[0])
    most = np.where(legal, np.maximum(by_law[1], by_sun[1]), by_sun[1])
    return np.where(solar, least, by_law[0]), np.where(solar, most, by_law[1])


def _extremes(
    history: ZoneHistory,
    first_s: Floats,
    last_s: Floats,
) -> tuple[Floats, Floats]:
    """The least and greatest offset [s] in use between two instants, (n,) each.

    Mostly there is one change at most between them, so the offsets at both ends tell; only where
    there are more, those between are looked at.
    """
    start = np.searchsorted(history.at_s, first_s, side="right")
    end = np.searchsorted(history.at_s, last_s, side="right")
    before = history.offset_s[start].astype(np.float64)
    after = history.offset_s[end].astype(np.float64)
    least, most = np.minimum(before, after), np.maximum(before, after)
    for k in np.flatnonzero(end - start > 1):
        between = history.offset_s[start[k] : end[k] + 1]
        least[k], most[k] = between.min(), between.max()
    return least, most
