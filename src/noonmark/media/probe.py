"""What a file says of itself: container, device, edits, clocks, places, and what contradicts what.

Our own readers always run, in a locked process. exiftool adds what it alone can read, and is then
named as a reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, OutsideError
from noonmark.media import (
    contradictions,
    exiftool,
    file_names,
    live_photos,
    own_reader,
    picture_findings,
    stated_places,
    stated_times,
)
from noonmark.media.contradictions import Clocks, Finding
from noonmark.media.live_photos import LivePhotoHalf
from noonmark.media.own_reader import Facts, Fields, FileContents, StatedField
from noonmark.media.stated_directions import StatedDirection, directions_of
from noonmark.media.stated_places import StatedPlace, StatedTrack
from noonmark.media.stated_times import StatedTime
from noonmark.values import Place

_TRACES = {
    "Software": "software",
    "XMP xmp:CreatorTool": "software",
    "XMP xap:CreatorTool": "software",
    "©swr": "software",
    "©too": "software",
    "MuxingApp": "software",
    "WritingApp": "software",
    "_STATISTICS_WRITING_APP": "software",
    "provider": "multiplexer",
    "ENCODER": "encoder",
    "compressor": "encoder",
    "©enc": "encoder",
    "XMP stEvt:softwareAgent": "edited with",
    "XMP stEvt:action": "edit",
    "Photoshop resources": "edited with Photoshop",
    "XMP photoshop:History": "edit",
}
"""What software leaves behind, by field."""
_TOLD_WHOLE = (
    "PDF",
    "office core",
    "office app",
    "office custom",
    "office meta",
    "office text",
    "WAV",
    "WAV broadcast",
    "AVI",
    "CAF",
    "ID3",
    "ID3v1",
    "FLAC comment",
    "Ogg comment",
    "MP3",
)
"""Parts of which every field is told, whatever it is called: people write there."""
_DEVICE = {
    "Make": "make",
    "Model": "model",
    "©mak": "make",
    "©mod": "model",
    "com.apple.quicktime.make": "make",
    "com.apple.quicktime.model": "model",
    "camera model": "model",
    "UniqueCameraModel": "model",
    "LensModel": "lens",
    "BodySerialNumber": "serial number",
    "CameraSerialNumber": "serial number",
    "camera serial number": "serial number",
    "LensSerialNumber": "lens serial number",
    "LENS": "lens serial number",
    "CameraOwnerName": "owner field",
    "Artist": "author field",
    "firmware": "firmware",
    "FIRM": "firmware",
    "HostComputer": "host",
    "XMP tiff:Make": "make",
    "XMP tiff:Model": "model",
    "XMP aux:SerialNumber": "serial number",
    "XMP aux:Lens": "lens",
}
"""What a file says of the device, by field."""
_LENS_FIELDS = {"FocalLengthIn35mmFilm": "focal_mm_35", "FocalLength": "focal_mm"}
_FILM_DIAGONAL_MM = 43.2666
"""CIPA DCG-001: the 35 mm equivalent is by the diagonal of a film frame."""
_KIND_ORDER = ("contradiction", "warning", "implies", "agreement")
_SEARCHED_WHOLE_BYTES = 256 << 20
"""Films up to this size are read by exiftool from end to end where our reader found no track."""
_STREAMS = ("MPEG-TS", "H.264 stream", "HEVC stream")


@dataclass(frozen=True)
class OriginalFile:
    """What a file was called and when it was last written, before a case's store copied it."""

    names: tuple[str, ...]
    written: datetime | None


@dataclass(frozen=True)
class Probe:
    """What one file states, with what contradicts what.

    ``device`` and ``traces`` are its words on what made and changed it, ``clocks``, ``spots``,
    ``tracks`` and ``directions`` on when, where and whither. ``lens`` is in px and mm. ``problems``
    are the parts that could not be read, ``readers`` who read it. ``live_photo`` says of a half of
    a Live Photo which one it is.
    """

    name: str
    sha256: str
    size_bytes: int
    container: str
    facts: Facts
    device: Mapping[str, str]
    traces: tuple[str, ...]
    clocks: tuple[StatedTime, ...]
    spots: tuple[StatedPlace, ...]
    tracks: tuple[StatedTrack, ...]
    directions: tuple[StatedDirection, ...]
    findings: tuple[Finding, ...]
    lens: Mapping[str, float]
    problems: tuple[str, ...]
    readers: tuple[str, ...]
    live_photo: LivePhotoHalf | None = None

    @property
    def contradictions(self) -> tuple[Finding, ...]:
        """The findings that can't all be true."""
        return tuple(finding for finding in self.findings if finding.kind == "contradiction")


