"""The elements of Matroska and WebM, walked by hand (RFC 8794, RFC 9559).

An element has a kind, a length and a body; both numbers are of variable length. ``DateUTC`` is
nanoseconds since 2001, UTC by the standard. Who remuxes a film copies into it what the old
container said, local time where that held local time, so it is handed on with no zone and judged
elsewhere.

    EBML         DocType
    Segment
      Info        dates, programs, TimestampScale, Duration
      Tracks      a TrackEntry for each track: its kind, codec, name, and Video with the size
      Cluster     pictures and sound
      Tags        Tag, SimpleTag: a name, a text, further SimpleTags about it
      Attachments AttachedFile: a name, a kind, a description, the file
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.ebml import elements
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_EPOCH = datetime(2001, 1, 1)  # noqa: DTZ001  the zone is what is in question
_MOST_ELEMENTS, _MOST_DEPTH = 200_000, 8
_MOST_TEXT_BYTES, _MOST_NAME_BYTES = 4096, 200
_LARGEST = 1e18
"""Neither infinite nor no number."""

_HEAD, _SEGMENT = 0x1A45DFA3, 0x18538067
_INFO, _TRACKS, _TAGS, _ATTACHMENTS = 0x1549A966, 0x1654AE6B, 0x1254C367, 0x1941A469
_TRACK_ENTRY, _VIDEO, _TAG, _SIMPLE_TAG, _ATTACHED_FILE = 0xAE, 0xE0, 0x7373, 0x67C8, 0x61A7
_TAG_NAME, _TAG_TEXT = 0x45A3, 0x4487
_HOLDS = {_SEGMENT, _INFO, _TRACKS, _TAGS, _ATTACHMENTS, _VIDEO, _TAG}
"""Elements that hold nothing but elements."""
_TEXTS = {
    0x4D80: "MuxingApp",
    0x5741: "WritingApp",
    0x7BA9: "Title",
    0x7384: "SegmentFilename",
    0x3C83AB: "PrevFilename",
    0x3E83BB: "NextFilename",
}
_FILE_TEXTS = {0x466E: "name", 0x4660: "kind", 0x467E: "description"}
_VIDEO_KIND = 1
_TRACK_KINDS = {1: "vide", 2: "soun", 17: "subtitle", 33: "metadata"}
_UNDETERMINED = ("", "und")


@dataclass
class _TrackEntry:
    """What one track states."""

    kind: int = 0
    codec: str = ""
    name: str = ""
    language: str = ""
    facts: dict[str, int] = field(default_factory=dict)


@dataclass
class _ElementWalk:
    """What was written, and what later elements refer to. ``duration`` counts ``scale_ns``."""

    output: ParserOutput
    elements: int = 0
    scale_ns: int = 1_000_000
    duration: float = 0.0
    tracks: list[_TrackEntry] = field(default_factory=list)
    attachments: int = 0

    def is_within_bounds(self) -> bool:
        """Count one element; False, and noted, where there are too many."""
        self.elements += 1
        if self.elements <= _MOST_ELEMENTS:
            return True
        self.output.leave_rest_out("Matroska", f"more than {_MOST_ELEMENTS} elements")
        return False


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what all but the clusters state, which hold only the pictures and the sound.

    Facts: duration; size and codec of the first video. Fields: type, programs, title, names of
    files, DateUTC, tags, attachments. Problems: elements that are cut off or nested too deep.
    """
    walk = _ElementWalk(output)
    _level(view, walk, 0)
    if walk.duration:
        output.facts["duration_s"] = walk.duration * walk.scale_ns / 1e9
    for number, track in enumerate(walk.tracks, 1):
        part = f"Matroska track {number}"
        output.add_field(part, "kind", _TRACK_KINDS.get(track.kind, str(track.kind)))
        output.add_field(part, "codec", track.codec)
        if track.language not in _UNDETERMINED:
            output.add_field(part, "language", track.language)
        output.add_field(part, "name", track.name)
        if track.kind == _VIDEO_KIND and "width_px" not in output.facts:
            output.facts |= track.facts
            if track.codec:
                output.facts["codec"] = track.codec
    return []


def _level(view: ByteView, walk: _ElementWalk, depth: int) -> None:
    """Read the elements at one level."""
    if depth > _MOST_DEPTH:
        walk.output.add_problem("Matroska", f"elements are nested deeper than {_MOST_DEPTH}")
        return
    for element in elements(view):
        if not walk.is_within_bounds():
            return
        if element.is_cut:
            where = f"element 0x{element.kind:X} at byte {element.at}"
            walk.output.add_problem("Matroska", f"{where} is cut off")
        _read(element.kind, element.body, walk, depth)


def _counted(view: ByteView, walk: _ElementWalk) -> Iterator[tuple[int, ByteView]]:
    """The elements of a tag or an attachment, until there were too many."""
    for element in elements(view):
        if not walk.is_within_bounds():
            return
        yield element.kind, element.body


