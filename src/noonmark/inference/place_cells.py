"""The cells of which credible sets of places are made, and what of them lies under some leaves.

At a known instant the leaves of a search lie side by side, so they are cells themselves: what ranks
a leaf is the likelihood of its middle, what it weighs is the mean over other points of it
(docs/decisions/0011-rank-and-weigh-apart.md). In a window they overlap in place, and the grid of
their marginal has the cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.credible_rank import scattered_ranks
from noonmark.inference.footprint import cells_of, footprint
from noonmark.inference.marginals import place_density, prior_area_km2
from noonmark.inference.ranked_cells import RankedCells
from noonmark.inference.rect_density import GridDensity
from noonmark.inference.search.branch_and_bound import Leaves, PlaceSpots
from noonmark.inference.search.domain import LON, Z, sine_authalic


class PlaceCells(Protocol):
    """Cells of places, each with its probability and area [km2]."""

    @property
    def ranked(self) -> RankedCells:
        """The cells, in the order in which they enter a credible set."""
        ...

    def under(self, leaf: Rows) -> Bools:
        """The cells under some leaves (k,), as a mask of the shape of the cells."""
        ...

    def leaves_in(self, chosen: Bools, leaf: Rows) -> Bools:
        """Whether the middle of each leaf (k,) lies in a chosen cell."""
        ...

    def places_in(self, chosen: Bools, lat_deg: Floats, lon_deg: Floats) -> Bools | None:
        """Whether each place (k,), in the turn of the domain, lies in a chosen cell.

        None where leaves are cells: the leaf that a place lies in says so.
        """
        ...

    def level_at(self, lat_deg: float, lon_deg: float) -> float:
        """The smallest credible level that holds a place; 1 where there is no cell."""
        ...


@dataclass(frozen=True, eq=False)
class GridPlaces:
    """The cells of the grid of the place marginal: see :class:`PlaceCells`."""

    leaves: Leaves
    ranked: GridDensity

    def under(self, leaf: Rows) -> Bools:
        """See :class:`PlaceCells`."""
        return footprint(self.ranked, self.leaves.by_place.standing_for(leaf))

    def leaves_in(self, chosen: Bools, leaf: Rows) -> Bools:
        """See :class:`PlaceCells`."""
        z, lon_deg = self.leaves.boxes.centre[[Z, LON]][:, leaf]
        return np.asarray(chosen[cells_of(self.ranked, z, lon_deg)])

    def places_in(self, chosen: Bools, lat_deg: Floats, lon_deg: Floats) -> Bools | None:
        """See :class:`PlaceCells`."""
        return np.asarray(chosen[cells_of(self.ranked, sine_authalic(lat_deg), lon_deg)])

    def level_at(self, lat_deg: float, lon_deg: float) -> float:
        """See :class:`PlaceCells`."""
        return self.ranked.level_at(float(sine_authalic(lat_deg)), lon_deg)


@dataclass(frozen=True, eq=False)
class LeafPlaces:
    """The leaves of a search at a known instant: see :class:`PlaceCells`."""

    leaves: Leaves
    mass: Floats

    @cached_property
    def ranked(self) -> RankedCells:
        """See :class:`PlaceCells`."""
        leaves = self.leaves
        share = np.exp(leaves.log_volume - leaves.log_prior)
        measure = share * prior_area_km2(leaves.domain)
        z, lon_deg = leaves.boxes.centre[[Z, LON]]
        rank = scattered_ranks(leaves.log_likelihood, self.mass, z, lon_deg)
        return RankedCells(self.mass, measure, rank)

    def under(self, leaf: Rows) -> Bools:
        """See :class:`PlaceCells`."""
        found = np.zeros(self.mass.size, dtype=bool)
        found[leaf] = True
        return found

    def leaves_in(self, chosen: Bools, leaf: Rows) -> Bools:
        """See :class:`PlaceCells`."""
        return np.asarray(chosen[leaf])

    def places_in(self, chosen: Bools, lat_deg: Floats, lon_deg: Floats) -> Bools | None:
        """See :class:`PlaceCells`."""
        return None

    def level_at(self, lat_deg: float, lon_deg: float) -> float:
        """See :class:`PlaceCells`."""
        boxes = self.leaves.boxes
        off_z = np.abs(boxes.centre[Z] - sine_authalic(lat_deg))
        off_deg = np.abs(boxes.centre[LON] - lon_deg)
        inside = (off_z <= boxes.half[Z]) & (off_deg <= boxes.half[LON])
        holding = np.flatnonzero(inside)
        return self.ranked.level_of((int(holding[0]),)) if holding.size else 1.0


@dataclass(frozen=True, eq=False)
class SpotPlaces:
    """The cells of many places, and the grid of what is at none of them: see :class:`PlaceCells`.

    ``elsewhere`` is the probability of the latter, whose cells come after those of the places. The
    two overlap: the ground under a place belongs to the grid as well, which is thin there.
    """

    leaves: Leaves
    spots: PlaceSpots
    elsewhere: float

    @cached_property
    def _grid(self) -> GridDensity | None:
        """The cells at none of the places."""
        beside = self.spots.elsewhere
        return None if beside is None else place_density(beside, beside.mass())

    @cached_property
    def ranked(self) -> RankedCells:
        """See :class:`PlaceCells`."""
        mass = (1.0 - self.elsewhere) * self.spots.mass
        measure = self.spots.cells.area_km2
        if self._grid is not None:
            mass = np.append(mass, self.elsewhere * self._grid.mass)
            measure = np.append(measure, self._grid.measure)
        return RankedCells(mass, measure, mass / np.maximum(measure, 1e-12))

    def under(self, leaf: Rows) -> Bools:
        """See :class:`PlaceCells`."""
        at_spots = leaf < self.spots.of_leaf.size
        found = np.zeros(self.spots.mass.size, dtype=bool)
        found[self.spots.of_leaf[leaf[at_spots]]] = True
        beside = self.spots.elsewhere
        if self._grid is None or beside is None:
            return found
        others = leaf[~at_spots] - self.spots.of_leaf.size
        covered = footprint(self._grid, beside.by_place.standing_for(others))
        return np.append(found, covered)

    def leaves_in(self, chosen: Bools, leaf: Rows) -> Bools:
        """See :class:`PlaceCells`."""
        at_spots = leaf < self.spots.of_leaf.size
        found = np.zeros(leaf.size, dtype=bool)
        found[at_spots] = chosen[self.spots.of_leaf[leaf[at_spots]]]
        if self._grid is not None:
            z, lon_deg = self.leaves.boxes.centre[[Z, LON]][:, leaf[~at_spots]]
            found[~at_spots] = chosen[self._beside(self._grid, z, lon_deg)]
        return found

    def _beside(
        self,
        grid: GridDensity,
        z: Floats,
        lon_deg: Floats,
    ) -> Rows:
        """The cells of the grid that hold some places, counted after those of the places."""
        at = cells_of(grid, z, lon_deg)
        return self.spots.mass.size + np.ravel_multi_index(at, grid.mass.shape)

    def places_in(self, chosen: Bools, lat_deg: Floats, lon_deg: Floats) -> Bools | None:
        """See :class:`PlaceCells`."""
        return None

    def level_at(self, lat_deg: float, lon_deg: float) -> float:
        """See :class:`PlaceCells`."""
        at = np.array([[float(sine_authalic(lat_deg))], [lon_deg]])
        cells = self.spots.cells
        holding = np.flatnonzero((np.abs(cells.centre - at) <= cells.half).all(axis=0))
        if self._grid is not None:
            holding = np.append(holding, self._beside(self._grid, *at))
        return min((self.ranked.level_of((k,)) for k in holding.tolist()), default=1.0)


def place_cells(
    leaves: Leaves,
    mass: Floats,
    grid: Callable[[], GridDensity] | None = None,
) -> PlaceCells:
    """The cells of an answer's places; ``mass`` (n,) is the probability of each leaf.

    ``grid`` gives their marginal, if it may be known already; it is asked for only if needed.
    """
    if leaves.spots is not None:
        at_spots = mass[: leaves.spots.of_leaf.size].sum()
        return SpotPlaces(leaves, leaves.spots, 1.0 - float(at_spots))
    side_by_side = not leaves.sampled and leaves.within is None
    if leaves.domain.length_s == 0.0 and side_by_side:
        return LeafPlaces(leaves, mass)
    if grid is None:
        return GridPlaces(leaves, place_density(leaves, mass))
    return GridPlaces(leaves, grid())
