"""The 90 % sets of places and of instants, and what of them lies under some leaves of the search.

What is told of a mode is a part of these sets. So a mode is never larger than the region, and the
modes together are what of the region lies under them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.inference.footprint import cells_of, footprint
from noonmark.inference.instants import common, holds, united
from noonmark.inference.rect_density import GridDensity
from noonmark.inference.search.domain import Boxes, Domain, sine_authalic
from noonmark.inference.time_spans import credible_instants, leaf_instants

TOLD_LEVEL = 0.9
"""The credible level of the regions whose pieces are modes."""


@dataclass(frozen=True, eq=False)
class CredibleSets:
    """The smallest set of places and the smallest set of instants of one credible level.

    ``place_shares`` (n, m) is the share of each cell of the place marginal in its set, ``instants``
    (k, 2) [POSIX s] are the intervals of the other.
    """

    domain: Domain
    places: GridDensity
    place_shares: Floats
    instants: Floats

    def area_under_km2(self, covered: Bools) -> float:
        """The area of the places of the set in covered cells (n, m); of the cells, if none is."""
        measure = self.places.measure
        inside = float((measure * self.place_shares)[covered].sum())
        if inside > 0.0:
            return inside
        whole = float((measure * self.place_shares).sum())
        return min(float(measure[covered].sum()), whole)

    def instants_under(self, boxes: Boxes) -> Floats:
        """The instants of the set that boxes cover; all that they cover, if none is."""
        if self.domain.length_s == 0.0:
            return self.instants
        covered = leaf_instants(self.domain, boxes)
        inside = common(covered, self.instants)
        return inside if inside.size else covered

    def covered_by(self, boxes: Boxes) -> Bools:
        """The cells of the place marginal under boxes, (n, m)."""
        return footprint(self.places, boxes)

    def hold(
        self,
        lat_deg: Floats,
        lon_deg: Floats,
        unix_s: Floats,
    ) -> Bools:
        """Whether each place and instant (k,) lies in both sets.

        Longitudes are in the turn of the domain.
        """
        row, column = cells_of(self.places, sine_authalic(lat_deg), lon_deg)
        in_places = self.place_shares[row, column] > 0.0
        return np.asarray(in_places & holds(self.instants, unix_s))

    def with_instant(
        self,
        instants: Floats,
        boxes: Boxes,
        unix_s: float,
    ) -> Floats:
        """A mode's instants with its best one: all that its leaves cover, if it is not in them."""
        if holds(instants, np.array([unix_s]))[0] or self.domain.length_s == 0.0:
            return instants
        return united(np.concatenate([instants, leaf_instants(self.domain, boxes)]))


def credible_sets(
    domain: Domain,
    places: GridDensity,
    times: GridDensity,
) -> CredibleSets:
    """The 90 % sets of a posterior, from its two marginals."""
    instants = credible_instants(domain, times, TOLD_LEVEL)
    return CredibleSets(domain, places, places.shares_of(TOLD_LEVEL), instants)
