"""The chunks of an AVI, walked by hand (Microsoft, Multimedia Programming Interface 1.0; OpenDML
1.02).

A chunk is a kind, a length, a body, a fill byte where it is odd; a list is a chunk of chunks. A
camera writes the moment of recording as ``IDIT`` in one of several habits, always by the clock on
its wall.

    avih  the main header: microseconds a frame, number of frames and streams, size
    strh  a stream: "vids" and its codec
    strd  what the maker of a stream adds; "AVIF" before directories of EXIF
    INFO  a list of texts; exif a list of fields; movi the pictures
    nctg  Nikon's notes: tags with texts
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from noonmark.sandbox.parsers import tiff, xmp
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_MOST_CHUNKS, _MOST_DEPTH, _MOST_NOTES = 20_000, 6, 1000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_DATE = re.compile(r"\w{3}\s+(\w{3})\s+(\d{1,2})\s+(\d{1,2}:\d\d:\d\d)\s+(\d{4})$")
"""As of C's ctime: Mon Nov 18 15:45:32 2019."""
_SHORT_DATE = re.compile(
    r"(\d{4})[/-]\s*(\d{1,2})[/-]\s*(\d{1,2})/?\s+(\d{1,2}):\s*(\d\d)(?::\s*(\d\d))?\s*(P?)"
)
_CODING = (b"strf", b"idx1", b"indx", b"vprp", b"dmlh")
"""What says how the streams are coded and where their packets lie."""
_PICTURE_LISTS = (b"movi", b"rec ")
_INFO = {
    b"ICRD": "ICRD",
    b"IDIT": "IDIT",
    b"ISFT": "Software",
    b"ICMT": "ICMT",
    b"IART": "Artist",
    b"ICOP": "ICOP",
    b"INAM": "INAM",
    b"IENG": "IENG",
    b"ITCH": "ITCH",
    b"ISRC": "ISRC",
    b"IMED": "IMED",
    b"ICNM": "ICNM",
    b"strn": "stream name",
}
_DATES = (b"IDIT", b"ICRD")
_EXIF = {
    b"ecor": "Make",
    b"emdl": "Model",
    b"etim": "etim",
    b"erel": "erel",
    b"eucm": "eucm",
}
_NIKON = {
    0x03: "Make",
    0x04: "Model",
    0x05: "firmware",
    0x13: "DateTimeOriginal",
    0x14: "CreateDate",
}
_HEADER = struct.Struct("<I12xI4xI4xII")
"""``avih``: microseconds a frame, frames, streams, width, height, and what lies between them."""


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what every list but the pictures (``movi``) states.

    Facts: size, frames, duration, streams, codec. Fields: the dates, what INFO and exif lists hold,
    Nikon's notes, EXIF, XMP. Problems: cut off, bytes behind the end, nested too deep.
    """
    walk = _ChunkWalk(output)
    at = 0
    # OpenDML: further RIFFs follow the first
    while at + 12 <= view.size and view.read(at, 4) == b"RIFF":
        # The size counts the kind of the list, which is "AVI " or "AVIX".
        size = view.number("<I", at + 4) or 0
        walk.read_list(view.part(at + 12, size - 4), 0)
        at += 8 + size + (size & 1)
    if view.size - at > 8:
        output.add_problem("AVI", f"{view.size - at} bytes follow the last list")
    elif at - 1 > view.size:
        output.add_problem("AVI", f"the file ends {at - view.size} bytes before its list does")
    return []


def date(text: str) -> str:
    """The date of an AVI in the form of all others; as it stands where its habit is not known.

    Known are the habits of ctime and of numbers with slashes or dashes, with or without seconds
    and with an afternoon mark. All are clocks on a wall, without a zone.
    """
    text = " ".join(text.split())
    long = _LONG_DATE.match(text)
    if long and long[1].lower() in _MONTHS:
        month = _MONTHS.index(long[1].lower()) + 1
        return f"{long[4]}-{month:02d}-{int(long[2]):02d} {long[3]:0>8}"
    short = _SHORT_DATE.match(text)
    if short:
        year, month_text, day, hour_text, minute, second, afternoon = short.groups()
        hour = int(hour_text)
        if afternoon and hour < 12:
            hour += 12
        clock = f"{hour:02d}:{minute}:{second or '00'}"
        return f"{year}-{int(month_text):02d}-{int(day):02d} {clock}"
    return text


def chunks(view: ByteView) -> Iterator[tuple[bytes, ByteView]]:
    """Each chunk at one level: its kind and its content."""
    at = 0
    while at + 8 <= view.size:
        kind, size = struct.unpack("<4sI", view.read(at, 8))
        yield kind, view.part(at + 8, size)
        at += 8 + size + (size & 1)


class _ChunkWalk:
    """A walk over lists within lists, which counts its chunks."""

    def __init__(self, output: ParserOutput) -> None:
        self.output = output
        self.count = 0

    def read_list(self, view: ByteView, depth: int) -> None:
        """Read the chunks of one list, up to the bounds on their number and depth."""
        for kind, body in chunks(view):
            self.count += 1
            if self.count > _MOST_CHUNKS:
                streams = self.output.facts.get("streams", 0)
                self.output.leave_rest_out(
                    "AVI", f"more than {_MOST_CHUNKS} chunks, {streams} streams announced"
                )
                return
            if depth > _MOST_DEPTH:
                self.output.add_problem("AVI", f"lists are nested deeper than {_MOST_DEPTH}")
                return
            if kind != b"LIST":
                _chunk(kind, body, self.output)
            elif body.read(0, 4) not in _PICTURE_LISTS:
                self.read_list(body.part(4, body.size), depth + 1)


def _chunk(kind: bytes, body: ByteView, output: ParserOutput) -> None:
    """Write what one chunk states."""
    if kind == b"avih":
        _header(body, output)
    elif kind == b"strh":
        if body.read(0, 4) == b"vids":
            output.facts.setdefault("codec", body.read(4, 4).decode("latin-1"))
    elif kind == b"strd" and body.read(0, 4) == b"AVIF":
        # EXIF directories without their head, as exiftool reads them
        tiff.read_bare(body.part(8, body.size), tiff.TiffForm("<"), output, "EXIF")
    elif kind in _DATES:
        text = body.read(0, 200).split(b"\0")[0].decode("latin-1")
        output.add_field("AVI", kind.decode(), date(text))
    elif kind in _INFO:
        output.add_field("AVI", _INFO[kind], body.read(0, 4096))
    elif kind in _EXIF:
        output.add_field("AVI EXIF", _EXIF[kind], body.read(0, 1000))
    elif kind == b"nctg":
        _nikon(body, output)
    elif kind == b"_PMX":
        xmp.read(body.read(0, 1 << 20), output)
    elif kind not in _CODING and body.read(0, 4096).strip(b"\0"):
        output.add_packet(f"chunk {kind.decode('latin-1')!r}")


def _header(body: ByteView, output: ParserOutput) -> None:
    """Write size, frames and duration."""
    raw = body.read(0, _HEADER.size)
    if len(raw) < _HEADER.size:
        output.add_problem("AVI", "the main header is cut off")
        return
    frame_us, frames, streams, width, height = _HEADER.unpack(raw)
    output.facts |= {
        "width_px": width,
        "height_px": height,
        "frames": frames,
        "duration_s": frame_us * frames / 1e6,
        "streams": streams,
    }


def _nikon(body: ByteView, output: ParserOutput) -> None:
    """Nikon's notes: a tag, a length, a text."""
    at = 0
    for _ in range(_MOST_NOTES):
        if at + 4 > body.size:
            break
        tag, size = struct.unpack("<HH", body.read(at, 4))
        if tag in _NIKON:
            output.add_field("AVI Nikon", _NIKON[tag], body.read(at + 4, size))
        at += 4 + size
