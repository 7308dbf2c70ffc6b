"""A uniform grid for one known instant, halved level by level.

Rows are latitudes, columns longitudes. Cells of a level share the sine of a latitude along a row
and the cosine of an hour angle along a column, so a level costs one small table for each and a few
look-ups a cell. The rule is that of the whole branch and bound: a cell is split while its bounds
say that it varies and that it could matter. Cells of the finest level carry the likelihood of their
middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.geometry.directions import sin_cos_deg
from noonmark.inference.search.domain import (
    DAY,
    LAT_STRETCH,
    LON,
    Boxes,
    BoxView,
    Domain,
    Z,
    joined,
    sine_authalic,
)
from noonmark.inference.search.frontier import log_sum_of_parts
from noonmark.inference.search.likelihood import BoundedLikelihood, log_likelihoods
from noonmark.inference.search.volumes import share_inside, volume
from noonmark.inference.sky import Sky

Index = NDArray[np.intp]

COARSEST_DEG = 7.5
"""The greatest height or width of a cell of the first level."""

_CHUNK = 16_384
"""Cells at once: few enough that their arrays stay in the cache."""

_MOST_LOG_RATIO = 50.0
"""The ln of an open share is cut off here, so that its exponential is finite."""


@dataclass(frozen=True)
class UniformGrid:
    """``rows`` of equal authalic latitude by ``columns`` of equal longitude, for one instant.

    ``ends_deg`` are the authalic latitudes of the southern and the northern edge.
    """

    west_deg: float
    east_deg: float
    ends_deg: tuple[float, float]
    rows: int
    columns: int

    @property
    def column_deg(self) -> float:
        """The width of a column."""
        return (self.east_deg - self.west_deg) / self.columns

    @property
    def size_deg(self) -> float:
        """The greatest height or width of a cell."""
        south, north = self.ends_deg
        height = (north - south) / self.rows * LAT_STRETCH
        return max(height, self.column_deg)

    @cached_property
    def _row_boxes(self) -> Boxes:
        """One cell of each row; its longitude means nothing."""
        latitudes = np.linspace(*self.ends_deg, self.rows + 1)
        edges = np.sin(np.radians(latitudes))
        boxes = _instant_boxes(self.rows)
        boxes.centre[Z] = 0.5 * (edges[1:] + edges[:-1])
        boxes.half[Z] = 0.5 * np.diff(edges)
        boxes.half[LON] = 0.5 * self.column_deg
        return boxes

    @cached_property
    def row_view(self) -> BoxView:
        """One cell of each row."""
        return BoxView(_ANY_INSTANT, self._row_boxes)

    @cached_property
    def reach_deg(self) -> Floats:
        """How far the sun can move within a cell of each row, (rows,)."""
        return np.asarray(self.row_view.fixed_deg.sum(0))

    @cached_property
    def log_volume(self) -> Floats:
        """ln of the volume of a cell of each row."""
        return np.asarray(np.log(volume(_ANY_INSTANT, self._row_boxes)))

    @cached_property
    def lon_deg(self) -> Floats:
        """The middle of each column."""
        middles = np.arange(self.columns) + 0.5
        return np.asarray(self.west_deg + self.column_deg * middles)

    def boxes(self, row: Index, column: Index) -> Boxes:
        """Cells by row and column, each (k,)."""
        of_rows = self._row_boxes
        boxes = _instant_boxes(row.size)
        of_rows.centre[Z].take(row, out=boxes.centre[Z])
        of_rows.half[Z].take(row, out=boxes.half[Z])
        self.lon_deg.take(column, out=boxes.centre[LON])
        boxes.half[LON] = of_rows.half[LON, 0]
        return boxes

    def cells(self) -> tuple[Index, Index]:
        """Row and column of every cell, row by row."""
        row, column = np.divmod(np.arange(self.rows * self.columns), self.columns)
        return row.ravel(), column.ravel()

    def halved(self) -> UniformGrid:
        """The next level: four cells for each of this one."""
        return _grid(self.west_deg, self.east_deg, self.ends_deg, 2 * self.rows, 2 * self.columns)


_ANY_INSTANT = Domain(-90.0, -180.0, 90.0, 180.0, 0.0, 0.0)


def _instant_boxes(count: int) -> Boxes:
    """Boxes of one instant whose place is still to be filled in."""
    centre = np.zeros((4, count))
    half = np.zeros((4, count))
    centre[DAY] = half[DAY] = 0.5
    return Boxes(centre, half)


@lru_cache(maxsize=24)
def _grid(
    west_deg: float,
    east_deg: float,
    ends_deg: tuple[float, float],
    rows: int,
    columns: int,
) -> UniformGrid:
    """A grid with its tables, which the next question may need again."""
    return UniformGrid(west_deg, east_deg, ends_deg, rows, columns)


def first_grid(domain: Domain) -> UniformGrid:
    """The coarsest level over a domain."""
    ends = sine_authalic(np.array([domain.south_deg, domain.north_deg]))
    south, north = np.degrees(np.arcsin(ends))
    height = (domain.north_deg - domain.south_deg) * LAT_STRETCH
    width = domain.east_deg - domain.west_deg
    rows = int(np.ceil(height / COARSEST_DEG))
    columns = int(np.ceil(width / COARSEST_DEG))
    return _grid(domain.west_deg, domain.east_deg, (float(south), float(north)), rows, columns)


class GridView(BoxView):
    """A view of cells of a grid: latitudes and hour angles come from its tables."""

    def __init__(self, domain: Domain, grid: UniformGrid, row: Index, column: Index) -> None:
        super().__init__(domain, grid.boxes(row, column))
        self._grid = grid
        self._row = row
        self._column = column

    def sky_of(self, gha_deg: Floats, dec_deg: Floats, *, floating: bool) -> Sky:
        """See :class:`noonmark.inference.search.domain.BoxView`."""
        grid = self._grid
        sin_lat, cos_lat = grid.row_view.latitude
        sin_hour, cos_hour = sin_cos_deg(gha_deg + grid.lon_deg)
        sin_dec, cos_dec = sin_cos_deg(dec_deg)

        def reach_deg() -> Floats:
            return grid.reach_deg.take(self._row)

        return Sky(
            sin_lat.take(self._row),
            cos_lat.take(self._row),
            sin_hour.take(self._column),
            cos_hour.take(self._column),
            sin_dec,
            cos_dec,
            reach_deg,
        )


@dataclass(frozen=True)
class GridCells:
    """The cells that a search on a uniform grid ends with.

    ``log_volume`` is ln of each cell's volume inside the domain, ``log_likelihood`` that of its
    middle; ``unresolved`` is as in ``Leaves``, ``levels`` the number of halvings.
    """

    boxes: Boxes
    log_volume: Floats
    log_likelihood: Floats
    unresolved: float
    levels: int


@dataclass(frozen=True)
class _Level:
    """Cells of one level, with ln of their volume and the bounds of their log-likelihood."""

    boxes: Boxes
    log_volume: Floats
    low: Floats
    high: Floats
    middle: Floats


@dataclass
class _Settled:
    """The cells that are not split any more, and what may still hide in those that vary."""

    boxes: list[Boxes] = field(default_factory=list)
    log_volume: list[Floats] = field(default_factory=list)
    middle: list[Floats] = field(default_factory=list)
    open_log_mass: list[Floats] = field(default_factory=list)
    """Upper bounds of the ln mass of cells that vary by more than was asked."""

    log_mass: float = -np.inf

    def add(self, boxes: Boxes, log_volume: Floats, middle: Floats) -> None:
        """Take in cells, without counting their mass."""
        self.boxes.append(boxes)
        self.log_volume.append(log_volume)
        self.middle.append(middle)

    def cells(self, domain: Domain, levels: int) -> GridCells:
        """All of the cells, each with what of it lies inside the domain."""
        boxes, log_volume, middle = _inside(
            domain,
            joined(self.boxes),
            np.concatenate(self.log_volume),
            np.concatenate(self.middle),
        )
        unresolved = 0.0
        if self.open_log_mass:
            total = log_sum_of_parts([log_volume + middle])
            log_share = log_sum_of_parts(self.open_log_mass) - total
            unresolved = float(np.exp(min(log_share, _MOST_LOG_RATIO)))
        return GridCells(boxes, log_volume, middle, unresolved, levels)


def uniform_cells(
    domain: Domain,
    clues: Sequence[BoundedLikelihood],
    *,
    finest_deg: float,
    variation_nat: float,
    stake: float,
) -> GridCells:
    """The cells of a search for one known instant.

    Cells that matter are split down to ``finest_deg`` or less; the others stay as coarse as their
    bounds allow.
    """
    grid = first_grid(domain)
    row, column = grid.cells()
    settled = _Settled()
    levels = 0
    while grid.size_deg > finest_deg and row.size:
        level = _bounded(domain, grid, row, column, clues)
        split = _settle(settled, level, variation_nat, stake)
        grid = grid.halved()
        levels += 1
        row, column = _children(row.take(split), column.take(split))
        if grid.size_deg <= finest_deg:
            # The children will not be bounded: their parents' bounds say what is open.
            settled.open_log_mass.append((level.log_volume + level.high)[split])
    for part, view in _views(domain, grid, row, column):
        settled.add(view.boxes, grid.log_volume.take(row[part]), log_likelihoods(view, clues))
    return settled.cells(domain, levels)


def _settle(settled: _Settled, level: _Level, variation_nat: float, stake: float) -> Index:
    """Settle the cells of a level that need no split; the indices of the others."""
    log_mass = level.log_volume + level.middle
    most_log_mass = level.log_volume + level.high
    variation = level.high - level.low
    total = np.logaddexp(settled.log_mass, log_sum_of_parts([log_mass]))
    splits = (variation > variation_nat) & (most_log_mass > total + np.log(stake))
    rest = np.flatnonzero(~splits)
    settled.add(level.boxes.take(rest), level.log_volume.take(rest), level.middle.take(rest))
    settled.log_mass = np.logaddexp(settled.log_mass, log_sum_of_parts([log_mass.take(rest)]))
    settled.open_log_mass.append(most_log_mass[rest[variation[rest] > variation_nat]])
    return np.flatnonzero(splits)


def _children(row: Index, column: Index) -> tuple[Index, Index]:
    """Row and column, on the next level, of the four quarters of each cell."""
    rows = 2 * row[:, None] + np.array([0, 0, 1, 1])
    columns = 2 * column[:, None] + np.array([0, 1, 0, 1])
    return rows.ravel(), columns.ravel()


def _views(
    domain: Domain, grid: UniformGrid, row: Index, column: Index
) -> Iterator[tuple[slice, GridView]]:
    """The cells in chunks: which they are, and a view of them."""
    for start in range(0, row.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        yield part, GridView(domain, grid, row[part], column[part])


def _bounded(
    domain: Domain,
    grid: UniformGrid,
    row: Index,
    column: Index,
    clues: Sequence[BoundedLikelihood],
) -> _Level:
    """The cells of one level with the bounds of all clues together."""
    low = np.zeros(row.size)
    high = np.zeros(row.size)
    middle = np.zeros(row.size)
    for part, view in _views(domain, grid, row, column):
        for clue in clues:
            clue_low, clue_high = clue.bounds(view)
            low[part] += clue_low
            high[part] += clue_high
        middle[part] = log_likelihoods(view, clues)
    boxes = view.boxes if row.size <= _CHUNK else grid.boxes(row, column)
    return _Level(boxes, grid.log_volume.take(row), low, high, middle)


def _inside(
    domain: Domain, boxes: Boxes, log_volume: Floats, middle: Floats
) -> tuple[Boxes, Floats, Floats]:
    """The cells that are not wholly outside the domain's mask, and ln of their volume inside it."""
    if domain.mask is None:
        return boxes, log_volume, middle
    share = share_inside(domain, boxes)
    held = np.flatnonzero(share > 0.0)
    inside = log_volume[held] + np.log(share[held])
    return boxes.take(held), inside, middle[held]
