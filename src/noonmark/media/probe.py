"""What a file says of itself: container, device, edits, clocks, places, and where these contradict each other.

Own readers are the floor and always run, locked in; exiftool adds what it alone can read, and is named as reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, OutsideError
from noonmark.media import clocks, disagree, exiftool, placing, sandbox
from noonmark.media.clocks import Clock
from noonmark.media.disagree import Finding
from noonmark.media.placing import Spot, Track
from noonmark.values import Place

_ALIKE_LEAST = 0.80
"""Thumbnails of untouched camera files correlate above 0.97 with their picture (measured on 3 and on made ones)."""
_TRACES = {
    "Software": "software", "XMP xmp:CreatorTool": "software", "XMP xap:CreatorTool": "software", "©swr": "software",
    "©too": "software", "MuxingApp": "software", "WritingApp": "software", "_STATISTICS_WRITING_APP": "software",
    "provider": "multiplexer", "ENCODER": "encoder", "compressor": "encoder", "©enc": "encoder",
    "XMP stEvt:softwareAgent": "edited with",
    "XMP stEvt:action": "edit", "Photoshop resources": "edited with Photoshop", "XMP photoshop:History": "edit",
}  # fmt: skip
_DEVICE = {
    "Make": "make", "Model": "model", "©mak": "make", "©mod": "model", "com.apple.quicktime.make": "make",
    "com.apple.quicktime.model": "model", "camera model": "model", "UniqueCameraModel": "model", "LensModel": "lens",
    "BodySerialNumber": "serial number", "CameraSerialNumber": "serial number", "camera serial number": "serial number",
    "LensSerialNumber": "lens serial number", "LENS": "lens serial number", "CameraOwnerName": "owner field",
    "Artist": "author field", "firmware": "firmware", "FIRM": "firmware", "HostComputer": "host",
    "XMP tiff:Make": "make", "XMP tiff:Model": "model", "XMP aux:SerialNumber": "serial number", "XMP aux:Lens": "lens",
}  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """What a file was called, and when it was last written, before it became a copy in a case's store."""

    names: tuple[str, ...]
    written: datetime | None


@dataclass(frozen=True)
class Probe:
    """One file's own word, with what contradicts what. ``problems`` are the parts that could not be read."""

    name: str
    sha256: str
    size_bytes: int
    container: str
    facts: Mapping[str, Any]
    device: Mapping[str, str]
    traces: tuple[str, ...]
    clocks: tuple[Clock, ...]
    spots: tuple[Spot, ...]
    tracks: tuple[Track, ...]
    findings: tuple[Finding, ...]
    lens: Mapping[str, float]
    problems: tuple[str, ...]
    readers: tuple[str, ...]

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
    origin: Origin | None = None,
) -> Probe:
    """Everything that the file states, read in locked workers. ``claimed`` is a place to compare its own with.

    With ``origin`` its names and its date stand for those of the copy that is read.

    Raises InputError where the file is none that any reader knows.
    """
    told = sandbox.run("probe", payload={"thumbnails": True}, files=[path])
    value = told.value
    fields = value["fields"]
    origin = origin or Origin((path.name,), datetime.fromtimestamp(path.stat().st_mtime, UTC))
    problems = [f"{p['where']}: {p['what']}" for p in value["problems"]]
    endless = bool(value["facts"].get("parts_left_out"))
    outside = _second_reader(path, problems) if use_exiftool and not endless else None
    if endless:
        problems.append("exiftool: not asked, because no camera writes a file of so many parts")
    if value["container"] == "unknown" and not exiftool.is_media(outside or {}):
        name = (*origin.names, path.name)[0]
        raise InputError(
            f"{name} is neither a photo, nor a video, nor telemetry that any reader here knows",
            code="not-media",
            hint="if it was renamed, that is no matter: files are told apart by their bytes",
        )
    stamps = clocks.of_fields(fields) + [clock for name in origin.names for clock in clocks.of_name(name)]
    stamps += [clocks.of_file_system(origin.written)] if origin.written else []
    stamps += exiftool.clocks(outside, stamps) if outside else []
    tracks = placing.tracks(value["tracks"])
    spots, odd = placing.spots(fields, tracks)
    findings = disagree.of_clocks(stamps, now=now, duration_s=float(value["facts"].get("duration_s") or 0.0))
    findings += _of_stream(value["container"], stamps)
    findings += odd + placing.of_places(spots, tracks)
    findings += placing.against(claimed, claimed_radius_km, spots, tracks) if claimed else []
    findings += _of_pictures(value["facts"], fields)
    return Probe(
        name=origin.names[0] if origin.names else path.name,
        sha256=digest(path),
        size_bytes=value["size_bytes"],
        container=value["container"] if value["container"] != "unknown" else str((outside or {}).get("File:FileType")),
        facts=value["facts"],
        device=_device(fields),
        traces=tuple(_traces(fields)),
        clocks=tuple(stamps),
        spots=tuple(spots),
        tracks=tuple(tracks),
        findings=tuple(sorted(findings, key=lambda f: _ORDER.index(f.kind))),
        lens=_lens(fields, value["facts"]),
        problems=tuple(problems),
        readers=("noonmark",) + ((exiftool.name(outside),) if outside else ()),
    )


_ORDER = ("contradiction", "warning", "implies", "agreement")


