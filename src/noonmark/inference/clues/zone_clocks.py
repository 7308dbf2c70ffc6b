"""The clocks that a place may go by: one zone's, or every zone's in use there, over boxes and points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.pyramid import Pyramid, pyramid
from noonmark.inference.clues.rectangles import rectangles
from noonmark.inference.domain import LON, View, Z

if TYPE_CHECKING:
    from noonmark.inference.clues.clock import History, ZoneTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.intp]


class Clocks(Protocol):
    """Offsets from UTC that may apply."""

    def readings(self, view: View, unix_s: Floats) -> Iterator[tuple[Rows, Floats, Floats]]:
        """Lots of (rows, ln of the share that each clock has there, offset [s]) for the middle of each box."""
        ...

    def spans(self, view: View, first_s: Floats, last_s: Floats) -> Iterator[tuple[Rows, Floats, Floats]]:
        """Lots of (rows, least offset, greatest offset) that cover each box between two instants."""
        ...

    def spread(self, view: View) -> Floats:
        """Seconds that the axes of place may add, (4, n)."""
        ...


@dataclass(frozen=True, eq=False)
class FixedClock:
    """One zone everywhere."""

    history: History

    @classmethod
    def utc(cls) -> FixedClock:
        """Greenwich, without a history."""
        return cls(_Still(np.zeros(0, np.int64), np.zeros(1, np.int64)))

    def readings(self, view: View, unix_s: Floats) -> Iterator[tuple[Rows, Floats, Floats]]:
        """See :class:`Clocks`."""
        yield np.arange(unix_s.size), np.zeros(unix_s.size), _offsets(self.history, unix_s)

    def spans(self, view: View, first_s: Floats, last_s: Floats) -> Iterator[tuple[Rows, Floats, Floats]]:
        """See :class:`Clocks`."""
        yield np.arange(first_s.size), *_extremes(self.history, first_s, last_s)

    def spread(self, view: View) -> Floats:
        """See :class:`Clocks`."""
        return np.zeros((4, view.lat_deg.size))


@dataclass(frozen=True)
class _Still:
    at_s: Ints
    offset_s: Ints


@dataclass(frozen=True, eq=False)
class _Atlas:
    """Zones with one history inside a window are one class. ``classes_of[s]`` those of zone set s; ``map`` says
    which classes (bits of 64-bit words) a rectangle holds."""

    histories: tuple[History, ...]
    classes_of: tuple[tuple[int, ...], ...]
    map: Pyramid


class LocalClocks:
    """Every zone in use at each place."""

    def __init__(self, zones: ZoneTable) -> None:
        self.zones = zones

    def readings(self, view: View, unix_s: Floats) -> Iterator[tuple[Rows, Floats, Floats]]:
        """See :class:`Clocks`; where two zones agree they are one clock."""
        atlas = self._atlas(view, unix_s)
        index = self.zones.index
        row = np.clip((view.lat_deg + 90.0) * (index.shape[0] / 180.0), 0, index.shape[0] - 1).astype(np.intp)
        column = np.floor((view.lon_deg + 180.0) * (index.shape[1] / 360.0)).astype(np.intp) % index.shape[1]
        for rows, zone_set in _lots(index[row, column]):
            offsets = np.stack([_offsets(atlas.histories[c], unix_s[rows]) for c in atlas.classes_of[zone_set]])
            fresh = np.ones(offsets.shape, dtype=bool)
            for k in range(1, len(offsets)):
                fresh[k] = (offsets[k] != offsets[:k]).all(axis=0)
            log_share = -np.log(fresh.sum(axis=0))
            for k in range(len(offsets)):
                chosen = fresh[k]
                yield rows[chosen], log_share[chosen], offsets[k, chosen]

    def spans(self, view: View, first_s: Floats, last_s: Floats) -> Iterator[tuple[Rows, Floats, Floats]]:
        """See :class:`Clocks`."""
        atlas = self._atlas(view, np.concatenate([first_s, last_s]))
        words = atlas.map.over(*rectangles(view))
        everything = np.bitwise_or.reduce(words, axis=0)
        for c, history in enumerate(atlas.histories):
            word, bit = divmod(c, 64)
            mask = np.uint64(1 << bit)
            if not everything[word] & mask:
                continue
            rows = np.flatnonzero(words[:, word] & mask)
            yield rows, *_extremes(history, first_s[rows], last_s[rows])

    def spread(self, view: View) -> Floats:
        """See :class:`Clocks`: a box that holds more than one clock gains by being cut in place."""
        out = np.zeros((4, view.lat_deg.size))
        if view.boxes.half.any():
            middle = view.unix_s
            words = self._atlas(view, middle).map.over(*rectangles(view))
            several = np.bitwise_count(words).sum(axis=1) > 1
            out[Z] = np.where(several, view.fixed_deg[Z] * 600.0, 0.0)
            out[LON] = np.where(several, view.boxes.half[LON] * 600.0, 0.0)
        return out

    def _atlas(self, view: View, unix_s: Floats) -> _Atlas:
        """The atlas of the domain's window, made once; wider where an instant lies outside."""
        first, last = view.domain.start_s - 2e5, view.domain.start_s + view.domain.length_s + 2e5
        if unix_s.size and (unix_s.min() < first or unix_s.max() > last):
            first, last = min(float(unix_s.min()), first) - 4e7, max(float(unix_s.max()), last) + 4e7
        key = (first, last)
        if key not in self.zones.cache:
            self.zones.cache[key] = _atlas(self.zones, first, last)
        atlas: _Atlas = self.zones.cache[key]
        return atlas


