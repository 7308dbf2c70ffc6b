"""What footage says of itself, for the doors: the media room's findings, checked against the world's time zones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.bench import derive
from noonmark.bench.derive import Made
from noonmark.errors import InputError, NoonmarkError
from noonmark.values import Place, now, rfc3339, utc

if TYPE_CHECKING:
    from noonmark.media.clocks import Clock
    from noonmark.media.disagree import Finding
    from noonmark.media.frames import Reel
    from noonmark.media.probe import Probe


def probe(
    path: Path,
    *,
    claimed: Place | None = None,
    claimed_radius_km: float = 0.0,
    gpx: Path | None = None,
    geojson: Path | None = None,
    case: Path | None = None,
    by: str = derive.DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Everything a photo, video or telemetry file states, as the JSON answer of ``noonmark probe``.

    ``claimed`` is a place to compare its own with; ``gpx`` and ``geojson`` are new files for its tracks. For an item
    of a case the answer is kept there as a report derived from it.
    """
    from noonmark.media import placing
    from noonmark.media.probe import probe as read

    for target in (gpx, geojson):
        if target is not None and target.exists():
            raise InputError(f"{target}: already exists", code="output-exists", hint="choose another name")
    asked = {"near": f"{claimed.lat_deg},{claimed.lon_deg}", "near_radius_km": claimed_radius_km} if claimed else {}
    held = derive.item_of(path, case=case, by=by, command="probe", parameters=asked)
    origin = derive.origin_of(path)
    found = read(path, now=now(), claimed=claimed, claimed_radius_km=claimed_radius_km, origin=origin)
    if (gpx or geojson) and not found.tracks:
        raise InputError(
            f"{found.name} holds no track of positions", code="no-track", hint="leave --gpx and --geojson out"
        )
    if gpx is not None:
        gpx.write_text(placing.gpx(found.tracks, digest=found.sha256, name=found.name), encoding="utf-8")
    if geojson is not None:
        text = json.dumps(placing.geojson(found.tracks, digest=found.sha256), indent=1)
        geojson.write_text(text + "\n", encoding="utf-8")
    answer = _answer(found, _zone_findings(found))
    made = [Made(f, f"{found.sha256[:16]}{f.suffix}", "extract") for f in (gpx, geojson) if f is not None]
    return answer | derive.log_derivation(
        held, [derive.report("probe", answer), *made], means=derive.means(*found.readers[1:], "pillow")
    )


def read_probe(path: Path) -> dict[str, Any]:
    """What a file states of itself, as JSON; nothing is logged, because who asks only looks."""
    from noonmark.media.probe import probe as read

    found = read(path, now=now(), origin=derive.origin_of(path))
    return _answer(found, _zone_findings(found))


