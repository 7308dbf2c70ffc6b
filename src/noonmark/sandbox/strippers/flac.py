"""The sound of a FLAC file: the block that says how it is coded, and its frames (RFC 9639, 9)."""

from __future__ import annotations

from noonmark.errors import InputError
from noonmark.sandbox.parsers import id3
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed
from noonmark.sandbox.strippers.sound_notes import flac_head

_KINDS = ("head", "padding", "block of a program", "seek table", "comments", "cue sheet", "picture")
_SIZES = {6: 1, 7: 2}
_RATES = {12: 1, 13: 2, 14: 2}
"""How many bytes a header has more, by its codes of block size and rate."""
_SEARCHED_BYTES = 1 << 20
_MOST_TRIED = 64


def flac(data: bytes, removed: Removed) -> tuple[bytes, CopyFacts]:
    """The file with its sound alone; blocks and tags round it are named in ``removed``."""
    begin = id3.head_bytes(of_bytes(data))
    if begin:
        add_removed(removed, "ID3 tag", begin)
    end = len(data) - id3.tail_bytes(of_bytes(data))
    if end < len(data):
        add_removed(removed, "tags behind the sound", len(data) - end)
    head = flac_head(data[begin : begin + 64])
    if head is None:
        raise _broken()
    sound = data[_sound_at(data, begin + 4, end, removed) : end]
    whole = _whole_frames(sound)
    if not whole:
        raise _broken()
    if whole < len(sound):
        add_removed(removed, "what follows the last whole frame", len(sound) - whole)
    return head + sound[:whole], CopyFacts(tracks=(0,))


def _sound_at(data: bytes, at: int, end: int, removed: Removed) -> int:
    """Where the sound begins; the blocks before it are named but for the first."""
    last = False
    while not last and at + 4 <= end:
        kind, last = data[at] & 127, bool(data[at] & 128)
        size = int.from_bytes(data[at + 1 : at + 4])
        if kind:
            name = _KINDS[kind] if kind < len(_KINDS) else f"block of kind {kind}"
            add_removed(removed, name, size)
        at += 4 + size
    return at


def _broken() -> InputError:
    return InputError("the file holds no whole frame of sound", code="not-decodable")


def _whole_frames(sound: bytes) -> int:
    """Where the last whole frame ends: its checksum says so."""
    tried, at, end = 0, len(sound), len(sound)
    while tried < _MOST_TRIED and at > max(0, len(sound) - _SEARCHED_BYTES):
        at = sound.rfind(b"\xff", 0, at)
        if at < 0:
            return 0
        if not _is_header(sound, at):
            continue
        tried += 1
        if _checksum16(sound[at:end]) == 0:
            return end
        # Either the frame is cut off or something follows it: it stays behind whole.
        end = at
    return 0


def _is_header(sound: bytes, at: int) -> bool:
    """Whether a frame begins here, by its mark and the checksum of its header."""
    head = sound[at : at + 16]
    if len(head) < 6 or head[1] & 0xFE != 0xF8:
        return False
    number_bytes = 1
    if head[4] & 0x80:
        # As many as the byte has leading ones, as in UTF-8.
        number_bytes = 8 - (head[4] ^ 0xFF).bit_length()
    size = 4 + number_bytes + _SIZES.get(head[2] >> 4, 0) + _RATES.get(head[2] & 15, 0)
    return size < len(head) and _checksum8(head[: size + 1]) == 0


def _checksum8(data: bytes) -> int:
    """The checksum of a header, 0 where its own byte stands at the end."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ 0x07) & 0xFF if value & 0x80 else value << 1
    return value


def _table16() -> list[int]:
    """The checksum of each byte."""
    table = []
    for byte in range(256):
        value = byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x8005) & 0xFFFF if value & 0x8000 else value << 1
        table.append(value)
    return table


_TABLE16 = _table16()


def _checksum16(data: bytes) -> int:
    """The checksum of a frame, 0 where its own two bytes stand at the end."""
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFF) ^ _TABLE16[value >> 8 ^ byte]
    return value
