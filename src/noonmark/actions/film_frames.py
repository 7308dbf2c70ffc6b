"""Frames of a film or photo: a folder of PNG, exact times, a contact sheet, a panorama."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import case_items
from noonmark.actions.case_items import Made
from noonmark.errors import InputError, NoonmarkError
from noonmark.values import now, rfc3339, utc

if TYPE_CHECKING:
    from noonmark.media.frames import Reel


_EVERY_S = 5.0


def frames(
    path: Path,
    out: Path,
    *,
    at_s: Sequence[float] = (),
    numbers: Sequence[int] = (),
    every_s: float | None = None,
    pan_s: tuple[float, float] | None = None,
    force: bool = False,
    case: Path | None = None,
    by: str = case_items.DEFAULT_ACTOR,
) -> dict[str, Any]:
    """A folder of frames as PNG, each tied to the digest of the film, as ``noonmark frames`` says.

    The frames at ``at_s`` [s] and with ``numbers``; where neither is given, the sharpest of every
    ``every_s`` [s] within each shot: 5 s, and of an animated picture each frame. Beside them
    ``times.csv`` (every frame's exact time), ``sheet.png`` and, with ``pan_s``, ``panorama.png``.
    For an item of a case all of it is kept there too, as derived from it.
    """
    from noonmark.media import frames as film
    from noonmark.media.probe import digest
    from noonmark.report.output_folder import check_free, new_folder

    check_free(out, force=force)
    step_s = _EVERY_S if every_s is None else every_s
    _refuse_step(step_s)
    asked = {"at_s": list(at_s), "numbers": list(numbers), "every_s": step_s}
    asked |= {"pan_s": list(pan_s) if pan_s else None}
    held = case_items.item_of(path, case=case, by=by, command="frames", parameters=asked)
    reel = film.scan(path)
    chosen = _chosen(reel, at_s, numbers, every_s)
    sha256 = digest(path)
    with new_folder(out, force=force) as folder:
        rows = _save(folder, path, reel, chosen, sha256)
        _sheet(folder, path, reel, chosen, sha256)
        _times(folder, reel)
        panorama = _panorama(folder, path, reel, pan_s, sha256) if pan_s else None
        made = {"frames": rows, "panorama": panorama, "folder": str(out)}
        answer = _reel_answer(path, sha256, reel) | made
        (folder / "frames.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    return answer | _logged(held, answer, out)


def _chosen(
    reel: Reel, at_s: Sequence[float], numbers: Sequence[int], every_s: float | None
) -> list[int]:
    """The frames named by time or number; else of an animation all, of a film the sharpest."""
    from noonmark.media import frames as film

    named = {*(film.at_time(reel, time_s) for time_s in at_s), *numbers}
    if named:
        return sorted(named)
    if reel.animation and every_s is None:
        return list(range(len(reel.times_s)))
    return film.sharpest(reel, every_s=_EVERY_S if every_s is None else every_s)


def _logged(held: case_items.Held | None, answer: Mapping[str, Any], out: Path) -> dict[str, Any]:
    """Keep the folder in the case, where the film is an item of one."""
    tools = ("av", "opencv-python-headless") if answer["panorama"] else ("av",)
    return case_items.log_derivation(held, _derived(out, answer), means=case_items.means(*tools))


def _refuse_step(every_s: float) -> None:
    if not 0.0 < every_s < 1e6:
        raise InputError(
            f"expected seconds above 0, got {every_s:g}", code="bad-step", hint="--every 5"
        )


def _save(
    folder: Path, path: Path, reel: Reel, chosen: Sequence[int], sha256: str
) -> list[dict[str, Any]]:
    """Write the chosen frames as PNG; a row about each that could be decoded."""
    from noonmark.media import frames as film

    files = {number: folder / f"frame-{number:06d}.png" for number in chosen}
    ties = {number: _ties(sha256, number, float(reel.times_s[number])) for number in chosen}
    start = _satellite_start(path)
    rows = []
    for number in film.save(path, reel, files, ties):
        time_s = float(reel.times_s[number])
        rows.append(
            {
                "file": files[number].name,
                "number": number,
                "time_s": round(time_s, 6),
                "shot": sum(cut <= number for cut in reel.cuts),
                "sharpness": round(float(reel.sharp[number]), 1),
                "utc_claimed": rfc3339(start + timedelta(seconds=time_s)) if start else None,
            }
        )
    return rows


def _derived(out: Path, answer: Mapping[str, Any]) -> list[Made]:
    """The files of a folder of frames, as what they are to the film."""
    stem = str(answer["sha256"])[:16]
    made = []
    for row in answer["frames"]:
        about = {"number": row["number"], "time_s": row["time_s"]}
        made.append(Made(out / row["file"], f"{stem}-{row['file']}", "frame", about))
    pan = answer["panorama"]
    if pan:
        used = {"frames_used": pan["used"]}
        made.append(Made(out / pan["file"], f"{stem}-{pan['file']}", "extract", used))
    made.append(Made(out / "sheet.png", f"{stem}-sheet.png", "extract"))
    for name in ("times.csv", "frames.json"):
        made.append(Made(out / name, f"{stem}-{name}", "extract", role="report"))
    return made


def _ties(sha256: str, number: int, time_s: float) -> dict[str, str]:
    from noonmark import __version__

    return {
        "Source-SHA256": sha256,
        "Frame-Number": str(number),
        "Presentation-Time-s": f"{time_s:.6f}",
        "Software": f"noonmark {__version__}",
    }


def _reel_answer(path: Path, sha256: str, reel: Reel) -> dict[str, Any]:
    notes = []
    if reel.animation:
        said = (
            "an animated picture: each frame's time is the sum of what the file lets those before"
        )
        notes.append(f"{said} it stand")
    if reel.animation and not reel.forward:
        notes.append("it lets a frame stand for no time; programs choose how long they show it")
    if reel.lost and reel.animation:
        notes.append("reading it ended at a broken frame; those after it are left out")
    elif reel.lost:
        notes.append(f"{reel.lost} packets could not be decoded and were left out")
    if reel.untimed:
        notes.append(f"{reel.untimed} frames state no time; theirs was counted from the rate")
    if reel.variable:
        notes.append("frames come at uneven times: a frame number says nothing about time")
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
        "shots": [
            {"first": first, "end": end, "from_s": float(reel.times_s[first])}
            for first, end in reel.shots
        ],
        "notes": notes,
    }


def _sheet(folder: Path, path: Path, reel: Reel, chosen: Sequence[int], sha256: str) -> None:
    from noonmark.media import contact_sheet
    from noonmark.media import frames as film
    from noonmark.sandbox import png

    few = list(chosen)[:: max(1, -(-len(chosen) // 60))]
    small = [
        (f.rgb, f"{f.number}   {f.time_s:.3f} s")
        for f in film.take(path, reel, few, longest_px=320)
    ]
    png.write(folder / "sheet.png", contact_sheet.compose(small), {"Source-SHA256": sha256})


def _times(folder: Path, reel: Reel) -> None:
    shot = 0
    cuts = set(reel.cuts)
    with (folder / "times.csv").open("w", encoding="utf-8") as out:
        out.write("number,time_s,key_frame,shot,sharpness\n")
        for i, time_s in enumerate(reel.times_s):
            shot += i in cuts
            out.write(f"{i},{time_s:.6f},{int(reel.key[i])},{shot},{reel.sharp[i]:.1f}\n")


def _panorama(
    folder: Path, path: Path, reel: Reel, pan_s: tuple[float, float], sha256: str
) -> dict[str, Any]:
    from noonmark.media import frames as film
    from noonmark.sandbox import png

    pan = film.panorama(path, reel, from_s=pan_s[0], to_s=pan_s[1])
    frames_ = " ".join(map(str, pan.used))
    png.write(folder / "panorama.png", pan.rgb, {"Source-SHA256": sha256, "Frames": frames_})
    height, width = pan.rgb.shape[:2]
    return {
        "file": "panorama.png",
        "width_px": width,
        "height_px": height,
        "used": pan.used,
        "offered": pan.offered,
    }


def _satellite_start(path: Path) -> datetime | None:
    """The UTC of time 0 of the film by its own GPS clock, where it holds one."""
    from noonmark.media.probe import probe as read

    try:
        found = read(path, now=now(), use_exiftool=False)
    except NoonmarkError:
        return None
    for track in found.tracks:
        if track.frame != "UTC":
            continue
        for point in track.points:
            if point.clock and point.offset_s is not None:
                return utc(f"{point.clock}Z") - timedelta(seconds=point.offset_s)
    return None
