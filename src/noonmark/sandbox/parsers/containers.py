"""Which format a file has, by its first bytes and never by its name, and which parser reads it."""

from __future__ import annotations

from collections.abc import Callable

from noonmark.sandbox.parsers import (
    adts,
    amr,
    atoms,
    avchd,
    caf,
    flac,
    gif,
    id3,
    jpeg,
    magic,
    matroska,
    mpeg_audio,
    office,
    ogg,
    pdf,
    png,
    riff,
    srt,
    tiff,
    transport,
    wav,
    webp,
)
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

Parser = Callable[[ByteView, ParserOutput], Thumbnails]
"""Writes what a file states, and returns where embedded thumbnails lie."""

_PHOTO_PARSERS: dict[str, Parser] = {
    "JPEG": jpeg.read,
    "PNG": png.read,
    "WebP": webp.read,
    "GIF": gif.read,
    "TIFF": tiff.read_file,
    "HEIC": atoms.read,
    "HEIF": atoms.read,
    "AVIF": atoms.read,
}
_RIFF_KINDS: dict[bytes, tuple[str, Parser | None]] = {
    b"AVI ": ("AVI", riff.read),
    b"WAVE": ("WAV", wav.read),
}
_HEAD_BYTES = 4096
_STREAM_BYTES = 4 << 20
_EBML = b"\x1a\x45\xdf\xa3"
_MOV_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""What a film without ``ftyp`` begins with: QuickTime before 2001."""

# The first unit of a bare stream: parameters, or what marks the beginning of a picture.
_BARE = {
    "H.264 stream": tuple(bytes((0, 0, 0, 1, first)) for first in (0x09, 0x27, 0x47, 0x67)),
    "HEVC stream": tuple(bytes((0, 0, 0, 1, first, 1)) for first in (0x40, 0x42, 0x46)),
}


def container_of(view: ByteView) -> tuple[str, Parser | None]:
    """The container and its parser. "SRT" and "RIFF" have none here; other files are "unknown"."""
    head = view.read(0, _HEAD_BYTES)
    photo = magic.photo_format(head)
    if photo is not None:
        return photo, _PHOTO_PARSERS[photo]
    if head[4:8] == b"ftyp":
        return ("MOV" if head[8:12] == b"qt  " else "MP4"), atoms.read
    if head[4:8] in _MOV_BOXES:
        return "MOV", atoms.read
    if head.startswith(_EBML):
        return ("WebM" if b"webm" in head[4:64] else "Matroska"), matroska.read
    if head.startswith((b"RIFF", *wav.LONG_MARKS)):
        return _RIFF_KINDS.get(head[8:12], ("RIFF", None))
    if transport.shape(head) is not None:
        return "MPEG-TS", transport.read
    if head.startswith(b"PK\x03\x04"):
        return (office.kind_of(view), office.read) if office.kind_of(view) else ("unknown", None)
    if b"%PDF-" in head[:1024]:
        return "PDF", pdf.read
    sound = _sound(view, head)
    return sound if sound is not None else _container_without_head(head)


def _sound(view: ByteView, head: bytes) -> tuple[str, Parser] | None:
    """The kind of a file of sound; None of any other file.

    An ID3 tag may stand before FLAC too.
    """
    if head.startswith(b"OggS"):
        return "Ogg", ogg.read
    if head.startswith(b"fLaC"):
        return "FLAC", flac.read
    if head.startswith(caf.MARK):
        return "CAF", caf.read
    if head.startswith(b"#!AMR"):
        return "AMR", amr.read
    return _tagged_sound(view, head)


def _tagged_sound(view: ByteView, head: bytes) -> tuple[str, Parser] | None:
    """The kind of a file of sound that a tag (ID3) may stand before."""
    has_tag = head.startswith(b"ID3")
    if has_tag and view.read(id3.head_bytes(view), 4) == b"fLaC":
        return "FLAC", flac.read
    if (has_tag or head[:1] == b"\xff") and adts.looks_like(view):
        return "AAC", adts.read
    if has_tag or (head[:1] == b"\xff" and mpeg_audio.looks_like(view)):
        return "MP3", mpeg_audio.read
    return None


def _container_without_head(head: bytes) -> tuple[str, Parser | None]:
    """The kind of a bare video stream or of captions."""
    for kind, marks in _BARE.items():
        if head.startswith(marks):
            return kind, _bare_stream
    if srt.looks_like(head):
        return "SRT", None
    return "unknown", None


def _bare_stream(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Pictures without a container: no clock but what a camcorder wrote between them."""
    avchd.read(view.read(0, _STREAM_BYTES), output)
    return []
