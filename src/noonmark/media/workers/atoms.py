"""The boxes of MP4, MOV, HEIC and AVIF, walked by hand (ISO 14496-12, QuickTime File Format).

Times of ``mvhd``, ``tkhd`` and ``mdhd`` are seconds since 1904. The standard says UTC; many cameras write local
time there, so they are handed on as seconds with no zone, and what they mean is judged elsewhere.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from noonmark.media.workers import gpmf, stills, tiff
from noonmark.media.workers.reader import Notebook, View, of_bytes

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"iprp", b"ipco", b"dinf", b"moof"}
_MOST_BOXES, _MOST_DEPTH, _MOST_SAMPLES = 100_000, 12, 200_000
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_KNOWN_TOP = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"meta", b"uuid", b"moof", b"mfra", b"sidx",
              b"styp", b"pnot", b"PICT", b"udta"}  # fmt: skip


@dataclass
class _Track:
    """What one ``trak`` says."""

    handler: str = ""
    codec: str = ""
    timescale: int = 0
    sizes: View | None = None
    offsets: View | None = None
    wide: bool = False
    chunks: View | None = None
    durations: View | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Walk:
    book: Notebook
    file: View
    boxes: int = 0
    tracks: list[_Track] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    exif_item: int | None = None


def read(view: View, book: Notebook) -> dict[str, Any]:
    """Walk the whole tree, then the telemetry that its tables point at."""
    walk = _Walk(book, view)
    _level(view, b"", walk, 0)
    for number, track in enumerate(walk.tracks, 1):
        _tell(track, number, book)
        if track.codec == "gpmd":
            _telemetry(track, view, book)
    return {"thumbnails": []}


def boxes(view: View) -> Iterator[tuple[bytes, View, int]]:
    """Each box at one level: its kind, its content, its position; a box that is too long is cut to what is there."""
    at = 0
    while at + 8 <= view.size:
        size, kind = struct.unpack(">I4s", view.read(at, 8))
        head = 8
        if size == 1:
            size, head = view.number(">Q", at + 8) or 0, 16
        elif size == 0:
            size = view.size - at
        if size < head:
            return
        yield kind, view.part(at + head, size - head), at
        at += size


def _level(view: View, parent: bytes, walk: _Walk, depth: int) -> None:
    if depth > _MOST_DEPTH:
        walk.book.wrong("MP4", f"boxes are nested deeper than {_MOST_DEPTH}")
        return
    end = 0
    for kind, body, at in boxes(view):
        walk.boxes += 1
        if walk.boxes > _MOST_BOXES:
            walk.book.enough("MP4", f"more than {_MOST_BOXES} boxes")
            return
        size = view.number(">I", at) or 0
        declared = (view.number(">Q", at + 8) or 0) if size == 1 else size
        if declared > view.size - at:
            name = kind.decode("latin-1")
            walk.book.wrong("MP4", f"box {name!r} claims {declared} bytes, {view.size - at} are there")
        if depth == 0 and kind not in _KNOWN_TOP:
            walk.book.say("MP4", "unusual box", kind.decode("latin-1"))
        end = at + max(declared, 8)
        _box(kind, body, parent, walk, depth)
    if depth == 0 and view.size - end > 8:
        walk.book.wrong("MP4", f"{view.size - end} bytes follow the last box")


def _box(kind: bytes, body: View, parent: bytes, walk: _Walk, depth: int) -> None:
    if kind == b"trak":
        walk.tracks.append(_Track())
    if kind in _CONTAINERS:
        _level(body, kind, walk, depth + 1)
    elif kind == b"meta":
        _level(body.part(4 if body.read(4, 4) != b"hdlr" else 0, body.size), kind, walk, depth + 1)
    elif kind in _READERS:
        _READERS[kind](body, walk)
    elif parent == b"udta":
        _user_data(kind, body, walk)
    elif kind == b"uuid" and body.read(0, 16) == _XMP_UUID:
        stills.xmp(body.read(16, 1 << 20), walk.book)
    elif parent == b"stbl" and walk.tracks:
        _table(kind, body, walk.tracks[-1])


def _ftyp(body: View, walk: _Walk) -> None:
    walk.book.say("MP4", "brand", body.read(0, 4).decode("latin-1"))


def _header(body: View, walk: _Walk, name: str) -> None:
    """``mvhd`` and ``mdhd``: two times, a time scale, a duration."""
    wide = body.number("B", 0) == 1
    raw = body.read(4, 28 if wide else 16)
    layout = ">QQIQ" if wide else ">IIII"
    if len(raw) < struct.calcsize(layout):
        walk.book.wrong("MP4", f"{name} is cut off")
        return
    created, modified, timescale, duration = struct.unpack_from(layout, raw)
    part = f"MP4 {name}" if name == "mvhd" else f"MP4 track {len(walk.tracks)} {name}"
    walk.book.say(part, "creation time [s since 1904]", created or None)
    walk.book.say(part, "modification time [s since 1904]", modified or None)
    if timescale:
        if name == "mvhd":
            walk.book.facts["duration_s"] = duration / timescale
        elif walk.tracks:
            walk.tracks[-1].timescale = timescale


def _tkhd(body: View, walk: _Walk) -> None:
    wide = body.number("B", 0) == 1
    matrix_at = 52 if wide else 40
    raw = body.read(matrix_at, 44)
    if len(raw) < 44 or not walk.tracks:
        return
    a, b, _, c, d = struct.unpack_from(">5i", raw)
    turns = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}
    sign = (round(a / 65536), round(b / 65536))
    width, height = struct.unpack_from(">II", raw, 36)
    walk.tracks[-1].facts = {
        "width_px": width / 65536,
        "height_px": height / 65536,
        "turned_deg": turns.get(sign),
        "mirrored": a * d - b * c < 0,
    }


def _hdlr(body: View, walk: _Walk) -> None:
    kind = body.read(8, 4).decode("latin-1")
    if walk.tracks and kind in ("vide", "soun", "meta", "tmcd", "text", "sbtl", "subt", "hint", "fdsc"):
        walk.tracks[-1].handler = walk.tracks[-1].handler or kind
        walk.book.say(f"MP4 track {len(walk.tracks)}", "handler name", body.read(24, 200).lstrip(bytes(range(32))))


def _stsd(body: View, walk: _Walk) -> None:
    if not walk.tracks:
        return
    track = walk.tracks[-1]
    track.codec = body.read(12, 4).decode("latin-1")
    if track.handler == "vide":
        length = body.number("B", 58) or 0
        walk.book.say(f"MP4 track {len(walk.tracks)}", "compressor", body.read(59, min(length, 31)))


def _keys(body: View, walk: _Walk) -> None:
    walk.keys = []
    for _, name, _ in boxes(body.part(8, body.size)):
        walk.keys.append(name.read(0, 200).decode("utf-8", "replace"))


def _ilst(body: View, walk: _Walk) -> None:
    for kind, item, _ in boxes(body):
        index = struct.unpack(">I", kind)[0]
        name = walk.keys[index - 1] if 0 < index <= len(walk.keys) else kind.decode("latin-1")
        for inner, data, _ in boxes(item):
            if inner == b"data":
                walk.book.say("QuickTime keys", name, data.read(8, 2000))


def _ispe(body: View, walk: _Walk) -> None:
    width, height = body.number(">I", 4) or 0, body.number(">I", 8) or 0
    if width * height > walk.book.facts.get("width_px", 0) * walk.book.facts.get("height_px", 0):
        walk.book.facts |= {"width_px": width, "height_px": height}


def _iinf(body: View, walk: _Walk) -> None:
    skip = 6 if body.number("B", 0) == 0 else 8
    for kind, entry, _ in boxes(body.part(skip, body.size)):
        if kind == b"infe" and entry.number("B", 0) in (2, 3):
            wide = entry.number("B", 0) == 3
            if entry.read(8 + 2 * wide, 4) == b"Exif":
                walk.exif_item = entry.number(">I" if wide else ">H", 4)


def _iloc(body: View, walk: _Walk) -> None:
    """Where the Exif item of a HEIC lies; only plain file offsets (construction method 0)."""
    if walk.exif_item is None:
        return
    version, sizes = body.number("B", 0) or 0, body.number(">H", 4) or 0
    offset_bytes, length_bytes, base_bytes = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_bytes = sizes & 15 if version else 0
    id_bytes = 4 if version == 2 else 2
    count = body.number(">I" if version == 2 else ">H", 6) or 0
    at = 6 + id_bytes
    for _ in range(min(count, 10_000)):
        item = int.from_bytes(body.read(at, id_bytes))
        at += id_bytes + (2 if version else 0) + 2
        base = int.from_bytes(body.read(at, base_bytes))
        extents = body.number(">H", at + base_bytes) or 0
        at += base_bytes + 2
        for _ in range(min(extents, 100)):
            at += index_bytes
            offset = base + int.from_bytes(body.read(at, offset_bytes))
            length = int.from_bytes(body.read(at + offset_bytes, length_bytes))
            at += offset_bytes + length_bytes
            if item == walk.exif_item:
                packet = walk.file.read(offset, min(length, 1 << 20))
                skip = 4 + (struct.unpack(">I", packet[:4])[0] if len(packet) > 4 else 0)
                tiff.read(of_bytes(packet[skip:]), walk.book)


def _user_data(kind: bytes, body: View, walk: _Walk) -> None:
    name = kind.decode("latin-1")
    if kind == b"GPMF":
        gpmf.settings(body.read(0, 1 << 20), walk.book, "GoPro settings")
    elif kind == b"loci":
        _loci(body, walk)
    elif kind == b"XMP_":
        stills.xmp(body.read(0, 1 << 20), walk.book)
    elif kind[:1] == b"\xa9":
        length = body.number(">H", 0) or 0
        walk.book.say("MP4 udta", name, body.read(4, min(length, 2000)))
    elif kind in (b"FIRM", b"LENS", b"CAME", b"MUID", b"HMMT", b"SETT", b"BCID"):
        raw = body.read(0, 64)
        walk.book.say("MP4 udta", name, raw if raw.rstrip(b"\0").isascii() and kind != b"CAME" else raw.hex())
    elif body.size:
        walk.book.say("MP4 udta", name, f"{body.size} bytes")


def _loci(body: View, walk: _Walk) -> None:
    """3GPP TS 26.244: language, a name, a role, then longitude, latitude, altitude as 16.16 numbers."""
    raw = body.read(6, 400)
    _name, _, rest = raw.partition(b"\0")
    if len(rest) >= 13:
        lon, lat, alt = (n / 65536 for n in struct.unpack(">3i", rest[1:13]))
        walk.book.say("MP4 udta", "loci", [lat, lon, alt])


def _table(kind: bytes, body: View, track: _Track) -> None:
    if kind == b"stsz":
        track.sizes = body
    elif kind in (b"stco", b"co64"):
        track.offsets, track.wide = body, kind == b"co64"
    elif kind == b"stsc":
        track.chunks = body
    elif kind == b"stts":
        track.durations = body


def _tell(track: _Track, number: int, book: Notebook) -> None:
    part = f"MP4 track {number}"
    book.say(part, "kind", track.handler)
    book.say(part, "codec", track.codec)
    if track.handler == "vide":
        book.facts |= {key: value for key, value in track.facts.items() if key not in book.facts}
        book.facts.setdefault("codec", track.codec)
        lasting = _durations(track)
        if lasting and track.timescale:
            book.facts |= {
                "frames": len(lasting),
                "frame_s_least": min(lasting[:-1] or lasting) / track.timescale,
                "frame_s_most": max(lasting[:-1] or lasting) / track.timescale,
            }


def _durations(track: _Track) -> list[int]:
    """How long each sample lasts, in units of the track's time scale."""
    if track.durations is None:
        return []
    lasting: list[int] = []
    for i in range(min(track.durations.number(">I", 4) or 0, _MOST_SAMPLES)):
        raw = track.durations.read(8 + 8 * i, 8)
        if len(raw) < 8:
            break
        count, each = struct.unpack(">II", raw)
        lasting += [each] * min(count, _MOST_SAMPLES - len(lasting))
    return lasting


