"""Every time that a file states, each with its frame of reference. A stated time is a claim, never a fact.

Frames: ``utc`` (a GPS clock, the file system), ``offset`` (local with its offset from UTC), ``local`` (a clock on
the wall, zone unknown), ``unclear`` (the container's: UTC by the standard, local in many cameras), ``date`` (a day).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_TEXT = re.compile(
    r"(\d{4})[-:.](\d\d)[-:.](\d\d)(?:[T ](\d\d)[:.](\d\d)(?:[:.](\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?$"
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_NAMES = (
    (re.compile(r"PXL_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)\d{0,3}"), "utc"),  # Google's camera names files in UTC
    (re.compile(r"(?<!\d)(\d{4})(\d\d)(\d\d)[-_ T](\d\d)(\d\d)(\d\d)(?!\d)"), "local"),
    (re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)[ _T-]+(?:at )?(\d\d)[.:-](\d\d)[.:-](\d\d)(?!\d)"), "local"),
    (re.compile(r"(?:IMG|VID|AUD)-(\d{4})(\d\d)(\d\d)-WA\d+"), "date"),  # WhatsApp: the day it was received or sent
    (re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)"), "date"),
)
_XMP_ROLES = {
    "exif:DateTimeOriginal": "taken", "photoshop:DateCreated": "taken", "xmp:CreateDate": "taken",
    "xap:CreateDate": "taken", "exif:DateTimeDigitized": "digitised", "xmp:ModifyDate": "modified",
    "xap:ModifyDate": "modified", "xmp:MetadataDate": "modified", "xap:MetadataDate": "modified",
    "stEvt:when": "edited",
}  # fmt: skip
# Fields of other containers: role and frame. In a Matroska tag a time without offset is local by the standard.
_STATED = {
    ("Matroska info", "DateUTC"): ("container", "unclear"), ("Matroska tag", "CREATION_TIME"): ("container", "unclear"),
    ("Matroska tag", "DATE_RECORDED"): ("taken", ""), ("Matroska tag", "DATE_DIGITIZED"): ("digitised", ""),
    ("Matroska tag", "DATE"): ("taken", ""), ("Matroska tag", "COM.APPLE.QUICKTIME.CREATIONDATE"): ("taken", ""),
    ("Matroska tag", "DATE_ENCODED"): ("modified", ""), ("Matroska tag", "DATE_TAGGED"): ("modified", ""),
    ("Matroska tag", "DATE_WRITTEN"): ("modified", ""), ("Matroska tag", "DATE_RELEASED"): ("modified", ""),
    ("Matroska tag", "_STATISTICS_WRITING_DATE_UTC"): ("modified", "utc"),
    ("AVI", "IDIT"): ("taken", ""), ("AVI", "ICRD"): ("taken", ""),
    ("AVI Nikon", "DateTimeOriginal"): ("taken", ""), ("AVI Nikon", "CreateDate"): ("digitised", ""),
    ("AVCHD", "DateTimeOriginal"): ("taken", ""), ("MPEG-TS", "TDT"): ("container", "utc"),
    ("MISB 0601", "first time stamp"): ("gps", "utc"),
    ("MPEG-TS", "TOT"): ("container", "utc"), ("MPEG-TS", "STT"): ("container", "utc"),
}  # fmt: skip
_EXIF_TIMES = (
    ("DateTimeOriginal", "OffsetTimeOriginal", "SubSecTimeOriginal", "taken", "Exif"),
    ("DateTimeDigitized", "OffsetTimeDigitized", "SubSecTimeDigitized", "digitised", "Exif"),
    ("DateTime", "OffsetTime", "SubSecTime", "modified", "IFD0"),
)


@dataclass(frozen=True)
class Clock:
    """One stated time. ``role``: taken, digitised, gps, container, subtitle, name, modified, edited, copy."""

    source: str
    reader: str
    text: str
    role: str
    frame: str
    wall: datetime | None
    """What the clock showed, with no zone."""
    offset_min: int | None = None
    whole_day: bool = False
    time_of_day_only: bool = False

    @property
    def utc(self) -> datetime | None:
        """The instant it states, aware UTC; for the container, the instant if it followed the standard."""
        if self.wall is None or self.whole_day or self.time_of_day_only or self.frame == "local":
            return None
        return (self.wall - timedelta(minutes=self.offset_min or 0)).replace(tzinfo=UTC)

    @property
    def meaning(self) -> str:
        """The frame in words."""
        return {
            "utc": "UTC",
            "offset": f"local, {offset_text(self.offset_min or 0)}",
            "local": "local, zone unknown",
            "unclear": "UTC by the standard, local in many cameras",
            "date": "a day, zone unknown",
        }[self.frame]


def offset_text(minutes: int) -> str:
    """``UTC+02:00`` for 120."""
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def parse(text: str) -> tuple[datetime, int | None, bool] | None:
    """Wall time, offset in minutes (0 for Z) and whether it is only a day; None where the text is no time."""
    match = _TEXT.match(text.strip())
    if match is None:
        return None
    whole_day = match[4] is None
    try:
        year, month, day, hour, minute, second = (int(match[k] or 0) for k in range(1, 7))
        fraction_us = int((match[7] or "0").ljust(6, "0")[:6])
        wall = datetime(year, month, day, hour, minute, min(second, 59), fraction_us)  # noqa: DTZ001
    except ValueError:
        return None
    return wall, _minutes(match[8]), whole_day


def _minutes(text: str | None) -> int | None:
    if text == "Z":
        return 0
    match = _OFFSET.match(text or "")
    if match is None:
        return None
    minutes = 60 * int(match[2]) + int(match[3])
    return (-minutes if match[1] == "-" else minutes) if minutes <= 14 * 60 else None


def stated(source: str, text: str, role: str, *, reader: str, frame: str = "", offset: str | None = None) -> Clock:
    """One clock from its text. ``frame`` says what the standard says; an offset in the text wins over "local"."""
    found = parse(text)
    if found is None:
        return Clock(source, reader, text, role, frame or "local", None)
    wall, minutes, day = found
    if minutes is None:
        minutes = _minutes(offset)
    if day:
        return Clock(source, reader, text, role, "date", wall, whole_day=True)
    if frame in ("utc", "unclear"):
        return Clock(source, reader, text, role, frame, wall, 0)
    return Clock(source, reader, text, role, "local" if minutes is None else "offset", wall, minutes)


def of_fields(fields: Sequence[Mapping[str, Any]]) -> list[Clock]:
    """Every clock among the fields that our own readers found."""
    by_part: dict[str, dict[str, Any]] = {}
    for field in fields:
        by_part.setdefault(str(field["part"]), {}).setdefault(str(field["name"]), field["value"])
    own = [*_exif(by_part), *_gps(by_part), *_container(by_part), *_packets(fields), *_telemetry(by_part)]
    return [*own, *_others(fields)]


def _exif(parts: Mapping[str, Mapping[str, Any]]) -> list[Clock]:
    found = []
    for kind in ("EXIF", "TIFF"):
        exif = parts.get(f"{kind} Exif", {})
        for name, offset, fraction, role, directory in _EXIF_TIMES:
            text = parts.get(f"{kind} {directory}", {}).get(name)
            if isinstance(text, str):
                digits = str(exif.get(fraction, "")).strip()
                text = text.strip() + (f".{digits}" if digits.isdigit() else "")
                said = exif.get(offset)
                found.append(stated(f"EXIF {name}", text, role, reader="noonmark", offset=str(said) if said else None))
    return found


def _gps(parts: Mapping[str, Mapping[str, Any]]) -> list[Clock]:
    found = []
    for kind, said in (("EXIF", "EXIF"), ("TIFF", "EXIF"), ("AVCHD", "AVCHD")):
        gps = parts.get(f"{kind} GPS", {})
        clock, day = gps.get("GPSTimeStamp"), gps.get("GPSDateStamp")
        if not (isinstance(clock, list) and len(clock) == 3 and all(isinstance(n, int | float) for n in clock)):
            continue
        seconds = 3600 * clock[0] + 60 * clock[1] + clock[2]
        text = f"{int(clock[0]):02d}:{int(clock[1]):02d}:{clock[2]:05.2f}"
        date = parse(str(day)) if day else None
        if not 0 <= seconds < 86_401:
            found.append(Clock(f"{said} GPS clock", "noonmark", text, "gps", "utc", None))
        elif date is None:
            wall = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001  only the time of day is used
            found.append(Clock(f"{said} GPS clock", "noonmark", text, "gps", "utc", wall, 0, time_of_day_only=True))
        else:
            wall = date[0] + timedelta(seconds=seconds)
            found.append(Clock(f"{said} GPS clock", "noonmark", f"{day} {text}", "gps", "utc", wall, 0))
    return found


def _container(parts: Mapping[str, Mapping[str, Any]]) -> list[Clock]:
    found: list[Clock] = []
    shown: set[int] = set()
    for part in sorted(parts):
        if not part.startswith("MP4"):
            continue
        for name, role in (("creation", "container"), ("modification", "modified")):
            seconds = parts[part].get(f"{name} time [s since 1904]")
            if not isinstance(seconds, int) or (role == "modified" and seconds in shown) or seconds in shown:
                continue
            shown.add(seconds)
            try:
                wall = (_MAC_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
            except OverflowError:
                found.append(Clock(f"{part} {name}", "noonmark", str(seconds), role, "unclear", None))
                continue
            text = wall.strftime("%Y-%m-%d %H:%M:%S")
            found.append(Clock(f"{part} {name} time", "noonmark", text, role, "unclear", wall, 0))
    return sorted(found, key=lambda clock: "mvhd" not in clock.source)


def _packets(fields: Sequence[Mapping[str, Any]]) -> list[Clock]:
    """XMP, QuickTime keys, user data and PNG text."""
    found: list[Clock] = []
    for field in fields:
        part, name, value = str(field["part"]), str(field["name"]), field["value"]
        if not isinstance(value, str) or parse(value) is None:
            continue
        if part == "XMP" and name in _XMP_ROLES:
            found.append(stated(f"XMP {name}", value, _XMP_ROLES[name], reader="noonmark"))
        elif part == "QuickTime keys" and "date" in name.lower():
            found.append(stated(f"QuickTime {name}", value, "taken", reader="noonmark"))
        elif part in ("MP4 udta", "QuickTime keys") and name == "©day":
            found.append(stated(f"MP4 {name}", value, "taken", reader="noonmark"))
        elif part == "PNG":
            frame = "utc" if name == "tIME" else ""
            found.append(stated(f"PNG {name}", value, "modified", reader="noonmark", frame=frame))
    return list({(c.source, c.text): c for c in found}.values())


def _others(fields: Sequence[Mapping[str, Any]]) -> list[Clock]:
    """Matroska, AVI, MPEG-TS and AVCHD: what their tables call a time, readable or not."""
    found = []
    for field in fields:
        part, name = str(field["part"]), str(field["name"])
        known = _STATED.get((part, name.rpartition("/")[2].upper() if part == "Matroska tag" else name))
        if known is not None and isinstance(field["value"], str):
            role, frame = known
            found.append(stated(f"{part} {name}", field["value"], role, reader="noonmark", frame=frame))
    return list({(c.source, c.text): c for c in found}.values())


def _telemetry(parts: Mapping[str, Mapping[str, Any]]) -> list[Clock]:
    found = []
    for part, fields in parts.items():
        if part.startswith("GPMF") and isinstance(fields.get("first GPS clock"), str):
            clock = stated(f"{part} GPS clock", fields["first GPS clock"], "gps", reader="noonmark", frame="utc")
            found.append(clock)
    first = parts.get("SRT", {}).get("first cue")
    if isinstance(first, str):
        found.append(stated("SRT first cue", first, "subtitle", reader="noonmark"))
    return found


def of_name(name: str) -> list[Clock]:
    """The time that a file name states, by the habits of phones, apps and recorders; the first that fits."""
    for pattern, frame in _NAMES:
        match = pattern.search(name)
        if match is None:
            continue
        numbers = [int(group) for group in match.groups()]
        try:
            wall = datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001  zone unknown is the point
        except ValueError:
            continue
        if 1990 <= wall.year <= 2100:
            utc = 0 if frame == "utc" else None
            return [Clock("file name", "noonmark", match[0], "name", frame, wall, utc, whole_day=frame == "date")]
    return []


def of_file_system(written: datetime) -> Clock:
    """When this copy was last written (aware UTC), as the clock of the computer had it."""
    wall = written.replace(tzinfo=None)
    return Clock("file system", "noonmark", wall.strftime("%Y-%m-%d %H:%M:%S"), "copy", "utc", wall, 0)
