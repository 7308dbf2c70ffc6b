"""Opening what PyAV can open, by descriptor, and walking its frames with their exact presentation
times.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.error
import numpy as np

from noonmark.errors import InputError

TimedFrame = tuple[float, Any]
"""The presentation time of a frame in s, and the frame."""
_MOST_ERRORS = 1000
_WITH_LUMA_PLANE = ("yuv", "nv12", "gray")
"""The formats whose first plane is brightness."""


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

    @property
    def length_s(self) -> float:
        """How long the file says that it is, in s; 0 where it does not say."""
        return float(self.container.duration or 0) / 1e6

    @property
    def all_px(self) -> float:
        """About how many pixels all its frames have together; 0 where its length is not said."""
        context = self.stream.codec_context
        return self.length_s / self.step_s * float(context.width * context.height)

    def skip(self, kind: str) -> None:
        """Leave frames undecoded: "NONREF" those that no other frame needs, "NONKEY" all but key
        frames.
        """
        self.stream.codec_context.skip_frame = kind

    def again(self) -> None:
        """Back to the beginning, whatever seeking has done."""
        self.container, self.stream = _opened(self.fd, self.threads)
        self.lost = self.untimed = 0


def film(fd: int, pixels: int, *, threads: int = 0) -> Film:
    """The first true video stream of a file. Refuses what holds none and what is larger than
    ``pixels``.

    ``threads`` of 0 takes all cores for one film; where many films wait, 1 a film gets more done.
    """
    container, stream = _opened(fd, threads)
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > pixels:
        raise InputError(
            f"frames of {width}x{height} pixels are over the limit of {pixels}",
            code="too-many-pixels",
        )
    return Film(fd, threads, container, stream)


def _opened(fd: int, threads: int) -> tuple[Any, Any]:
    """Container and first video stream of a file, from its beginning."""
    os.lseek(fd, 0, os.SEEK_SET)
    try:
        container = av.open(os.fdopen(os.dup(fd), "rb"), mode="r", metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise InputError(
            "no decoder here opens this file: it is no film or photo,"
            f" or its head is damaged ({type(error).__name__})",
            code="not-decodable",
            hint="noonmark probe says what it is",
        ) from None
    streams = [each for each in container.streams.video if not _is_cover(each)]
    if not streams:
        raise InputError(
            "the file holds no video", code="no-video", hint="noonmark probe says what it does hold"
        )
    stream = streams[0]
    # Frames and slices, as the codec allows.
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = threads
    return container, stream


def _is_cover(stream: Any) -> bool:
    """Whether a stream is a cover picture, which players show in place of a film."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def frames(film_: Film, *, from_s: float | None = None) -> Iterator[TimedFrame]:
    """Each frame in order of presentation, with its time in s; what can't be decoded is counted and
    skipped.

    With ``from_s`` the walk starts at the key frame before that time. A bare stream can't be
    sought, and seeking goes astray before time 0: then it starts at the beginning.

    Times are the presentation times of the file; a frame without one is put a step after the one
    before it, and counted in ``untimed``.
    """
    if from_s is None:
        yield from _walk(film_)
        return
    walk = _walk(film_)
    first = _first_after_seeking(film_, walk, from_s)
    if first is None or first[0] > from_s:
        film_.again()
        yield from _walk(film_)
        return
    yield first
    yield from walk


def _first_after_seeking(
    film_: Film, walk: Iterator[TimedFrame], from_s: float
) -> TimedFrame | None:
    """The first frame of a walk that starts at a key frame; None where there is none."""
    time_base_s = float(film_.stream.time_base or 1)
    try:
        film_.container.seek(round(from_s / time_base_s), stream=film_.stream, backward=True)
        return next(walk, None)
    except av.error.FFmpegError:
        return None


def _walk(film_: Film) -> Iterator[TimedFrame]:
    """Every frame from here on, until too many packets fail."""
    film_.last_s = -film_.step_s
    for packet in film_.container.demux(film_.stream):
        yield from decoded(film_, packet)
        if film_.lost > _MOST_ERRORS:
            return


def decoded(film_: Film, packet: Any) -> list[TimedFrame]:
    """The frames that a packet brings out, with their times in s; None brings out all that the
    decoder still holds.
    """
    try:
        brought = packet.decode() if packet is not None else film_.stream.codec_context.decode(None)
    except (av.error.FFmpegError, ValueError):
        film_.lost += 1
        return []
    time_base_s = float(film_.stream.time_base or 1)
    timed = []
    for frame in brought:
        if frame.pts is None:
            film_.untimed += 1
            film_.last_s += film_.step_s
        else:
            film_.last_s = frame.pts * time_base_s
        timed.append((film_.last_s, frame))
    return timed


def luma(frame: Any, stride: int) -> Any:
    """Every ``stride``-th brightness value each way, without converting the frame where it has a
    plane of them.

    ``(rows, columns)``, uint8 with values of the film's own range: 16 to 235 in most.
    """
    has_plane = frame.format.name.startswith(_WITH_LUMA_PLANE)
    if not has_plane or frame.format.components[0].bits != 8:
        return frame.to_ndarray(format="gray")[::stride, ::stride]
    # A row of a plane may be longer than the picture is wide.
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height : stride, : frame.width : stride]


def upright(frame: Any, longest_px: int | None = None, *, grey: bool = False) -> Any:
    """The frame as RGB (or grey), turned as its side data says; made smaller where ``longest_px``
    is given.

    ``(height, width, 3)`` uint8, or ``(height, width)`` where ``grey``. Never made larger.
    """
    width, height = frame.width, frame.height
    if longest_px is not None and max(width, height) > longest_px:
        # Both sides by the same factor; the decoder wants at least two pixels.
        scale = longest_px / max(width, height)
        width, height = max(2, round(width * scale)), max(2, round(height * scale))
    if grey:  # the mean over the area, and one plane in place of three: a third of the time
        array = frame.reformat(width, height, "gray", interpolation="AREA").to_ndarray()
    else:
        array = frame.to_ndarray(format="rgb24", width=width, height=height)
    quarter = quarter_turns(frame)
    return np.ascontiguousarray(np.rot90(array, quarter)) if quarter else array


def rotation_deg(frame: Any) -> float:
    """How far the side data turns a frame, in degrees counter-clockwise; 0 by default."""
    rotation: float | None = getattr(frame, "rotation", 0)
    return float(rotation or 0)


def quarter_turns(frame: Any) -> int:
    """The rotation in quarters of a circle, 0 to 3."""
    return round(rotation_deg(frame) / 90) % 4
