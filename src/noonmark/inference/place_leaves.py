"""Many known places in a window of time: the times are searched, the places are added up.

A search would cut the ground to the size of every place at every time. But the other clues hardly
change over some metres. So they alone are searched, over the area of the places. The times that
this leaves at a place, as a mass, weigh the place's own cells; leaves are drawn from both. What
may lie at none of the places is an answer of its own, searched over the whole prior.

**Method**: the posterior is a sum over places. With the likelihood L of the other clues,

    weight of place k = its probability x the integral of L over time at the place,

and the integral is the sum, over the leaves of their search that cover the place, of the mean
likelihood times the length of time. Regions of places come from these weights without any chance.
Times, modes and draws need leaves of place and time together: they are drawn in pairs, a cell of a
place and a leaf that covers it, each weighed by its own likelihood (importance sampling).

**Limits**: a leaf counts by its mean, so places near one another differ by no more than leaves do.
Where the likelihood has a step that the search did not resolve (a ridge that ends between two
places), too few pairs count, and the places are searched as any clue is.

**Accuracy**: tests/inference/test_place_leaves.py, against every place searched alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from noonmark.arrays import Floats, Rows
from noonmark.inference.clock_draws import drawn_leaves
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.clues.place_mixture import PlaceMixture
from noonmark.inference.clues.places import PlacesClue
from noonmark.inference.leaf_draws import systematic
from noonmark.inference.rectangle_sums import positions, summed_heights
from noonmark.inference.search.bounding import inside, scattered_mean
from noonmark.inference.search.branch_and_bound import Leaves, PlaceSpots, refine
from noonmark.inference.search.domain import (
    DAY,
    LON,
    TOD,
    Boxes,
    Domain,
    Z,
    joined,
    latitude_deg,
)
from noonmark.inference.search.effort import Effort, usual_effort
from noonmark.inference.search.first_boxes import first_boxes
from noonmark.inference.search.frontier import log_sum
from noonmark.inference.search.likelihood import log_likelihoods_at
from noonmark.inference.search.spot_cells import SpotCells, spot_cells
from noonmark.inference.search.volumes import share_in_area
from noonmark.inference.search.weighted_points import LEAST

FEWEST = 5
"""Fewer places are searched as any clue is."""

LARGEST_KM = 2.0
"""So are places that reach further: the sun differs from one of their ends to the other."""

DRAWS = 80_000
"""Leaves that are drawn at the places."""

_FINE = Effort(variation_nat=0.25, stake=3e-5)
"""Places in one leaf count by the mean of its likelihood: it varies little."""

_SCATTER = 2
_MOST_EDGES = 4000


def place_leaves(
    domain: Domain,
    clues: Sequence[CompiledClue],
) -> Leaves | None:
    """The leaves of an answer with many small places; None where there are none, or it fails."""
    many = [clue for clue in clues if isinstance(clue, PlacesClue) and _is_many(clue.mixture)]
    if len(many) != 1:
        return None
    others = [clue for clue in clues if clue is not many[0]]
    cells = _cells_inside(domain, many[0].mixture)
    if cells.share.size == 0:
        return None
    near = _near_leaves(domain, cells, others)
    if near.sampled:
        return None
    at_places = _leaves_of(_Times(domain, near, cells), many[0], others)
    if at_places is None:
        return None
    return _together(at_places, many[0], domain, others)


def unsearched_leaves(
    domain: Domain,
    clues: Sequence[CompiledClue],
) -> Leaves | None:
    """The leaves of an answer that need no search of all clues together; None if it does."""
    return drawn_leaves(domain, clues) or place_leaves(domain, clues)


def _is_many(mixture: PlaceMixture) -> bool:
    """Whether there are so many places, and all so small, that their cells are laid."""
    return mixture.weight.size >= FEWEST and float(mixture.sigma_km.max()) <= LARGEST_KM


def _cells_inside(
    domain: Domain,
    mixture: PlaceMixture,
) -> SpotCells:
    """The cells of the places whose middles lie in the domain's rectangle and mask."""
    lon_deg = domain.turned_deg(mixture.lon_deg)
    all_cells = spot_cells(mixture.lat_deg, lon_deg, mixture.sigma_km, mixture.weight)
    z, lon_deg = all_cells.centre
    lat_deg = latitude_deg(z)
    in_latitude = (lat_deg >= domain.south_deg) & (lat_deg <= domain.north_deg)
    in_longitude = (lon_deg >= domain.west_deg) & (lon_deg <= domain.east_deg)
    held = in_latitude & in_longitude
    cells = all_cells if held.all() else all_cells.take(np.flatnonzero(held))
    if domain.mask is None:
        return cells
    ground = Boxes(*np.zeros((2, 4, cells.share.size)))
    ground.centre[[Z, LON]] = cells.centre
    ground.half[[Z, LON]] = cells.half
    share = cells.share * share_in_area(domain.mask, ground)
    return replace(cells, share=share).take(np.flatnonzero(share > 0.0))


