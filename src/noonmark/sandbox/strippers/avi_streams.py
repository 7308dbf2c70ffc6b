"""The description of a stream of an AVI with what a decoder needs, and how its packets are cleaned.

strh  "vids" or "auds", codec, times, length
strf  of pictures BITMAPINFOHEADER, of sound WAVEFORMATEX, each with more behind it
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.riff import chunks
from noonmark.sandbox.strippers import coded_notes
from noonmark.sandbox.strippers.coded_notes import Cleaner
from noonmark.sandbox.strippers.common import refusal

_VIDEO, _SOUND = b"vids", b"auds"
_HEAD = struct.Struct("<4s4sIHHIIIIIIII8s")
_BITMAP_BYTES, _MOST_MORE_BYTES = 40, 1024
_JPEG = (b"MJPG", b"JPEG", b"DMB1", b"AVRN")
_MPEG4 = (b"XVID", b"DIVX", b"DX50", b"FMP4", b"MP4V", b"3IV2", b"M4S2")
_AVC = (b"H264", b"X264", b"AVC1")
_PLAIN = (
    b"\0\0\0\0",
    b"YUY2",
    b"UYVY",
    b"YV12",
    b"I420",
    b"IYUV",
    b"NV12",
    b"DIV3",
    b"MP42",
    b"MP43",
)
"""Pictures without compression, and those of Microsoft's MPEG-4, which has no user data."""
_AAC = 0xFF
_SOUND_KINDS = {
    1: 0,
    2: 64,
    3: 0,
    6: 2,
    7: 2,
    0x11: 4,
    0x31: 4,
    0x50: 24,
    0x55: 14,
    _AAC: 64,
    0x2000: 2,
}
"""Sound by its number, and how many bytes behind the description a decoder may need: without
compression, ADPCM, floats, A-law, mu-law, IMA, GSM, MPEG layers II and III, AAC, AC-3.
"""
_ANEW = "noonmark redact FILE --out NEW.mp4 makes the pictures anew, without sound"
_SOUND_BYTES = 16
_INTRA_AVC, _INTRA_MPEG4 = 5, 0


@dataclass(frozen=True)
class AviStream:
    """A stream for the copy under its new number: ``strh``, ``strf``, the kinds of its packets."""

    number: int
    head: bytes
    coding: bytes
    packet_kinds: tuple[bytes, ...]
    clean: Cleaner | None
    is_key: Callable[[bytes], bool]


def read_stream(view: ByteView, number: int, index: int) -> AviStream | None:
    """The stream that a list describes; None of one that is neither video nor known sound.

    Raises InputError where a video is coded in a way that is not known here.
    """
    parts = dict(reversed(list(chunks(view))))
    head = parts[b"strh"].read(0, _HEAD.size) if b"strh" in parts else b""
    coding = parts[b"strf"].read(0, 1 << 16) if b"strf" in parts else b""
    if len(head) < _HEAD.size:
        return None
    if head[:4] == _SOUND:
        return _sound(head, coding, number)
    if head[:4] != _VIDEO:
        return None
    stream = _video(head, coding, number)
    if stream is None:
        name = coding[16:20].decode("latin-1")
        why = f"track {index + 1} is coded as {name!r} in a way that is not known here"
        raise refusal(why, _ANEW)
    return stream


def _video(head: bytes, coding: bytes, number: int) -> AviStream | None:
    """A video; None where its codec is not known."""
    if len(coding) < _BITMAP_BYTES:
        return None
    codec, more = coding[16:20].upper(), coding[_BITMAP_BYTES:]
    clean: Cleaner | None = None
    is_key = _always
    if codec in _JPEG:
        more, clean = b"", coded_notes.jpeg_frame
    elif codec in _MPEG4:
        more, clean = coded_notes.without_user_data(more), coded_notes.without_user_data
        is_key = _is_key_mpeg4
    elif codec in _AVC:
        more, clean = coded_notes.avc_stream(more), coded_notes.avc_stream
        is_key = _is_key_avc
    elif codec not in _PLAIN:
        return None
    if len(more) > _MOST_MORE_BYTES:
        return None
    size = struct.pack("<I", _BITMAP_BYTES + len(more))
    return AviStream(
        number=number,
        head=_clean_head(head),
        coding=size + coding[4:_BITMAP_BYTES] + more,
        packet_kinds=(b"dc", b"db"),
        clean=clean,
        is_key=is_key,
    )


def _sound(head: bytes, coding: bytes, number: int) -> AviStream | None:
    """Sound; None where its codec is not known: it then stays behind."""
    if len(coding) < _SOUND_BYTES:
        return None
    (kind,) = struct.unpack_from("<H", coding)
    if kind not in _SOUND_KINDS:
        return None
    more = coding[_SOUND_BYTES : _SOUND_BYTES + _SOUND_KINDS[kind]]
    # The count of what follows is part of it.
    if len(more) >= 2:
        more = struct.pack("<H", len(more) - 2) + more[2:]
    return AviStream(
        number=number,
        head=_clean_head(head),
        coding=coding[:_SOUND_BYTES] + more,
        packet_kinds=(b"wb",),
        clean=coded_notes.aac_packet if kind == _AAC else None,
        is_key=_always,
    )


def _clean_head(head: bytes) -> bytes:
    """``strh`` without flags, priority and language."""
    fields = list(_HEAD.unpack(head))
    fields[2:5] = (0, 0, 0)
    if not all(32 <= letter < 127 or not letter for letter in fields[1]):
        fields[1] = bytes(4)
    return _HEAD.pack(*fields)


def _always(packet: bytes) -> bool:
    """Whether decoding may begin at a packet of which each stands alone."""
    return bool(packet)


def _is_key_mpeg4(packet: bytes) -> bool:
    """Whether a packet of MPEG-4 begins with a picture that needs no other (6.2.5)."""
    at = packet.find(b"\0\0\1\xb6")
    return 0 <= at < len(packet) - 4 and packet[at + 4] >> 6 == _INTRA_MPEG4


def _is_key_avc(packet: bytes) -> bool:
    """Whether a packet of H.264 holds a picture that needs no other (7.4.1)."""
    at = packet.find(b"\0\0\1")
    while 0 <= at < len(packet) - 3:
        if packet[at + 3] & 31 == _INTRA_AVC:
            return True
        at = packet.find(b"\0\0\1", at + 3)
    return False
