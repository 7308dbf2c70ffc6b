"""Counts, sides, absences and order: each clause holds where it should and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.errors import InputError
from noonmark.world.landmarks.bundles import bundle_of, bundles
from noonmark.world.landmarks.clauses import (
    AbsentClause,
    CountClause,
    EyePlace,
    LandmarkThing,
    PairClause,
    PlaceSearch,
    SeenClause,
    SidesClause,
)
from noonmark.world.landmarks.local_plane import azimuth_deg, east_north_m, place_of
from noonmark.world.landmarks.map_store import add_map, stored_maps
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.missing_shares import shipped_shares
from noonmark.world.landmarks.place_search import search_places
from noonmark.world.landmarks.quantities import quantity
from noonmark.world.landmarks.tag_terms import tag_expression
from tests.world.landmarks.made_maps import Town


def thing(name, tags):
    return LandmarkThing(name, tags, tag_expression(tags), missing=0.2)


def asked(made, folder, things, clauses, **how):
    source = folder / "m.osm"
    source.write_text(made.xml(), encoding="utf-8")
    store = folder / "s"
    add_map(source, store)
    search = PlaceSearch(tuple(thing(*t) for t in things), tuple(clauses), **how)
    return search_places(OpenMaps(stored_maps(store), store), search)


def holding(found, path):
    """The OSM names at which a clause holds."""
    outcome = found.outcomes[path]
    good = outcome.features[outcome.score > 0.5]
    return {found.held.maps.osm_name(int(f)) for f in good}


def at(lat, lon, east, north):
    a, b = place_of(np.array([lat]), np.array([lon]), np.array([east]), np.array([north]))
    return float(a[0]), float(b[0])


def test_two_ways_of_one_road_count_once(tmp_path):
    made = Town()
    for k in range(2):
        lat = 50.0 + 0.1 * k
        made.node(lat, 8.0, railway="station")
        first = [at(lat, 8.0, x, 60.0) for x in (-90.0, 0.0, 90.0)]
        join = made.node(*first[1])
        made.way([first[0], join], highway="residential", name="Ring")
        made.way([join, first[2]], highway="residential", name="Ring")
        if k:
            made.way([at(lat, 8.0, x, -60.0) for x in (-90.0, 90.0)], highway="residential")
    clause = CountClause("count[0]", "road", "station", 100.0, 2, 90.0, 5.0)
    things = [("station", "railway=station"), ("road", "highway=*")]
    found = asked(made, tmp_path, things, [clause], anchor="station")
    names = holding(found, "count[0]")
    assert len(names) == 1
    second = found.outcomes["count[0]"]
    assert sorted(second.count.tolist()) == [1, 2]


def test_an_absence_in_a_sector_only_takes_away(tmp_path):
    made = Town()
    for k, azimuth in enumerate((0.0, 180.0, None)):
        lat = 50.0 + 0.1 * k
        made.node(lat, 8.0, railway="station")
        if azimuth is not None:
            turn = np.radians(azimuth)
            made.node(*at(lat, 8.0, 40.0 * np.sin(turn), 40.0 * np.cos(turn)), building="hut")
    clause = AbsentClause("absent[0]", "house", "station", 80.0, (315.0, 45.0))
    things = [("station", "railway=station"), ("house", "building=*")]
    found = asked(made, tmp_path, things, [clause], anchor="station")
    ratio = np.exp(found.outcomes["absent[0]"].log_ratio)
    assert sorted(ratio.round(6).tolist()) == [0.2, 1.0, 1.0]


def test_things_on_both_sides_of_a_line(tmp_path):
    made = Town()
    for k, sides in enumerate(((30.0, -30.0), (30.0, 40.0))):
        lat = 50.0 + 0.1 * k
        made.way([at(lat, 8.0, x, 0.0) for x in (-100.0, 100.0)], railway="rail")
        for offset in sides:
            made.node(*at(lat, 8.0, 10.0, offset), building="yes")
    clause = SidesClause("sides[0]", "house", "rail", 50.0)
    things = [("rail", "railway=rail"), ("house", "building=*")]
    found = asked(made, tmp_path, things, [clause], anchor="rail")
    assert holding(found, "sides[0]") == {"way/1"}


def test_turns_of_four_things_find_the_eye(tmp_path):
    made = Town()
    lat, lon = 36.2, 37.1
    eye = np.array([400.0, -300.0])
    points = [(-200.0, 500.0), (150.0, 700.0), (450.0, 450.0), (900.0, 300.0)]
    kinds = ("mosque", "tower", "mast", "dome")
    for kind, (east, north) in zip(kinds, points, strict=True):
        made.node(*at(lat, lon, east, north), landmark=kind)
    # the same four in the order of their mirror image, which no eye south of them sees so
    for kind, (east, north) in zip(kinds, points, strict=True):
        made.node(*at(lat + 0.3, lon, -east, north), landmark=kind)
    seen = np.array(points) - eye
    azimuth = azimuth_deg(seen[:, 0], seen[:, 1])
    turns = tuple(((azimuth - azimuth[0]) % 360.0).tolist())
    clause = SeenClause("seen[0]", kinds, turns, 0.5, (50.0, 1500.0))
    things = [(kind, f"landmark={kind}") for kind in kinds]
    found = asked(made, tmp_path, things, [clause], anchor="mosque")
    assert holding(found, "seen[0]") == {"node/1"}
    east, north = east_north_m(lat, lon, found.lat_deg[0], found.lon_deg[0])
    assert np.hypot(east - eye[0], north - eye[1]) < 1.0


def test_a_chain_takes_the_partner_that_has_the_next(tmp_path):
    made = Town()
    made.node(50.0, 8.0, railway="station")
    near = made.node(*at(50.0, 8.0, 20.0, 0.0), amenity="cafe")
    far = made.node(*at(50.0, 8.0, 80.0, 0.0), amenity="cafe")
    made.node(*at(50.0, 8.0, 90.0, 0.0), amenity="bench")
    clauses = [
        PairClause("pair[0]", "station", "cafe", 0.0, 100.0),
        PairClause("pair[1]", "cafe", "bench", 0.0, 15.0),
    ]
    things = [("station", "railway=station"), ("cafe", "amenity=cafe"), ("bench", "amenity=bench")]
    found = asked(made, tmp_path, things, clauses, anchor="station")
    partner = int(found.outcomes["pair[0]"].partner[0])
    assert found.held.maps.osm_name(partner) == f"node/{far}" != f"node/{near}"


def test_an_eye_on_a_road_stands_where_the_bridge_crosses(tmp_path):
    made = Town()
    made.way([at(50.0, 8.0, x, 0.0) for x in (-500.0, 500.0)], highway="trunk")
    made.way([at(50.0, 8.0, 40.0, y) for y in (-30.0, 30.0)], highway="footway", bridge="yes")
    clause = PairClause(
        "pair[0]", "bridge", "road", meet="crosses", angle_deg=90.0, angle_sigma_deg=10.0
    )
    things = [("bridge", "bridge=yes"), ("road", "highway=trunk & bridge!=*")]
    found = asked(
        made, tmp_path, things, [clause], anchor="bridge", eye=EyePlace(on="road", within_m=20.0)
    )
    assert holding(found, "pair[0]") == {"way/2"}
    east, north = east_north_m(50.0, 8.0, found.lat_deg[0], found.lon_deg[0])
    assert float(np.hypot(east - 40.0, north)) < 0.1


def test_numbers_are_read_with_their_units():
    values = {"13'9\"": 4.191, "25 mph": 40.2336, "12 m": 12.0, "3,5 t": 3.5, "110 kV": 110000.0}
    assert {text: quantity(text) for text in values} == pytest.approx(values)
    assert [quantity(t) for t in ("low", "5 apples", "1;2", "", "9" * 60)] == [None] * 5


def test_every_kind_of_thing_can_be_read_and_words_are_forgiven():
    assert len(bundles()) > 250
    for words, bundle in bundles().items():
        assert bundle.expression.alternatives
        assert bundle_of(words.upper()).words == words
    assert bundle_of("churches").words == "church"
    with pytest.raises(InputError) as caught:
        bundle_of("watr tower")
    assert "water tower" in caught.value.hint


def test_shares_of_the_shipped_table_belong_to_kinds_and_are_wide():
    table = shipped_shares()
    assert len(table) > 100
    for words, share in table.items():
        assert words in bundles()
        assert 0.0 < share.mean <= 0.6
        # a low share is expected to be higher elsewhere than where it was learnt, a high one lower
        learnt = share.missed / (share.missed + share.found)
        assert abs(share.mean - 0.5) <= abs(learnt - 0.5)
