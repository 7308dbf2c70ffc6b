"""The tracks of an MP4 or MOV as a copy needs them: header, description, samples, edits
(ISO 14496-12; QuickTime File Format).

    moov  mvhd            time scale of the film
          trak  tkhd      whether it is shown, its group, its turn and its size on the screen
                edts elst which stretches of it are shown, in units of the film
                mdia mdhd time scale of the track
                     hdlr what it holds
                     minf stbl stsd, and the tables of film_samples.py
          mvex  trex      what holds in fragments that say nothing else
    moof  traf            a fragment: film_fragments.py
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from noonmark.sandbox.parsers import film_fragments
from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.film_samples import SampleBoxes, SampleColumns

_MOST_EDITS, _MOST_DESCRIPTIONS, _MOST_TRACKS = 10_000, 255, 1000
_TABLES = (b"stsz", b"stco", b"co64", b"stsc", b"stts", b"ctts", b"stss")
_UNCOMPRESSED = {
    "raw ",
    "twos",
    "sowt",
    "in24",
    "in32",
    "fl32",
    "fl64",
    "lpcm",
    "alaw",
    "ulaw",
    "ipcm",
    "fpcm",
}
"""Sound with one sample an instant."""
_NONE = ByteView(lambda _at, _count: b"", 0)


@dataclass(frozen=True)
class Edit:
    """One stretch of a track: how long it is shown, in units of the film, and from which instant of
    the track, in its own units; -1 where nothing is shown.
    """

    lasts: int
    begins: int
    is_plain: bool = True
    """Whether it is shown at its own speed."""


@dataclass
class TrackBoxes:
    """One ``trak``."""

    number: int = 0
    is_shown: bool = True
    group: int = 0
    volume: int = 0
    matrix: bytes = b""
    size: bytes = b""
    """Width and height on the screen, 16.16 numbers."""
    timescale: int = 0
    kind: str = ""
    descriptions: list[tuple[str, ByteView]] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    tables: SampleBoxes = field(default_factory=SampleBoxes)
    samples: SampleColumns = field(default_factory=SampleColumns)

    @property
    def codec(self) -> str:
        """The four letters of the first description."""
        return self.descriptions[0][0] if self.descriptions else ""


@dataclass
class FilmBoxes:
    """The tracks of a film, and the time scale of its edits."""

    timescale: int = 0
    brand: str = ""
    tracks: list[TrackBoxes] = field(default_factory=list)
    is_fragmented: bool = False


def read_tracks(view: ByteView) -> FilmBoxes:
    """Every track with all its samples. Raises InputError where there are more than any film has.

    What is missing stays empty; nothing says that a sample lies within the file.
    """
    film = FilmBoxes()
    defaults: film_fragments.Defaults = {}
    for kind, body, _ in boxes(view):
        if kind == b"ftyp":
            film.brand = body.read(0, 4).decode("latin-1")
        elif kind == b"moov" and not film.tracks:
            _movie(body, film, defaults)
            for track in film.tracks:
                track.samples = track.tables.columns(_sound_frame_bytes(track))
    columns = {track.number: track.samples for track in film.tracks}
    film.is_fragmented = film_fragments.read(view, defaults, columns)
    return film


def _movie(body: ByteView, film: FilmBoxes, defaults: film_fragments.Defaults) -> None:
    """``moov``."""
    for kind, inner, _ in boxes(body):
        if kind == b"mvhd":
            film.timescale = inner.number(">I", 20 if inner.number("B", 0) == 1 else 12) or 0
        elif kind == b"trak" and len(film.tracks) < _MOST_TRACKS:
            track = TrackBoxes()
            film.tracks.append(track)
            _track(inner, track)
        elif kind == b"mvex":
            for name, fields, _ in boxes(inner):
                raw = fields.read(4, 20)
                if name == b"trex" and len(raw) == 20:
                    number, *values = struct.unpack(">5I", raw)
                    defaults[number] = film_fragments.SampleDefaults(*values)


def _track(body: ByteView, track: TrackBoxes) -> None:
    """``trak`` and what it holds."""
    for kind, inner, _ in boxes(body):
        if kind == b"tkhd":
            _header(inner, track)
        elif kind in (b"edts", b"mdia", b"minf", b"stbl"):
            _track(inner, track)
        elif kind == b"elst":
            _edits(inner, track)
        elif kind == b"mdhd":
            track.timescale = inner.number(">I", 20 if inner.number("B", 0) == 1 else 12) or 0
        elif kind == b"hdlr":
            # QuickTime has a second one, of how the data are reached.
            track.kind = track.kind or inner.read(8, 4).decode("latin-1")
        elif kind == b"stsd":
            _descriptions(inner, track)
        elif kind in _TABLES:
            track.tables.bodies[kind] = inner


def _descriptions(body: ByteView, track: TrackBoxes) -> None:
    """``stsd``: how the samples are coded; mostly one description."""
    for name, entry, _ in boxes(body.part(8, body.size)):
        if len(track.descriptions) < _MOST_DESCRIPTIONS:
            track.descriptions.append((name.decode("latin-1"), entry))


def _header(body: ByteView, track: TrackBoxes) -> None:
    """``tkhd``."""
    is_wide = body.number("B", 0) == 1
    track.is_shown = bool((body.number(">I", 0) or 0) & 1)
    track.number = body.number(">I", 20 if is_wide else 12) or 0
    at = 44 if is_wide else 32
    track.group = body.number(">H", at + 2) or 0
    track.volume = body.number(">H", at + 4) or 0
    track.matrix, track.size = body.read(at + 8, 36), body.read(at + 44, 8)


def _edits(body: ByteView, track: TrackBoxes) -> None:
    """``elst``."""
    layout = ">QqI" if body.number("B", 0) == 1 else ">IiI"
    width = struct.calcsize(layout)
    for i in range(min(body.number(">I", 4) or 0, _MOST_EDITS)):
        raw = body.read(8 + i * width, width)
        if len(raw) < width:
            break
        lasts, begins, rate = struct.unpack(layout, raw)
        track.edits.append(Edit(lasts, begins, rate == 1 << 16))


def _sound_frame_bytes(track: TrackBoxes) -> int | None:
    """The bytes of one instant of sound without compression; None for other tracks."""
    if track.kind != "soun" or track.codec not in _UNCOMPRESSED:
        return None
    stated = track.tables.bodies.get(b"stsz", _NONE).number(">I", 4) or 0
    if stated > 1:
        return stated
    entry = track.descriptions[0][1]
    version, channels = entry.number(">H", 8) or 0, entry.number(">H", 16) or 1
    if version == 1:
        # QuickTime says 1 in the table and the true size here.
        return entry.number(">I", 36) or None
    if version == 2:
        return entry.number(">I", 56) or None
    return channels * max(1, (entry.number(">H", 18) or 8) // 8)
