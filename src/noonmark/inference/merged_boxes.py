"""Boxes that are alike along some axes, made one: a marginal is about these axes only.

The boxes of a search are halves of halves, so a hundred thousand of them may have a thousand
intervals of time between them. Added up first, they cost a marginal no more than these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats, Rows
from noonmark.inference.search.domain import (
    DAY,
    LON,
    TOD,
    Boxes,
    Domain,
    Z,
    sine_authalic,
)

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""An odd number without pattern (2^64 over the golden ratio), by which bits are mixed."""

_HALF_WORD = np.uint64(32)

_BANDS = 6
"""Bands of latitude, over an area, in which its longitudes are taken as the same."""


@dataclass(frozen=True, eq=False)
class AlikeBoxes:
    """Boxes (n,), each once for all that are equal along some axes.

    ``boxes`` (k,) are these; along the other axes each is as one of those that it stands for.
    ``of_box`` (n,) says which of them stands for each box.
    """

    boxes: Boxes
    of_box: Rows

    def added(self, mass: Floats) -> Floats:
        """The mass (n,) of all that each stands for, (k,)."""
        return np.bincount(self.of_box, mass, self.boxes.size).astype(np.float64)

    def standing_for(self, chosen: Rows) -> Boxes:
        """Those that stand for any of the chosen boxes."""
        stands = np.zeros(self.boxes.size, dtype=bool)
        stands[self.of_box[chosen]] = True
        return self.boxes.take(stands)


def alike_in_time(
    domain: Domain,
    boxes: Boxes,
) -> AlikeBoxes:
    """Boxes made one where they cover the same instants, as far as a marginal can tell.

    Longitude counts only where the clock is solar, and latitude only where, besides, the area's
    longitudes depend on it: there it is that of a band that many boxes share.
    """
    if not domain.shear_s_per_deg:
        return alike_along(boxes, [TOD, DAY])
    if domain.mask is None:
        return alike_along(boxes, [LON, TOD, DAY])
    return alike_along(_in_bands(domain, boxes), [Z, LON, TOD, DAY])


def _in_bands(domain: Domain, boxes: Boxes) -> Boxes:
    """Boxes whose latitudes are those of the band that holds their middle, if it is wider."""
    low = float(sine_authalic(domain.south_deg))
    half = max((float(sine_authalic(domain.north_deg)) - low) / (2 * _BANDS), 1e-12)
    band = np.floor((boxes.centre[Z] - low) / (2.0 * half))
    narrow = boxes.half[Z] < half
    centre, halves = boxes.centre.copy(), boxes.half.copy()
    centre[Z] = np.where(narrow, low + (2.0 * band + 1.0) * half, centre[Z])
    halves[Z] = np.where(narrow, half, halves[Z])
    return Boxes(centre, halves)


def alike_along(
    boxes: Boxes,
    axes: Sequence[int],
) -> AlikeBoxes:
    """Boxes made one where they are equal along some axes."""
    sides = np.concatenate([boxes.centre[axes], boxes.half[axes]])
    first_alike = _first_alike(_keys(sides))
    # In the order of the boxes: neighbours stay so, which makes look-ups of them fast.
    stands = first_alike == np.arange(boxes.size)
    first = np.flatnonzero(stands)
    of_box = (np.cumsum(stands) - 1)[first_alike]
    # Side by side: numpy is slow at picking columns.
    if not all(np.array_equal(side[first][of_box], side) for side in sides):
        # Two different boxes have one key: 1 chance in 10 million.
        return AlikeBoxes(boxes, np.arange(boxes.size))
    return AlikeBoxes(boxes.take(first), of_box)


def _first_alike(
    keys: NDArray[np.uint64],
) -> Rows:
    """The first of the keys (n,) that is equal to each, (n,).

    **Method**: a table by the leading bits of a key, of which the first key in each place is kept.
    Keys that find another in their place are looked up again by other bits.
    """
    bits = max(keys.size.bit_length() + 1, 2)
    table = np.zeros(1 << bits, dtype=np.int32)
    found = np.arange(keys.size)
    rest = found
    mixed = keys
    while rest.size:
        place = (mixed >> np.uint64(64 - bits)).astype(np.intp)
        table[place[::-1]] = rest[::-1]
        kept = table[place]
        equal = keys[kept] == keys[rest]
        found[rest[equal]] = kept[equal]
        rest, mixed = rest[~equal], mixed[~equal] * _FACTOR
    return found


def _keys(
    sides: Floats,
) -> NDArray[np.uint64]:
    """A whole number for each column of (m, n), (n,): the same only for equal columns, by chance.

    **Method**: the bits of all numbers, multiplied and folded (as in Steele, Lea and Flood, "Fast
    splittable pseudorandom number generators", 2014).
    """
    key = np.zeros(sides.shape[1], dtype=np.uint64)
    for side in sides:
        key = (key + np.ascontiguousarray(side).view(np.uint64)) * _FACTOR
        key ^= key >> _HALF_WORD
    return key
