"""What was hidden stays hidden in every frame, and the new file carries nothing of the old one."""

import io
import json
import struct
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from noonmark import actions
from noonmark.errors import InputError, NoonmarkError, OutsideError
from noonmark.media import drawn_boxes as drawn_boxes_module
from noonmark.media import face_search, frames, leak_check, redact
from noonmark.media.drawn_boxes import drawn_boxes
from noonmark.media.hidden_boxes import GAP_S, Detection, HiddenBox, cover
from noonmark.sandbox import process
from noonmark.sandbox.decoders import faces
from noonmark.sandbox.parsers import onnx_shapes
from noonmark.sandbox.strippers.jpeg import jpeg
from noonmark.sandbox.strippers.png import png
from noonmark.sandbox.strippers.webp import webp

pytest.importorskip("av")
from tests.media import made

SHARED = Path(__file__).parents[3] / "shared" / "data" / "media"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")
_STEP_S = 0.04


def _times(count: int) -> list[float]:
    return [i * _STEP_S for i in range(count)]


def _at(number: int, x: float = 50.0, score: float = 0.9) -> Detection:
    return Detection(number, HiddenBox(x, 40, x + 20, 65), score)


def _hides(boxes, box: HiddenBox) -> bool:
    return any(
        b.x0_px <= box.x0_px
        and b.y0_px <= box.y0_px
        and b.x1_px >= box.x1_px
        and b.y1_px >= box.y1_px
        for b in boxes
    )


# --- the plan -------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, 99), min_size=2, max_size=30))
def test_no_track_with_hits_on_both_sides_within_a_second_has_a_hole(numbers):
    hits = [_at(n, 50 + 0.2 * n) for n in sorted(numbers)]
    found = cover(hits, _times(100), [(0, 100)], threshold=0.1)
    for a, b in pairwise(hits):
        if (b.number - a.number) * _STEP_S <= GAP_S:
            assert _hides(found.boxes[a.number], a.box) and _hides(found.boxes[b.number], b.box)
            for number in range(a.number + 1, b.number):
                assert _hides(found.boxes.get(number, ()), a.box.hull(b.box)), number


@given(st.integers(1, 98), st.lists(st.integers(0, 99), min_size=1, max_size=20))
def test_nothing_is_carried_over_a_cut(cut, numbers):
    before = [_at(n) for n in sorted(set(numbers)) if n < cut]
    found = cover(before, _times(100), [(0, cut), (cut, 100)], threshold=0.1)
    assert all(number < cut for number in found.boxes)


def test_each_box_becomes_a_square_and_is_grown_by_a_third_less_a_little():
    (box,) = cover([_at(0)], [0.0], [(0, 1)], threshold=0.1).boxes[0]
    assert (box.x1_px - box.x0_px, box.y1_px - box.y0_px) == pytest.approx((1.3 * 25, 1.3 * 25))
    assert (box.x1_px + box.x0_px, box.y1_px + box.y0_px) == pytest.approx((120, 105))


@given(
    st.lists(st.sampled_from([0.0, 0.001, 0.033, 0.04, 0.1, 0.5]), min_size=1, max_size=60),
    st.integers(1, 59),
)
def test_frames_at_full_size_are_never_far_apart_and_hold_both_ends_of_a_shot(steps, cut):
    times = np.cumsum(steps).tolist()
    shots = [(0, len(times))] if cut >= len(times) else [(0, cut), (cut, len(times))]
    full = face_search.full_size(times, shots)
    assert full == sorted(set(full))
    for first, end in shots:
        inside = [n for n in full if first <= n < end]
        assert inside[0] == first and inside[-1] == end - 1
        for a, b in pairwise(inside):
            assert b == a + 1 or (
                times[b] - times[a] <= face_search.FULL_EVERY_S + 2e-3 and b - a <= 12
            )


def test_what_is_faint_is_put_before_a_human_and_not_hidden():
    found = cover([_at(3, score=0.07)], _times(10), [(0, 10)], threshold=0.1)
    assert found.boxes == {} and "NOT hidden" in found.review[0].why


