"""What strangers send: each command does what can be done, says in one sentence what can't, and leaves it alone."""

import hashlib
import json

import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")
from noonmark.cli.main import main
from tests.media import spoilt

# What becomes of each file: (probe's container or code, frames' count or code, whether an index takes it)
EXPECTED = {
    "letter.mp4": ("not-media", "not-decodable", False),
    "empty.mp4": ("not-media", "not-decodable", False),
    "sound.wav": ("RIFF", "no-video", False),
    "one-frame.mkv": ("Matroska", 1, True),
    "odd-size.mkv": ("Matroska", 24, True),
    "ten-bits.mkv": ("Matroska", 24, True),
    "sixteen-bits.png": ("PNG", 1, True),
    "cmyk.jpg": ("JPEG", 1, True),
    "turned.mp4": ("MP4", 24, True),
    "photo-named.mp4": ("PNG", 1, True),
    "film-named.jpg": ("MP4", 24, True),
    "no-times.h264": ("H.264 stream", 24, True),
    "negative-times.mkv": ("Matroska", 24, True),
    "half-untimed.mkv": ("Matroska", 24, True),
    "broken.mp4": ("MP4", range(10, 30), True),
}
SLOW = {
    "empty.mp4",
    "odd-size.mkv",
    "ten-bits.mkv",
    "cmyk.jpg",
    "photo-named.mp4",
    "film-named.jpg",
    "half-untimed.mkv",
}


@pytest.fixture
def say(capsys):
    """Runs a command line; gives (exit code, JSON)."""

    def run(*words):
        code = main([*map(str, words), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def _one_sentence(told):
    return told["ok"] is False and told["message"] and "\n" not in told["message"] and len(told["message"]) < 200


def test_every_kind_is_expected_to_become_something():
    assert set(EXPECTED) == set(spoilt.MAKERS)


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in EXPECTED])
def test_each_command_does_what_can_be_done_and_says_what_cannot(tmp_path, say, name):
    container, count, indexed = EXPECTED[name]
    path = spoilt.MAKERS[name](tmp_path / name)
    before = hashlib.sha256(path.read_bytes()).hexdigest()

    code, told = say("probe", path)
    if container == "not-media":
        assert (code, told["code"]) == (2, container) and _one_sentence(told)
    else:
        assert (code, told["container"]) == (0, container)

    code, told = say("frames", path, "--out", tmp_path / "out", "--number", 0)
    if isinstance(count, str):
        assert (code, told["code"]) == (2, count) and _one_sentence(told)
        assert not (tmp_path / "out").exists()
    else:
        assert code == 0 and (
            told["frame_count"] in count if isinstance(count, range) else told["frame_count"] == count
        )
        assert (tmp_path / "out/frame-000000.png").exists()

    code, told = say("index", "add", tmp_path / "index", path)
    if indexed:
        assert code == 0 and told["added"] == 1
        code, told = say("seen", path, "--in", tmp_path / "index")
        assert (code, told["verdict"]) == (0, "seen before")
    else:
        assert (code, told["code"]) == (2, "nothing-indexed") and _one_sentence(told)
        assert not (tmp_path / "index").exists()

    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def _frames(say, tmp_path, name, *words):
    path = spoilt.MAKERS[name](tmp_path / name)
    code, told = say("frames", path, "--out", tmp_path / "out", *words)
    assert code == 0, told
    return told


def test_a_turned_film_comes_out_upright_and_an_odd_size_whole(tmp_path, say):
    assert _frames(say, tmp_path, "turned.mp4")["width_px"] == 144
    (tmp_path / "b").mkdir()
    told = _frames(say, tmp_path / "b", "odd-size.mkv")
    assert (told["width_px"], told["height_px"]) == (191, 143)


def test_frames_without_a_time_are_counted_and_said(tmp_path, say):
    told = _frames(say, tmp_path, "no-times.h264", "--number", 20)
    assert "24 frames state no time; theirs was counted from the rate" in told["notes"]
    assert told["frames"][0]["time_s"] == pytest.approx(0.8)


def test_a_time_before_nought_is_a_time(tmp_path, say):
    told = _frames(say, tmp_path, "negative-times.mkv", "--at", "-0.3", "--number", 12)
    assert told["first_s"] == pytest.approx(-0.4)
    assert [(row["number"], row["time_s"]) for row in told["frames"]] == [(2, -0.32), (12, 0.08)]


def test_a_film_whose_times_go_back_gives_the_frames_by_number(tmp_path, say):
    told = _frames(say, tmp_path, "half-untimed.mkv", "--number", 3, "--number", 15)
    assert [row["number"] for row in told["frames"]] == [3, 15]
    assert any("10 frames state no time" in note for note in told["notes"])


def test_what_a_broken_film_lost_is_said(tmp_path, say):
    told = _frames(say, tmp_path, "broken.mp4")
    assert any("could not be decoded" in note for note in told["notes"])
