"""Masks: contains and fraction against counting cells one by one; wrap, poles, area."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.geometry.area_mask import AreaMask, area_km2, contains, everywhere, fraction


def _random_mask(seed: int, *, west: float, width: float) -> AreaMask:
    rng = np.random.default_rng(seed)
    return AreaMask(-40.0, west, 20.0, west + width, rng.random((30, int(width / 4))) < 0.4)


def _slow_fraction(mask: AreaMask, south: float, north: float, west: float, width: float) -> float:
    """Samples every cell the rectangle touches, by walking over the lattice of cells all round the
    Earth.
    """
    d_lat, d_lon = mask.cell_lat_deg, mask.cell_lon_deg
    rows = range(
        int(np.floor((south - mask.south_deg) / d_lat + 1e-9)),
        int(np.ceil((north - mask.south_deg) / d_lat - 1e-9)),
    )
    first = (west - mask.west_deg) % 360.0
    columns = range(
        int(np.floor(first / d_lon + 1e-9)), int(np.ceil((first + width) / d_lon - 1e-9))
    )
    turn = round(360.0 / d_lon)
    cells = {(i, j % turn) for i in rows for j in columns}
    n, m = mask.inside.shape
    return sum(bool(mask.inside[i, j]) for i, j in cells if 0 <= i < n and j < m) / len(cells)


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 20),
    west=st.sampled_from([-180.0, -20.0, 100.0, 176.0]),
    mask_width=st.sampled_from([60.0, 200.0, 360.0]),
    south=st.floats(-50, 25),
    height=st.floats(0.01, 30),
    rect_west=st.floats(-180, 180),
    width=st.floats(0.01, 359.0),
)
def test_a_fraction_is_the_share_of_touched_cells(
    seed: int,
    west: float,
    mask_width: float,
    south: float,
    height: float,
    rect_west: float,
    width: float,
) -> None:
    mask = _random_mask(seed, west=west, width=mask_width)
    expected = _slow_fraction(mask, south, south + height, rect_west, width)
    assert fraction(mask, south, south + height, rect_west, rect_west + width) == pytest.approx(
        expected, abs=1e-12
    )


def test_a_rectangle_across_the_antimeridian_may_be_written_either_way() -> None:
    mask = AreaMask(-10.0, 170.0, 10.0, 190.0, np.ones((4, 4), bool))
    assert fraction(mask, -1, 1, 178, 182) == 1.0
    assert fraction(mask, -1, 1, 178, -178) == 1.0
    assert fraction(mask, -1, 1, -182, -178) == 1.0
    assert fraction(mask, -1, 1, 0, 10) == 0.0


def test_a_whole_band_counts_each_cell_once() -> None:
    inside = np.zeros((2, 36), bool)
    inside[0, :9] = True
    mask = AreaMask(-90.0, -180.0, 90.0, 180.0, inside)
    assert fraction(mask, -80, -10, -180, 180) == 0.25
    assert fraction(mask, -80, -10, 5, 365) == 0.25


def test_the_poles_and_the_eastern_edge_are_inside_the_world() -> None:
    world = everywhere()
    assert contains(world, [90, -90, 0, 0, 0], [0, 0, 180, -180, 179.9]).all()
    assert not contains(world, np.nan, 0.0)


def test_contains_agrees_with_the_raster() -> None:
    mask = _random_mask(3, west=100.0, width=200.0)
    n, m = mask.inside.shape
    lat = mask.south_deg + (np.arange(n) + 0.5) * mask.cell_lat_deg
    lon = mask.west_deg + (np.arange(m) + 0.5) * mask.cell_lon_deg
    found = contains(mask, lat[:, None], ((lon + 180) % 360 - 180)[None, :])
    assert np.array_equal(found, mask.inside)
    assert not contains(mask, 0.0, 99.0) and not contains(mask, 21.0, 110.0)


def test_the_whole_earth_has_510_million_km2() -> None:
    assert area_km2(everywhere()) == pytest.approx(510.0656e6, rel=1e-5)


@pytest.mark.parametrize(
    "box", [(-91, 0, 0, 1), (0, 0, 0, 1), (0, 180, 1, 181), (0, 0, 1, 361), (5, 0, 1, 1)]
)
def test_a_box_that_is_none_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"must lie below|do not bound"):
        AreaMask(*box, np.ones((1, 1), bool))
