"""A box that follows a thing hides all of it on every frame, or says where it may not."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from noonmark import actions
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.media import followed_boxes as module
from noonmark.media import frames
from noonmark.media.followed_boxes import FollowedPlace, KeyFrame, followed_boxes
from noonmark.media.hidden_boxes import HiddenBox

av = pytest.importorskip("av")
pytest.importorskip("cv2")
WIDE, HIGH, RATE = 240, 160, 12


def _texture(seed: int, high: int, wide: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).uniform(0, 255, (high // 5 + 2, wide // 5 + 2))
    return ndimage.zoom(coarse, 5, order=1)[:high, :wide].astype(np.uint8)


def _left(number: int) -> int:
    """Where the thing of the film begins, in px."""
    return 20 + 4 * number


def film(path: Path, *, count: int = 30, gone: range = range(0), cut: int | None = None) -> Path:
    """A thing of 40 x 40 px at 60 px from the top, that moves by 4 px a frame to the right.

    It is not there on the frames ``gone``; from ``cut`` on the film shows another place.
    """
    thing = _texture(1, 40, 40)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        for n in range(count):
            later = cut is not None and n >= cut
            picture = _texture(3 if later else 2, HIGH, WIDE) // (4 if later else 1)
            if n not in gone:
                picture[60:100, _left(n) : _left(n) + 40] = thing
            frame = av.VideoFrame.from_ndarray(np.repeat(picture[..., None], 3, axis=2), "rgb24")
            frame.pts, frame.time_base = n, Fraction(1, RATE)
            out.mux(stream.encode(frame.reformat(format="yuv420p")))
        out.mux(stream.encode())
    return path


def _key(number: int) -> dict[str, object]:
    return {"at_s": number / RATE, "box_px": [_left(number), 60, _left(number) + 40, 100]}


def _holds(boxes: list[HiddenBox], number: int) -> bool:
    left = _left(number)
    return any(
        b.x0_px <= left and b.y0_px <= 60 and b.x1_px >= left + 40 and b.y1_px >= 100 for b in boxes
    )


def _followed(path: Path, row: dict[str, object]):
    return followed_boxes(path, frames.scan(path), {"box": [row]})


def test_a_box_drawn_once_hides_the_thing_on_every_frame(tmp_path):
    boxes, review = _followed(film(tmp_path / "a.mp4"), {"follow": [_key(0)]})
    assert all(_holds(boxes[n], n) for n in range(30))
    assert max(b.area for n in range(30) for b in boxes[n]) < 3 * 40 * 40
    assert [stretch.why for stretch in review] == [module.FOLLOWED]


def test_a_box_that_stays_would_leave_the_thing_open(tmp_path):
    # the control: without following, the drawn box hides the first frames alone
    drawn = HiddenBox(_left(0), 60, _left(0) + 40, 100)
    assert not any(_holds([drawn.grown(module.MARGIN)], n) for n in range(2, 30))


def test_boxes_drawn_in_the_middle_are_followed_between_and_not_beyond(tmp_path):
    boxes, _ = _followed(film(tmp_path / "a.mp4"), {"follow": [_key(20), _key(8)]})
    assert sorted(boxes) == list(range(8, 21))
    assert all(_holds(boxes[n], n) for n in range(8, 21))


def test_to_s_ends_what_is_followed_with_the_frame_shown_then(tmp_path):
    row = {"follow": [_key(5)], "to_s": 10.5 / RATE, "what": "a sign"}
    boxes, _ = _followed(film(tmp_path / "a.mp4"), row)
    assert sorted(boxes) == list(range(5, 11))


def test_a_cut_ends_what_is_followed_and_is_said(tmp_path):
    path = film(tmp_path / "a.mp4", cut=15)
    boxes, review = _followed(path, {"follow": [_key(0)], "to_s": 25 / RATE})
    assert sorted(boxes) == list(range(15))
    (said,) = [stretch for stretch in review if stretch.why == module.CUT]
    assert (round(said.from_s * RATE), round(said.to_s * RATE)) == (15, 25)


def test_what_is_lost_from_sight_grows_and_is_said(tmp_path):
    path = film(tmp_path / "a.mp4", gone=range(10, 30))
    boxes, review = _followed(path, {"follow": [_key(0)]})
    areas = [boxes[n][0].area for n in range(12, 30)]
    assert all(b > a for a, b in pairwise(areas))
    assert all(_holds(boxes[n], n) for n in range(10, 30))
    assert [s.why for s in review] == [module.FOLLOWED, module.LOST]
    assert round(review[1].to_s * RATE) == 29


def test_what_is_found_again_is_hidden_on_its_way():
    reel = frames.Reel(np.arange(6) / 10, np.zeros(6), np.zeros(6), (), 200, 100, 0, 0, 0, False)
    run = module._Run(KeyFrame(0, HiddenBox(0, 0, 10, 10)), 5)
    way = {n: FollowedPlace(HiddenBox(0, 0, 10, 10), n == 0) for n in range(5)}
    way[5] = FollowedPlace(HiddenBox(100, 0, 110, 10), True)
    found = module._safe(way, run, reel)
    assert found[1].x1_px >= 30 and found[4].x1_px >= 90
    assert found[5].x0_px > 90


def test_a_thing_that_shrinks_keeps_the_box_as_it_was_drawn():
    from noonmark.sandbox.decoders.box_follower import BoxFollower

    frame = _texture(2, HIGH, WIDE)
    follower = BoxFollower(frame, (50, 50, 90, 90))
    follower.box = follower.box.changed(0.5, 0.0)
    assert follower.edges == pytest.approx([50, 50, 90, 90])


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"follow": []}, ".follow"),
        ({"follow": [{"at_s": 0}]}, ".follow[0]"),
        ({"follow": [_key(40)]}, None),
        ({"follow": [_key(0)], "box_px": [0, 0, 9, 9]}, ".box_px"),
        ({"follow": [_key(9)], "to_s": 0.1}, ".to_s"),
        ({"follow": [{"at_s": 0, "box_px": [900, 0, 990, 9]}]}, ".follow[0].box_px"),
    ],
    ids=["empty", "no-box", "late", "box-too", "ends-before", "off-the-frame"],
)
def test_a_wrong_entry_names_its_place(tmp_path, row, where):
    path = film(tmp_path / "a.mp4", count=12)
    if where is None:
        boxes, _ = _followed(path, row)  # the last frame stays on the screen
        assert sorted(boxes) == [11]
        return
    with pytest.raises(InputError) as refused:
        _followed(path, row)
    assert f"box[0]{where}" in str(refused.value)


def test_too_long_a_stretch_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_FRAMES", 10)
    with pytest.raises(InputError) as refused:
        _followed(film(tmp_path / "a.mp4", count=12), {"follow": [_key(0)]})
    assert refused.value.code == "follow-too-long"


def test_a_followed_box_is_reviewed_before_anything_is_written(tmp_path, capsys):
    path, boxes = film(tmp_path / "a.mp4", count=12), tmp_path / "boxes.toml"
    boxes.write_text(
        "[[box]]\nfollow = [{ at_s = 0, box_px = [20, 60, 60, 100] }]\n"
        "[[box]]\nbox_px = [0, 0, 20, 20]\n"
    )
    out, plan = tmp_path / "o.mp4", tmp_path / "plan.json"
    command = ["redact", str(path), "--boxes", str(boxes), "--reviewed-by", "AB"]
    assert main([*command, "--out", str(out)]) == 2
    assert "review-needed" not in capsys.readouterr().out and not out.exists()
    assert main(["redact", str(path), "--boxes", str(boxes), "--write-plan", str(plan)]) == 0
    assert "followed by machine" in capsys.readouterr().out
    document = actions.read_plan(plan)
    with pytest.raises(InputError) as refused:
        actions.redact(path, out, document=document)
    assert refused.value.code == "review-needed"
    done = actions.redact(path, out, document=document, reviewed_by="AB")
    assert done["frames_covered"] == 12 and done["brightest_hidden_of_255"] <= 40