def probe(
    path: Path,
    *,
    now: datetime,
    claimed: Place | None = None,
    claimed_radius_km: float = 0.0,
    use_exiftool: bool = True,
    origin: OriginalFile | None = None,
) -> Probe:
    """Everything that the file states, read in locked processes.

    ``now`` (aware UTC) bounds what can have been.
    ``claimed`` is a place to compare its own with. With ``origin`` its names and its date stand for
    those of the copy that is read. Raises InputError where no reader knows the file.
    """
    found = own_reader.contents(path, thumbnails=True)
    origin = origin or _as_found(path)
    name = (*origin.names, path.name)[0]
    problems = _unread(found)
    tags = _second_reader(path, found, problems) if use_exiftool else None
    container = _container(found.container, tags, name)
    clocks = _clocks(found.fields, origin, tags)
    tracks = stated_places.tracks(found.tracks)
    places = _places(found.fields, tracks, tags)
    spots = places.places
    findings = _clock_findings(found, clocks, now) + _place_findings(places, tracks)
    if claimed:
        findings += stated_places.against(claimed, claimed_radius_km, spots, tracks)
    findings += picture_findings.of_pictures(found.facts, found.fields)
    return Probe(
        name=name,
        sha256=digest(path),
        size_bytes=found.size_bytes,
        container=container,
        facts=found.facts,
        device=_device_of_both(found.fields, tags),
        traces=tuple(_traces(found.fields)),
        clocks=tuple(clocks),
        spots=tuple(spots),
        tracks=tuple(tracks),
        directions=directions_of(found.fields),
        findings=_worst_first(findings),
        lens=_lens(found.fields, found.facts),
        problems=tuple(problems),
        readers=_readers(tags),
        live_photo=live_photos.half_of(found.fields),
    )


def _unread(found: FileContents) -> list[str]:
    """The parts that our own readers could not read, each with where it stands."""
    return [f"{problem['where']}: {problem['what']}" for problem in found.problems]


def _readers(tags: Facts | None) -> tuple[str, ...]:
    """Who read the file: exiftool only where it answered."""
    return ("noonmark", exiftool.name(tags)) if tags else ("noonmark",)


