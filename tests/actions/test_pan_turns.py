"""Turns between things from a clip, through the locked worker, as a place question takes them."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from noonmark import actions
from noonmark.actions.pan_turns import ThingMark
from noonmark.cli.main import main
from noonmark.errors import InputError
from testkit.kept_schemas import keeps

pytest.importorskip("av")
pytest.importorskip("cv2")
from testkit.made_pan import PanPlan, direction, made_pan

EXAMPLE = Path(actions.__file__).parents[1] / "examples" / "clip.mp4"
PLAN = PanPlan(
    span_deg=45.0, speed_deg_s=30.0, rate_hz=6.0, wide_px=480, high_px=270, arm_m=0.3, moving=1
)
AZIMUTH = np.array([-10.0, 30.0, 55.0])


@pytest.fixture(scope="module")
def pan(tmp_path_factory):
    """A clip, and the marks of three things 30 m away."""
    path = tmp_path_factory.mktemp("pan") / "pan.mp4"
    made = made_pan(PLAN, 5, path)
    last = len(made.times_s) - 1
    marks = []
    for name, azimuth, number in zip("abc", AZIMUTH, (0, last // 2, last), strict=True):
        thing = direction(np.array([azimuth]), np.array([2.0])) * 30.0
        x, y = made.pixels(number, thing - made.place[number])[0]
        marks.append(ThingMark(name, number, round(float(x), 1), round(float(y), 1), 30.0))
    return path, marks


@pytest.mark.slow
def test_turns_are_found_and_can_be_asked_of_a_map(pan, capsys):
    path, marks = pan
    found = actions.measure_turns(path, marks)
    keeps(found, "turns")
    for turn in found["turns"]:
        i, j = ("abc".index(turn[end]) for end in ("from", "to"))
        assert abs(turn["turn_deg"] - (AZIMUTH[j] - AZIMUTH[i])) < 3.0 * turn["sigma_deg"] < 5.0
    words = [
        word for m in marks for word in ("--mark", f"{m.name},{m.number},{m.x_px},{m.y_px},30")
    ]
    assert main(["turns", str(path), *words, "--toml"]) == 0
    (seen,) = tomllib.loads(capsys.readouterr().out)["seen"]
    assert seen["order"] == ["a", "b", "c"]
    assert seen["turn_deg"] == found["seen"]["turn_deg"]
    assert seen["turn_deg"][0] == 0.0 and seen["range_m"] == [5, 500]


@pytest.mark.parametrize(
    "marks",
    [
        [ThingMark("a", 0, 10.0, 10.0)],
        [ThingMark("a", 0, 10.0, 10.0), ThingMark("a", 1, 10.0, 10.0)],
        [ThingMark("a", 0, 10.0, 10.0), ThingMark("b", 99, 10.0, 10.0)],
        [ThingMark("a", 0, 10.0, 10.0), ThingMark("b", 1, 400.0, 10.0)],
        [ThingMark("a", 0, 10.0, 10.0), ThingMark("b", 1, 10.0, 10.0, 0.1)],
    ],
)
def test_marks_that_cannot_be_used_are_refused(marks):
    with pytest.raises(InputError) as caught:
        actions.measure_turns(EXAMPLE, marks)
    assert caught.value.code == "bad-mark"


@pytest.mark.parametrize("text", ["a,0,1", "a,x,1,2", ",0,1,2", "a,0,1,2,3,4"])
def test_a_mark_of_another_form_is_refused(text, capsys):
    assert main(["turns", str(EXAMPLE), "--mark", text]) == 2
    assert "--mark tower" in capsys.readouterr().err


def test_a_clip_whose_camera_stands_still_is_refused():
    marks = [ThingMark("a", 0, 10.0, 10.0), ThingMark("b", 9, 10.0, 10.0)]
    with pytest.raises(InputError) as caught:
        actions.measure_turns(EXAMPLE, marks)
    assert caught.value.code in ("no-panorama", "camera-walked")
