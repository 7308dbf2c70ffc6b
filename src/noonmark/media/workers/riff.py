"""The chunks of AVI, walked by hand (Microsoft, Multimedia Programming Interface 1.0; OpenDML 1.02).

A camera writes the moment of recording as ``IDIT`` in one of several habits, always by the clock on its wall.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any

from noonmark.media.workers import stills, tiff
from noonmark.media.workers.reader import Notebook, View

_MOST_CHUNKS, _MOST_DEPTH, _MOST_NOTES = 20_000, 6, 1000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = re.compile(r"\w{3}\s+(\w{3})\s+(\d{1,2})\s+(\d{1,2}:\d\d:\d\d)\s+(\d{4})$")
_SHORT = re.compile(r"(\d{4})[/-]\s*(\d{1,2})[/-]\s*(\d{1,2})/?\s+(\d{1,2}):\s*(\d\d)(?::\s*(\d\d))?\s*(P?)")
_INFO = {
    b"ICRD": "ICRD", b"IDIT": "IDIT", b"ISFT": "Software", b"ICMT": "ICMT", b"IART": "Artist", b"ICOP": "ICOP",
    b"INAM": "INAM", b"IENG": "IENG", b"ITCH": "ITCH", b"ISRC": "ISRC", b"IMED": "IMED", b"ICNM": "ICNM",
}  # fmt: skip
_EXIF = {b"ecor": "Make", b"emdl": "Model", b"etim": "etim", b"erel": "erel", b"eucm": "eucm"}
_NIKON = {0x03: "Make", 0x04: "Model", 0x05: "firmware", 0x13: "DateTimeOriginal", 0x14: "CreateDate"}


def read(view: View, book: Notebook) -> dict[str, Any]:
    """Walk every list but the pictures (``movi``)."""
    count = [0]
    at = 0
    while at + 12 <= view.size and view.read(at, 4) == b"RIFF":  # OpenDML: further RIFFs follow the first
        size = view.number("<I", at + 4) or 0
        _level(view.part(at + 12, size - 4), book, count, 0)
        at += 8 + size + (size & 1)
    if view.size - at > 8:
        book.wrong("AVI", f"{view.size - at} bytes follow the last list")
    elif at - 1 > view.size:
        book.wrong("AVI", f"the file ends {at - view.size} bytes before its list does")
    return {"thumbnails": []}


def date(text: str) -> str:
    """The date of an AVI in the form of all others; as it stands where its habit is not known."""
    text = " ".join(text.split())
    long, short = _LONG.match(text), _SHORT.match(text)
    if long and long[1].lower() in _MONTHS:
        month = _MONTHS.index(long[1].lower()) + 1
        return f"{long[4]}-{month:02d}-{int(long[2]):02d} {long[3]:0>8}"
    if short:
        hour = int(short[4]) + (12 if short[7] and int(short[4]) < 12 else 0)
        second = short[6] or "00"
        return f"{short[1]}-{int(short[2]):02d}-{int(short[3]):02d} {hour:02d}:{short[5]}:{second}"
    return text


def chunks(view: View) -> Iterator[tuple[bytes, View]]:
    """Each chunk at one level: its kind and its content."""
    at = 0
    while at + 8 <= view.size:
        kind, size = struct.unpack("<4sI", view.read(at, 8))
        yield kind, view.part(at + 8, size)
        at += 8 + size + (size & 1)


def _level(view: View, book: Notebook, count: list[int], depth: int) -> None:
    for kind, body in chunks(view):
        count[0] += 1
        if count[0] > _MOST_CHUNKS:
            book.enough("AVI", f"more than {_MOST_CHUNKS} chunks, {book.facts.get('streams', 0)} streams announced")
            return
        if depth > _MOST_DEPTH:
            book.wrong("AVI", f"lists are nested deeper than {_MOST_DEPTH}")
            return
        if kind == b"LIST":
            inside = body.read(0, 4)
            if inside not in (b"movi", b"rec "):
                _level(body.part(4, body.size), book, count, depth + 1)
        else:
            _chunk(kind, body, book)


def _chunk(kind: bytes, body: View, book: Notebook) -> None:
    if kind == b"avih":
        _header(body, book)
    elif kind == b"strh":
        if body.read(0, 4) == b"vids":
            book.facts.setdefault("codec", body.read(4, 4).decode("latin-1"))
    elif kind == b"strd" and body.read(0, 4) == b"AVIF":  # EXIF directories without their head, as exiftool reads them
        tiff.directories(body.part(8, body.size), tiff.Form("<"), 0, book, "EXIF", {"thumbnails": []})
    elif kind in (b"IDIT", b"ICRD"):
        text = body.read(0, 200).split(b"\0")[0].decode("latin-1")
        book.say("AVI", kind.decode(), date(text))
    elif kind in _INFO:
        book.say("AVI", _INFO[kind], body.read(0, 4096))
    elif kind in _EXIF:
        book.say("AVI EXIF", _EXIF[kind], body.read(0, 1000))
    elif kind == b"nctg":
        _nikon(body, book)
    elif kind == b"_PMX":
        stills.xmp(body.read(0, 1 << 20), book)


def _header(body: View, book: Notebook) -> None:
    raw = body.read(0, 40)
    if len(raw) < 40:
        book.wrong("AVI", "the main header is cut off")
        return
    frame_us, frames, streams, width, height = (struct.unpack_from("<I", raw, at)[0] for at in (0, 16, 24, 32, 36))
    book.facts |= {"width_px": width, "height_px": height, "frames": frames, "duration_s": frame_us * frames / 1e6}
    book.facts["streams"] = streams


def _nikon(body: View, book: Notebook) -> None:
    at = 0
    for _ in range(_MOST_NOTES):
        if at + 4 > body.size:
            break
        tag, size = struct.unpack("<HH", body.read(at, 4))
        if tag in _NIKON:
            book.say("AVI Nikon", _NIKON[tag], body.read(at + 4, size))
        at += 4 + size
