"""A copy of an image is known by its pixels, also in the coordinates of another zone."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.actions import site_images
from noonmark.sites import chips, twin_pixels
from tests.sites import site_samples

CORNERS = np.array([[20.0, 22.0], [31.0, 22.0], [31.0, 30.0], [20.0, 30.0]])
TURN = np.array([[0.9986, 0.0523], [-0.0523, 0.9986]])  # 3 degrees, as between two zones


def _chip(values):
    values = np.asarray(values, np.float32)
    return chips.Chip(values, np.isfinite(values).all(axis=0))


def _grid(corners, bands=("red", "nir")):
    return {"bands": list(bands), "outlines": {"hall": [np.asarray(corners).tolist()]}}


def _scene(seed, size=50):
    return np.random.default_rng(seed).integers(900, 1300, (2, size, size)).astype(float)


def _turned(values, size=44):
    """The nearest pixels on a grid turned by 3 degrees, and the corners of the outline there."""
    down, across = np.mgrid[:size, :size] + 0.5
    here = np.stack([across.ravel(), down.ravel()], axis=1) @ TURN + [3.3, 4.1]
    col, row = np.floor(here).astype(int).T
    inside = (col >= 0) & (col < values.shape[2]) & (row >= 0) & (row < values.shape[1])
    out = np.full((len(values), size * size), np.nan)
    out[:, inside] = values[:, row[inside], col[inside]]
    corners = (CORNERS - [3.3, 4.1]) @ np.linalg.inv(TURN)
    return out.reshape(len(values), size, size), corners


def test_a_copy_in_the_coordinates_of_another_zone_is_known_either_way():
    scene = _scene(1)
    copy, corners = _turned(scene)
    first, second = (_chip(scene), _grid(CORNERS)), (_chip(copy), _grid(corners))
    assert twin_pixels.is_copy(*first, *second) and twin_pixels.is_copy(*second, *first)


def test_another_image_of_the_place_is_none():
    scene = _scene(1)
    noise = np.random.default_rng(2).integers(-3, 4, scene.shape)
    copy, corners = _turned(scene + noise)
    assert not twin_pixels.is_copy(_chip(scene), _grid(CORNERS), _chip(copy), _grid(corners))


def test_a_flat_picture_other_bands_and_corners_on_a_line_prove_nothing():
    flat, scene = _chip(np.full((2, 50, 50), 7.0)), _chip(_scene(1))
    grid, line = _grid(CORNERS), _grid([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    assert twin_pixels.is_copy(scene, grid, scene, grid)
    assert not twin_pixels.is_copy(flat, grid, flat, grid)
    assert not twin_pixels.is_copy(scene, grid, scene, _grid(CORNERS, ("red", "green")))
    assert not twin_pixels.is_copy(scene, line, scene, line)
    bare = {"bands": ["red", "nir"]}
    assert not twin_pixels.is_copy(scene, bare, scene, bare)


def test_what_is_hardly_recorded_in_both_proves_nothing():
    values = _scene(1)
    values[:, 9:] = np.nan
    values[:, :, 9:] = np.nan
    few, grid = _chip(values), _grid(CORNERS)
    assert not twin_pixels.is_copy(few, grid, few, grid)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 5], ids=["copy", "another"])
def test_a_twin_in_the_next_zone_without_a_provider_is_one_vote(tmp_path, seed):
    rasterio = pytest.importorskip("rasterio", reason="needs the extra sites")
    warp = pytest.importorskip("rasterio.warp")
    outline = site_samples.write_outline(tmp_path / "o.geojson")
    site_images.new_site(tmp_path / "site", outline)
    first = site_samples.write_tif(tmp_path / "a.tif", site_samples.ground())
    other = site_samples.write_tif(tmp_path / "b.tif", site_samples.ground(seed))
    with rasterio.open(other) as held:
        moved, cols, rows = warp.calculate_default_transform(
            held.crs, "EPSG:32647", held.width, held.height, *held.bounds, resolution=10.0
        )
        out = np.zeros((held.count, rows, cols), np.float32)
        warp.reproject(
            held.read(), out, src_transform=held.transform, src_crs=held.crs,
            dst_transform=moved, dst_crs="EPSG:32647",
        )  # fmt: skip
    zone = {"crs": "EPSG:32647", "transform": moved}
    twin = site_samples.write_tif(tmp_path / "twin.tif", out, **zone)
    known = site_images.ImageOptions(margin_m=100, taken="2021-03-04T05:30:00Z", provider="made")
    (a,) = site_images.add_images(tmp_path / "site", [first], options=known)["added"]
    day = site_images.ImageOptions(margin_m=100, taken="2021-03-04")
    (b,) = site_images.add_images(tmp_path / "site", [twin], options=day)["added"]
    assert b["chip"]["crs"] == "EPSG:32647"
    assert b["same_instant_as"] == (None if seed else a["id"])
    assert any("may be of the same pass" in said for said in b["warnings"]) == bool(seed)
