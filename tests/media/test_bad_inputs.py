"""What redact and strip make of odd and broken input: used where it can be, else one sentence; the original stays."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noonmark.cli.main import main
from noonmark.media import frames

pytest.importorskip("av")
from tests.media import made


def _save(path: Path, picture: Image.Image, form: str, **options: object) -> Path:
    picture.save(path, form, **options)
    return path


def _cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def _shift_times(path: Path, by_ms: int) -> Path:
    """The same film, every time moved: an edit list of FFmpeg's keeps what lies before zero."""
    import av

    out = path.with_name("shifted.mkv")
    with av.open(str(path)) as source, av.open(str(out), "w", options={"avoid_negative_ts": "disabled"}) as sink:
        stream = sink.add_stream_from_template(source.streams.video[0])
        base = source.streams.video[0].time_base
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.pts += round(by_ms / 1000 / base)
                packet.dts += round(by_ms / 1000 / base)
                packet.stream = stream
                sink.mux(packet)
    return out


def _film(folder: Path, count: int = 12, **options: object) -> Path:
    return made.film(folder / "a.mp4", [made.scene(i) for i in range(count)], range(0, 40 * count, 40), **options)


def _said(capsys) -> str:
    shown = capsys.readouterr().err.strip().splitlines()
    assert shown and shown[0].startswith("noonmark: ") and len(shown) <= 2, shown
    return shown[0]


def _box(tmp_path: Path, text: str = "box_px = [10, 10, 40, 40]") -> list[str]:
    (tmp_path / "b.toml").write_text(f"[[box]]\n{text}\n")
    return ["--boxes", str(tmp_path / "b.toml")]


# --- what is used -------------------------------------------------------------------------------------------


def _odd(folder: Path, kind: str) -> Path:
    scene = Image.fromarray(made.scene(1, 101, 77))
    if kind == "odd size":
        return _save(folder / "a.jpg", scene, "JPEG")
    if kind == "16-bit":
        deep = Image.fromarray((np.asarray(scene.convert("L")).astype(np.uint16)) * 257)
        return _save(folder / "a.png", deep, "PNG")
    if kind == "CMYK":
        return _save(folder / "a.jpg", scene.convert("CMYK"), "JPEG")
    if kind == "rotated":
        turned = Image.Exif()
        turned[0x0112] = 6
        return _save(folder / "a.jpg", scene.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=turned)
    return _save(folder / "a.mp4", scene, "PNG")  # wrong extension


@pytest.mark.parametrize("kind", ["odd size", "16-bit", "CMYK", "rotated", "wrong extension"])
def test_odd_photos_are_redacted_upright_and_stripped(tmp_path, kind):
    path = _odd(tmp_path, kind)
    before = path.read_bytes()
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.png")]) == 0
    with Image.open(tmp_path / "o.png") as image:
        shown = np.asarray(image)
    assert shown.shape == (101, 77, 3) and (shown[10:40, 10:40] == 0).all()
    light = made.scene(1, 101, 77).astype(int).mean(axis=2)
    assert abs(shown[50:, 50:].astype(int).mean(axis=2) - light[50:, 50:]).mean() < 25
    assert main(["strip", str(path), "--out", str(tmp_path / "s")]) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["odd size", "negative times", "no times", "one frame", "Matroska"])
def test_odd_films_are_redacted_frame_by_frame(tmp_path, kind):
    import av

    path = _film(tmp_path, 1 if kind == "one frame" else 12)
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
        path = _shift_times(path, -200 if kind == "negative times" else 0)
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


def test_a_film_of_one_frame_may_leave_as_a_photo_too(tmp_path):
    path = _film(tmp_path, 1)
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.png")]) == 0
    with Image.open(tmp_path / "o.png") as image:
        assert image.format == "PNG" and image.size == (192, 144)


def test_of_a_photo_that_is_cut_off_what_could_be_read_is_used_and_the_rest_is_said(tmp_path, capsys):
    path = _cut(_save(tmp_path / "a.jpg", Image.fromarray(made.scene(1, 200, 300)), "JPEG"), 0.5)
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.png")]) == 0
    assert "lost     1 parts" in capsys.readouterr().out
    with Image.open(tmp_path / "o.png") as image:
        shown = np.asarray(image)
    assert abs(shown[45:60].astype(int) - made.scene(1, 200, 300)[45:60]).mean() < 25


