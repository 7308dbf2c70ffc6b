"""The sound of a WAV file: how it is coded, and its samples (Microsoft and IBM, 1991).

The copy of more than 4 GB is an RF64 (EBU Tech 3306), of less a plain WAV.
"""

from __future__ import annotations

import struct

from noonmark.errors import InputError
from noonmark.sandbox.parsers.byte_view import ByteView, of_file
from noonmark.sandbox.parsers.wav import LONG_SIZES, wave_chunks
from noonmark.sandbox.strippers.advice import SOUND_ANEW
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed, refusal
from noonmark.sandbox.strippers.film_writer import FilmWriter

_PCM, _ADPCM, _FLOAT, _A_LAW, _MU_LAW, _IMA, _GSM, _EXTENSIBLE = 1, 2, 3, 6, 7, 0x11, 0x31, 0xFFFE
_KNOWN = (
    _PCM,
    _ADPCM,
    _FLOAT,
    _A_LAW,
    _MU_LAW,
    _IMA,
    _GSM,
    _EXTENSIBLE,
)
_KEPT = (b"fmt ", b"fact", b"data")
_SHORT, _MOST_FORMAT_BYTES = 16, 256
_MOST_BYTES = 0xFFFFFFFF
"""Of a file whose lengths have 32 bits."""
_PIECE_BYTES = 1 << 20


def wav(source_fd: int, sink_fd: int, removed: Removed) -> CopyFacts:
    """Copy the description and the samples; every other chunk is named in ``removed``."""
    view = of_file(source_fd)
    found: dict[bytes, ByteView] = {}
    end = 12
    for kind, body in wave_chunks(view):
        if kind in _KEPT and kind not in found:
            found[kind] = body
        elif kind != LONG_SIZES:
            add_removed(removed, f"chunk {kind.decode('latin-1')!r}", body.size)
        end += 8 + body.size + (body.size & 1)
    if end < view.size:
        add_removed(removed, "bytes behind the last chunk", view.size - end)
    if b"fmt " not in found or b"data" not in found or not found[b"data"].size:
        raise InputError("the file holds no sound", code="not-decodable")
    counted = found[b"fact"].read(0, 4) if b"fact" in found else b""
    _write(FilmWriter(sink_fd), _coding(found[b"fmt "]), counted, found[b"data"])
    return CopyFacts(tracks=(0,))


def _coding(body: ByteView) -> bytes:
    """How the samples are coded; raises InputError where that is not known."""
    raw = body.read(0, _MOST_FORMAT_BYTES)
    if len(raw) < _SHORT:
        raise InputError("the file does not say how its sound is coded", code="not-decodable")
    (kind,) = struct.unpack_from("<H", raw)
    if kind not in _KNOWN or body.size > _MOST_FORMAT_BYTES:
        raise refusal(
            f"its sound is coded as 0x{kind:04X}, whose notes are not known here", SOUND_ANEW
        )
    if kind == _EXTENSIBLE:
        return raw[:40]
    # Of sound without compression nothing follows; of the others what a decoder must know.
    return raw[:_SHORT] if kind in (_PCM, _FLOAT) else raw


def _write(writer: FilmWriter, coding: bytes, counted: bytes, sound: ByteView) -> None:
    """Write the new file."""
    size = sound.size
    parts = _chunk(b"fmt ", coding)
    if len(counted) == 4:
        parts += _chunk(b"fact", counted)
    padded = size + (size & 1)
    whole = 4 + len(parts) + 8 + padded
    if whole > _MOST_BYTES:
        # the lengths of the whole, of the sound, of its samples, and no table of others
        long_sizes = struct.pack("<QQQI", whole + 36, size, size // _block_bytes(coding), 0)
        parts = _chunk(LONG_SIZES, long_sizes) + parts
        writer.put(b"RF64\xff\xff\xff\xffWAVE" + parts + b"data\xff\xff\xff\xff")
    else:
        writer.put(b"RIFF" + struct.pack("<I", whole) + b"WAVE" + parts)
        writer.put(b"data" + struct.pack("<I", size))
    for at in range(0, size, _PIECE_BYTES):
        writer.put(sound.read(at, min(_PIECE_BYTES, size - at)))
    if size & 1:
        writer.put(b"\0")
    writer.flush()


def _block_bytes(coding: bytes) -> int:
    """How many bytes the samples of one instant have, in all channels."""
    return max(1, int(struct.unpack_from("<H", coding, 12)[0]))


def _chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk, with a byte of fill where it is odd."""
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) & 1)
