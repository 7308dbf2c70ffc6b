"""What the boxes of MP4, MOV, HEIC and AVIF state (ISO 14496-12, QuickTime File Format).

Times of ``mvhd``, ``tkhd`` and ``mdhd`` are seconds since 1904. The standard says UTC; many cameras
write local time there, so they are handed on as seconds with no zone, and what they mean is judged
elsewhere.

The boxes are a tree. What a box means may depend on those before it: the boxes of a track follow
its ``trak``, the values of QuickTime keys (``ilst``) follow their names (``keys``). The number of
the EXIF of a still (``iinf``) and its place (``iloc``) come in either order. :class:`_BoxWalk`
holds that state.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from noonmark.sandbox.parsers import dashcam, exif_item, gpmf, hidden_pictures, user_data, xmp
from noonmark.sandbox.parsers.boxes import boxes, stated_size
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails
from noonmark.sandbox.parsers.sample_tables import SampleTables

_CONTAINERS = {
    b"moov",
    b"trak",
    b"mdia",
    b"minf",
    b"stbl",
    b"edts",
    b"udta",
    b"iprp",
    b"ipco",
    b"dinf",
    b"moof",
}
"""Boxes that hold nothing but boxes."""
_KNOWN_TOP = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"free",
    b"skip",
    b"wide",
    b"meta",
    b"uuid",
    b"moof",
    b"mfra",
    b"sidx",
    b"styp",
    b"pnot",
    b"PICT",
    b"udta",
}
_HANDLERS = {
    "vide",
    "soun",
    "meta",
    "tmcd",
    "text",
    "sbtl",
    "subt",
    "hint",
    "fdsc",
    "pict",
}
_VIDEO, _TELEMETRY, _ANIMATION = "vide", "gpmd", "pict"
_MOST_BOXES, _MOST_DEPTH = 100_000, 12
_MOST_XMP_BYTES = 1 << 20
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_FIXED_POINT = 65536
"""16.16 numbers."""
_TURNS_DEG = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}
"""By the first row of the matrix of a track."""


@dataclass
class _TrackBoxes:
    """What the boxes of one ``trak`` state."""

    handler: str = ""
    codec: str = ""
    timescale: int = 0
    tables: SampleTables = field(default_factory=SampleTables)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class _BoxWalk:
    """The file, what was written, and what later boxes refer to."""

    output: ParserOutput
    file: ByteView
    boxes: int = 0
    tracks: list[_TrackBoxes] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    exif_item: int | None = None
    item_places: ByteView | None = None
    apertures: list[ByteView] = field(default_factory=list)

    @property
    def track_part(self) -> str:
        """What the fields of the present track are listed under."""
        return f"MP4 track {len(self.tracks)}"


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what the whole tree states, then the telemetry that its tables point at.

    Facts: duration, codec, size, turn and mirror of the picture, number of frames, how long the
    shortest and the longest lasts. Fields: brand, times, names of tracks and compressors, user
    data, QuickTime keys, and what EXIF, XMP and GPMF state. Tracks: positions of GPMF.

    Problems: boxes that claim more than is there, are nested too deep, or are followed by bytes.
    """
    walk = _BoxWalk(output, view)
    _level(view, b"", walk, 0)
    if walk.exif_item is not None and walk.item_places is not None:
        # The two boxes come in either order.
        exif_item.read(walk.exif_item, walk.item_places, view, output)
    size_px = (int(output.facts.get("width_px", 0)), int(output.facts.get("height_px", 0)))
    for aperture in walk.apertures:
        hidden_pictures.note_aperture(aperture, size_px, "the picture", output)
    if walk.tracks and not output.facts.get("parts_left_out"):
        hidden_pictures.write(view, output)
    for number, track in enumerate(walk.tracks, 1):
        _write_track(track, number, output)
        if track.codec == _TELEMETRY:
            _telemetry(track, view, output)
    return []


def _level(view: ByteView, parent: bytes, walk: _BoxWalk, depth: int) -> None:
    """Read the boxes at one level, and note where they do not fit into what is there."""
    if depth > _MOST_DEPTH:
        walk.output.add_problem("MP4", f"boxes are nested deeper than {_MOST_DEPTH}")
        return
    end = 0
    for kind, body, at in boxes(view):
        walk.boxes += 1
        if walk.boxes > _MOST_BOXES:
            walk.output.leave_rest_out("MP4", f"more than {_MOST_BOXES} boxes")
            return
        name = kind.decode("latin-1")
        stated, there = stated_size(view, at), view.size - at
        if stated > there:
            claim = f"box {name!r} claims {stated} bytes, {there} are there"
            walk.output.add_problem("MP4", claim)
        if depth == 0 and kind not in _KNOWN_TOP:
            walk.output.add_field("MP4", "unusual box", name)
        # Where the box claims to end; what follows the last one is noted.
        end = at + max(stated, 8)
        _box(kind, body, parent, walk, depth)
    if depth == 0 and view.size - end > 8:
        walk.output.add_problem("MP4", f"{view.size - end} bytes follow the last box")


