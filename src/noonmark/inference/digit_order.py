"""The order of many numbers by their digits, in a time that grows with their count alone.

A stable order of a hundred thousand leaves by comparisons takes as long as a small search.
**Method**: least significant digit first (Knuth, TAOCP 3, 5.2.5), digits of 16 bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats, Rows

_DIGIT_BITS = 16
_WORD_BITS = 64
_DIGITS = _WORD_BITS // _DIGIT_BITS
_RANK_BITS = 48

_DEEPEST = 1e4
"""Values that lie so far below the greatest count as equal."""

_DEEPEST_NAT = 64.0
"""So do likelihoods (ln): a place so much less likely is in no credible set."""

_LEAST_RANGE = 1e-9
"""A narrower range is no more finely divided than this one."""


def falling_order(
    values: Floats,
    *,
    bits: int = _RANK_BITS,
    deepest: float = _DEEPEST,
) -> Rows:
    """Indices by falling value, (n,), as a stable sort gives them, any shape taken as flat.

    Values that differ by less than 2^-``bits`` of their range count as equal, and those that lie
    ``deepest`` or more below the greatest.
    """
    flat = values.ravel()
    if flat.size == 0:
        return np.zeros(0, dtype=np.intp)
    depth = np.minimum(float(flat.max()) - flat, deepest)
    reach = max(float(depth.max()), _LEAST_RANGE)
    steps = depth * ((2.0**bits - 1.0) / reach)
    return order_of_words(steps.astype(np.uint64), bits=bits)


def likelihood_order(log_likelihood: Floats) -> Rows:
    """Indices by falling likelihood, (n,), to a thousandth of a nat down to 64 nat."""
    return falling_order(log_likelihood, bits=_DIGIT_BITS, deepest=_DEEPEST_NAT)


def order_of_words(
    words: NDArray[np.uint64],
    *,
    bits: int = _WORD_BITS,
) -> Rows:
    """Indices by rising whole number, (n,), equal ones in order; ``bits`` hold the greatest."""
    digits = words.astype("<u8", copy=False).view("<u2").reshape(-1, _DIGITS)
    order = np.argsort(digits[:, 0], kind="stable")
    for k in range(1, -(-bits // _DIGIT_BITS)):
        order = order.take(np.argsort(digits[:, k].take(order), kind="stable"))
    return np.asarray(order, dtype=np.intp)


def distinct(
    words: NDArray[np.uint64],
    *,
    bits: int = _WORD_BITS,
) -> tuple[Rows, Rows]:
    """The first of each different word, by rising word, (k,), and which of these each is, (n,).

    ``bits`` hold the greatest.
    """
    order = order_of_words(words, bits=bits)
    in_order = words[order]
    is_first = np.append(True, in_order[1:] != in_order[:-1])[: words.size]
    which = np.empty(words.size, dtype=np.intp)
    which[order] = np.cumsum(is_first) - 1
    return order[is_first], which
