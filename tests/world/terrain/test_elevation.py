"""Elevation files: read in the locked process, filled, kept whole, checked when read."""

from __future__ import annotations

import tempfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from noonmark.actions import terrain
from noonmark.errors import EvidenceError, InputError
from noonmark.sandbox.decoders import elevation_tiff
from noonmark.sandbox.parsers import hgt
from noonmark.sandbox.tasks import elevation
from noonmark.values import Place
from noonmark.world.terrain import elevation_store as es
from noonmark.world.terrain.ground import Ground, ground_about
from noonmark.world.terrain.horizon import horizon
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


def geotiff_of(heights, unit="", scale=1.0, offset=0.0, **kept):
    """The bytes of a GeoTIFF as rasterio writes it, with what its numbers count."""
    rasterio = pytest.importorskip("rasterio")
    shape = {"height": heights.shape[0], "width": heights.shape[1], "dtype": heights.dtype}
    step, west, north = kept.pop("place", (STEP_DEG, 7.0, 46.0))
    place = rasterio.Affine(step, 0.0, west, 0.0, -step, north)
    wanted = {"crs": "EPSG:4326", "transform": place} | kept
    with rasterio.MemoryFile() as memory:
        with memory.open(driver="GTiff", count=1, **shape, **wanted) as made:
            made.units, made.scales, made.offsets = (unit,), (scale,), (offset,)
            made.write(heights, 1)
        return memory.read()


RAMP = np.arange(600, dtype=np.float32).reshape(20, 30)


@pytest.mark.parametrize(
    "kept",
    [
        {"compress": "lzw", "predictor": 2},
        {"compress": "deflate", "predictor": 3},
        {"compress": "deflate", "predictor": 3, "tiled": True, "blockxsize": 16, "blockysize": 16},
        {"compress": "lerc"},
        {"BIGTIFF": "YES"},
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_usual_form_of_a_geotiff_gives_the_same_heights(kept, dtype):
    payload = {"name": "a.tif", "limits": {"pixels": 10**6}}
    with tempfile.TemporaryFile() as stream:
        stream.write(geotiff_of(RAMP.astype(dtype), **kept))
        stream.seek(0)
        found = elevation.main(payload, [stream.fileno()])
    assert (found["heights_m"] == RAMP).all()
    assert found["north_deg"] == pytest.approx(46.0 - STEP_DEG / 2.0)


def test_a_geotiff_in_metres_is_laid_out_where_it_lies():
    made = geotiff_of(RAMP, crs="EPSG:2056", place=(100.0, 2640000.0, 1140000.0))
    found = elevation_tiff.grid_of(made, 10**6)
    # EPSG:2056 has 2600000, 1200000 at Bern: 46.9511 N, 7.4386 E.
    assert found["north_deg"] == pytest.approx(46.9511 - 60.0 / 111.2, abs=0.02)
    assert found["west_deg"] == pytest.approx(7.4386 + 40.0 / 77.0, abs=0.02)


@pytest.mark.parametrize(
    ("unit", "scale", "offset", "metres"),
    [
        ("", 1.0, 0.0, RAMP),
        ("m", 0.1, 100.0, RAMP * 0.1 + 100.0),
        ("ft", 1.0, 0.0, RAMP * 0.3048),
        ("US survey foot", 1.0, 0.0, RAMP * (1200.0 / 3937.0)),
    ],
)
@pytest.mark.parametrize(
    "kept", [{}, {"crs": "EPSG:2056", "place": (100.0, 2640000.0, 1140000.0)}, {"compress": "lerc"}]
)
def test_heights_in_feet_or_tenths_are_told_in_metres(unit, scale, offset, metres, kept):
    made = geotiff_of(RAMP, unit, scale, offset, **kept)
    found = elevation_tiff.grid_of(made, 10**6)["heights_m"]
    if "crs" not in kept:
        assert found == pytest.approx(metres, abs=1e-3)
    assert np.nanmax(found) == pytest.approx(metres.max(), rel=0.03)
    assert np.nanmin(found) == pytest.approx(float(metres.min()), abs=0.03 * float(metres.max()))


@pytest.mark.parametrize(
    ("crs", "metres"),
    [
        ("EPSG:4269+6360", 1200.0 / 3937.0),
        ("EPSG:4269+5702", 1200.0 / 3937.0),
        ("EPSG:4269+8228", 0.3048),
        ("EPSG:4326+5773", 1.0),
        ("EPSG:26912+6360", 1200.0 / 3937.0),
    ],
)
def test_heights_of_a_system_in_feet_are_told_in_metres(crs, metres):
    place = {"place": (100.0, 440000.0, 4140000.0)} if "26912" in crs else {}
    found = elevation_tiff.grid_of(geotiff_of(RAMP, crs=crs, **place), 10**6)["heights_m"]
    assert np.nanmax(found) == pytest.approx(RAMP.max() * metres, rel=0.03)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: geotiff_of(RAMP, "fathom"), "unit that is not known here: 'fathom'"),
        (lambda: geotiff_of(RAMP, crs=None), "system of coordinates"),
        (lambda: geotiff_of(RAMP.astype(np.float64))[:400], "damaged"),
        (lambda: b"II*\0" + b"\xff" * 200, "damaged"),
        (lambda: geotiff_of(RAMP * np.nan), "no cell"),
        (lambda: geotiff_of(RAMP, place=(STEP_DEG, 7.0, 95.0)), "degrees north"),
    ],
)
def test_a_geotiff_that_can_not_be_used_is_named_and_leaves_nothing(make, words, tmp_path):
    path = tmp_path / "valley.tif"
    path.write_bytes(make())
    with pytest.raises(InputError, match=words) as caught:
        es.add(path, tmp_path / "store")
    assert str(caught.value).startswith(f"{path}: ")
    assert " at 0x" not in str(caught.value)
    assert es.tiles(tmp_path / "store") == []


def test_of_several_files_those_before_a_bad_one_are_kept_and_named(tmp_path):
    good = tiff(tmp_path, np.ones((10, 10), np.float32))
    with pytest.raises(InputError, match=r"none\.hgt") as caught:
        terrain.add_elevation([good, tmp_path / "none.hgt"], store=tmp_path / "store")
    assert caught.value.hint.endswith("kept before it: made")
    assert [tile.name for tile in es.tiles(tmp_path / "store")] == ["made"]


def test_the_ground_under_an_eye_that_was_filled_in_is_told():
    gaps = np.zeros((101, 101), bool)
    gaps[50, 50] = True
    land = Ground(np.ones((101, 101), np.float32), gaps, 46.0, 7.0, STEP_DEG, STEP_DEG)
    middle = 46.0 - 50 * STEP_DEG, 7.0 + 50 * STEP_DEG
    seen = horizon(land, *middle, directions=4, far_m=3000.0)
    assert "1 m was filled in from about" in terrain.horizon_notes(seen)[0]
    given = horizon(land, *middle, altitude_m=2.0, directions=4, far_m=3000.0)
    beside = horizon(land, middle[0], middle[1] + 0.01, directions=4, far_m=3000.0)
    assert not given.on_filled
    assert not beside.on_filled


@pytest.mark.parametrize(
    "height", [{"eye_m": float("nan")}, {"eye_m": 1e9}, {"altitude_m": -600.0}]
)
def test_a_height_that_no_eye_has_is_refused(height):
    with pytest.raises(InputError, match="is not from"):
        terrain.place_horizon(Place(46.0, 7.0), **height)


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
