"""Many normal densities on the ground, summed: the cost is that of the few that lie near.

Places are held by octaves of sigma, in cells for points and in trees of points for boxes. A place
is summed where it is within :data:`REACH_SIGMAS`; all that lie further together are a constant,
which no sum falls below.
Distances are those of the sphere between points of the ellipsoid, right to 0.3 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.geometry.earth import ecef_from_geodetic_m
from noonmark.inference.clues.near_cells import NearCells, NearPairs, near_cells

REACH_SIGMAS = 9.0
"""Beyond, a normal density is below 1e-17 of its peak."""

_DIAMETER_KM = 2.0 * 6378.2
"""No two places are further apart, straight through the Earth."""

_RADIUS_KM = 6371.0072
"""Radius of the sphere with the area of the ellipsoid."""

_MOST_PAIRS = 2_000_000
"""Pairs held in memory at once, about."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class PlaceMixture:
    """Places (n,) with sigmas [km] and weights that add up to 1."""

    lat_deg: Floats
    lon_deg: Floats
    sigma_km: Floats
    weight: Floats

    @cached_property
    def log_scale(self) -> Floats:
        """ln of the density [per km2] of each place at its own middle, (n,)."""
        return np.asarray(np.log(self.weight / (2.0 * np.pi * self.sigma_km**2)))

    @cached_property
    def log_tail(self) -> float:
        """ln of what all places together are where none is near [per km2]."""
        return float(np.logaddexp.reduce(self.log_scale)) - 0.5 * REACH_SIGMAS**2

    @cached_property
    def _groups(self) -> list[tuple[float, Rows, Floats]]:
        """The reach, the rows and the points of the places of each octave of sigma."""
        where = points_km(self.lat_deg, self.lon_deg)
        octave = np.floor(np.log2(self.sigma_km))
        found = []
        for one in np.unique(octave):
            rows = np.flatnonzero(octave == one)
            reach = REACH_SIGMAS * float(self.sigma_km[rows].max())
            found.append((min(reach, _DIAMETER_KM), rows, where[rows]))
        return found

    @cached_property
    def _trees(self) -> list[Any]:
        """The tree of points of each group."""
        from scipy.spatial import cKDTree

        return [cKDTree(where) for _, _, where in self._groups]

    @cached_property
    def _cells(self) -> list[NearCells]:
        """The cells of each group.

        Trees and cells are made when first asked for: a search asks for bounds long before it draws
        points, and mostly draws none.
        """
        return [near_cells(where, reach) for reach, _, where in self._groups]

    def densities(self, at_km: Floats, *reaches: Floats) -> list[Floats]:
        """ln of the density [per km2], (n,), with every place nearer or further by a reach.

        ``at_km`` are points (n, 3); each of ``reaches`` [km] (n,) is added to the distances,
        which are never below 0: 0 gives the density, minus the extent of a box its upper bound.
        """
        count = len(at_km)
        totals = [np.full(count, np.exp(self.log_tail)) for _ in reaches]
        for near in self._near(at_km, np.maximum.reduce([-reach for reach in reaches])):
            for total, reach in zip(totals, reaches, strict=True):
                total += np.bincount(near.point, self._each(near, reach), minlength=count)
        return [np.asarray(np.log(total)) for total in totals]

    def nearest_sigmas(self, at_km: Floats) -> Floats:
        """How far the nearest place is, in its own sigmas, at most REACH_SIGMAS, (n,)."""
        found = np.full(len(at_km), REACH_SIGMAS)
        for near in self._near(at_km, np.zeros(len(at_km))):
            away = _arc_km(near.chord_km) / self.sigma_km[near.place]
            np.minimum.at(found, near.point, away)
        return found

    def weighed(self, at_km: Floats, weight: Floats) -> Floats:
        """The density [per km2] of each place, summed over points (n, 3) by weights (n,)."""
        found = np.zeros(self.weight.size)
        for near in self._near(at_km, np.zeros(len(at_km))):
            each = self._each(near, np.zeros(len(at_km))) * weight[near.point]
            found += np.bincount(near.place, each, minlength=found.size)
        return found

    def _each(self, near: NearPairs, reach_km: Floats) -> Floats:
        """The density of each pair at its distance plus a reach of its point."""
        chord = np.clip(near.chord_km + reach_km[near.point], 0.0, _DIAMETER_KM)
        away = _arc_km(chord) / self.sigma_km[near.place]
        each = np.exp(self.log_scale[near.place] - 0.5 * np.square(away))
        return np.where(away <= REACH_SIGMAS, each, 0.0)

    def _near(self, at_km: Floats, more_km: Floats) -> Iterator[NearPairs]:
        """The places within reach of each point, and of so much more [km] (n,), by parts."""
        if (more_km <= 0.0).all():
            yield from self._near_points(at_km)
            return
        octave = np.ceil(np.log2(np.maximum(more_km, self.sigma_km.min())))
        for one in np.unique(octave):
            points = np.flatnonzero(octave == one)
            more = more_km[points].max()
            for (reach, rows, _), tree in zip(self._groups, self._trees, strict=True):
                yield from _pairs(at_km, points, tree, rows, min(reach + more, _DIAMETER_KM))

    def _near_points(self, at_km: Floats) -> Iterator[NearPairs]:
        """The places within reach of each point, by parts."""
        for (_, rows, _), cells in zip(self._groups, self._cells, strict=True):
            for near in cells.near(at_km):
                yield near._replace(place=rows[near.place])


def points_km(lat_deg: Floats, lon_deg: Floats) -> Floats:
    """Places as points of the ellipsoid [km], (n, 3)."""
    return np.asarray(ecef_from_geodetic_m(lat_deg, lon_deg, 0.0) * 1e-3)


def _pairs(
    at_km: Floats, points: Rows, tree: Any, places: Rows, reach_km: float
) -> Iterator[NearPairs]:
    """The pairs of some points and the places of a tree within reach, by halves if too many."""
    from scipy.spatial import cKDTree

    mine = cKDTree(at_km[points])
    count = mine.count_neighbors(tree, reach_km)
    if count > _MOST_PAIRS and points.size > 1:
        for half in np.array_split(points, 2):
            yield from _pairs(at_km, half, tree, places, reach_km)
    elif count > 0:
        found = mine.sparse_distance_matrix(tree, reach_km, output_type="ndarray")
        yield NearPairs(points[found["i"]], places[found["j"]], found["v"])


def _arc_km(chord_km: Floats) -> Floats:
    """The way over the ground of a chord through the Earth [km]."""
    half = np.minimum(chord_km * (0.5 / _RADIUS_KM), 1.0)
    return np.asarray(2.0 * _RADIUS_KM * np.arcsin(half))
