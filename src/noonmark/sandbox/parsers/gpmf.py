"""GoPro's telemetry (GPMF), read by hand: positions, the GPS clock, device names, settings.

Format: github.com/gopro/gpmf-parser, README. A key of four letters, a type, the size of a value,
how many there are, then the values, padded to four bytes. A type of 0 holds keys:

    DEVC  a device: DVNM its name, STRM its streams
    STRM  a stream: SCAL what its numbers are to be divided by, and the numbers
          GPS5: latitude, longitude, altitude, two speeds; GPSU its clock, GPSF its fix, GPSP its
          dilution of precision (DOP)
          GPS9: the same with days, seconds, DOP and fix in each row
          GPRI: the raw GPS of the Karma drone; SYST ties its clock to POSIX seconds
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from noonmark.constants import DAY_S
from noonmark.sandbox.parsers.output import ParserOutput

_LAYOUTS = {
    "l": "i",
    "L": "I",
    "s": "h",
    "S": "H",
    "b": "b",
    "B": "B",
    "f": "f",
    "d": "d",
    "j": "q",
    "J": "Q",
}
"""How the numbers of a type are laid out."""
_NAMED = {
    "DVNM": "device",
    "MINF": "camera model",
    "CASN": "camera serial number",
    "FMWR": "firmware",
    "MUID": "media id",
    "EISE": "stabilisation on",
    "EISA": "stabilisation",
    "VFOV": "field of view",
    "ZFOV": "diagonal field of view [deg]",
    "DZOM": "digital zoom",
    "PRNA": "projection",
}
_TEXT_TYPES = ("c", "F")
_HOLDS_KEYS = "\0"
_ROW_LAYOUTS = {"GPS5": ">5i", "GPS9": ">7i2H"}
_MOST_DEPTH, _MOST_KEYS, _MOST_POINTS = 8, 200_000, 2_000_000
"""18 points a second for 30 hours."""
_DAYS_TO_2000 = 10957


class Key(NamedTuple):
    """One key: its name, its type, the bytes of a value, how many values, all their bytes."""

    name: str
    kind: str
    size: int
    repeat: int
    value: bytes


Stream = dict[str, Key]
"""The keys of one stream, by name."""


def keys(data: bytes) -> Iterator[Key]:
    """Each key at one level, up to the first that is empty or runs past the end.

    What follows a key that does not fit is not looked for: GPMF has no mark to find it by.
    """
    at = 0
    for _ in range(_MOST_KEYS):
        if at + 8 > len(data):
            return
        name, kind, size, repeat = struct.unpack_from(">4scBH", data, at)
        begin, length = at + 8, size * repeat
        if name == b"\0\0\0\0" or begin + length > len(data):
            return
        value = data[begin : begin + length]
        yield Key(name.decode("latin-1"), kind.decode("latin-1"), size, repeat, value)
        # Values are filled up to four bytes.
        at = begin + (length + 3) // 4 * 4


def settings(data: bytes, output: ParserOutput, part: str, depth: int = 0) -> None:
    """Write the named settings that the camera stores beside its telemetry."""
    for key in keys(data):
        if key.kind == _HOLDS_KEYS and depth < _MOST_DEPTH:
            settings(key.value, output, part, depth + 1)
        elif key.name in _NAMED and key.kind in _TEXT_TYPES:
            output.add_field(part, _NAMED[key.name], key.value)
        elif key.name in _NAMED and key.kind in _LAYOUTS:
            output.add_field(part, _NAMED[key.name], _numbers(key))


class _GpsPoint(NamedTuple):
    """One position: its time in the film, what its clock said, place, precision, kind of fix."""

    offset_s: float
    clock: str | None
    lat_deg: float
    lon_deg: float
    altitude_m: float
    dop: float | None
    fix: int | None

    @property
    def is_fixed(self) -> bool:
        """Whether the receiver saw enough satellites, and the place is one on Earth."""
        return self.fix != 0 and abs(self.lat_deg) <= 90 and abs(self.lon_deg) <= 180


@dataclass(frozen=True)
class _Payload:
    """The stretch of the film that a payload stands for; its rows lie evenly in it."""

    start_s: float
    lasts_s: float

    def time_s(self, row: int, rows: int) -> float:
        """The time of a row in the film."""
        return self.start_s + self.lasts_s * row / rows


class TelemetryPoints:
    """GPS points by device, gathered payload by payload."""

    def __init__(self) -> None:
        self.points: dict[str, list[_GpsPoint]] = {}

    def add(self, data: bytes, start_s: float, lasts_s: float) -> None:
        """One payload, which stands for ``[start_s, start_s + lasts_s)`` of the film."""
        for key in keys(data):
            if key.name == "DEVC" and key.kind == _HOLDS_KEYS:
                self._device(key.value, _Payload(start_s, lasts_s))

    def _device(self, data: bytes, payload: _Payload) -> None:
        """Gather the points of one device, stream by stream."""
        device = "device"
        streams: list[Stream] = []
        for key in keys(data):
            if key.name == "DVNM":
                device = key.value.split(b"\0")[0].decode("latin-1").strip()
            if key.name == "STRM" and key.kind == _HOLDS_KEYS:
                streams.append({inner.name: inner for inner in keys(key.value)})
        # One stream of the device may tie the clock of the others to the world.
        boot = _boot_clock(streams)
        for stream in streams:
            self._gps(device, stream, payload)
            if "GPRI" in stream:
                self._karma(device, _typed_rows(stream, "GPRI"), boot, payload)

    def _karma(
        self,
        device: str,
        rows: list[list[float]],
        boot: tuple[float, float] | None,
        payload: _Payload,
    ) -> None:
        """Add the drone's raw GPS: seconds since boot, place, DOP, fix."""
        points = self.points.setdefault(device, [])
        for i, row in enumerate(rows):
            if len(row) < 9 or len(points) >= _MOST_POINTS:
                return
            clock = _posix(boot[1] + row[0] - boot[0]) if boot else None
            time_s = payload.time_s(i, len(rows))
            points.append(_GpsPoint(time_s, clock, row[1], row[2], row[3], row[4], int(row[8])))

    def _gps(self, device: str, stream: Stream, payload: _Payload) -> None:
        """Add the rows of a GPS5 or GPS9 stream."""
        # Newer cameras write both; the newer stream has a clock in each row.
        name = "GPS9" if "GPS9" in stream else "GPS5"
        if name not in stream or "SCAL" not in stream:
            return
        scale = _numbers(stream["SCAL"])
        rows = _rows(stream[name], _ROW_LAYOUTS[name])
        # Without a scale the numbers have no unit.
        if not rows or len(scale) < 3 or 0 in scale:
            return
        points = self.points.setdefault(device, [])
        make = _gps9_points if name == "GPS9" else _gps5_points
        for point in make(stream, rows, scale, payload):
            if len(points) >= _MOST_POINTS:
                return
            points.append(point)

    def write(self, output: ParserOutput) -> None:
        """Write one track for each device; points without a fix are counted, not kept."""
        for device, points in self.points.items():
            fixed = [point for point in points if point.is_fixed]
            lost = len(points) - len(fixed)
            if lost:
                problem = f"{device}: {lost} of {len(points)} GPS points have no fix"
                output.add_problem("GPMF", problem)
            if fixed:
                _write_track(f"GPMF {device}", fixed, output)


