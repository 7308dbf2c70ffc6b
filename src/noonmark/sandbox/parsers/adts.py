"""The frames of bare AAC (ADTS; ISO 13818-7, 6.2): recorders and radio streams write it.

    12 bits of ones, version, 2 bits of layer (0), no checksum
    profile, rate, private bit, channels, original, home
    copyright bit and its start: one bit of a number of 72 in each frame
    length of the frame with its head, fullness of a buffer, number of blocks less one

ID3 may stand before it, ID3v1 and APE behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from noonmark.sandbox.parsers import id3
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_RATES_HZ = (
    96_000,
    88_200,
    64_000,
    48_000,
    44_100,
    32_000,
    24_000,
    22_050,
    16_000,
    12_000,
    11_025,
    8000,
    7350,
)
"""Samples a second, by the number that the head states."""
_HEAD_BYTES, _CHECKED_HEAD_BYTES = 7, 9
_SAMPLES = 1024
_MOST_FRAMES = 5_000_000


@dataclass(frozen=True)
class AdtsFrame:
    """A frame: its bytes, those of its head, and what all frames of a stream share."""

    size: int
    head_bytes: int
    rate_hz: int
    channels: int
    blocks: int


def frame_at(view: ByteView, at: int) -> AdtsFrame | None:
    """The frame whose head stands at a place; None where there is none."""
    head = view.read(at, _HEAD_BYTES)
    if len(head) < _HEAD_BYTES or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    rate = head[2] >> 2 & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    head_bytes = _HEAD_BYTES if head[1] & 1 else _CHECKED_HEAD_BYTES
    if rate >= len(_RATES_HZ) or size < head_bytes:
        return None
    return AdtsFrame(
        size=size,
        head_bytes=head_bytes,
        rate_hz=_RATES_HZ[rate],
        channels=(head[2] & 1) << 2 | head[3] >> 6,
        blocks=(head[6] & 3) + 1,
    )


def fits(first: AdtsFrame, other: AdtsFrame | None) -> bool:
    """Whether a frame may follow another in one stream."""
    if other is None:
        return False
    return (first.rate_hz, first.channels) == (other.rate_hz, other.channels)


def looks_like(view: ByteView) -> bool:
    """Whether the file is AAC behind its tags: a frame that another one follows, or the end."""
    at = id3.head_bytes(view)
    frame = frame_at(view, at)
    if frame is None:
        return False
    end = view.size - id3.tail_bytes(view)
    return at + frame.size == end or fits(frame, frame_at(view, at + frame.size))


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what the tags state; facts: duration, rate. Problems: bytes that are no frame."""
    at = id3.read_head(view, output)
    end = id3.read_tail(view, output)
    first = frame_at(view, at)
    if first is None:
        output.add_problem("AAC", "there is no sound behind the tags")
        return []
    samples = 0
    for _ in range(_MOST_FRAMES):
        frame = frame_at(view, at)
        if frame is None or not fits(first, frame) or at + frame.size > end:
            break
        samples += _SAMPLES * frame.blocks
        at += frame.size
    output.facts["sample_rate_hz"] = first.rate_hz
    output.facts["duration_s"] = samples / first.rate_hz
    if at < end:
        output.add_problem("AAC", f"{end - at} bytes behind the last frame are no sound")
    return []
