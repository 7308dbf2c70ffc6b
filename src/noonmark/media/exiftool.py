"""A second reader: exiftool where it is installed, locked in like everything else. Its word is marked as its own."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from noonmark.errors import OutsideError
from noonmark.media import sandbox, wire
from noonmark.media.clocks import Clock, parse, stated

_ROLES = (("gps", "gps"), ("original", "taken"), ("modify", "modified"), ("metadata", "modified"), ("when", "edited"))
_FILMS = ("application/mxf", "application/vnd.rn-realmedia")
_SKIPPED = {"System", "File", "ExifTool", "Composite", "ICC-header", "ICC_Profile", "SourceFile"}


def present() -> str | None:
    """Where exiftool is, or None."""
    return shutil.which("exiftool", path="/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin")


def tags(path: Path, *, embedded: bool = True) -> dict[str, Any] | None:
    """Every tag as ``Group:Name``, duplicates and embedded telemetry too; None where exiftool is not installed."""
    program = present()
    if program is None:
        return None
    command = [program, "-j", "-n", "-a", "-G1", "-fast1", "-api", "largefilesupport=1"]
    command += ["-ee"] if embedded else []
    limits = sandbox.Limits(output_bytes=32 << 20, cpu_s=_cpu_s(path), wall_s=60)
    raw = sandbox.run_program([*command, "-"], file=path, limits=limits)
    try:
        rows = json.loads(raw.decode("utf-8", "replace"))
        row = rows[0]
    except (ValueError, IndexError, KeyError, RecursionError):
        raise OutsideError("exiftool did not answer in JSON", code="exiftool-garbled") from None
    return {wire.printable(str(key)): _inert(value) for key, value in row.items()} if isinstance(row, dict) else {}


def _cpu_s(path: Path) -> int:
    """What reading a file may take: the telemetry of an hour takes a minute, a small file of endless tables nothing."""
    try:
        return min(60, 8 + (path.stat().st_size >> 23))
    except OSError:
        return 8


def is_media(found: dict[str, Any]) -> bool:
    """Whether exiftool, by the bytes, calls it a picture, a film or sound; it knows letters and programs too."""
    kind = str(found.get("File:MIMEType", ""))
    return kind.startswith(("image/", "video/", "audio/")) or kind in _FILMS


def name(found: dict[str, Any]) -> str:
    """The reader with its version, as its own answer states it: ``exiftool 12.57``."""
    version = found.get("ExifTool:ExifToolVersion")
    return f"exiftool {version:.2f}" if isinstance(version, int | float) else "exiftool"


def _inert(value: Any) -> Any:
    if isinstance(value, str):
        return wire.printable(value[:4096])
    if isinstance(value, list):
        return [_inert(each) for each in value[:1000]]
    return value if isinstance(value, int | float | bool) else wire.printable(str(value)[:4096])


def clocks(found: dict[str, Any], known: list[Clock]) -> list[Clock]:
    """The times that exiftool states and our own readers did not."""
    told = {_second(clock) for clock in known}
    more = []
    for key, value in found.items():
        group, _, name = key.partition(":")
        low = name.lower()
        if group in _SKIPPED or not isinstance(value, str) or not ("date" in low or "time" in low or low == "when"):
            continue
        if "profile" in low or low.endswith("stamp") or parse(value) is None:
            continue
        role = next((role for word, role in _ROLES if word in low), "taken")
        track = group.startswith(("QuickTime", "Track", "Media"))
        frame = "utc" if role == "gps" else "unclear" if track and "create" in low else ""
        role = "container" if track and role == "taken" else role
        clock = stated(f"{group} {name}", value, role, reader="exiftool", frame=frame)
        if _second(clock) not in told:
            told.add(_second(clock))
            more.append(clock)
    return more


def _second(clock: Clock) -> datetime | None:
    return clock.wall.replace(microsecond=0) if clock.wall else None
