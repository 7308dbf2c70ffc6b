"""The contract's area: circles, boxes, GeoJSON, and what bad input gets."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.constants import EARTH_MEAN_RADIUS_KM
from noonmark.errors import InputError
from noonmark.geometry.area_mask import AreaMask, area_km2, contains
from noonmark.geometry.directions import enu_from_azel
from noonmark.world.areas import area_mask, circle_mask


def _file(folder: Path, document: object, name: str = "a.geojson") -> str:
    (folder / name).write_text(document if isinstance(document, str) else json.dumps(document))
    return name


def _polygon(*points: tuple[float, float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[*map(list, points), list(points[0])]]}


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.floats(-90, 90), st.floats(-180, 180), st.sampled_from([0.05, 2.0, 300.0, 5000.0, 19000.0])
)
def test_a_circle_has_the_area_of_its_cap(lat: float, lon: float, radius_km: float) -> None:
    mask = area_mask({"lat_deg": lat, "lon_deg": lon, "radius_km": radius_km})
    cap = 2 * math.pi * 6371.0072**2 * (1 - math.cos(radius_km * 1.005 / 6371.0088))
    assert area_km2(mask) == pytest.approx(cap, rel=0.04 if abs(lat) < 85 else 0.12)
    assert contains(mask, lat, lon)


def test_a_small_circle_near_the_pole_has_the_area_of_its_cap() -> None:
    # Cells there are narrower than their longitudes say: it was once 18 % too large.
    mask = area_mask({"lat_deg": 89.75, "lon_deg": 0.0, "radius_km": 0.05})
    assert area_km2(mask) == pytest.approx(math.pi * (0.05 * 1.005) ** 2, rel=0.04)


@pytest.mark.parametrize(
    ("lat", "lon", "radius_km"),
    [(48.2, 16.4, 1.0), (-17.0, 179.9, 400.0), (89.0, 30.0, 500.0), (10.0, -50.0, 15_000.0)],
)
def test_the_cells_of_a_circle_are_those_whose_centres_are_near_enough(
    lat: float, lon: float, radius_km: float
) -> None:
    mask = circle_mask(lat, lon, radius_km)
    rows, columns = mask.inside.shape
    rng = np.random.default_rng(5)
    row, column = rng.integers(0, rows, 4000), rng.integers(0, columns, 4000)
    centre = enu_from_azel(
        mask.west_deg + (column + 0.5) * mask.cell_lon_deg,
        mask.south_deg + (row + 0.5) * mask.cell_lat_deg,
    )
    apart = np.linalg.norm(centre - enu_from_azel(lon, lat), axis=-1)
    away_km = 2.0 * EARTH_MEAN_RADIUS_KM * np.arcsin(np.minimum(apart / 2.0, 1.0))
    nearest = np.clip(0.0, mask.south_deg, mask.south_deg + rows * mask.cell_lat_deg)
    width_deg = mask.cell_lon_deg * np.cos(np.radians(nearest))
    half_cell_deg = np.hypot(mask.cell_lat_deg, width_deg) / 2.0
    reach_km = radius_km * 1.005 + np.radians(half_cell_deg) * EARTH_MEAN_RADIUS_KM
    clear = np.abs(away_km - reach_km) > 1e-9 * reach_km
    np.testing.assert_array_equal(mask.inside[row, column][clear], (away_km <= reach_km)[clear])
    assert mask.inside.any() and mask.integral[-1, -1] == mask.inside.sum()


def test_a_circle_of_2_km_is_known_to_metres() -> None:
    mask = area_mask({"lat_deg": 41.8, "lon_deg": 179.995, "radius_km": 2.0})
    assert max(mask.cell_lat_deg, mask.cell_lon_deg * math.cos(math.radians(41.8))) * 111_195 < 4.0
    metres = 1 / 111_195
    assert contains(mask, 41.8 + 2000 * metres, 179.995) and not contains(
        mask, 41.8 + 2020 * metres, 179.995
    )
    assert contains(mask, 41.8, -179.99)


def test_a_box_may_cross_the_antimeridian() -> None:
    mask = area_mask({"south": -10, "west": 170, "north": 10, "east": -170})
    assert contains(mask, 0, [175, 180, -175]).all() and not contains(mask, 0, [0, 160, -160]).any()


def test_geojson_in_every_wrapping_means_the_same(tmp_path: Path) -> None:
    square = _polygon((10, 50), (20, 50), (20, 60), (10, 60))
    feature = {"type": "Feature", "properties": None, "geometry": square}
    forms = [
        square,
        {"type": "MultiPolygon", "coordinates": [square["coordinates"]]},
        feature,
        {
            "type": "FeatureCollection",
            "features": [feature, {"type": "Feature", "properties": {}, "geometry": None}],
        },
        {
            "type": "GeometryCollection",
            "geometries": [square, {"type": "Point", "coordinates": [0, 0]}],
        },
    ]
    areas = {round(area_km2(area_mask(_file(tmp_path, form), folder=tmp_path))) for form in forms}
    assert len(areas) == 1
    assert areas.pop() == pytest.approx(708_283, rel=0.003)


@pytest.mark.parametrize(
    "rings",
    [
        [[[175, -10], [-175, -10], [-175, 10], [175, 10], [175, -10]]],
        [[[175, -10], [185, -10], [185, 10], [175, 10], [175, -10]]],
        [[[-185, -10], [-175, -10], [-175, 10], [-185, 10], [-185, -10]]],
    ],
)
def test_a_polygon_across_the_antimeridian_is_read_in_each_spelling(
    tmp_path: Path, rings: object
) -> None:
    mask = area_mask(_file(tmp_path, {"type": "Polygon", "coordinates": rings}), folder=tmp_path)
    assert (
        contains(mask, 0, [176, 180, -180, -176]).all()
        and not contains(mask, 0, [0, 170, -170]).any()
    )


def test_a_polygon_cut_at_the_antimeridian_is_one_narrow_area(tmp_path: Path) -> None:
    parts = [
        [[[175, -10], [180, -10], [180, 10], [175, 10], [175, -10]]],
        [[[-180, -10], [-175, -10], [-175, 10], [-180, 10], [-180, -10]]],
    ]
    mask = area_mask(
        _file(tmp_path, {"type": "MultiPolygon", "coordinates": parts}), folder=tmp_path
    )
    assert mask.east_deg - mask.west_deg < 10.1
    assert contains(mask, 0, [176, 180, -176]).all()


def test_a_polygon_round_a_pole_and_one_of_the_whole_world(tmp_path: Path) -> None:
    cap = _polygon(*((lon, 70) for lon in range(-180, 180, 10)))
    mask = area_mask(_file(tmp_path, cap), folder=tmp_path)
    assert contains(mask, [90, 80, 71], [0, 123, -179]).all() and not contains(mask, 69, 0)
    world = _polygon((-180, -90), (180, -90), (180, 90), (-180, 90))
    assert area_km2(area_mask(_file(tmp_path, world), folder=tmp_path)) == pytest.approx(
        510.07e6, rel=1e-3
    )


def test_a_self_crossing_polygon_is_filled_even_odd(tmp_path: Path) -> None:
    bow = _polygon((0, 0), (10, 10), (10, 0), (0, 10))
    mask = area_mask(_file(tmp_path, bow), folder=tmp_path)
    assert contains(mask, 5, [1, 9]).all() and not contains(mask, [1, 9], 5).any()


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("not json", "bad-geojson", "not JSON"),
        ("{}", "bad-geojson", "type"),
        ("[]", "bad-geojson", "type"),
        ('{"type": "Topology"}', "bad-geojson", "not a GeoJSON type"),
        ('{"type": "Point", "coordinates": [1, 2]}', "bad-geojson", "at least one polygon"),
        ('{"type": "FeatureCollection", "features": 3}', "bad-geojson", "expected a list"),
        (
            '{"type": "Polygon", "coordinates": [[[0, 95], [1, 1], [2, 2], [0, 95]]]}',
            "bad-geojson",
            "latitude 95",
        ),
        (
            '{"type": "Polygon", "coordinates": [[[500000, 5], [1, 1], [2, 2]]]}',
            "bad-geojson",
            "metres",
        ),
        (
            '{"type": "Polygon", "coordinates": [[[0, 5], [1, "x"], [2, 2]]]}',
            "bad-geojson",
            "longitude, latitude",
        ),
        ('{"type": "Polygon", "coordinates": [[[0, NaN], [1, 1], [2, 2]]]}', "bad-geojson", "NaN"),
        ('{"type": "Polygon", "coordinates": [[[0, 1], [1, 1]]]}', "bad-geojson", "three points"),
        (
            '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [2, 0], [0, 0]]]}',
            "bad-geojson",
            "no area",
        ),
        (
            '{"type": "Polygon", "coordinates": [[[-100, 0], [100, 0], [100, 9], [-100, 9], '
            "[-100, 0]]]}",
            "bad-geojson",
            "either way",
        ),
        ("[" * 100_000, "bad-geojson", "not JSON"),
    ],
)
def test_a_file_that_is_no_area_says_why(tmp_path: Path, text: str, code: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        area_mask(_file(tmp_path, text), folder=tmp_path)
    assert caught.value.code == code and caught.value.hint


def test_a_folder_a_binary_a_giant_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "d.geojson").mkdir()
    (tmp_path / "b.geojson").write_bytes(bytes(range(256)) * 10)
    with (tmp_path / "g.geojson").open("wb") as giant:
        giant.truncate(1_000_000_000)
    for name, words in (
        ("d.geojson", "folder"),
        ("b.geojson", "not text"),
        ("g.geojson", "1000 MB"),
        ("no.geojson", "cannot read"),
    ):
        with pytest.raises(InputError, match=words):
            area_mask(name, folder=tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="named pipes are a POSIX thing")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.geojson")
    with pytest.raises(InputError, match="not a regular file"):
        area_mask("p.geojson", folder=tmp_path)


@pytest.mark.parametrize(
    ("area", "where"),
    [
        ({"lat_deg": 91, "lon_deg": 0, "radius_km": 1}, "lat_deg"),
        ({"lat_deg": 0, "lon_deg": 0, "radius_km": 0}, "radius_km"),
        ({"lat_deg": 0, "lon_deg": 0, "radius_km": math.nan}, "radius_km"),
        ({"lat_deg": 0, "lon_deg": True, "radius_km": 1}, "lon_deg"),
        ({"lat_deg": 0, "radius_km": 5}, "lon_deg"),
        ({"lat_deg": 0, "lon_deg": 0, "radius_km": 5, "north": 3}, "north"),
        ({"south": 5, "west": 0, "north": 5, "east": 3}, "south below north"),
        ({"south": 0, "west": 3, "north": 5, "east": 3}, "differ"),
        ({}, "lat_deg"), ("", "prior.area"), (7, "prior.area"), (None, "prior.area"), ("Norway",
        "prior.area"),
    ],
)  # fmt: skip
def test_an_area_that_cannot_be_right_names_the_key(area: object, where: str) -> None:
    with pytest.raises(InputError) as caught:
        area_mask(area)
    assert caught.value.code == "bad-area"
    assert where in str(caught.value) or any(
        where in p["where"] for p in caught.value.details["problems"]
    )


def test_all_problems_of_a_table_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        area_mask({"lat_deg": 100, "lon_deg": 999, "radius_km": -1})
    assert len(caught.value.details["problems"]) == 3


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "features", "geometry", "x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(
    _json
    | st.fixed_dictionaries(
        {"type": st.sampled_from(["Polygon", "MultiPolygon", "Feature"]), "coordinates": _json}
    )
)
def test_whatever_is_given_the_answer_is_a_mask_or_a_clear_error(document: object) -> None:
    from noonmark.world.geojson import rings_of

    try:
        rings = rings_of(document)
    except InputError:
        return
    assert np.isfinite(rings.lat_deg).all()


def test_a_mask_is_what_inference_expects() -> None:
    assert isinstance(area_mask("world"), AreaMask)
    assert contains(area_mask("world"), 12.0, 34.0)


@pytest.mark.parametrize(
    ("name", "code"),
    [("Myanmar", "MM"), ("syria", "SY"), ("Ivory", "CI"), ("United", "NO"), ("Atlantis", "NO")],
)
def test_a_country_by_its_name_is_told_its_code(name, code):
    """United is the beginning of several, and Atlantis of none."""
    with pytest.raises(InputError) as caught:
        area_mask(name)
    assert caught.value.hint.startswith(f'area = "{code}"')
