"""The description of a Matroska track with what a player needs, and how its packets are cleaned
(RFC 9559, 5.1.4; RFC 9559, 6 and the codec mappings of Matroska).

Names, languages, numbers that tell one film from another and elements of unknown kinds stay behind.
Codecs are known by a list, as for MP4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.ebml import EbmlElement, elements
from noonmark.sandbox.strippers import coded_notes, ebml_writer, sound_notes
from noonmark.sandbox.strippers.coded_notes import Cleaner

VIDEO, SOUND, SUBTITLE, METADATA = 1, 2, 17, 33
NUMBER, UID, KIND, CODEC, CODEC_PRIVATE = 0xD7, 0x73C5, 0x83, 0x86, 0x63A2
_LANGUAGE, _ENCODINGS = 0x22B59C, 0x6D80
_VIDEO_PART, _SOUND_PART, _COLOUR, _PROJECTION, _LIGHT = 0xE0, 0xE1, 0x55B0, 0x7670, 0x55D0
_KEPT = {
    0xB9,
    0x88,
    0x55AA,
    0x9C,
    0x23E383,
    0x234E7A,
    0x56AA,
    0x56BB,
}
"""Enabled, default, forced, lacing, durations of frames and fields, delay, pre-roll."""
_KEPT_VIDEO = {
    0x9A,
    0x9D,
    0x53B8,
    0xB0,
    0xBA,
    0x54AA,
    0x54BB,
    0x54CC,
    0x54DD,
    0x54B0,
    0x54BA,
    0x54B2,
    0x54B3,
    0x2EB524,
}
"""Interlacing, field order, stereo, size, crop, size and shape when shown, raw pixels."""
_KEPT_SOUND = {0xB5, 0x78B5, 0x9F, 0x6264}
"""Rates, channels, bits."""
_KEPT_COLOUR = {
    0x55B1,
    0x55B2,
    0x55B3,
    0x55B4,
    0x55B5,
    0x55B6,
    0x55B7,
    0x55B8,
    0x55B9,
    0x55BA,
    0x55BB,
    0x55BC,
    0x55BD,
}
_KEPT_LIGHT = {*range(0x55D1, 0x55DB)}
_KEPT_PROJECTION = {0x7671, 0x7673, 0x7674, 0x7675}
_SECTIONS: dict[int, set[int]] = {
    _VIDEO_PART: _KEPT_VIDEO | {_COLOUR, _PROJECTION},
    _SOUND_PART: _KEPT_SOUND,
    _COLOUR: _KEPT_COLOUR | {_LIGHT},
    _LIGHT: _KEPT_LIGHT,
    _PROJECTION: _KEPT_PROJECTION,
}
"""Elements that hold others, and which of those stay."""
_OWN = {NUMBER, UID, KIND, CODEC, CODEC_PRIVATE, _LANGUAGE, _ENCODINGS, 0xEC, 0xBF}
"""Written anew or named elsewhere; void and checksum need no word."""
_SCALAR_BYTES, _MOST_PRIVATE_BYTES = 8, 1 << 20
_SMALL_PRIVATE_BYTES = 256
_ENCODING, _COMPRESSION, _ENCODING_KIND, _ENCODING_SCOPE = 0x6240, 0x5034, 0x5033, 0x5032
_METHOD, _SETTINGS, _HEADER_REMOVAL = 0x4254, 0x4255, 3
_PLAIN_VIDEO = (
    "V_VP8",
    "V_VP9",
    "V_FFV1",
    "V_UNCOMPRESSED",
)
_WITH_USER_DATA = (
    "V_MPEG4/ISO/ASP",
    "V_MPEG4/ISO/SP",
    "V_MPEG4/ISO/AP",
    "V_MPEG2",
    "V_MPEG1",
)
_PLAIN_SOUND = (
    "A_OPUS",
    "A_MPEG/L1",
    "A_MPEG/L2",
    "A_MPEG/L3",
    "A_AC3",
    "A_EAC3",
    "A_DTS",
    "A_ALAC",
    "A_PCM/INT/LIT",
    "A_PCM/INT/BIG",
    "A_PCM/FLOAT/IEEE",
)


@dataclass(frozen=True)
class MatroskaEntry:
    """A description for the copy but for its number, how packets are cleaned, the bytes that each
    packet of the source lacks at its beginning, and what was left out.
    """

    body: bytes
    clean: Cleaner | None
    packet_head: bytes
    removed: tuple[str, ...]


@dataclass(frozen=True)
class MatroskaTrack:
    """One track as its source has it: number, kind, codec, and its elements."""

    number: int
    kind: int
    codec: str
    view: ByteView


def read_track(view: ByteView) -> MatroskaTrack:
    """The track that an entry describes."""
    number = kind = 0
    codec = ""
    for part in elements(view):
        if part.kind == NUMBER:
            number = number_of(part.body)
        elif part.kind == KIND:
            kind = number_of(part.body)
        elif part.kind == CODEC:
            codec = part.body.read(0, 64).split(b"\0")[0].decode("latin-1")
    return MatroskaTrack(number, kind, codec, view)


def number_of(body: ByteView) -> int:
    """An unsigned number of up to eight bytes."""
    return int.from_bytes(body.read(0, min(body.size, _SCALAR_BYTES)))


def clean_entry(track: MatroskaTrack) -> MatroskaEntry | None:
    """The description for the copy; None where the codec, or a way of packing, is not known."""
    parts = list(_first_of_each(track.view))
    by_kind = {part.kind: part.body for part in parts}
    private = _bytes(by_kind.get(CODEC_PRIVATE))
    coded = _coding(track.codec, private)
    head = _packet_head(by_kind.get(_ENCODINGS))
    if coded is None or head is None:
        return None
    private, clean = coded
    removed: list[str] = []
    body = ebml_writer.whole(KIND, track.kind)
    body += ebml_writer.text(CODEC, track.codec) + ebml_writer.text(_LANGUAGE, "und")
    if private:
        body += ebml_writer.element(CODEC_PRIVATE, private)
    for part in parts:
        if part.kind not in _OWN:
            body += _kept(part, _KEPT | {_VIDEO_PART, _SOUND_PART}, removed)
    return MatroskaEntry(body, clean, head, tuple(removed))


def _first_of_each(view: ByteView) -> Iterator[EbmlElement]:
    """The first element of each kind: a description has no more."""
    seen: set[int] = set()
    for part in elements(view):
        if part.kind not in seen:
            seen.add(part.kind)
            yield part


def _kept(part: EbmlElement, allowed: set[int], removed: list[str]) -> bytes:
    """An element of the copy; empty, and named, where it is not in the list."""
    if part.kind in allowed and part.kind in _SECTIONS:
        inner = b""
        for each in _first_of_each(part.body):
            inner += _kept(each, _SECTIONS[part.kind], removed)
        return ebml_writer.element(part.kind, inner)
    if part.kind in allowed and part.body.size <= _SCALAR_BYTES:
        return ebml_writer.element(part.kind, _bytes(part.body))
    if part.kind not in _OWN:
        removed.append(f"element 0x{part.kind:X} of a description")
    return b""


def _bytes(body: ByteView | None) -> bytes:
    """The bytes of an element, up to the most that a description holds."""
    return b"" if body is None else body.read(0, min(body.size, _MOST_PRIVATE_BYTES))


def _coding(codec: str, private: bytes) -> tuple[bytes, Cleaner | None] | None:
    """What a decoder must know, and the cleaner of packets; None where the codec is not known."""
    if codec in _PLAIN_VIDEO or codec in _PLAIN_SOUND:
        return (private, None) if len(private) <= _SMALL_PRIVATE_BYTES else None
    if codec.startswith("A_AAC"):
        return private[:64], coded_notes.aac_packet
    if codec in _WITH_USER_DATA:
        return coded_notes.without_user_data(private), coded_notes.without_user_data
    known = _CODINGS.get(codec)
    return known(private) if known else None


def _avc(private: bytes) -> tuple[bytes, Cleaner | None]:
    clean, size = coded_notes.avc_configuration(private)
    return clean, coded_notes.units_cleaner(size, coded_notes.keeps_avc)


def _hevc(private: bytes) -> tuple[bytes, Cleaner | None]:
    clean, size = coded_notes.hevc_configuration(private)
    return clean, coded_notes.units_cleaner(size, coded_notes.keeps_hevc)


def _av1(private: bytes) -> tuple[bytes, Cleaner | None]:
    return coded_notes.av1_configuration(private), coded_notes.av1_units


def _xiph(private: bytes) -> tuple[bytes, Cleaner | None] | None:
    clean = sound_notes.laced_headers(private)
    return None if clean is None else (clean, None)


def _flac(private: bytes) -> tuple[bytes, Cleaner | None] | None:
    clean = sound_notes.flac_head(private)
    return None if clean is None else (clean, None)


def _prores(private: bytes) -> tuple[bytes, Cleaner | None]:
    """Matroska leaves out the first eight bytes of each frame."""
    return private[:4], lambda packet: coded_notes.prores_frame(bytes(4) + b"icpf" + packet)[8:]


_CODINGS: dict[str, Callable[[bytes], tuple[bytes, Cleaner | None] | None]] = {
    "V_MPEG4/ISO/AVC": _avc,
    "V_MPEGH/ISO/HEVC": _hevc,
    "V_AV1": _av1,
    "V_MJPEG": lambda _: (b"", coded_notes.jpeg_frame),
    "V_PRORES": _prores,
    "V_THEORA": _xiph,
    "A_VORBIS": _xiph,
    "A_FLAC": _flac,
}


def _packet_head(encodings: ByteView | None) -> bytes | None:
    """The bytes that were taken off each packet; None where packets are packed in another way."""
    if encodings is None:
        return b""
    found = list(elements(encodings))
    if len(found) != 1 or found[0].kind != _ENCODING:
        return None
    parts = {part.kind: part.body for part in elements(found[0].body)}
    kind = parts.get(_ENCODING_KIND)
    scope = parts.get(_ENCODING_SCOPE)
    compression = parts.get(_COMPRESSION)
    if compression is None or (kind is not None and number_of(kind)):
        return None
    if scope is not None and number_of(scope) != 1:
        return None
    settings = {part.kind: part.body for part in elements(compression)}
    method = settings.get(_METHOD)
    if method is None or number_of(method) != _HEADER_REMOVAL:
        return None
    head = _bytes(settings.get(_SETTINGS))
    return head if len(head) <= _SMALL_PRIVATE_BYTES else None
