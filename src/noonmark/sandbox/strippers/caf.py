"""The sound of a CAF: how it is coded, how long its packets are, and its bytes (Apple, CAF 1.0)."""

from __future__ import annotations

import struct

from noonmark.errors import InputError
from noonmark.sandbox.parsers import caf as parser
from noonmark.sandbox.parsers.byte_view import ByteView, of_file
from noonmark.sandbox.strippers.advice import SOUND_ANEW
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed, refusal
from noonmark.sandbox.strippers.film_writer import FilmWriter

_CODECS = (b"lpcm", b"alac", b"aac ", b"opus", b"ima4", b"ulaw", b"alaw", b"samr")
_MOST_COOKIE_BYTES, _MOST_TABLE_BYTES = 256, 64 << 20
_LAYOUT_BYTES = 12
_PIECE_BYTES = 1 << 20


def caf(source_fd: int, sink_fd: int, removed: Removed) -> CopyFacts:
    """Copy what codes the sound; every other chunk is named in ``removed``."""
    view = of_file(source_fd)
    found: dict[bytes, ByteView] = {}
    for kind, body in parser.chunks(view):
        if kind in parser.CODING and kind != b"free" and kind not in found:
            found[kind] = body
        else:
            add_removed(removed, f"chunk {kind.decode('latin-1')!r}", body.size)
    if b"desc" not in found or b"data" not in found or found[b"data"].size <= 4:
        raise InputError("the file holds no sound", code="not-decodable")
    writer = FilmWriter(sink_fd)
    writer.put(parser.MARK + b"\0\1\0\0" + _chunk(b"desc", _description(found[b"desc"])))
    for kind, limit in ((b"chan", _LAYOUT_BYTES), (b"kuki", None), (b"pakt", None)):
        if kind in found:
            writer.put(_chunk(kind, _coding(kind, found[kind], limit)))
    _put_sound(writer, found[b"data"])
    return CopyFacts(tracks=(0,))


def _description(body: ByteView) -> bytes:
    """How the samples are coded; raises InputError where that is not known."""
    raw = body.read(0, parser.DESCRIPTION.size)
    if len(raw) < parser.DESCRIPTION.size:
        raise InputError("the file does not say how its sound is coded", code="not-decodable")
    if raw[8:12] not in _CODECS:
        name = raw[8:12].decode("latin-1")
        raise refusal(f"its sound is coded as {name!r}, whose notes are not known here", SOUND_ANEW)
    return raw


def _coding(kind: bytes, body: ByteView, limit: int | None) -> bytes:
    """What a decoder must know, or the lengths of the packets.

    Of a layout its number alone is kept: descriptions of single channels follow it.
    """
    most = _MOST_COOKIE_BYTES if kind == b"kuki" else _MOST_TABLE_BYTES
    if limit is None and body.size > most:
        raise refusal(f"its part {kind.decode('latin-1')!r} has {body.size} bytes", SOUND_ANEW)
    raw = b""
    while len(raw) < min(body.size, limit or body.size):
        raw += body.read(len(raw), min(_PIECE_BYTES, body.size - len(raw)))
    if kind == b"chan":
        return raw[:8].ljust(8, b"\0") + bytes(4)
    return raw


def _put_sound(writer: FilmWriter, sound: ByteView) -> None:
    """Write the sound, edited no times."""
    writer.put(b"data" + struct.pack(">qI", sound.size, 0))
    for at in range(4, sound.size, _PIECE_BYTES):
        writer.put(sound.read(at, min(_PIECE_BYTES, sound.size - at)))
    writer.flush()


def _chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk, with its length of 64 bits."""
    return kind + struct.pack(">q", len(body)) + body
