"""Every place that a file states, its track as a track, and how they fit together or a claimed place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import combinations
from typing import Any
from xml.sax.saxutils import escape

from noonmark.media.clocks import parse
from noonmark.media.disagree import Finding
from noonmark.values import Place, rfc3339

_ISO6709 = re.compile(r"([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?")
_Pair = tuple[float | None, float | None]
_EARTH_KM = 6371.0088
APART_KM = 1.0
"""Two places of one recording that are farther apart than this contradict each other."""


@dataclass(frozen=True)
class Spot:
    """One stated place. ``other`` is the second reading where the file does not say which number is the latitude."""

    source: str
    place: Place
    altitude_m: float | None = None
    other: Place | None = None


@dataclass(frozen=True)
class Point:
    """One point of a track: seconds into the recording, the clock's text, the place."""

    offset_s: float | None
    clock: str | None
    place: Place
    altitude_m: float | None


@dataclass(frozen=True)
class Track:
    """Points in the order of the file. ``frame``: "UTC" or "local without zone"."""

    source: str
    frame: str
    order_known: bool
    points: tuple[Point, ...]

    @property
    def length_km(self) -> float:
        """How far it runs, summed over its points, in km."""
        return sum(km(a.place, b.place) for a, b in zip(self.points, self.points[1:], strict=False))