def _box(kind: bytes, body: ByteView, parent: bytes, walk: _BoxWalk, depth: int) -> None:
    """Read one box, by its kind or by the kind of the box that holds it."""
    if kind == b"trak":
        walk.tracks.append(_TrackBoxes())
    if kind in _CONTAINERS:
        _level(body, kind, walk, depth + 1)
    elif kind == b"meta":
        # MP4 puts a version and flags before its boxes, QuickTime does not
        skip = 4 if body.read(4, 4) != b"hdlr" else 0
        _level(body.part(skip, body.size), kind, walk, depth + 1)
    elif kind in _READERS:
        _READERS[kind](body, walk)
    elif parent == b"udta":
        user_data.read(kind, body, walk.output)
    elif kind == b"uuid" and body.read(0, 16) == _XMP_UUID:
        xmp.read(body.read(16, _MOST_XMP_BYTES), walk.output)
    elif parent == b"stbl" and walk.tracks:
        walk.tracks[-1].tables.add(kind, body)


def _brand(body: ByteView, walk: _BoxWalk) -> None:
    """``ftyp``."""
    walk.output.add_field("MP4", "brand", body.read(0, 4).decode("latin-1"))


def _movie_header(body: ByteView, walk: _BoxWalk) -> None:
    """``mvhd``: times and duration of the whole film."""
    timescale, duration = _times(body, "mvhd", "MP4 mvhd", walk)
    if timescale:
        walk.output.facts["duration_s"] = duration / timescale


def _media_header(body: ByteView, walk: _BoxWalk) -> None:
    """``mdhd``: times and time scale of a track."""
    timescale, _ = _times(body, "mdhd", f"{walk.track_part} mdhd", walk)
    if timescale and walk.tracks:
        walk.tracks[-1].timescale = timescale


def _times(body: ByteView, name: str, part: str, walk: _BoxWalk) -> tuple[int, int]:
    """Write two times; return time scale and duration, 0 and 0 where the box is cut off."""
    is_wide = body.number("B", 0) == 1
    layout = ">QQIQ" if is_wide else ">IIII"
    raw = body.read(4, struct.calcsize(layout))
    if len(raw) < struct.calcsize(layout):
        walk.output.add_problem("MP4", f"{name} is cut off")
        return 0, 0
    created, modified, timescale, duration = struct.unpack(layout, raw)
    walk.output.add_field(part, "creation time [s since 1904]", created or None)
    walk.output.add_field(part, "modification time [s since 1904]", modified or None)
    return timescale, duration


def _track_header(body: ByteView, walk: _BoxWalk) -> None:
    """``tkhd``: a matrix that turns the picture, and its size on the screen."""
    is_wide = body.number("B", 0) == 1
    raw = body.read(52 if is_wide else 40, 44)
    if len(raw) < 44 or not walk.tracks:
        return
    # The first two rows of a matrix of three by three.
    a, b, _, c, d = struct.unpack_from(">5i", raw)
    width, height = struct.unpack_from(">II", raw, 36)
    first_row = (round(a / _FIXED_POINT), round(b / _FIXED_POINT))
    walk.tracks[-1].facts = {
        "width_px": width / _FIXED_POINT,
        "height_px": height / _FIXED_POINT,
        "turned_deg": _TURNS_DEG.get(first_row),
        "mirrored": a * d - b * c < 0,
    }


def _handler(body: ByteView, walk: _BoxWalk) -> None:
    """``hdlr``: what a track holds. The first one counts; QuickTime has a second."""
    kind = body.read(8, 4).decode("latin-1")
    if not walk.tracks or kind not in _HANDLERS:
        return
    walk.tracks[-1].handler = walk.tracks[-1].handler or kind
    name = body.read(24, 200).lstrip(bytes(range(32)))
    walk.output.add_field(walk.track_part, "handler name", name)


def _sample_description(body: ByteView, walk: _BoxWalk) -> None:
    """``stsd``: the codec, and of a video who compressed it."""
    if not walk.tracks:
        return
    track = walk.tracks[-1]
    track.codec = body.read(12, 4).decode("latin-1")
    if track.handler == _VIDEO:
        # A name of up to 31 letters behind its length.
        length = body.number("B", 58) or 0
        compressor = body.read(59, min(length, 31))
        walk.output.add_field(walk.track_part, "compressor", compressor)


