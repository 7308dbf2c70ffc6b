"""Files as strangers send them: whole, odd, and broken, made on the spot."""

from __future__ import annotations

import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from tests.media import made


def _letter(path: Path) -> Path:
    path.write_bytes(b"Dear editor, please find attached no film at all.\n" * 9)
    return path


def _sound(path: Path) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(bytes(8000))
    return path


def _film(
    path: Path, times_ms: range, codec: str = "ffv1", pixels: str = "yuv420p", size: tuple[int, int] = (192, 144),
    **options: str,
) -> Path:  # fmt: skip
    with av.open(str(path), "w", format=options.pop("format", None), options=options) as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt, stream.time_base = pixels, Fraction(1, 1000)
        stream.codec_context.time_base = Fraction(1, 1000)
        for i, at_ms in enumerate(times_ms):
            picture = made.scene(i // 8, size[1], size[0])
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def _broken(path: Path) -> Path:
    made.film(path, [made.scene(i) for i in range(30)], range(0, 1200, 40))
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 3
    data[middle : middle + 20_000] = bytes(20_000)
    path.write_bytes(data)
    return path


def _turned(path: Path) -> Path:
    made.film(path, [made.scene(i // 8) for i in range(24)], range(0, 960, 40))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    quarter = [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30]
    data[at : at + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in quarter)
    path.write_bytes(data)
    return path


def _photo(path: Path, mode: str = "RGB", form: str = "PNG") -> Path:
    image = Image.fromarray(made.scene(3))
    if mode == "I;16":
        Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257).save(path, form)
    else:
        image.convert(mode).save(path, form)
    return path


MAKERS: dict[str, Callable[[Path], Path]] = {
    "letter.mp4": _letter,
    "empty.mp4": lambda path: (path.write_bytes(b""), path)[1],
    "sound.wav": _sound,
    "one-frame.mkv": lambda path: _film(path, range(0, 40, 40)),
    "odd-size.mkv": lambda path: _film(path, range(0, 960, 40), pixels="yuv444p", size=(191, 143)),
    "ten-bits.mkv": lambda path: _film(path, range(0, 960, 40), pixels="yuv420p10le"),
    "sixteen-bits.png": lambda path: _photo(path, "I;16"),
    "cmyk.jpg": lambda path: _photo(path, "CMYK", "JPEG"),
    "turned.mp4": _turned,
    "photo-named.mp4": _photo,
    "film-named.jpg": lambda path: _film(path, range(0, 960, 40), "libx264", format="mp4"),
    "no-times.h264": lambda path: _film(path, range(0, 960, 40), "libx264", format="h264"),
    "negative-times.mkv": lambda path: _film(path, range(-400, 560, 40), avoid_negative_ts="disabled"),
    "half-untimed.mkv": lambda path: _film(path, range(-400, 560, 40), "libx264", avoid_negative_ts="disabled"),
    "broken.mp4": _broken,
}
