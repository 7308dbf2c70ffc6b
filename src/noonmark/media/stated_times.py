"""Every time that a file states, each with its frame of reference.

A stated time is what the file says, never a fact.

Frames: ``utc`` (a GPS clock, the file system), ``offset`` (local with its offset from UTC),
``local`` (a clock on the wall, zone unknown), ``unclear`` (the container's: UTC by the standard,
local in many cameras), ``date`` (a day).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from noonmark.media.own_reader import Fields

_NO_DATE = datetime(1970, 1, 1)  # noqa: DTZ001  only the time of day is used
_MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_TEXT = re.compile(
    r"(\d{4})[-:.](\d\d)[-:.](\d\d)"
    r"(?:[T ](\d\d)[:.](\d\d)(?:[:.](\d\d)(?:[.,](\d{1,9}))?)?)?"
    r"\s*(Z|[+-]\d\d:?\d\d)?$"
)
_MOST_OFFSET_MIN = 14 * 60
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_XMP_ROLES = {
    "exif:DateTimeOriginal": "taken",
    "photoshop:DateCreated": "taken",
    "xmp:CreateDate": "taken",
    "xap:CreateDate": "taken",
    "exif:DateTimeDigitized": "digitised",
    "xmp:ModifyDate": "modified",
    "xap:ModifyDate": "modified",
    "xmp:MetadataDate": "modified",
    "xap:MetadataDate": "modified",
    "stEvt:when": "edited",
}
_STATED = {
    ("Matroska info", "DateUTC"): ("container", "unclear"),
    ("Matroska tag", "CREATION_TIME"): ("container", "unclear"),
    ("Matroska tag", "DATE_RECORDED"): ("taken", ""),
    ("Matroska tag", "DATE_DIGITIZED"): ("digitised", ""),
    ("Matroska tag", "DATE"): ("taken", ""),
    ("Matroska tag", "COM.APPLE.QUICKTIME.CREATIONDATE"): ("taken", ""),
    ("Matroska tag", "DATE_ENCODED"): ("modified", ""),
    ("Matroska tag", "DATE_TAGGED"): ("modified", ""),
    ("Matroska tag", "DATE_WRITTEN"): ("modified", ""),
    ("Matroska tag", "DATE_RELEASED"): ("modified", ""),
    ("Matroska tag", "_STATISTICS_WRITING_DATE_UTC"): ("modified", "utc"),
    ("AVI", "IDIT"): ("taken", ""),
    ("AVI", "ICRD"): ("taken", ""),
    ("office core", "created"): ("modified", ""),
    ("office core", "modified"): ("modified", ""),
    ("office core", "lastPrinted"): ("modified", ""),
    ("office meta", "creation-date"): ("modified", ""),
    ("office meta", "date"): ("modified", ""),
    ("office zip", "last change of a part"): ("modified", "local"),
    ("PDF", "CreationDate"): ("modified", ""),
    ("PDF", "ModDate"): ("modified", ""),
    ("WAV", "IDIT"): ("taken", ""),
    ("WAV", "ICRD"): ("taken", ""),
    ("WAV broadcast", "recorded"): ("taken", ""),
    ("ID3", "recorded"): ("taken", ""),
    ("ID3", "encoded"): ("modified", ""),
    ("FLAC comment", "DATE"): ("taken", ""),
    ("Ogg comment", "DATE"): ("taken", ""),
    ("AVI Nikon", "DateTimeOriginal"): ("taken", ""),
    ("AVI Nikon", "CreateDate"): ("digitised", ""),
    ("AVCHD", "DateTimeOriginal"): ("taken", ""),
    ("MISB 0601", "first time stamp"): ("gps", "utc"),
    ("MPEG-TS", "TDT"): ("container", "utc"),
    ("MPEG-TS", "TOT"): ("container", "utc"),
    ("MPEG-TS", "STT"): ("container", "utc"),
}
"""Role and frame of the fields of other containers.

In a Matroska tag a time without offset is local by the standard.
"""
_GPS_PARTS = (("EXIF", "EXIF"), ("TIFF", "EXIF"), ("AVCHD", "AVCHD"))
"""Where a GPS directory may stand, and what its clock is called."""
_EXIF_TIMES = (
    ("DateTimeOriginal", "OffsetTimeOriginal", "SubSecTimeOriginal", "taken", "Exif"),
    ("DateTimeDigitized", "OffsetTimeDigitized", "SubSecTimeDigitized", "digitised", "Exif"),
    ("DateTime", "OffsetTime", "SubSecTime", "modified", "IFD0"),
)

Parts: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Values by the part of the file and the name that they stand under."""


