"""The description of a film track (``stsd``) with what a decoder needs, and how its packets are
cleaned (ISO 14496-12, 8.5.2, 14496-14 and -15; QuickTime File Format).

Names of programs and vendors, colour profiles, boxes of unknown kinds stay behind. Codecs are known
by a list: of another one nobody can say where its notes are.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.strippers import coded_notes
from noonmark.sandbox.strippers.coded_notes import Cleaner

_MOST_BYTES = 1 << 20
_VIDEO_HEAD, _SOUND_HEAD = 78, 28
_SOUND_MORE = {0: 0, 1: 16, 2: 36}
"""How many bytes more the head of a sound description has, by its version."""
_PLAIN_VIDEO = {
    "vp08",
    "vp09",
    "s263",
    "h263",
    "H263",
    "raw ",
    "yuv2",
    "2vuy",
    "v210",
}
_PRORES = ("apch", "apcn", "apcs", "apco", "ap4h", "ap4x")
_AVC, _HEVC, _AV1 = ("avc1", "avc3"), ("hvc1", "hev1"), ("av01",)
_MPEG4, _JPEG = ("mp4v", "m2v1", "xdv1", "mx5p"), ("jpeg", "dmb1")
_PLAIN_SOUND = {
    "alac",
    "Opus",
    "fLaC",
    "ac-3",
    "ec-3",
    "samr",
    "sawb",
    "raw ",
    "twos",
    "sowt",
    "in24",
    "in32",
    "fl32",
    "fl64",
    "lpcm",
    "alaw",
    "ulaw",
    "ipcm",
    "fpcm",
    ".mp3",
    "ima4",
    "agsm",
}
_KEPT_AS_IT_IS = {
    b"vpcC",
    b"pasp",
    b"clap",
    b"fiel",
    b"mdcv",
    b"clli",
    b"SmDm",
    b"CoLL",
    b"chan",
    b"chnl",
    b"pcmC",
    b"dOps",
    b"alac",
    b"dac3",
    b"dec3",
    b"srat",
    b"enda",
    b"frma",
    b"mp4a",
}
_MOST_KEPT_BYTES = 4096
_COLOUR_KINDS = (b"nclx", b"nclc")
_ES, _DECODER, _SPECIFIC, _SYNC = 3, 4, 5, 6
_AAC_OBJECTS = (0x40, 0x66, 0x67, 0x68)
_JPEG_OBJECT = 0x6C
_VISUAL_OBJECTS = range(0x20, 0x66)


@dataclass(frozen=True)
class CleanEntry:
    """A description for the copy, how its packets are cleaned, and what was left out of it."""

    box: bytes
    clean: Cleaner | None
    removed: tuple[str, ...] = ()


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box with these parts."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def video_entry(codec: str, entry: ByteView) -> CleanEntry | None:
    """The description of a video track; None where its codec is not known."""
    known = {*_PLAIN_VIDEO, *_AVC, *_HEVC, *_AV1, *_MPEG4, *_JPEG, *_PRORES}
    raw = entry.read(0, _VIDEO_HEAD)
    if codec not in known or len(raw) < _VIDEO_HEAD:
        return None
    # Index of the data reference is 1: the file itself. Vendor and name of the compressor are 0.
    size_and_resolution = raw[24:36]
    depth = raw[74:76]
    head = bytes(6) + b"\0\1" + bytes(16) + size_and_resolution + bytes(4) + b"\0\1"
    head += bytes(32) + depth + b"\xff\xff"
    children = _Children()
    body = children.copied(entry.part(_VIDEO_HEAD, entry.size))
    whole = box(codec.encode("latin-1"), head, body)
    return CleanEntry(whole, _video_cleaner(codec, children), tuple(children.removed))


def _video_cleaner(codec: str, children: _Children) -> Cleaner | None:
    """How the packets of a codec are cleaned; None where they hold nothing else than pictures."""
    if codec in _AVC:
        return coded_notes.units_cleaner(children.length_bytes, coded_notes.keeps_avc)
    if codec in _HEVC:
        return coded_notes.units_cleaner(children.length_bytes, coded_notes.keeps_hevc)
    if codec in _AV1:
        return coded_notes.av1_units
    if codec in _JPEG or children.object_kind == _JPEG_OBJECT:
        return coded_notes.jpeg_frame
    if codec in _PRORES:
        return coded_notes.prores_frame
    return coded_notes.without_user_data if codec in _MPEG4 else None


def sound_entry(codec: str, entry: ByteView) -> CleanEntry | None:
    """The description of a sound track; None where its codec is not known."""
    raw = entry.read(0, _SOUND_HEAD + max(_SOUND_MORE.values()))
    version = int.from_bytes(raw[8:10])
    more = _SOUND_MORE.get(version)
    if codec not in _PLAIN_SOUND | {"mp4a"} or more is None or len(raw) < _SOUND_HEAD + more:
        return None
    end = _SOUND_HEAD + more
    # Revision and vendor are 0.
    head = bytes(6) + b"\0\1" + raw[8:10] + bytes(6) + raw[16:end]
    children = _Children()
    body = children.copied(entry.part(end, entry.size))
    is_aac = codec == "mp4a" and children.object_kind in (None, *_AAC_OBJECTS)
    clean = coded_notes.aac_packet if is_aac else None
    return CleanEntry(box(codec.encode("latin-1"), head, body), clean, tuple(children.removed))


class _Children:
    """The boxes behind the head of a description, and what they say of the packets."""

    def __init__(self) -> None:
        self.length_bytes = 4
        self.object_kind: int | None = None
        self.removed: list[str] = []
        self._own: dict[bytes, Callable[[bytes], bytes]] = {
            b"avcC": self._avc,
            b"hvcC": self._hevc,
            b"av1C": coded_notes.av1_configuration,
            b"esds": self._stream,
            b"wave": self._wave,
            b"colr": _colour,
            b"dfLa": _flac,
            b"damr": lambda body: bytes(4) + body[4:9],
            b"d263": lambda body: bytes(4) + body[4:7],
            b"btrt": lambda body: body[:12],
            b"\0\0\0\0": lambda _: b"",
        }

    def copied(self, view: ByteView) -> bytes:
        """The boxes that a decoder needs, each cleaned."""
        out = b""
        for kind, inner, _ in boxes(view):
            body = inner.read(0, min(inner.size, _MOST_BYTES))
            if kind in self._own:
                body = self._own[kind](body)
                if body or kind == b"\0\0\0\0":
                    out += box(kind, body)
                    continue
            elif kind in _KEPT_AS_IT_IS and len(body) <= _MOST_KEPT_BYTES:
                out += box(kind, body)
                continue
            self.removed.append(f"box {kind.decode('latin-1')} of a description")
        return out

    def _avc(self, body: bytes) -> bytes:
        clean, self.length_bytes = coded_notes.avc_configuration(body)
        return clean

    def _hevc(self, body: bytes) -> bytes:
        clean, self.length_bytes = coded_notes.hevc_configuration(body)
        return clean

    def _wave(self, body: bytes) -> bytes:
        return self.copied(of_bytes(body))

    def _stream(self, body: bytes) -> bytes:
        """``esds``: what kind of stream it is, its rates, and what its decoder must know."""
        found = _decoder_fields(body)
        if found is None:
            return b""
        fields, specific = found
        self.object_kind = fields[0]
        if self.object_kind in _VISUAL_OBJECTS:
            specific = coded_notes.without_user_data(specific)
        inner = fields + (_descriptor(_SPECIFIC, specific) if specific else b"")
        decoder = _descriptor(_DECODER, inner) + _descriptor(_SYNC, b"\2")
        return bytes(4) + _descriptor(_ES, bytes(3) + decoder)


def _decoder_fields(body: bytes) -> tuple[bytes, bytes] | None:
    """The 13 bytes of a decoder's description and what is specific to it; None where it is cut."""
    kind, begin, _ = _descriptor_at(body, 4)
    if kind != _ES or begin + 3 > len(body):
        return None
    flags = body[begin + 2]
    at = begin + 3
    # A stream that this one depends on, an address, a clock: skipped.
    at += 2 if flags & 0x80 else 0
    at += 1 + body[at] if flags & 0x40 and at < len(body) else 0
    at += 2 if flags & 0x20 else 0
    kind, begin, end = _descriptor_at(body, at)
    fields = body[begin : begin + 13]
    if kind != _DECODER or len(fields) < 13:
        return None
    kind, begin, specific_end = _descriptor_at(body, begin + 13)
    specific = body[begin : min(specific_end, end)] if kind == _SPECIFIC else b""
    return fields, specific


def _descriptor_at(body: bytes, at: int) -> tuple[int, int, int]:
    """Kind, beginning and end of the descriptor at a place; kind 0 where there is none."""
    if at >= len(body):
        return 0, at, at
    kind, size = body[at], 0
    at += 1
    for _ in range(4):
        byte = body[at] if at < len(body) else 0
        at += 1
        size = size << 7 | byte & 127
        if not byte & 128:
            break
    return kind, at, at + size


def _descriptor(kind: int, body: bytes) -> bytes:
    """A descriptor whose length takes four bytes, as most programs write it."""
    size = len(body)
    lengths = [size >> 21 & 127 | 128, size >> 14 & 127 | 128, size >> 7 & 127 | 128, size & 127]
    return bytes([kind, *lengths]) + body


def _colour(body: bytes) -> bytes:
    """``colr`` where it names colours by number; a profile (ICC) is left out."""
    return body[: 11 if body[:4] == b"nclx" else 10] if body[:4] in _COLOUR_KINDS else b""


def _flac(body: bytes) -> bytes:
    """``dfLa`` with the stream's header alone, marked as the last block."""
    return body[:4] + b"\x80" + body[5:42] if len(body) >= 42 and body[4] & 127 == 0 else b""
