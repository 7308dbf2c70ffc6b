"""The frames of MPEG audio, layers I to III, and what an encoder says in the first of them
(ISO 11172-3, 2.4; the Xing and LAME tags by their authors' descriptions).
"""

from __future__ import annotations

from dataclasses import dataclass

from noonmark.sandbox.parsers import id3
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KBIT = {
    (1, 3): (
        0,
        32,
        64,
        96,
        128,
        160,
        192,
        224,
        256,
        288,
        320,
        352,
        384,
        416,
        448,
    ),
    (1, 2): (
        0,
        32,
        48,
        56,
        64,
        80,
        96,
        112,
        128,
        160,
        192,
        224,
        256,
        320,
        384,
    ),
    (1, 1): (
        0,
        32,
        40,
        48,
        56,
        64,
        80,
        96,
        112,
        128,
        160,
        192,
        224,
        256,
        320,
    ),
    (2, 3): (
        0,
        32,
        48,
        56,
        64,
        80,
        96,
        112,
        128,
        144,
        160,
        176,
        192,
        224,
        256,
    ),
    (2, 2): (
        0,
        8,
        16,
        24,
        32,
        40,
        48,
        56,
        64,
        80,
        96,
        112,
        128,
        144,
        160,
    ),
    (2, 1): (
        0,
        8,
        16,
        24,
        32,
        40,
        48,
        56,
        64,
        80,
        96,
        112,
        128,
        144,
        160,
    ),
}
"""Thousands of bits a second, by version (1, or 2 and 2.5) and layer as the header codes it."""
_LAYER_THREE, _LAYER_ONE = 1, 3
_MOST_FRAMES = 2_000_000
_SEARCHED_BYTES = 1 << 16


@dataclass(frozen=True)
class AudioFrame:
    """A frame of MPEG audio: how many bytes and samples it has, and what all frames share."""

    size: int
    samples: int
    rate_hz: int
    is_mpeg1: bool
    layer: int
    channels: int
    has_checksum: bool

    @property
    def side_bytes(self) -> int:
        """How many bytes of layer III stand between the header and what is coded."""
        if self.is_mpeg1:
            return 17 if self.channels == 1 else 32
        return 9 if self.channels == 1 else 17


def frame_at(view: ByteView, at: int) -> AudioFrame | None:
    """The frame whose header stands at a place; None where there is none."""
    head = view.read(at, 4)
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version = head[1] >> 3 & 3
    layer = head[1] >> 1 & 3
    rate_index = head[2] >> 2 & 3
    bits_index = head[2] >> 4
    if version == 1 or not layer or rate_index == 3 or bits_index in (0, 15):
        return None
    is_mpeg1 = version == 3
    rate_hz = _RATES_HZ[version][rate_index]
    kbit = _KBIT[1 if is_mpeg1 else 2, layer][bits_index]
    samples = _samples(layer, is_mpeg1=is_mpeg1)
    return AudioFrame(
        size=_frame_bytes(layer, samples, kbit * 1000 // 8, rate_hz, head[2] >> 1 & 1),
        samples=samples,
        rate_hz=rate_hz,
        is_mpeg1=is_mpeg1,
        layer=layer,
        channels=1 if head[3] >> 6 == 3 else 2,
        has_checksum=not head[1] & 1,
    )


def _samples(layer: int, *, is_mpeg1: bool) -> int:
    """How many samples a frame of a layer has."""
    if layer == _LAYER_ONE:
        return 384
    return 576 if layer == _LAYER_THREE and not is_mpeg1 else 1152


def _frame_bytes(layer: int, samples: int, bytes_a_s: int, rate_hz: int, padding: int) -> int:
    """How many bytes a frame has; layer I counts in fours."""
    if layer == _LAYER_ONE:
        return (samples // 4 * bytes_a_s // rate_hz + padding) * 4
    return samples * bytes_a_s // rate_hz + padding


def fits(first: AudioFrame, other: AudioFrame | None) -> bool:
    """Whether a frame may follow another in one stream."""
    if other is None:
        return False
    same_version = first.is_mpeg1 == other.is_mpeg1 and first.layer == other.layer
    return same_version and first.rate_hz == other.rate_hz


def first_frame(view: ByteView, at: int, end: int) -> int | None:
    """Where the first frame begins that another one follows, or the end; None where none does."""
    for begin in range(at, min(end, at + _SEARCHED_BYTES)):
        frame = frame_at(view, begin)
        if frame is None:
            continue
        after = begin + frame.size
        if after == end or fits(frame, frame_at(view, after)):
            return begin
    return None


def encoder_at(view: ByteView, at: int, frame: AudioFrame) -> int | None:
    """Where the tag of an encoder begins in a frame that holds nothing else; None without one."""
    begin = at + 4 + frame.side_bytes
    if view.read(begin, 4) in (b"Xing", b"Info"):
        return begin
    begin = at + 4 + 32
    return begin if view.read(begin, 4) == b"VBRI" else None


def looks_like(view: ByteView) -> bool:
    """Whether the file is MPEG audio behind its tags."""
    return first_frame(view, id3.head_bytes(view), view.size) is not None


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what the tags and the encoder state; facts: duration, rate."""
    begin = id3.read_head(view, output)
    end = id3.read_tail(view, output)
    at = first_frame(view, begin, end)
    if at is None:
        output.add_problem("MP3", "there is no sound behind the tags")
        return []
    frame = frame_at(view, at)
    assert frame is not None
    tag = encoder_at(view, at, frame)
    if tag is not None:
        name = view.read(tag + 120, 9)
        if name.strip(b"\0") not in (b"", b"LAME"):
            output.add_field("MP3", "encoder", name.decode("latin-1"))
    _measure(view, at, end, output)
    return []


def _measure(view: ByteView, at: int, end: int, output: ParserOutput) -> None:
    """Write how long the sound lasts, and how many bytes are no frames."""
    begin, samples, strange = at, 0, 0
    first = frame_at(view, at)
    for _ in range(_MOST_FRAMES):
        frame = frame_at(view, at)
        if first is None or frame is None or not fits(first, frame):
            break
        samples += frame.samples
        at += frame.size
    strange = end - at
    if first is not None:
        output.facts["sample_rate_hz"] = first.rate_hz
        output.facts["duration_s"] = samples / first.rate_hz
    if at > begin and strange > 0:
        output.add_problem("MP3", f"{strange} bytes behind the last frame are no sound")