def _write_track(source: str, fixed: list[_GpsPoint], output: ParserOutput) -> None:
    """Write the first and the last clock, and the points that have a fix."""
    clocked = [point for point in fixed if point.clock]
    if clocked:
        output.add_field(source, "first GPS clock", clocked[0].clock)
        output.add_field(source, "first GPS clock offset [s]", clocked[0].offset_s)
        output.add_field(source, "last GPS clock", clocked[-1].clock)
    output.tracks.append(
        {
            "source": source,
            "frame": "UTC",
            "order_known": True,
            "offset_s": [point.offset_s for point in fixed],
            "clock": [point.clock for point in fixed],
            "lat_deg": [point.lat_deg for point in fixed],
            "lon_deg": [point.lon_deg for point in fixed],
            "altitude_m": [point.altitude_m for point in fixed],
            "dop": [point.dop for point in fixed],
        }
    )


def _gps5_points(
    stream: Stream, rows: list[tuple[Any, ...]], scale: list[float], payload: _Payload
) -> Iterator[_GpsPoint]:
    """Rows with one clock, fix and DOP for all; the clock is that of the first."""
    clock = _clock(stream["GPSU"].value) if "GPSU" in stream else None
    fix, dop = _first_number(stream, "GPSF"), _first_number(stream, "GPSP")
    for i, row in enumerate(rows):
        time_s = payload.time_s(i, len(rows))
        place = _scaled_place(row, scale)
        said = clock if i == 0 else None
        yield _GpsPoint(time_s, said, *place, None if dop is None else dop / 100, fix)


