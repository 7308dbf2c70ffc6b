"""When and where an aircraft's camera says that it was: MISB ST 0601 local sets, read by hand (KLV
by SMPTE 336).

A set is a key of 16 bytes, a length, and tags with their lengths and values; the last tag is a
checksum. Only sets whose checksum holds are believed. Their clock counts microseconds since 1970:
most count as UTC does, those of MISP time (ST 0603) know no leap seconds and are 29 s ahead since
2017.

    key     16 bytes, the same for every set
    length  BER: one byte, or 0x80 + n and n bytes
    tags    a number (BER-OID), a length (BER), a value:
            2 time, 13 latitude, 14 longitude, 15 altitude of the sensor, 1 the checksum, last
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from noonmark.sandbox.parsers.output import ParserOutput

_KEY = bytes.fromhex("060e2b34020b01010e01030101000000")
_SUM, _TIME, _LATITUDE, _LONGITUDE, _ALTITUDE = 1, 2, 13, 14, 15
_LEAST_SET_BYTES = 22
_MOST_SETS, _MOST_TAGS = 100_000, 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALTITUDE_SPAN_M, _LOWEST_M = 19_900, -900
_SOURCE = "MISB 0601"


@dataclass(frozen=True)
class _MisbSet:
    """The clock and the place of the sensor in one set; None what it does not state."""

    moment: datetime | None
    lat_deg: float | None
    lon_deg: float | None
    altitude_m: float | None


def read(data: bytes, output: ParserOutput) -> None:
    """Write the clock and the track of the sensor, from the bytes of one metadata stream.

    Fields: the first and the last time stamp. Tracks: one, of the sets that hold a place.

    Problems: how many sets are cut off or fail their checksum.
    """
    sets: list[_MisbSet] = []
    broken = 0
    at = data.find(_KEY)
    while at >= 0 and len(sets) + broken < _MOST_SETS:
        size, begin = _length(data, at + len(_KEY))
        end = begin + size
        # A key may stand in other data by chance: then the search goes on behind its first byte.
        if begin > 0 and end <= len(data) and _sums_up(data[at:end]):
            sets.append(_set(data[begin:end]))
            at = data.find(_KEY, end)
        else:
            broken += 1
            at = data.find(_KEY, at + 1)
    if broken:
        total = broken + len(sets)
        output.add_problem(_SOURCE, f"{broken} of {total} sets are cut off or fail their checksum")
    _write(sets, output)


def _write(sets: list[_MisbSet], output: ParserOutput) -> None:
    """Write the first and the last clock, and the track of those with a place."""
    moments = [each.moment for each in sets if each.moment is not None]
    if moments:
        output.add_field(_SOURCE, "first time stamp", _text(moments[0]))
        output.add_field(_SOURCE, "last time stamp", _text(moments[-1]))
    placed = [each for each in sets if each.lat_deg is not None and each.lon_deg is not None]
    if placed:
        output.tracks.append(_track(placed, moments[0] if moments else None))


def _track(placed: list[_MisbSet], first: datetime | None) -> dict[str, Any]:
    """The track of the sets with a place; offsets count from the first clock."""
    offsets_s: list[float | None] = []
    clocks: list[str | None] = []
    for each in placed:
        if each.moment is None or first is None:
            offsets_s.append(None)
            clocks.append(None)
        else:
            offsets_s.append((each.moment - first).total_seconds())
            clocks.append(_text(each.moment))
    return {
        "source": _SOURCE,
        "frame": "UTC",
        "order_known": True,
        "offset_s": offsets_s,
        "clock": clocks,
        "lat_deg": [each.lat_deg for each in placed],
        "lon_deg": [each.lon_deg for each in placed],
        "altitude_m": [each.altitude_m for each in placed],
    }


def _text(moment: datetime) -> str:
    """A moment as RFC 3339 to the millisecond, without a zone letter."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _length(data: bytes, at: int) -> tuple[int, int]:
    """A length (BER) and where what it measures begins; (0, 0) where there is none."""
    first = data[at] if at < len(data) else 0x80
    if first < 0x80:
        return first, at + 1
    more = first & 0x7F
    begin = at + 1 + more
    raw = data[at + 1 : begin]
    if not 1 <= more <= 4 or len(raw) < more:
        return 0, 0
    return int.from_bytes(raw), begin


def _sums_up(whole: bytes) -> bool:
    """Whether the last tag is the sum of all bytes before its value, taken as 16-bit words (ST
    0601, 6.5.2).
    """
    if len(whole) < _LEAST_SET_BYTES or whole[-4:-2] != bytes([_SUM, 2]):
        return False
    # An odd number of bytes is filled up with a zero.
    body = whole[:-2] + bytes(len(whole) % 2)
    total = 256 * sum(body[::2]) + sum(body[1::2])
    return total & 0xFFFF == int.from_bytes(whole[-2:])


def _set(body: bytes) -> _MisbSet:
    """The tags of interest; of a tag that comes twice the first counts."""
    values: dict[int, bytes] = {}
    at = 0
    for _ in range(_MOST_TAGS):
        if at >= len(body):
            break
        tag, at = _tag(body, at)
        size, at = _length(body, at)
        if not at:
            break
        values.setdefault(tag, body[at : at + size])
        at += size
    return _MisbSet(
        moment=_moment(values.get(_TIME, b"")),
        lat_deg=_angle(values.get(_LATITUDE, b""), 90.0),
        lon_deg=_angle(values.get(_LONGITUDE, b""), 180.0),
        altitude_m=_altitude(values.get(_ALTITUDE, b"")),
    )


def _tag(body: bytes, at: int) -> tuple[int, int]:
    """A tag (BER-OID: seven bits a byte, the highest first), and where its length lies."""
    tag = 0
    while at < len(body) and body[at] & 0x80 and tag < 1 << 28:
        tag = tag << 7 | body[at] & 0x7F
        at += 1
    last = body[at] & 0x7F if at < len(body) else 0
    return tag << 7 | last, at + 1


def _moment(raw: bytes) -> datetime | None:
    """64 bits of microseconds."""
    if len(raw) != 8:
        return None
    try:
        return _EPOCH + timedelta(microseconds=int.from_bytes(raw))
    except OverflowError:
        return None


def _angle(raw: bytes, most_deg: float) -> float | None:
    """32 bits for plus and minus ``most_deg``; the lowest number says that the sensor does not
    know.
    """
    number = int.from_bytes(raw, signed=True)
    if len(raw) != 4 or number == -(2**31):
        return None
    return number / (2**31 - 1) * most_deg


def _altitude(raw: bytes) -> float | None:
    """16 bits for -900 to 19000 m."""
    if len(raw) != 2:
        return None
    return int.from_bytes(raw) / 65_535 * _ALTITUDE_SPAN_M + _LOWEST_M
