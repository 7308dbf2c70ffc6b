"""Tiles and copies of one instant: each pixel from the one that shows it, together one vote."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from noonmark.actions import site_images, site_proposal_files, site_read_proposals
from noonmark.sites import chips, images, readings, site_folder, stack
from noonmark.sites.outline import SiteFeature
from noonmark.values import utc
from tests.sites import site_samples

GRID = {"bands": ["red"], "pixel_m": 10.0, "transform": [10, 0, 0, 0, -10, 0], "rows": 4, "cols": 6}


def _chip(level: float, left: int = 0, right: int = 6, cloud: int = 0) -> chips.Chip:
    """A chip that records columns from ``left`` to ``right``, the first ``cloud`` under a cloud."""
    values = np.full((1, 4, 6), np.nan, dtype=np.float32)
    values[:, :, left:right] = level
    clear = np.isfinite(values[0])
    clear[:, :cloud] = False
    return chips.Chip(values, clear)


def _site(folder, members):
    """A site of (name, day, twin of, stack, chip)."""
    ring = (((0.0, 0.0), (0.001, 0.0), (0.001, 0.001)),)
    site_folder.create(folder, "site", [SiteFeature("hall", "roof", ring)])
    rows = []
    for name, day, twin, group, chip in members:
        (folder / "chips" / f"{name}.npz").write_bytes(chips.packed(chip))
        held = GRID | {"crs": "EPSG:32646", "sha256": chips.digest(chip), "outlines": {}}
        at = utc(f"2020-01-{day:02d}T05:00:00Z")
        taken = images.Taken(at, at, "metadata")
        rows.append(
            images.SiteImage(
                name, "0" * 64, (), "x", "", taken, 10.0,
                stack=group, same_instant_as=twin, chip=held,
            )
        )  # fmt: skip
    images.write(folder, rows)
    return folder


def test_the_tiles_of_a_pass_make_one_image(tmp_path):
    left, right = _chip(1.0, right=3), _chip(2.0, left=2)
    held = stack.load(_site(tmp_path / "s", [("b", 1, None, "s", left), ("a", 1, "b", "s", right)]))
    assert held.image_ids == ("b",) and held.clear.all()
    assert held.values[0, 0, 0].tolist() == [1, 1, 1, 2, 2, 2]


def test_where_the_first_is_cloudy_the_other_s_clear_pixel_counts(tmp_path):
    cloudy, copy = _chip(1.0, cloud=4), _chip(2.0, cloud=1)
    held = stack.load(
        _site(tmp_path / "s", [("a", 1, None, "s", cloudy), ("b", 1, "a", "s", copy)])
    )
    assert held.values[0, 0, 0].tolist() == [1, 2, 2, 2, 1, 1]
    assert held.clear[0, 0].tolist() == [False, True, True, True, True, True]
    assert np.isnan(chips.merged([_chip(1.0, right=2), _chip(2.0, left=4)]).values[0, 0, 3])


def test_a_twin_of_an_image_in_no_series_stands_in_its_own(tmp_path):
    moved, copy = _chip(1.0), _chip(2.0)
    folder = _site(tmp_path / "s", [("a", 1, None, None, moved), ("b", 1, "a", "s", copy)])
    assert stack.load(folder).image_ids == ("b",)
    readings.add(folder, readings.SiteReading("a", "hall", "visible", "seen", "x", "2020-02-01"))
    assert site_read_proposals.read_states(folder)["b", "hall"] == ["visible: seen"]


def test_a_tile_in_other_coordinates_makes_no_series_of_its_own(tmp_path):
    members = [("a", 1, None, "s", _chip(1.0)), ("b", 1, "a", "zone-47", _chip(2.0))]
    assert list(stack.groups(_site(tmp_path / "s", members))) == ["s"]


def test_proposals_follow_from_the_pixels_of_all_twins(tmp_path):
    digests = set()
    for name, level in (("one", 2.0), ("other", 3.0)):
        members = [("a", 1, None, "s", _chip(1.0, cloud=3)), ("b", 1, "a", "s", _chip(level))]
        site = site_folder.open_site(_site(tmp_path / name, members))
        digests.add(site_proposal_files.inputs_digest(site, {}))
    assert len(digests) == 2


def _two_tiles(path, values, classes):
    """A product of two tiles, each with half of the columns."""
    parts = []
    for name, half in (("A", slice(0, 32)), ("B", slice(28, 60))):
        own = np.zeros_like(values)
        own[:, :, half] = values[:, :, half]
        codes = np.zeros_like(classes)
        codes[:, half] = classes[:, half]
        parts.append((name, site_samples.write_safe(path.with_name(f"{name}.zip"), own, codes)))
    with zipfile.ZipFile(path, "w") as out:
        for name, part in parts:
            with zipfile.ZipFile(part) as held:
                for entry in held.namelist():
                    if "GRANULE" in entry or name == "A":
                        out.writestr(entry.replace("L2A_T46Q/", f"L2A_{name}/"), held.read(entry))
    return path


@pytest.mark.slow
def test_a_product_of_two_tiles_is_one_whole_image(tmp_path):
    pytest.importorskip("rasterio", reason="needs the extra sites")
    outline = site_samples.write_outline(tmp_path / "o.geojson")
    site_images.new_site(tmp_path / "site", outline)
    values = site_samples.ground()
    classes = np.full(values.shape[1:], 4.0)
    classes[28:30, 30:33] = 9
    product = _two_tiles(tmp_path / "p.zip", values, classes)
    options = site_images.ImageOptions(margin_m=100)
    (row,) = site_images.add_images(tmp_path / "site", [product], options=options)["added"]
    assert row["hidden"].keys() == {"cloud"}
    whole = chips.read(tmp_path / "site" / "chips" / f"{row['id']}.npz")
    assert np.isfinite(whole.values).all() and not whole.clear.all()
    single = tmp_path / "single"
    site_images.new_site(single, outline)
    one = site_samples.write_safe(tmp_path / "one.zip", values, classes)
    (other,) = site_images.add_images(single, [one], options=options)["added"]
    expected = chips.read(single / "chips" / f"{other['id']}.npz")
    np.testing.assert_array_equal(whole.values, expected.values)
    np.testing.assert_array_equal(whole.clear, expected.clear)