def _keys(body: ByteView, walk: _BoxWalk) -> None:
    """``keys``: the names of QuickTime's values, counted from 1."""
    walk.keys = []
    for _, name, _ in boxes(body.part(8, body.size)):
        walk.keys.append(name.read(0, 200).decode("utf-8", "replace"))


def _values(body: ByteView, walk: _BoxWalk) -> None:
    """``ilst``: the values, each in a box whose kind is the number or the letters of its name."""
    for kind, item, _ in boxes(body):
        index = int.from_bytes(kind)
        is_number = 0 < index <= len(walk.keys)
        name = walk.keys[index - 1] if is_number else kind.decode("latin-1")
        for inner, data, _ in boxes(item):
            if inner == b"data":
                walk.output.add_field("QuickTime keys", name, data.read(8, 2000))


def _image_size(body: ByteView, walk: _BoxWalk) -> None:
    """``ispe``: the size of a still or of a part of it; the largest is that of the picture."""
    facts = walk.output.facts
    width, height = body.number(">I", 4) or 0, body.number(">I", 8) or 0
    if width * height > facts.get("width_px", 0) * facts.get("height_px", 0):
        facts |= {"width_px": width, "height_px": height}


def _item_infos(body: ByteView, walk: _BoxWalk) -> None:
    """``iinf``: which item is the EXIF."""
    found = exif_item.exif_item(body)
    walk.exif_item = walk.exif_item if found is None else found


def _item_places(body: ByteView, walk: _BoxWalk) -> None:
    """``iloc``: where the EXIF lies."""
    walk.item_places = body


def _clean_aperture(body: ByteView, walk: _BoxWalk) -> None:
    """``clap`` of a still: less is shown than is coded. Its size is known later."""
    walk.apertures.append(body)


def _dashcam(body: ByteView, walk: _BoxWalk) -> None:
    """``gps ``: where the blocks of a dashcam lie."""
    dashcam.read(body, walk.file, walk.output)


def _motion_photo(body: ByteView, walk: _BoxWalk) -> None:
    """``mpvd``: the film of a motion photo."""
    walk.output.add_hidden(f"a film of {body.size} bytes (motion photo, box mpvd)")


_READERS: dict[bytes, Callable[[ByteView, _BoxWalk], None]] = {
    b"ftyp": _brand,
    b"mvhd": _movie_header,
    b"mdhd": _media_header,
    b"tkhd": _track_header,
    b"hdlr": _handler,
    b"stsd": _sample_description,
    b"keys": _keys,
    b"ilst": _values,
    b"ispe": _image_size,
    b"iinf": _item_infos,
    b"iloc": _item_places,
    b"clap": _clean_aperture,
    b"gps ": _dashcam,
    b"mpvd": _motion_photo,
}


def _write_track(track: _TrackBoxes, number: int, output: ParserOutput) -> None:
    """Write kind and codec; of a video also how long its frames last."""
    part = f"MP4 track {number}"
    output.add_field(part, "kind", track.handler)
    output.add_field(part, "codec", track.codec)
    if track.handler == _ANIMATION:
        # A still with this track is an animated picture (AVIF, HEIF).
        output.facts.setdefault("frames", len(track.tables.durations()))
    if track.handler != _VIDEO:
        return
    for key, value in track.facts.items():
        output.facts.setdefault(key, value)
    output.facts.setdefault("codec", track.codec)
    lasting = track.tables.durations()
    if lasting and track.timescale:
        # The last frame often lasts as long as the rest of the sound.
        but_the_last = lasting[:-1] or lasting
        output.facts |= {
            "frames": len(lasting),
            "frame_s_least": min(but_the_last) / track.timescale,
            "frame_s_most": max(but_the_last) / track.timescale,
        }


def _telemetry(track: _TrackBoxes, view: ByteView, output: ParserOutput) -> None:
    """Write the points of a GPMF track, each payload with the time of its sample."""
    found = gpmf.TelemetryPoints()
    lasting = track.tables.durations()
    at_s = 0.0
    for index, (offset, size) in enumerate(track.tables.samples()):
        duration = lasting[index] if index < len(lasting) else 0
        lasts_s = duration / (track.timescale or 1)
        payload = view.read(offset, size)
        if len(payload) < size:
            output.add_problem("GPMF", f"payload {index + 1} lies outside the file")
            break
        found.add(payload, at_s, lasts_s)
        at_s += lasts_s
    found.write(output)
