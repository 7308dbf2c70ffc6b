"""The order in which cells enter a credible set, and the level of each.

A credible set of highest density (HPD) takes cells by falling density. Where a density is flat (the
floor that a possible outlier leaves, a prior) its smallest set is any set; the one that grows
outwards from the rest is the one a reader can see. So among cells of about one density the nearest
to the bulk of the probability come first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.digit_order import falling_order
from noonmark.inference.interpolation import interpolated_rows

TIE_NAT = 0.08
"""Cells whose densities differ by less (ln) are ties.

That is about how well a coarse cell's mean is known.
"""

_BLOCKS = 48
"""Rows and columns of the coarse grid on which the mass is blurred."""

_BLUR_WIDTH = 0.12
"""Length of the blur, as a share of the grid's extent."""

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


def ranks(density: Floats, mass: Floats, rows: Floats, columns: Floats) -> Floats:
    """Cells by density; among ties, those nearest to the bulk of the probability first.

    ``density`` and ``mass`` (n, m), ``rows`` (n + 1,) and ``columns`` (m + 1,) the edges.
    """
    least = 1e-250 * max(float(density.max()), 1e-50)
    log_density = np.log(np.maximum(density, least))
    return _ranks(log_density, _nearness(mass, rows, columns))


def scattered_ranks(log_density: Floats, mass: Floats, row: Floats, column: Floats) -> Floats:
    """The same for cells that make no grid, all (n,); ``row`` and ``column`` are their middles."""
    return _ranks(log_density, _scattered_nearness(mass, row, column))


def _ranks(log_density: Floats, nearness: Floats) -> Floats:
    """Ranks by density (ln) in steps of a tie, and among ties by nearness, shape kept."""
    return np.asarray(np.floor(log_density / TIE_NAT) + 0.999 * nearness)


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
