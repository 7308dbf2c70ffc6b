"""Places from a search of maps or a skyline, with weights: any number for the cost of the near.

The clue is a density over the prior. Its places hold what "none of these" and "outside the maps"
leave. "None of these" is spread evenly over the part of the prior that was searched, and what lies
outside the maps over the rest of the prior.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import Comparison, LowHigh, Moment
from noonmark.inference.clues.place_mixture import PlaceMixture, points_km
from noonmark.inference.clues.rectangles import place_spread, reach_km
from noonmark.inference.clues.searched_boxes import SearchedBox, SearchedGrid, searched_grid
from noonmark.inference.clues.spec import Common, FieldProblem, number, tables
from noonmark.inference.search.domain import LON, BoxView, Domain, Z
from noonmark.inference.search.likelihood import TimeAxis

_MOST_BOXES = 1000


@dataclass(frozen=True)
class WeightedPlace:
    """One place, how sharp and how probable."""

    lat_deg: float = number("latitude", low=-90.0, high=90.0)
    lon_deg: float = number("longitude", low=-180.0, high=180.0)
    sigma_m: float = number(
        "how far from it [m] the scene may be, one standard deviation each way",
        low=0.1,
        high=2e6,
    )
    probability: float = number("how probable it is, beside the others", above=0.0, high=1.0)


@dataclass(frozen=True)
class Places:
    """The places, and what is left for none of them inside and outside the maps."""

    kind: ClassVar[str] = "places"

    places: tuple[WeightedPlace, ...] = tables("the places", of=WeightedPlace)
    none_of_these: float = number(
        "probability that the scene is in the searched boxes, but at none of the places",
        low=0.0,
        high=0.999,
    )
    searched: tuple[SearchedBox, ...] = tables(
        "the boxes that were searched, if not all of the prior", of=SearchedBox, default=()
    )
    outside_searched: float = number(
        "probability that the scene is outside the searched boxes", low=0.0, high=0.999,
        default=0.05,
    )  # fmt: skip
    common: Common = Common()


def problems(clue: Places) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    found: list[FieldProblem] = []
    if not clue.places:
        found.append(("places", "at least one place", "none"))
    if len(clue.searched) > _MOST_BOXES:
        found.append(("searched", f"at most {_MOST_BOXES} boxes", f"{len(clue.searched)}"))
    for i, box in enumerate(clue.searched):
        if box.north_deg <= box.south_deg:
            found.append((f"searched[{i}].north_deg", "north of south_deg", f"{box.north_deg:g}"))
        if not box.west_deg < box.east_deg <= box.west_deg + 360.0:
            found.append((f"searched[{i}].east_deg", "east of west_deg", f"{box.east_deg:g}"))
    left = clue.none_of_these + (clue.outside_searched if clue.searched else 0.0)
    if left >= 1.0:
        words = "with outside_searched below 1: the places hold the rest"
        found.append(("none_of_these", words, f"{left:g} together"))
    return found


@dataclass(frozen=True)
class PlacesClue:
    """Compiled places: see :class:`noonmark.inference.clues.common.CompiledClue`.

    - ``log_share``: ln of what the places hold together.
    - ``log_elsewhere``: ln of the density [per km2] of "none of these" outside and inside the
      searched boxes.
    """

    index: int
    mixture: PlaceMixture
    grid: SearchedGrid
    log_share: float
    log_elsewhere: tuple[float, float]
    outlier: float
    kind: str = "places"
    freedom: int = 2
    time_axis: TimeAxis | None = None
    sunlit: tuple[Moment, ...] = ()

    def at_places(self) -> PlacesClue:
        """The part of the clue that is at one of the places."""
        return replace(self, log_elsewhere=(FLOOR, FLOOR), outlier=0.0)

    def elsewhere(self) -> PlacesClue:
        """The part of the clue that is at none of the places."""
        # No place counts any more, so that any mixture will do: one place costs least.
        one = PlaceMixture(*np.array([[0.0], [0.0], [1.0], [1.0]]))
        return replace(self, mixture=one, log_share=-np.inf)

    def log_likelihood(self, view: BoxView) -> Floats:
        """ln of the density [per km2] at the middle of each box."""
        found = DistinctPlaces(view)
        sound = self.mixture.densities(found.points_km, np.zeros(found.size))[0]
        return np.logaddexp(self.log_share + found.spread(sound), self.log_outlier(view))

    def bounds(self, view: BoxView) -> LowHigh:
        """No place in a box is further from another than its middle and the reach of the box."""
        found = DistinctPlaces(view)
        reach = found.reach_km
        low, high = self.mixture.densities(found.points_km, reach, -reach)
        wholly, partly = self.grid.bounds(view)
        outside, inside = self.log_elsewhere
        either = (max(outside, inside), min(outside, inside))
        most = np.where(wholly > 0.0, inside, np.where(partly > 0.0, either[0], outside))
        least = np.where(wholly > 0.0, inside, np.where(partly > 0.0, either[1], outside))
        return (
            np.logaddexp(self.log_share + found.spread(low), least),
            np.logaddexp(self.log_share + found.spread(high), most),
        )

    def shares(self, view: BoxView) -> tuple[Floats, float]:
        """The probability of each place (places,), and of none, on average over the middles."""
        likely = self.log_likelihood(view)
        beside = np.exp(self.log_share - likely)
        points = points_km(view.lat_deg, view.lon_deg)
        none = np.exp(self.log_outlier(view) - likely)
        return self.mixture.weighed(points, beside / beside.size), float(none.mean())

    def spread(self, view: BoxView) -> Floats:
        """Only the place counts."""
        return place_spread(view)

    def log_outlier(self, view: BoxView) -> Floats:
        """ln of the density [per km2] of none of the places."""
        inside = self.grid.holds(view.lat_deg, view.lon_deg)
        return np.where(inside, self.log_elsewhere[1], self.log_elsewhere[0])

    def pull_sigma(self, view: BoxView) -> Floats:
        """By the nearest place, in its own sigmas; those further than 9 count as 9."""
        found = DistinctPlaces(view)
        return found.spread(self.mixture.nearest_sigmas(found.points_km))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """The distance from the nearest place, in its sigmas."""
        return (Comparison("nearest_place_sigmas", 0.0, float(self.pull_sigma(view)[0])),)


class DistinctPlaces:
    """The places of a view, each once: boxes at other times share them.

    ``points_km`` (k, 3), ``reach_km`` (k,), and ``spread`` from them back to the boxes.
    """

    def __init__(self, view: BoxView) -> None:
        self._view = view
        centre, half = view.boxes.centre, view.boxes.half
        ranked = np.sort(centre[Z])
        if (ranked[1:] > ranked[:-1]).all():
            # Points drawn at random: no two at one latitude.
            self._which = self._first = np.arange(ranked.size)
            return
        keys = np.stack([centre[Z], centre[LON], half[Z], half[LON]])
        order = np.lexsort(keys)
        ranked = keys[:, order]
        fresh = np.ones(order.size, bool)
        fresh[1:] = (ranked[:, 1:] != ranked[:, :-1]).any(0)
        self._which = np.empty(order.size, np.intp)
        self._which[order] = np.cumsum(fresh) - 1
        self._first = order[fresh]

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self._first.size)

    @cached_property
    def points_km(self) -> Floats:
        """Their middles as points of the ellipsoid [km], (k, 3)."""
        view = self._view
        return points_km(view.lat_deg[self._first], view.lon_deg[self._first])

    @property
    def each_km(self) -> Floats:
        """The middles of all boxes as points of the ellipsoid [km], (n, 3)."""
        return np.asarray(self.points_km[self._which])

    @cached_property
    def reach_km(self) -> Floats:
        """How far each reaches from its middle [km], (k,)."""
        return reach_km(self._view)[self._first]

    def spread(self, values: Floats) -> Floats:
        """Values of the places (k,) for every box (n,)."""
        return np.asarray(values[self._which])


def compile_clue(clue: Places, index: int, domain: Domain | None) -> PlacesClue:
    """Places as a density over the prior's area; without a domain, over the Earth."""
    where = domain or Domain(-90.0, -180.0, 90.0, 180.0, 0.0, 0.0)
    grid = searched_grid(clue.searched)
    inside_km2, outside_km2 = grid.areas_km2(where)
    none, outside = clue.none_of_these, clue.outside_searched if clue.searched else 0.0
    if outside_km2 <= 0.0:
        none, outside = none / (1.0 - outside), 0.0
    if inside_km2 <= 0.0:
        none = 0.0
    if clue.common.outlier == 0.0:
        none = outside = 0.0
    elsewhere = (_log_density(outside, outside_km2), _log_density(none, inside_km2))
    left = 1.0 - none - outside
    return PlacesClue(index, _mixture(clue), grid, float(np.log(left)), elsewhere, none + outside)


def _log_density(share: float, area_km2: float) -> float:
    """ln of a share spread over an area [per km2]; "impossible" where there is none."""
    return float(np.log(share / area_km2)) if share > 0.0 else FLOOR


def _mixture(clue: Places) -> PlaceMixture:
    """The places, their probabilities brought to a sum of 1."""
    names = ("lat_deg", "lon_deg", "sigma_m", "probability")
    lat, lon, sigma_m, probability = (
        np.fromiter(map(attrgetter(name), clue.places), np.float64, len(clue.places))
        for name in names
    )
    return PlaceMixture(lat, lon, sigma_m * 1e-3, probability / probability.sum())
