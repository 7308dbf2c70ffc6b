"""Files as strangers send them: whole, odd, and broken, made on the spot."""

from __future__ import annotations

import struct
import wave
import zlib
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
    path: Path, times_ms: range, codec: str = "ffv1", pixels: str = "yuv420p", size: tuple[int,
    int] = (192, 144),
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
    "negative-times.mkv": lambda path: _film(
        path, range(-400, 560, 40), avoid_negative_ts="disabled"
    ),
    "half-untimed.mkv": lambda path: _film(
        path, range(-400, 560, 40), "libx264", avoid_negative_ts="disabled"
    ),
    "broken.mp4": _broken,
}


def save(path: Path, picture: Image.Image, form: str, **options: object) -> Path:
    """A picture written in a form; its path."""
    picture.save(path, form, **options)
    return path


def cut(path: Path, share: float) -> Path:
    """The file with its end cut off: ``share`` of it stays."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def shift_times(path: Path, by_ms: int) -> Path:
    """The same film, every time moved: an edit list of FFmpeg's keeps what lies before zero."""
    out = path.with_name("shifted.mkv")
    with (
        av.open(str(path)) as source,
        av.open(str(out), "w", options={"avoid_negative_ts": "disabled"}) as sink,
    ):
        stream = sink.add_stream_from_template(source.streams.video[0])
        base = source.streams.video[0].time_base
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.pts += round(by_ms / 1000 / base)
                packet.dts += round(by_ms / 1000 / base)
                packet.stream = stream
                sink.mux(packet)
    return out


def camera_film(folder: Path, count: int = 12, **options: object) -> Path:
    """An H.264 film of scenes, 25 frames a second."""
    return made.film(
        folder / "a.mp4", [made.scene(i) for i in range(count)], range(0, 40 * count, 40), **options
    )


def odd_photo(folder: Path, kind: str) -> Path:
    """A photo of an odd kind that can be used."""
    scene = Image.fromarray(made.scene(1, 101, 77))
    if kind == "odd size":
        return save(folder / "a.jpg", scene, "JPEG")
    if kind == "16-bit":
        deep = Image.fromarray((np.asarray(scene.convert("L")).astype(np.uint16)) * 257)
        return save(folder / "a.png", deep, "PNG")
    if kind == "CMYK":
        return save(folder / "a.jpg", scene.convert("CMYK"), "JPEG")
    if kind == "rotated":
        turned = Image.Exif()
        turned[0x0112] = 6
        return save(
            folder / "a.jpg", scene.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=turned
        )
    return save(folder / "a.mp4", scene, "PNG")  # wrong extension


def pcm_sound(folder: Path) -> Path:
    """A second of silence."""
    with av.open(str(folder / "a.wav"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        piece = av.AudioFrame.from_ndarray(
            np.zeros((1, 8000), np.int16), format="s16", layout="mono"
        )
        piece.sample_rate = 8000
        out.mux(stream.encode(piece))
        out.mux(stream.encode())
    return folder / "a.wav"


def huge_png(folder: Path) -> Path:
    """A PNG of 65535 x 65535 whose coded rows end early, and that has no end."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 65535, 65535, 1, 0, 0, 0, 0))
    (folder / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
    )
    return folder / "a.png"


def no_picture(folder: Path, kind: str) -> Path:
    """A file of a kind that is no picture, or no whole one."""
    path = folder / "a.bin"
    if kind == "sound alone":
        return pcm_sound(folder)
    if kind == "too large":
        return huge_png(folder)
    if kind == "film cut off":
        return cut(camera_film(folder, 30), 0.5)
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes({"empty": b"", "text": b"not a picture\n" * 50}[kind])
    return path
