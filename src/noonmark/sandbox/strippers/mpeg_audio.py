"""The frames of an MP3 without tags, and without what its encoder says between them.

In layer III the sound of a frame may begin in frames before it; what lies between the end of one
and the beginning of the next is no sound, and encoders write their names there (ISO 11172-3,
2.4.1.7 and 2.4.2.7: ``main_data_begin``, ``part2_3_length``, ``ancillary_data``).
"""

from __future__ import annotations

from dataclasses import dataclass

from noonmark.errors import InputError
from noonmark.sandbox.parsers import id3
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.parsers.mpeg_audio import (
    AudioFrame,
    encoder_at,
    first_frame,
    fits,
    frame_at,
)
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed

_LAYER_THREE = 1
_Found = list[tuple[int, AudioFrame]]
"""Frames and where each stands."""
_CRC_BYTES = 2
_NAME_AT, _NAME_BYTES, _DELAYS_AT, _DELAYS_BYTES, _TAG_BYTES = 120, 9, 141, 3, 156
"""Where the tag of LAME begins behind "Xing", and its counts of samples that are not heard."""


@dataclass(frozen=True)
class _Main:
    """Where the main data of a frame lies in the file, how far before it its sound begins, and how
    many bits that has.
    """

    begin: int
    end: int
    before: int
    bits: int


def mp3(data: bytes, removed: Removed) -> tuple[bytes, CopyFacts]:
    """The frames alone; tags and bytes between frames are named in ``removed``."""
    view = of_bytes(data)
    begin = id3.head_bytes(view)
    end = len(data) - id3.tail_bytes(view)
    if begin:
        add_removed(removed, "ID3 tag", begin)
    if end < len(data):
        add_removed(removed, "tags behind the sound", len(data) - end)
    frames = _frames(view, begin, end, removed)
    if not frames:
        raise InputError("the file holds no whole frame of sound", code="not-decodable")
    out = bytearray(b"".join(data[at : at + frame.size] for at, frame in frames))
    noted = _without_encoder(out, frames[0][1])
    noted += _without_ancillary(out, [frame for _, frame in frames])
    if noted:
        add_removed(removed, "notes of the encoder", noted)
    return bytes(out), CopyFacts(tracks=(0,))


def _frames(view: ByteView, at: int, end: int, removed: Removed) -> _Found:
    """Each whole frame of the stream that begins first, and where it stands."""
    found: _Found = []
    while at < end:
        begin = at
        frame = _expected(view, at, end, found)
        if frame is None:
            begin, frame = _resumed(view, at, end, found)
        if frame is None:
            break
        if begin > at:
            add_removed(removed, "bytes between frames", begin - at)
        found.append((begin, frame))
        at = begin + frame.size
    if at < end:
        add_removed(removed, "bytes behind the last frame", end - at)
    return found


def _expected(view: ByteView, at: int, end: int, found: _Found) -> AudioFrame | None:
    """The frame that follows those that were found, at once; None where it is not there whole."""
    frame = frame_at(view, at)
    if not found or frame is None or not fits(found[0][1], frame):
        return None
    return frame if at + frame.size <= end else None


def _resumed(view: ByteView, at: int, end: int, found: _Found) -> tuple[int, AudioFrame | None]:
    """The next frame of the stream further on, and where it begins."""
    begin = first_frame(view, at, end)
    if begin is None:
        return at, None
    frame = frame_at(view, begin)
    if frame is None or begin + frame.size > end:
        return at, None
    return begin, frame if not found or fits(found[0][1], frame) else None


def _without_encoder(out: bytearray, frame: AudioFrame) -> int:
    """Take the encoder's name and settings out of the first frame; how many bytes were cleared.

    What says how many samples are not heard stays, with the four letters that make players read it.
    """
    tag = encoder_at(of_bytes(bytes(out[: frame.size])), 0, frame)
    if tag is None or out[tag : tag + 4] == b"VBRI":
        return 0
    begin, end = tag + _NAME_AT, min(tag + _TAG_BYTES, frame.size)
    if end <= begin:
        return 0
    old = bytes(out[begin:end])
    kept_at = tag + _DELAYS_AT
    delays = bytes(out[kept_at : kept_at + _DELAYS_BYTES])
    has_delays = old[:4] in (b"LAME", b"Lavf", b"Lavc")
    out[begin : frame.size] = bytes(frame.size - begin)
    if has_delays and kept_at + _DELAYS_BYTES <= frame.size:
        out[begin : begin + 4] = b"LAME"
        out[kept_at : kept_at + _DELAYS_BYTES] = delays
    return sum(a != b for a, b in zip(old, out[begin:end], strict=True))


def _without_ancillary(out: bytearray, frames: list[AudioFrame]) -> int:
    """Clear the bytes between the sound of one frame and that of the next; how many there were."""
    if frames[0].layer != _LAYER_THREE:
        return 0
    mains = []
    at = 0
    if encoder_at(of_bytes(bytes(out[: frames[0].size])), 0, frames[0]) is not None:
        # That frame holds no sound, so what it holds is not between any.
        at = frames[0].size
        frames = frames[1:]
    for frame in frames:
        mains.append(_main(out, at, frame))
        at += frame.size
    stream = _Bytes(mains)
    cleared = 0
    for number, main in enumerate(mains):
        start = stream.position(number) - main.before
        ends = start + (main.bits + 7) // 8
        if number + 1 < len(mains):
            limit = stream.position(number + 1) - mains[number + 1].before
        else:
            limit = stream.total
        if start < 0:
            continue
        for position in range(max(ends, 0), limit):
            place = stream.place(position, number)
            if place is not None and out[place]:
                out[place] = 0
                cleared += 1
    return cleared


class _Bytes:
    """The main data of all frames as one stream of bytes."""

    def __init__(self, mains: list[_Main]) -> None:
        self.mains = mains
        self.starts = [0]
        for main in mains:
            self.starts.append(self.starts[-1] + main.end - main.begin)
        self.total = self.starts[-1]

    def position(self, number: int) -> int:
        """Where the main data of a frame begins in the stream."""
        return self.starts[number]

    def place(self, position: int, near: int) -> int | None:
        """Where a byte of the stream lies in the file: in this frame or one before it."""
        while near >= 0 and position < self.starts[near]:
            near -= 1
        while near + 1 < len(self.mains) and position >= self.starts[near + 1]:
            near += 1
        if near < 0 or position >= self.starts[near + 1]:
            return None
        return self.mains[near].begin + position - self.starts[near]


def _main(out: bytearray, at: int, frame: AudioFrame) -> _Main:
    """What the side information of a frame says of its sound."""
    side_at = at + 4 + (_CRC_BYTES if frame.has_checksum else 0)
    begin = side_at + frame.side_bytes
    side = int.from_bytes(out[side_at:begin])
    total_bits = 8 * frame.side_bytes

    def bits(first: int, count: int) -> int:
        return side >> (total_bits - first - count) & ((1 << count) - 1)

    if frame.is_mpeg1:
        before, first = bits(0, 9), (18 if frame.channels == 1 else 20)
        granules, each = 2, 59
    else:
        before, first = bits(0, 8), (9 if frame.channels == 1 else 10)
        granules, each = 1, 63
    coded = sum(bits(first + each * i, 12) for i in range(granules * frame.channels))
    return _Main(begin, at + frame.size, before, coded)