def _read(kind: int, body: ByteView, walk: _ElementWalk, depth: int) -> None:
    """Read one element by its kind."""
    if kind in _HOLDS:
        _level(body, walk, depth + 1)
    elif kind == _HEAD:
        _level(body, walk, 1)
    elif kind == _TRACK_ENTRY:
        walk.tracks.append(_TrackEntry())
        _level(body, walk, depth + 1)
    elif kind == _SIMPLE_TAG:
        _simple_tag(body, walk, "", 0)
    elif kind == _ATTACHED_FILE:
        _attachment(body, walk)
    elif kind in _TEXTS:
        walk.output.add_field("Matroska info", _TEXTS[kind], body.read(0, _MOST_TEXT_BYTES))
    elif kind in _READERS:
        _READERS[kind](body, walk)
    elif kind in _TRACK_READERS and walk.tracks:
        _TRACK_READERS[kind](body, walk.tracks[-1])


def _whole_number(body: ByteView) -> int:
    """An unsigned number of up to eight bytes."""
    return int.from_bytes(body.read(0, min(body.size, 8)))


def _decimal(body: ByteView) -> float:
    """A number of 4 or 8 bytes; 0 where it is of another length, infinite or no number."""
    raw = body.read(0, 8)
    if len(raw) not in (4, 8):
        return 0.0
    (value,) = struct.unpack(">d" if len(raw) == 8 else ">f", raw)
    return float(value) if abs(value) < _LARGEST else 0.0


def _text(body: ByteView) -> str:
    """A short text, up to its first zero."""
    return body.read(0, _MOST_NAME_BYTES).split(b"\0")[0].decode("utf-8", "replace")


def _doc_type(body: ByteView, walk: _ElementWalk) -> None:
    """DocType: "matroska" or "webm"."""
    walk.output.add_field("Matroska", "document type", body.read(0, 32))


def _date(body: ByteView, walk: _ElementWalk) -> None:
    """DateUTC: nanoseconds since 2001."""
    ns = int.from_bytes(body.read(0, 8), signed=True)
    try:
        moment = _EPOCH + timedelta(microseconds=ns // 1000)
    except OverflowError:
        walk.output.add_problem("Matroska", f"DateUTC is {ns} ns from 2001, which is no date")
        return
    walk.output.add_field("Matroska info", "DateUTC", moment.strftime("%Y-%m-%d %H:%M:%S"))


def _scale(body: ByteView, walk: _ElementWalk) -> None:
    """TimestampScale: nanoseconds a tick."""
    walk.scale_ns = _whole_number(body) or walk.scale_ns


def _duration(body: ByteView, walk: _ElementWalk) -> None:
    """Duration, in ticks."""
    walk.duration = _decimal(body)


def _track_kind(body: ByteView, track: _TrackEntry) -> None:
    """TrackType: 1 is video."""
    track.kind = _whole_number(body)


def _track_codec(body: ByteView, track: _TrackEntry) -> None:
    """CodecID."""
    track.codec = _text(body)


def _track_name(body: ByteView, track: _TrackEntry) -> None:
    """Name."""
    track.name = _text(body)


def _track_language(body: ByteView, track: _TrackEntry) -> None:
    """Language, in either of its forms."""
    track.language = _text(body)


def _track_width(body: ByteView, track: _TrackEntry) -> None:
    """PixelWidth."""
    track.facts["width_px"] = _whole_number(body)


def _track_height(body: ByteView, track: _TrackEntry) -> None:
    """PixelHeight."""
    track.facts["height_px"] = _whole_number(body)


def _simple_tag(body: ByteView, walk: _ElementWalk, above: str, depth: int) -> None:
    """Write a tag: a name, a text, and tags about it."""
    name, text = "", b""
    inner: list[ByteView] = []
    for kind, part in _counted(body, walk):
        if kind == _TAG_NAME:
            name = _text(part)
        elif kind == _TAG_TEXT:
            text = part.read(0, _MOST_TEXT_BYTES)
        elif kind == _SIMPLE_TAG:
            inner.append(part)
    label = f"{above}/{name}" if above else name
    walk.output.add_field("Matroska tag", label, text)
    if depth < _MOST_DEPTH and walk.elements < _MOST_ELEMENTS:
        for part in inner:
            _simple_tag(part, walk, label, depth + 1)


def _attachment(body: ByteView, walk: _ElementWalk) -> None:
    """Write name, kind and description of an attached file."""
    walk.attachments += 1
    where = f"Matroska attachment {walk.attachments}"
    for kind, part in _counted(body, walk):
        if kind in _FILE_TEXTS:
            walk.output.add_field(where, _FILE_TEXTS[kind], part.read(0, 1000))


_READERS: dict[int, Callable[[ByteView, _ElementWalk], None]] = {
    0x4282: _doc_type,
    0x4461: _date,
    0x2AD7B1: _scale,
    0x4489: _duration,
}
_TRACK_READERS: dict[int, Callable[[ByteView, _TrackEntry], None]] = {
    0x83: _track_kind,
    0x86: _track_codec,
    0x536E: _track_name,
    0x22B59C: _track_language,
    0x22B59D: _track_language,
    0xB0: _track_width,
    0xBA: _track_height,
}
