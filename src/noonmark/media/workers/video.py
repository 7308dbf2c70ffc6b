"""Opening what PyAV can open, by descriptor, and walking its frames with their exact presentation times."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.error
import numpy as np

from noonmark.errors import InputError

_MOST_ERRORS = 1000


@dataclass
class Film:
    """One open video stream. ``lost`` counts packets that could not be decoded."""

    fd: int
    threads: int
    container: Any
    stream: Any
    lost: int = 0
    untimed: int = 0
    last_s: float = 0.0

    @property
    def step_s(self) -> float:
        """The average time between frames, in s; 1/25 where the file does not say."""
        rate = self.stream.average_rate or self.stream.guessed_rate
        return 1.0 / float(rate) if rate else 0.04

    def skip(self, kind: str) -> None:
        """Leave frames undecoded: "NONREF" those that no other frame needs, "NONKEY" all but key frames."""
        self.stream.codec_context.skip_frame = kind

    def again(self) -> None:
        """Back to the beginning, whatever seeking has done."""
        self.container, self.stream = _opened(self.fd, self.threads)
        self.lost = self.untimed = 0


def film(fd: int, pixels: int, *, threads: int = 0) -> Film:
    """The first true video stream of a file. Refuses what holds none and what is larger than ``pixels``.

    ``threads`` of 0 takes all cores for one film; where many films wait, 1 a film gets more done.
    """
    container, stream = _opened(fd, threads)
    size = (stream.codec_context.width, stream.codec_context.height)
    if size[0] * size[1] > pixels:
        raise InputError(f"frames of {size[0]}x{size[1]} pixels are over the limit of {pixels}", code="too-many-pixels")
    return Film(fd, threads, container, stream)


def _opened(fd: int, threads: int) -> tuple[Any, Any]:
    os.lseek(fd, 0, os.SEEK_SET)
    try:
        container = av.open(os.fdopen(os.dup(fd), "rb"), mode="r", metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise InputError(
            f"no decoder here opens this file: it is no film or photo, or its head is damaged ({type(error).__name__})",
            code="not-decodable",
            hint="noonmark probe says what it is",
        ) from None
    streams = [s for s in container.streams.video if not (s.disposition & av.stream.Disposition.attached_pic)]
    if not streams:
        raise InputError("the file holds no video", code="no-video", hint="noonmark probe says what it does hold")
    stream = streams[0]
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = threads
    return container, stream


def frames(film_: Film, *, from_s: float | None = None) -> Iterator[tuple[float, Any]]:
    """Each frame in order of presentation, with its time in s; what can't be decoded is counted and skipped.

    With ``from_s`` the walk starts at the key frame before that time. A bare stream can't be sought, and seeking goes
    astray before time 0: then it starts at the beginning.
    """
    if from_s is None:
        yield from _walk(film_)
        return
    try:
        base = float(film_.stream.time_base or 1)
        film_.container.seek(round(from_s / base), stream=film_.stream, backward=True)
        walk = _walk(film_)
        first = next(walk, None)
    except av.error.FFmpegError:
        first = None
    if first is None or first[0] > from_s:
        film_.again()
        yield from _walk(film_)
        return
    yield first
    yield from walk


def _walk(film_: Film) -> Iterator[tuple[float, Any]]:
    film_.last_s = -film_.step_s
    for packet in film_.container.demux(film_.stream):
        yield from decoded(film_, packet)
        if film_.lost > _MOST_ERRORS:
            return


def decoded(film_: Film, packet: Any) -> list[tuple[float, Any]]:
    """The frames that a packet brings out, with their times in s; None brings out all that the decoder still holds."""
    base = float(film_.stream.time_base or 1)
    try:
        brought = packet.decode() if packet is not None else film_.stream.codec_context.decode(None)
    except (av.error.FFmpegError, ValueError):
        film_.lost += 1
        return []
    timed = []
    for frame in brought:
        if frame.pts is None:
            film_.untimed += 1
        film_.last_s = frame.pts * base if frame.pts is not None else film_.last_s + film_.step_s
        timed.append((film_.last_s, frame))
    return timed


def luma(frame: Any, stride: int) -> Any:
    """Every ``stride``-th brightness value each way, without converting the frame where it has a plane of them."""
    if frame.format.name.startswith(("yuv", "nv12", "gray")) and frame.format.components[0].bits == 8:
        plane = frame.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        return rows[: frame.height : stride, : frame.width : stride]
    return frame.to_ndarray(format="gray")[::stride, ::stride]


def upright(frame: Any, longest_px: int | None = None, *, grey: bool = False) -> Any:
    """The frame as RGB (or grey), turned as its side data says; made smaller where ``longest_px`` is given."""
    width, height = frame.width, frame.height
    if longest_px is not None and max(width, height) > longest_px:
        scale = longest_px / max(width, height)
        width, height = max(2, round(width * scale)), max(2, round(height * scale))
    if grey:  # the mean over the area, and one plane in place of three: a third of the time
        array = frame.reformat(width, height, "gray", interpolation="AREA").to_ndarray()
    else:
        array = frame.to_ndarray(format="rgb24", width=width, height=height)
    quarter = round(float(getattr(frame, "rotation", 0) or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(array, quarter)) if quarter else array
