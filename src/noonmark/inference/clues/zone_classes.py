"""Zones with one history inside a window of time, joined into classes, and where each is in use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.clues.pyramid import Pyramid, pyramid
from noonmark.inference.clues.zone_table import FixedOffsets, ZoneHistory, ZoneTable

Words = NDArray[np.uint64]
"""Sets of classes as bits, in words of 64 on the last axis."""

SOLAR_STEP_S = 21600.0
"""Offsets of solar time are rounded to this: coarse enough to be few, fine enough to tell days."""

_WORD_BITS = 64
_BLOCK = 5


@dataclass(frozen=True, eq=False)
class ZoneClasses:
    """The classes of one window.

    - ``histories``: the changes of each class inside the window.
    - ``classes_of``: the numbers of the classes of each zone set.
    - ``map``: which classes (bits of 64-bit words) a rectangle holds.
    """

    histories: tuple[ZoneHistory, ...]
    classes_of: tuple[tuple[int, ...], ...]
    map: Pyramid


def zone_classes(
    zones: ZoneTable,
    first_s: float,
    last_s: float,
) -> ZoneClasses:
    """The classes of the zones between two instants [POSIX seconds].

    Most zones of the database share their clocks with many others in any window, so that a few
    dozen classes stand for hundreds of zones.
    """
    histories, class_of = _distinct_histories(zones, first_s, last_s)
    classes_of = tuple(
        tuple(dict.fromkeys(class_of[zone] for zone in group)) for group in zones.zone_sets
    )
    words = _words(classes_of, len(histories))
    blocks = _joined_blocks(words, zones.index)
    return ZoneClasses(tuple(histories), classes_of, pyramid(blocks, np.bitwise_or))


def _distinct_histories(
    zones: ZoneTable,
    first_s: float,
    last_s: float,
) -> tuple[list[ZoneHistory], dict[str, int]]:
    """Histories that differ inside the window, and each zone's place among them.

    Two zones are of one class if they have the same offsets and the same changes in the window.
    """
    histories: list[ZoneHistory] = []
    known: dict[tuple[bytes, bytes, float], int] = {}
    class_of: dict[str, int] = {}
    for group in zones.zone_sets:
        for name in group:
            if name in class_of:
                continue
            history = _part(zones.history(name), first_s, last_s)
            key = (
                history.at_s.tobytes(),
                history.offset_s.tobytes(),
                history.mean_until_s,
            )
            if key not in known:
                known[key] = len(histories)
                histories.append(history)
            class_of[name] = known[key]
    return histories, class_of


def _part(
    history: ZoneHistory,
    first_s: float,
    last_s: float,
) -> FixedOffsets:
    """A history cut down to the changes after the first instant, up to the last.

    Its first offset is the one in use at the first instant. Where places kept their own mean solar
    time, an offset tells no more than the day that was counted: it is rounded to six hours, so
    that zones of one day are alike.
    """
    # A change at the very instant counts as made.
    start, end = np.searchsorted(history.at_s, [first_s, last_s], side="right")
    at_s = np.asarray(history.at_s[start:end])
    offset_s = np.asarray(history.offset_s[start : end + 1])
    if history.mean_until_s <= first_s:
        return FixedOffsets(at_s, offset_s)
    ends_s = np.append(at_s, last_s)
    coarse = np.rint(offset_s / SOLAR_STEP_S) * SOLAR_STEP_S
    wholly_solar = ends_s <= history.mean_until_s
    mixed = np.where(wholly_solar, coarse, offset_s)
    return FixedOffsets(
        at_s=at_s,
        offset_s=mixed.astype(np.int64),
        mean_until_s=min(history.mean_until_s, last_s + 1.0),
    )


def _words(classes_of: tuple[tuple[int, ...], ...], count: int) -> Words:
    """The classes of each zone set as bits, (sets, words).

    Class number c is bit c % 64 of word c // 64.
    """
    words = np.zeros((len(classes_of), (count + _WORD_BITS - 1) // _WORD_BITS), dtype=np.uint64)
    for row, classes in zip(words, classes_of, strict=True):
        for number in classes:
            word, bit = divmod(number, _WORD_BITS)
            row[word] |= np.uint64(1 << bit)
    return words


def _joined_blocks(words: Words, index: NDArray[np.int16]) -> Words:
    """Bits of the classes in blocks of five by five cells of the raster.

    That is half a degree of a tenth's; a raster that five does not divide stays as it is.
    """
    step = _BLOCK if index.shape[0] % _BLOCK == 0 and index.shape[1] % _BLOCK == 0 else 1
    found = words[index[::step, ::step]]
    for i in range(step):
        for j in range(step):
            if i or j:
                found |= words[index[i::step, j::step]]
    return found


def in_class(words: Words, number: int) -> NDArray[np.bool_]:
    """Which sets of classes (bits on the last axis) hold the class of this number."""
    word, bit = divmod(number, _WORD_BITS)
    return np.asarray((words[..., word] & np.uint64(1 << bit)) != 0)


def window_key(
    start_s: float, length_s: float, unix_s: Floats, *, margin_s: float = 2e5, wider_s: float = 4e7
) -> tuple[float, float]:
    """The window [POSIX seconds] whose classes serve some instants.

    It is the domain's with a margin, so that all views of one search share it; wider where an
    instant lies outside.
    """
    first, last = start_s - margin_s, start_s + length_s + margin_s
    if unix_s.size and (unix_s.min() < first or unix_s.max() > last):
        first = min(float(unix_s.min()), first) - wider_s
        last = max(float(unix_s.max()), last) + wider_s
    return first, last
