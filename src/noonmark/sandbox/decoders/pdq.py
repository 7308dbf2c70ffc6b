"""PDQ (Meta, 2019): a hash of 256 bits of a grey picture, with a quality from 0 to 100, many
pictures at once.

    1 Twice a running mean along rows and columns, then 64 x 64 samples at the centres of equal
    cells. 2 The cosine transform of those, frequencies 1 to 16 each way, without the mean. 3 A bit
    for each of the 256 coefficients: above their median or not.

Step 1 is linear and the same for every picture of a size, so it is one small matrix from the left
and one from the right; that is what makes this many times faster than filtering each picture. A
crop needs no copy.

**Authority**: pdqhash, Meta's own code, gives the same bits (tests/sandbox/test_pdq.py).
**Method**: Davis and Rosen, "PDQ & TMK + PDQF", 2019; ThreatExchange, pdq/cpp.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

_CELLS, _WAVES = 64, 16
_MIDDLE = _WAVES * _WAVES // 2 - 1
_LEAST_PX = 5
_STEPS_TO_QUALITY = 90


def reduced(grey: Any) -> Any:
    """Step 1: a grey picture, ``(height, width)`` of numbers from 0 to 255, as ``(64, 64)``
    float32.
    """
    return reduced_parts(grey, [(0, grey.shape[0], 0, grey.shape[1])])[0]


def reduced_parts(grey: Any, parts: Sequence[tuple[int, int, int, int]]) -> list[Any]:
    """Step 1 for parts of one picture, from row to row and from column to column; equal columns are
    worked out once.

    ``grey`` is ``(height, width)``, numbers from 0 to 255; each result is ``(64, 64)`` float32.
    """
    wide = grey.astype(np.float32)
    # Crops often share their columns, so each stretch of columns is reduced once.
    across: dict[tuple[int, int], Any] = {}
    for _, _, left, right in parts:
        if (left, right) not in across:
            across[left, right] = wide[:, left:right] @ _means(right - left).T
    cells = []
    for top, bottom, left, right in parts:
        rows = across[left, right][top:bottom]
        cells.append(_means(bottom - top) @ rows)
    return cells


def hashes(cells: Any) -> tuple[Any, Any]:
    """Steps 2 and 3: ``(n, 64, 64)`` to ``(n, 32)`` uint8 in the usual order of bytes, and the
    quality of each.

    The quality is ``(n,)`` uint8, 0 for a flat picture, at most 100.
    """
    stack = np.asarray(cells, np.float32).reshape(-1, _CELLS, _CELLS)
    waves = _cosines() @ stack @ _cosines().T
    flat = waves.reshape(len(stack), _WAVES * _WAVES)
    # the lower of the two in the middle
    middle = np.partition(flat, _MIDDLE, axis=1)[:, _MIDDLE : _MIDDLE + 1]
    # the first coefficient is the last bit
    bits = (flat > middle)[:, ::-1]
    return np.packbits(bits, axis=1), _quality(stack)


def hashable(grey: Any) -> bool:
    """Whether a picture is large enough to have a hash.

    ``grey`` is ``(height, width)``. The reference code wants five pixels each way.
    """
    return bool(min(grey.shape) >= _LEAST_PX)


@lru_cache(maxsize=256)
def _means(count: int) -> Any:
    """``(64, count)``: two passes of the running mean, shorter at the ends, and the choice of 64
    samples.
    """
    # The window of the running mean, as the reference code rounds it.
    window = (count + 2 * _CELLS - 1) // (2 * _CELLS)
    after = (window + 2) // 2
    at = np.arange(count)
    first, end = np.maximum(at - (window - after), 0), np.minimum(at + after, count)
    # Row i of the matrix is the mean over the window of pixel i.
    inside = (at[None] >= first[:, None]) & (at[None] < end[:, None])
    once = inside / (end - first)[:, None]
    # Two passes; of the second only the rows at the centres of the cells are needed.
    centres = ((np.arange(_CELLS) + 0.5) * count / _CELLS).astype(int)
    return (once[centres] @ once).astype(np.float32)


@lru_cache(maxsize=1)
def _cosines() -> Any:
    """``(16, 64)``: the cosine transform, frequencies 1 to 16."""
    wave = np.arange(1, _WAVES + 1)[:, None]
    at = 2 * np.arange(_CELLS)[None] + 1
    cosines = np.cos(np.pi / (2 * _CELLS) * wave * at)
    return (np.sqrt(2 / _CELLS) * cosines).astype(np.float32)


def _quality(stack: Any) -> Any:
    """How much changes from cell to cell, in steps of 2.55 grey values, so that flat pictures are
    known as such.
    """
    steps = [
        np.abs(np.trunc(np.diff(stack, axis=axis) * (100 / 255))).sum(axis=(1, 2))
        for axis in (1, 2)
    ]
    return np.minimum((steps[0] + steps[1]) // _STEPS_TO_QUALITY, 100).astype(np.uint8)
