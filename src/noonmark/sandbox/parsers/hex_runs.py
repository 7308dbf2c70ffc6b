"""Runs of hexadecimal characters in bytes, as a reader would see them: also in texts of two bytes a
letter, between the tags of XML, and in the strings of a PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LEAST = 12
_STEP_BYTES, _OVERLAP_BYTES = 4 << 20, 16 << 10
_RUN = re.compile(rb"[0-9a-fA-F]{%d,}" % LEAST)
_TAG = re.compile(rb"<[^<>]{1,4000}>")
_STRINGS = re.compile(rb"\(((?:[^()\\]|\\.){0,4000})\)|<([0-9A-Fa-f\s]{2,8000})>", re.DOTALL)
_OCTAL = re.compile(rb"\\([0-7]{3})")


def runs_in(data: bytes) -> Iterator[bytes]:
    """Every run of twelve hexadecimal characters or more, in lower case, in every reading."""
    for at in range(0, len(data), _STEP_BYTES):
        for view in _views(data[max(0, at - _OVERLAP_BYTES) : at + _STEP_BYTES]):
            for run in _RUN.finditer(view):
                yield run[0].lower()


def _views(data: bytes) -> Iterator[bytes]:
    """The bytes; without zeros (UTF-16); without tags (XML); the strings of a PDF joined."""
    yield data
    if b"\0" in data:
        yield data.translate(None, b"\0")
    if b"</" in data:
        yield _TAG.sub(b"", data)
    if b"Tj" in data or b"TJ" in data or b"endobj" in data:
        yield b"".join(map(_string, _STRINGS.finditer(data))).translate(None, b"\0")


def _string(found: re.Match[bytes]) -> bytes:
    """What a string of a PDF says."""
    if found[1] is not None:
        return _OCTAL.sub(lambda digits: bytes([int(digits[1], 8) & 0xFF]), found[1])
    pairs = b"".join(found[2].split())
    return bytes.fromhex((pairs + b"0" * (len(pairs) % 2)).decode("ascii"))