def _of_stream(container: str, stamps: Sequence[Clock]) -> list[Finding]:
    """A transport stream has a clock that says nothing about the date: better said than left to be wondered about."""
    if container not in ("MPEG-TS", "H.264 stream", "HEVC stream") or any(
        clock.role in ("gps", "taken", "container") for clock in stamps
    ):
        return []
    text = "the stream states no date: it is bare, and a camera's notes between its pictures hold none"
    if container == "MPEG-TS":
        text = (
            "the stream states no date: its clock counts from wherever the encoder was switched on, and neither"
            " a broadcaster's tables nor a camera's notes between the pictures hold one"
        )
    return [Finding("warning", "no-clock", text, (container,))]


def _second_reader(path: Path, problems: list[str]) -> dict[str, Any] | None:
    try:
        return exiftool.tags(path)
    except OutsideError as error:
        problems.append(f"exiftool: {error.message}")
        return None


def digest(path: Path) -> str:
    """SHA-256 of the file, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _keyed(field: Mapping[str, Any]) -> str:
    return f"XMP {field['name']}" if field["part"] == "XMP" else str(field["name"])


def _device(fields: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields:
        label = _DEVICE.get(_keyed(field))
        if label and isinstance(field["value"], str):
            found.setdefault(label, field["value"])
    return found


def _traces(fields: Sequence[Mapping[str, Any]]) -> list[str]:
    said = []
    for field in fields:
        label = _TRACES.get(_keyed(field))
        if label and isinstance(field["value"], str):
            said.append(f"{label}: {field['value']} ({field['part']})")
    return list(dict.fromkeys(said))


def _lens(fields: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> dict[str, float]:
    """What a marks file's ``[lens]`` can use. The 35 mm figure is the camera's own and ignores crops and zoom."""
    found: dict[str, float] = {}
    for field in fields:
        value = field["value"][0] if isinstance(field["value"], list) and field["value"] else field["value"]
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            continue
        if field["name"] == "FocalLengthIn35mmFilm":
            found["focal_mm_35"] = float(value)
        elif field["name"] == "FocalLength":
            found["focal_mm"] = float(value)
        elif field["name"] == "DigitalZoomRatio" and value != 1:
            found["digital_zoom"] = float(value)
    width, height = facts.get("width_px"), facts.get("height_px")
    stated = [f["value"] for f in fields if f["name"] in ("PixelXDimension", "PixelYDimension") and f["value"]]
    resized = len(stated) == 2 and set(stated) != {width, height}
    if "focal_mm_35" in found and width and height and not resized:
        # CIPA DCG-001: the equivalent length is by the diagonal, 43.27 mm on 35 mm film
        found["focal_px"] = round(found["focal_mm_35"] / 43.2666 * (width**2 + height**2) ** 0.5, 1)
    return found


def _of_pictures(facts: Mapping[str, Any], fields: Sequence[Mapping[str, Any]]) -> list[Finding]:
    said = []
    for thumbnail in facts.get("thumbnails", ()):
        if thumbnail["alike"] < _ALIKE_LEAST:
            text = (
                f"the embedded thumbnail ({thumbnail['width_px']}x{thumbnail['height_px']}) does not show the picture:"
                f" correlation {thumbnail['alike']:.2f}; the picture was changed after the thumbnail was made"
            )
            said.append(Finding("contradiction", "thumbnail-differs", text, ("thumbnail", "picture")))
    named = {str(f["name"]): f["value"] for f in fields if str(f["part"]) == "EXIF Exif"}
    stated = {named.get("PixelXDimension"), named.get("PixelYDimension")}
    actual = {facts.get("width_px"), facts.get("height_px")}
    if None not in stated | actual and stated != actual and 0 not in stated:
        text = (
            f"EXIF states {named['PixelXDimension']}x{named['PixelYDimension']} pixels,"
            f" the picture has {facts['width_px']}x{facts['height_px']}: it was resized or cropped,"
            " so its focal length in pixels is unknown"
        )
        said.append(Finding("contradiction", "size-differs", text, ("EXIF", "picture")))
    if facts.get("behind_the_end_bytes"):
        text = (
            f"{facts['behind_the_end_bytes']} bytes lie behind the end of the picture (a motion photo, or hidden data)"
        )
        said.append(Finding("warning", "data-behind-the-end", text, ("file",)))
    return said


def suggested_clues(found: Probe) -> list[dict[str, Any]]:
    """Clues that an analyst may choose to believe; every one rests on the file's own word."""
    clues: list[dict[str, Any]] = []
    for clock in found.clocks:
        if clock.role not in ("taken", "gps", "subtitle") or clock.wall is None or clock.whole_day:
            continue
        time = clock.wall.strftime("%H:%M:%S")
        if clock.frame == "local":
            clues.append(
                {"kind": "clock", "time": time, "date": str(clock.wall.date()), "zone": "local", "sigma_s": 120.0}
            )
        elif clock.utc is not None and clock.frame in ("utc", "offset"):
            zone_date = {} if clock.time_of_day_only else {"date": str(clock.utc.date())}
            clues.append(
                {"kind": "clock", "time": clock.utc.strftime("%H:%M:%S"), "zone": "UTC", "sigma_s": 120.0} | zone_date
            )
    return [dict(pairs) for pairs in dict.fromkeys(tuple(sorted(clue.items())) for clue in clues)]