def test_a_box_that_vanishes_within_a_shot_is_put_before_a_human():
    whys = {
        d.why
        for d in cover([_at(n) for n in range(10, 20)], _times(50), [(0, 50)], threshold=0.1).review
    }
    assert whys == {"appears within a shot", "vanishes within a shot"}


def test_a_box_by_hand_moves_evenly_and_a_wrong_one_names_its_place():
    track = {
        "track": [{"at_s": 0, "box_px": [0, 0, 10, 10]}, {"at_s": 1, "box_px": [100, 0, 110, 10]}]
    }
    found = drawn_boxes(
        {"box": [track, {"box_px": [5, 5, 9, 9], "from_s": 0.5}]}, [0.0, 0.5, 1.0, 1.5], (200, 100)
    )
    # the second frame is shown from 0.5 to 1 s, while the box goes from 50 to 100 px
    assert found[1][0] == HiddenBox(50, 0, 110, 10)
    assert [len(found.get(n, [])) for n in range(4)] == [1, 2, 2, 1]
    with pytest.raises(InputError, match="two entries at least"):
        drawn_boxes({"box": [{"track": []}]}, [0.0], (200, 100))
    with pytest.raises(InputError) as caught:
        drawn_boxes(
            {"box": [{"box_px": [500, 0, 600, 10]}, {"box_px": [9, 0, 5, 10], "to": 3}]},
            [0.0],
            (200, 100),
        )
    assert {p["where"] for p in caught.value.details["problems"]} == {
        "box[0].box_px",
        "box[1].to",
        "box[1].box_px",
    }


@given(
    st.lists(st.sampled_from([0.0, 1 / 60, 0.04, 0.25, 1.0]), min_size=1, max_size=20),
    st.floats(-1, 8),
    st.floats(0, 3),
    st.floats(0, 1),
)
def test_the_frame_on_the_screen_at_any_time_of_a_stretch_is_hidden(steps, from_s, lasts_s, share):
    times = np.cumsum(steps).tolist()
    box = {"box_px": [0, 0, 9, 9], "from_s": from_s, "to_s": from_s + lasts_s}
    end_s = drawn_boxes_module.film_end_s(times)
    if from_s + lasts_s < times[0] - 1e-6 or from_s >= end_s:
        with pytest.raises(InputError, match="a stretch of the film"):
            drawn_boxes({"box": [box]}, times, (99, 99))
        return
    found = drawn_boxes({"box": [box]}, times, (99, 99))
    at_s = from_s + share * lasts_s
    on_screen = [n for n, time_s in enumerate(times) if time_s <= at_s]
    if on_screen:
        assert found[on_screen[-1]] == [HiddenBox(0, 0, 9, 9)]


@given(st.floats(0, 3), st.floats(0.05, 2))
def test_a_moving_box_hides_each_place_that_it_passes_while_a_frame_is_shown(at_s, step_s):
    keys = [
        {"at_s": 0, "box_px": [0, 0, 10, 10]},
        {"at_s": 1, "box_px": [100, 0, 110, 10]},
        {"at_s": 3, "box_px": [0, 50, 10, 60]},
    ]
    times = np.arange(0, 4, step_s).tolist()
    found = drawn_boxes({"box": [{"track": keys}]}, times, (200, 100))
    x_px = 100 * at_s if at_s <= 1 else 50 * (3 - at_s)
    y_px = 0 if at_s <= 1 else 25 * (at_s - 1)
    (hidden,) = found[max(n for n, time_s in enumerate(times) if time_s <= at_s)]
    assert hidden.x0_px <= x_px + 1e-3 and x_px + 10 <= hidden.x1_px + 1e-3
    assert hidden.y0_px <= y_px + 1e-3 and y_px + 10 <= hidden.y1_px + 1e-3


def test_the_last_frame_hides_all_places_that_a_box_passes_after_it():
    keys = [{"at_s": 0, "box_px": [0, 0, 9, 9]}, {"at_s": 5, "box_px": [50, 0, 59, 9]}]
    found = drawn_boxes({"box": [{"track": keys}]}, [0.0, 1.0], (99, 99))
    assert found[1] == [HiddenBox(10, 0, 59, 9)]


