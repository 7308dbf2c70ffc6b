"""Rows of different lengths that lie one after the other in flat arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def starts(lengths: NDArray[Any]) -> Ints:
    """Where each row begins, and behind the last its end: (n + 1,)."""
    out = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=out[1:])
    return out


def owners(lengths: NDArray[Any]) -> Ints:
    """The row of each item."""
    return np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)


def places(
    begin: NDArray[Any],
    lengths: NDArray[Any],
) -> Ints:
    """The positions of all items of some rows, row after row: ``begin`` + 0, 1, 2 ..."""
    lengths = np.asarray(lengths, np.int64)
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(np.asarray(begin, np.int64) - (ends - lengths), lengths) + np.arange(total)


def least_of_each(
    group: NDArray[Any],
    *values: NDArray[Any],
) -> Ints:
    """Of each run of equal ``group`` (0 or more) the position of the item whose first value is
    least; of equals that whose next is; of equals in all the first.
    """
    at = np.arange(len(group))
    for value in values:
        first = _first_of_each(group[at])
        if len(first) == len(at):
            return at
        mine = value[at]
        least = np.minimum.reduceat(mine, first)
        at = at[mine == np.repeat(least, np.diff(first, append=len(at)))]
    return at[_first_of_each(group[at])]


def _first_of_each(group: NDArray[Any]) -> Ints:
    """Where each run of equals begins."""
    return np.nonzero(np.diff(group, prepend=-1))[0]
