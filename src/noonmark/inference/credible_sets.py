"""The 90 % sets of places and of instants, and what of them lies under some leaves of the search.

What is told of a mode is a part of these sets. So a mode is never larger than the region, and the
modes together are what of the region lies under them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.instants import (
    TOUCHING_S,
    common,
    held_s,
    holds,
    united,
    without_slits,
)
from noonmark.inference.place_cells import PlaceCells
from noonmark.inference.search.branch_and_bound import Leaves
from noonmark.inference.search.domain import instants_s
from noonmark.inference.time_spans import covered_instants

TOLD_LEVEL = 0.9
"""The credible level of the regions whose pieces are modes."""


@dataclass(frozen=True, eq=False)
class CredibleSets:
    """The smallest set of places and the smallest set of instants of one credible level.

    ``joint`` (k,) are the leaves of the joint region of places and instants at that level.
    ``place_shares`` is the share of each cell of places in its set, ``instants`` (k, 2) [POSIX s]
    are the intervals of the other.
    """

    leaves: Leaves
    joint: Rows
    places: PlaceCells
    place_shares: Floats
    instants: Floats

    @cached_property
    def told_km2(self) -> Floats:
        """The area of each cell that lies in the set of places."""
        return self.places.ranked.measure * self.place_shares

    def area_under_km2(self, leaf: Rows) -> float:
        """The area of the set under some leaves; of the cells under them, if none is."""
        covered = self.places.under(leaf)
        inside = float(self.told_km2[covered].sum())
        if inside > 0.0:
            return inside
        measure = self.places.ranked.measure
        return min(float(measure[covered].sum()), float(self.told_km2.sum()))

    def area_beside_km2(self, leaf: Rows) -> float:
        """The area of the set that does not lie under some leaves."""
        return float(self.told_km2[~self.places.under(leaf)].sum())

    def joint_beside(self, leaf: Rows) -> Bools:
        """Whether each leaf of the answer (n,) is of the joint region and not one of some (k,)."""
        found = np.zeros(self.leaves.boxes.size, dtype=bool)
        found[self.joint] = True
        found[leaf] = False
        return found

    def instants_under(self, leaf: Rows) -> Floats:
        """The instants of the set that leaves cover; none, if none is.

        Gaps that chance alone makes are closed: see :meth:`_gaps_by_chance`; slits are, too.
        """
        domain = self.leaves.domain
        if domain.length_s == 0.0:
            return self.instants
        covered = covered_instants(domain, self.leaves.by_time.standing_for(leaf))
        inside = common(covered, self.instants)
        if not inside.size:
            return inside
        return without_slits(united(np.concatenate([inside, self._gaps_by_chance(inside)])))

    def _gaps_by_chance(self, spans: Floats) -> Floats:
        """The gaps between some spans (n, 2) of the set that say nothing, (k, 2).

        Such a gap belongs to the set, no leaf of the joint region lies in it, and it is shorter
        than the spans on either side. Where all places and times are about as likely, it is chance
        which of them the joint region leaves out.
        """
        gaps = np.stack([spans[:-1, 1], spans[1:, 0]], axis=1)
        gap_s = np.diff(gaps, axis=1)[:, 0]
        length_s = np.diff(spans, axis=1)[:, 0]
        is_short = gap_s < np.minimum(length_s[:-1], length_s[1:])
        in_set = held_s(self.instants, gaps) > gap_s - TOUCHING_S
        gaps = gaps[is_short & in_set]
        if not gaps.size:
            return gaps
        empty = held_s(self._joint_instants, gaps) < TOUCHING_S
        return np.asarray(gaps[empty])

    @cached_property
    def _joint_instants(self) -> Floats:
        """The instants that the leaves of the joint region cover."""
        boxes = self.leaves.by_time.standing_for(self.joint)
        return covered_instants(self.leaves.domain, boxes)

    def leaves_told(self, leaf: Rows) -> Bools:
        """Whether the middle of each leaf (k,) lies in both sets."""
        unix_s = instants_s(self.leaves.domain, self.leaves.boxes.centre[:, leaf])
        in_places = self.places.leaves_in(self.place_shares > 0.0, leaf)
        return np.asarray(in_places & holds(self.instants, unix_s))

    def points_told(self, lat_deg: Floats, lon_deg: Floats, unix_s: Floats) -> Bools | None:
        """Whether each place and instant (k,) lies in both sets.

        Longitudes are in the turn of the domain. None where the leaf that a point lies in says so.
        """
        in_places = self.places.places_in(self.place_shares > 0.0, lat_deg, lon_deg)
        return None if in_places is None else in_places & holds(self.instants, unix_s)

    def with_instant(
        self,
        instants: Floats,
        leaf: Rows,
        unix_s: float,
    ) -> Floats:
        """A mode's instants with its best one: all that its leaves cover, if it is not in them."""
        domain = self.leaves.domain
        if domain.length_s == 0.0 or holds(instants, np.array([unix_s]))[0]:
            return instants
        covered = covered_instants(domain, self.leaves.by_time.standing_for(leaf))
        return united(np.concatenate([instants, covered]))


def credible_sets(
    leaves: Leaves,
    joint: Rows,
    places: PlaceCells,
    instants: Floats,
) -> CredibleSets:
    """The 90 % sets of a posterior, from its joint region, its places and the set of instants."""
    return CredibleSets(leaves, joint, places, places.ranked.shares_of(TOLD_LEVEL), instants)
