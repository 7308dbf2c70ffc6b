"""Every place and track that a file states, and how they fit each other or a claimed place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from noonmark.constants import EARTH_MEAN_RADIUS_KM
from noonmark.media.contradictions import Finding
from noonmark.media.own_reader import Facts, Fields, StatedField
from noonmark.values import Place

_ISO6709 = re.compile(r"([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?")
_XMP_DEGREES = re.compile(
    r"([+-]?\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?(?:,(\d+(?:\.\d+)?))?\s*([NSEW]?)$"
)
_COLUMNS = ("offset_s", "clock", "lat_deg", "lon_deg", "altitude_m")
_Pair = tuple[float | None, float | None]
SAME_KM = 0.02
"""Two readers give one place with other roundings."""
APART_KM = 1.0
"""Two places of one recording that are farther apart than this contradict each other."""


@dataclass(frozen=True)
class StatedPlace:
    """One stated place.

    ``other`` is the second reading where the file does not say which number is the latitude.
    """

    source: str
    place: Place
    altitude_m: float | None = None
    other: Place | None = None


@dataclass(frozen=True)
class TrackPoint:
    """One point of a track: seconds into the recording, the clock's text, the place."""

    offset_s: float | None
    """From the start of the recording; None where nothing ties the two."""
    clock: str | None
    """The device's own clock at this point, as the file has it."""
    place: Place
    altitude_m: float | None
    """As the file has it: above the ellipsoid or the geoid, which few files say."""


@dataclass(frozen=True)
class StatedTrack:
    """Points in the order of the file. ``frame``: "UTC" or "local without zone"."""

    source: str
    frame: str
    order_known: bool
    """Whether the file says which of its two numbers is the latitude."""
    points: tuple[TrackPoint, ...]

    @property
    def length_km(self) -> float:
        """How far it runs, summed over its points, in km."""
        return sum(km(a.place, b.place) for a, b in zip(self.points, self.points[1:], strict=False))


