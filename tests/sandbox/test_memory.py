"""However large a picture is, the main process stays small; and it takes nothing from a worker but
what was agreed.
"""

import io
import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from noonmark.errors import OutsideError
from noonmark.sandbox import png
from tests.media import made

_MEBI = 1 << 20
_TEXT = {"Source-SHA256": "ab" * 32, "Frame-Number": "0"}
_RUN = """
import json, sys
from noonmark.cli.main import main
code = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
told = {
    "code": code,
    "bytes": int(peak.split()[1]) * 1024,
    "decoders": sorted({"PIL", "av", "cv2"} & set(sys.modules)),
}
print(json.dumps(told), file=sys.stderr)
"""


def _large(path: Path) -> Path:
    """A grey picture of 90 million pixels, 270 MB as RGB, small on disk."""
    side = 9480
    packer, row = zlib.compressobj(1), b"\0" + bytes(range(237)) * 5
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        (b"IDAT", data),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in parts
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


def _run(folder: Path, *words: str) -> dict:
    """A command in a process of its own: its code, its memory at most, and which decoders it
    imported.
    """
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *words],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    return json.loads(done.stderr.splitlines()[-1])


_COMMANDS = {
    "probe": ["probe", "a.png"],
    "frames": ["frames", "a.png", "--out", "out"],
    "strip": ["strip", "a.png", "--out", "out.png"],
    "redact": ["redact", "a.png", "--boxes", "boxes.toml", "--out", "out.png"],
}


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("command", _COMMANDS)
def test_a_picture_of_90_million_pixels_takes_less_than_100_mb_of_the_main_process(
    tmp_path, command
):
    _large(tmp_path / "a.png")
    (tmp_path / "boxes.toml").write_text("[[box]]\nbox_px = [0, 0, 300, 300]\n")
    found = _run(tmp_path, *_COMMANDS[command])
    nothing = _run(tmp_path, "sun", "0,0", "2020-01-01T00:00:00Z")
    assert found["code"] == 0 and found["decoders"] == []
    assert found["bytes"] - nothing["bytes"] < 100 * _MEBI
    if command == "frames":
        with Image.open(tmp_path / "out/frame-000000.png") as image:
            assert image.size == (9480, 9480) and len(image.text["Source-SHA256"]) == 64


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_many_frames_take_no_more_of_the_main_process_than_one(tmp_path):
    pytest.importorskip("av")
    made.film(
        tmp_path / "a.mp4", [made.scene(i // 8, 720, 1280) for i in range(16)], range(0, 640, 40)
    )
    one = _run(tmp_path, "frames", "a.mp4", "--out", "one", "--number", "0")
    all_ = _run(tmp_path, "frames", "a.mp4", "--out", "all", "--every", "0.001")
    assert (
        one["code"] == all_["code"] == 0 and len(list((tmp_path / "all").glob("frame-*.png"))) == 16
    )
    assert (
        all_["bytes"] - one["bytes"] < 25 * _MEBI
    )  # they are 44 MB as RGB; the small ones of the sheet are 3


def _png() -> bytes:
    return png.encode(made.scene(1, 40, 60), _TEXT)


def _checked(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    png.check(path, width_px=60, height_px=40, text=_TEXT)


@pytest.mark.parametrize("size", [(1, 1), (700, 900), (1300, 1700)])
def test_a_picture_written_in_pieces_is_the_picture(size):
    rgb = (
        made.scene(2, *size)
        if size[1] < 1000
        else np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    )
    data = b"".join(png.pieces(rgb, _TEXT))
    with Image.open(io.BytesIO(data)) as image:
        assert np.array_equal(np.asarray(image), rgb) and image.text == _TEXT
    assert data.count(b"IDAT") >= (2 if size[1] > 1000 else 1)


def test_what_a_worker_wrote_passes_as_agreed_and_in_no_other_form(tmp_path):
    whole = _png()
    _checked(tmp_path / "a.png", whole)
    end = whole[-12:]
    comment = png._chunk(b"tEXt", b"Comment\0seen in Aleppo")
    odd = {
        "a comment": whole[:-12] + comment + end,
        "a profile": whole[:-12] + png._chunk(b"iCCP", b"x\0\0") + end,
        "cut off": whole[:-1],
        "without an end": whole[:-12],
        "with more behind": whole + b"PK\x03\x04",
        "two ends": whole + end,
        "a full end": whole[:-12] + png._chunk(b"IEND", b"hidden"),
        "a flipped bit": whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:],
        "another text": whole.replace(b"abab", b"abac"),
        "another picture": png.encode(made.scene(1, 41, 60), _TEXT),
        "no picture": png.head(60, 40, 3, _TEXT) + end,
        "a script": b"#!/bin/sh\n",
        "nothing": b"",
    }
    for name, data in odd.items():
        with pytest.raises(OutsideError) as caught:
            _checked(tmp_path / "b.png", data)
        assert caught.value.code == "worker-output", name


@given(st.integers(0, 10**6), st.integers(1, 255))
@example(0, 1)
def test_any_changed_byte_of_a_workers_picture_is_found(tmp_path_factory, at, by):
    data = bytearray(_png())
    data[at % len(data)] ^= by
    with pytest.raises(OutsideError):
        _checked(tmp_path_factory.getbasetemp() / f"changed-{os.getpid()}.png", bytes(data))