def _near_leaves(
    domain: Domain,
    cells: SpotCells,
    others: Sequence[CompiledClue],
) -> Leaves:
    """The leaves of the other clues over the rectangle of the cells, on the days of the domain."""
    south, west = (cells.centre - cells.half).min(axis=1).tolist()
    north, east = (cells.centre + cells.half).max(axis=1).tolist()
    lat_deg = latitude_deg(np.array([south, north]))
    near = replace(
        domain,
        south_deg=max(float(lat_deg[0]), domain.south_deg),
        north_deg=min(float(lat_deg[1]), domain.north_deg),
        west_deg=max(west, domain.west_deg),
        east_deg=min(east, domain.east_deg),
    )
    leaves = refine(near, others, _FINE)
    if domain.daily:
        leaves.boxes.centre[DAY] += round((near.first_s - domain.first_s) / 86400.0)
    return leaves


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Cells of places and leaves of the other clues, drawn in pairs, (n,) each.

    ``log_ratio`` is ln of how much more a pair counts than it was drawn for.
    """

    cell: Rows
    leaf: Rows
    log_ratio: Floats


@dataclass(frozen=True, eq=False)
class _Times:
    """The times that the other clues leave at each place, from leaves over the places' area."""

    domain: Domain
    near: Leaves
    cells: SpotCells

    def tells(self) -> bool:
        """Whether there are times at any place, on a grid of squares that is not too fine."""
        rows, columns = self._edges
        return max(rows.size, columns.size) <= _MOST_EDGES and float(self.mass.sum()) > 0.0

    @cached_property
    def log_mean(self) -> Floats:
        """ln of the mean likelihood of each leaf, (n,)."""
        return np.asarray(self.near.log_mass - self.near.log_volume)

    @cached_property
    def weight(self) -> Floats:
        """What each leaf's times weigh at one place, (n,), up to ``scale`` (ln)."""
        return np.exp(self._log_weight - self.scale)

    @cached_property
    def scale(self) -> float:
        """The greatest of them (ln)."""
        return float(self._log_weight.max())

    @cached_property
    def _log_weight(self) -> Floats:
        """ln of the mean likelihood times the length of each leaf's times, (n,)."""
        if self.domain.length_s == 0.0:
            return self.log_mean
        half = self.near.boxes.half
        return np.asarray(self.log_mean + np.log(4.0 * half[TOD] * half[DAY]))

    @cached_property
    def _edges(self) -> tuple[Floats, Floats]:
        """The edges of all leaves along Z and along LON."""
        boxes = self.near.by_place.boxes
        ends = np.concatenate([boxes.low(), boxes.high()], axis=1).round(12)
        return np.unique(ends[Z]), np.unique(ends[LON])

    @cached_property
    def _square(self) -> Rows:
        """The square between edges that holds each cell of the places, (k,)."""
        rows, columns = self._edges
        at = [
            np.clip(np.searchsorted(edges, middle, "right") - 1, 0, edges.size - 2)
            for edges, middle in zip((rows, columns), self.cells.centre, strict=True)
        ]
        return np.asarray(at[0] * (columns.size - 1) + at[1])

    @cached_property
    def mass(self) -> Floats:
        """The probability of each cell beside that of the others, (k,)."""
        rows, columns = self._edges
        alike = self.near.by_place
        low, high = alike.boxes.low(), alike.boxes.high()
        held = summed_heights(
            (rows.size - 1, columns.size - 1),
            positions(rows, low[Z], high[Z]),
            positions(columns, low[LON], high[LON]),
            alike.added(self.weight),
        )
        return np.asarray(self.cells.share * np.maximum(held.ravel()[self._square], 0.0))

    def drawn(self) -> _Pairs:
        """Cells, drawn by their mass, and for each a leaf that covers it.

        Half of the leaves are drawn by their weight and half evenly, so that times of hardly any
        weight have no gaps.
        """
        rng = np.random.default_rng(0)
        order = np.argsort(self._square, kind="stable")
        share = np.cumsum(self.mass[order])
        cell = order[systematic(share / share[-1], DRAWS, rng)]
        squares, first, count = np.unique(
            self._square[cell],
            return_index=True,
            return_counts=True,
        )
        leaf = np.empty(DRAWS, dtype=np.intp)
        ratio = np.empty(DRAWS)
        for square, begin, many in zip(squares, first, count, strict=True):
            covering = self._covering(int(square))
            held = self.weight[covering]
            held = held / held.sum()
            chance = (held + 1.0 / covering.size) / 2.0
            chosen = systematic(np.cumsum(chance), int(many), rng)
            chosen = rng.permutation(chosen)
            part = slice(begin, begin + many)
            leaf[part] = covering[chosen]
            ratio[part] = (held / chance)[chosen]
        return _Pairs(cell, leaf, np.log(np.maximum(ratio, 1e-300)))

    def weighed(
        self,
        pairs: _Pairs,
        others: Sequence[CompiledClue],
    ) -> tuple[Boxes, Rows, Floats]:
        """The boxes of pairs, the cell of each, and ln of how much more than drawn it counts.

        That is also how likely the box is beside the mean of the leaf that it was drawn by. Boxes
        outside the domain are left out.
        """
        drawn = self.near.boxes.take(pairs.leaf)
        drawn.centre[[Z, LON]] = self.cells.centre[:, pairs.cell]
        drawn.half[[Z, LON]] = self.cells.half[:, pairs.cell]
        boxes, _, held = inside(self.domain, drawn)
        log_mean, _ = scattered_mean(
            self.domain,
            boxes,
            others,
            _SCATTER,
        )
        log_ratio = (pairs.log_ratio - self.log_mean[pairs.leaf])[held]
        return boxes, pairs.cell[held], log_ratio + log_mean

    def _covering(self, square: int) -> Rows:
        """The leaves that cover a square between edges."""
        rows, columns = self._edges
        row, column = divmod(square, columns.size - 1)
        z = (rows[row] + rows[row + 1]) / 2.0
        lon_deg = (columns[column] + columns[column + 1]) / 2.0
        alike = self.near.by_place
        away = np.abs(alike.boxes.centre[[Z, LON]] - np.array([[z], [lon_deg]]))
        covers = (away <= alike.boxes.half[[Z, LON]]).all(axis=0)
        return np.flatnonzero(covers[alike.of_box])


