"""A block of Matroska: one packet, or several laced into one (RFC 9559, 10)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.parsers.ebml import variable
from noonmark.sandbox.strippers import ebml_writer
from noonmark.sandbox.strippers.coded_notes import Cleaner
from noonmark.sandbox.strippers.sound_notes import xiph_bytes, xiph_size

_LACING, _XIPH, _FIXED, _EBML = 0x06, 0x02, 0x04, 0x06
_FLAGS_KEPT = 0x89
"""Key picture, not shown, may be dropped; not the reserved ones."""
_SHIFTS = {1: 0x3F, 2: 0x1FFF, 3: 0xFFFFF, 4: 0x7FFFFFF}
"""What is taken off a difference of lengths, by the bytes that it takes."""


@dataclass(frozen=True)
class BlockFrames:
    """A block: its track, its time in ticks since that of the cluster, its flags, its packets."""

    track: int
    offset: int
    flags: int
    frames: tuple[bytes, ...]


def read_block(data: bytes) -> BlockFrames | None:
    """What a block holds; None where it is not whole."""
    raw = variable(of_bytes(data[:8]), 0)
    at = len(raw)
    if not raw or len(data) < at + 3:
        return None
    track = int.from_bytes(raw) & ((1 << 7 * len(raw)) - 1)
    offset, flags = struct.unpack_from(">hB", data, at)
    frames = _unlaced(data, at + 3, flags & _LACING)
    return None if frames is None else BlockFrames(track, offset, flags, tuple(frames))


def _unlaced(data: bytes, at: int, lacing: int) -> list[bytes] | None:
    """The packets of a block, each by itself."""
    if not lacing:
        return [data[at:]]
    if at >= len(data):
        return None
    count = data[at] + 1
    at += 1
    if lacing == _FIXED:
        size, rest = divmod(len(data) - at, count)
        return None if rest else [data[at + i * size : at + (i + 1) * size] for i in range(count)]
    sizes, at = _xiph_sizes(data, at, count) if lacing == _XIPH else _ebml_sizes(data, at, count)
    sizes.append(len(data) - at - sum(sizes))
    if min(sizes) < 0:
        return None
    frames = []
    for size in sizes:
        frames.append(data[at : at + size])
        at += size
    return frames


def _xiph_sizes(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    """The lengths of all packets but the last, as sums of bytes."""
    sizes = []
    for _ in range(count - 1):
        size, at = xiph_size(data, at)
        sizes.append(size)
    return sizes, at


def _ebml_sizes(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    """The same, as numbers of variable length: the first, then differences."""
    sizes: list[int] = []
    view = of_bytes(data)
    for number in range(count - 1):
        raw = variable(view, at)
        if len(raw) not in _SHIFTS:
            return [-1], at
        value = int.from_bytes(raw) & ((1 << 7 * len(raw)) - 1)
        sizes.append(sizes[-1] + value - _SHIFTS[len(raw)] if number else value)
        at += len(raw)
    return sizes, at


def cleaned(block: BlockFrames, number: int, clean: Cleaner | None, packet_head: bytes) -> bytes:
    """The block for a track of the copy: its packets whole and without notes."""
    frames = [packet_head + frame for frame in block.frames]
    if clean is not None:
        frames = [clean(frame) for frame in frames]
    flags = block.flags & _FLAGS_KEPT
    lengths = b""
    if len(frames) > 1:
        flags |= _XIPH
        sizes = [xiph_bytes(len(frame)) for frame in frames[:-1]]
        lengths = bytes([len(frames) - 1]) + b"".join(sizes)
    head = ebml_writer.length(number) + struct.pack(">hB", block.offset, flags)
    return head + lengths + b"".join(frames)
