"""The elements of Matroska and WebM, walked by hand (RFC 8794, RFC 9559).

``DateUTC`` is nanoseconds since 2001, UTC by the standard. Who remuxes a film copies into it what the old container
said, local time where that held local time, so it is handed on with no zone and judged elsewhere.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from noonmark.media.workers.reader import Notebook, View

_EPOCH = datetime(2001, 1, 1)  # noqa: DTZ001  the zone is what is in question
_MOST_ELEMENTS, _MOST_DEPTH = 200_000, 8
_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_INFO, _TRACKS, _TAGS, _ATTACHMENTS = 0x1549A966, 0x1654AE6B, 0x1254C367, 0x1941A469
_ENTRY, _VIDEO, _TAG, _SIMPLE, _FILE = 0xAE, 0xE0, 0x7373, 0x67C8, 0x61A7
_HOLDS = {_SEGMENT, _INFO, _TRACKS, _TAGS, _ATTACHMENTS, _VIDEO, _TAG}
_TEXTS = {
    0x4D80: "MuxingApp", 0x5741: "WritingApp", 0x7BA9: "Title", 0x7384: "SegmentFilename",
    0x3C83AB: "PrevFilename", 0x3E83BB: "NextFilename",
}  # fmt: skip
_FILE_TEXTS = {0x466E: "name", 0x4660: "kind", 0x467E: "description"}


@dataclass
class _Track:
    kind: int = 0
    codec: str = ""
    name: str = ""
    facts: dict[str, int] = field(default_factory=dict)


@dataclass
class _Walk:
    book: Notebook
    elements: int = 0
    scale_ns: int = 1_000_000
    duration: float = 0.0
    tracks: list[_Track] = field(default_factory=list)
    attachments: int = 0


def read(view: View, book: Notebook) -> dict[str, Any]:
    """Walk all but the clusters, which hold only the pictures and the sound."""
    walk = _Walk(book)
    _level(view, walk, 0)
    if walk.duration:
        book.facts["duration_s"] = walk.duration * walk.scale_ns / 1e9
    for number, track in enumerate(walk.tracks, 1):
        part = f"Matroska track {number}"
        book.say(part, "codec", track.codec)
        book.say(part, "name", track.name)
        if track.kind == 1 and "width_px" not in book.facts:
            book.facts |= track.facts | ({"codec": track.codec} if track.codec else {})
    return {"thumbnails": []}


def elements(view: View) -> Iterator[tuple[int, View, int, bool]]:
    """Each element at one level: its kind, its content, its position, and whether it is cut off.

    One of unknown length (a live stream) runs to the end; but of a cluster of unknown length the content follows at the
    same level, because what ends it is the next element of that level.
    """
    at = 0
    while at < view.size:
        kind, head = _number(view, at, keep_mark=True)
        size, more = _number(view, at + head, keep_mark=False) if kind is not None else (None, 0)
        if kind is None or (size is None and not more):
            return
        begin = at + head + more
        if size is None and kind == _CLUSTER:
            at = begin
            continue
        if size is None:
            yield kind, view.part(begin, view.size - begin), at, False
            return
        yield kind, view.part(begin, size), at, size > view.size - begin
        at = begin + size


def _number(view: View, at: int, *, keep_mark: bool) -> tuple[int | None, int]:
    """A number of variable length and its bytes; None with its bytes where all bits say "unknown"."""
    first = view.number("B", at)
    if not first:
        return None, 0
    length = 9 - first.bit_length()
    raw = view.read(at, length)
    if len(raw) < length or (keep_mark and length > 4):
        return None, 0
    value = int.from_bytes(raw)
    if keep_mark:
        return value, length
    value &= (1 << 7 * length) - 1
    return (None if value == (1 << 7 * length) - 1 else value), length


def _level(view: View, walk: _Walk, depth: int) -> None:
    if depth > _MOST_DEPTH:
        walk.book.wrong("Matroska", f"elements are nested deeper than {_MOST_DEPTH}")
        return
    for kind, body, at, cut in elements(view):
        walk.elements += 1
        if walk.elements > _MOST_ELEMENTS:
            walk.book.enough("Matroska", f"more than {_MOST_ELEMENTS} elements")
            return
        if cut:
            walk.book.wrong("Matroska", f"element 0x{kind:X} at byte {at} is cut off")
        _element(kind, body, walk, depth)


def _counted(view: View, walk: _Walk) -> Iterator[tuple[int, View]]:
    """The elements of a tag or an attachment, until there were too many."""
    for kind, body, _, _ in elements(view):
        walk.elements += 1
        if walk.elements > _MOST_ELEMENTS:
            walk.book.enough("Matroska", f"more than {_MOST_ELEMENTS} elements")
            return
        yield kind, body


def _element(kind: int, body: View, walk: _Walk, depth: int) -> None:
    if kind in _HOLDS:
        _level(body, walk, depth + 1)
    elif kind == _ENTRY:
        walk.tracks.append(_Track())
        _level(body, walk, depth + 1)
    elif kind == _SIMPLE:
        _simple(body, walk, "", 0)
    elif kind == _FILE:
        _attachment(body, walk)
    elif kind in _TEXTS:
        walk.book.say("Matroska info", _TEXTS[kind], body.read(0, 4096))
    elif kind in _READERS:
        _READERS[kind](body, walk)


def _whole(body: View) -> int:
    return int.from_bytes(body.read(0, min(body.size, 8)))


def _decimal(body: View) -> float:
    raw = body.read(0, 8)
    value = struct.unpack(">d" if len(raw) == 8 else ">f", raw)[0] if len(raw) in (4, 8) else 0.0
    return float(value) if abs(value) < 1e18 else 0.0  # neither infinite nor no number


def _doc_type(body: View, walk: _Walk) -> None:
    walk.book.say("Matroska", "document type", body.read(0, 32))


def _date(body: View, walk: _Walk) -> None:
    ns = int.from_bytes(body.read(0, 8), signed=True)
    try:
        moment = _EPOCH + timedelta(microseconds=ns // 1000)
    except OverflowError:
        walk.book.wrong("Matroska", f"DateUTC is {ns} ns from 2001, which is no date")
        return
    walk.book.say("Matroska info", "DateUTC", moment.strftime("%Y-%m-%d %H:%M:%S"))


def _scale(body: View, walk: _Walk) -> None:
    walk.scale_ns = _whole(body) or walk.scale_ns


def _duration(body: View, walk: _Walk) -> None:
    walk.duration = _decimal(body)


def _of_track(name: str) -> Any:
    def reader(body: View, walk: _Walk) -> None:
        if not walk.tracks:
            return
        track = walk.tracks[-1]
        if name == "kind":
            track.kind = _whole(body)
        elif name in ("codec", "name"):
            setattr(track, name, body.read(0, 200).split(b"\0")[0].decode("utf-8", "replace"))
        else:
            track.facts[name] = _whole(body)

    return reader


def _simple(body: View, walk: _Walk, above: str, depth: int) -> None:
    """A tag: a name, a text, and tags about it."""
    name, text, inner = "", b"", []
    for kind, part in _counted(body, walk):
        if kind == 0x45A3:
            name = part.read(0, 200).split(b"\0")[0].decode("utf-8", "replace")
        elif kind == 0x4487:
            text = part.read(0, 4096)
        elif kind == _SIMPLE:
            inner.append(part)
    label = f"{above}/{name}" if above else name
    walk.book.say("Matroska tag", label, text)
    for part in inner if depth < _MOST_DEPTH and walk.elements < _MOST_ELEMENTS else ():
        _simple(part, walk, label, depth + 1)


def _attachment(body: View, walk: _Walk) -> None:
    walk.attachments += 1
    for kind, part in _counted(body, walk):
        if kind in _FILE_TEXTS:
            walk.book.say(f"Matroska attachment {walk.attachments}", _FILE_TEXTS[kind], part.read(0, 1000))


_READERS = {
    0x1A45DFA3: lambda body, walk: _level(body, walk, 1),
    0x4282: _doc_type,
    0x4461: _date,
    0x2AD7B1: _scale,
    0x4489: _duration,
    0x83: _of_track("kind"),
    0x86: _of_track("codec"),
    0x536E: _of_track("name"),
    0xB0: _of_track("width_px"),
    0xBA: _of_track("height_px"),
}
