"""The ground about a place: tiles of elevation brought onto one grid, read off in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.errors import InputError
from noonmark.world.terrain.elevation_store import ElevationTile, load
from noonmark.world.terrain.voids import Heights

FAR_M = 60_000.0
"""How far a horizon is followed."""
_DEGREE_M = 111_195.0
_MOST_CELLS = 60_000_000
_BLOCK = 4

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Ground:
    """Heights [m] (rows, columns) at the nodes of a grid, north at the top.

    ``filled`` says which were voids. Where nothing is known the height is nan.
    """

    heights_m: Heights
    filled: Bools
    north_deg: float
    west_deg: float
    lat_step_deg: float
    lon_step_deg: float

    def at(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """Heights [m] between the nodes, bilinear, shape kept.

        ``lat_deg`` and ``lon_deg`` have one shape; longitudes are in the turn of the grid. Off the
        grid, and where one of the four nodes is unknown, the height is nan.
        """
        # 1. Where the places lie, in cells from the north-west corner.
        row = (self.north_deg - lat_deg) / self.lat_step_deg
        column = (lon_deg - self.west_deg) / self.lon_step_deg
        rows, columns = self.heights_m.shape
        in_rows = (row >= 0.0) & (row <= rows - 1)
        in_columns = (column >= 0.0) & (column <= columns - 1)
        # 2. The cell of each, and how far down and right it lies in there.
        i = np.clip(row, 0, rows - 2).astype(np.int32)
        j = np.clip(column, 0, columns - 2).astype(np.int32)
        down = row - i
        right = column - j
        left = 1.0 - right
        # 3. The four nodes of the cell, from one flat array.
        first = i * columns + j
        flat = self.heights_m.ravel()
        above = flat[first] * left + flat[first + 1] * right
        first += columns
        below = flat[first] * left + flat[first + 1] * right
        between = above * (1.0 - down) + below * down
        return np.where(in_rows & in_columns, between, np.nan)

    @cached_property
    def block_shape(self) -> tuple[int, int]:
        """Rows and columns of a block of the ceiling.

        A block is about square on the ground: near the poles it has many columns.
        """
        middle = self.north_deg - 0.5 * self.lat_step_deg * self.heights_m.shape[0]
        cosine = max(float(np.cos(np.radians(middle))), 0.02)
        wide = self.lat_step_deg * _BLOCK / (self.lon_step_deg * cosine)
        return _BLOCK, max(1, round(wide))

    @cached_property
    def ceiling_m(self) -> Floats:
        """The greatest height [m] of each block and the eight about it, (blocks, blocks).

        It is -inf where no height is known.
        """
        from scipy.ndimage import maximum_filter

        high, wide = self.block_shape
        rows, columns = self.heights_m.shape
        # Whole blocks: what is added stands lower than everything.
        down = -(-rows // high)
        across = -(-columns // wide)
        padded = np.full((down * high, across * wide), -np.inf, np.float32)
        known = np.isfinite(self.heights_m)
        padded[:rows, :columns] = np.where(known, self.heights_m, -np.inf)
        blocks = padded.reshape(down, high, across, wide)
        highest = blocks.max((1, 3))
        return np.asarray(maximum_filter(highest, size=3, mode="nearest"))

    @cached_property
    def levels_m(self) -> Floats:
        """Heights [m] that equal shares of the known ground stand below, ascending, (101,)."""
        seen = self.heights_m[:: self.block_shape[0], :: self.block_shape[1]]
        known = seen[np.isfinite(seen)]
        if not known.size:
            return np.zeros(101)
        return np.asarray(np.quantile(known, np.linspace(0.0, 1.0, 101)), np.float64)

    @property
    def cell_m(self) -> float:
        """The side of a cell from north to south [m]."""
        return self.lat_step_deg * _DEGREE_M

    @property
    def block_m(self) -> float:
        """The shorter side of a block [m]."""
        return self.shorter_m(*self.block_shape)

    def shorter_m(self, high: int = 1, wide: int = 1) -> float:
        """The shorter side [m] of so many rows and columns of cells."""
        rows = self.heights_m.shape[0]
        middle_deg = self.north_deg - 0.5 * self.lat_step_deg * rows
        cosine = float(np.cos(np.radians(middle_deg)))
        down_m = high * self.lat_step_deg * _DEGREE_M
        across_m = wide * self.lon_step_deg * _DEGREE_M * cosine
        return min(down_m, across_m)

    def ceiling_at(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """A height [m] that no ground within a block of a place passes, shape kept.

        It is -inf off the grid.
        """
        high, wide = self.block_shape
        row = np.floor((self.north_deg - lat_deg) / (self.lat_step_deg * high))
        column = np.floor((lon_deg - self.west_deg) / (self.lon_step_deg * wide))
        rows, columns = self.ceiling_m.shape
        in_rows = (row >= 0) & (row < rows)
        in_columns = (column >= 0) & (column < columns)
        i = np.clip(row, 0, rows - 1).astype(np.int32)
        j = np.clip(column, 0, columns - 1).astype(np.int32)
        return np.where(in_rows & in_columns, self.ceiling_m[i, j], -np.inf)

    def close_ceiling_at(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """A height [m] that no ground within half a cell of a place passes, shape kept.

        Only heights about the places are looked at. Off the grid it is that of the grid's edge.
        """
        from scipy.ndimage import maximum_filter

        # 1. The cell of each place.
        rows, columns = self.heights_m.shape
        row = (self.north_deg - lat_deg) / self.lat_step_deg
        column = (lon_deg - self.west_deg) / self.lon_step_deg
        i = np.clip(row, 0, rows - 1).astype(np.int32)
        j = np.clip(column, 0, columns - 1).astype(np.int32)
        # 2. The heights about them all.
        top = max(int(i.min()) - 1, 0)
        left = max(int(j.min()) - 1, 0)
        about = self.heights_m[top : i.max() + 3, left : j.max() + 3]
        known = np.where(np.isfinite(about), about, -np.inf)
        # 3. From the node before the cell to the one after it, each way.
        highest = maximum_filter(known, size=4, origin=-1, mode="nearest")
        return np.asarray(highest[i - top, j - left])


def ground_about(
    lat_deg: Floats,
    lon_deg: Floats,
    tiles: Sequence[ElevationTile],
    store: Path,
    *,
    reach_m: float = FAR_M,
) -> Ground:
    """The ground within reach of some places (n,), on the finest grid that lies under them.

    Tiles of another grid are read off bilinearly. Raises InputError where no tile lies under a
    place, or the places are too far apart.
    """
    middle = float(lon_deg[0])
    turned = middle + np.mod(lon_deg - middle + 180.0, 360.0) - 180.0
    box = _Box.about(lat_deg, turned, reach_m)
    held = [tile for tile in tiles if box.turn_of(tile) is not None]
    if not held:
        raise InputError(
            f"no elevation tile lies within {reach_m / 1000:g} km of {lat_deg[0]:.4f},{middle:.4f}",
            code="elevation-missing",
            hint="noonmark elevation add FILE; `noonmark elevation list` says what is there",
        )
    held.sort(key=lambda tile: (tile.lat_step_deg, tile.name))
    found = _empty_ground(held[0], box)
    for tile in held:
        _lay(found, tile, store, box.turn_of(tile) or 0.0)
    return found


@dataclass(frozen=True)
class _Box:
    """Edges of latitude and longitude [deg]; longitudes in any turn."""

    south_deg: float
    north_deg: float
    west_deg: float
    east_deg: float

    @classmethod
    def about(cls, lat_deg: Floats, lon_deg: Floats, reach_m: float) -> _Box:
        """All that lies within reach of some places (n,)."""
        high = reach_m / 110_500.0
        south = float(lat_deg.min()) - high
        north = float(lat_deg.max()) + high
        furthest = min(max(abs(south), abs(north)), 89.0)
        wide = reach_m / (_DEGREE_M * float(np.cos(np.radians(furthest))))
        return cls(south, north, float(lon_deg.min()) - wide, float(lon_deg.max()) + wide)

    def turn_of(self, tile: ElevationTile) -> float | None:
        """By how many degrees a tile must turn to touch this box; None if it never does.

        It is 0 but for boxes across the date line.
        """
        if tile.south_deg > self.north_deg or tile.north_deg < self.south_deg:
            return None
        for turn in (0.0, 360.0, -360.0):
            reaches_east = tile.east_deg + turn >= self.west_deg
            if reaches_east and tile.west_deg + turn <= self.east_deg:
                return turn
        return None


def _empty_ground(finest: ElevationTile, box: _Box) -> Ground:
    """A grid over a box, nothing known yet.

    Its nodes are those of the finest tile, so that this one is copied and not resampled.

    Raises InputError where the grid would have too many cells.
    """
    lat_step, lon_step = finest.lat_step_deg, finest.lon_step_deg
    up = np.ceil((box.north_deg - finest.north_deg) / lat_step)
    north = finest.north_deg + float(up) * lat_step
    start = finest.west_deg + (box.turn_of(finest) or 0.0)
    across = np.floor((box.west_deg - start) / lon_step)
    west = start + float(across) * lon_step
    rows = int(np.ceil((north - box.south_deg) / lat_step)) + 1
    columns = int(np.ceil((box.east_deg - west) / lon_step)) + 1
    if rows * columns > _MOST_CELLS:
        raise InputError(
            f"the places lie too far apart: their ground has {rows * columns / 1e6:.0f} million"
            f" cells, at most {_MOST_CELLS / 1e6:.0f} million are read",
            code="elevation-too-wide",
            hint="give places that lie nearer to each other, or several files of places",
        )
    heights = np.full((rows, columns), np.nan, np.float32)
    nothing = np.zeros((rows, columns), bool)
    return Ground(heights, nothing, north, west, lat_step, lon_step)


def _lay(ground: Ground, tile: ElevationTile, store: Path, turn_deg: float) -> None:
    """Write what a tile knows into the cells of a ground that nothing finer has filled.

    ``turn_deg`` brings the tile's longitudes into the turn of the ground's. The heights of the
    ground are changed in place.
    """
    heights, gaps = load(tile, store)
    rows, columns = ground.heights_m.shape
    # 1. The nodes of the ground, in cells of the tile.
    lat = ground.north_deg - ground.lat_step_deg * np.arange(rows)
    lon = ground.west_deg + ground.lon_step_deg * np.arange(columns)
    south = (tile.north_deg - lat) / tile.lat_step_deg
    east = (lon - tile.west_deg - turn_deg) / tile.lon_step_deg
    down = _nodes(south, tile.rows)
    right = _nodes(east, tile.columns)
    if not (down.size and right.size):
        return
    # 2. The heights there, where none stands yet.
    here = (down.run, right.run)
    values = _between(heights, down, right)
    was_void = _nearest(gaps, down, right)
    empty = np.isnan(ground.heights_m[here])
    ground.heights_m[here] = np.where(
        empty,
        values,
        ground.heights_m[here],
    )
    ground.filled[here] |= empty & was_void


@dataclass(frozen=True)
class _Nodes:
    """The nodes of a grid that lie on a tile.

    - ``first``: the first of them, on their own grid.
    - ``cell`` (n,): the cell of the tile that each falls into.
    - ``share`` (n,): how far on in that cell, 0 to 1.
    """

    first: int
    cell: Rows
    share: Floats

    @property
    def size(self) -> int:
        """How many."""
        return int(self.cell.size)

    @property
    def run(self) -> slice:
        """Where they are on their own grid."""
        return slice(self.first, self.first + self.size)


def _nodes(position: Any, count: int) -> _Nodes:
    """The run of positions (n,) in cells that lie on a tile of so many cells.

    A position within a thousandth of a node is that node: grids in degrees are rounded.
    """
    near = np.round(position)
    is_node = np.abs(position - near) < 1e-3
    position = np.where(is_node, near, position)
    on_tile = (position >= 0.0) & (position <= count - 1)
    held = np.flatnonzero(on_tile)
    if held.size == 0:
        return _Nodes(0, held, position[held])
    position = position[held]
    cell = np.minimum(position.astype(np.intp), count - 2)
    return _Nodes(int(held[0]), cell, position - cell)


def _between(heights: Any, down: _Nodes, right: _Nodes) -> Any:
    """The heights of a tile at nodes of another grid, bilinear, (n, m)."""
    splits_rows = np.mod(down.share, 1.0).any()
    splits_columns = np.mod(right.share, 1.0).any()
    if not (splits_rows or splits_columns):
        return _nearest(heights, down, right)
    u = down.share[:, None]
    v = right.share[None, :]
    above = heights[down.cell]
    below = heights[down.cell + 1]
    rows = above * (1.0 - u) + below * u
    left = rows[:, right.cell]
    beyond = rows[:, right.cell + 1]
    return left * (1.0 - v) + beyond * v


def _nearest(values: Any, down: _Nodes, right: _Nodes) -> Any:
    """The values of the nearest cells of a tile, (n, m)."""
    row = down.cell + np.round(down.share).astype(np.intp)
    column = right.cell + np.round(right.share).astype(np.intp)
    return values[np.ix_(row, column)]
