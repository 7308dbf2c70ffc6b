"""What footage states of itself, checked against the time zones of the world."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import case_items
from noonmark.actions.case_items import Made
from noonmark.errors import InputError
from noonmark.values import Place, now, rfc3339

if TYPE_CHECKING:
    from noonmark.media.contradictions import Finding
    from noonmark.media.probe import Probe
    from noonmark.media.stated_times import StatedTime


def probe(
    path: str | Path,
    *,
    claimed: Place | None = None,
    claimed_radius_km: float = 0.0,
    gpx: Path | None = None,
    geojson: Path | None = None,
    case: Path | None = None,
    by: str = case_items.DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Everything a photo, video or telemetry file states, as the JSON answer of ``noonmark probe``.

    ``claimed`` is a place to compare its own with; ``gpx`` and ``geojson`` are new files for its
    tracks. For an item of a case the answer is kept there as a report derived from it.
    """
    from noonmark.media.probe import probe as read

    path = Path(path)
    for target in (gpx, geojson):
        if target is not None and target.exists():
            raise InputError(
                f"{target}: already exists", code="output-exists", hint="choose another name"
            )
    asked: dict[str, Any] = {}
    if claimed:
        asked = {
            "near": f"{claimed.lat_deg},{claimed.lon_deg}",
            "near_radius_km": claimed_radius_km,
        }
    held = case_items.item_of(path, case=case, by=by, command="probe", parameters=asked)
    origin = case_items.origin_of(path)
    found = read(
        path, now=now(), claimed=claimed, claimed_radius_km=claimed_radius_km, origin=origin
    )
    made = _write_tracks(found, gpx, geojson)
    answer = _answer(found, _zone_findings(found))
    return answer | case_items.log_derivation(
        held,
        [case_items.report("probe", answer), *made],
        means=case_items.means(*found.readers[1:], "pillow"),
    )


def _write_tracks(found: Probe, gpx: Path | None, geojson: Path | None) -> list[Made]:
    """Write the tracks of positions into the files asked for; what was made, for the log."""
    from noonmark.media import track_files

    if (gpx or geojson) and not found.tracks:
        raise InputError(
            f"{found.name} holds no track of positions",
            code="no-track",
            hint="leave --gpx and --geojson out",
        )
    if gpx is not None:
        text = track_files.gpx(found.tracks, digest=found.sha256, name=found.name)
        gpx.write_text(text, encoding="utf-8")
    if geojson is not None:
        text = json.dumps(track_files.geojson(found.tracks, digest=found.sha256), indent=1)
        geojson.write_text(text + "\n", encoding="utf-8")
    written = [file for file in (gpx, geojson) if file is not None]
    return [Made(file, f"{found.sha256[:16]}{file.suffix}", "extract") for file in written]


def read_probe(path: Path) -> dict[str, Any]:
    """What a file states of itself, as JSON; nothing is logged, because who asks only looks."""
    from noonmark.media.probe import probe as read

    found = read(path, now=now(), origin=case_items.origin_of(path))
    return _answer(found, _zone_findings(found))


def _zone_findings(found: Probe) -> list[Finding]:
    """Whether the offset that a clock states or implies was in use at the stated place that day."""
    from noonmark.media.contradictions import Finding
    from noonmark.media.stated_times import offset_text

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
            f" ({place.place.lat_deg:.4f},{place.place.lon_deg:.4f}) clocks showed {zones} on "
            "that day"
        )
        said.append(
            Finding("contradiction", "zone-of-another-place", text, (clock.source, place.source))
        )
    return said


def _offsets(clocks: Sequence[StatedTime]) -> list[tuple[StatedTime, int]]:
    """The offset from UTC [min] of each clock of the moment: stated, or by the GPS clock."""
    gps_utc = next((c.utc for c in clocks if c.role == "gps" and c.utc is not None), None)
    found = []
    for clock in clocks:
        offset_min = _offset_min(clock, gps_utc)
        if offset_min is not None:
            found.append((clock, offset_min))
    return found


def _offset_min(clock: StatedTime, gps_utc: datetime | None) -> int | None:
    if clock.role not in ("taken", "subtitle", "container") or clock.whole_day:
        return None
    if clock.wall is None:
        return None
    if clock.frame == "offset" and clock.offset_min is not None:
        return clock.offset_min
    if gps_utc is None or clock.frame not in ("local", "unclear"):
        return None
    lead_s = (clock.wall - gps_utc.replace(tzinfo=None)).total_seconds()
    quarters = round(lead_s / 900)
    if abs(lead_s - 900 * quarters) > 120 or not -48 <= quarters <= 56:
        return None
    # A clock of unclear meaning that agrees with the satellites tells of no offset.
    return 15 * quarters if quarters or clock.frame == "local" else None


def _in_use(place: Place, clock: StatedTime, offset_min: int) -> dict[int, str]:
    """The offsets, in minutes, that were in use at a place at the instant that the clock would
    mean.
    """
    from datetime import UTC

    from noonmark.values import unix_s
    from noonmark.world.offsets import place_offsets_s
    from noonmark.world.zones import zones_at

    assert clock.wall is not None
    instant = (clock.wall - timedelta(minutes=offset_min)).replace(tzinfo=UTC)
    found: dict[int, str] = {}
    for name in zones_at(place.lat_deg, place.lon_deg):
        offset_s = float(place_offsets_s(name, place.lon_deg, unix_s(instant)))
        found.setdefault(round(offset_s / 60), name)
    return found


def _answer(found: Probe, more: list[Finding]) -> dict[str, Any]:
    from noonmark.media.suggested_clues import suggested_clues

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
        "directions": [vars(one) | {"status": "claim"} for one in found.directions],
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
        "live_photo": vars(found.live_photo) if found.live_photo else None,
        "clues": suggested_clues(found.clocks),
        "unread": found.problems,
        "readers": found.readers,
    }


def _clock(clock: StatedTime) -> dict[str, Any]:
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
