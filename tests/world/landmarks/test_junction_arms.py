"""Which way the arms of junctions go."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.actions.place_search import find_places
from noonmark.world.landmarks.clauses import ArmsClause
from noonmark.world.landmarks.junction_arms import arm_scores, junction_arms
from noonmark.world.landmarks.map_store import add_map, stored_maps
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.tag_match import matching
from noonmark.world.landmarks.tag_terms import tag_expression
from tests.world.landmarks.made_maps import Town
from tests.world.landmarks.test_clauses import at

LAT, LON = 51.0, 7.0


def towards(north, *azimuths, bend=0.0, spread=0.05):
    """A junction ``spread`` degrees north of the last, arms bent in their first 8 m."""
    lat = LAT + spread * north
    for azimuth in azimuths:
        yield (
            lat,
            [
                at(lat, LON, away * np.sin(np.radians(turn)), away * np.cos(np.radians(turn)))
                for away, turn in ((8.0, azimuth + bend), (40.0, azimuth), (90.0, azimuth))
            ],
        )


def made():
    """A T, one that is turned by 30 deg and bent, a Y, and a crossroads whose road goes through."""
    town = Town()
    for number, azimuths, bend in (
        (0, (0.0, 90.0, 180.0), 0.0),
        (1, (30.0, 120.0, 210.0), 25.0),
        (2, (10.0, 130.0, 250.0), 0.0),
    ):
        middle = town.node(LAT + 0.05 * number, LON)
        for _, points in towards(number, *azimuths, bend=bend):
            town.way([middle, *points], highway="residential")
    middle = town.node(LAT + 0.15, LON)
    (_, west), (_, east), (_, north), (_, south) = towards(3, 270.0, 90.0, 0.0, 180.0)
    town.way([*west[::-1], middle, *east], highway="primary")
    town.way([*north[::-1], middle], highway="residential")
    town.way([middle, *south], highway="residential")
    return town


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arms")
    (folder / "m.osm").write_text(made().xml(), encoding="utf-8")
    add_map(folder / "m.osm", folder / "store")
    return folder / "store"


@pytest.fixture
def maps(store):
    return OpenMaps(stored_maps(store), store)


def junctions_of(maps):
    features = matching(maps, tag_expression("noonmark:arms=*"))
    return features[np.argsort(maps.middles_e7(features)[1])]


def test_an_arm_points_to_where_its_street_is_twenty_metres_off(maps):
    row, azimuth = junction_arms(maps, junctions_of(maps))
    found = [np.sort(azimuth[row == k]) for k in range(4)]
    assert np.allclose(found[0], [0.0, 90.0, 180.0], atol=0.1)
    assert np.allclose(found[1], [30.0, 120.0, 210.0], atol=0.1)
    assert np.allclose(found[2], [10.0, 130.0, 250.0], atol=0.1)
    assert np.allclose(found[3], [0.0, 90.0, 180.0, 270.0], atol=0.1)


@pytest.mark.parametrize(
    ("arms", "known", "fits"),
    [
        ((90.0, 0.0, 180.0), True, [0]),
        ((0.0, 90.0, 180.0), False, [0, 1]),
        ((0.0, 90.0, 270.0), False, [0, 1]),
        ((355.0, 95.0, 176.0), True, [0]),
        ((0.0, 120.0, 240.0), False, [2]),
        ((0.0, 91.0, 179.0, 272.0), True, [3]),
        ((0.0, 60.0, 120.0), False, []),
    ],
)
def test_junctions_whose_arms_go_so_are_found(maps, arms, known, fits):
    clause = ArmsClause("arms[0]", "corner", arms, 6.0, known)
    score, count = arm_scores(maps, junctions_of(maps), clause)
    assert np.flatnonzero(score > 0.3).tolist() == fits
    assert count.tolist() == [3, 3, 3, 4]
    assert arm_scores(maps, junctions_of(maps)[:0], clause)[0].shape == (0,)


def test_a_question_with_arms_is_answered_in_words(store):
    question = {
        "thing": [{"id": "corner", "is": "road junction"}],
        "arms": [{"at": "corner", "turn_deg": [0, 120, 240], "sigma_deg": 8}],
    }
    answer = find_places(question, store=store)
    states = [place["clauses"][0]["state"] for place in answer["places"]]
    assert states == ["holds", "contradicted", "contradicted", "contradicted"]
    first = answer["places"][0]
    assert first["lat_deg"] == pytest.approx(LAT + 0.1, abs=1e-6)
    assert first["clauses"][0]["count"] == 3
    assert "north unknown, at turns of 0, 120, 240 deg" in answer["clauses"][0]["says"]
    assert "arms[0] can't be said here" in answer["overpass"]