def km(a: Place, b: Place) -> float:
    """Great-circle distance on the mean sphere, in km; 0.3 % from the ellipsoid at worst."""
    la, lb = math.radians(a.lat_deg), math.radians(b.lat_deg)
    dlat, dlon = lb - la, math.radians(b.lon_deg - a.lon_deg)
    h = math.sin(dlat / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(dlon / 2) ** 2
    return 2 * EARTH_MEAN_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def tracks(raw: Sequence[Mapping[str, Any]]) -> list[StatedTrack]:
    """The tracks that the readers handed back; points off the globe are left out."""
    found = []
    for track in raw:
        columns = (track[name] for name in _COLUMNS)
        points = []
        for offset_s, clock, lat, lon, altitude_m in zip(*columns, strict=True):
            if _on_globe(lat, lon):
                points.append(TrackPoint(offset_s, clock, Place(lat, lon), altitude_m))
        if points:
            source, frame = str(track["source"]), str(track["frame"])
            found.append(StatedTrack(source, frame, bool(track["order_known"]), tuple(points)))
    return found


Tracks: TypeAlias = Sequence[StatedTrack]


@dataclass(frozen=True)
class PlaceList:
    """The places that were stated, and a warning for each that can't be one."""

    places: list[StatedPlace]
    warnings: list[Finding]

    def keep(self, source: str, pair: _Pair | None, altitude_m: float | None) -> None:
        """Add a stated pair of degrees, latitude first; None where it could not be read."""
        lat, lon = pair or (None, None)
        if lat is None or lon is None or not _on_globe(lat, lon):
            self._warn("place-unreadable", source, "states a place that is not on the globe")
        elif (lat, lon) == (0.0, 0.0):
            # where a receiver without a fix says that it is
            what = "states 0,0: there was no fix; it is not a place in the Gulf of Guinea"
            self._warn("place-nought", source, what)
        else:
            self.places.append(StatedPlace(source, Place(lat, lon), altitude_m))

    def keep_new(self, source: str, lat_deg: float, lon_deg: float) -> None:
        """Add a place of a second reader, unless the first has read the same."""
        if not _on_globe(lat_deg, lon_deg):
            return
        for spot in self.places:
            if any(km(place, Place(lat_deg, lon_deg)) < SAME_KM for place in _readings(spot)):
                return
        self.keep(source, (lat_deg, lon_deg), None)

    def _warn(self, code: str, source: str, what: str) -> None:
        self.warnings.append(
            Finding(
                kind="warning",
                code=code,
                message=f"{source} {what}",
                about=(source,),
            )
        )


def places_of(
    fields: Fields,
    tracks_: Tracks,
    *,
    more: Sequence[tuple[str, float, float]] = (),
) -> PlaceList:
    """Every stated place, and the first point of each track.

    In this order: EXIF, the container's own fields as they come, XMP, tracks, then what a second
    reader alone has: ``more``, with source, latitude and longitude. A place that is not
    on the globe, or is 0,0, becomes a warning.
    """
    found = PlaceList([], [])
    _keep_exif(fields, found)
    for field in fields:
        _keep_container(field, found)
    _keep_xmp(fields, found)
    for track in tracks_:
        first = track.points[0]
        source = f"{track.source}, first point"
        swapped = None
        if not track.order_known:
            swapped = Place(first.place.lon_deg, first.place.lat_deg)
        found.places.append(StatedPlace(source, first.place, first.altitude_m, swapped))
    for source, lat_deg, lon_deg in more:
        found.keep_new(source, lat_deg, lon_deg)
    return found


def _keep_exif(fields: Fields, found: PlaceList) -> None:
    """The GPS directory of EXIF, or what a camcorder wrote in its form."""
    gps = {f.name: f.value for f in fields if f.part.endswith(" GPS")}
    if {"GPSLatitude", "GPSLongitude"} <= set(gps):
        avchd = any(field.part == "AVCHD GPS" for field in fields)
        pair = (_exif_degrees(gps, "GPSLatitude", "S"), _exif_degrees(gps, "GPSLongitude", "W"))
        found.keep("AVCHD GPS" if avchd else "EXIF GPS", pair, _exif_altitude(gps))


def _keep_container(field: StatedField, found: PlaceList) -> None:
    """A place in the user data, keys or tags of a film: ISO 6709, or the box ``loci`` of 3GPP."""
    part, name, value = field.part, field.name, field.value
    if isinstance(value, str) and _names_iso6709(part, name, value):
        match = _ISO6709.match(value)
        pair = (float(match[1]), float(match[2])) if match else None
        altitude_m = float(match[3]) if match and match[3] else None
        found.keep(f"{part} {name}", pair, altitude_m)
    elif name == "loci" and isinstance(value, list):
        found.keep("MP4 loci", (value[0], value[1]), value[2])


def _names_iso6709(part: str, name: str, value: str) -> bool:
    """Whether a field is one of those that hold a place in the form of ISO 6709."""
    if name == "©xyz" or "location.ISO6709" in name:
        return True
    tagged = part == "Matroska tag" and "LOCATION" in name.upper()
    return tagged and _ISO6709.match(value) is not None


def _keep_xmp(fields: Fields, found: PlaceList) -> None:
    """The GPS fields of an XMP packet, whatever their namespace."""
    xmp: dict[str, str] = {}
    for field in fields:
        if field.part == "XMP" and isinstance(field.value, str):
            xmp[field.name.partition(":")[2].lower()] = field.value
    if {"gpslatitude", "gpslongitude"} <= set(xmp):
        pair = (_xmp_degrees(xmp["gpslatitude"]), _xmp_degrees(xmp["gpslongitude"]))
        found.keep("XMP GPS", pair, None)


def _on_globe(lat: Any, lon: Any) -> bool:
    """Whether both are finite numbers within the degrees of the globe.

    They are those of a stranger's file, so they may be anything.
    """
    for value, most in ((lat, 90), (lon, 180)):
        if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > most:
            return False
    return True


def _exif_degrees(gps: Facts, name: str, negative: str) -> float | None:
    """Degrees from degrees, minutes and seconds; below 0 where the reference is ``negative``."""
    parts = gps.get(name)
    if not isinstance(parts, list) or not parts:
        return None
    if any(not isinstance(part, int | float) for part in parts[:3]):
        return None
    value = float(sum(part / 60**i for i, part in enumerate(parts[:3])))
    reference = str(gps.get(name + "Ref", "")).upper()
    return -value if reference.startswith(negative) else value


def _exif_altitude(gps: Facts) -> float | None:
    """The altitude in m, negative where its reference says below the sea."""
    value = gps.get("GPSAltitude")
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, int | float):
        return None
    below = gps.get("GPSAltitudeRef") in (1, [1], "\x01", "\\x01")
    return -value if below else float(value)


