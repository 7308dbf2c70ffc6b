"""The packets of an MPEG transport stream, walked by hand (ISO 13818-1; ETSI EN 300 468; ATSC A/65).

A transport stream states no date. Its clock (PCR) counts from wherever the encoder was switched on. Three things may
state one: the tables of a broadcaster (TDT and TOT, in UTC; ATSC's STT), what a camcorder writes between the pictures
(AVCHD: MDPM in the H.264 stream, see avchd.py), and the metadata of an aircraft's camera (MISB, see klv.py).
Only the beginning and the end of a long file are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from noonmark.media.workers import avchd, klv
from noonmark.media.workers.reader import Notebook, View

_HEAD_BYTES, _TAIL_BYTES, _VIDEO_BYTES, _NOTES_BYTES = 48 << 20, 4 << 20, 4 << 20, 16 << 20
_METADATA, _PRIVATE, _KLVA = 0x15, 0x06, b"\x05\x04KLVA"
_STEP = 8 << 20
_PAT, _SDT, _TDT, _STT = 0x0000, 0x0011, 0x0014, 0x1FFB
_KINDS = {0x01: "MPEG-1", 0x02: "MPEG-2", 0x10: "MPEG-4", 0x1B: "H.264", 0x24: "HEVC", 0x33: "VVC"}
_MJD_EPOCH = datetime(1858, 11, 17)  # noqa: DTZ001  UTC by the standard; the text says so
_GPS_EPOCH = datetime(1980, 1, 6)  # noqa: DTZ001
_TURN_S = 2**33 / 90_000
"""After 26.5 hours the clock starts again."""


@dataclass
class _Walk:
    book: Notebook
    size: int
    prefix: int
    maps: set[int] = field(default_factory=set)
    video: int = -1
    pictures: bytearray = field(default_factory=bytearray)
    notes_from: int = -1
    notes: bytearray = field(default_factory=bytearray)
    first_s: float | None = None
    last_s: float | None = None
    sections: dict[int, bytes] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    lost: int = 0


def shape(head: bytes) -> tuple[int, int] | None:
    """(bytes of a packet, bytes before its mark) if the first bytes are those of a transport stream."""
    for size, prefix in ((188, 0), (192, 4), (204, 0)):
        marks = head[prefix::size]
        if len(marks) >= 2 and all(mark == 0x47 for mark in marks[:5]):
            return size, prefix
    return None


def read(view: View, book: Notebook) -> dict[str, Any]:
    """The tables, the clock and the first notes between the pictures."""
    found = shape(view.read(0, 1024))
    if found is None:
        book.wrong("MPEG-TS", "the packets are not in step")
        return {"thumbnails": []}
    walk = _Walk(book, *found)
    _stretch(view, walk, 0, min(view.size, _HEAD_BYTES))
    tail = max(_HEAD_BYTES, view.size - _TAIL_BYTES)
    if tail < view.size:
        book.say("MPEG-TS", "read", f"the first {_HEAD_BYTES >> 20} MiB and the last {_TAIL_BYTES >> 20}")
        _stretch(view, walk, tail - tail % walk.size, view.size)
    if walk.lost:
        book.wrong("MPEG-TS", f"{walk.lost} packets are out of step or damaged")
    if walk.first_s is not None and walk.last_s is not None:
        book.say("MPEG-TS", "first PCR [s]", round(walk.first_s, 3))
        if walk.last_s != walk.first_s:
            book.facts["duration_s"] = round((walk.last_s - walk.first_s) % _TURN_S, 3)
    avchd.read(bytes(walk.pictures), book)
    klv.read(bytes(walk.notes), book)
    return {"thumbnails": []}


def _stretch(view: View, walk: _Walk, begin: int, end: int) -> None:
    step = _STEP - _STEP % walk.size
    for at in range(begin, end, step):
        block = view.read(at, min(step, end - at))
        start = 0
        while start + walk.size <= len(block):
            if block[start + walk.prefix] != 0x47:
                walk.lost += 1
                start = _in_step(block, start + 1, walk)
                continue
            _packet(block[start + walk.prefix : start + walk.prefix + 188], walk)
            start += walk.size


def _in_step(block: bytes, start: int, walk: _Walk) -> int:
    """Where the packets go on after a break: the next mark with another a packet's length behind it."""
    while (mark := block.find(b"\x47", start + walk.prefix)) >= 0:
        if block[mark + walk.size : mark + walk.size + 1] in (b"\x47", b""):
            return mark - walk.prefix
        start = mark - walk.prefix + 1
    return len(block)


