"""GoPro's telemetry (GPMF key, length, value), read by hand: positions, the GPS clock, device names, settings.

Format: github.com/gopro/gpmf-parser, README. A key of four letters, a type, a size, a repeat count, padded to 4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from noonmark.media.workers.reader import Notebook

_LAYOUTS = {"l": "i", "L": "I", "s": "h", "S": "H", "b": "b", "B": "B", "f": "f", "d": "d", "j": "q", "J": "Q"}
_NAMED = {
    "DVNM": "device", "MINF": "camera model", "CASN": "camera serial number", "FMWR": "firmware", "MUID": "media id",
    "EISE": "stabilisation on", "EISA": "stabilisation",
    "VFOV": "field of view", "ZFOV": "diagonal field of view [deg]",
    "DZOM": "digital zoom", "PRNA": "projection",
}  # fmt: skip
_MOST_DEPTH, _MOST_KEYS, _MOST_POINTS = 8, 200_000, 2_000_000
_DAYS_TO_2000 = 10957

Key = tuple[str, str, int, int, bytes]


def keys(data: bytes) -> Iterator[Key]:
    """Each key at one level: name, type, size, repeat, value."""
    at = 0
    for _ in range(_MOST_KEYS):
        if at + 8 > len(data):
            return
        name, kind, size, repeat = struct.unpack_from(">4scBH", data, at)
        length = size * repeat
        if name == b"\0\0\0\0" or at + 8 + length > len(data):
            return
        yield name.decode("latin-1"), kind.decode("latin-1"), size, repeat, data[at + 8 : at + 8 + length]
        at += 8 + (length + 3) // 4 * 4


def settings(data: bytes, book: Notebook, part: str, depth: int = 0) -> None:
    """The named settings that the camera wrote beside its telemetry."""
    for name, kind, _, _, value in keys(data):
        if kind == "\0" and depth < _MOST_DEPTH:
            settings(value, book, part, depth + 1)
        elif name in _NAMED and kind in ("c", "F"):
            book.say(part, _NAMED[name], value)
        elif name in _NAMED and kind in _LAYOUTS:
            book.say(part, _NAMED[name], _numbers(kind, value))


class Track:
    """Points of one device, gathered payload by payload."""

    def __init__(self) -> None:
        self.points: dict[str, list[tuple[float, str | None, float, float, float, float | None, int | None]]] = {}

    def add(self, data: bytes, start_s: float, lasts_s: float) -> None:
        """One payload, which stands for ``[start_s, start_s + lasts_s)`` of the film."""
        for name, kind, _, _, value in keys(data):
            if name == "DEVC" and kind == "\0":
                self._device(value, start_s, lasts_s)

    def _device(self, data: bytes, start_s: float, lasts_s: float) -> None:
        device, streams = "device", []
        for name, kind, _, _, value in keys(data):
            if name == "DVNM":
                device = value.split(b"\0")[0].decode("latin-1").strip()
            if name == "STRM" and kind == "\0":
                streams.append({k[0]: k for k in keys(value)})
        boot = next((_typed(s, "SYST") for s in streams if "SYST" in s), [])
        for stream in streams:
            self._stream(device, stream, start_s, lasts_s)
            if "GPRI" in stream:
                self._karma(device, _typed(stream, "GPRI"), boot, start_s, lasts_s)

    def _karma(
        self, device: str, rows: list[list[float]], boot: list[list[float]], start_s: float, lasts_s: float
    ) -> None:
        """The drone's raw GPS: seconds since boot, place; ``SYST`` ties the boot to POSIX seconds."""
        points = self.points.setdefault(device, [])
        for i, row in enumerate(rows):
            if len(row) < 9 or len(points) >= _MOST_POINTS:
                return
            said = _posix(boot[0][1] + row[0] - boot[0][0]) if boot and len(boot[0]) == 2 else None
            points.append((start_s + lasts_s * i / len(rows), said, row[1], row[2], row[3], row[4], int(row[8])))

    def _stream(self, device: str, stream: dict[str, Key], start_s: float, lasts_s: float) -> None:
        name = "GPS9" if "GPS9" in stream else "GPS5" if "GPS5" in stream else None
        if name is None or "SCAL" not in stream:
            return
        scale = _numbers(stream["SCAL"][1], stream["SCAL"][4])
        rows = _rows(stream[name], name)
        if not rows or len(scale) < 3 or 0 in scale:
            return
        clock = _clock(stream["GPSU"][4]) if "GPSU" in stream else None
        fix = _first(stream, "GPSF")
        points = self.points.setdefault(device, [])
        for i, row in enumerate(rows):
            if len(points) >= _MOST_POINTS:
                return
            dop = _first(stream, "GPSP")
            offset_s = start_s + lasts_s * i / len(rows)
            said = clock if i == 0 else None
            if name == "GPS9":
                said, dop, fix = _gps9_clock(row[5], row[6], scale), row[7] / scale[7] * 100, int(row[8])
            lat, lon, alt = (row[j] / scale[j] for j in range(3))
            points.append((offset_s, said, lat, lon, alt, dop / 100 if dop is not None else None, fix))

    def write(self, book: Notebook) -> None:
        """One track for each device; points without a fix are counted, not kept."""
        for device, points in self.points.items():
            fixed = [p for p in points if p[6] not in (0,) and abs(p[2]) <= 90 and abs(p[3]) <= 180]
            if len(fixed) < len(points):
                book.wrong("GPMF", f"{device}: {len(points) - len(fixed)} of {len(points)} GPS points have no fix")
            if not fixed:
                continue
            stated = [(p[0], p[1]) for p in fixed if p[1]]
            if stated:
                book.say(f"GPMF {device}", "first GPS clock", stated[0][1])
                book.say(f"GPMF {device}", "first GPS clock offset [s]", stated[0][0])
                book.say(f"GPMF {device}", "last GPS clock", stated[-1][1])
            book.tracks.append(
                {
                    "source": f"GPMF {device}",
                    "frame": "UTC",
                    "order_known": True,
                    "offset_s": [p[0] for p in fixed],
                    "clock": [p[1] for p in fixed],
                    "lat_deg": [p[2] for p in fixed],
                    "lon_deg": [p[3] for p in fixed],
                    "altitude_m": [p[4] for p in fixed],
                    "dop": [p[5] for p in fixed],
                }
            )


