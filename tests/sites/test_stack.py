"""Chips are kept with a digest of their pixels, and stacks are loaded from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noonmark.errors import EvidenceError, InputError
from noonmark.sites import chips, images, stack
from noonmark.values import utc


def _chip(seed: int) -> chips.Chip:
    rng = np.random.default_rng(seed)
    values = rng.normal(1000, 50, (2, 6, 5)).astype(np.float32)
    return chips.Chip(values, rng.random((6, 5)) > 0.2)


def _site(folder, days):
    (folder / "chips").mkdir()
    rows = []
    for number, day in enumerate(days):
        chip, name = _chip(number), f"image-{number}"
        (folder / "chips" / f"{name}.npz").write_bytes(chips.packed(chip))
        grid = {"bands": ["red", "nir"], "pixel_m": 10.0, "transform": [10, 0, 0, 0, -10, 0]}
        grid |= {"crs": "EPSG:32646", "outlines": {"roof": [[[1, 1], [4, 1], [4, 3], [1, 3]]]}}
        taken = images.Taken(utc(day), utc(day), "metadata")
        image = images.SiteImage(name, "0" * 64, (), "x", "", taken, 10.0, stack="s2")
        rows.append(replace(image, chip={"sha256": chips.digest(chip), **grid}))
    images.write(folder, rows)
    return folder


def test_a_stack_is_in_order_of_time_whatever_the_order_of_the_list(tmp_path):
    loaded = stack.load(_site(tmp_path, ["2021-05-01T01:00:00Z", "2020-01-01T01:00:00Z"]))
    assert loaded.image_ids == ("image-1", "image-0")
    assert list(loaded.times.astype(str)) == ["2020-01-01", "2021-05-01"]
    assert loaded.values.shape == (2, 2, 6, 5) and loaded.clear.shape == (2, 6, 5)
    np.testing.assert_array_equal(loaded.values[0], _chip(1).values)


def test_a_changed_pixel_is_noticed(tmp_path):
    site = _site(tmp_path, ["2020-01-01T01:00:00Z"])
    chip = _chip(0)
    chip.values[0, 0, 0] += 1
    (site / "chips" / "image-0.npz").write_bytes(chips.packed(chip))
    with pytest.raises(EvidenceError) as caught:
        stack.load(site)
    assert caught.value.code == "chip-changed"


def test_a_site_without_images_has_no_stack(tmp_path):
    with pytest.raises(InputError) as caught:
        stack.load(tmp_path)
    assert caught.value.code == "no-stack"


def test_a_file_that_is_no_chip_is_refused(tmp_path):
    broken = tmp_path / "a.npz"
    broken.write_bytes(b"PK\x03\x04 none")
    with pytest.raises(EvidenceError) as caught:
        chips.read(broken)
    assert caught.value.code == "chip-broken"


def test_the_same_pixels_make_the_same_file():
    assert chips.packed(_chip(3)) == chips.packed(_chip(3))


def test_a_mask_counts_the_centres_of_pixels_inside_and_leaves_holes_out():
    square = ((1.0, 1.0), (5.0, 1.0), (5.0, 5.0), (1.0, 5.0))
    hole = ((2.0, 2.0), (4.0, 2.0), (4.0, 4.0), (2.0, 4.0))
    assert stack.mask((square,), 6, 7).sum() == 16
    assert stack.mask((square, hole), 6, 7).sum() == 12
