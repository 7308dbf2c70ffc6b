"""Films and sound of many codecs and containers, with metadata in every corner, made by PyAV."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from noonmark.sandbox.decoders import text_track

WORDS = (b"SecretCam", b"Jane Roe", b"SERIAL-77123", b"+36.2021+037.1343", b"hidden words")
METADATA = {
    "title": "hidden words",
    "artist": "Jane Roe, Aleppo",
    "comment": "SERIAL-77123",
    "make": "SecretCam",
    "model": "SecretCam 3000",
    "location": "+36.2021+037.1343/",
    "creation_time": "2020-01-02T03:04:05Z",
}
PICTURES = {
    "libx264": "yuv420p",
    "libx265": "yuv420p",
    "libsvtav1": "yuv420p",
    "libvpx-vp9": "yuv420p",
    "libvpx": "yuv420p",
    "mpeg4": "yuv420p",
    "mpeg2video": "yuv420p",
    "mjpeg": "yuvj420p",
    "prores_ks": "yuv422p10le",
}
"""Encoders and the pixels that they take."""
_OPTIONS = {
    "libx265": {"x265-params": "log-level=none:pools=1", "preset": "ultrafast"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
    "libvpx-vp9": {"cpu-used": "8", "deadline": "realtime"},
    "libvpx": {"cpu-used": "8", "deadline": "realtime"},
}


def film(
    path: Path,
    form: str,
    *,
    pictures: Sequence[str] = ("libx264",),
    sounds: Sequence[str] = (),
    captions: bool = False,
    options: dict[str, str] | None = None,
    frames: int = 6,
) -> Path:
    """A film of 6 frames of 64x48 px and 0.24 s of sound, with words of its maker all over."""
    missing = {*pictures, *sounds} - av.codecs_available
    if missing:
        pytest.skip(f"this PyAV has no encoder {missing}")
    with av.open(str(path), "w", format=form, options=options or {}) as out:
        out.metadata.update(METADATA)
        videos = [_video(out, name) for name in pictures]
        tones = [out.add_stream(name, rate=48_000) for name in sounds]
        words = out.add_stream("mov_text") if captions else None
        if words is not None:
            words.codec_context.subtitle_header = text_track._HEAD.encode()
        for stream in out.streams:
            stream.metadata.update({"title": "hidden words", "handler_name": "SecretCam"})
        for number in range(frames):
            for name, stream in zip(pictures, videos, strict=True):
                out.mux(stream.encode(_picture(number, PICTURES[name])))
        for stream in videos:
            out.mux(stream.encode())
        for stream in tones:
            for frame in _tone(stream):
                out.mux(stream.encode(frame))
            out.mux(stream.encode())
        if words is not None:
            packet = av.Packet(b"\0\x0chidden words")
            packet.stream, packet.time_base = words, Fraction(1, 1000)
            packet.pts = packet.dts = 0
            packet.duration = 200
            out.mux(packet)
    return path


def _video(out: av.container.OutputContainer, name: str) -> av.VideoStream:
    stream = out.add_stream(name, rate=25, options=_OPTIONS.get(name, {}))
    stream.width, stream.height, stream.pix_fmt = 64, 48, PICTURES[name]
    return stream


def _picture(number: int, pixels: str) -> av.VideoFrame:
    array = np.full((48, 64, 3), 20 + 30 * number, np.uint8)
    array[8:40, 8 * number : 8 * number + 8] = 235
    frame = av.VideoFrame.from_ndarray(array, format="rgb24").reformat(format=pixels)
    frame.pts, frame.time_base = number, Fraction(1, 25)
    return frame


def _tone(stream: av.AudioStream) -> list[av.AudioFrame]:
    wave = (8000 * np.sin(np.arange(11_520) / 48_000 * 2 * np.pi * 440)).astype(np.int16)
    size = stream.codec_context.frame_size or 1024
    frames = []
    for at in range(0, len(wave) - size + 1, size):
        frame = av.AudioFrame.from_ndarray(wave[None, at : at + size], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
        frames.append(frame)
    return frames


def shown(path: Path, kind: str) -> list[tuple[float, bytes]]:
    """When each frame of the first track of a kind is shown, and its bytes."""
    with av.open(str(path)) as film_:
        streams = film_.streams.video if kind == "video" else film_.streams.audio
        return [(f.time or 0.0, f.to_ndarray().tobytes()) for f in film_.decode(streams[0])]
