"""Filling rings, against a slow point-in-polygon; wrap and poles."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path as Outline

from noonmark.geometry.area_mask import AreaMask, area_km2
from noonmark.world import raster

WORLD = (-90.0, -180.0, 90.0, 180.0)


def _ring(points: list[tuple[float, float]]) -> raster.Rings:
    return raster.unwrap(raster.join([np.array(points, float)]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 12))
def test_a_simple_polygon_is_filled_as_an_independent_library_fills_it(
    seed: int, corners: int
) -> None:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reach = rng.uniform(2, 30, corners)
    points = np.column_stack([10 + reach * np.sin(angle), 20 + reach * np.cos(angle)])
    filled = raster.fill(raster.join([points]), (-45.0, -40.0, 55.0, 80.0), (100, 120))
    lat, lon = np.meshgrid(np.arange(-44.5, 55), np.arange(-39.5, 80), indexing="ij")
    expected = (
        Outline(points)
        .contains_points(np.column_stack([lat.ravel(), lon.ravel()]))
        .reshape(100, 120)
    )
    assert (filled != expected).sum() <= 1


def test_a_ring_across_the_antimeridian_fills_the_short_way_round() -> None:
    filled = raster.fill(_ring([(-10, 175), (-10, -175), (10, -175), (10, 175)]), WORLD, (180, 360))
    assert filled.sum() == 200
    assert filled[90, 359] and filled[90, 0] and not filled[90, 180]


def test_a_hole_is_left_open_and_an_island_in_it_is_filled() -> None:
    squares = [np.array([(-s, -s), (-s, s), (s, s), (s, -s)], float) for s in (30, 20, 10)]
    filled = raster.fill(raster.join(squares), WORLD, (180, 360))
    assert filled[90, 180] and not filled[90, 195] and filled[90, 205]


def test_a_ring_round_a_pole_holds_the_pole() -> None:
    lon = np.arange(-180.0, 180.0, 10.0)
    for side in (1.0, -1.0):
        for order in (1, -1):
            ring = raster.unwrap(
                raster.join([np.column_stack([np.full(lon.size, side * 70.0), lon])[::order]])
            )
            filled = raster.fill(ring, WORLD, (180, 360))
            cap = 2 * np.pi * 6371.0072**2 * (1 - np.sin(np.radians(70)))
            assert abs(area_km2(AreaMask(*WORLD, filled)) / cap - 1) < 1e-9


def test_the_extent_is_the_narrowest_box_on_the_cylinder() -> None:
    two = raster.unwrap(
        raster.join(
            [np.array([(0, 170), (0, 180), (5, 180)]), np.array([(0, -180), (5, -180), (3, -170)])]
        )
    )
    assert raster.extent(two) == (0.0, 170.0, 5.0, 190.0)


def test_touch_adds_what_the_outline_passes_and_nothing_else() -> None:
    ring = _ring([(0.2, 0.2), (0.2, 9.8), (0.4, 9.8), (0.4, 0.2)])
    bounds = (0.0, 0.0, 10.0, 10.0)
    filled = raster.touch(ring, bounds, raster.fill(ring, bounds, (10, 10)))
    assert filled[0].all() and not filled[1:].any()
