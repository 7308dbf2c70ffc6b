"""The segments of one kind of thing in cell order, and which of them may be near some places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.areas_around import AreaIndex, area_index, placed_things
from noonmark.world.landmarks.local_plane import metres_a_degree
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints, owners, places

PIECE_M: Final = 100.0
"""A longer segment of an anchor is looked at piece by piece."""
FINE_FROM: Final = 20_000
"""A grid of more segments has fine cells."""
_COARSE: Final = 25_000
_FINE: Final = 5_000
"""Sides of a cell [1e-7 deg]: 278 m and 55 m."""
_WHOLE: Final = 3_600_000_000
_ORIGIN: Final = (1_800_000_000, 900_000_000, 1_800_000_000, 900_000_000)
_PIECE_E7_M: Final = 0.005
"""Metres of a piece for each 1e-7 degrees of the cell: a longer segment stands in the cells of all
its pieces."""
_MOST_M: Final = 0.0112
"""Metres that 1e-7 degrees are at most."""


@dataclass(frozen=True)
class CellRuns:
    """Runs of a grid's rows: the circle that each is for, its first row, how many rows."""

    circle: Ints
    first: Ints
    count: Ints


@dataclass(frozen=True)
class SegmentGrid:
    """``cell_e7`` the side of a cell; ``key`` the cell of each row, ascending; ``edge`` x1, y1, x2,
    y2 [1e-7 deg] of its whole segment; ``sides`` least x, least y, greatest x and greatest y of
    that; ``feature`` whose it is; ``areas`` what is inside what.
    """

    cell_e7: int
    key: NDArray[Any]
    edge: NDArray[Any]
    sides: tuple[NDArray[Any], ...]
    feature: NDArray[Any]
    areas: AreaIndex

    @property
    def pad_m(self) -> float:
        """How far the middle of a piece may be from the piece's end [m]."""
        return _piece_m(self.cell_e7) * 0.51

    @property
    def _columns(self) -> int:
        return _WHOLE // self.cell_e7

    def ranges(
        self,
        lat_deg: NDArray[Any],
        lon_deg: NDArray[Any],
        reach_m: NDArray[Any],
    ) -> CellRuns:
        """Runs of rows whose cells meet a circle.

        Longitudes wrap; near a pole all columns are looked at.
        """
        per_lat, per_lon = metres_a_degree(lat_deg)
        tall = (reach_m + self.pad_m) / per_lat * 1.001
        wide = np.minimum(
            (reach_m + self.pad_m) / np.maximum(per_lon, 1e-6) * 1.02,
            180.0,
        )
        south = self._cells(lat_deg - tall + 90.0)
        north = self._cells(lat_deg + tall + 90.0)
        west = self._cells(lon_deg - wide + 180.0)
        east = self._cells(lon_deg + wide + 180.0)
        height = north - south + 1
        circle = owners(height)
        row = places(south, height) * self._columns
        return self._wrapped(
            circle,
            row,
            west[circle],
            east[circle],
        )

    def _wrapped(
        self,
        circle: Ints,
        row: Ints,
        west: Ints,
        east: Ints,
    ) -> CellRuns:
        """The runs between two columns of each row, and beyond 180 degrees those on the other
        side.
        """
        all_round = self._columns
        turns = [self._runs(circle, row, west, east)]
        if west.min(initial=0) < 0:
            turns.append(self._runs(circle, row, west + all_round, east + all_round))
        if east.max(initial=0) >= all_round:
            turns.append(self._runs(circle, row, west - all_round, east - all_round))
        return turns[0] if len(turns) == 1 else _sorted_runs(turns)

    def rows_of_cells(
        self,
        lat_deg: NDArray[Any],
        reach_m: NDArray[Any],
    ) -> NDArray[Any]:
        """About how many rows of cells meet each circle: what it costs to look there."""
        per_lat, _ = metres_a_degree(lat_deg)
        height: NDArray[Any] = 2e7 * (reach_m + self.pad_m) / per_lat / self.cell_e7 + 2.0
        return height

    def _cells(
        self,
        degrees: NDArray[Any],
    ) -> Ints:
        """The number of the row or column that an angle is in."""
        return np.floor(degrees * (1e7 / self.cell_e7)).astype(np.int64)

    def _runs(
        self,
        circle: Ints,
        row: Ints,
        west: Ints,
        east: Ints,
    ) -> CellRuns:
        """The runs between two columns of each row, those beyond the map's edges left out."""
        low = np.maximum(west, 0)
        high = np.minimum(east, self._columns - 1)
        begin = np.searchsorted(self.key, row + low)
        end = np.searchsorted(
            self.key,
            row + high,
            side="right",
        )
        some = (low <= high) & (end > begin)
        count = (end - begin)[some]
        return CellRuns(
            circle[some],
            begin[some].astype(np.int64),
            count.astype(np.int64),
        )