def test_a_frame_of_a_slow_film_is_hidden_though_it_began_before_the_stretch():
    box = {"box_px": [0, 0, 9, 9], "from_s": 1.5, "to_s": 2.5}
    assert sorted(drawn_boxes({"box": [box]}, [0.0, 1.0, 2.0, 3.0, 4.0], (99, 99))) == [1, 2]


@pytest.mark.parametrize(
    ("from_s", "to_s"), [(7.0, 9.0), (-3.0, -1.0), (2.5, 1.5), (5.0, None), (None, -0.5)]
)
def test_a_box_at_whose_times_nothing_is_shown_is_refused(from_s, to_s):
    ends = {"from_s": from_s, "to_s": to_s}
    box = {"box_px": [0, 0, 9, 9]} | {key: end for key, end in ends.items() if end is not None}
    with pytest.raises(InputError) as caught:
        drawn_boxes({"box": [box]}, [0.0, 1.0, 2.0, 3.0, 4.0], (99, 99))
    (problem,) = caught.value.details["problems"]
    assert problem["where"] == "box[0]" and "from 0 to 5 s" in problem["expected"]


# --- the picture ----------------------------------------------------------------------------------


def test_every_frame_is_covered_where_the_plan_says_and_nowhere_else(real_sandbox, tmp_path):
    path = made.film(
        tmp_path / "a.mp4", [made.scene(i) for i in range(12)], range(0, 480, 40), sound=True
    )
    boxes = tmp_path / "b.toml"
    boxes.write_text("[[box]]\nbox_px = [20.5, 30, 81, 90]\nfrom_s = 0.1\nto_s = 0.3\n")
    done = actions.redact(
        path, tmp_path / "o.mp4", document=actions.plan_redaction(path, boxes=boxes)
    )
    assert done["frames"] == 12 and done["frames_covered"] == 6
    before, after = frames.scan(path), frames.scan(tmp_path / "o.mp4")
    assert np.allclose(before.times_s, after.times_s, atol=1e-4)
    pairs = zip(
        frames.take(path, before, range(12)),
        frames.take(tmp_path / "o.mp4", after, range(12)),
        strict=True,
    )
    for old, new in pairs:
        hidden = 2 <= old.number <= 7  # the third is shown from 0.08 to 0.12 s
        assert (new.rgb[34:86, 24:78].max() < 40) == hidden
        assert abs(new.rgb[100:, :].astype(int) - old.rgb[100:, :]).mean() < 12
    record = json.loads((tmp_path / "o.mp4.redaction.json").read_text())
    assert record["source_sha256"] != record["output_sha256"] and record["sound"] == "left out"


def test_odd_sizes_and_turned_films_are_covered_as_seen(tmp_path):
    path = made.film(tmp_path / "a.mp4", [made.scene(i) for i in range(4)], range(0, 160, 40))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    data[at : at + 36] = b"".join(
        n.to_bytes(4, "big", signed=True) for n in [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30]
    )
    path.write_bytes(data)
    boxes = tmp_path / "b.toml"
    boxes.write_text(
        "[[box]]\nbox_px = [0, 150, 144, 192]\n"
    )  # the foot of the upright, 144 x 192 frame
    actions.redact(path, tmp_path / "o.mp4", document=actions.plan_redaction(path, boxes=boxes))
    (frame,) = frames.take(tmp_path / "o.mp4", frames.scan(tmp_path / "o.mp4"), [2])
    assert frame.rgb.shape == (192, 144, 3)
    assert frame.rgb[154:, :].max() < 40 < frame.rgb[:140].max()