def _telemetry(track: _Track, view: View, book: Notebook) -> None:
    """Every payload of a GPMF track, with the time of its sample."""
    found = gpmf.Track()
    lasting = _durations(track)
    at_s = 0.0
    for index, (offset, size) in enumerate(_samples(track)):
        lasts_s = (lasting[index] if index < len(lasting) else 0) / (track.timescale or 1)
        payload = view.read(offset, size)
        if len(payload) < size:
            book.wrong("GPMF", f"payload {index + 1} lies outside the file")
            break
        found.add(payload, at_s, lasts_s)
        at_s += lasts_s
    found.write(book)


def _samples(track: _Track) -> Iterator[tuple[int, int]]:
    """Offset and size of each sample, from the tables of sizes, chunks and chunk offsets."""
    if track.sizes is None or track.offsets is None or track.chunks is None:
        return
    same, count = track.sizes.number(">I", 4) or 0, min(track.sizes.number(">I", 8) or 0, _MOST_SAMPLES)
    runs = [
        struct.unpack(">III", track.chunks.read(8 + 12 * i, 12))
        for i in range(min(track.chunks.number(">I", 4) or 0, (track.chunks.size - 8) // 12))
    ]
    width, layout = (8, ">Q") if track.wide else (4, ">I")
    chunk_count = min(track.offsets.number(">I", 4) or 0, (track.offsets.size - 8) // width)
    sample, run = 0, 0
    for chunk in range(1, chunk_count + 1):
        while run + 1 < len(runs) and runs[run + 1][0] <= chunk:
            run += 1
        offset = track.offsets.number(layout, 8 + width * (chunk - 1)) or 0
        for _ in range(runs[run][1] if runs else 0):
            if sample >= count:
                return
            size = same or track.sizes.number(">I", 12 + 4 * sample) or 0
            yield offset, size
            offset, sample = offset + size, sample + 1


_READERS = {
    b"ftyp": _ftyp,
    b"mvhd": lambda body, walk: _header(body, walk, "mvhd"),
    b"mdhd": lambda body, walk: _header(body, walk, "mdhd"),
    b"tkhd": _tkhd,
    b"hdlr": _hdlr,
    b"stsd": _stsd,
    b"keys": _keys,
    b"ilst": _ilst,
    b"ispe": _ispe,
    b"iinf": _iinf,
    b"iloc": _iloc,
}