def _sorted_runs(turns: list[CellRuns]) -> CellRuns:
    """All runs, by their circle."""
    circle = np.concatenate([t.circle for t in turns])
    first = np.concatenate([t.first for t in turns])
    count = np.concatenate([t.count for t in turns])
    order = np.argsort(circle, kind="stable")
    return CellRuns(
        circle[order],
        first[order],
        count[order],
    )


def pieces(
    edge: NDArray[Any],
    piece_m: float = PIECE_M,
) -> tuple[Ints, NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Segments (n, 4) [1e-7 deg] in pieces of at most ``piece_m``.

    For each piece its segment, the latitude and longitude of its middle [deg], and half its length
    [m], a little more than less.
    """
    lat, lon = edge[:, (1, 3)] * 1e-7, edge[:, (0, 2)] * 1e-7
    dlat = lat[:, 1] - lat[:, 0]
    dlon = (lon[:, 1] - lon[:, 0] + 180.0) % 360.0 - 180.0
    per_lat, per_lon = metres_a_degree(
        (lat[:, 0] + lat[:, 1]) / 2.0,
    )
    length = np.hypot(dlat * per_lat, dlon * per_lon)
    number = np.maximum(np.ceil(length / piece_m), 1.0).astype(np.int64)
    segment = owners(number)
    share = (places(np.zeros(len(number), np.int64), number) + 0.5) / number[segment]
    half = length[segment] / number[segment] * 0.501
    middle_lon = lon[segment, 0] + share * dlon[segment]
    return segment, lat[segment, 0] + share * dlat[segment], middle_lon, half


def _piece_m(cell_e7: int) -> float:
    return cell_e7 * _PIECE_E7_M


def _cells_of(
    edge: NDArray[Any],
    cell: int,
) -> tuple[Ints, Ints]:
    """Each segment, ascending, with each cell that one of its pieces lies in, once where they
    follow.
    """
    x1, y1, x2, y2 = (
        side.astype(np.int64) + origin for side, origin in zip(edge.T, _ORIGIN, strict=True)
    )
    is_long = np.abs(x2 - x1) + np.abs(y2 - y1) > _piece_m(cell) / _MOST_M
    long = np.nonzero(is_long)[0]
    part, of_long = _cells_of_pieces(edge.take(long, axis=0), cell)
    count = np.ones(len(edge), np.int64)
    count[long] = np.bincount(part, minlength=len(long))
    segment = owners(count)
    key = _keys((x1 + x2) // 2, (y1 + y2) // 2, cell).take(segment)
    key[is_long.take(segment)] = of_long
    return segment, key


def _cells_of_pieces(
    edge: NDArray[Any],
    cell: int,
) -> tuple[Ints, Ints]:
    """Each segment, ascending, with the cell of each of its pieces, once where they follow."""
    part, lat, lon, _ = pieces(edge, _piece_m(cell))
    x = np.round(((lon + 180.0) % 360.0) * 1e7).astype(np.int64)
    key = _keys(x, np.round((lat + 90.0) * 1e7).astype(np.int64), cell)
    new = np.ones(len(part), bool)
    new[1:] = (np.diff(part) != 0) | (np.diff(key) != 0)
    return part[new], key[new]


def _keys(
    x: Ints,
    y: Ints,
    cell: int,
) -> Ints:
    """The number of the cell of each place [1e-7 deg from the south-west end], row by row."""
    return y // cell * (_WHOLE // cell) + x // cell


def _in_order(
    key: Ints,
    columns: int,
) -> Ints:
    """The order of keys, ascending; equal ones stay as they are.

    By the row and the column of each: sixteen bits are sorted by counting, several times as fast.
    """
    rows_columns = np.divmod(key, columns)
    row, column = (each - each.min(initial=columns) for each in rows_columns)
    if max(row.max(initial=0), column.max(initial=0)) >= 1 << 16:
        return np.argsort(key, kind="stable")
    return np.lexsort((column.astype(np.uint16), row.astype(np.uint16)))


def grid_of(
    maps: OpenMaps,
    features: Ints,
    box: NDArray[Any] | None = None,
) -> SegmentGrid:
    """The grid of some features; ``box`` theirs, if known."""
    owner, edge = maps.edges(features)
    cell = _FINE if len(edge) >= FINE_FROM else _COARSE
    segment, key = _cells_of(edge, cell)
    order = _in_order(key, _WHOLE // cell)
    key, segment = key.take(order), segment.take(order)
    placed = edge.take(segment, axis=0)
    boxes = maps.boxes(features) if box is None else box
    things = placed_things(maps, features, boxes, owner, edge)
    x1, y1, x2, y2 = placed.T
    return SegmentGrid(
        cell_e7=cell,
        key=key,
        edge=placed,
        sides=(np.minimum(x1, x2), np.minimum(y1, y2), np.maximum(x1, x2), np.maximum(y1, y2)),
        feature=features[owner[segment]],
        areas=area_index(things),
    )