def frames(
    path: Path,
    out: Path,
    *,
    at_s: Sequence[float] = (),
    numbers: Sequence[int] = (),
    every_s: float = 5.0,
    pan_s: tuple[float, float] | None = None,
    force: bool = False,
    case: Path | None = None,
    by: str = derive.DEFAULT_ACTOR,
) -> dict[str, Any]:
    """A folder of frames as PNG, each tied to the digest of the film: the answer of ``noonmark frames``.

    The frames at ``at_s`` and with ``numbers``; where neither is given, the sharpest of every ``every_s`` within each
    shot. Beside them ``times.csv`` (every frame's exact time), ``sheet.png`` and, with ``pan_s``, ``panorama.png``.
    For an item of a case all of it is kept there too, as derived from it.
    """
    from noonmark.media import frames as film
    from noonmark.media.probe import digest
    from noonmark.report.outdir import check_free, new_folder

    check_free(out, force=force)
    if not 0.0 < every_s < 1e6:
        raise InputError(f"expected seconds above 0, got {every_s:g}", code="bad-step", hint="--every 5")
    asked = {"at_s": list(at_s), "numbers": list(numbers), "every_s": every_s, "pan_s": list(pan_s) if pan_s else None}
    held = derive.item_of(path, case=case, by=by, command="frames", parameters=asked)
    reel = film.scan(path)
    chosen = sorted({*(film.at_time(reel, t) for t in at_s), *numbers}) or film.sharpest(reel, every_s=every_s)
    sha256 = digest(path)
    start = _satellite_start(path)
    rows = []
    with new_folder(out, force=force) as folder:
        files = {number: folder / f"frame-{number:06d}.png" for number in chosen}
        ties = {number: _ties(sha256, number, float(reel.times_s[number])) for number in chosen}
        for number in film.save(path, reel, files, ties):
            time_s = float(reel.times_s[number])
            moment = rfc3339(start + timedelta(seconds=time_s)) if start else None
            sharp = round(float(reel.sharp[number]), 1)
            shot = sum(cut <= number for cut in reel.cuts)
            row = {"file": files[number].name, "number": number, "time_s": round(time_s, 6), "shot": shot}
            rows.append(row | {"sharpness": sharp, "utc_claimed": moment})
        _sheet(folder, path, reel, chosen, sha256)
        _times(folder, reel)
        pan = _panorama(folder, path, reel, pan_s, sha256) if pan_s else None
        answer = _reel_answer(path, sha256, reel) | {"frames": rows, "panorama": pan, "folder": str(out)}
        (folder / "frames.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    means = derive.means("av", *(["opencv-python-headless"] if pan else []))
    return answer | derive.log_derivation(held, _derived(out, answer), means=means)


def _derived(out: Path, answer: Mapping[str, Any]) -> list[Made]:
    """The files of a folder of frames, as what they are to the film."""
    stem = str(answer["sha256"])[:16]
    made = [
        Made(out / row["file"], f"{stem}-{row['file']}", "frame", {"number": row["number"], "time_s": row["time_s"]})
        for row in answer["frames"]
    ]
    pan = answer["panorama"]
    if pan:
        made.append(Made(out / pan["file"], f"{stem}-{pan['file']}", "extract", {"frames_used": pan["used"]}))
    made.append(Made(out / "sheet.png", f"{stem}-sheet.png", "extract"))
    return [*made, *(Made(out / n, f"{stem}-{n}", "extract", role="report") for n in ("times.csv", "frames.json"))]


def _ties(sha256: str, number: int, time_s: float) -> dict[str, str]:
    from noonmark import __version__

    return {
        "Source-SHA256": sha256,
        "Frame-Number": str(number),
        "Presentation-Time-s": f"{time_s:.6f}",
        "Software": f"noonmark {__version__}",
    }


def _reel_answer(path: Path, sha256: str, reel: Reel) -> dict[str, Any]:
    notes = [f"{reel.lost} packets could not be decoded and were left out"] if reel.lost else []
    notes += [f"{reel.untimed} frames state no time; theirs was counted from the rate"] if reel.untimed else []
    notes += ["frames come at uneven times: a frame number says nothing about time"] if reel.variable else []
    return {
        "ok": True,
        "name": path.name,
        "sha256": sha256,
        "frame_count": len(reel.times_s),
        "first_s": float(reel.times_s[0]),
        "last_s": float(reel.times_s[-1]),
        "variable_rate": reel.variable,
        "width_px": reel.width_px,
        "height_px": reel.height_px,
        "turned_deg": reel.turned_deg,
        "shots": [{"first": first, "end": end, "from_s": float(reel.times_s[first])} for first, end in reel.shots],
        "notes": notes,
    }


def _sheet(folder: Path, path: Path, reel: Reel, chosen: Sequence[int], sha256: str) -> None:
    from noonmark.media import frames as film
    from noonmark.media import png, sheet

    few = list(chosen)[:: max(1, -(-len(chosen) // 60))]
    small = [(f.rgb, f"{f.number}   {f.time_s:.3f} s") for f in film.take(path, reel, few, longest_px=320)]
    png.write(folder / "sheet.png", sheet.compose(small), {"Source-SHA256": sha256})


def _times(folder: Path, reel: Reel) -> None:
    shot = 0
    cuts = set(reel.cuts)
    with (folder / "times.csv").open("w", encoding="utf-8") as out:
        out.write("number,time_s,key_frame,shot,sharpness\n")
        for i, time_s in enumerate(reel.times_s):
            shot += i in cuts
            out.write(f"{i},{time_s:.6f},{int(reel.key[i])},{shot},{reel.sharp[i]:.1f}\n")


def _panorama(folder: Path, path: Path, reel: Reel, pan_s: tuple[float, float], sha256: str) -> dict[str, Any]:
    from noonmark.media import frames as film
    from noonmark.media import png

    pan = film.panorama(path, reel, from_s=pan_s[0], to_s=pan_s[1])
    frames_ = " ".join(map(str, pan.used))
    png.write(folder / "panorama.png", pan.rgb, {"Source-SHA256": sha256, "Frames": frames_})
    height, width = pan.rgb.shape[:2]
    return {"file": "panorama.png", "width_px": width, "height_px": height, "used": pan.used, "offered": pan.offered}


def _satellite_start(path: Path) -> datetime | None:
    """The UTC of time 0 of the film by its own GPS clock, where it holds one."""
    from noonmark.media.probe import probe as read

    try:
        found = read(path, now=now(), use_exiftool=False)
    except NoonmarkError:
        return None
    for track in found.tracks:
        point = next((p for p in track.points if p.clock and p.offset_s is not None), None)
        if track.frame == "UTC" and point is not None and point.clock and point.offset_s is not None:
            return utc(f"{point.clock}Z") - timedelta(seconds=point.offset_s)
    return None


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
