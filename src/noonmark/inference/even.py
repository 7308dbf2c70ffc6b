"""Even cells for one known instant: rows of latitude by columns of longitude, halved together level by level.

Cells of a level share the sine of a latitude along a row and the cosine of an hour angle along a column, so
a level costs one small table for each and a few look-ups a cell. The rule is that of the whole search: a cell is
cut while its bounds say that it varies and could matter. Cells of the finest level carry their middle's likelihood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.directions import sin_cos_deg
from noonmark.inference.domain import Boxes, Domain, View, joined, share_inside, sine_authalic, volume
from noonmark.inference.sky import Sky

Floats = NDArray[np.float64]
Index = NDArray[np.intp]

COARSEST_DEG = 7.5
_CHUNK = 16_384
_STRETCH = 1.0046  # greatest d(geodetic latitude) / d(authalic latitude) on WGS84


class Bounded(Protocol):
    """What is asked of a clue here."""

    def log_likelihood(self, view: View) -> Floats:
        """At the middle of each cell."""
        ...

    def bounds(self, view: View) -> tuple[Floats, Floats]:
        """Over each cell."""
        ...


@dataclass(frozen=True)
class Lattice:
    """``rows`` of equal authalic latitude (between ``ends_deg``) by ``columns`` of equal longitude, for one instant."""

    west_deg: float
    east_deg: float
    ends_deg: tuple[float, float]
    rows: int
    columns: int

    @property
    def size_deg(self) -> float:
        """The greatest height or width of a cell."""
        height = (self.ends_deg[1] - self.ends_deg[0]) / self.rows * _STRETCH
        return max(height, (self.east_deg - self.west_deg) / self.columns)

    @cached_property
    def _row_boxes(self) -> Boxes:
        edges = np.sin(np.radians(np.linspace(*self.ends_deg, self.rows + 1)))
        width = (self.east_deg - self.west_deg) / self.columns
        centre, half = np.zeros((4, self.rows)), np.zeros((4, self.rows))
        centre[0], half[0] = 0.5 * (edges[1:] + edges[:-1]), 0.5 * np.diff(edges)
        half[1], centre[3], half[3] = 0.5 * width, 0.5, 0.5
        return Boxes(centre, half)

    @cached_property
    def row_view(self) -> View:
        """One cell of each row."""
        return View(_ANY_INSTANT, self._row_boxes)

    @cached_property
    def reach_deg(self) -> Floats:
        """How far the sun can move within a cell of each row."""
        return np.asarray(self.row_view.fixed_deg.sum(0))

    @cached_property
    def log_volume(self) -> Floats:
        """ln of the volume of a cell of each row."""
        return np.asarray(np.log(volume(_ANY_INSTANT, self._row_boxes)))

    @cached_property
    def lon_deg(self) -> Floats:
        """The middle of each column."""
        width = (self.east_deg - self.west_deg) / self.columns
        return np.asarray(self.west_deg + width * (np.arange(self.columns) + 0.5))

    def boxes(self, row: Index, column: Index) -> Boxes:
        """Cells by row and column."""
        centre, half = np.zeros((4, row.size)), np.zeros((4, row.size))
        self._row_boxes.centre[0].take(row, out=centre[0])
        self._row_boxes.half[0].take(row, out=half[0])
        self.lon_deg.take(column, out=centre[1])
        half[1], centre[3], half[3] = self._row_boxes.half[1, 0], 0.5, 0.5
        return Boxes(centre, half)

    def halved(self) -> Lattice:
        """The next level."""
        return _lattice(self.west_deg, self.east_deg, self.ends_deg, 2 * self.rows, 2 * self.columns)


_ANY_INSTANT = Domain(-90.0, -180.0, 90.0, 180.0, 0.0, 0.0)


@lru_cache(maxsize=24)
def _lattice(west_deg: float, east_deg: float, ends_deg: tuple[float, float], rows: int, columns: int) -> Lattice:
    """A lattice with its tables, which the next question may need again."""
    return Lattice(west_deg, east_deg, ends_deg, rows, columns)


class EvenView(View):
    """A view of cells of a lattice: latitudes and hour angles come from its tables."""

    def __init__(self, domain: Domain, lattice: Lattice, row: Index, column: Index) -> None:
        super().__init__(domain, lattice.boxes(row, column))
        self._lattice, self._row, self._column = lattice, row, column

    def sky_of(self, gha_deg: Floats, dec_deg: Floats, *, floating: bool) -> Sky:
        """See :class:`noonmark.inference.domain.View`."""
        sin_lat, cos_lat = (v.take(self._row) for v in self._lattice.row_view.latitude)
        hour = [v.take(self._column) for v in sin_cos_deg(gha_deg + self._lattice.lon_deg)]

        def reach_deg() -> Floats:
            return self._lattice.reach_deg.take(self._row)

        return Sky(sin_lat, cos_lat, hour[0], hour[1], *sin_cos_deg(dec_deg), reach_deg)


@dataclass(frozen=True)
class Cells:
    """Cells, ln of their volume inside the domain and of their likelihood, and what is left open (see ``Leaves``)."""

    boxes: Boxes
    log_volume: Floats
    log_likelihood: Floats
    unresolved: float
    levels: int


def even_cells(
    domain: Domain, clues: Sequence[Bounded], *, finest_deg: float, variation_nat: float, stake: float
) -> Cells:
    """The cells that matter cut down to ``finest_deg`` or less; the others as coarse as their bounds allow."""
    wide = domain.east_deg - domain.west_deg
    tall = (domain.north_deg - domain.south_deg) * _STRETCH
    south, north = np.degrees(np.arcsin(sine_authalic(np.array([domain.south_deg, domain.north_deg]))))
    shape = int(np.ceil(tall / COARSEST_DEG)), int(np.ceil(wide / COARSEST_DEG))
    lattice = _lattice(domain.west_deg, domain.east_deg, (float(south), float(north)), *shape)
    row, column = (v.ravel() for v in np.divmod(np.arange(lattice.rows * lattice.columns), lattice.columns))
    found: list[tuple[Boxes, Floats, Floats]] = []
    open_doubts: list[Floats] = []
    settled, levels = -np.inf, 0
    while lattice.size_deg > finest_deg and row.size:
        boxes, log_volume, low, high, middle = _bounded(domain, lattice, row, column, clues)
        weight = log_volume + middle
        total = np.logaddexp(settled, _log_sum([weight]))
        gap = high - low
        doubt = log_volume + high  # an upper bound
        wanting = (gap > variation_nat) & (doubt > total + np.log(stake))
        rest = np.flatnonzero(~wanting)
        found.append((boxes.take(rest), log_volume.take(rest), middle.take(rest)))
        settled = np.logaddexp(settled, _log_sum([weight.take(rest)]))
        open_doubts.append(doubt[rest[gap[rest] > variation_nat]])
        last = doubt[wanting]
        lattice, levels = lattice.halved(), levels + 1
        cut = np.flatnonzero(wanting)
        row = (2 * row.take(cut)[:, None] + np.array([0, 0, 1, 1])).ravel()
        column = (2 * column.take(cut)[:, None] + np.array([0, 1, 0, 1])).ravel()
        if lattice.size_deg <= finest_deg:
            open_doubts.append(last)
    for start in range(0, row.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        view = EvenView(domain, lattice, row[part], column[part])
        found.append((view.boxes, lattice.log_volume.take(row[part]), _sum(clues, view)))
    boxes = joined([b for b, _, _ in found])
    log_volume, middle = (np.concatenate([f[k] for f in found]) for k in (1, 2))
    boxes, log_volume, middle = _inside(domain, boxes, log_volume, middle)
    total = _log_sum([log_volume + middle])
    unresolved = float(np.exp(min(_log_sum(open_doubts) - total, 50.0))) if open_doubts else 0.0
    return Cells(boxes, log_volume, middle, unresolved, levels)


def _bounded(
    domain: Domain, lattice: Lattice, row: Index, column: Index, clues: Sequence[Bounded]
) -> tuple[Boxes, Floats, Floats, Floats, Floats]:
    """Boxes, ln of volume, lower and upper bound and middle of the cells of one level."""
    low, high, middle = (np.zeros(row.size) for _ in range(3))
    for start in range(0, row.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        view = EvenView(domain, lattice, row[part], column[part])
        for clue in clues:
            least, most = clue.bounds(view)
            low[part] += least
            high[part] += most
        middle[part] = _sum(clues, view)
    boxes = view.boxes if row.size <= _CHUNK else lattice.boxes(row, column)
    return boxes, lattice.log_volume.take(row), low, high, middle


def _sum(clues: Sequence[Bounded], view: View) -> Floats:
    out = np.zeros(view.boxes.size)
    for clue in clues:
        out += clue.log_likelihood(view)
    return out


def _inside(domain: Domain, boxes: Boxes, log_volume: Floats, middle: Floats) -> tuple[Boxes, Floats, Floats]:
    """The cells that are not wholly outside the domain's mask, and what of them is inside."""
    if domain.mask is None:
        return boxes, log_volume, middle
    share = share_inside(domain, boxes)
    held = np.flatnonzero(share > 0.0)
    return boxes.take(held), log_volume[held] + np.log(share[held]), middle[held]


def _log_sum(parts: Sequence[Floats]) -> float:
    """ln of the sum of exponentials over several arrays."""
    sizes = [p for p in parts if p.size]
    if not sizes:
        return float("-inf")
    most = max(float(p.max()) for p in sizes)
    return most + float(np.log(sum(float(np.exp(p - most).sum()) for p in sizes)))
