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

from noonmark.world.landmarks.local_plane import metres_a_degree
from noonmark.world.landmarks.map_build import CELL_DEG, cell_keys
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints, owners, places
from noonmark.world.whole_folders import scratch

PIECE_M: Final = 100.0
"""A longer segment stands in the cell of each of its pieces."""
READY_FROM: Final = 20_000
"""A thing of more segments is kept as a ready grid on disk."""
_COLUMNS = round(360.0 / CELL_DEG)
_ARRAYS = ("features", "key", "edge", "feature")


@dataclass(frozen=True)
class CellRuns:
    """Runs of a grid's rows: the circle that each is for, its first row, how many rows."""

    circle: Ints
    first: Ints
    count: Ints


@dataclass(frozen=True)
class SegmentGrid:
    """``features`` in all; ``key`` the cell of each row, ascending; ``edge`` x1, y1, x2, y2
    [1e-7 deg] of its whole segment; ``feature`` whose it is.
    """

    features: NDArray[Any]
    key: NDArray[Any]
    edge: NDArray[Any]
    feature: NDArray[Any]

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
        tall = reach_m / per_lat * 1.001
        wide = np.minimum(reach_m / np.maximum(per_lon, 1e-6) * 1.02, 180.0)
        south = _cells(lat_deg - tall + 90.0)
        north = _cells(lat_deg + tall + 90.0)
        west = _cells(lon_deg - wide + 180.0)
        east = _cells(lon_deg + wide + 180.0)
        height = north - south + 1
        circle = owners(height)
        row = places(south, height) * _COLUMNS
        turns = [
            self._runs(
                circle,
                row,
                west[circle] + turn,
                east[circle] + turn,
            )
            for turn in (-_COLUMNS, 0, _COLUMNS)
        ]
        return _sorted_runs(turns)

    def _runs(
        self,
        circle: Ints,
        row: Ints,
        west: Ints,
        east: Ints,
    ) -> CellRuns:
        """The runs between two columns of each row, those beyond the map's edges left out."""
        low = np.maximum(west, 0)
        high = np.minimum(east, _COLUMNS - 1)
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


def _cells(degrees: NDArray[Any]) -> Ints:
    """The number of the row or column that an angle is in."""
    return np.floor(degrees / CELL_DEG).astype(np.int64)


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


def grid_of(
    maps: OpenMaps,
    features: Ints,
) -> SegmentGrid:
    """The grid of some features."""
    owner, edge = maps.edges(features)
    segment, lat, lon, _ = pieces(edge)
    x = np.round(((lon + 180.0) % 360.0 - 180.0) * 1e7)
    key = cell_keys(x, np.round(lat * 1e7))
    order = np.argsort(key, kind="stable")
    segment = segment[order]
    return SegmentGrid(
        features,
        key[order],
        edge[segment],
        features[owner[segment]],
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
    said = json.dumps([what, [m.sha256 for m in maps.maps]], sort_keys=True)
    folder = store / ".grids" / hashlib.sha256(said.encode()).hexdigest()[:32]
    with contextlib.suppress(OSError, ValueError):
        return SegmentGrid(*(np.load(folder / f"{n}.npy", mmap_mode="r") for n in _ARRAYS))
    grid = grid_of(maps, features())
    if len(grid.key) >= READY_FROM:
        with contextlib.suppress(OSError):
            _keep(grid, folder)
    return grid


def forget_grids(store: Path) -> None:
    """Delete every grid that was kept: the maps changed."""
    shutil.rmtree(store / ".grids", ignore_errors=True)


def _keep(
    grid: SegmentGrid,
    folder: Path,
) -> None:
    """Write a grid aside and give it its name; where another process was first, its stays."""
    with scratch(folder.parent, ".part") as part:
        for name in _ARRAYS:
            np.save(part / f"{name}.npy", getattr(grid, name))
        os.rename(part, folder)
