"""The chunks of a WAV file (Microsoft and IBM, Multimedia Programming Interface 1.0; EBU Tech 3285
for ``bext``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from noonmark.sandbox.parsers import id3, xmp
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails
from noonmark.sandbox.parsers.riff import chunks, date

_MOST_CHUNKS = 1000
LONG_MARKS = (b"RF64", b"BW64")
"""A WAV of more than 4 GB, or one that could have become so (EBU Tech 3306, ITU-R BS.2088)."""
LONG_SIZES = b"ds64"
_TO_THE_END = (0, 0xFFFFFFFF)
_CODING = (b"fmt ", b"data", b"fact", LONG_SIZES)
_BROADCAST = {
    "description": (0, 256),
    "originator": (256, 288),
    "originator reference": (288, 320),
    "date": (320, 330),
    "time": (330, 338),
}
_TIMED = (b"ICRD", b"IDIT")


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what every chunk but the sound states; facts: duration, rate."""
    rate = 0
    whole = view.number("<I", 4) or 0
    for count, (kind, body) in enumerate(wave_chunks(view)):
        if count > _MOST_CHUNKS:
            output.leave_rest_out("WAV", f"more than {_MOST_CHUNKS} chunks")
            break
        if kind == b"fmt ":
            output.facts["sample_rate_hz"] = body.number("<I", 4) or 0
            rate = body.number("<I", 8) or 0
        elif kind == b"data" and rate:
            output.facts["duration_s"] = body.size / rate
        elif kind not in _CODING:
            _chunk(kind, body, output)
    if view.size > 8 + whole + (whole & 1) and 0 < whole < 0xFFFFFFFF:
        output.add_problem("WAV", f"{view.size - 8 - whole} bytes follow the end of the sound")
    return []


def wave_chunks(view: ByteView) -> Iterator[tuple[bytes, ByteView]]:
    """Kind and body of each chunk, with the lengths of 64 bits that ``ds64`` states.

    The sound of a recording that was cut short says no length: it lasts to the end of the file.
    """
    at = 12
    sizes: dict[bytes, int] = {}
    while at + 8 <= view.size:
        kind, size = struct.unpack("<4sI", view.read(at, 8))
        if kind == LONG_SIZES:
            sizes = _long_sizes(view.part(at + 8, size))
        if size == 0xFFFFFFFF and kind in sizes:
            size = sizes[kind]
        elif kind == b"data" and size in _TO_THE_END:
            size = view.size - at - 8
        yield kind, view.part(at + 8, size)
        at += 8 + size + (size & 1)


def _long_sizes(body: ByteView) -> dict[bytes, int]:
    """The lengths in ``ds64``, by the kind of chunk: of the sound, then a table of others."""
    sizes = {b"data": body.number("<Q", 8) or 0}
    for row in range(min(body.number("<I", 24) or 0, _MOST_CHUNKS)):
        raw = body.read(28 + 12 * row, 12)
        if len(raw) == 12:
            kind, size = struct.unpack("<4sQ", raw)
            sizes[kind] = size
    return sizes


def _chunk(kind: bytes, body: ByteView, output: ParserOutput) -> None:
    """Write what one chunk states, or that it is there."""
    if kind == b"bext":
        _broadcast(body, output)
    elif kind == b"LIST" and body.read(0, 4) == b"INFO":
        for name, text in chunks(body.part(4, body.size)):
            said = text.read(0, 4096).split(b"\0")[0].decode("utf-8", "replace")
            output.add_field("WAV", name.decode("latin-1"), date(said) if name in _TIMED else said)
    elif kind in (b"id3 ", b"ID3 "):
        id3.read_bytes(body.read(0, 1 << 20), output)
    elif kind == b"_PMX":
        xmp.read(body.read(0, 1 << 20), output)
    else:
        output.add_packet(f"chunk {kind.decode('latin-1')!r}")


def _broadcast(body: ByteView, output: ParserOutput) -> None:
    """Write the description of a broadcast wave; its date and time as one."""
    said = {}
    for name, (begin, end) in _BROADCAST.items():
        said[name] = body.read(begin, end - begin).split(b"\0")[0].decode("latin-1").strip()
    moment = f"{said.pop('date')} {said.pop('time')}".strip()
    output.add_field("WAV broadcast", "recorded", moment)
    for name, text in said.items():
        output.add_field("WAV broadcast", name, text)
    # Loudness and the history of coding stand behind.
    if body.read(602, 4096).strip(b"\0"):
        output.add_field("WAV broadcast", "coding history", body.read(602, 4096))
