"""WARC records: the headers of one record, and whether its block is whole.

A record is found by the offset that an index gives.

**Method** ISO 28500 (WARC 1.0 and 1.1); records are compressed one by one (annex D).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from noonmark.errors import InputError

LONGEST_HEADER_BYTES = 1 << 20
LARGEST_RECORD_BYTES = 1 << 26
"""A record larger than this, stored or expanded, is held to its headers only."""


@dataclass(frozen=True)
class Record:
    """A record's headers, names in lower case, and its bytes as they stand after decompression."""

    headers: dict[str, str]
    raw: bytes

    @property
    def target(self) -> str:
        """The address that was recorded."""
        return self.headers.get("warc-target-uri", "").strip("<>")


def record(piece: bytes, *, where: str, whole: bool = True) -> Record:
    """The one record in ``piece``, compressed or not; without ``whole`` only its headers."""
    raw = _inflated(piece, where, whole) if piece[:2] == b"\x1f\x8b" else piece
    head, separator, _ = raw[:LONGEST_HEADER_BYTES].partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    if not separator or lines[0] not in ("WARC/1.0", "WARC/1.1"):
        raise InputError(f"{where}: expected a WARC record, got {raw[:16]!r}", code="warc-record")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise InputError(f"{where}: {line[:60]!r} is not a header", code="warc-record")
        headers.setdefault(name.strip().lower(), value.strip())
    length = headers.get("content-length", "")
    if not length.isdigit() or len(length) > 15:
        message = f"{where}: expected a content length, got {length[:20]!r}"
        raise InputError(message, code="warc-record")
    found = len(raw) - len(head) - 4
    if whole and found < int(length):
        message = f"{where}: expected a block of {int(length)} bytes, got {found}"
        raise InputError(message, code="warc-record")
    return Record(headers, raw)


def _inflated(piece: bytes, where: str, whole: bool) -> bytes:
    """A compressed record's bytes, as many as are read; ``piece`` may be cut if not whole."""
    machine = zlib.decompressobj(wbits=31)
    longest = LARGEST_RECORD_BYTES if whole else LONGEST_HEADER_BYTES
    try:
        raw = machine.decompress(piece, longest + 1)
    except zlib.error as error:
        raise InputError(f"{where}: {error}", code="warc-record") from None
    if not whole:
        return raw[:longest]
    if len(raw) > longest:
        raise TooLarge(f"{where}: expands beyond {longest} bytes", code="warc-record")
    if not machine.eof or machine.unused_data:
        raise InputError(
            f"{where}: expected one compressed record, got a part or more than one",
            code="warc-record",
        )
    return raw


class TooLarge(InputError):
    """The record is larger than is looked into; its headers can still be read."""
