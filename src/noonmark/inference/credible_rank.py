"""The order in which cells enter a credible set, and the level of each.

A credible set of highest density (HPD) takes cells by falling density. Where a density is flat (the
floor that a possible outlier leaves, a prior) its smallest set is any set; the one that grows
outwards from the rest is the one a reader can see. So the nearness of a cell to the bulk of the
probability counts too, as much as a small difference of densities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.digit_order import falling_order
from noonmark.inference.interpolation import interpolated_rows

TIE_NAT = 0.08
"""The nearest cell comes before the farthest where their densities differ by less (ln).

That is about how well a coarse cell's mean is known.
"""

_BLOCKS = 48
"""Rows and columns of the coarse grid on which the mass is blurred."""

_BLUR_WIDTH = 0.12
"""Length of the blur, as a share of the grid's extent."""

_NOISE = 3.0
"""The depth of a gap, or the height of a sliver, that noise alone may make, in ranks."""

_DOUBLING_STEPS = (1, 2, 4, 8)
"""Steps by which extremes of one cell become those of sixteen in a row."""

_OUTWARDS = 1e-6
"""What the order outwards weighs, in ranks: less than any other difference."""

_SAME_NAT = 1e-9
"""Likelihoods whose ln differs by no more are equal."""

_FEW_CELLS = 16
"""So few cells are ranked by density alone."""


def hpd_levels(rank: Floats, mass: Floats) -> Floats:
    """For each cell the share of the mass in cells that rank at least as high, shape kept.

    A cell of level 0.37 belongs to every credible set of 37 % and above.
    """
    order = falling_order(rank)
    total = np.cumsum(mass.ravel()[order])
    levels = np.empty(rank.size)
    levels[order] = total / max(float(total[-1]), 1e-300)
    return levels.reshape(rank.shape)


def rank_among(at_draws: Floats, at_point: float) -> float:
    """The share of draws that are likelier than a point, half of the equally likely included.

    ``at_draws`` (n,) and ``at_point`` are ln of likelihoods; a point outside the domain ranks last.
    """
    if at_point == -np.inf:
        return 1.0
    likelier = np.count_nonzero(at_draws > at_point + _SAME_NAT)
    as_likely = np.count_nonzero(np.abs(at_draws - at_point) <= _SAME_NAT)
    return float(likelier + 0.5 * as_likely) / at_draws.size


def ranks(density: Floats, mass: Floats, rows: Floats, columns: Floats) -> Floats:
    """Cells by density and a little by nearness to the bulk of the probability: the first highest.

    ``density`` and ``mass`` (n, m), ``rows`` (n + 1,) and ``columns`` (m + 1,) the edges.
    """
    least = 1e-250 * max(float(density.max()), 1e-50)
    log_density = np.log(np.maximum(density, least))
    return _ranks(log_density, _nearness(mass, rows, columns))


def smoothed_ranks(rank: Floats) -> Floats:
    """Ranks of cells of times (n, m) whose sets have no gaps or slivers that noise alone makes.

    A few cells in a row or a column that rank a little below those on either side are lifted to the
    lower side (a morphological closing), those that rank a little above are lowered to the higher
    one (an opening). Cells that then rank alike enter from the top of their row outwards.
    """
    for axis in (1, 0):
        rank = _unless_far(_closed(rank, axis), rank)
        rank = _unless_far(-_closed(-rank, axis), rank)
    columns = np.arange(rank.shape[1])
    away = np.abs(columns - np.argmax(rank, axis=1)[:, None])
    return np.asarray(rank - _OUTWARDS * away / rank.shape[1])


def _unless_far(smooth: Floats, rank: Floats) -> Floats:
    """Smoothed ranks where they are no farther than noise from the ranks, and these elsewhere."""
    return np.where(np.abs(smooth - rank) <= _NOISE, smooth, rank)


