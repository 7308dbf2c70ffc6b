"""The positions of a dashcam: the box ``gps `` in ``moov`` and the blocks that it points at, as the
chips of Novatek write them; many makes use them.

    gps   version, number of blocks; of each its offset in the file and its size
    block size, "freeGPS ", ...; from byte 48 on, the smallest byte first:
          hour, minute, second, year - 2000, month, day (32 bits each), then "A" where there is a
          fix, "N" or "S", "E" or "W", a byte, then latitude and longitude as degrees x 100 +
          minutes, speed in knots, course in degrees

**Method** Layout as written down in the documentation of ExifTool (P. Harvey) and in public readers
of dashcam films. Some makes scramble their numbers or write local time; the clock is handed on with
no zone.
"""

from __future__ import annotations

import struct

from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput

_SOURCE = "dashcam GPS"
_MOST_BLOCKS = 20_000
_MARK = b"freeGPS "
_ROW = struct.Struct("<6i4s4f")
_ROW_AT = 48
_MOMENT = {
    "hour": range(24),
    "minute": range(60),
    "second": range(61),
    "year": range(100),
    "month": range(1, 13),
    "day": range(1, 32),
}


def read(body: ByteView, file: ByteView, output: ParserOutput) -> None:
    """Write the track, and the first and the last clock of the receiver.

    A block without a fix or with a clock that is none is left out. Seconds into the film are not
    known: nothing ties a block to a picture.
    """
    columns: dict[str, list[object]] = {"clock": [], "lat_deg": [], "lon_deg": []}
    for i in range(min(body.number(">I", 4) or 0, _MOST_BLOCKS)):
        offset = body.number(">I", 8 + 8 * i)
        if offset is None:
            break
        point = _point(file.read(offset, _ROW_AT + _ROW.size))
        if point is not None:
            for name, value in zip(columns, point, strict=True):
                columns[name].append(value)
    clocks = columns["clock"]
    if not clocks:
        output.add_problem(_SOURCE, "no block of positions could be read")
        return
    output.add_field(_SOURCE, "first clock", clocks[0])
    output.add_field(_SOURCE, "last clock", clocks[-1])
    nothing = [None] * len(clocks)
    track = {
        "source": _SOURCE,
        "frame": "local without zone",
        "order_known": True,
        "offset_s": nothing,
        "altitude_m": nothing,
    }
    output.tracks.append(track | columns)


def _point(block: bytes) -> tuple[str, float, float] | None:
    """Clock, latitude and longitude of a block in degrees; None where it has no fix."""
    if len(block) < _ROW_AT + _ROW.size or block[4:12] != _MARK:
        return None
    *moment, letters, lat, lon, _, _ = _ROW.unpack_from(block, _ROW_AT)
    is_moment = all(value in within for value, within in zip(moment, _MOMENT.values(), strict=True))
    is_fix = letters[:1] == b"A" and letters[1:2] in b"NS" and letters[2:3] in b"EW"
    # What is not a number fails these two.
    is_place = 0 <= lat < 9100 and 0 <= lon < 18100
    if not (is_moment and is_fix and is_place):
        return None
    hour, minute, second, year, month, day = moment
    clock = f"{2000 + year:04d}:{month:02d}:{day:02d} {hour:02d}:{minute:02d}:{second:02d}"
    lat_deg, lon_deg = _degrees(lat), _degrees(lon)
    south, west = letters[1:2] == b"S", letters[2:3] == b"W"
    return clock, -lat_deg if south else lat_deg, -lon_deg if west else lon_deg


def _degrees(value: float) -> float:
    """Degrees from degrees x 100 + minutes."""
    whole = int(value) // 100
    return round(whole + (value - 100 * whole) / 60, 7)
