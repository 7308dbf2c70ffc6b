"""The segments of one kind of thing in cell order, and which of them may be near some places."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.areas_around import AreaIndex, area_index
from noonmark.world.landmarks.local_plane import metres_a_degree
from noonmark.world.landmarks.map_tile import OpenMaps, opened_array
from noonmark.world.landmarks.ragged import Ints, owners, places
from noonmark.world.whole_folders import scratch

PIECE_M: Final = 100.0
"""A longer segment of an anchor is looked at piece by piece."""
READY_FROM: Final = 20_000
"""A thing of more segments has fine cells, and is kept as a ready grid on disk."""
_ARRAYS = ("features", "cell_e7", "key", "edge", "feature")
_AREA_ARRAYS = tuple(AreaIndex.__dataclass_fields__)
_FORM: Final = 2
"""Changes with the arrays of a kept grid: those of another form are made anew."""
_COARSE: Final = 25_000
_FINE: Final = 5_000
"""Sides of a cell [1e-7 deg]: 278 m and 55 m."""
_WHOLE: Final = 3_600_000_000
_PIECE_E7_M: Final = 0.005
"""Metres of a piece for each 1e-7 degrees of the cell: a longer segment stands in the cells of all
its pieces."""


@dataclass(frozen=True)
class CellRuns:
    """Runs of a grid's rows: the circle that each is for, its first row, how many rows."""

    circle: Ints
    first: Ints
    count: Ints


@dataclass(frozen=True)
class SegmentGrid:
    """``features`` in all; ``cell_e7`` the side of a cell; ``key`` the cell of each row, ascending;
    ``edge`` x1, y1, x2, y2 [1e-7 deg] of its whole segment; ``feature`` whose it is; ``areas`` what
    is inside what.
    """

    features: NDArray[Any]
    cell_e7: int
    key: NDArray[Any]
    edge: NDArray[Any]
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
        wide = np.minimum((reach_m + self.pad_m) / np.maximum(per_lon, 1e-6) * 1.02, 180.0)
        south = self._cells(lat_deg - tall + 90.0)
        north = self._cells(lat_deg + tall + 90.0)
        west = self._cells(lon_deg - wide + 180.0)
        east = self._cells(lon_deg + wide + 180.0)
        height = north - south + 1
        circle = owners(height)
        row = places(south, height) * self._columns
        return self._wrapped(circle, row, west[circle], east[circle])

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
    per_lat, per_lon = metres_a_degree((lat[:, 0] + lat[:, 1]) / 2.0)
    length = np.hypot(dlat * per_lat, dlon * per_lon)
    number = np.maximum(np.ceil(length / piece_m), 1.0).astype(np.int64)
    segment = owners(number)
    share = (places(np.zeros(len(number), np.int64), number) + 0.5) / number[segment]
    half = length[segment] / number[segment] * 0.501
    middle_lon = lon[segment, 0] + share * dlon[segment]
    return segment, lat[segment, 0] + share * dlat[segment], middle_lon, half


def _piece_m(cell_e7: int) -> float:
    return cell_e7 * _PIECE_E7_M


def grid_of(
    maps: OpenMaps,
    features: Ints,
) -> SegmentGrid:
    """The grid of some features."""
    owner, edge = maps.edges(features)
    cell = _FINE if len(edge) >= READY_FROM else _COARSE
    segment, lat, lon, _ = pieces(edge, _piece_m(cell))
    x = np.round(((lon + 180.0) % 360.0) * 1e7).astype(np.int64)
    y = np.round((lat + 90.0) * 1e7).astype(np.int64)
    key = y // cell * (_WHOLE // cell) + x // cell
    new = np.ones(len(key), bool)
    new[1:] = (np.diff(segment) != 0) | (np.diff(key) != 0)
    segment, key = segment[new], key[new]
    order = np.argsort(key, kind="stable")
    segment = segment[order]
    return SegmentGrid(
        features,
        cell,
        key[order],
        edge[segment],
        features[owner[segment]],
        area_index(maps, features),
    )


def ready_grid(
    maps: OpenMaps,
    store: Path,
    what: object,
    features: Callable[[], Ints],
) -> SegmentGrid:
    """The grid of a thing, from disk where it was kept, else made and, where large, kept.

    what: says the thing in JSON; with the digests of the maps it names the grid.
    """
    said = json.dumps([_FORM, what, [m.sha256 for m in maps.maps]], sort_keys=True)
    folder = store / ".grids" / hashlib.sha256(said.encode()).hexdigest()[:32]
    with contextlib.suppress(OSError, ValueError):
        return _kept(folder)
    grid = grid_of(maps, features())
    if len(grid.key) >= READY_FROM:
        with contextlib.suppress(OSError):
            _keep(grid, folder)
    return grid


def forget_grids(store: Path) -> None:
    """Delete every grid that was kept: the maps changed."""
    shutil.rmtree(store / ".grids", ignore_errors=True)


def _kept(folder: Path) -> SegmentGrid:
    """The grid that a folder holds. Raises OSError or ValueError where it is not whole."""
    said = {name: opened_array(folder / f"{name}.npy") for name in _ARRAYS}
    areas = {name: opened_array(folder / f"areas-{name}.npy") for name in _AREA_ARRAYS}
    return SegmentGrid(
        features=said["features"],
        cell_e7=int(said["cell_e7"]),
        key=said["key"],
        edge=said["edge"],
        feature=said["feature"],
        areas=AreaIndex(**areas),
    )


def _keep(
    grid: SegmentGrid,
    folder: Path,
) -> None:
    """Write a grid aside and give it its name; where another process was first, its stays."""
    with scratch(folder.parent, ".part") as part:
        for name in _ARRAYS:
            np.save(part / f"{name}.npy", getattr(grid, name))
        for name in _AREA_ARRAYS:
            np.save(part / f"areas-{name}.npy", getattr(grid.areas, name))
        os.rename(part, folder)
