"""The sun and the moon along a track: a CSV table, a GPX file, or footage that carries one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.actions.clock_readings import instants_of_text
from noonmark.errors import InputError
from noonmark.questions.input_files import read_bytes
from noonmark.values import Place, unix_s
from noonmark.world.local_time import Reading

LARGEST_BYTES = 50_000_000
MOST_POINTS = 100_000

_COLUMNS = {
    "time": ("time", "utc", "timestamp", "datetime", "date_time", "time_utc"),
    "lat": ("lat", "latitude", "lat_deg"),
    "lon": ("lon", "lng", "long", "longitude", "lon_deg"),
    "altitude": ("altitude_m", "altitude", "alt", "ele", "elevation"),
}
_GPX_POINT = re.compile(
    r"<(?:\w+:)?(trkpt|rtept|wpt)\b(?P<where>[^>]*?)(?:/>|>(?P<inner>.*?)</(?:\w+:)?\1\s*>)", re.S
)
_GPX_TIME = re.compile(r"<(?:\w+:)?time\s*>([^<]{1,64})<")
_GPX_HEIGHT = re.compile(r"<(?:\w+:)?ele\s*>([^<]{1,32})<")


@dataclass(frozen=True)
class TrackedPoint:
    """One point of a track as its file has it; ``time`` is its text, None where it has none."""

    index: int
    time: str | None
    place: Place
    altitude_m: float | None


@dataclass(frozen=True)
class TrackedSky:
    """The sun and the moon over a point at one instant that its time can mean [deg].

    Elevations are as a camera sees them; ``zone`` is whose clock a local time was read by.
    """

    point: TrackedPoint
    reading: Reading
    sun_azimuth_deg: float
    sun_elevation_deg: float
    moon_azimuth_deg: float
    moon_elevation_deg: float


def sky_along(path: Path) -> dict[str, Any]:
    """The sun and the moon along the track of a file, as ``noonmark sun --track --json`` gives it.

    Raises :class:`InputError` (``bad-track``).
    """
    points, order_known = _points(path)
    if not points:
        raise InputError(
            f"{path.name} holds no track",
            code="bad-track",
            hint="a CSV with columns time, lat, lon; GPX; DJI .SRT; or footage with a track",
        )
    timed = [point for point in points if point.time is not None]
    skies = _skies(timed)
    local = any(sky.reading.zone for sky in skies)
    return {
        "ok": True,
        "file": path.name,
        "clock": "local" if local else "utc",
        "order_known": order_known,
        "without_time": len(points) - len(timed),
        "points": [_row(sky) for sky in skies],
    }


def _points(path: Path) -> tuple[list[TrackedPoint], bool]:
    """The points of a file, by what its name says it is; whether it says which number is which."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return list(_csv_points(_text(path))), True
    if suffix == ".gpx":
        return list(_gpx_points(_text(path))), True
    return _footage_points(path)


def _text(path: Path) -> str:
    raw = read_bytes(path, largest=LARGEST_BYTES)
    if len(raw) > LARGEST_BYTES:
        raise InputError(
            f"{path.name}: larger than {LARGEST_BYTES / 1e6:g} MB",
            code="file-too-large",
            hint="cut the track",
        )
    return raw.decode("utf-8-sig", "replace")


def _csv_points(text: str) -> Iterator[TrackedPoint]:
    """The rows of a CSV table with a header."""
    head = text[:2000].partition("\n")[0]
    separator = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    columns = {}
    for what, known in _COLUMNS.items():
        columns[what] = next((names[one] for one in known if one in names), None)
    missing = [what for what in ("time", "lat", "lon") if columns[what] is None]
    if missing:
        raise InputError(
            f"the table has no column {', '.join(missing)}",
            code="bad-track",
            hint="the first line names the columns: time,lat,lon and perhaps altitude_m",
        )
    for number, row in enumerate(rows):
        cells = {what: (row.get(name or "") or "").strip() for what, name in columns.items()}
        yield _point(number, cells, f"row {number + 2}")


