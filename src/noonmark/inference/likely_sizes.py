"""The size that a reading will leave: one where most readings come near to it, otherwise two.

Readings often leave one of two very different sizes, as one side of the sky or both are left; no
single number is then within :data:`NEAR` of most of them. ``python benchmarks/advice_promise.py``
measures how often what is told here is kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.answer import LikelySize

NEAR = 1.5
"""A size is near another if neither is more than so many times the other."""

LEAST_GAIN = 0.15
"""A second size is told where so large a share of the readings is near it, and not near the first.

A rarer one is left to the range: 24 simulated readings do not tell one in ten from none.
"""

_LEAST_SIZE = 1e-12
"""A size of nought has no ln."""


def likely_sizes(sizes: Floats) -> tuple[LikelySize, ...]:
    """One size or two, the likelier first, that most simulated readings come near to.

    ``sizes`` (k,) are what readings leave, in the order of the readings. Between two of them the ln
    of the size is taken as straight.
    """
    logs = _between(np.log(np.maximum(sizes, _LEAST_SIZE)))
    # The range that begins at each size: where it ends, how many sizes it holds, and its middle.
    after = np.searchsorted(logs, logs + 2.0 * np.log(NEAR), side="right")
    held = after - np.arange(logs.size)
    middles = (logs + logs[after - 1]) / 2.0

    # With it, the fullest range of those that begin where it has ended.
    later = np.append(np.maximum.accumulate(held[::-1])[::-1], 0)
    both = held + later[after]
    if both.max() - held.max() < LEAST_GAIN * logs.size:
        return (_size(float(middles[held == held.max()].mean()), 1.0),)
    first = _fullest(both)
    second = after[first] + _fullest(held[after[first] :])
    low, high = float(middles[first]), float(middles[second])
    chance = float((logs < (low + high) / 2.0).mean())
    found = (_size(low, chance), _size(high, 1.0 - chance))
    return found if chance >= 0.5 else found[::-1]


def _between(logs: Floats) -> Floats:
    """Seven more values between each two that follow one another, all ascending."""
    wanted = np.linspace(0.0, logs.size - 1.0, 8 * logs.size - 7)
    return np.sort(np.interp(wanted, np.arange(logs.size), logs))


def _fullest(held: NDArray[np.intp]) -> int:
    """The number of the greatest value; the middle one of several."""
    greatest = np.flatnonzero(held == held.max())
    return int(greatest[greatest.size // 2])


def _size(log_size: float, chance: float) -> LikelySize:
    return LikelySize(float(np.exp(log_size)), chance)