def km(a: Place, b: Place) -> float:
    """Great-circle distance on the mean sphere, in km; 0.3 % from the ellipsoid at worst."""
    la, lb = math.radians(a.lat_deg), math.radians(b.lat_deg)
    dlat, dlon = lb - la, math.radians(b.lon_deg - a.lon_deg)
    h = math.sin(dlat / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(dlon / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def tracks(raw: Sequence[Mapping[str, Any]]) -> list[Track]:
    """The tracks that the readers handed back; points off the globe are left out."""
    found = []
    for track in raw:
        rows = zip(
            track["offset_s"], track["clock"], track["lat_deg"], track["lon_deg"], track["altitude_m"], strict=True
        )
        points = tuple(
            Point(offset, clock, Place(lat, lon), altitude)
            for offset, clock, lat, lon, altitude in rows
            if _on_globe(lat, lon)
        )
        if points:
            found.append(Track(str(track["source"]), str(track["frame"]), bool(track["order_known"]), points))
    return found


def spots(fields: Sequence[Mapping[str, Any]], tracks_: Sequence[Track]) -> tuple[list[Spot], list[Finding]]:
    """Every stated place, and a warning for each that can't be one."""
    found: list[Spot] = []
    wrong: list[Finding] = []
    gps = {str(f["name"]): f["value"] for f in fields if str(f["part"]).endswith(" GPS")}
    if {"GPSLatitude", "GPSLongitude"} <= set(gps):
        own = next((f["part"] for f in fields if f["part"] == "AVCHD GPS"), "EXIF GPS")
        _keep(str(own), _exif_place(gps), _exif_altitude(gps), found, wrong)
    xmp: dict[str, str] = {}
    for field in fields:
        part, name, value = str(field["part"]), str(field["name"]), field["value"]
        tagged = part == "Matroska tag" and "LOCATION" in name.upper() and _ISO6709.match(str(value))
        if isinstance(value, str) and (name == "©xyz" or "location.ISO6709" in name or tagged):
            match = _ISO6709.match(value)
            pair: _Pair | None = (float(match[1]), float(match[2])) if match else None
            _keep(f"{part} {name}", pair, float(match[3]) if match and match[3] else None, found, wrong)
        elif name == "loci" and isinstance(value, list):
            _keep("MP4 loci", (value[0], value[1]), value[2], found, wrong)
        elif part == "XMP" and isinstance(value, str):
            xmp[name.partition(":")[2].lower()] = value
    if {"gpslatitude", "gpslongitude"} <= set(xmp):
        pair = (_xmp_degrees(xmp["gpslatitude"]), _xmp_degrees(xmp["gpslongitude"]))
        _keep("XMP GPS", pair, None, found, wrong)
    for track in tracks_:
        first = track.points[0]
        swapped = Place(first.place.lon_deg, first.place.lat_deg) if not track.order_known else None
        found.append(Spot(f"{track.source}, first point", first.place, first.altitude_m, swapped))
    return found, wrong


def _keep(
    source: str,
    pair: _Pair | None,
    altitude_m: float | None,
    found: list[Spot],
    wrong: list[Finding],
) -> None:
    if pair is None or pair[0] is None or pair[1] is None or not _on_globe(pair[0], pair[1]):
        text = f"{source} states a place that is not on the globe"
        wrong.append(Finding("warning", "place-unreadable", text, (source,)))
    elif pair == (0.0, 0.0):
        text = f"{source} states 0,0: there was no fix; it is not a place in the Gulf of Guinea"
        wrong.append(Finding("warning", "place-nought", text, (source,)))
    else:
        found.append(Spot(source, Place(pair[0], pair[1]), altitude_m))


def _on_globe(lat: Any, lon: Any) -> bool:
    if not (isinstance(lat, int | float) and isinstance(lon, int | float)):
        return False
    return math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180


def _exif_place(gps: Mapping[str, Any]) -> _Pair:
    def degrees(name: str, negative: str) -> float | None:
        parts = gps.get(name)
        if not isinstance(parts, list) or not parts or any(not isinstance(p, int | float) for p in parts[:3]):
            return None
        value = float(sum(p / 60**i for i, p in enumerate(parts[:3])))
        return -value if str(gps.get(name + "Ref", "")).upper().startswith(negative) else value

    return degrees("GPSLatitude", "S"), degrees("GPSLongitude", "W")


def _exif_altitude(gps: Mapping[str, Any]) -> float | None:
    value = gps.get("GPSAltitude")
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, int | float):
        return None
    return -value if gps.get("GPSAltitudeRef") in (1, [1], "\x01", "\\x01") else float(value)


def _xmp_degrees(text: str) -> float | None:
    """``43,28.0469N`` as in the XMP standard, or a plain number as DJI writes it."""
    match = re.match(r"([+-]?\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?(?:,(\d+(?:\.\d+)?))?\s*([NSEW]?)$", text.strip())
    if match is None:
        return None
    value = float(match[1]) + float(match[2] or 0) / 60 + float(match[3] or 0) / 3600
    return -value if match[4] in ("S", "W") else value


def of_places(found: Sequence[Spot], tracks_: Sequence[Track]) -> list[Finding]:
    """Which places contradict each other, and which tracks leave their order open."""
    said = []
    for a, b in combinations(found, 2):
        gap_km = min(km(p, q) for p in (a.place, a.other or a.place) for q in (b.place, b.other or b.place))
        gap_km = min([gap_km, *_to_tracks(a, b, tracks_)])
        if gap_km > APART_KM:
            text = f"{a.source} ({_text(a.place)}) and {b.source} ({_text(b.place)}) are {gap_km:.1f} km apart"
            said.append(Finding("contradiction", "places-differ", text, (a.source, b.source)))
        else:
            text = f"{a.source} and {b.source} agree to {1000 * gap_km:.0f} m"
            said.append(Finding("agreement", "places-agree", text, (a.source, b.source)))
    for spot in found:
        if spot.other is not None:
            text = (
                f"{spot.source}: {_text(spot.place)} if the longitude comes first, as in most DJI models,"
                f" {_text(spot.other)} if the latitude does; the file does not say"
            )
            said.append(Finding("warning", "order-unknown", text, (spot.source,)))
    return said


def _to_tracks(a: Spot, b: Spot, tracks_: Sequence[Track]) -> list[float]:
    """A stated place may lie anywhere along the track, not only at its start."""
    gaps = []
    for spot, other in ((a, b), (b, a)):
        for track in tracks_:
            if other.source.startswith(f"{track.source},"):
                step = max(1, len(track.points) // 2000)
                gaps += [min(km(spot.place, p.place) for p in track.points[::step])]
    return gaps


def against(claimed: Place, radius_km: float, found: Sequence[Spot], tracks_: Sequence[Track]) -> list[Finding]:
    """How far each stated place and track lies from a claimed one."""
    said = []
    for spot in found:
        gap_km = min(km(claimed, p) for p in (spot.place, spot.other or spot.place))
        for track in tracks_:
            if spot.source.startswith(f"{track.source},"):
                gap_km = min(gap_km, min(km(claimed, p.place) for p in track.points))
        near = gap_km <= max(radius_km, APART_KM)
        text = f"{spot.source} lies {gap_km:.1f} km from the claimed place"
        said.append(Finding("agreement" if near else "contradiction", "claimed-place", text, (spot.source,)))
    return said


def _text(place: Place) -> str:
    return f"{place.lat_deg:.5f},{place.lon_deg:.5f}"


def gpx(tracks_: Sequence[Track], *, digest: str, name: str) -> str:
    """GPX 1.1. Times are written only for a GPS clock in UTC; a local clock without zone would lie here."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="noonmark" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata><name>{escape(name)}</name>",
        f"<desc>stated by the file with SHA-256 {digest}; a claim</desc></metadata>",
    ]
    for track in tracks_:
        lines.append(f"<trk><name>{escape(track.source)}</name><trkseg>")
        for point, moment in zip(track.points, times(track), strict=True):
            inner = f"<ele>{point.altitude_m:.2f}</ele>" if point.altitude_m is not None else ""
            inner += f"<time>{moment}</time>" if moment else ""
            lines.append(f'<trkpt lat="{point.place.lat_deg:.7f}" lon="{point.place.lon_deg:.7f}">{inner}</trkpt>')
        lines.append("</trkseg></trk>")
    return "\n".join([*lines, "</gpx>", ""])


def geojson(tracks_: Sequence[Track], *, digest: str) -> dict[str, Any]:
    """One LineString for each track (longitude first, as GeoJSON has it), or a Point for a single fix."""
    features = []
    for track in tracks_:
        line = [
            [p.place.lon_deg, p.place.lat_deg, *([p.altitude_m] if p.altitude_m is not None else [])]
            for p in track.points
        ]
        shape = (
            {"type": "LineString", "coordinates": line} if len(line) > 1 else {"type": "Point", "coordinates": line[0]}
        )
        features.append(
            {
                "type": "Feature",
                "geometry": shape,
                "properties": {
                    "source": track.source,
                    "clock": track.frame,
                    "order_known": track.order_known,
                    "times": times(track) if track.frame == "UTC" else [p.clock for p in track.points],
                    "sha256": digest,
                    "status": "claim",
                },
            }
        )
    return {"type": "FeatureCollection", "features": features}


def times(track: Track) -> list[str | None]:
    """The UTC of each point: its own clock, or the last one plus the time that passed in the recording."""
    if track.frame != "UTC":
        return [None] * len(track.points)
    said: list[str | None] = []
    last = None
    for point in track.points:
        parsed = parse(point.clock) if point.clock else None
        if parsed is not None:
            last = (parsed[0], point.offset_s)
        if last is None or point.offset_s is None or last[1] is None:
            said.append(None)
            continue
        wall = last[0] + timedelta(seconds=point.offset_s - last[1])
        said.append(rfc3339(wall.replace(tzinfo=UTC)))
    return said