@dataclass(frozen=True)
class StatedTime:
    """One stated time.

    ``role``: taken, digitised, gps, container, subtitle, name, modified, edited or copy.
    """

    source: str
    """The field that states it, as a reader of the report can look it up."""
    reader: str
    """Who read the field: "noonmark" or "exiftool"."""
    text: str
    """The time as the file has it."""
    role: str
    frame: str
    """See the head of this module."""
    wall: datetime | None
    """What the clock showed, with no zone; None where the text is no time."""
    offset_min: int | None = None
    """Minutes ahead of UTC, where the file says so or a standard does."""
    whole_day: bool = False
    time_of_day_only: bool = False

    @property
    def utc(self) -> datetime | None:
        """The instant it states, aware UTC; of a container, the instant if it kept its standard."""
        if self.wall is None or self.frame == "local":
            return None
        if self.whole_day or self.time_of_day_only:
            return None
        offset = timedelta(minutes=self.offset_min or 0)
        return (self.wall - offset).replace(tzinfo=UTC)

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
    """Wall time, offset in minutes (0 for Z) and whether it is only a day.

    None where the text is no time.
    """
    match = _TEXT.match(text.strip())
    if match is None:
        return None
    whole_day = match[4] is None
    try:
        year, month, day, hour, minute, second = (int(match[k] or 0) for k in range(1, 7))
        fraction_us = int((match[7] or "0").ljust(6, "0")[:6])
        second = min(second, 59)  # a leap second
        wall = datetime(year, month, day, hour, minute, second, fraction_us)  # noqa: DTZ001
    except ValueError:
        return None
    return wall, _minutes(match[8]), whole_day


def _minutes(text: str | None) -> int | None:
    """An offset from UTC in minutes; None where it is none, or none that is in use."""
    if text == "Z":
        return 0
    match = _OFFSET.match(text or "")
    if match is None:
        return None
    minutes = 60 * int(match[2]) + int(match[3])
    if minutes > _MOST_OFFSET_MIN:
        return None
    return -minutes if match[1] == "-" else minutes


def stated(
    source: str, text: str, role: str, *, reader: str, frame: str = "", offset: str | None = None
) -> StatedTime:
    """One time from its text.

    ``frame`` says what the standard says; an offset in the text, or ``offset`` beside it, wins over
    "local".
    """
    found = parse(text)
    if found is None:
        return StatedTime(source, reader, text, role, frame or "local", wall=None)
    wall, minutes, day = found
    if minutes is None:
        minutes = _minutes(offset)
    if day:
        minutes, frame = None, "date"
    elif frame in ("utc", "unclear"):
        minutes = 0
    else:
        frame = "local" if minutes is None else "offset"
    return StatedTime(
        source=source,
        reader=reader,
        text=text,
        role=role,
        frame=frame,
        wall=wall,
        offset_min=minutes,
        whole_day=day,
    )


def of_fields(fields: Fields) -> list[StatedTime]:
    """Every time among the fields that our own readers found.

    Of a field that stands twice in one part the first counts.
    """
    by_part: dict[str, dict[str, Any]] = {}
    for field in fields:
        part = by_part.setdefault(field.part, {})
        part.setdefault(field.name, field.value)
    return [
        *_exif(by_part),
        *_gps(by_part),
        *_container(by_part),
        *_packets(fields),
        *_telemetry(by_part),
        *_others(fields),
    ]


def _exif(parts: Parts) -> list[StatedTime]:
    """The three times of EXIF, with the offsets and fractions that stand in fields of their own.

    Local time by the standard; offsets came with EXIF 2.31, so older files have none.
    """
    found = []
    for kind in ("EXIF", "TIFF"):
        exif = parts.get(f"{kind} Exif", {})
        for name, offset, fraction, role, directory in _EXIF_TIMES:
            text = parts.get(f"{kind} {directory}", {}).get(name)
            if not isinstance(text, str):
                continue
            text = text.strip()
            digits = str(exif.get(fraction, "")).strip()
            if digits.isdigit():
                text += f".{digits}"
            said = str(exif.get(offset) or "")
            found.append(stated(f"EXIF {name}", text, role, reader="noonmark", offset=said or None))
    return found


def _gps(parts: Parts) -> list[StatedTime]:
    """The clock of the satellites, which stands apart from its date.

    In UTC by the standard (EXIF 2.32, GPSTimeStamp); many cameras write the last fix they had.
    """
    found = []
    for kind, said in _GPS_PARTS:
        gps = parts.get(f"{kind} GPS", {})
        clock = gps.get("GPSTimeStamp")
        if not isinstance(clock, list) or len(clock) != 3:
            continue
        if all(isinstance(number, int | float) for number in clock):
            found.append(_satellite_time(f"{said} GPS clock", clock, gps.get("GPSDateStamp")))
    return found


