"""A photo laid on the ground by control points: its error, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.sites import chips, control_points, images, photo_placing, site_folder
from noonmark.sites.control_points import ControlPoints, fit_points, read_points
from noonmark.sites.outline import SiteFeature

MIDDLE = (86.0, 41.0)
PER_DEGREE = 6_371_008.8 * np.pi / 180
TILTED = np.array([[0.5, 0.02, -260.0], [0.03, -0.48, 240.0], [1e-4, 2e-4, 1.0]])
FLAT = np.array([[0.5, 0.1, -300.0], [0.1, -0.5, 200.0], [0.0, 0.0, 1.0]])


def _lon_lat(metres):
    east, north = np.asarray(metres).T
    lat = MIDDLE[1] + north / PER_DEGREE
    lon = MIDDLE[0] + east / PER_DEGREE / np.cos(np.radians(MIDDLE[1]))
    return np.column_stack([lon, lat])


def _points(matrix, *, count=9, off_m=0.0, seed=1) -> ControlPoints:
    """Points over a photo of 1,000 x 900 pixels, each off by so much on the ground."""
    rng = np.random.default_rng(seed)
    pixels = rng.uniform([0, 0], [1000, 900], (count, 2))
    ground = control_points.applied(matrix, pixels) + off_m * rng.standard_normal((count, 2))
    return ControlPoints(pixels, _lon_lat(ground))


@pytest.mark.parametrize(("matrix", "kind"), [(FLAT, "affine"), (TILTED, "projective")])
def test_points_without_error_are_fitted_exactly(matrix, kind):
    fit = fit_points(_points(matrix))
    assert fit.kind == kind and fit.error_m < 0.01
    at = np.array([[333.0, 444.0]])
    ground = fit.metres(_lon_lat(control_points.applied(matrix, at)))
    np.testing.assert_allclose(fit.pixels(ground), at, atol=0.02)
    far = control_points.applied(matrix, np.add(at, [[10.0, 0.0], [0.0, 10.0], [0.0, 0.0]]))
    area_m2 = abs(np.linalg.det(far[:2] - far[2]))
    assert fit.pixel_m(at) == pytest.approx(np.sqrt(area_m2) / 10, rel=0.01)


def test_the_error_is_that_of_points_left_out_and_as_large_as_theirs():
    fits = [fit_points(_points(FLAT, count=12, off_m=2.0, seed=seed)) for seed in range(12)]
    errors = np.array([fit.error_m for fit in fits])
    # Two axes of 2 m, and the error of a fit to eleven others.
    assert 2.4 < errors.mean() < 4.0
    assert sum(fit.kind == "affine" for fit in fits) > 6


def test_a_point_that_is_far_off_is_named():
    points = _points(FLAT, count=8)
    points.lon_lat[4, 0] += 0.01
    with pytest.raises(InputError, match="err by") as caught:
        fit_points(points)
    assert caught.value.code == "control-points" and "point 5 fits" in str(caught.value.hint)


@pytest.mark.parametrize("which", ["pixels", "ground"])
def test_points_on_a_line_are_refused(which):
    points = _points(FLAT, count=6)
    held = points.pixels if which == "pixels" else points.lon_lat
    held[:, 1] = held[:, 0] * 0.3
    with pytest.raises(InputError, match="on a line"):
        fit_points(points)


def test_a_mirrored_photo_is_refused():
    points = _points(FLAT)
    points.pixels[:, 1] *= -1
    with pytest.raises(InputError, match="mirror"):
        fit_points(points)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x,y,lon,lat\n1,2,86,41\n3,4,86,41\n5,0,86,41\n", "holds 3 control points"),
        ("x,y,lon\n" + "1,2,86\n" * 4, "can't be read"),
        ("x,y,lon,lat\n" + "1,2,86,\n" * 4, "can't be read"),
        ("x,y,lon,lat\n" + "1,2,86,95\n" * 4, "no place on earth"),
        ("x,y,lon,lat\n" + "1,2,nan,41\n" * 4, "no place on earth"),
        ("x,y,lon,lat\n" + "1,2,86,41\n" * 4, "on a line"),
        ("\xff\x00", "can't be read"),
    ],
    ids=["three", "no-column", "empty", "latitude", "nan", "one-place", "bytes"],
)
def test_a_file_of_points_that_can_t_be_used_is_refused(text, said):
    with pytest.raises(InputError, match=said) as caught:
        fit_points(read_points(text.encode("latin-1"), "p.csv"))
    assert caught.value.code == "control-points"


def _photo():
    """A photo of 1,000 x 900 pixels with a bright square on the ground, 60 m wide at its middle."""
    cols, rows = np.meshgrid(np.arange(1000) + 0.5, np.arange(900) + 0.5)
    ground = control_points.applied(TILTED, np.column_stack([cols.ravel(), rows.ravel()]))
    bright = (np.abs(ground) < 30).all(axis=1).reshape(900, 1000)
    return np.where(bright, 220, 60).astype(np.uint8)


def _site(folder):
    corners = _lon_lat([[-30, -30], [30, -30], [30, 30], [-30, 30]])
    ring = tuple((float(x), float(y)) for x, y in corners)
    return site_folder.create(folder, "site", [SiteFeature("hall", "roof", (ring,))])


def test_the_photo_lies_under_the_outline_after_it_was_placed(tmp_path):
    site, fit = _site(tmp_path / "s"), fit_points(_points(TILTED))
    value = {"values": _photo()[None].astype(np.float32), "corner": [0, 0], "shrink": [1.0, 1.0]}
    done = photo_placing.placed(site, fit, value, margin_m=60, most_px=90_000)
    (ring,) = done["outlines"]["hall"]
    (left, top), (right, bottom) = np.min(ring, axis=0), np.max(ring, axis=0)
    bright = done["values"][0] > 140
    rows, cols = np.nonzero(bright)
    assert abs(cols.min() - left) < 2 and abs(rows.max() + 1 - bottom) < 2
    assert bright.sum() == pytest.approx((right - left) * (bottom - top), rel=0.03)
    with pytest.raises(InputError, match="does not show the site"):
        far = value | {"corner": [9000, 9000]}
        photo_placing.placed(site, fit, far, margin_m=60, most_px=90_000)


@pytest.mark.slow
def test_an_aerial_photo_is_taken_in_by_its_points(tmp_path, capsys):
    pytest.importorskip("rasterio", reason="needs the extra sites")
    from PIL import Image

    Image.fromarray(_photo()).save(tmp_path / "aerial.png")
    points = _points(TILTED, off_m=0.3)
    rows = [
        f"{x},{y},{lon},{lat}"
        for (x, y), (lon, lat) in zip(points.pixels, points.lon_lat, strict=True)
    ]
    (tmp_path / "p.csv").write_text("\n".join(["x,y,lon,lat", *rows]), encoding="utf-8")
    site = _site(tmp_path / "s")
    words = ["sites", "images", str(site.folder), str(tmp_path / "aerial.png"), "--json"]
    words += ["--taken", "1998-05-03", "--margin-m", "60", "--points", str(tmp_path / "p.csv")]
    assert main(words) == 0
    (row,) = json.loads(capsys.readouterr().out)["added"]
    assert "control points" in row["warnings"][0] and row["stack"] is None
    error_m = row["shift_px"][2] * row["chip"]["pixel_m"]
    assert 0.2 < error_m < 1.5
    (image,) = images.read(site.folder)
    held = chips.read(site.folder / "chips" / f"{image.id}.npz")
    assert held.clear.all() and image.clear == 1.0
    assert main([*words[:-2], str(tmp_path / "none.csv")]) != 0
