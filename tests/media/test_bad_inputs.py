"""What strangers send: each command does what can be done, and says in one sentence what can't.

The original stays as it is.
"""

import hashlib
import io
import itertools
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noonmark.cli.main import main
from noonmark.media import exiftool, frames

pytest.importorskip("av")
pytest.importorskip("cv2")
from tests.media import made, spoilt

# What becomes of each file: (probe's container or code, frames' count or code, whether an index
# takes it)
EXPECTED = {
    "letter.mp4": ("not-media", "not-decodable", False),
    "empty.mp4": ("not-media", "not-decodable", False),
    "sound.wav": ("WAV", "no-video", False),
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


@pytest.fixture
def say(capsys):
    """Runs a command line; gives (exit code, JSON)."""

    def run(*words):
        code = main([*map(str, words), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def _one_sentence(told):
    return (
        told["ok"] is False
        and told["message"]
        and "\n" not in told["message"]
        and len(told["message"]) < 200
    )


def test_every_kind_is_expected_to_become_something():
    assert set(EXPECTED) == set(spoilt.MAKERS)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
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
            told["frame_count"] in count
            if isinstance(count, range)
            else told["frame_count"] == count
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


def test_what_a_broken_film_lost_is_said(real_sandbox, tmp_path, say):
    told = _frames(say, tmp_path, "broken.mp4")
    assert any("could not be decoded" in note for note in told["notes"])


# --- redact and strip ----------------------------------------------------------------------


def _said(capsys) -> str:
    shown = capsys.readouterr().err.strip().splitlines()
    assert shown and shown[0].startswith("noonmark: ") and len(shown) <= 2, shown
    return shown[0]


def _box(tmp_path: Path, text: str = "box_px = [10, 10, 40, 40]") -> list[str]:
    (tmp_path / "b.toml").write_text(f"[[box]]\n{text}\n")
    return ["--boxes", str(tmp_path / "b.toml")]


# --- what is used ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["odd size", "16-bit", "CMYK", "rotated", "wrong extension"])
def test_odd_photos_are_redacted_upright_and_stripped(tmp_path, kind):
    path = spoilt.odd_photo(tmp_path, kind)
    before = path.read_bytes()
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.png")]) == 0
    with Image.open(tmp_path / "o.png") as image:
        shown = np.asarray(image)
    assert shown.shape == (101, 77, 3) and (shown[10:40, 10:40] == 0).all()
    light = made.scene(1, 101, 77).astype(int).mean(axis=2)
    assert abs(shown[50:, 50:].astype(int).mean(axis=2) - light[50:, 50:]).mean() < 25
    assert main(["strip", str(path), "--out", str(tmp_path / "s")]) == 0
    assert path.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", ["odd size", "negative times", "no times", "one frame", "Matroska"]
)
def test_odd_films_are_redacted_frame_by_frame(tmp_path, kind):
    import av

    path = spoilt.camera_film(tmp_path, 1 if kind == "one frame" else 12)
    if kind == "odd size":
        with av.open(str(tmp_path / "odd.mkv"), "w") as out:
            stream = out.add_stream("ffv1", rate=25)
            stream.width, stream.height, stream.pix_fmt = 77, 101, "bgr0"
            for i in range(12):
                frame = av.VideoFrame.from_ndarray(made.scene(i, 101, 77), format="rgb24")
                frame.pts = i
                out.mux(stream.encode(frame))
            out.mux(stream.encode())
        path = tmp_path / "odd.mkv"
    if kind in ("negative times", "Matroska"):
        path = spoilt.shift_times(path, -200 if kind == "negative times" else 0)
    if kind == "no times":
        with av.open(str(path)) as source, av.open(str(tmp_path / "a.h264"), "w") as sink:
            stream = sink.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(source.streams.video[0]):
                if packet.size:
                    packet.stream = stream
                    sink.mux(packet)
        path = tmp_path / "a.h264"
    before, count = path.read_bytes(), 1 if kind == "one frame" else 12
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.mp4")]) == 0
    reel = frames.scan(tmp_path / "o.mp4")
    assert len(reel.times_s) == count and reel.times_s[0] == 0 and (np.diff(reel.times_s) > 0).all()
    for frame in frames.take(tmp_path / "o.mp4", reel, range(count)):
        assert frame.rgb[13:37, 13:37].max() < 40
        wanted = made.scene(frame.number, *((101, 77) if kind == "odd size" else (144, 192)))
        assert abs(frame.rgb[60:100, 45:75].astype(int) - wanted[60:100, 45:75]).mean() < 12
    assert path.read_bytes() == before


def test_a_film_of_one_frame_may_leave_as_a_photo_too(real_sandbox, tmp_path):
    path = spoilt.camera_film(tmp_path, 1)
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.png")]) == 0
    with Image.open(tmp_path / "o.png") as image:
        assert image.format == "PNG" and image.size == (192, 144)


def test_of_a_photo_that_is_cut_off_what_could_be_read_is_used_and_the_rest_is_said(
    tmp_path, capsys
):
    path = spoilt.cut(
        spoilt.save(tmp_path / "a.jpg", Image.fromarray(made.scene(1, 200, 300)), "JPEG"), 0.5
    )
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.png")]) == 0
    assert "lost     1 parts" in capsys.readouterr().out
    with Image.open(tmp_path / "o.png") as image:
        shown = np.asarray(image)
    assert abs(shown[45:60].astype(int) - made.scene(1, 200, 300)[45:60]).mean() < 25


@pytest.mark.slow
def test_of_a_film_that_is_hurt_in_the_middle_what_could_be_read_is_used_and_the_rest_is_said(
    real_sandbox, tmp_path, capsys
):
    path = spoilt.shift_times(spoilt.camera_film(tmp_path, 40), 0)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.mp4")]) == 0
    capsys.readouterr()
    assert 10 < len(frames.scan(tmp_path / "o.mp4").times_s) <= 40


# --- what is refused ------------------------------------------------------------------------------


_NO_PICTURE = ["missing", "folder", "empty", "text", "film cut off"]


@pytest.mark.parametrize(
    ("verb", "kind"),
    [*itertools.product(["redact", "strip"], _NO_PICTURE), ("redact", "sound alone")],
)
def test_what_is_no_picture_ends_in_one_sentence_and_leaves_nothing(tmp_path, capsys, verb, kind):
    _refused(tmp_path, capsys, verb, spoilt.no_picture(tmp_path, kind))


@pytest.mark.slow
@pytest.mark.parametrize("tools", ["with exiftool", "without exiftool"])
@pytest.mark.parametrize("verb", ["redact", "strip"])
def test_a_broken_picture_of_65535_squared_is_refused_whatever_is_installed(
    real_sandbox, tmp_path, capsys, monkeypatch, verb, tools
):
    if tools == "without exiftool":
        monkeypatch.setattr(exiftool, "present", lambda: None)
    _refused(tmp_path, capsys, verb, spoilt.no_picture(tmp_path, "too large"))


def _refused(tmp_path, capsys, verb, path):
    """Exit code 2, one sentence, no output, and the original as it was."""
    before = path.read_bytes() if path.is_file() else b""
    boxes = _box(tmp_path) if verb == "redact" else []
    assert main([verb, str(path), *boxes, "--out", str(tmp_path / "out.mp4")]) == 2
    _said(capsys)
    assert not list(tmp_path.glob("out*")) and (not path.is_file() or path.read_bytes() == before)


@pytest.mark.parametrize(
    "text",
    [
        "box_px = [500, 500, 600, 600]",
        "box_px = [40, 10, 10, 40]",
        "box_px = [1, 2, 3]",
        'box_px = "all"',
        "from_s = 1",
    ],
)
def test_a_box_outside_the_frame_is_refused_by_name(tmp_path, capsys, text):
    path = spoilt.save(tmp_path / "a.png", Image.fromarray(made.scene(1)), "PNG")
    assert main(["redact", str(path), *_box(tmp_path, text), "--out", str(tmp_path / "o.png")]) == 2
    assert "box[0]" in _said(capsys) and not (tmp_path / "o.png").exists()


@pytest.mark.parametrize("verb", ["redact", "strip"])
def test_an_output_that_exists_is_left_as_it_is_even_the_original(
    real_sandbox, tmp_path, capsys, verb
):
    path = spoilt.save(tmp_path / "a.png", Image.fromarray(made.scene(1)), "PNG")
    before = path.read_bytes()
    (tmp_path / "o.png").write_bytes(b"mine")
    boxes = _box(tmp_path) if verb == "redact" else []
    for out in (tmp_path / "o.png", path):
        assert main([verb, str(path), *boxes, "--out", str(out)]) == 2
        assert "already exists" in _said(capsys)
    assert path.read_bytes() == before and (tmp_path / "o.png").read_bytes() == b"mine"


@pytest.mark.parametrize("verb", ["redact", "strip"])
def test_an_output_in_a_folder_that_is_not_there_is_said(real_sandbox, tmp_path, capsys, verb):
    path = spoilt.save(tmp_path / "a.png", Image.fromarray(made.scene(1)), "PNG")
    boxes = _box(tmp_path) if verb == "redact" else []
    assert main([verb, str(path), *boxes, "--out", str(tmp_path / "no" / "o.png")]) == 3
    _said(capsys)


@pytest.mark.slow
def test_a_photo_made_of_endless_scans_is_given_up_by_its_cpu(real_sandbox, tmp_path, capsys):
    out = io.BytesIO()
    Image.fromarray(made.scene(1, 640, 960)).save(out, "JPEG", progressive=True)
    data = bytearray(out.getvalue())
    at, last = data.index(b"\xff\xc2"), data.rindex(b"\xff\xda")
    data[at + 5 : at + 9] = struct.pack(">HH", 9984, 9984)
    (tmp_path / "a.jpg").write_bytes(data[:last] + data[last:-2] * 2000 + b"\xff\xd9")
    assert main(["redact", str(tmp_path / "a.jpg"), "--out", str(tmp_path / "o.png")]) == 3
    assert "more CPU to decode" in _said(capsys) and not (tmp_path / "o.png").exists()
