"""The drawing of a solved frame and the rendering of simulated scenes."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from noonmark.actions.frame import solve_frame, write_frame
from noonmark.report.drawing_png import picture
from noonmark.report.frame_picture import frame_drawing, frame_png, frame_svg
from testkit.render_scene import marks_document, render
from testkit.scenes import Box, Camera, Post, Scene, exact

SVG = "{http://www.w3.org/2000/svg}"


def small_scene(**more):
    camera = Camera((0.0, 0.0, 4.0), 20.0, -18.0, 1.0, 260.0, 320, 240)
    posts = (
        Post(1.0, 9.0, 2.2, width_m=0.3),
        Post(4.0, 12.0, 2.5, width_m=0.3),
        Post(6.5, 9.5, 2.0, width_m=0.3),
    )
    return Scene(camera, more.pop("azimuth", 285.0), 38.0, posts, **more)


@pytest.fixture(scope="module")
def frame():
    return solve_frame(marks_document(small_scene(), sigma_px=0.3), advise=False).frame


def test_the_rendered_shadow_lies_where_the_marks_say():
    scene = small_scene()
    grey = render(scene).mean(axis=2)
    clicks = exact(scene)
    for base, tip in zip(clicks.base_px, clicks.tip_px, strict=True):
        way = (tip - base) / np.linalg.norm(tip - base)
        side = np.array([-way[1], way[0]])
        inside = tip - 0.3 * (tip - base)
        beyond = tip + 20 * way

        def at(px):
            return grey[int(px[1]), int(px[0])]

        ground = at(inside + 14 * side)
        assert at(inside) < 0.8 * ground and at(beyond) > 0.9 * ground


def test_the_rendered_post_stands_where_the_marks_say():
    scene = small_scene()
    picture_ = render(scene).astype(float)
    clicks = exact(scene)
    middle = 0.5 * (clicks.base_px + clicks.top_px)
    for x, y in middle:
        here, beside = picture_[int(y), int(x)], picture_[int(y), int(x) + 9]
        assert np.abs(here - beside).sum() > 60


def test_a_box_shades_the_ground_away_from_the_sun():
    scene = Scene(small_scene().camera, 290.0, 30.0, (), (Box(4.0, 12.0, 3.0, 3.0, 3.0),))
    px, _ = scene.camera.px(np.array([[4.0 + 0.94 * 3.5, 12.0 - 0.34 * 3.5, 0.0], [4.0, 6.5, 0.0]]))
    shade, light = (render(scene).mean(axis=2)[int(y), int(x)] for x, y in px)
    assert shade < 0.75 * light


def test_the_sun_is_drawn_where_the_lens_puts_it():
    scene = Scene(Camera((0, 0, 2.0), 180.0, 10.0, 0.0, 700.0, 320, 240, k1=0.05), 183.0, 14.0)
    px, inside = scene.camera.px(np.array(scene.camera.position_m) + scene.sun_enu * 1e6)
    assert inside
    assert render(scene)[int(px[1]), int(px[0])].min() > 250


def test_the_svg_is_one_well_formed_file_that_loads_nothing(frame):
    root = ET.fromstring(frame_svg(frame, render(small_scene())))
    assert root.tag == f"{SVG}svg"
    hrefs = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert hrefs and all(h.startswith("data:image/jpeg;base64,") for h in hrefs)
    texts = {e.text for e in root.iter(f"{SVG}text")}
    assert (
        any(t.startswith("Sun ") for t in texts) and "horizon, as solved; dotted: 1 sigma" in texts
    )


def test_the_predicted_shadow_meets_the_mark_when_all_agrees(frame):
    drawing = frame_drawing(frame)
    x0, y0, width, _ = drawing.photo_px
    scale = width / frame.staged.width_px
    dashed = [
        s
        for s in drawing.shapes
        if s.kind == "line" and s.dash == (9, 5) and s.points[0][1] < y0 + 240 * scale
    ]
    tips = frame.staged.view.posts.tip_px * scale + [x0, y0]
    for shape, tip in zip(dashed, tips, strict=False):
        assert np.linalg.norm(np.array(shape.points[-1]) - tip) < 3.0


def test_png_and_drawing_have_one_size_and_the_same_seed_gives_the_same_bytes(frame):
    first, second = frame_png(frame), frame_png(frame)
    assert first == second
    drawing = frame_drawing(frame)
    assert Image.open(io.BytesIO(first)).size == (drawing.width_px, drawing.height_px)


def test_a_mark_that_was_left_out_is_drawn_as_such():
    document = marks_document(small_scene(), sigma_px=0.3)
    base, tip = np.array(document["mark"][1]["base_px"]), np.array(document["mark"][1]["tip_px"])
    document["mark"][1]["tip_px"] = [float(v) for v in 2 * base - tip]
    result = solve_frame(document, advise=False)
    assert [c["mark"] for c in result.answer["conflicts"]] == [1]
    assert "left out: mark[1] (post 2)" in frame_svg(result.frame)


def test_names_from_a_marks_file_cannot_break_the_svg():
    document = marks_document(small_scene(), sigma_px=0.3)
    document["mark"][1]["what"] = '<script>&"'
    base, tip = np.array(document["mark"][1]["base_px"]), np.array(document["mark"][1]["tip_px"])
    document["mark"][1]["tip_px"] = [float(v) for v in 2 * base - tip]
    text = frame_svg(solve_frame(document, advise=False).frame)
    assert "<script>" not in text
    ET.fromstring(text)


def test_a_camera_that_looks_straight_down_is_drawn_too():
    camera = Camera((0.0, 0.0, 60.0), 0.0, -89.0, 0.0, 260.0, 320, 240)
    scene = Scene(
        camera, 120.0, 40.0, (Post(-10.0, 6.0, 9.0), Post(9.0, -7.0, 9.0), Post(12.0, 10.0, 9.0))
    )
    assert (
        picture(frame_drawing(solve_frame(marks_document(scene), advise=False).frame)).size[0]
        == 1200
    )


def test_everything_is_written_into_one_folder(tmp_path):
    result = solve_frame(marks_document(small_scene(), sigma_px=0.3))
    write_frame(result, tmp_path / "out")
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {
        "answer.json",
        "clues.json",
        "marks.json",
        "annotations.json",
        "frame.svg",
        "frame.png",
    }


def test_a_picture_of_another_size_is_refused(tmp_path):
    from noonmark.errors import InputError

    Image.new("RGB", (300, 240)).save(tmp_path / "small.png")
    with pytest.raises(InputError) as caught:
        solve_frame(marks_document(small_scene()), image=tmp_path / "small.png")
    assert caught.value.code == "image-differs"


def test_a_picture_that_lies_on_its_side_is_taken_upright_and_lends_its_focal_length(tmp_path):
    image = Image.new("RGB", (240, 320))
    exif = image.getexif()
    exif[0x0112] = 6
    details = exif.get_ifd(0x8769)
    details[0xA405] = 28
    image.save(tmp_path / "lying.jpg", exif=exif)
    lens = solve_frame(
        marks_document(small_scene()), image=tmp_path / "lying.jpg", advise=False
    ).answer["lens"]
    assert lens["prior_focal_px"] == pytest.approx(28.0 / 43.2666 * 400.0, rel=1e-3)
