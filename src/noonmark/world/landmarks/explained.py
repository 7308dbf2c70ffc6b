"""What held at a place, what failed and by how much, clause by clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.anchor_pieces import anchor_pieces
from noonmark.world.landmarks.clause_outcome import ClauseOutcome
from noonmark.world.landmarks.clause_words import asked_around, clause_words
from noonmark.world.landmarks.clauses import AbsentClause, ArmsClause, Clause, PairClause
from noonmark.world.landmarks.place_search import FoundPlaces
from noonmark.world.landmarks.question_tree import PairEdge, edges_below
from noonmark.world.landmarks.ragged import Ints

HOLDS_FROM: Final = float(np.exp(-2.0))
"""A measured value holds within two sigmas."""
_SHOWN_TAGS = 12
_FARTHER = 2.0
_FARTHER_M = 50.0
_Values = TypeVar("_Values", Floats, Ints)


@dataclass(frozen=True)
class MappedThing:
    """An object of the map: its OSM name, its own name, its tags, and where its middle is."""

    osm: str
    name: str
    tags: dict[str, str]
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True)
class ClauseAtPlace:
    """One clause at one place.

    ``state``: holds, near miss, not mapped, contradicted, or unknown (the thing it is about was
    not found). ``weight`` is the natural logarithm of what it multiplies.
    """

    path: str
    state: str
    weight: float
    base_share: float
    missing_share: float
    thing: MappedThing | None
    distance_m: float | None
    azimuth_deg: float | None
    count: int | None
    short_by_m: float | None = None


NearMisses = dict[tuple[str, int], tuple[int, float, float]]
"""By clause and anchor: the object that comes nearest, its distance [m], how far it is off [m]."""


def mapped_thing(
    found: FoundPlaces,
    feature: int,
) -> MappedThing:
    """An object as an answer shows it."""
    maps = found.held.maps
    tags = maps.tags(feature)
    x, y = maps.middles_e7(np.array([feature]))
    shown = dict(list(tags.items())[:_SHOWN_TAGS])
    return MappedThing(
        maps.osm_name(feature),
        tags.get("name", ""),
        shown,
        float(y[0] * 1e-7),
        float(x[0] * 1e-7),
    )


def clauses_at(
    found: FoundPlaces,
    feature: int,
    missed: NearMisses,
) -> list[ClauseAtPlace]:
    """Every clause at one object of the anchor, in the order of the question."""
    chosen = _chosen(found, feature)
    out = []
    for clause in found.search.clauses:
        outcome = found.outcomes[clause.path]
        owner = chosen.get(outcome.thing)
        out.append(
            _clause(
                found,
                clause,
                outcome,
                owner,
                missed,
            )
        )
    return out


def _chosen(
    found: FoundPlaces,
    feature: int,
) -> dict[str, int]:
    """The object of each thing that goes with an anchor; things without one are left out."""
    chosen = {found.search.anchor: feature}
    below = edges_below(found.search)
    waiting = [found.search.anchor]
    while waiting:
        parent = waiting.pop()
        for edge in below.get(parent, []):
            partner = _partner(found.outcomes[edge.clauses[0].path], chosen[parent])
            if partner >= 0:
                chosen[edge.child] = partner
                waiting.append(edge.child)
    return chosen


def _row(
    outcome: ClauseOutcome,
    feature: int,
) -> int:
    return int(np.searchsorted(outcome.features, feature))


def _partner(
    outcome: ClauseOutcome,
    feature: int,
) -> int:
    return int(outcome.partner[_row(outcome, feature)])


def _clause(
    found: FoundPlaces,
    clause: Clause,
    outcome: ClauseOutcome,
    owner: int | None,
    missed: NearMisses,
) -> ClauseAtPlace:
    if owner is None:
        return ClauseAtPlace(
            clause.path,
            "unknown",
            0.0,
            0.0,
            outcome.missing,
            None,
            None,
            None,
            None,
        )
    row = _row(outcome, owner)
    partner, score = int(outcome.partner[row]), float(outcome.score[row])
    distance, short_by = float(outcome.distance_m[row]), None
    state = _state(clause, score, partner)
    if state != "holds" and (clause.path, owner) in missed:
        partner, distance, short_by = missed[clause.path, owner]
        state = "near miss"
    azimuth = float(outcome.azimuth_deg[row])
    return ClauseAtPlace(
        path=clause.path,
        state=state,
        weight=float(outcome.log_ratio[row]),
        base_share=float(outcome.base[row]),
        missing_share=outcome.missing,
        thing=mapped_thing(found, partner) if partner >= 0 else None,
        distance_m=None if np.isnan(distance) else distance,
        azimuth_deg=None if np.isnan(azimuth) else azimuth,
        count=None if isinstance(clause, PairClause) else int(outcome.count[row]),
        short_by_m=short_by,
    )


def _state(
    clause: Clause,
    score: float,
    partner: int,
) -> str:
    """What a clause's score comes to; a distance that is only nearly right is looked for later."""
    if isinstance(clause, AbsentClause):
        return "holds" if score > 0 else "contradicted"
    if score >= HOLDS_FROM:
        return "holds"
    if isinstance(clause, ArmsClause):
        return "contradicted"
    return "near miss" if partner >= 0 else "not mapped"