def test_a_photo_of_odd_size_leaves_as_png(real_sandbox, tmp_path):
    Image.fromarray(made.scene(1, 101, 77)).save(tmp_path / "a.jpg")
    (tmp_path / "b.toml").write_text("[[box]]\nbox_px = [-5, -5, 30, 40]\n")
    document = actions.plan_redaction(tmp_path / "a.jpg", boxes=tmp_path / "b.toml")
    actions.redact(tmp_path / "a.jpg", tmp_path / "o.png", document=document)
    with Image.open(tmp_path / "o.png") as image:
        assert image.size == (77, 101) and image.info == {}
        assert np.asarray(image)[:40, :30].max() == 0


def test_a_box_too_thin_to_be_looked_under_is_said(tmp_path, capsys):
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    thin = {"box": [{"box_px": [10, 10, 13, 90]}, {"box_px": [60, 20, 90, 50]}]}
    document = actions.plan_redaction(tmp_path / "a.png", boxes=thin)
    done = actions.redact(tmp_path / "a.png", tmp_path / "o.png", document=document)
    (warning,) = done["warnings"]
    assert "a box was painted but not looked under" in warning
    assert done["warnings"] == tuple(
        json.loads((tmp_path / "o.png.redaction.json").read_text())["warnings"]
    )
    thin["box"].pop(0)
    document = actions.plan_redaction(tmp_path / "a.png", boxes=thin)
    done = actions.redact(tmp_path / "a.png", tmp_path / "p.png", document=document)
    assert "warnings" not in done


# --- the review -----------------------------------------------------------------------------------