def _gpx_points(text: str) -> Iterator[TrackedPoint]:
    """The points of a GPX file, whatever they are called in it."""
    for number, found in enumerate(_GPX_POINT.finditer(text)):
        where = dict(re.findall(r"\b(lat|lon)\s*=\s*[\"']([^\"']*)[\"']", found["where"]))
        inner = found["inner"] or ""
        time, height = _GPX_TIME.search(inner), _GPX_HEIGHT.search(inner)
        cells = {
            "time": time[1].strip() if time else "",
            "lat": where.get("lat", ""),
            "lon": where.get("lon", ""),
            "altitude": height[1] if height else "",
        }
        yield _point(number, cells, f"point {number + 1}")


def _point(number: int, cells: Mapping[str, str], where: str) -> TrackedPoint:
    """A point from the texts of its time, latitude, longitude and altitude."""
    if number >= MOST_POINTS:
        raise InputError(
            f"more than {MOST_POINTS:,} points", code="bad-track", hint="thin the track"
        )
    try:
        place = Place(float(cells["lat"]), float(cells["lon"]))
        altitude = float(cells["altitude"]) if cells["altitude"] else None
    except ValueError:
        raise InputError(
            f"{where}: not a place: {cells['lat']!r}, {cells['lon']!r}, {cells['altitude']!r}",
            code="bad-track",
            hint="degrees with a point, and metres",
        ) from None
    return TrackedPoint(number, cells["time"] or None, place, altitude)


def _footage_points(path: Path) -> tuple[list[TrackedPoint], bool]:
    """The first track that footage or its subtitles carry, read in the sandbox."""
    from noonmark.media.probe import probe
    from noonmark.media.track_files import times
    from noonmark.values import now

    found = probe(path, now=now(), use_exiftool=False)
    for track in found.tracks:
        clocks: Sequence[str | None] = [point.clock for point in track.points]
        if track.frame == "UTC":
            clocks = times(track)
        pairs = enumerate(zip(track.points, clocks, strict=True))
        points = [
            TrackedPoint(number, clock, point.place, point.altitude_m)
            for number, (point, clock) in pairs
        ]
        return points, track.order_known
    return [], True


def _skies(points: Iterable[TrackedPoint]) -> list[TrackedSky]:
    """The sky over each point, for every instant that its time can mean."""
    read = []
    for point in points:
        for reading in instants_of_text(point.time or "", place=point.place):
            read.append((point, reading))
    if not read:
        return []
    from noonmark.geometry.moon import body_topocentric
    from noonmark.geometry.sun import sun_topocentric

    lat_deg = [point.place.lat_deg for point, _ in read]
    lon_deg = [point.place.lon_deg for point, _ in read]
    at_s = [unix_s(reading.instant) for _, reading in read]
    # Altitudes of files are above the geoid or the ellipsoid; for the air they are near enough.
    height_m = [min(max(point.altitude_m or 0.0, -500.0), 20_000.0) for point, _ in read]
    sun = sun_topocentric(lat_deg, lon_deg, at_s, altitude_m=height_m)
    moon = body_topocentric("moon", lat_deg, lon_deg, at_s, altitude_m=height_m)
    found = []
    for k, (point, reading) in enumerate(read):
        sky = TrackedSky(
            point=point,
            reading=reading,
            sun_azimuth_deg=float(sun.azimuth_deg[k]),
            sun_elevation_deg=float(sun.elevation_deg[k]),
            moon_azimuth_deg=float(moon.azimuth_deg[k]),
            moon_elevation_deg=float(moon.elevation_deg[k]),
        )
        found.append(sky)
    return found


def _row(sky: TrackedSky) -> dict[str, Any]:
    """One sky as JSON."""
    place = sky.point.place
    return {
        "index": sky.point.index,
        "utc": sky.reading.instant,
        "zone": sky.reading.zone or None,
        "lat_deg": place.lat_deg,
        "lon_deg": place.lon_deg,
        "altitude_m": sky.point.altitude_m,
        "sun_azimuth_deg": round(sky.sun_azimuth_deg, 4),
        "sun_elevation_deg": round(sky.sun_elevation_deg, 4),
        "moon_azimuth_deg": round(sky.moon_azimuth_deg, 4),
        "moon_elevation_deg": round(sky.moon_elevation_deg, 4),
    }
