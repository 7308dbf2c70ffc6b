"""Figures: they come out for every kind of answer, show the truth where it is, and can be told
apart by everyone.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from noonmark.report import ReportData, canvas, palette
from noonmark.report.calendar_chart import draw_calendar
from noonmark.report.calendar_fold import cell_levels, fold
from noonmark.report.grids import sampled
from noonmark.report.map_extent import extent_of, pixel_places
from noonmark.report.map_marks import draw_numbered
from noonmark.report.mapsheet import draw_map
from noonmark.report.projections import (
    azimuthal,
    azimuthal_inverse,
    equal_earth,
    equal_earth_inverse,
)
from noonmark.report.ticks import clock_step_s, clock_ticks, date_ticks
from noonmark.report.worldmap import WorldFrame, central_meridian, world_picture

# Machado, Oliveira, Fernandes, "A physiologically-based model for simulation of colour vision
# deficiency", 2009.
DEFICIENCY = {
    "none": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def _lab(colours: np.ndarray, sight: str) -> np.ndarray:
    """CIE L*a*b* (D65) of sRGB colours as seen with a deficiency."""
    unit = np.asarray(colours, float) / 255.0
    linear = np.where(unit <= 0.04045, unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(DEFICIENCY[sight]).T, 0.0, 1.0)
    xyz = (
        seen
        @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T
    )
    t = xyz / np.array([0.9505, 1.0, 1.089])
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])],
        axis=-1,
    )


@pytest.mark.parametrize("sight", DEFICIENCY)
def test_the_ramp_darkens_evenly_for_every_kind_of_colour_sight(sight: str) -> None:
    lab = _lab(palette.heat(np.linspace(0.99, 0.0, 12)), sight)
    steps = np.diff(lab[:, 0])
    assert (steps < 0.0).all() and lab[0, 0] - lab[-1, 0] > 50.0
    assert steps.min() > 2.6 * steps.mean()


@pytest.mark.parametrize("sight", DEFICIENCY)
def test_marks_stand_out_from_land_sea_and_ramp(sight: str) -> None:
    mark = _lab(np.array(palette.MARK), sight)
    for ground in (palette.LAND, palette.SEA, tuple(palette.heat(np.array(0.0)))):
        assert np.linalg.norm(mark - _lab(np.array(ground), sight)) > 20.0
    land, sea = _lab(np.array(palette.LAND), sight), _lab(np.array(palette.SEA), sight)
    assert np.linalg.norm(land - sea) > 7.0


def test_contours_differ_by_their_dashes_and_not_by_colour_alone() -> None:
    assert len({contour.dash for contour in palette.CONTOURS}) == len(palette.CONTOURS)


def test_every_kind_of_answer_makes_both_figures(any_findings: ReportData) -> None:
    for draw in (draw_map, draw_calendar):
        image = Image.open(io.BytesIO(draw(any_findings)))
        image.load()
        assert image.width == 1600 and image.info == {}
        assert float(np.asarray(image).std()) > 3.0


def test_a_place_that_was_given_is_one_cross_without_a_number() -> None:
    numbered, plain = (canvas.sheet(200, 200, palette.PAPER) for _ in range(2))
    draw_numbered(numbered, [(1, (100.0, 100.0))])
    draw_numbered(plain, [(None, (100.0, 100.0))])
    marked = [
        int((np.asarray(page.image)[..., :3] == palette.MARK).all(axis=-1).sum())
        for page in (numbered, plain)
    ]
    assert 40 < marked[1] < 80 < marked[0]


def test_the_probability_is_drawn_where_it_is(make: Callable[..., ReportData]) -> None:
    found = make("ring").place_map_world
    frame = WorldFrame(800, 0.0)
    picture = world_picture(found, frame).astype(int)
    on_ring = frame.to_pixels(np.array([69.0, 12.0]), np.array([-40.0, 18.27]))
    off_ring = frame.to_pixels(np.array([12.0, -40.0]), np.array([-40.0, 60.0]))
    for x, y in on_ring.astype(int):
        assert picture[y - 2 : y + 3, x - 2 : x + 3].min() < 120
    for x, y in off_ring.astype(int):
        assert tuple(picture[y, x]) in (palette.SEA, palette.LAND)


def test_sampling_is_exact_at_cell_centres_and_joins_the_antimeridian(
    make: Callable[..., ReportData],
) -> None:
    found = make("antimeridian").place_map_world
    lat, lon = np.meshgrid(
        np.arange(-20.5, -13), np.array([178.5, 179.5, -179.5, -178.5, 180.0]), indexing="ij"
    )
    hot, level = sampled(found, lat, lon)
    assert hot.size == lat.size
    values = level.reshape(lat.shape)
    rows = np.arange(70, 77) if lat.shape[0] == 7 else np.round(lat[:, 0] + 89.5).astype(int)
    assert np.allclose(values[:, 1], found.level[rows, 359]) and np.allclose(
        values[:, 2], found.level[rows, 0]
    )
    assert np.allclose(values[:, 4], (values[:, 1] + values[:, 2]) / 2)


def test_a_region_at_the_antimeridian_moves_the_middle_of_the_map(
    make: Callable[..., ReportData],
) -> None:
    assert central_meridian(make("antimeridian").place_map_world) == 150.0
    assert central_meridian(make("sharp").place_map_world) == 0.0
    assert central_meridian(make("nothing").place_map_world) == 0.0


def test_projections_come_back_to_where_they_began() -> None:
    rng = np.random.default_rng(5)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 4000))), rng.uniform(-179.9, 179.9, 4000)
    back_lat, back_lon = equal_earth_inverse(*equal_earth(lat, lon))
    assert np.abs(back_lat - lat).max() < 0.02 and np.abs(back_lon - lon).max() < 0.02
    for centre in ((41.8, 86.0), (-89.0, 10.0), (0.0, 179.0)):
        x, y = azimuthal(lat, lon, centre)
        near = np.hypot(x, y) < 9000
        again = azimuthal_inverse(x[near], y[near], centre)
        assert np.abs(again[0] - lat[near]).max() < 1e-9
        turn = np.mod(again[1] - lon[near] + 180, 360) - 180
        assert np.abs(turn * np.cos(np.radians(lat[near]))).max() < 1e-9


def test_equal_earth_keeps_areas() -> None:
    rng = np.random.default_rng(6)
    lat, lon, d = (
        np.degrees(np.arcsin(rng.uniform(-0.98, 0.98, 500))),
        rng.uniform(-170, 170, 500),
        1e-3,
    )
    x0, y0 = equal_earth(lat, lon)
    x1, y1 = equal_earth(lat, lon + d)
    x2, y2 = equal_earth(lat + d, lon)
    size = (
        ((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0))
        / np.radians(d) ** 2
        / np.cos(np.radians(lat))
    )
    assert np.allclose(size, 1.0, atol=2e-4)


def test_every_pixel_of_a_regional_map_knows_its_place(make: Callable[..., ReportData]) -> None:
    for name in ("sharp", "city", "antimeridian", "pole"):
        extent = extent_of(make(name).place_maps_regional[0], 640, 400)
        lat, lon = pixel_places(extent)
        back = extent.to_pixels(lat.ravel(), lon.ravel()).reshape(400, 640, 2)
        assert np.abs(back[..., 0] - np.arange(640)[None, :] - 0.5).max() < 0.3
        assert np.abs(back[..., 1] - np.arange(400)[:, None] - 0.5).max() < 0.3


def test_the_regional_map_holds_the_99_percent_region(make: Callable[..., ReportData]) -> None:
    for name in ("sharp", "city", "antimeridian", "pole"):
        fine = make(name).place_maps_regional[0]
        extent = extent_of(fine, 640, 400)
        i, j = np.nonzero(fine.level <= 0.99)
        lat, lon = fine.lat_edges_deg, fine.lon_edges_deg
        at = extent.to_pixels((lat[i] + lat[i + 1]) / 2, (lon[j] + lon[j + 1]) / 2)
        assert (at > 0).all() and (at < (640, 400)).all()


def test_characters_without_a_glyph_are_written_as_code_points() -> None:
    assert canvas.drawable("Ürümqi – Корла") == "Ürümqi – Корла"
    assert canvas.drawable("库 ရ\u202e") == "<U+5E93> <U+101B><U+202E>"


def test_the_fonts_have_every_character_they_claim() -> None:
    for face in ("sans", "bold", "serif"):
        used = canvas.font(face, 20.0)  # type: ignore[arg-type]
        missing = bytes(used.getmask("\U0010ffff"))
        inked = [c for c in canvas.glyphs() if not chr(c).isspace()]
        blank = [c for c in inked if bytes(used.getmask(chr(c))) == missing]
        assert blank == []


@pytest.mark.slow
def test_hostile_and_foreign_words_do_not_break_the_figures(
    make: Callable[..., ReportData],
) -> None:
    found = make("sharp")
    for name in ("كورلا 库尔勒 ရန်ကုန် a\nb\x00", "x" * 5000, ""):
        near = replace(found.modes[0].nearest, name=name)  # type: ignore[type-var]
        assert (
            draw_map(replace(found, modes=(replace(found.modes[0], nearest=near),)))[:4]
            == b"\x89PNG"
        )


def test_decades_fold_to_one_year_and_keep_their_mass(make: Callable[..., ReportData]) -> None:
    folded, was = fold(make("decades").calendar)
    assert was and folded.days.size == 366
    assert folded.mass.sum() == pytest.approx(1.0)
    same, was = fold(make("sharp").calendar)
    assert not was and same.mass.shape == (31, 96)


def test_what_is_equally_probable_is_not_ranked() -> None:
    assert np.array_equal(cell_levels(np.full((2, 2), 0.25)), np.full((2, 2), 0.5))
    assert cell_levels(np.array([[0.5, 0.3, 0.2, 0.0]])).ravel() == pytest.approx(
        [0.5, 0.8, 1.0, 1.0]
    )


@pytest.mark.parametrize("days", [1, 3, 20, 90, 400, 3000, 70000])
def test_ticks_are_few_and_inside(days: int) -> None:
    ticks = date_ticks(1.5e9, 1.5e9 + days * 86400, 14)
    assert len(ticks) <= 16 and all(1.5e9 <= t < 1.5e9 + days * 86400 for t, _, _ in ticks)
    assert days < 2 or ticks
    for span in (10.0, 400.0, 7000.0, 86400.0):
        step = clock_step_s(span, 9)
        assert 1 <= len(clock_ticks(100.0, 100.0 + span, step)) <= 11
