"""A pair is judged where its things are nearest, and looking step by step finds the same pairs."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.world.landmarks import clause_scores
from noonmark.world.landmarks.clauses import LandmarkThing, PairClause, PlaceSearch
from noonmark.world.landmarks.growing_reach import reaches_m
from noonmark.world.landmarks.map_store import add_map, stored_maps
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.near_rows import near_rows
from noonmark.world.landmarks.place_search import search_places
from noonmark.world.landmarks.tag_terms import tag_expression
from tests.world.landmarks.made_maps import Town

KINDS = {
    "eat": "amenity=restaurant",
    "road": "highway=residential",
    "drug": "amenity=pharmacy",
    "house": "building=house",
}
PAIRS = {
    "ranges": (
        PairClause("pair[0]", "eat", "road", 0.0, 9000.0),
        PairClause("pair[1]", "road", "drug", 400.0, 6000.0),
        PairClause("pair[2]", "road", "house", 0.001, 2500.0),
    ),
    "values": (
        PairClause("pair[0]", "road", "eat", centre_m=900.0, sigma_m=400.0),
        PairClause("pair[1]", "drug", "road", 0.0, 700.0),
        PairClause("pair[2]", "drug", "house", centre_m=30.0, sigma_m=500.0),
    ),
    "two of a pair": (
        PairClause("pair[0]", "eat", "road", 0.0, 1500.0),
        PairClause("pair[1]", "eat", "road", centre_m=0.0, sigma_m=300.0),
        PairClause("pair[2]", "eat", "house", 0.0, 5000.0, bearing_deg=90.0, bearing_sigma_deg=9.0),
    ),
}


def answered(store, clauses):
    """The places and what each clause said, as bytes."""
    things = tuple(
        LandmarkThing(name, tags, tag_expression(tags), missing=0.2)
        for name, tags in KINDS.items()
        if any(name in (clause.first, clause.second) for clause in clauses)
    )
    search = PlaceSearch(things, clauses, anchor=clauses[0].first)
    found = search_places(OpenMaps(stored_maps(store), store), search)
    told = [found.ranked.features, found.ranked.probability, found.lat_deg, found.lon_deg]
    for outcome in found.outcomes.values():
        told += [outcome.partner, outcome.score, outcome.base, outcome.log_ratio]
        told += [outcome.distance_m, outcome.azimuth_deg.round(6)]
    return [values.tobytes() for values in told]


@pytest.mark.parametrize("name", PAIRS)
def test_step_by_step_is_as_all_at_once(town, monkeypatch, name):
    store, _ = town
    assert len(reaches_m(PAIRS[name][:1])) > 1
    rows = []

    def counted(*arguments):
        for some in near_rows(*arguments):
            rows.append(len(some.anchor))
            yield some

    monkeypatch.setattr("noonmark.world.landmarks.landmark_maps.near_rows", counted)
    stepwise = answered(store, PAIRS[name])
    looked_at = sum(rows)
    rows.clear()
    monkeypatch.setattr(clause_scores, "reaches_m", lambda clauses: reaches_m(clauses)[-1:])
    assert answered(store, PAIRS[name]) == stepwise
    assert looked_at < sum(rows)


def test_a_long_thing_is_as_far_as_its_nearest_point(tmp_path):
    made = Town()
    made.node(47.0, 9.0, amenity="restaurant")
    made.way([(47.0001 + 0.0002 * k, 9.0) for k in range(10)], highway="residential")
    source = tmp_path / "m.osm"
    source.write_text(made.xml(), encoding="utf-8")
    add_map(source, tmp_path / "s")
    maps = OpenMaps(stored_maps(tmp_path / "s"), tmp_path / "s")
    things = tuple(
        LandmarkThing(name, KINDS[name], tag_expression(KINDS[name])) for name in ("eat", "road")
    )
    score = {}
    for low, high in ((0.0, 60.0), (60.0, 100.0)):
        clause = PairClause("pair[0]", "eat", "road", low, high)
        search = PlaceSearch(things, (clause,), anchor="eat")
        score[low] = search_places(maps, search).outcomes["pair[0]"].score
    assert np.array_equal(score[0.0], [1.0])
    assert np.array_equal(score[60.0], [0.0])
