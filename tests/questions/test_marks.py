"""Marks files: what is refused, with which words; what comes out of reading and writing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.actions.frame import solve_frame
from noonmark.errors import InputError
from noonmark.geometry.camera.lens import upright_px
from noonmark.questions.annotation import from_annotations, to_annotations
from noonmark.questions.camera_view import stage
from noonmark.questions.marks import pixels_of, read_marks, write_marks
from noonmark.questions.place_reference import PlaceReference

IMAGE = {"width_px": 1063, "height_px": 800}
POST = {
    "means": "shadow",
    "what": "post",
    "base_px": [365.9, 531.5],
    "top_px": [355.6, 370.8],
    "tip_px": [503.1, 551.0],
}


def document(*marks, **sections):
    return {
        "image": IMAGE,
        "lens": {"device": "phone"},
        "mark": [dict(m) for m in marks or (POST,)],
        **sections,
    }


def refused(doc):
    with pytest.raises(InputError) as caught:
        solve_frame(doc)
    return caught.value


@pytest.mark.parametrize(
    ("doc", "code", "where"),
    [
        (document({**POST, "top_px": [355.6, -3.0]}), "mark-outside", "mark[0].top_px"),
        (document({**POST, "tip_px": [1063.5, 551.0]}), "mark-outside", "mark[0].tip_px"),
        (
            document({"means": "vertical", "base_px": [3, 4], "top_px": [3, 4]}),
            "no-extent",
            "mark[0].top_px",
        ),
        (document({**POST, "tip_px": POST["base_px"]}), "no-extent", "mark[0].tip_px"),
        (
            document({"means": "parallel", "lines_px": [[1, 2, 1, 2]]}),
            "no-extent",
            "mark[0].lines_px[0]",
        ),
        (document(lens={"focal_px": 0}), "bad-mark", "lens.focal_px"),
        (document(lens={"focal_px": -5}), "bad-mark", "lens.focal_px"),
        (document(lens={"device": "telescope"}), "bad-mark", "lens.device"),
        (document(lens={"focal_mm": 30}), "missing-field", "lens.sensor_width_mm"),
        (document({**POST, "sigma_px": 0}), "bad-mark", "mark[0].sigma_px"),
        (document({**POST, "sigma_px": 10**400}), "bad-mark", "mark[0].sigma_px"),
        (document({**POST, "means": ["shadow"]}), "unknown-meaning", "mark[0].means"),
        (document({**POST, "sigma_px": float("nan")}), "bad-mark", "mark[0].sigma_px"),
        (document({**POST, "base_px": [1, 2, 3]}), "bad-mark", "mark[0].base_px"),
        (document({**POST, "base_px": [True, 2]}), "bad-mark", "mark[0].base_px"),
        (document({**POST, "top_pixel": [1, 2]}), "unknown-key", "mark[0].top_pixel"),
        (document({**POST, "means": "shadows"}), "unknown-meaning", "mark[0].means"),
        (
            document(
                {"means": "landmark", "px": [5, 5], "lat_deg": 91, "lon_deg": 0, "altitude_m": 0}
            ),
            "bad-mark",
            "mark[0].lat_deg",
        ),
        (
            document({"means": "right_angle", "lines_px": [[1, 2, 3, 4]]}),
            "bad-mark",
            "mark[0].lines_px",
        ),
        (document({**POST, "frame": 1}), "bad-mark", "mark[0].frame"),
        (document(scene={"at": "2023-08-08T09:19:53"}), "naive-time", "scene.at"),
        (document(camera={"pitch_deg": -10}), "missing-field", "camera.pitch_sigma_deg"),
        (document(camera={"lat_deg": 1.0}), "missing-field", "camera.lat_deg"),
        (document(image={**IMAGE, "orientation": 9}), "bad-mark", "image.orientation"),
        (
            document(image={**IMAGE, "crop_of": {"width_px": 900, "height_px": 800}}),
            "crop-outside",
            "image.crop_of",
        ),
        ({"mark": [POST]}, "missing-field", "image"),
        ({"image": IMAGE, "mark": []}, "no-marks", "mark"),
        (document({"means": "shadow", "tip_px": [5, 5]}), "bad-mark", "mark[0]"),
    ],
)
def test_bad_input_is_refused_with_its_path(doc, code, where):
    error = refused(doc)
    assert error.code == code
    assert any(problem["where"] == where for problem in error.details["problems"])


def test_all_faults_are_told_at_once():
    error = refused(
        document(
            {**POST, "top_px": "x", "sigma_px": -1}, {"means": "horizn"}, lens={"focal_pix": 3}
        )
    )
    wheres = [p["where"] for p in error.details["problems"]]
    assert wheres == ["lens.focal_pix", "mark[0].top_px", "mark[0].sigma_px", "mark[1].means"]
    assert "'horizon'" in error.details["problems"][-1]["expected"]
    assert "'focal_px'" in error.details["problems"][0]["expected"]


@pytest.mark.parametrize(
    "marks",
    [
        [{"means": "length", "line_px": [1, 2, 30, 40], "length_m": 3}],
        [{"means": "landmark", "px": [5, 5], "lat_deg": 1, "lon_deg": 0, "altitude_m": 0}],
    ],
)
def test_marks_that_can_say_nothing_are_told_which_would(marks):
    error = refused(document(*marks))
    assert error.code == "too-few-marks" and error.hint


EVERY = (
    POST,
    {
        "means": "vertical",
        "base_px": [600, 600],
        "top_px": [598, 420],
        "height_m": 4.0,
        "height_sigma_m": 0.1,
    },
    {"means": "shadow_edge", "line_px": [700, 640, 800, 655]},
    {
        "means": "parallel",
        "lines_px": [[290, 780, 434, 640], [500, 780, 520, 640]],
        "bearing_deg": 40.0,
    },
    {"means": "right_angle", "lines_px": [[600, 700, 700, 690], [600, 700, 640, 780]]},
    {"means": "length", "line_px": [300, 700, 400, 705], "length_m": 3.0},
    {"means": "horizon", "points_px": [[100, 301], [900, 305]]},
    {"means": "water_line", "points_px": [[100, 330], [900, 334]]},
)


@pytest.mark.slow
def test_every_meaning_but_place_and_disc_solves_in_one_document():
    result = solve_frame(document(*EVERY), advise=False)
    assert len(result.answer["marks"]) == len(EVERY)
    assert result.answer["sun"]["azimuth_deg"] is not None


def test_what_is_written_reads_back_as_the_same():
    marks = read_marks(
        document(*EVERY, scene={"at": "2023-08-08T09:19:53Z", "slope_sigma_deg": 2.0})
    )
    assert read_marks(json.loads(json.dumps(write_marks(marks)))) == marks


def test_web_annotations_carry_everything_there_and_back():
    marks = read_marks(document(*EVERY))
    page = json.loads(json.dumps(to_annotations(marks, image="street.jpg")))
    assert read_marks(from_annotations(page)) == marks
    assert (
        page["@context"] == "http://www.w3.org/ns/anno.jsonld" and page["type"] == "AnnotationPage"
    )
    assert all({"id", "type", "target"} <= item.keys() for item in page["items"])


def test_a_page_of_annotations_solves_like_the_marks_it_was_made_from():
    page = to_annotations(read_marks(document()))
    first, second = (solve_frame(d, advise=False).answer for d in (page, document()))
    assert first["marks_sha256"] == second["marks_sha256"] and first["sun"] == second["sun"]


def test_annotations_without_a_mark_are_refused():
    with pytest.raises(InputError, match="noonmark-mark"):
        from_annotations(
            {"items": [{"type": "Annotation", "body": {"type": "TextualBody", "value": "hello"}}]}
        )


@given(st.integers(1, 8), st.floats(0, 40), st.floats(0, 30))
def test_orientation_is_undone_as_pillow_undoes_it(orientation, x, y):
    from PIL import Image, ImageOps

    x, y = min(int(x), 39), min(int(y), 29)
    stored = Image.new("L", (40, 30))
    stored.putpixel((x, y), 255)
    exif = stored.getexif()
    exif[0x0112] = orientation
    stored.info["exif"] = exif.tobytes()
    upright = np.asarray(ImageOps.exif_transpose(stored))
    px = upright_px(
        np.array([x + 0.5, y + 0.5]), orientation=orientation, width_px=40, height_px=30
    )
    assert upright[int(px[1]), int(px[0])] == 255


def test_a_rotated_original_gives_the_same_sun_as_the_upright_one():
    upright = solve_frame(document(), advise=False).answer["sun"]

    # The same picture stored lying on its side (orientation 6: turn right to see it upright).
    def stored(px):
        return [px[1], IMAGE["width_px"] - px[0]]

    lying = {**POST, **{k: stored(POST[k]) for k in ("base_px", "top_px", "tip_px")}}
    image = {"width_px": IMAGE["height_px"], "height_px": IMAGE["width_px"], "orientation": 6}
    turned = solve_frame(document(lying, image=image), advise=False).answer["sun"]
    assert turned["elevation_deg"] == pytest.approx(upright["elevation_deg"], abs=0.02)


def test_a_crop_that_is_declared_gives_the_suns_place_of_the_original():
    lens = {"focal_px": 900.0, "focal_sigma_px": 9.0}
    whole = solve_frame(document(lens=lens), advise=False).answer["sun"]
    moved = {
        **POST,
        **{k: [POST[k][0] - 200, POST[k][1] - 300] for k in ("base_px", "top_px", "tip_px")},
    }
    image = {
        "width_px": 500,
        "height_px": 400,
        "crop_of": {**IMAGE, "left_px": 200.0, "top_px": 300.0},
    }
    part = solve_frame(document(moved, image=image, lens=lens), advise=False).answer
    assert part["sun"]["elevation_deg"] == pytest.approx(whole["elevation_deg"], abs=0.02)
    plain = {"width_px": 500, "height_px": 400}
    hidden = solve_frame(document(moved, image=plain, lens=lens), advise=False).answer
    assert abs(hidden["camera"]["pitch_deg"] - part["camera"]["pitch_deg"]) > 1.0


def test_a_slope_of_its_own_makes_a_patch_of_its_own():
    marks = document(
        POST,
        {**POST, "slope_sigma_deg": 5.0},
        {**POST, "ground": "bank"},
        {**POST, "ground": "bank"},
    )
    staged = stage(read_marks(marks))
    assert staged.grounds == ("", "mark 1", "bank")
    assert staged.view.slope_sigma_deg.tolist() == [1.0, 5.0, 1.0]
    assert staged.view.posts.ground.tolist() == [0, 1, 2, 2]


@given(
    st.floats(-80, 80),
    st.floats(-180, 180),
    st.floats(-3e4, 3e4),
    st.floats(-3e4, 3e4),
    st.floats(-100, 3000),
)
def test_places_go_to_metres_and_back(lat, lon, east, north, up):
    reference = PlaceReference(lat, lon, 100.0)
    place = reference.geodetic(np.array([east, north, up]))
    assert np.allclose(reference.enu_m(*place), [east, north, up], atol=0.5)


def test_the_schema_of_marks_is_that_of_the_words():
    import importlib.util

    path = Path(__file__).parents[2] / "builders/marks_schema.py"
    spec = importlib.util.spec_from_file_location("marks_schema", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text(encoding="utf-8") == module.text()


@pytest.mark.slow
def test_documents_and_answers_are_valid_by_their_schemas():
    import jsonschema

    from noonmark.actions.schema_files import schema

    doc = document(*EVERY)
    jsonschema.validate(doc, schema("marks"))
    jsonschema.validate(solve_frame(doc).answer, schema("frame"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document({**POST, "top_pixel": [1, 2]}), schema("marks"))


def test_every_pixel_of_a_mark_is_found():
    marks = read_marks(document(*EVERY)).marks
    assert [len(pixels_of(m)) for m in marks] == [3, 2, 2, 4, 4, 2, 2, 2]


def test_a_horizon_that_nothing_can_have_is_a_conflict_and_still_has_numbers():
    points = [[89.999, 1500], [180.0, 0.0], [3900, 1480]]
    found = solve_frame(
        {
            "image": {"width_px": 4000, "height_px": 3000},
            "lens": {"device": "camera"},
            "mark": [{"means": "horizon", "points_px": points}],
        }
    ).answer
    assert found["conflicts"]
    json.dumps(found, allow_nan=False)