def _xmp_degrees(text: str) -> float | None:
    """``43,28.0469N`` as in the XMP standard, or a plain number as DJI writes it."""
    match = _XMP_DEGREES.match(text.strip())
    if match is None:
        return None
    value = float(match[1]) + float(match[2] or 0) / 60 + float(match[3] or 0) / 3600
    return -value if match[4] in ("S", "W") else value


def of_places(found: Sequence[StatedPlace], tracks_: Tracks) -> list[Finding]:
    """Which places contradict each other, and which tracks leave their order open.

    Each pair of places gives one finding, an agreement or a contradiction.
    """
    said = [_pair_finding(a, b, tracks_) for a, b in combinations(found, 2)]
    for spot in found:
        if spot.other is not None:
            text = (
                f"{spot.source}: {_text(spot.place)} if the longitude comes first,"
                f" as in most DJI models, {_text(spot.other)} if the latitude does;"
                " the file does not say"
            )
            said.append(Finding("warning", "order-unknown", text, (spot.source,)))
    return said


def _pair_finding(a: StatedPlace, b: StatedPlace, tracks_: Tracks) -> Finding:
    """How far two stated places are apart, in the readings that fit best."""
    # an open order has two readings; a contradiction is one in all of them
    gaps_km = [km(p, q) for p in _readings(a) for q in _readings(b)]
    gap_km = min(gaps_km + _gaps_to_track(a, b, tracks_) + _gaps_to_track(b, a, tracks_))
    about = (a.source, b.source)
    if gap_km > APART_KM:
        text = (
            f"{a.source} ({_text(a.place)}) and {b.source} ({_text(b.place)})"
            f" are {gap_km:.1f} km apart"
        )
        return Finding("contradiction", "places-differ", text, about)
    text = f"{a.source} and {b.source} agree to {1000 * gap_km:.0f} m"
    return Finding("agreement", "places-agree", text, about)


def _readings(spot: StatedPlace) -> tuple[Place, ...]:
    """The place, and the one that it is if its numbers stand in the other order."""
    return (spot.place,) if spot.other is None else (spot.place, spot.other)


def _gaps_to_track(spot: StatedPlace, of_track: StatedPlace, tracks_: Tracks) -> list[float]:
    """How near a stated place lies to the track of which the other is the first point, in km.

    It may lie anywhere along the track, not only at its start.
    """
    gaps_km = []
    for track in tracks_:
        if of_track.source.startswith(f"{track.source},"):
            step = max(1, len(track.points) // 2000)
            gaps_km.append(min(km(spot.place, p.place) for p in track.points[::step]))
    return gaps_km


def against(
    claimed: Place, radius_km: float, found: Sequence[StatedPlace], tracks_: Tracks
) -> list[Finding]:
    """How far each stated place and track lies from a claimed one.

    They agree within the radius of the claim, in km, or within 1 km where that is smaller. A track
    counts by its nearest point.
    """
    said = []
    for spot in found:
        gap_km = min(km(claimed, place) for place in _readings(spot))
        for track in tracks_:
            if spot.source.startswith(f"{track.source},"):
                gap_km = min(gap_km, min(km(claimed, p.place) for p in track.points))
        near = gap_km <= max(radius_km, APART_KM)
        kind = "agreement" if near else "contradiction"
        text = f"{spot.source} lies {gap_km:.1f} km from the claimed place"
        said.append(Finding(kind, "claimed-place", text, (spot.source,)))
    return said


def _text(place: Place) -> str:
    """Latitude and longitude to five digits, about a metre."""
    return f"{place.lat_deg:.5f},{place.lon_deg:.5f}"