def _packet(raw: bytes, walk: _Walk) -> None:
    if raw[1] & 0x80:
        walk.lost += 1  # the receiver itself says so
        return
    pid, starts, control = (raw[1] & 0x1F) << 8 | raw[2], bool(raw[1] & 0x40), raw[3] >> 4 & 3
    at = 4
    if control & 2:
        if raw[4] >= 7 and raw[5] & 0x10:
            _clock(raw[6:12], walk)
        at = 5 + raw[4]
    if not control & 1 or at >= len(raw):
        return
    if pid in (_PAT, _SDT, _TDT, _STT) or pid in walk.maps:
        _section(pid, raw[at:], starts, walk)
    elif pid == walk.video and len(walk.pictures) < _VIDEO_BYTES:
        walk.pictures += _content(raw, at, starts)
    elif pid == walk.notes_from and len(walk.notes) < _NOTES_BYTES:
        walk.notes += _content(raw, at, starts)


def _content(raw: bytes, at: int, starts: bool) -> bytes:
    """What a packet carries, without the head of the longer packet that may begin in it."""
    whole = starts and raw[at : at + 3] == b"\0\0\x01" and at + 9 < len(raw)
    return raw[at + 9 + raw[at + 8] :] if whole else raw[at:]


def _clock(raw: bytes, walk: _Walk) -> None:
    now_s = (int.from_bytes(raw[:4]) << 1 | raw[4] >> 7) / 90_000
    walk.first_s = now_s if walk.first_s is None else walk.first_s
    walk.last_s = now_s


def _section(pid: int, raw: bytes, starts: bool, walk: _Walk) -> None:
    """Collect a section over its packets; read it when it is whole."""
    if starts:
        walk.sections[pid] = raw[1 + raw[0] :]
    elif pid in walk.sections and len(walk.sections[pid]) < 4096:
        walk.sections[pid] += raw
    whole = walk.sections.get(pid, b"")
    if len(whole) < 3 or len(whole) < 3 + ((whole[1] & 0x0F) << 8 | whole[2]):
        return
    section = whole[: 3 + ((whole[1] & 0x0F) << 8 | whole[2])]
    del walk.sections[pid]
    _table(pid, section, walk)


def _table(pid: int, section: bytes, walk: _Walk) -> None:
    kind = section[0]
    if pid == _PAT and kind == 0x00:
        for at in range(8, len(section) - 7, 4):
            if section[at : at + 2] != b"\0\0":
                walk.maps.add((section[at + 2] & 0x1F) << 8 | section[at + 3])
    elif pid in walk.maps and kind == 0x02:
        _map(section, walk)
    elif pid == _TDT and kind in (0x70, 0x73) and len(section) >= 8:
        _say_once("TDT" if kind == 0x70 else "TOT", _dvb_time(section[3:8]), walk)
    elif pid == _STT and kind == 0xCD and len(section) >= 14:
        since = timedelta(seconds=int.from_bytes(section[9:13]) - section[13])
        _say_once("STT", (_GPS_EPOCH + since).strftime("%Y-%m-%d %H:%M:%S"), walk)
    elif pid == _SDT and kind == 0x42:
        _services(section, walk)


def _map(section: bytes, walk: _Walk) -> None:
    at = 12 + ((section[10] & 0x0F) << 8 | section[11]) if len(section) > 12 else len(section)
    while at + 5 <= len(section) - 4:
        kind, pid = section[at], (section[at + 1] & 0x1F) << 8 | section[at + 2]
        if kind in _KINDS and walk.video < 0:
            walk.video = pid
            walk.book.facts["codec"] = _KINDS[kind]
        length = (section[at + 3] & 0x0F) << 8 | section[at + 4]
        if (kind in (_METADATA, _PRIVATE) and _KLVA in section[at + 5 : at + 5 + length]) or kind == _METADATA:
            walk.notes_from = pid if walk.notes_from < 0 else walk.notes_from
        at += 5 + length


def _dvb_time(raw: bytes) -> str | None:
    """A day number and six binary-coded digits."""
    digits = raw[2:].hex()
    if not digits.isdigit():
        return None
    day = _MJD_EPOCH + timedelta(days=int.from_bytes(raw[:2]))
    return f"{day:%Y-%m-%d} {digits[:2]}:{digits[2:4]}:{digits[4:]}"


def _say_once(name: str, text: str | None, walk: _Walk) -> None:
    if name in walk.told:
        return
    walk.told.add(name)
    if text is None:
        walk.book.wrong("MPEG-TS", f"table {name} holds no time")
    walk.book.say("MPEG-TS", name, text)


def _services(section: bytes, walk: _Walk) -> None:
    """Who multiplexed it, by their own word: FFmpeg writes its name here."""
    at = 11
    while at + 5 <= len(section) - 4:
        length = (section[at + 3] & 0x0F) << 8 | section[at + 4]
        inner = section[at + 5 : at + 5 + length]
        if len(inner) > 4 and inner[0] == 0x48:
            provider = inner[4 : 4 + inner[3]]
            if "SDT" not in walk.told:
                walk.book.say("MPEG-TS", "provider", provider.lstrip(bytes(range(32))))
            walk.told.add("SDT")
        at += 5 + length