def _leaves_of(
    times: _Times,
    clue: PlacesClue,
    others: Sequence[CompiledClue],
) -> Leaves | None:
    """The leaves at the places; None if too few of those drawn would count."""
    if not times.tells():
        return None
    boxes, cell, log_ratio = times.weighed(times.drawn(), others)
    error = float(np.exp(0.5 * log_sum(2.0 * log_ratio) - log_sum(log_ratio)))
    if error > LEAST**-0.5:
        return None
    total = float(times.mass.sum())
    log_mass = log_ratio + clue.log_share + times.scale + np.log(total / DRAWS)
    log_likelihood = log_likelihoods_at(times.domain, boxes, [clue, *others])
    return replace(
        times.near,
        domain=times.domain,
        boxes=boxes,
        log_likelihood=log_likelihood,
        log_mass=log_mass,
        log_volume=log_mass - log_likelihood,
        chance_error=float(np.hypot(error, times.near.chance_error)),
        spots=PlaceSpots(times.cells, times.mass / total, cell),
    )


def _together(
    at_places: Leaves,
    clue: PlacesClue,
    domain: Domain,
    others: Sequence[CompiledClue],
) -> Leaves:
    """The leaves at the places, and those of none of them."""
    if clue.outlier == 0.0:
        _, log_volume, _ = inside(domain, first_boxes(domain))
        return replace(at_places, log_prior=log_sum(log_volume))
    of_none = [*others, clue.elsewhere()]
    elsewhere = refine(
        domain,
        of_none,
        usual_effort(domain),
    )
    both = (at_places, elsewhere)
    spots = at_places.spots
    return replace(
        at_places,
        boxes=joined([leaves.boxes for leaves in both]),
        log_likelihood=np.concatenate([leaves.log_likelihood for leaves in both]),
        log_mass=np.concatenate([leaves.log_mass for leaves in both]),
        log_volume=np.concatenate([leaves.log_volume for leaves in both]),
        log_prior=elsewhere.log_prior,
        unresolved=max(at_places.unresolved, elsewhere.unresolved),
        spots=spots
        and replace(spots, elsewhere=elsewhere, clues=([*others, clue.at_places()], of_none)),
    )
