"""The objects of a PDF by position in its bytes (ISO 32000-1, 7.3).

Numbers, names and strings keep the bytes that the file has for them, so that a copy can't change
them. The keys of a dictionary are decoded, without their slash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACE = b"\0\t\n\x0c\r "
_DELIMITERS = b"()<>[]{}/%"
_DEEPEST = 60
_TOKEN = re.compile(rb"[^\0\t\n\x0c\r ()<>\[\]{}/%]+")
_AFTER = rb"(?![^\0\t\n\x0c\r ()<>\[\]{}/%])"
_REFERENCE = re.compile(rb"(\d{1,10})[\0\t\n\x0c\r ]+(\d{1,5})[\0\t\n\x0c\r ]+R" + _AFTER)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PLAIN_NAME = re.compile(rb"[A-Za-z0-9_.+*:,@$!&'\"?=;^~|\\-]")


@dataclass(frozen=True)
class PdfAtom:
    """A number, a name, a string, true, false or null, as the file has it."""

    raw: bytes


@dataclass(frozen=True)
class PdfReference:
    """Another object by its number."""

    number: int


@dataclass(frozen=True)
class PdfStream:
    """A dictionary with bytes, which are coded as it says."""

    entries: dict[bytes, PdfValue]
    data: bytes


PdfValue = PdfAtom | PdfReference | PdfStream | list["PdfValue"] | dict[bytes, "PdfValue"]


def value_at(data: bytes, at: int, depth: int = 0) -> tuple[PdfValue, int]:
    """The value that begins at a place, and where it ends. Raises ValueError where there is none.

    A stream is read by its dictionary alone.
    """
    at = after_space(data, at)
    if depth > _DEEPEST:
        raise ValueError("values are nested too deep")
    first = data[at : at + 1]
    if data[at : at + 2] == b"<<":
        return _dictionary(data, at + 2, depth)
    if first == b"[":
        return _array(data, at + 1, depth)
    if first in (b"(", b"<"):
        end = _string_end(data, at)
        return PdfAtom(data[at:end]), end
    reference = _REFERENCE.match(data, at)
    if reference:
        return PdfReference(int(reference[1])), reference.end()
    token = _TOKEN.match(data, at + 1 if first == b"/" else at)
    if token is None and first != b"/":
        raise ValueError("no value is here")
    end = token.end() if token else at + 1
    return PdfAtom(data[at:end]), end


def after_space(data: bytes, at: int) -> int:
    """The first place from here on that is neither space nor comment."""
    while at < len(data):
        if data[at] in _SPACE:
            at += 1
        elif data[at] == ord("%"):
            while at < len(data) and data[at] not in b"\r\n":
                at += 1
        else:
            break
    return at


def _array(data: bytes, at: int, depth: int) -> tuple[PdfValue, int]:
    """The values up to the end of an array."""
    found: list[PdfValue] = []
    while True:
        at = after_space(data, at)
        if data[at : at + 1] == b"]":
            return found, at + 1
        value, at = value_at(data, at, depth + 1)
        found.append(value)


def _dictionary(data: bytes, at: int, depth: int) -> tuple[PdfValue, int]:
    """The keys and values up to the end of a dictionary."""
    found: dict[bytes, PdfValue] = {}
    while True:
        at = after_space(data, at)
        if data[at : at + 2] == b">>":
            return found, at + 2
        key, at = value_at(data, at, depth + 1)
        if not isinstance(key, PdfAtom) or not key.raw.startswith(b"/"):
            raise ValueError("a key is no name")
        found[name_of(key)], at = value_at(data, at, depth + 1)


def _string_end(data: bytes, at: int) -> int:
    """Where a string ends: at its own bracket, those within it and escaped ones aside."""
    if data[at : at + 1] == b"<":
        end = data.find(b">", at)
        if end < 0:
            raise ValueError("a string has no end")
        return end + 1
    depth = 0
    while at < len(data):
        byte = data[at]
        if byte == ord("\\"):
            at += 1
        elif byte == ord("("):
            depth += 1
        elif byte == ord(")"):
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    raise ValueError("a string has no end")


def name_of(value: PdfValue | None) -> bytes:
    """A name without its slash, decoded; empty of anything else."""
    if not isinstance(value, PdfAtom) or not value.raw.startswith(b"/"):
        return b""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), value.raw[1:])


def name_bytes(name: bytes) -> bytes:
    """A name as a file has it."""
    out = b"/"
    for byte in name:
        one = bytes([byte])
        out += one if _PLAIN_NAME.match(one) else b"#%02X" % byte
    return out


def integer_of(value: PdfValue | None) -> int | None:
    """A whole number; None of anything else."""
    if isinstance(value, PdfAtom) and re.fullmatch(rb"[+-]?\d{1,12}", value.raw):
        return int(value.raw)
    return None


def text_of(value: PdfValue | None) -> str:
    """A string as text: UTF-16 where it says so, UTF-8, else Latin-1; empty of anything else."""
    if not isinstance(value, PdfAtom):
        return ""
    raw = value.raw
    if raw.startswith(b"<"):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", raw)
        data = bytes.fromhex((digits + b"0" * (len(digits) & 1)).decode())
    elif raw.startswith(b"("):
        data = _unescaped(raw[1:-1])
    else:
        return ""
    if data.startswith((b"\xfe\xff", b"\xff\xfe")):
        return data.decode("utf-16", "replace")
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


_ESCAPES = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\x0c",
    b"\n": b"",
    b"\r": b"",
}


def _unescaped(raw: bytes) -> bytes:
    """The bytes of a string in brackets."""

    def one(found: re.Match[bytes]) -> bytes:
        if found[1][:1].isdigit():
            return bytes([int(found[1], 8) & 255])
        return b"" if found[1] == b"\r\n" else _LETTERS.get(found[1], found[1])

    return _ESCAPES.sub(one, raw)