def _worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Contradictions, then warnings, what is implied, and what agrees."""
    return tuple(sorted(findings, key=lambda finding: _KIND_ORDER.index(finding.kind)))


def _clock_findings(found: FileContents, clocks: Clocks, now: datetime) -> list[Finding]:
    """What the clocks say about each other, or that a stream has none."""
    duration_s = float(found.facts.get("duration_s") or 0.0)
    about_clocks = contradictions.of_clocks(clocks, now=now, duration_s=duration_s)
    return about_clocks + _of_stream(found.container, clocks)


def _place_findings(
    places: stated_places.PlaceList, tracks: Sequence[StatedTrack]
) -> list[Finding]:
    """What is odd about the places, alone and beside the tracks."""
    return [*places.warnings, *stated_places.of_places(places.places, tracks)]


def _as_found(path: Path) -> OriginalFile:
    """The name and the date of the file itself, where nobody knows of others."""
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return OriginalFile((path.name,), written)


def _container(own: str, tags: Facts | None, name: str) -> str:
    """The container by our own reader, or else by exiftool; refused where neither knows one."""
    if own != "unknown":
        return str(own)
    if tags is not None and exiftool.is_media(tags):
        return str(tags.get("File:FileType"))
    raise InputError(
        f"{name} is neither a photo, nor a video, nor telemetry that any reader here knows",
        code="not-media",
        hint="if it was renamed, that is no matter: files are told apart by their bytes",
    )


def _clocks(fields: Fields, origin: OriginalFile, tags: Facts | None) -> list[StatedTime]:
    """Every time that the file, its names, the file system and exiftool state."""
    clocks = stated_times.of_fields(fields)
    for name in origin.names:
        clocks += file_names.time_of_name(name)
    if origin.written:
        clocks.append(stated_times.of_file_system(origin.written))
    if tags:
        clocks += exiftool.clocks(tags, clocks)
    return clocks


def _of_stream(container: str, stamps: Clocks) -> list[Finding]:
    """A warning that a bare or transport stream states no date: its clock says nothing about it."""
    dated = any(clock.role in ("gps", "taken", "container") for clock in stamps)
    if container not in _STREAMS or dated:
        return []
    if container == "MPEG-TS":
        text = (
            "the stream states no date: its clock counts from wherever the encoder was"
            " switched on, and neither a broadcaster's tables nor a camera's notes between the"
            " pictures hold one"
        )
    else:
        text = (
            "the stream states no date: it is bare,"
            " and a camera's notes between its pictures hold none"
        )
    return [Finding("warning", "no-clock", text, (container,))]


def _second_reader(
    path: Path,
    found: FileContents,
    problems: list[str],
) -> dict[str, Any] | None:
    """What exiftool says; None where it was not asked or failed, which is then a problem."""
    if found.facts.get("parts_left_out"):
        problems.append("exiftool: not asked, because no camera writes a file of so many parts")
        return None
    # Some cameras lay their positions between the packets, where it looks only if it is told to.
    is_film = found.container in ("MP4", "MOV")
    is_whole = is_film and not found.tracks and found.size_bytes <= _SEARCHED_WHOLE_BYTES
    try:
        return exiftool.tags(path, whole=is_whole)
    except OutsideError as error:
        problems.append(f"exiftool: {error.message}")
        return None


def _places(
    fields: Fields,
    tracks: Sequence[StatedTrack],
    tags: Facts | None,
) -> stated_places.PlaceList:
    """Every place that our own readers or exiftool alone found."""
    more = exiftool.places(tags) if tags else []
    return stated_places.places_of(fields, tracks, more=more)


def _device_of_both(fields: Fields, tags: Facts | None) -> dict[str, str]:
    """What the file says of the device; what exiftool alone read is marked as its own."""
    found = _device(fields)
    for label, said in exiftool.device(tags or {}).items():
        found.setdefault(label, f"{said} (read by exiftool alone)")
    return found


def digest(path: Path) -> str:
    """SHA-256 of the file, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _keyed(field: StatedField) -> str:
    """The name of a field, with XMP before it where it stands in such a packet."""
    return f"XMP {field.name}" if field.part == "XMP" else field.name


def _device(fields: Fields) -> dict[str, str]:
    """What the file says of the device, the first of each kind."""
    found: dict[str, str] = {}
    for field in fields:
        label = _DEVICE.get(_keyed(field))
        if label and isinstance(field.value, str):
            found.setdefault(label, field.value)
    return found


def _traces(fields: Fields) -> list[str]:
    """What programs left behind, each once, with where it stands."""
    said = []
    for field in fields:
        told = field.name if field.part in _TOLD_WHOLE else None
        label = _TRACES.get(_keyed(field), told)
        if label and isinstance(field.value, str):
            said.append(f"{label}: {field.value} ({field.part})")
    return list(dict.fromkeys(said))


def _lens(fields: Fields, facts: Facts) -> dict[str, float]:
    """What a marks file's ``[lens]`` can use.

    The 35 mm figure is the camera's own and ignores crops and zoom.
    """
    found: dict[str, float] = {}
    for field in fields:
        value = _positive(field.value)
        if value is None:
            continue
        if field.name in _LENS_FIELDS:
            found[_LENS_FIELDS[field.name]] = value
        elif field.name == "DigitalZoomRatio" and value != 1:
            found["digital_zoom"] = value
    width, height = facts.get("width_px"), facts.get("height_px")
    if width and height and "focal_mm_35" in found and not _resized(fields, width, height):
        diagonal_px = (width**2 + height**2) ** 0.5
        found["focal_px"] = round(found["focal_mm_35"] / _FILM_DIAGONAL_MM * diagonal_px, 1)
    return found


def _positive(value: Any) -> float | None:
    """A number above 0, or the first of a list of them."""
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        return None
    return float(value)


def _resized(fields: Fields, width_px: int, height_px: int) -> bool:
    """Whether EXIF states another size than the picture has."""
    names = ("PixelXDimension", "PixelYDimension")
    stated = [f.value for f in fields if f.name in names and f.value]
    return len(stated) == 2 and set(stated) != {width_px, height_px}