def _closed(rank: Floats, axis: int) -> Floats:
    """Ranks whose gaps of fewer than sixteen cells along an axis are filled to the lower side."""
    along = np.moveaxis(rank, axis, -1)
    beside = sum(_DOUBLING_STEPS)
    held = np.pad(along, ((0, 0), (beside, beside)), constant_values=-np.inf)
    for step in _DOUBLING_STEPS:
        held = np.maximum(held[:, :-step], held[:, step:])
    for step in _DOUBLING_STEPS:
        held = np.minimum(held[:, :-step], held[:, step:])
    return np.moveaxis(held, -1, axis)


def scattered_ranks(log_density: Floats, mass: Floats, row: Floats, column: Floats) -> Floats:
    """The same for cells that make no grid, all (n,); ``row`` and ``column`` are their middles."""
    return _ranks(log_density, _scattered_nearness(mass, row, column))


def _ranks(log_density: Floats, nearness: Floats) -> Floats:
    """Ranks by density (ln) in units of ``TIE_NAT``, and by nearness in [0, 1], shape kept.

    Steps of a tie would let nearness alone decide within each, and so leave out of a nearly flat
    density times that are not the least likely.
    """
    return np.asarray(log_density / TIE_NAT + nearness)


@dataclass(frozen=True)
class _BlurAxis:
    """One axis of the coarse grid.

    ``nodes`` are the middles of its blocks, ``blur`` the weight of each block at each node;
    ``middles`` are the middles of the fine cells, ``block`` the block of each.
    """

    nodes: Floats
    blur: Floats
    middles: Floats
    block: NDArray[np.intp]


def _blur_axis(low: float, high: float, middles: Floats) -> _BlurAxis:
    """The coarse axis from one end to the other, over cells with these middles."""
    width = max(high - low, 1e-12)
    nodes = low + width * (np.arange(_BLOCKS) + 0.5) / _BLOCKS
    apart = np.abs(nodes[:, None] - nodes[None, :])
    blur = np.exp(-apart / (_BLUR_WIDTH * width))
    place = (middles - low) / width * _BLOCKS
    block = np.clip(place, 0, _BLOCKS - 1).astype(np.intp)
    return _BlurAxis(nodes, blur, middles, block)


def _blurred(vertical: _BlurAxis, coarse: Floats, horizontal: _BlurAxis) -> Floats:
    """The mass on the coarse grid as a smooth field in [0, 1], highest at its bulk.

    The blur falls off exponentially, so its log falls linearly with the distance.
    """
    field = np.log(vertical.blur @ coarse @ horizontal.blur + 1e-30)
    return np.asarray((field - field.min()) / max(float(np.ptp(field)), 1e-12))


def _nearness(mass: Floats, rows: Floats, columns: Floats) -> Floats:
    """A smooth field in [0, 1] over the cells (n, m), highest at the bulk of the mass.

    The mass is added up on a coarse grid, blurred there, and interpolated back.
    """
    if mass.size < _FEW_CELLS:
        return np.zeros_like(mass)
    vertical = _blur_axis(rows[0], rows[-1], (rows[1:] + rows[:-1]) / 2.0)
    horizontal = _blur_axis(columns[0], columns[-1], (columns[1:] + columns[:-1]) / 2.0)
    coarse = np.zeros((_BLOCKS, _BLOCKS))
    along = np.zeros((_BLOCKS, mass.shape[1]))
    np.add.at(along, vertical.block, mass)
    np.add.at(coarse.T, horizontal.block, along.T)
    field = _blurred(vertical, coarse, horizontal)
    rough = interpolated_rows(field, vertical.nodes, vertical.middles)
    return interpolated_rows(rough.T, horizontal.nodes, horizontal.middles).T


def _scattered_nearness(mass: Floats, row: Floats, column: Floats) -> Floats:
    """The same field at the middles of cells that make no grid, (n,); not interpolated."""
    if mass.size < _FEW_CELLS:
        return np.zeros_like(mass)
    vertical = _blur_axis(float(row.min()), float(row.max()), row)
    horizontal = _blur_axis(float(column.min()), float(column.max()), column)
    block = vertical.block * _BLOCKS + horizontal.block
    held: Floats = np.bincount(block, mass, _BLOCKS**2).astype(np.float64)
    coarse = held.reshape(_BLOCKS, _BLOCKS)
    return np.asarray(_blurred(vertical, coarse, horizontal).ravel()[block])