def near_misses(
    found: FoundPlaces,
    anchors: Ints,
) -> NearMisses:
    """For anchors at which a distance fails: what comes nearest to it, to twice the distance."""
    out: NearMisses = {}
    for edge in edges_below(found.search).get(found.search.anchor, []):
        for clause in edge.clauses:
            if not clause.meet:
                out |= _missed(
                    found,
                    edge,
                    clause,
                    anchors,
                )
    return out


def _missed(
    found: FoundPlaces,
    edge: PairEdge,
    clause: PairClause,
    anchors: Ints,
) -> NearMisses:
    outcome = found.outcomes[clause.path]
    rows = np.searchsorted(outcome.features, anchors)
    failing = np.sort(anchors[outcome.score[rows] < HOLDS_FROM])
    out: NearMisses = {}
    low, high = asked_m(clause)
    reach = _FARTHER * high + _FARTHER_M
    pieces = anchor_pieces(found.held.maps, failing)
    for near in found.held.near(pieces, edge.child, reach):
        off = np.maximum(near.distance_m - high, low - near.distance_m)
        order = np.lexsort((near.feature, off, near.anchor))
        at, first = np.unique(near.anchor[order], return_index=True)
        for anchor, row in zip(at, order[first], strict=True):
            if off[row] > 0:
                nearest = (int(near.feature[row]), float(near.distance_m[row]), float(off[row]))
                out[clause.path, int(failing[anchor])] = nearest
    return out


def asked_m(clause: PairClause) -> tuple[float, float]:
    """The distances [m] that hold."""
    if clause.centre_m is None:
        return clause.low_m, clause.high_m
    slack = 2.0 * clause.sigma_m
    return max(clause.centre_m - slack, 0.0), clause.centre_m + slack


def clause_summaries(found: FoundPlaces) -> list[Mapping[str, object]]:
    """Of each clause: what it asks, mean base share, missing share, and how many it leaves."""
    out: list[Mapping[str, object]] = []
    for clause in found.search.clauses:
        outcome = found.outcomes[clause.path]
        n = len(outcome.features)
        out.append(
            {
                "clause": clause.path,
                "at": outcome.thing,
                "says": clause_words(clause),
                **asked_around(clause, outcome.thing),
                "base_share": round(float(outcome.base.mean()), 6) if n else 0.0,
                "missing_share": round(outcome.missing, 6),
                "alone": int((outcome.score >= HOLDS_FROM).sum()),
                "of": n,
            }
        )
    return out


def holding_all(found: FoundPlaces) -> Ints:
    """The anchors at which every clause holds, of the things that hang on it too, as they are told.

    A clause of a thing without a partner is not known, so it does not hold.
    """
    anchors = found.ranked.features
    good = np.ones(len(anchors), bool)
    below = edges_below(found.search)
    waiting = [(found.search.anchor, anchors)]
    while waiting:
        thing, chosen = waiting.pop()
        for outcome in found.outcomes.values():
            if outcome.thing == thing:
                good &= _at(outcome, outcome.score, chosen) >= HOLDS_FROM
        for edge in below.get(thing, []):
            outcome = found.outcomes[edge.clauses[0].path]
            waiting.append((edge.child, _at(outcome, outcome.partner, chosen)))
    return np.sort(anchors[good])


def _at(outcome: ClauseOutcome, values: _Values, chosen: Ints) -> _Values:
    """The values of an outcome at chosen objects, -1 where none was chosen."""
    out = np.full_like(values, -1, shape=len(chosen))
    has = chosen >= 0
    out[has] = values[np.searchsorted(outcome.features, chosen[has])]
    return out
