"""The frames of bare AAC (ADTS) without tags, and without what an encoder says in them."""

from __future__ import annotations

from noonmark.errors import InputError
from noonmark.sandbox.parsers import id3
from noonmark.sandbox.parsers.adts import AdtsFrame, fits, frame_at
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.strippers.advice import SOUND_ANEW
from noonmark.sandbox.strippers.coded_notes import aac_packet
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed, refusal

_PRIVATE, _OWNER = 0x02, 0x3C
"""In the third byte the private bit; in the fourth original, home, copyright and its start."""
_HEAD_BYTES, _NO_CHECKSUM = 7, 1
_RESYNC_BYTES = 1 << 16


def adts(data: bytes, removed: Removed) -> tuple[bytes, CopyFacts]:
    """The frames alone; tags and bytes between frames are named in ``removed``."""
    view = of_bytes(data)
    at = begin = id3.head_bytes(view)
    end = len(data) - id3.tail_bytes(view)
    if begin:
        add_removed(removed, "ID3 tag", begin)
    if end < len(data):
        add_removed(removed, "tags behind the sound", len(data) - end)
    first = frame_at(view, at)
    out = bytearray()
    while first is not None and at < end:
        frame = frame_at(view, at)
        if frame is None or not fits(first, frame) or at + frame.size > end:
            resumed = _resumed(data, at + 1, end, first)
            add_removed(removed, "bytes that are no frame", resumed - at)
            at = resumed
            continue
        out += _clean(data[at : at + frame.size], frame, removed)
        at += frame.size
    if not out:
        raise InputError("the file holds no whole frame of sound", code="not-decodable")
    return bytes(out), CopyFacts(tracks=(0,))


def _resumed(data: bytes, at: int, end: int, first: AdtsFrame) -> int:
    """Where the stream goes on: at the next frame that another one follows, or the end."""
    view = of_bytes(data)
    last = min(end, at + _RESYNC_BYTES)
    while at < last:
        at = data.find(b"\xff", at, last)
        if at < 0:
            break
        frame = frame_at(view, at)
        if frame is not None and fits(first, frame):
            after = at + frame.size
            if after == end or fits(first, frame_at(view, after)):
                return at
        at += 1
    return end


def _clean(frame: bytes, of: AdtsFrame, removed: Removed) -> bytes:
    """A frame without the bits of its owner, the text of its encoder and its checksum.

    The checksum is of the head too, so it would no longer hold.
    """
    if of.blocks > 1:
        raise refusal("its frames hold several blocks, whose notes are not known here", SOUND_ANEW)
    head = bytearray(frame[:_HEAD_BYTES])
    head[1] |= _NO_CHECKSUM
    head[2] &= ~_PRIVATE
    head[3] &= ~_OWNER
    sound = frame[of.head_bytes :]
    size = _HEAD_BYTES + len(sound)
    # the length: 2 bits, 8 bits, 3 bits
    head[3] &= 0xFC
    head[3] |= size >> 11
    head[4] = size >> 3 & 0xFF
    head[5] &= 0x1F
    head[5] |= (size & 7) << 5
    clean = bytes(head) + aac_packet(sound)
    if clean != frame:
        add_removed(removed, "notes of the encoder and checksums", 0)
    return clean
