"""Tracks as files that other programs read: GPX and GeoJSON, with what their clocks are worth."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any
from xml.sax.saxutils import escape

from noonmark.media.stated_places import StatedTrack, TrackPoint, Tracks
from noonmark.media.stated_times import parse
from noonmark.values import rfc3339


def gpx(tracks_: Tracks, *, digest: str, name: str) -> str:
    """The tracks as GPX 1.1, with the digest of the file that states them.

    Times are written only for a GPS clock in UTC: a local clock without zone would lie here.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="noonmark" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata><name>{escape(name)}</name>",
        f"<desc>stated by the file with SHA-256 {digest}; a claim</desc></metadata>",
    ]
    for track in tracks_:
        lines.append(f"<trk><name>{escape(track.source)}</name><trkseg>")
        for point, moment in zip(track.points, times(track), strict=True):
            lines.append(_gpx_point(point, moment))
        lines.append("</trkseg></trk>")
    return "\n".join([*lines, "</gpx>", ""])


def _gpx_point(point: TrackPoint, moment: str | None) -> str:
    """One ``trkpt``, with its altitude and its time where they are known."""
    inner = ""
    if point.altitude_m is not None:
        inner += f"<ele>{point.altitude_m:.2f}</ele>"
    if moment:
        inner += f"<time>{moment}</time>"
    place = f'lat="{point.place.lat_deg:.7f}" lon="{point.place.lon_deg:.7f}"'
    return f"<trkpt {place}>{inner}</trkpt>"


def geojson(tracks_: Tracks, *, digest: str) -> dict[str, Any]:
    """The tracks as GeoJSON, longitude first: a LineString each, or a Point for a single fix."""
    features = [_feature(track, digest) for track in tracks_]
    return {"type": "FeatureCollection", "features": features}


def _feature(track: StatedTrack, digest: str) -> dict[str, Any]:
    """One track as a feature, with what its clock is worth and the file that it comes from."""
    line = [_position(point) for point in track.points]
    if len(line) > 1:
        shape: dict[str, Any] = {"type": "LineString", "coordinates": line}
    else:
        shape = {"type": "Point", "coordinates": line[0]}
    in_utc = track.frame == "UTC"
    return {
        "type": "Feature",
        "geometry": shape,
        "properties": {
            "source": track.source,
            "clock": track.frame,
            "order_known": track.order_known,
            "times": times(track) if in_utc else [point.clock for point in track.points],
            "sha256": digest,
            "status": "claim",
        },
    }


def _position(point: TrackPoint) -> list[float]:
    """Longitude, latitude, and altitude where it is known."""
    position = [point.place.lon_deg, point.place.lat_deg]
    if point.altitude_m is not None:
        position.append(point.altitude_m)
    return position


def times(track: StatedTrack) -> list[str | None]:
    """The UTC of each point: its own clock, or the last one and the time that passed since then.

    None where neither is known.
    """
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
