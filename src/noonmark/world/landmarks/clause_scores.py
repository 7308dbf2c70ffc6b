"""How much each object speaks for being the thing of the question, clause by clause.

A clause holds to a degree X, from 0 to 1, at an object; f is the mean of X over all objects of its
band of density, m the share of such things that the map misses. By itself a clause multiplies the
object's weight by m + (1 - m) X / f: so a map without the pharmacy takes something away, but never
all. What several clauses say together is in joint_weights.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.clause_outcome import ClauseOutcome, blank_outcome
from noonmark.world.landmarks.clauses import (
    AbsentClause,
    ArmsClause,
    CountClause,
    PairClause,
    PlaceSearch,
    SeenClause,
    SidesClause,
    UnaryClause,
    counted_of,
    owner_of,
)
from noonmark.world.landmarks.density import base_shares
from noonmark.world.landmarks.distinct_things import (
    both_sides,
    nearest_rows,
    paired,
    things_near,
)
from noonmark.world.landmarks.growing_reach import reaches_m, settled
from noonmark.world.landmarks.joint_weights import AskedPart, joint_log_weights
from noonmark.world.landmarks.junction_arms import arm_scores
from noonmark.world.landmarks.landmark_maps import LandmarkMaps
from noonmark.world.landmarks.missing_shares import MissingShare
from noonmark.world.landmarks.object_pairs import (
    ObjectPairs,
    best_pairs,
    best_scores,
    joined_pairs,
    reduced_pairs,
)
from noonmark.world.landmarks.question_tree import PairEdge, edges_below
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.row_scores import (
    counted_rows,
    distance_score,
    middle_azimuth,
    pair_score,
)
from noonmark.world.landmarks.seen_order import SeenEyes, seen_eyes


@dataclass(frozen=True)
class WeighedObjects:
    """The objects of a thing with the logarithm of their weights, clauses below it counted in."""

    features: Ints
    log_weight: Floats


class Evaluation:
    """The clauses of a search, judged at every object from the leaves to the anchor."""

    def __init__(
        self,
        held: LandmarkMaps,
        search: PlaceSearch,
        missing: Mapping[str, MissingShare],
    ) -> None:
        self.held, self.search, self.missing = held, search, missing
        self.outcomes: dict[str, ClauseOutcome] = {}
        self.eyes: SeenEyes | None = None

    @cached_property
    def _edges(self) -> dict[str, list[PairEdge]]:
        return edges_below(self.search)

    def weighed(
        self,
        thing: str,
    ) -> WeighedObjects:
        """The objects of a thing, weighed by every clause at it and below it."""
        features = self.held.features(thing)
        against = np.zeros(len(features))
        parts: list[AskedPart] = []
        for clause in self.search.clauses:
            if isinstance(clause, PairClause) or owner_of(clause) != thing:
                continue
            outcome = self._unary(clause, thing, features)
            self.outcomes[clause.path] = outcome
            if isinstance(clause, AbsentClause):
                against = against + outcome.log_ratio
            else:
                share = self.missing[counted_of(clause)]
                parts.append(AskedPart(outcome.score / outcome.base, share))
        parts += [self._edge(edge, features) for edge in self._edges.get(thing, [])]
        if parts:
            against = against + joint_log_weights(parts, self.held.bands(thing))
        return WeighedObjects(features, against)

    def _unary(
        self,
        clause: UnaryClause,
        thing: str,
        features: Ints,
    ) -> ClauseOutcome:
        m = self.missing[counted_of(clause)].mean
        outcome = self._judged(clause, thing, features)
        base = base_shares(outcome.score, self.held.bands(thing))
        if isinstance(clause, AbsentClause):
            # What stands on the map where the footage shows nothing speaks against a place; an
            # empty map speaks for none.
            ratio = np.where(outcome.score > 0, 1.0, m)
        else:
            ratio = m + (1.0 - m) * outcome.score / base
        return replace(outcome, base=base, missing=m, log_ratio=np.log(ratio))

    def _judged(
        self,
        clause: UnaryClause,
        thing: str,
        features: Ints,
    ) -> ClauseOutcome:
        if isinstance(clause, SeenClause):
            eyes = seen_eyes(self.held, clause, features)
            self.eyes = eyes
            return blank_outcome(
                clause.path,
                thing,
                features,
                eyes.score,
                count=eyes.count,
            )
        if isinstance(clause, ArmsClause):
            fitting, arms = arm_scores(self.held.maps, features, clause)
            return blank_outcome(clause.path, thing, features, fitting, count=arms)
        count, partner, distance = self._counted(clause, thing, features)
        if isinstance(clause, AbsentClause):
            score = (count == 0).astype(float)
        elif isinstance(clause, CountClause):
            score = (count >= clause.at_least).astype(float)
        else:
            score = (count > 0).astype(float)
        return blank_outcome(
            clause.path,
            thing,
            features,
            score,
            partner=partner,
            distance=distance,
            count=count,
        )

    def _counted(
        self,
        clause: CountClause | AbsentClause | SidesClause,
        thing: str,
        features: Ints,
    ) -> tuple[Ints, Ints, Floats]:
        """How many distinct things count at each object, the nearest of them and its distance."""
        maps, n = self.held.maps, len(features)
        count = np.zeros(n, np.int64)
        partner = np.full(n, -1, np.int64)
        distance = np.full(n, np.nan)
        pairs = [(count[:0], count[:0])]
        for rows in self.held.near(self.held.pieces(thing), clause.of, clause.within_m):
            if isinstance(clause, SidesClause):
                counted = np.ones(len(rows.anchor), bool)
                count += both_sides(clause, rows, maps, n)
            else:
                counted = counted_rows(clause, rows)
                pairs.append(paired(rows, counted))
            nearest = nearest_rows(rows, counted)
            at = rows.anchor[nearest]
            partner[at] = rows.feature[nearest]
            distance[at] = rows.distance_m[nearest]
        return count + things_near(maps, pairs, n), partner, distance

    def _edge(
        self,
        edge: PairEdge,
        features: Ints,
    ) -> AskedPart:
        """What the best partner along an edge says for each object."""
        below = self.weighed(edge.child)
        share = self.missing[edge.child]
        m = share.mean
        pairs = self._pairs(edge, below, len(features))
        weight = below.log_weight[pairs.child]
        for k, clause in enumerate(edge.clauses):
            best = best_scores(pairs, k, len(features))
            base = base_shares(best, self.held.bands(edge.parent))
            weight = weight + _log_ratio(pairs.score[:, k], base[pairs.parent], m)
            blank = blank_outcome(clause.path, edge.parent, features, np.zeros(len(features)))
            self.outcomes[clause.path] = replace(blank, base=base, missing=m)
        without = len(edge.clauses) * float(np.log(m))
        total, chosen = best_pairs(pairs, weight, len(features), without)
        self._record(edge, pairs, chosen, below.features)
        by_chance = np.exp(without)
        evidence = np.maximum((np.exp(total) - by_chance) / (1.0 - by_chance), 0.0)
        return AskedPart(evidence, share)

    def _record(
        self,
        edge: PairEdge,
        pairs: ObjectPairs,
        chosen: Ints,
        children: Ints,
    ) -> None:
        """Write the chosen partners into the outcomes of an edge's clauses."""
        for k, clause in enumerate(edge.clauses):
            outcome = self.outcomes[clause.path]
            _fill(outcome, pairs, chosen, k, children)
            own, azimuth = outcome.partner >= 0, outcome.azimuth_deg
            azimuth[own] = middle_azimuth(
                self.held.maps, outcome.features[own], outcome.partner[own], azimuth[own]
            )
            ratio = _log_ratio(outcome.score, outcome.base, outcome.missing)
            self.outcomes[clause.path] = replace(outcome, log_ratio=ratio)

    def _pairs(
        self,
        edge: PairEdge,
        below: WeighedObjects,
        n: int,
    ) -> ObjectPairs:
        """The pairs along an edge that can be the best of one of ``n`` parents."""
        found: list[ObjectPairs] = []
        left = np.arange(n)
        for reach in reaches_m(edge.clauses):
            near = self._pairs_within(edge, below.features, left, reach)
            done = settled(near, edge.clauses, reach, below.log_weight, n)
            if reach >= max(clause.reach_m for clause in edge.clauses):
                done[left] = True
            found.append(near.kept(np.nonzero(done[near.parent])[0]))
            left = left[~done[left]]
            if not len(left):
                break
        every = joined_pairs(found, len(edge.clauses))
        return every.kept(np.argsort(every.parent, kind="stable"))

    def _pairs_within(
        self,
        edge: PairEdge,
        children: Ints,
        parents: Ints,
        reach_m: float,
    ) -> ObjectPairs:
        """All pairs of some parents, by their positions, within reach."""
        maps, found = self.held.maps, []
        pieces = self.held.pieces(edge.parent)
        if len(parents) < len(pieces.features):
            pieces = pieces.of(parents)
        for rows in self.held.near(pieces, edge.child, reach_m):
            score = [
                pair_score(c, rows, maps, swapped=c.first != edge.parent) for c in edge.clauses
            ]
            found.append(reduced_pairs(rows, np.stack(score, axis=1), children))
        pairs = joined_pairs(found, len(edge.clauses))
        away = [distance_score(clause, pairs.distance_m) for clause in edge.clauses]
        return replace(
            pairs,
            parent=parents[pairs.parent],
            score=pairs.score * np.stack(away, axis=1),
        )


def _log_ratio(
    score: Floats,
    base: Floats,
    m: float,
) -> Floats:
    """The logarithm of what a clause multiplies."""
    return np.asarray(np.log(m + (1.0 - m) * score / base))


def _fill(
    outcome: ClauseOutcome,
    pairs: ObjectPairs,
    chosen: Ints,
    clause: int,
    children: Ints,
) -> None:
    """Write the chosen pair of each parent into an outcome's arrays."""
    has = np.nonzero(chosen >= 0)[0]
    pair = chosen[has]
    outcome.score[has] = pairs.score[pair, clause]
    outcome.partner[has] = children[pairs.child[pair]]
    outcome.distance_m[has] = pairs.distance_m[pair]
    outcome.azimuth_deg[has] = pairs.to_nearest_deg[pair]