def test_a_plan_is_edited_reviewed_shown_and_carried_out_by_calls_alone(tmp_path):
    path = made.film(tmp_path / "a.mp4", [made.scene(i) for i in range(6)], range(0, 240, 40))
    drawn = actions.plan_redaction(path, boxes={"box": [{"box_px": [10, 10, 60, 60]}]})
    seen = actions.mark_reviewed(drawn, by=" AB ")
    assert seen["reviewed"]["by"] == "AB" and drawn["reviewed"] is None
    edited = actions.edit_plan(seen, {2: [[100, 20, 150, 70]], 3: []})
    assert (
        edited["reviewed"] is None
        and edited["edited_frames"] == [2, 3]
        and "3" not in edited["boxes"]
    )
    frame, tinted, hidden = (
        np.asarray(Image.open(io.BytesIO(actions.preview_frame(path, 2, plan=edited, show=show))))
        for show in ("frame", "boxes", "hidden")
    )
    assert frame[25:65, 105:145].max() > 100 and (hidden[20:70, 100:150] == 0).all()
    assert np.array_equal(tinted[30:60, 110:140], frame[30:60, 110:140] // 2)
    assert np.array_equal(hidden[:, :99], frame[:, :99]) and np.array_equal(
        hidden[10:60, 10:60], frame[10:60, 10:60]
    )
    small = Image.open(io.BytesIO(actions.preview_frame(path, 2, plan=edited, longest_px=96)))
    assert small.size == (96, 72)
    done = actions.redact(path, tmp_path / "o.mp4", document=actions.mark_reviewed(edited, by="CD"))
    assert (
        done["reviewed_by"] == "CD" and done["frames_edited"] == 2 and done["frames_covered"] == 5
    )


@pytest.mark.parametrize(
    "changes",
    [
        {6: []},
        {-1: []},
        {0: [[5, 5, 5, 9]]},
        {0: [[1, 2, 3]]},
        {0: [[0, 0, float("nan"), 9]]},
        {0: [[200, 0, 300, 9]]},
    ],
)
def test_an_edit_that_fits_no_frame_is_refused(tmp_path, changes):
    path = made.film(tmp_path / "a.mp4", [made.scene(i) for i in range(6)], range(0, 240, 40))
    with pytest.raises(InputError) as caught:
        actions.edit_plan(actions.plan_redaction(path), changes)
    assert caught.value.code == "bad-boxes"


def test_a_screen_on_which_nothing_is_drawn_yet_has_an_empty_plan(tmp_path):
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    empty = actions.plan_redaction(tmp_path / "a.png", boxes={"box": []})
    assert empty["boxes"] == {} and empty == actions.plan_redaction(tmp_path / "a.png")


def test_a_review_by_nobody_is_none(tmp_path):
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    with pytest.raises(InputError) as caught:
        actions.mark_reviewed(actions.plan_redaction(tmp_path / "a.png"), by=" ")
    assert caught.value.code == "review-needed"


# --- what is refused ------------------------------------------------------------------------------


def test_faces_are_not_exported_before_a_human_has_looked(tmp_path):
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    document = actions.plan_redaction(tmp_path / "a.png") | {"faces": {"network": "CenterFace"}}
    with pytest.raises(InputError) as caught:
        actions.redact(tmp_path / "a.png", tmp_path / "o.png", document=document, reviewed_by=" ")
    assert caught.value.code == "review-needed" and not (tmp_path / "o.png").exists()
    done = actions.redact(
        tmp_path / "a.png", tmp_path / "o.png", document=document, reviewed_by="AB"
    )
    assert done["reviewed_by"] == "AB"


def test_a_plan_of_another_file_is_refused(tmp_path):
    for seed, name in ((1, "a.png"), (2, "b.png")):
        Image.fromarray(made.scene(seed)).save(tmp_path / name)
    document = actions.plan_redaction(tmp_path / "a.png")
    with pytest.raises(InputError) as caught:
        actions.redact(tmp_path / "b.png", tmp_path / "o.png", document=document)
    assert caught.value.code == "plan-of-another-file"


@pytest.mark.parametrize("name", ["o.mp4", "o.gif", "o"])
def test_a_photo_does_not_leave_under_a_films_name(tmp_path, name):
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    with pytest.raises(InputError) as caught:
        actions.redact(
            tmp_path / "a.png", tmp_path / name, document=actions.plan_redaction(tmp_path / "a.png")
        )
    assert caught.value.code == "bad-output-name"


def test_a_file_that_is_not_clean_is_deleted(real_sandbox, tmp_path, monkeypatch):
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    leak = leak_check.LeakReport(("a place",), (), ("noonmark",))
    monkeypatch.setattr(leak_check, "read_back", lambda *_, **__: leak)
    path, out = tmp_path / "a.png", tmp_path / "o.png"
    document = actions.plan_redaction(path)
    for make in (
        lambda: actions.strip(path, out),
        lambda: actions.redact(path, out, document=document),
    ):
        with pytest.raises(OutsideError) as caught:
            make()
        assert caught.value.code == "not-clean" and not (tmp_path / "o.png").exists()


# --- nothing of the source is left ----------------------------------------------------------------


def _dirty(folder: Path) -> Path:
    tags = Image.Exif()
    tags[0x010F], tags[0x013B] = "SecretCam 3000", "Jane Roe, Aleppo"
    tags.get_ifd(0x8769).update({0x9003: "2020:01:02 03:04:05", 0xA431: "SERIAL-77123"})
    tags.get_ifd(0x8825).update({1: "N", 2: (36.0, 12.0, 7.0), 3: "E", 4: (37.0, 9.0, 36.0)})
    Image.fromarray(made.scene(5)).save(folder / "a.jpg", exif=tags, comment=b"shot by J")
    (folder / "a.jpg").write_bytes((folder / "a.jpg").read_bytes() + b"motion photo" * 20)
    return folder / "a.jpg"


def test_the_reader_finds_what_a_dirty_file_carries(tmp_path):
    """The negative control of the leak test."""
    leaks = " ".join(leak_check.read_back(_dirty(tmp_path)).leaks)
    for word in (
        "SERIAL-77123",
        "SecretCam 3000",
        "2020:01:02",
        "GPSLatitude",
        "bytes follow the end",
    ):
        assert word in leaks


def test_stripping_takes_all_of_it_and_leaves_every_pixel(real_sandbox, tmp_path):
    path = _dirty(tmp_path)
    done = actions.strip(path, tmp_path / "o.jpg")
    assert done["removed"]["APP1"] > 100 and done["removed"]["behind the end"] == 240
    data = (tmp_path / "o.jpg").read_bytes()
    for word in (b"SERIAL", b"Secret", b"Aleppo", b"2020", b"shot by", b"motion"):
        assert word not in data
    with Image.open(path) as old, Image.open(tmp_path / "o.jpg") as new:
        assert np.array_equal(np.asarray(old), np.asarray(new))


@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_a_stripped_picture_stays_upright_and_the_same(tmp_path, form):
    tags = Image.Exif()
    tags[0x0112], tags[0x010F] = 6, "SecretCam"
    path, out = tmp_path / f"a.{form.lower()}", tmp_path / f"o.{form.lower()}"
    Image.fromarray(made.scene(6)).save(
        path, form, exif=tags, **({"progressive": True} if form == "JPEG" else {})
    )
    actions.strip(path, out)
    assert b"SecretCam" not in out.read_bytes()
    with Image.open(path) as old, Image.open(out) as new:
        assert np.array_equal(np.asarray(old), np.asarray(new))
        if form == "JPEG":
            assert new.getexif() == {0x0112: 6}


@given(st.binary(max_size=300))
def test_strippers_never_raise_and_never_pass_a_foreign_segment(data):
    assert b"Exif" not in jpeg(
        b"\xff\xd8\xff\xe1\x00\x0aExif\0\0ab" + data.replace(b"Exif", b""), {}
    )
    png(b"\x89PNG\r\n\x1a\n" + data, {})
    webp(b"RIFF" + struct.pack("<I", len(data)) + b"WEBP" + data, {})


@pytest.mark.slow
def test_a_stripped_film_keeps_its_frames_and_sound_and_nothing_else(real_sandbox, tmp_path):
    path = made.film(tmp_path / "a.mp4", made.numbered(8), range(0, 320, 40), sound=True)
    assert b"x264 - core" in path.read_bytes() and b"Lavf" in path.read_bytes()
    done = actions.strip(path, tmp_path / "o.mp4")
    data = (tmp_path / "o.mp4").read_bytes()
    assert b"x264" not in data and b"Lavf" not in data  # the sound is not touched
    assert "MP4 track 2 kind: soun" in done["remains"]
    reel = frames.scan(tmp_path / "o.mp4")
    assert [made.number_of(f.rgb) for f in frames.take(tmp_path / "o.mp4", reel, range(8))] == list(
        range(8)
    )


@shared
@pytest.mark.shared
@pytest.mark.slow
def test_no_file_of_the_set_leaks_when_stripped_or_redacted(real_sandbox, tmp_path):
    stripped = redacted = 0
    folders = ("exif", "heic", "gopro", "exiftool_t", "neardup")
    for path in sorted(p for folder in folders for p in (SHARED / folder).iterdir()):
        source = process.run("probe", payload={}, files=[path]).value
        film = source["container"] in ("MP4", "MOV")
        for verb in ("strip", "redact"):
            out = tmp_path / f"{verb}-{path.name}{'.mp4' if film else '.jpg'}"
            try:
                if verb == "strip":
                    actions.strip(path, out)
                    stripped += 1
                else:
                    actions.redact(path, out, document=actions.plan_redaction(path))
                    redacted += 1
            except NoonmarkError as error:
                assert error.code in (
                    "strip-unsupported",
                    "not-decodable",
                    "no-video",
                    "worker-failed",
                ), (path, error)
                assert not out.exists()
                continue
            data = out.read_bytes()
            for field in source["fields"]:
                said = field["value"]
                if (
                    isinstance(said, str)
                    and len(said) > 7
                    and field["name"] not in ("handler name", "compressor")
                ):
                    assert said.encode() not in data, (path, field)
    assert stripped >= 45 and redacted >= 42


# --- the network ----------------------------------------------------------------------------------


def _model():
    try:
        return face_search.model_file(None)
    except OutsideError:
        return None


@pytest.mark.skipif(_model() is None, reason="the CenterFace network is not installed")
@shared
@pytest.mark.shared
@pytest.mark.slow
def test_every_labelled_face_is_covered_to_nine_tenths(real_sandbox):
    """Local use only: the pictures show real people and are never copied, shown or shipped."""
    import xml.etree.ElementTree as Tree

    pytest.importorskip("onnxruntime")
    shares = []
    for listing in ("testing.xml", "training.xml"):
        for image in Tree.parse(SHARED / "faces_dlib" / listing).getroot().iter("image"):
            path = SHARED / "faces_dlib" / image.get("file")
            reel = frames.scan(path)
            boxes = redact.plan(path, reel, faces=True).boxes.get(0, ())
            hidden = np.zeros((reel.height_px, reel.width_px), bool)
            for b in boxes:
                hidden[
                    max(0, int(b.y0_px)) : max(0, int(b.y1_px)),
                    max(0, int(b.x0_px)) : max(0, int(b.x1_px)),
                ] = True
            for label in image.iter("box"):
                left, top, wide, high = (
                    int(label.get(k)) for k in ("left", "top", "width", "height")
                )
                shares.append(hidden[max(0, top) : top + high, max(0, left) : left + wide].mean())
    assert len(shares) == 43 and min(shares) >= 0.9


def test_a_file_that_is_no_network_is_refused(real_sandbox, tmp_path):
    pytest.importorskip("onnxruntime")
    Image.fromarray(made.scene(1)).save(tmp_path / "a.png")
    (tmp_path / "m.onnx").write_bytes(b"not a network")
    with pytest.raises(InputError) as caught:
        actions.plan_redaction(tmp_path / "a.png", faces=True, model=tmp_path / "m.onnx")
    assert caught.value.code == "bad-model"


@given(st.binary(max_size=120))
def test_freeing_the_shapes_of_garbage_ends_in_a_value_error_or_in_bytes(data):
    with suppress(ValueError):
        assert isinstance(onnx_shapes.free(data), bytes)


def test_the_bytes_of_a_hidden_region_are_gone_from_a_png(tmp_path):
    secret = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    picture = made.scene(7)
    picture[20:60, 30:70] = secret
    Image.fromarray(picture).save(tmp_path / "a.png")
    (tmp_path / "b.json").write_text(json.dumps({"box": [{"box_px": [30, 20, 70, 60]}]}))
    document = actions.plan_redaction(tmp_path / "a.png", boxes=tmp_path / "b.json")
    actions.redact(tmp_path / "a.png", tmp_path / "o.png", document=document)
    found = np.asarray(Image.open(io.BytesIO((tmp_path / "o.png").read_bytes())))
    assert (found[20:60, 30:70] == 0).all() and np.array_equal(found[60:], picture[60:])


# --- the finder -----------------------------------------------------------------------------------


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_tiles_cover_a_picture_and_share_what_they_promise(height, width):
    for length in (height * 3, width):
        starts = faces.tile_starts(length)
        assert starts[0] == 0 and starts[-1] + faces.TILE_PX >= length
        assert all(b - a <= faces.TILE_PX - faces.SHARED_PX for a, b in pairwise(starts))


@pytest.mark.parametrize("size_px", [(1000, 700), (2500, 3100)])
def test_a_spot_is_found_at_its_place_however_large_the_picture(size_px):
    """With a stand-in for the network, which boxes what is bright; a large spot, too, that no tile
    holds whole.
    """
    picture = np.zeros((size_px[1], size_px[0], 3), np.uint8)
    spots = [(30, 40, 70, 90), (size_px[0] - 60, size_px[1] - 80, size_px[0] - 20, size_px[1] - 20)]
    spots += [(300, 300, 700, 640)]
    for x0, y0, x1, y1 in spots:
        picture[y0:y1, x0:x1] = 255

    def bright(tile, least):
        assert tile.shape[0] * tile.shape[1] <= faces.AT_ONCE_PX
        areas = ndimage.find_objects(ndimage.label(tile[..., 0] > 128)[0])
        return np.array([[x.start, y.start, x.stop, y.stop, 0.9] for y, x in areas], float).reshape(
            -1, 5
        )

    found = faces.everywhere(bright, picture, 0.1)
    for spot in spots:
        assert any(np.abs(row[:4] - spot).max() <= 4 for row in found), spot