def test_of_a_film_that_is_hurt_in_the_middle_what_could_be_read_is_used_and_the_rest_is_said(tmp_path, capsys):
    path = _shift_times(_film(tmp_path, 40), 0)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    assert main(["redact", str(path), *_box(tmp_path), "--out", str(tmp_path / "o.mp4")]) == 0
    capsys.readouterr()
    assert 10 < len(frames.scan(tmp_path / "o.mp4").times_s) <= 40


# --- what is refused ----------------------------------------------------------------------------------------


def _sound(folder: Path) -> Path:
    import av

    with av.open(str(folder / "a.wav"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        piece = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
        piece.sample_rate = 8000
        out.mux(stream.encode(piece))
        out.mux(stream.encode())
    return folder / "a.wav"


def _huge(folder: Path) -> Path:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 65535, 65535, 1, 0, 0, 0, 0))
    (folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1 << 20))))
    return folder / "a.png"


def _bad(folder: Path, kind: str) -> Path:
    path = folder / "a.bin"
    if kind == "sound alone":
        return _sound(folder)
    if kind == "too large":
        return _huge(folder)
    if kind == "film cut off":
        return _cut(_film(folder, 30), 0.5)
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes({"empty": b"", "text": b"not a picture\n" * 50}[kind])
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("missing", 2),
        ("folder", 2),
        ("empty", 2),
        ("text", 2),
        ("sound alone", 2),
        ("film cut off", 2),
        ("too large", 2),
    ],
)
@pytest.mark.parametrize("verb", ["redact", "strip"])
def test_what_is_no_picture_ends_in_one_sentence_and_leaves_nothing(tmp_path, capsys, verb, kind, code):
    path = _bad(tmp_path, kind)
    before = path.read_bytes() if path.is_file() else b""
    boxes = _box(tmp_path) if verb == "redact" else []
    assert main([verb, str(path), *boxes, "--out", str(tmp_path / "out.mp4")]) == code
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
    path = _save(tmp_path / "a.png", Image.fromarray(made.scene(1)), "PNG")
    assert main(["redact", str(path), *_box(tmp_path, text), "--out", str(tmp_path / "o.png")]) == 2
    assert "box[0]" in _said(capsys) and not (tmp_path / "o.png").exists()


@pytest.mark.parametrize("verb", ["redact", "strip"])
def test_an_output_that_exists_is_left_as_it_is_even_the_original(tmp_path, capsys, verb):
    path = _save(tmp_path / "a.png", Image.fromarray(made.scene(1)), "PNG")
    before = path.read_bytes()
    (tmp_path / "o.png").write_bytes(b"mine")
    boxes = _box(tmp_path) if verb == "redact" else []
    for out in (tmp_path / "o.png", path):
        assert main([verb, str(path), *boxes, "--out", str(out)]) == 2
        assert "already exists" in _said(capsys)
    assert path.read_bytes() == before and (tmp_path / "o.png").read_bytes() == b"mine"


@pytest.mark.parametrize("verb", ["redact", "strip"])
def test_an_output_in_a_folder_that_is_not_there_is_said(tmp_path, capsys, verb):
    path = _save(tmp_path / "a.png", Image.fromarray(made.scene(1)), "PNG")
    boxes = _box(tmp_path) if verb == "redact" else []
    assert main([verb, str(path), *boxes, "--out", str(tmp_path / "no" / "o.png")]) == 3
    _said(capsys)


@pytest.mark.slow
def test_a_photo_made_of_endless_scans_is_given_up_by_its_cpu(tmp_path, capsys):
    out = io.BytesIO()
    Image.fromarray(made.scene(1, 640, 960)).save(out, "JPEG", progressive=True)
    data = bytearray(out.getvalue())
    at, last = data.index(b"\xff\xc2"), data.rindex(b"\xff\xda")
    data[at + 5 : at + 9] = struct.pack(">HH", 9984, 9984)
    (tmp_path / "a.jpg").write_bytes(data[:last] + data[last:-2] * 2000 + b"\xff\xd9")
    assert main(["redact", str(tmp_path / "a.jpg"), "--out", str(tmp_path / "o.png")]) == 3
    assert "more CPU to decode" in _said(capsys) and not (tmp_path / "o.png").exists()
