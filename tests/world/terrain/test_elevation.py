"""Elevation files: read in the locked process, filled, kept whole, checked when read."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from PIL import Image

from noonmark.errors import EvidenceError, InputError
from noonmark.sandbox.decoders import elevation_tiff
from noonmark.sandbox.parsers import hgt
from noonmark.world.terrain import elevation_store as es
from noonmark.world.terrain.ground import ground_about
from noonmark.world.terrain.voids import filled
from tests.world.terrain.made_land import STEP_DEG, hgt_tile, tiff


def test_a_tile_in_a_zip_is_kept_with_its_digest_and_its_voids_filled(tmp_path):
    plain = hgt_tile(tmp_path, void=True)
    packed = tmp_path / "N42E001.hgt.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    store = tmp_path / "store"
    tile = es.add(packed, store)
    assert (tile.south_deg, tile.west_deg, tile.rows) == (42.0, 1.0, 1201)
    assert tile.voids == pytest.approx(50 / 1201**2)
    assert tile.still_void == 0.0
    heights, gaps = es.load(tile, store)
    assert gaps.sum() == 50
    # A slope goes on through its hole.
    assert np.abs(heights[600:605, 305] - (1200 - np.arange(600, 605))).max() < 0.5
    assert [one.name for one in es.tiles(store)] == ["N42E001"]
    with pytest.raises(InputError, match="already"):
        es.add(packed, store)
    es.remove("N42E001", store)
    assert es.tiles(store) == []


def test_a_tile_that_was_changed_is_not_read(tmp_path):
    store = tmp_path / "store"
    tile = es.add(tiff(tmp_path, np.arange(400.0, dtype=np.float32).reshape(20, 20)), store)
    path = store / tile.name / "heights.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(EvidenceError, match="changed"):
        es.load(tile, store)


def test_what_a_killed_command_left_is_taken_away(tmp_path):
    store = tmp_path / "store"
    (store / ".part-dead").mkdir(parents=True)
    assert es.tiles(store) == []
    es.add(tiff(tmp_path, np.ones((10, 10), np.float32)), store)
    assert not list(store.glob(".part-*"))


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_a_geotiff_of_points_keeps_its_heights_and_places(tmp_path, dtype):
    heights = np.arange(600).reshape(20, 30).astype(dtype)
    before = Image.MAX_IMAGE_PIXELS
    found = elevation_tiff.grid_of(tiff(tmp_path, heights).read_bytes(), 10**6)
    assert before == Image.MAX_IMAGE_PIXELS  # it is one value for the whole process
    assert (found["heights_m"] == heights).all()
    assert (found["north_deg"], found["west_deg"]) == (46.0, 7.0)
    assert found["lat_step_deg"] == pytest.approx(STEP_DEG)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("N42E001.hgt", b"\0" * 1000, "no tile"),
        ("valley.hgt", b"\0" * (2 * 1201 * 1201), "which tile"),
        ("N95E001.hgt", b"\0" * (2 * 1201 * 1201), "no tile of the Earth"),
    ],
)
def test_what_is_no_tile_is_refused_in_words(name, data, words):
    with pytest.raises(InputError, match=words):
        hgt.heights(data)
        hgt.corner(name)


def test_a_zip_of_many_things_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.hgt", b"\0" * 10)
        archive.writestr("b.hgt", b"\0" * 10)
    with pytest.raises(InputError, match=r"one \.hgt"):
        hgt.member(path.read_bytes())


def test_a_hole_wider_than_the_reach_stays_a_hole():
    heights = np.full((100, 100), 5.0, np.float32)
    heights[10:90, 10:90] = np.nan
    found, gaps = filled(heights, lat_step_deg=STEP_DEG, lon_step_deg=STEP_DEG, lat_deg=0.0)
    assert np.isnan(found[50, 50])
    assert np.isfinite(found[15, 15])
    assert gaps[15, 15] and not gaps[50, 50] and not gaps[5, 5]


def test_tiles_side_by_side_make_one_ground_across_the_date_line(tmp_path):
    store = tmp_path / "store"
    es.add(hgt_tile(tmp_path, "N10E179.hgt"), store)
    es.add(hgt_tile(tmp_path, "N10W180.hgt"), store)
    ground = ground_about(
        np.array([10.5]), np.array([179.99]), es.tiles(store), store, reach_m=5000.0
    )
    lon = np.array([179.97, 180.0, 180.02])
    assert np.allclose(ground.at(np.full(3, 10.5), lon), 600.0, atol=0.1)


def test_a_place_without_tiles_is_named(tmp_path):
    with pytest.raises(InputError, match="no elevation tile"):
        ground_about(np.array([10.5]), np.array([1.0]), [], tmp_path)