def _numbers(kind: str, value: bytes) -> list[float]:
    layout = _LAYOUTS.get(kind)
    if layout is None:
        return []
    width = struct.calcsize(layout)
    return [float(n) for n in struct.unpack(f">{len(value) // width}{layout}", value[: len(value) // width * width])]


def _rows(key: Key, name: str) -> list[tuple[Any, ...]]:
    layout = ">5i" if name == "GPS5" else ">7i2H"
    width = struct.calcsize(layout)
    if key[2] != width:
        return []
    return [struct.unpack_from(layout, key[4], width * i) for i in range(key[3])]


def _first(stream: dict[str, Key], name: str) -> Any:
    numbers = _numbers(stream[name][1], stream[name][4]) if name in stream else []
    return int(numbers[0]) if numbers else None


def _clock(value: bytes) -> str | None:
    """``yymmddhhmmss.sss`` as RFC 3339 without a zone letter; GPSU is UTC."""
    text = value.decode("latin-1").strip("\0 ")
    if len(text) < 12 or not text[:12].isdigit():
        return None
    y, mo, d, h, mi, s = (text[i : i + 2] for i in range(0, 12, 2))
    return f"20{y}-{mo}-{d}T{h}:{mi}:{s}{text[12:16]}"


def _typed(stream: dict[str, Key], name: str) -> list[list[float]]:
    """The scaled rows of a stream whose columns differ in type, as its ``TYPE`` says."""
    letters = stream["TYPE"][4].split(b"\0")[0].decode("latin-1") if "TYPE" in stream else ""
    layout = ">" + "".join(_LAYOUTS.get(letter, "") for letter in letters)
    scale = _numbers(stream["SCAL"][1], stream["SCAL"][4]) if "SCAL" in stream else [1.0] * len(letters)
    _, _, size, count, value = stream[name]
    if len(layout) != len(letters) + 1 or struct.calcsize(layout) != size or len(scale) != len(letters) or 0 in scale:
        return []
    rows = (struct.unpack_from(layout, value, size * i) for i in range(count))
    return [[n / s for n, s in zip(row, scale, strict=True)] for row in rows]


def _posix(seconds: float) -> str | None:
    from datetime import UTC, datetime

    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _gps9_clock(days: int, seconds: int, scale: list[float]) -> str | None:
    """Days since 2000-01-01 and seconds of the day."""
    if len(scale) < 7 or not scale[6]:
        return None
    return _posix((_DAYS_TO_2000 + days) * 86_400 + seconds / scale[6])
