"""Images come in through the sandbox, with their time, their place and what they are good for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from noonmark.actions import site_images
from noonmark.errors import InputError
from noonmark.sites import images, stack
from testkit.kept_schemas import keeps
from tests.sites import site_samples

pytest.importorskip("rasterio", reason="needs the extra sites")
LANDSAT = Path(__file__).parents[3] / "shared" / "data" / "satellite" / "opengeos_landsat_pucallpa"


@pytest.fixture
def site(tmp_path):
    outline = site_samples.write_outline(tmp_path / "outline.geojson")
    site_images.new_site(tmp_path / "site", outline)
    return tmp_path / "site"


def _take(site, *paths, **options):
    chosen = site_images.ImageOptions(margin_m=150.0, **options)
    return site_images.add_images(site, paths, options=chosen)


def test_two_dated_geotiffs_make_a_series_with_the_pixels_of_the_files(site, tmp_path):
    first, second = site_samples.ground(1), site_samples.ground(1) + 20
    folder = tmp_path / "in"
    folder.mkdir()
    names = ("blue", "green", "red", "nir")
    site_samples.write_tif(folder / "a_20200301.tif", first, names=names)
    site_samples.write_tif(folder / "b_20200401.tif", second, names=names)
    done = _take(site, folder, dates_in_names=True, provider="sentinel-2a", level="L2A")
    assert [row["taken"]["basis"] for row in done["added"]] == ["stated", "stated"]
    keeps(done, "site-images")
    keeps(site_images.list_images(site), "site-images")
    keeps(json.loads((site / "images.json").read_text("utf-8")), "site-image-list")
    loaded = stack.load(site)
    assert loaded.bands == names and loaded.pixel_m == 10.0
    col0 = round((loaded.transform[2] - site_samples.WEST) / 10)
    row0 = round((site_samples.NORTH - loaded.transform[5]) / 10)
    rows, cols = loaded.clear.shape[1:]
    own = first[:, row0 : row0 + rows, col0 : col0 + cols].astype(np.uint16)
    np.testing.assert_array_equal(loaded.values[0], own)
    inside = stack.mask(loaded.outlines["hall"], rows, cols)
    assert inside.sum() == 80
    assert "gate covers 1.0 pixels" in done["added"][0]["warnings"][0]
    assert abs(done["added"][1]["shift_px"][0]) < 0.1
    assert _take(site, folder, dates_in_names=True)["known_before"] == 2


@pytest.mark.slow
def test_a_safe_zip_gives_its_own_notes_and_its_offset_is_taken_off(site, tmp_path):
    values = site_samples.ground(2) + 1000
    classes = np.full((60, 60), 4)
    classes[26:34, 25:30] = 9
    _take(site, site_samples.write_safe(tmp_path / "p.zip", values, classes))
    (image,) = images.read(site)
    assert image.scene_id == "S2A_MSIL2A_TEST" and image.taken.basis == "metadata"
    assert image.taken.start == image.taken.end and image.taken.start.minute == 31
    assert image.sun_elevation_deg == pytest.approx(59.5) and image.off_nadir_deg == 4.5
    assert image.redistribute and image.hidden["cloud"] == pytest.approx(40 / 81, abs=1e-3)
    loaded = stack.load(site)
    assert float(np.median(loaded.values)) == pytest.approx(float(np.median(values)) - 1000, abs=60)


@pytest.mark.slow
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_zip_that_declares_entities_is_refused(site, tmp_path, coding):
    notes = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(coding)
    path = tmp_path / "p.zip"
    site_samples.write_safe(path, site_samples.ground(2), np.full((60, 60), 4), notes=notes)
    with pytest.raises(InputError) as caught:
        _take(site, path)
    assert "entities" in str(caught.value)


def test_an_undated_image_is_asked_about(site, tmp_path):
    with pytest.raises(InputError) as caught:
        _take(site, site_samples.write_tif(tmp_path / "x_20200101.tif", site_samples.ground()))
    assert caught.value.code == "image-undated"


def test_a_printed_date_is_the_earliest_of_an_open_span_and_stands_in_no_series(site, tmp_path):
    from PIL import Image

    Image.new("RGB", (90, 60), (90, 80, 70)).save(tmp_path / "shot.png")
    done = _take(site, tmp_path / "shot.png", printed="2018-06-05")
    row = done["added"][0]
    assert row["taken"] == {"from": "2018-06-05T00:00:00Z", "to": None, "basis": "printed"}
    assert row["stack"] is None and not row["redistribute"]
    keeps(done, "site-images")


@pytest.mark.slow
def test_two_scenes_of_one_pass_are_one_vote(site, tmp_path):
    for number, second in enumerate(("00", "48")):
        tags = {"ACQUISITIONDATETIME": f"2020-01-01T05:00:{second}Z", "SATELLITEID": "X1"}
        path = tmp_path / f"{number}.tif"
        site_samples.write_tif(path, site_samples.ground(number), tags=tags)
    done = _take(site, tmp_path / "0.tif", tmp_path / "1.tif")
    assert done["added"][1]["same_instant_as"] == done["added"][0]["id"]
    assert len(stack.load(site).image_ids) == 1


@pytest.mark.slow
def test_an_image_of_another_place_is_refused_and_the_others_go_on(site, tmp_path):
    from rasterio.transform import from_origin

    far = from_origin(700_000.0, 2_500_000.0, 10, 10)
    site_samples.write_tif(tmp_path / "far.tif", site_samples.ground(), transform=far)
    site_samples.write_tif(tmp_path / "near.tif", site_samples.ground())
    done = _take(site, tmp_path / "far.tif", tmp_path / "near.tif", taken="2020-01-01")
    assert [row["code"] for row in done["refused"]] == ["site-outside"]
    keeps(done, "site-images")
    assert len(done["added"]) == 1


@pytest.mark.slow
def test_a_shifted_image_and_one_of_other_numbers_are_in_no_series(site, tmp_path):
    base = site_samples.ground(3)
    site_samples.write_tif(tmp_path / "a_20200101.tif", base)
    site_samples.write_tif(tmp_path / "b_20200201.tif", np.roll(base, 3, axis=2))
    site_samples.write_tif(tmp_path / "c_20200301.tif", base * 20)
    paths = [tmp_path / name for name in ("a_20200101.tif", "b_20200201.tif", "c_20200301.tif")]
    done = _take(site, *paths, dates_in_names=True)
    assert [bool(row["stack"]) for row in done["added"]] == [True, False, False]
    assert done["added"][1]["shift_px"][0] == pytest.approx(3, abs=0.3)


@pytest.mark.slow
def test_a_stac_item_takes_the_files_beside_it_and_no_others(site, tmp_path):
    folder = tmp_path / "item"
    folder.mkdir()
    site_samples.write_tif(folder / "red.tif", site_samples.ground(4, bands=1))
    asset = {"href": "./red.tif", "type": "image/tiff; application=geotiff", "roles": ["data"]}
    asset["raster:bands"] = [{"scale": 0.0001, "offset": -0.1}]
    properties = {"datetime": "2021-07-01T05:00:00Z", "license": "CC-BY-4.0", "view:off_nadir": 3}
    item = {"stac_version": "1.0.0", "id": "scene-1", "properties": properties}
    item["assets"] = {"red": asset}
    (folder / "item.json").write_text(json.dumps(item), encoding="utf-8")
    row = _take(site, folder)["added"][0]
    assert row["scene_id"] == "scene-1" and row["redistribute"] and row["off_nadir_deg"] == 3
    assert float(np.median(stack.load(site).values)) == pytest.approx(0.05, abs=0.01)
    item["assets"]["red"]["href"] = "https://elsewhere.example/red.tif"
    (folder / "item.json").write_text(json.dumps(item), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        _take(site, folder / "item.json")
    assert caught.value.code == "bad-stac-item"


@pytest.mark.parametrize(
    ("coordinates", "found"),
    [
        ([[[0, 0], [1e-3, 1e-3], [1e-3, 0], [0, 1e-3], [0, 0]]], "sides 1 and 3 cross"),
        ([[[0, 0], [0, 0], [0, 0]]], "1"),
        ([[[0, 95], [0, 1], [1, 1]]], "95"),
        ([[[0, 0], [9, 0], [9, 9]]], "9"),
    ],
)
def test_an_outline_that_can_not_be_is_refused_by_name(tmp_path, coordinates, found):
    path = tmp_path / "o.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": coordinates}), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        site_images.new_site(tmp_path / "site", path)
    assert caught.value.code == "bad-outline" and found in str(caught.value.details)
    assert not (tmp_path / "site").exists()


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not LANDSAT.exists(), reason="../shared/data is absent")
def test_real_composites_of_8_bits_are_pictures_of_a_year_and_in_no_series(tmp_path):
    ring = [[-74.45, -8.44], [-74.44, -8.44], [-74.44, -8.43], [-74.45, -8.43], [-74.45, -8.44]]
    outline = tmp_path / "o.geojson"
    outline.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    site_images.new_site(tmp_path / "site", outline)
    chosen = site_images.ImageOptions(taken="2005", margin_m=2000.0)
    done = site_images.add_images(tmp_path / "site", [LANDSAT / "2005.tif"], options=chosen)
    row = done["added"][0]
    assert (row["taken"]["from"], row["taken"]["to"]) == (
        "2005-01-01T00:00:00Z",
        "2006-01-01T00:00:00Z",
    )
    assert row["stack"] is None and "8 bits a band" in row["warnings"][0]
    assert row["chip"]["crs"] == "EPSG:4326" and 85 < row["chip"]["pixel_m"] < 92
    assert len(row["chip"]["bands"]) == 4 and row["clear"] == 1.0
