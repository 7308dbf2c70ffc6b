"""Polygons for other programs: RFC 7946 in every corner of the globe."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from noonmark.inference.answer import PlaceMap
from noonmark.report import ReportData
from noonmark.report.contours import polygons
from noonmark.report.geofiles import geojson
from noonmark.report.regions import bbox, harmonised, region_geometries


def _area_km2(ring: Any) -> float:
    """Signed area on the sphere: positive when counter-clockwise (edges short, so lines of sight
    equal chords).
    """
    lon, lat = np.radians(np.asarray(ring)).T
    return float(
        6371.0072**2 * -np.sum((lon[1:] - lon[:-1]) * (np.sin(lat[1:]) + np.sin(lat[:-1])) / 2.0)
    )


def _check_polygon(polygon: list[Any]) -> None:
    for k, ring in enumerate(polygon):
        assert len(ring) >= 4 and ring[0] == ring[-1]
        assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
        assert (_area_km2(ring) > 0) == (k == 0)


def test_geojson_keeps_the_rules(any_findings: ReportData) -> None:
    document = json.loads(geojson(any_findings))
    assert document["type"] == "FeatureCollection"
    regions = [f for f in document["features"] if f["id"].startswith("region")]
    assert [f["properties"]["level"] for f in regions] == [0.99, 0.9, 0.5]
    for feature in regions:
        for polygon in feature["geometry"]["coordinates"]:
            _check_polygon(polygon)
    assert sum(f["id"].startswith("mode") for f in document["features"]) == len(any_findings.modes)


def test_a_cap_has_the_area_that_geometry_gives_it(make: Callable[..., ReportData]) -> None:
    """A Gaussian blob's 90 % cap has radius sigma sqrt(2 ln 10)."""
    found = make("sharp")
    shapes = region_geometries(found.place_maps_regional[0])[0.9]["coordinates"]
    area = sum(_area_km2(ring) for polygon in shapes for ring in polygon)
    radius = np.radians(0.4 * np.sqrt(2 * np.log(10)))
    assert area == pytest.approx(2 * np.pi * 6371.0072**2 * (1 - np.cos(radius)), rel=0.02)


def test_a_region_across_the_antimeridian_is_cut_exactly_there(
    make: Callable[..., ReportData],
) -> None:
    for place_map in (
        make("antimeridian").place_map_world,
        make("antimeridian").place_maps_regional[0],
    ):
        shapes = polygons(place_map, 0.9)
        assert len(shapes) == 2
        assert sorted({float(abs(s[0][:, 0]).max()) for s in shapes}) == [180.0]
        west, _, east, _ = bbox(shapes)
        assert west > 170 and east < -170


def test_a_region_over_the_pole_reaches_it(make: Callable[..., ReportData]) -> None:
    shapes = polygons(make("pole").place_map_world, 0.9)
    assert max(float(s[0][:, 1].max()) for s in shapes) == 90.0


def test_a_ring_has_a_hole(make: Callable[..., ReportData]) -> None:
    shapes = polygons(make("ring").place_map_world, 0.9)
    assert [len(s) for s in shapes] == [2]


def test_a_region_that_is_the_whole_earth_is_one_box() -> None:
    edges = np.linspace(-90, 90, 19), np.linspace(-180, 180, 37)
    flat = np.full((18, 36), 1 / 648)
    shapes = polygons(PlaceMap(*edges, flat, flat, np.full((18, 36), 0.3)), 0.9)
    assert bbox(shapes) == [-180.0, -90.0, 180.0, 90.0]


def test_levels_mean_the_same_on_every_map(make: Callable[..., ReportData]) -> None:
    """Two equal modes, each on its own map with half of the mass: the best cell of each is at the
    top of both.
    """
    world, fines = harmonised(make("two"))
    assert len(fines) == 2
    for fine in fines:
        assert fine.level.min() < 0.01 and float(
            fine.mass[fine.level <= 0.9].sum()
        ) == pytest.approx(0.45, abs=0.01)
    assert np.isfinite(world.level).all()