def _satellite_time(source: str, clock: Sequence[float], day: Any) -> StatedTime:
    """A time of day in hours, minutes and seconds, with the date beside it if there is one."""
    hours, minutes, seconds = clock
    day_s = 3600 * hours + 60 * minutes + seconds
    text = f"{int(hours):02d}:{int(minutes):02d}:{seconds:05.2f}"
    if not 0 <= day_s < 86_401:
        return StatedTime(source, "noonmark", text, "gps", "utc", wall=None)
    date = parse(str(day)) if day else None
    start = _NO_DATE if date is None else date[0]
    return StatedTime(
        source=source,
        reader="noonmark",
        text=text if date is None else f"{day} {text}",
        role="gps",
        frame="utc",
        wall=start + timedelta(seconds=day_s),
        offset_min=0,
        time_of_day_only=date is None,
    )


def _container(parts: Parts) -> list[StatedTime]:
    """The times of MP4 and MOV, each value once, that of the whole film first.

    UTC by the standard (ISO/IEC 14496-12), local time in many cameras: hence ``unclear``.
    """
    found: list[StatedTime] = []
    shown: set[int] = set()
    for part in sorted(part for part in parts if part.startswith("MP4")):
        for name, role in (("creation", "container"), ("modification", "modified")):
            seconds = parts[part].get(f"{name} time [s since 1904]")
            if isinstance(seconds, int) and seconds not in shown:
                shown.add(seconds)
                found.append(_since_1904(f"{part} {name}", seconds, role))
    return sorted(found, key=lambda clock: "mvhd" not in clock.source)


def _since_1904(source: str, seconds: int, role: str) -> StatedTime:
    """A time as QuickTime counts it, in s from the start of 1904."""
    try:
        wall = (_MAC_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
    except OverflowError:
        return StatedTime(source, "noonmark", str(seconds), role, "unclear", wall=None)
    return StatedTime(
        source=f"{source} time",
        reader="noonmark",
        text=wall.strftime("%Y-%m-%d %H:%M:%S"),
        role=role,
        frame="unclear",
        wall=wall,
        offset_min=0,
    )


def _packets(fields: Fields) -> list[StatedTime]:
    """XMP, QuickTime keys, user data and PNG text."""
    found: list[StatedTime] = []
    for field in fields:
        part, name, value = field.part, field.name, field.value
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
    return _each_once(found)


def _others(fields: Fields) -> list[StatedTime]:
    """Matroska, AVI, MPEG-TS and AVCHD: what their tables call a time, readable or not."""
    found = []
    for field in fields:
        part, name = field.part, field.name
        key = name.rpartition("/")[2].upper() if part == "Matroska tag" else name
        known = _STATED.get((part, key))
        if known is not None and isinstance(field.value, str):
            role, frame = known
            found.append(
                stated(f"{part} {name}", field.value, role, reader="noonmark", frame=frame)
            )
    return _each_once(found)


def _each_once(found: Sequence[StatedTime]) -> list[StatedTime]:
    """The times, of those with one source and one text the last."""
    return list({(clock.source, clock.text): clock for clock in found}.values())


def _telemetry(parts: Parts) -> list[StatedTime]:
    """The clocks of GoPro telemetry and of a drone's subtitles."""
    found = []
    for part, fields in parts.items():
        first = fields.get("first GPS clock")
        if part.startswith("GPMF") and isinstance(first, str):
            found.append(stated(f"{part} GPS clock", first, "gps", reader="noonmark", frame="utc"))
    dashcam = parts.get("dashcam GPS", {}).get("first clock")
    if isinstance(dashcam, str):
        found.append(stated("dashcam GPS first clock", dashcam, "taken", reader="noonmark"))
    cue = parts.get("SRT", {}).get("first cue")
    if isinstance(cue, str):
        found.append(stated("SRT first cue", cue, "subtitle", reader="noonmark"))
    return found


def of_file_system(written: datetime) -> StatedTime:
    """When this copy was last written (aware UTC), as the clock of the computer had it."""
    wall = written.replace(tzinfo=None)
    return StatedTime(
        source="file system",
        reader="noonmark",
        text=wall.strftime("%Y-%m-%d %H:%M:%S"),
        role="copy",
        frame="utc",
        wall=wall,
        offset_min=0,
    )
