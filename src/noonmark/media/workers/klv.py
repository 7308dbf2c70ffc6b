"""When and where an aircraft's camera says that it was: MISB ST 0601 local sets, read by hand (KLV by SMPTE 336).

Only sets whose checksum holds are believed. Their clock counts microseconds since 1970: most count as UTC does, those
of MISP time (ST 0603) know no leap seconds and are 29 s ahead since 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from noonmark.media.workers.reader import Notebook

_KEY = bytes.fromhex("060e2b34020b01010e01030101000000")
_SUM, _TIME, _LATITUDE, _LONGITUDE, _ALTITUDE = 1, 2, 13, 14, 15
_MOST_SETS, _MOST_TAGS = 100_000, 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOURCE = "MISB 0601"


@dataclass(frozen=True)
class _Set:
    moment: datetime | None
    lat_deg: float | None
    lon_deg: float | None
    altitude_m: float | None


def read(data: bytes, book: Notebook) -> None:
    """The clock and the track of the sensor, from the bytes of one metadata stream."""
    sets: list[_Set] = []
    broken, at = 0, data.find(_KEY)
    while at >= 0 and len(sets) + broken < _MOST_SETS:
        size, begin = _length(data, at + len(_KEY))
        whole = data[at : begin + size]
        good = begin > 0 and len(whole) == begin + size - at and _sums_up(whole)
        if good:
            sets.append(_set(data[begin : begin + size]))
        broken += not good
        at = data.find(_KEY, begin + size if good else at + 1)
    if broken:
        book.wrong(_SOURCE, f"{broken} of {broken + len(sets)} sets are cut off or fail their checksum")
    _write(sets, book)


def _write(sets: list[_Set], book: Notebook) -> None:
    moments = [s.moment for s in sets if s.moment is not None]
    if moments:
        book.say(_SOURCE, "first time stamp", _text(moments[0]))
        book.say(_SOURCE, "last time stamp", _text(moments[-1]))
    points = [
        ((s.moment - moments[0]).total_seconds() if s.moment else None, s.moment and _text(s.moment), s)
        for s in sets
        if s.lat_deg is not None and s.lon_deg is not None
    ]
    if points:
        book.tracks.append(
            {
                "source": _SOURCE, "frame": "UTC", "order_known": True,
                "offset_s": [p[0] for p in points], "clock": [p[1] for p in points],
                "lat_deg": [p[2].lat_deg for p in points], "lon_deg": [p[2].lon_deg for p in points],
                "altitude_m": [p[2].altitude_m for p in points],
            }
        )  # fmt: skip


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _length(data: bytes, at: int) -> tuple[int, int]:
    """A length (BER) and where what it measures begins; (0, 0) where there is none."""
    first = data[at] if at < len(data) else 0x80
    if first < 0x80:
        return first, at + 1
    more = first & 0x7F
    raw = data[at + 1 : at + 1 + more]
    return (int.from_bytes(raw), at + 1 + more) if 1 <= more <= 4 and len(raw) == more else (0, 0)


def _sums_up(whole: bytes) -> bool:
    """Whether the last tag is the sum of all bytes before its value, taken as 16-bit words (ST 0601, 6.5.2)."""
    if len(whole) < 22 or whole[-4:-2] != bytes([_SUM, 2]):
        return False
    body = whole[:-2] + bytes(len(whole) % 2)
    return (256 * sum(body[::2]) + sum(body[1::2])) & 0xFFFF == int.from_bytes(whole[-2:])


def _set(body: bytes) -> _Set:
    values: dict[int, bytes] = {}
    at = 0
    for _ in range(_MOST_TAGS):
        if at >= len(body):
            break
        tag = 0
        while at < len(body) and body[at] & 0x80 and tag < 1 << 28:
            tag = tag << 7 | body[at] & 0x7F
            at += 1
        tag = tag << 7 | (body[at] & 0x7F if at < len(body) else 0)
        size, at = _length(body, at + 1)
        if not at:
            break
        values.setdefault(tag, body[at : at + size])
        at += size
    high = values.get(_ALTITUDE, b"")
    return _Set(
        _moment(values.get(_TIME, b"")),
        _angle(values.get(_LATITUDE, b""), 90.0),
        _angle(values.get(_LONGITUDE, b""), 180.0),
        int.from_bytes(high) / 65_535 * 19_900 - 900 if len(high) == 2 else None,
    )


def _moment(raw: bytes) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=int.from_bytes(raw)) if len(raw) == 8 else None
    except OverflowError:
        return None


def _angle(raw: bytes, most_deg: float) -> float | None:
    """32 bits for plus and minus ``most_deg``; the lowest number says that the sensor does not know."""
    number = int.from_bytes(raw, signed=True)
    return number / (2**31 - 1) * most_deg if len(raw) == 4 and number != -(2**31) else None
