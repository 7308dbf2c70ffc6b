"""The places under some boxes, as cells of the place marginal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.inference.rect_density import GridDensity
from noonmark.inference.search.domain import LON, Boxes, Z


def footprint(
    places: GridDensity,
    boxes: Boxes,
) -> Bools:
    """The cells of the place marginal under any of the boxes, as a mask (n, m).

    A box covers a cell if it holds the cell's middle, and always the cell that holds its own.
    """
    low = boxes.low()
    high = boxes.high()
    rows = _middles(places.rows)
    columns = _middles(places.columns)
    south = np.searchsorted(rows, low[Z])
    north = np.searchsorted(rows, high[Z])
    west = np.searchsorted(columns, low[LON])
    east = np.searchsorted(columns, high[LON])
    # Each box is added at its four corners; running sums make rectangles of them.
    corners = np.zeros((rows.size + 1, columns.size + 1), dtype=np.int64)
    np.add.at(corners, (south, west), 1)
    np.add.at(corners, (south, east), -1)
    np.add.at(corners, (north, west), -1)
    np.add.at(corners, (north, east), 1)
    covered = corners.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0
    covered[cells_of(places, boxes.centre[Z], boxes.centre[LON])] = True
    return np.asarray(covered)


def cells_of(
    places: GridDensity,
    z: Floats,
    lon_deg: Floats,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The row and the column of the cell that holds each place, each (k,).

    ``z`` are sines of authalic latitude, ``lon_deg`` longitudes in the turn of the marginal. What
    lies outside counts to the nearest cell.
    """
    return _cell(places.rows, z), _cell(places.columns, lon_deg)


def _cell(
    edges: Floats,
    values: Floats,
) -> NDArray[np.intp]:
    """The cell between ``edges`` (n + 1,) that holds each value."""
    before = np.searchsorted(edges, values, side="right") - 1
    return np.clip(before, 0, edges.size - 2)


def _middles(edges: Floats) -> Floats:
    """The middle of each cell, (n,)."""
    return np.asarray((edges[1:] + edges[:-1]) / 2.0)
