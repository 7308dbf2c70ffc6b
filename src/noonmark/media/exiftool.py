"""A second reader: exiftool where it is installed, in a locked process like every other reader.

What it states is marked as its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from noonmark.errors import OutsideError
from noonmark.media.stated_times import StatedTime, parse, stated
from noonmark.sandbox import process, protocol

_ROLES = (
    ("gps", "gps"),
    ("original", "taken"),
    ("modify", "modified"),
    ("metadata", "modified"),
    ("when", "edited"),
)
_FILMS = ("application/mxf", "application/vnd.rn-realmedia")
_DEVICE = {
    "Make": "make",
    "Model": "model",
    "SerialNumber": "serial number",
    "InternalSerialNumber": "serial number",
    "CameraSerialNumber": "serial number",
    "LensModel": "lens",
    "OwnerName": "owner field",
}
_OFFSETS = {
    "DateTimeOriginal": "OffsetTimeOriginal",
    "CreateDate": "OffsetTimeDigitized",
    "ModifyDate": "OffsetTime",
}
"""The tag with the offset from UTC that belongs to a tag with a time."""
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_SKIPPED = {"System", "File", "ExifTool", "Composite", "ICC-header", "ICC_Profile", "SourceFile"}


def present() -> str | None:
    """Where exiftool is by PATH, or None.

    A relative entry of PATH does not count: the current folder may hold files from strangers.
    """
    program = shutil.which("exiftool")
    return program if program is not None and os.path.isabs(program) else None


def tags(
    path: Path,
    *,
    embedded: bool = True,
    whole: bool = False,
) -> dict[str, Any] | None:
    """Every tag as ``Group:Name``, duplicates and embedded telemetry too; with ``whole`` also what
    lies between the packets of a film.

    None where exiftool is not installed. Raises OutsideError where it does not answer in JSON.
    """
    program = present()
    if program is None:
        return None
    command = [program, "-j", "-n", "-a", "-G1", "-api", "largefilesupport=1"]
    command += [] if whole else ["-fast1"]
    command += ["-ee"] if embedded else []
    limits = process.WorkerLimits(output_bytes=32 << 20, cpu_s=_cpu_s(path), wall_s=60)
    raw = process.run_program([*command, "-"], file=path, limits=limits)
    try:
        rows = json.loads(raw.decode("utf-8", "replace"))
        row = rows[0]
    except (ValueError, IndexError, KeyError, RecursionError):
        raise OutsideError("exiftool did not answer in JSON", code="exiftool-garbled") from None
    if not isinstance(row, dict):
        return {}
    return {protocol.printable(str(key)): _inert(value) for key, value in row.items()}


def _cpu_s(path: Path) -> int:
    """What reading a file may take, in s of CPU: the telemetry of an hour takes a minute."""
    try:
        return min(60, 8 + (path.stat().st_size >> 23))
    except OSError:
        return 8


def is_media(found: Mapping[str, Any]) -> bool:
    """Whether exiftool, by the bytes, calls it a picture, a film or sound.

    It knows letters and programs too.
    """
    kind = str(found.get("File:MIMEType", ""))
    return kind.startswith(("image/", "video/", "audio/")) or kind in _FILMS


def name(found: Mapping[str, Any]) -> str:
    """The reader with its version, as its own answer states it: ``exiftool 12.57``."""
    version = found.get("ExifTool:ExifToolVersion")
    return f"exiftool {version:.2f}" if isinstance(version, int | float) else "exiftool"


def _inert(value: Any) -> Any:
    """A value whose strings can't act on a terminal, cut to a length that can be shown."""
    if isinstance(value, list):
        return [_inert(each) for each in value[:1000]]
    if isinstance(value, int | float | bool):
        return value
    return protocol.printable(str(value)[:4096])


def places(found: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    """Each place that exiftool states outside of its own sums: source, latitude, longitude.

    Of each group the first.
    """
    stated_: dict[str, tuple[float, float]] = {}
    for key, value in found.items():
        group, _, tag = key.partition(":")
        if group in _SKIPPED:
            continue
        pair = _pair(group, tag, value, found)
        if pair is not None:
            stated_.setdefault(f"exiftool {group} GPS", pair)
    return [(source, *pair) for source, pair in stated_.items()]


def _pair(
    group: str,
    tag: str,
    value: Any,
    found: Mapping[str, Any],
) -> tuple[float, float] | None:
    """Latitude and longitude of one tag, in degrees; None where it holds none.

    Of EXIF exiftool gives degrees without sign, and the sign in a tag of its own.
    """
    if tag == "GPSLatitude":
        numbers = [value, found.get(f"{group}:GPSLongitude")]
        negative = ("S", "W")
        for i, name_ in enumerate(("GPSLatitudeRef", "GPSLongitudeRef")):
            said = str(found.get(f"{group}:{name_}", ""))
            if said.upper().startswith(negative[i]) and isinstance(numbers[i], int | float):
                numbers[i] = -abs(numbers[i])
    elif tag.startswith("GPSCoordinates") or tag == "LocationInformation":
        numbers = [_number(word) for word in _NUMBER.findall(str(value))[:2]]
    else:
        return None
    if len(numbers) < 2 or not all(isinstance(each, int | float) for each in numbers):
        return None
    return float(numbers[0]), float(numbers[1])


def _number(text: str) -> float:
    """A number as exiftool prints it."""
    return float(text)


def device(found: Mapping[str, Any]) -> dict[str, str]:
    """Make, model and the like as exiftool states them, the first of each."""
    said: dict[str, str] = {}
    for key, value in found.items():
        group, _, tag = key.partition(":")
        label = _DEVICE.get(tag)
        if label and group not in _SKIPPED and str(value).strip():
            said.setdefault(label, str(value).strip()[:200])
    return said


def clocks(found: Mapping[str, Any], known: list[StatedTime]) -> list[StatedTime]:
    """The times that exiftool states and our own readers did not."""
    told = {_second(clock) for clock in known}
    more = []
    for key, value in found.items():
        clock = _stated_time(key, value, _offset(key, found))
        if clock is not None and _second(clock) not in told:
            told.add(_second(clock))
            more.append(clock)
    return more


def _offset(key: str, found: Mapping[str, Any]) -> str | None:
    """The offset from UTC that stands in a tag of its own beside a time."""
    group, _, tag = key.partition(":")
    said = found.get(f"{group}:{_OFFSETS.get(tag, '')}")
    return said if isinstance(said, str) and said.strip() else None


def _stated_time(key: str, value: Any, offset: str | None = None) -> StatedTime | None:
    """The time that one tag states, or None where it states none of the file's own."""
    group, _, name = key.partition(":")
    low = name.lower()
    if group in _SKIPPED or not isinstance(value, str) or not _names_a_time(low):
        return None
    if parse(value) is None:
        return None
    role = next((role for word, role in _ROLES if word in low), "taken")
    frame = "utc" if role == "gps" else ""
    if group.startswith(("QuickTime", "Track", "Media")):
        if role != "gps" and "create" in low:
            frame = "unclear"
        if role == "taken":
            role = "container"
    return stated(f"{group} {name}", value, role, reader="exiftool", frame=frame, offset=offset)


def _names_a_time(low: str) -> bool:
    """Whether a tag, by its name in small letters, holds a time of the file's own."""
    if "profile" in low or low.endswith("stamp"):
        return False
    return "date" in low or "time" in low or low == "when"


def _second(clock: StatedTime) -> datetime | None:
    """What a clock showed, to the second, by which two readers' times are told apart."""
    return clock.wall.replace(microsecond=0) if clock.wall else None
