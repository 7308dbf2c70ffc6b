"""What footage says of itself, for the doors: the media room's findings, checked against the world's time zones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError
from noonmark.values import Place, now, rfc3339

if TYPE_CHECKING:
    from noonmark.media.clocks import Clock
    from noonmark.media.disagree import Finding
    from noonmark.media.probe import Probe


def probe(
    path: Path,
    *,
    claimed: Place | None = None,
    claimed_radius_km: float = 0.0,
    gpx: Path | None = None,
    geojson: Path | None = None,
) -> dict[str, Any]:
    """Everything a photo, video or telemetry file states, as the JSON answer of ``noonmark probe``.

    ``claimed`` is a place to compare its own with; ``gpx`` and ``geojson`` are new files for its tracks.
    """
    from noonmark.media import placing
    from noonmark.media.probe import probe as read

    for target in (gpx, geojson):
        if target is not None and target.exists():
            raise InputError(f"{target}: already exists", code="output-exists", hint="choose another name")
    found = read(path, now=now(), claimed=claimed, claimed_radius_km=claimed_radius_km)
    if (gpx or geojson) and not found.tracks:
        raise InputError(
            f"{found.name} holds no track of positions", code="no-track", hint="leave --gpx and --geojson out"
        )
    if gpx is not None:
        gpx.write_text(placing.gpx(found.tracks, digest=found.sha256, name=found.name), encoding="utf-8")
    if geojson is not None:
        text = json.dumps(placing.geojson(found.tracks, digest=found.sha256), indent=1)
        geojson.write_text(text + "\n", encoding="utf-8")
    return _answer(found, _zone_findings(found))


def _zone_findings(found: Probe) -> list[Finding]:
    """Whether the offset that a clock states or implies was in use at the stated place on that day."""
    from noonmark.media.clocks import offset_text
    from noonmark.media.disagree import Finding

    place = next((spot for spot in found.spots if spot.other is None), None)
    if place is None:
        return []
    said = []
    for clock, offset_min in _offsets(found.clocks):
        in_use = _in_use(place.place, clock, offset_min)
        if not in_use or offset_min in in_use:
            continue
        zones = ", ".join(f"{offset_text(minutes)} ({name})" for minutes, name in in_use.items())
        text = (
            f"{clock.source} stood at {offset_text(offset_min)}, but at the place of {place.source}"
            f" ({place.place.lat_deg:.4f},{place.place.lon_deg:.4f}) clocks showed {zones} on that day"
        )
        said.append(Finding("contradiction", "zone-of-another-place", text, (clock.source, place.source)))
    return said


def _offsets(clocks: Sequence[Clock]) -> list[tuple[Clock, int]]:
    """The offset of each clock of the moment: as stated, or as the GPS clock of the same file implies it."""
    gps = next((c for c in clocks if c.role == "gps" and c.utc is not None), None)
    found = []
    for clock in clocks:
        if clock.role not in ("taken", "subtitle", "container") or clock.wall is None or clock.whole_day:
            continue
        if clock.frame == "offset" and clock.offset_min is not None:
            found.append((clock, clock.offset_min))
        elif gps is not None and gps.utc is not None and clock.frame in ("local", "unclear"):
            lead_s = (clock.wall - gps.utc.replace(tzinfo=None)).total_seconds()
            steps = round(lead_s / 900)
            if abs(lead_s - 900 * steps) <= 120 and -48 <= steps <= 56 and (steps or clock.frame == "local"):
                found.append((clock, 15 * steps))
    return found


def _in_use(place: Place, clock: Clock, offset_min: int) -> dict[int, str]:
    """The offsets, in minutes, that were in use at a place at the instant that the clock would mean."""
    from datetime import UTC
    from zoneinfo import ZoneInfo

    from noonmark.world.zones import zones_at

    assert clock.wall is not None
    instant = (clock.wall - timedelta(minutes=offset_min)).replace(tzinfo=UTC)
    found: dict[int, str] = {}
    for name in zones_at(place.lat_deg, place.lon_deg):
        offset = instant.astimezone(ZoneInfo(name)).utcoffset()
        if offset is not None:
            found.setdefault(round(offset.total_seconds() / 60), name)
    return found


def _answer(found: Probe, more: list[Finding]) -> dict[str, Any]:
    from noonmark.media.probe import suggested_clues

    findings = sorted((*found.findings, *more), key=lambda finding: finding.kind != "contradiction")
    return {
        "ok": True,
        "name": found.name,
        "sha256": found.sha256,
        "size_bytes": found.size_bytes,
        "container": found.container,
        "facts": dict(found.facts),
        "device": dict(found.device),
        "traces": found.traces,
        "clocks": [_clock(clock) for clock in found.clocks],
        "places": [
            {
                "source": spot.source,
                "lat_deg": spot.place.lat_deg,
                "lon_deg": spot.place.lon_deg,
                "altitude_m": spot.altitude_m,
                "other_reading": vars(spot.other) if spot.other else None,
                "status": "claim",
            }
            for spot in found.spots
        ],
        "tracks": [
            {
                "source": track.source,
                "clock": track.frame,
                "order_known": track.order_known,
                "points": len(track.points),
                "length_km": round(track.length_km, 4),
            }
            for track in found.tracks
        ],
        "findings": [vars(finding) for finding in findings],
        "lens": dict(found.lens),
        "clues": suggested_clues(found),
        "unread": found.problems,
        "readers": found.readers,
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "source": clock.source,
        "reader": clock.reader,
        "text": clock.text,
        "role": clock.role,
        "frame": clock.frame,
        "meaning": clock.meaning,
        "utc": rfc3339(clock.utc) if clock.utc and clock.frame != "unclear" else None,
        "offset_min": clock.offset_min if clock.frame == "offset" else None,
        "status": "claim",
    }