def _atlas(zones: ZoneTable, first_s: float, last_s: float) -> _Atlas:
    histories: list[History] = []
    known: dict[tuple[bytes, bytes], int] = {}
    class_of: dict[str, int] = {}
    for name in dict.fromkeys(zone for group in zones.zone_sets for zone in group):
        history = zones.history(name)
        start, end = np.searchsorted(history.at_s, [first_s, last_s], side="right")
        at, offsets = history.at_s[start:end], history.offset_s[start : end + 1]
        key = (np.asarray(at).tobytes(), np.asarray(offsets).tobytes())
        if key not in known:
            known[key] = len(histories)
            histories.append(_Still(np.asarray(at), np.asarray(offsets)))
        class_of[name] = known[key]
    classes_of = tuple(tuple(dict.fromkeys(class_of[zone] for zone in group)) for group in zones.zone_sets)
    words = np.zeros((len(classes_of), (len(histories) + 63) // 64), dtype=np.uint64)
    for s, classes in enumerate(classes_of):
        for c in classes:
            words[s, c // 64] |= np.uint64(1 << (c % 64))
    return _Atlas(tuple(histories), classes_of, pyramid(_coarse(words, zones.index), np.bitwise_or))


def _coarse(words: NDArray[np.uint64], index: NDArray[np.int16]) -> NDArray[np.uint64]:
    """Bits of the classes in blocks of five by five cells of the raster (half a degree of a tenth's)."""
    step = 5 if index.shape[0] % 5 == 0 and index.shape[1] % 5 == 0 else 1
    found = words[index[::step, ::step]]
    for i in range(step):
        for j in range(step):
            if i or j:
                found |= words[index[i::step, j::step]]
    return found


def _lots(values: NDArray[np.int16]) -> Iterator[tuple[Rows, int]]:
    """The rows of each distinct value."""
    order = np.argsort(values, kind="stable")
    edges = np.flatnonzero(np.diff(values[order])) + 1
    for rows in np.split(order, edges):
        if rows.size:
            yield rows, int(values[rows[0]])


def _offsets(history: History, unix_s: Floats) -> Floats:
    return history.offset_s[np.searchsorted(history.at_s, unix_s, side="right")].astype(np.float64)


def _extremes(history: History, first_s: Floats, last_s: Floats) -> tuple[Floats, Floats]:
    """The least and greatest offset in use between two instants."""
    start = np.searchsorted(history.at_s, first_s, side="right")
    end = np.searchsorted(history.at_s, last_s, side="right")
    least, most = history.offset_s[start].astype(np.float64), history.offset_s[end].astype(np.float64)
    least, most = np.minimum(least, most), np.maximum(least, most)
    for k in np.flatnonzero(end - start > 1):
        between = history.offset_s[start[k] : end[k] + 1]
        least[k], most[k] = between.min(), between.max()
    return least, most