def _gps9_points(
    stream: Stream, rows: list[tuple[Any, ...]], scale: list[float], payload: _Payload
) -> Iterator[_GpsPoint]:
    """Rows with a clock, a fix and a DOP of their own."""
    for i, row in enumerate(rows):
        time_s = payload.time_s(i, len(rows))
        clock = _gps9_clock(row[5], row[6], scale)
        dop = row[7] / scale[7] * 100
        place = _scaled_place(row, scale)
        yield _GpsPoint(time_s, clock, *place, dop / 100, int(row[8]))


def _scaled_place(row: tuple[Any, ...], scale: list[float]) -> tuple[float, float, float]:
    """Latitude and longitude in degrees, altitude in m: the first three columns of both streams."""
    lat_deg = row[0] / scale[0]
    lon_deg = row[1] / scale[1]
    altitude_m = row[2] / scale[2]
    return lat_deg, lon_deg, altitude_m


def _numbers(key: Key) -> list[float]:
    """The values of a key as numbers; none where they are of another type."""
    layout = _LAYOUTS.get(key.kind)
    if layout is None:
        return []
    count = len(key.value) // struct.calcsize(">" + layout)
    return [float(number) for number in struct.unpack_from(f">{count}{layout}", key.value)]


def _rows(key: Key, layout: str) -> list[tuple[Any, ...]]:
    """The rows of a key; none where they are of another width."""
    width = struct.calcsize(layout)
    if key.size != width:
        return []
    return [struct.unpack_from(layout, key.value, width * i) for i in range(key.repeat)]


def _first_number(stream: Stream, name: str) -> int | None:
    """The first value of a key, as a whole number; None where there is none."""
    numbers = _numbers(stream[name]) if name in stream else []
    return int(numbers[0]) if numbers else None


def _clock(value: bytes) -> str | None:
    """``yymmddhhmmss.sss`` as RFC 3339 without a zone letter; GPSU is UTC."""
    text = value.decode("latin-1").strip("\0 ")
    if len(text) < 12 or not text[:12].isdigit():
        return None
    # Two digits each; the camera was not built before 2000.
    year, month, day, hour, minute, second = (text[i : i + 2] for i in range(0, 12, 2))
    return f"20{year}-{month}-{day}T{hour}:{minute}:{second}{text[12:16]}"


def _boot_clock(streams: list[Stream]) -> tuple[float, float] | None:
    """A moment in seconds since boot and in POSIX seconds, by the first stream with SYST."""
    for stream in streams:
        if "SYST" in stream:
            rows = _typed_rows(stream, "SYST")
            return (rows[0][0], rows[0][1]) if rows and len(rows[0]) == 2 else None
    return None


def _typed_rows(stream: Stream, name: str) -> list[list[float]]:
    """The scaled rows of a stream whose columns differ in type, as its ``TYPE`` says."""
    letters = ""
    if "TYPE" in stream:
        letters = stream["TYPE"].value.split(b"\0")[0].decode("latin-1")
    layout = ">" + "".join(_LAYOUTS.get(letter, "") for letter in letters)
    scale = _numbers(stream["SCAL"]) if "SCAL" in stream else [1.0] * len(letters)
    key = stream[name]
    # Every column must be of a known type, and the row as wide as they are together.
    is_known = len(layout) == len(letters) + 1 and struct.calcsize(layout) == key.size
    if not is_known or len(scale) != len(letters) or 0 in scale:
        return []
    rows = []
    for raw in _rows(key, layout):
        rows.append([number / by for number, by in zip(raw, scale, strict=True)])
    return rows


def _posix(seconds: float) -> str | None:
    """POSIX seconds as RFC 3339 to the millisecond; None where they are no date."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _gps9_clock(days: int, seconds: int, scale: list[float]) -> str | None:
    """Days since 2000-01-01 and seconds of the day."""
    if len(scale) < 7 or not scale[6]:
        return None
    return _posix((_DAYS_TO_2000 + days) * DAY_S + seconds / scale[6])
