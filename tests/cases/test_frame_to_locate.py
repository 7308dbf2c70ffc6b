"""Whole inquiries: marks on frames, through the clue, to a place that holds the truth."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest

from noonmark.actions.answers import locate
from noonmark.actions.frame import solve_frame, solve_photos
from noonmark.geometry.sun import sun_topocentric
from noonmark.questions.clue_file import question_of
from noonmark.values import Place, unix_s, utc
from testkit.render_scene import marks_document
from testkit.scenes import Camera, Post, Scene

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
PLACE = Place(38.7075, -9.1365)
needs_shared = pytest.mark.skipif(
    not (SHARED / "photos").is_dir(), reason="../shared/data is not here"
)


def photo(at: str, heading_deg: float, seed: int) -> dict:
    sun = sun_topocentric(PLACE.lat_deg, PLACE.lon_deg, unix_s(utc(at)))
    camera = Camera((0.0, 0.0, 6.0), heading_deg, -18.0, 1.0, 860.0, 1100, 720)
    turn = np.radians(heading_deg)
    spots = ((-4.0, 15.0), (3.0, 14.0), (1.0, 20.0))
    posts = tuple(
        Post(
            float(a * np.sin(turn) + r * np.cos(turn)),
            float(a * np.cos(turn) - r * np.sin(turn)),
            2.4,
        )
        for r, a in spots
    )
    scene = Scene(camera, float(sun.azimuth_deg), float(sun.elevation_deg), posts)
    document = marks_document(scene, rng=np.random.default_rng(seed))
    camera_note = {"heading_deg": heading_deg + 1.0, "heading_sigma_deg": 2.0}
    return {
        **document,
        "camera": camera_note,
        "scene": {"at": at},
        "lens": {"focal_px": 870.0, "focal_sigma_px": 20.0},
    }


def test_one_photo_with_a_known_time_leads_to_a_region_that_holds_the_place():
    at = "2022-10-07T14:40:00Z"
    result = solve_frame(photo(at, 165.0, 1))
    assert result.answer["clue"]["kind"] == "sun_direction"
    answer = locate(question_of(result.clues), truth=(PLACE, utc(at)))
    assert answer.truth().place_level < 0.99


def test_two_photos_of_one_place_narrow_it():
    first, second = photo("2022-10-07T14:40:00Z", 165.0, 1), photo("2022-10-07T10:10:00Z", 300.0, 2)
    one = locate(question_of(solve_photos([first])))
    both = locate(
        question_of(solve_photos([first, second])), truth=(PLACE, utc("2022-10-07T14:40:00Z"))
    )
    assert both.posterior.region(0.9).area_km2 < 0.7 * one.posterior.region(0.9).area_km2
    assert both.truth().place_level < 0.99


def test_frames_on_a_tripod_make_one_clue_with_one_unknown_heading():
    early, late = photo("2022-10-07T10:00:00Z", 340.0, 3), photo("2022-10-07T11:30:00Z", 340.0, 4)
    document = {k: early[k] for k in ("image", "lens")}
    document["scene"] = {"tripod": True}
    document["frame"] = [{"at": "2022-10-07T10:00:00Z"}, {"at": "2022-10-07T11:30:00Z"}]
    document["mark"] = [*early["mark"], *({**m, "frame": 1} for m in late["mark"])]
    clues = solve_frame(document, advise=False).clues
    assert len(clues["clue"]) == 1 and len(clues["clue"][0]["frames"]) == 2
    answer = locate(question_of(clues), truth=(PLACE, utc("2022-10-07T10:00:00Z")))
    assert answer.truth().place_level < 0.99


def test_a_pipe_carries_the_clue_that_locate_reads(tmp_path, monkeypatch):
    from noonmark.cli.main import main

    (tmp_path / "marks.json").write_text(json.dumps(photo("2022-10-07T14:40:00Z", 165.0, 1)))
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        assert main(["frame", str(tmp_path / "marks.json")]) == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(out.getvalue().encode())))
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(io.StringIO()):
        assert main(["locate", "-", "--json"]) == 0
    assert json.loads(told.getvalue())["ok"]


def test_a_photo_that_says_nothing_of_the_sun_is_refused_by_the_combined_solve():
    from noonmark.errors import InputError

    marks = {
        "image": {"width_px": 100, "height_px": 100},
        "mark": [{"means": "vertical", "base_px": [5, 90], "top_px": [6, 20]}],
    }
    with pytest.raises(InputError, match="says nothing of the sun"):
        solve_photos([marks])


def benchmark(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("number", range(5))
def test_a_real_photo_leads_to_a_region_that_holds_its_place(number):
    photos = benchmark("camera_photos")
    case = json.loads((SHARED / "photos/cases.json").read_text())["cases"][number]
    result = solve_frame(photos.marks_of(case), advise=False)
    sun, expected = result.answer["sun"], case["expected_sun"]
    assert (
        abs(sun["elevation_deg"] - expected["elevation_apparent_deg"])
        < 2.5 * sun["elevation_sigma_deg"]
    )
    answer = locate(
        question_of(result.clues), truth=(Place(case["lat"], case["lon"]), utc(case["utc"]))
    )
    assert answer.truth().place_level < 0.99


@needs_shared
@pytest.mark.shared
def test_engabreen_is_found_to_three_metres():
    landmarks = benchmark("camera_landmarks")
    points = landmarks.engabreen(SHARED)
    off, _, _ = landmarks.solved(landmarks.document(points, sigma_px=3.0, sigma_m=1.0, start=None))
    assert np.linalg.norm(off) < 3.0


@needs_shared
@pytest.mark.shared
def test_aletsch_has_no_mirror_solution():
    behind, _ = benchmark("camera_landmarks").mirrors(SHARED, 100)
    assert behind == 0
