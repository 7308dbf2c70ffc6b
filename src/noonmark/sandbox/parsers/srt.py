"""DJI's subtitle telemetry, in its two families and their known misspellings.

The order inside ``GPS(a,b)`` is longitude, latitude in most models and the other way round in some;
where no value passes 90 the file can't tell, and both readings are handed back.

A cue is a number, "from --> to", and lines of text, in which the older family writes::

    GPS(2.3522,48.8566,30) BAROMETER:12.5

and the newer one::

    [latitude: 48.8566] [longitude: 2.3522] [rel_alt: 1.1 abs_alt: 30.0] [focal_len: 24.00]

Both may have a line with the date and time by the drone's clock, local and without a zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from noonmark.sandbox.parsers.output import ParserOutput

_CUE = re.compile(
    r"(\d{1,3}):(\d\d):(\d\d)[,.](\d{1,3})\s*-->\s*(\d{1,3}):(\d\d):(\d\d)[,.](\d{1,3})"
)
_CLOCK = re.compile(
    r"(\d{4})[-.](\d{1,2})[-.](\d{1,2})[ T](\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,3}))?"
)
_NUMBER = r"\s*([-+]?\d{1,3}(?:\.\d{1,10})?)\s*"
_PAIR = re.compile(
    rf"(?<![A-Z])GPS\s*\({_NUMBER},{_NUMBER}(?:,\s*([-+]?\d{{1,6}}(?:\.\d{{1,6}})?)\s*M?\s*)?\)"
)
_LATITUDE = re.compile(rf"\[latitude\s*:{_NUMBER}\]")
_LONGITUDE = re.compile(rf"\[long?t?itude\s*:{_NUMBER}\]")
_ALTITUDE = re.compile(r"(?:abs_alt|altitude)\s*:\s*([-+]?\d{1,6}(?:\.\d{1,6})?)")
_FOCAL = re.compile(r"\[focal_len\s*:\s*(\d{1,4}(?:\.\d{1,3})?)\]")
_BLANK_LINE = re.compile(r"\n\s*\n(?=\s*\d+\s*\n)")
"""What lies between two cues: the next one begins with its number."""
_MOST_CUES = 500_000
_LAT_FIRST, _LON_FIRST, _UNKNOWN, _NAMED = "lat,lon", "lon,lat", "unknown", "named"
_NO_FIX = (0.0, 0.0)

Pair = tuple[float, float]


@dataclass(frozen=True)
class _Cue:
    """One cue: when it is shown and what it states; None what it does not.

    ``pair`` is a position in an order that the cue does not say, ``place`` one as latitude,
    longitude.
    """

    start_s: float | None
    clock: str | None
    pair: Pair | None
    place: Pair | None
    altitude_m: float | None
    focal: str | None

    def lat_lon(self, order: str) -> Pair | None:
        """The position, with a pair read in ``order``."""
        if self.place is not None or self.pair is None:
            return self.place
        return self.pair if order == _LAT_FIRST else (self.pair[1], self.pair[0])


def looks_like(head: bytes) -> bool:
    """Whether the first bytes are those of a subtitle file with telemetry, or of an empty one."""
    text = head.decode("utf-8-sig", "replace").lstrip()
    first = text.split("\n", 1)[0].strip()
    if not first.isdigit():
        return False
    return bool(_CUE.search(text) or _CLOCK.search(text)) or text.strip() == first


def read(data: bytes, output: ParserOutput) -> None:
    """Write one track of cues; positions of 0,0 and missing ones are counted, not kept.

    Facts: cues, cues with data, without a position, at 0,0; the order of the positions. Fields: the
    first and the last clock, the focal length. Tracks: one, with a clock that is local.
    """
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    blocks = [block for block in _BLANK_LINE.split(text) if block.strip()]
    cues = [_cue(block) for block in blocks[:_MOST_CUES]]
    full = [cue for cue in cues if cue.clock or cue.pair or cue.place]
    output.facts |= {"cues": len(cues), "cues_with_data": len(full)}
    if not full:
        output.add_problem("SRT", "no cue holds a time or a position")
        return
    _write_clocks([cue.clock for cue in cues if cue.clock], output)
    _write_track(cues, output)
    focal = next((cue.focal for cue in cues if cue.focal), None)
    output.add_field("SRT", "focal_len", focal)


def _cue(block: str) -> _Cue:
    """What one cue states, in any of the known ways."""
    pair, focal = _PAIR.search(block), _FOCAL.search(block)
    latitude, longitude = _LATITUDE.search(block), _LONGITUDE.search(block)
    altitude = _ALTITUDE.search(block)
    altitude_text = altitude[1] if altitude else None
    # The third number of GPS(...) is an altitude in some models.
    if pair and pair[3]:
        altitude_text = pair[3]
    return _Cue(
        start_s=_start_s(block),
        clock=_clock(block),
        pair=(float(pair[1]), float(pair[2])) if pair else None,
        place=(float(latitude[1]), float(longitude[1])) if latitude and longitude else None,
        altitude_m=float(altitude_text) if altitude_text else None,
        focal=focal[1] if focal else None,
    )


def _start_s(block: str) -> float | None:
    """When the cue is shown, from the first frame on."""
    timing = _CUE.search(block)
    if timing is None:
        return None
    hours, minutes, seconds, fraction = (int(timing[i]) for i in (1, 2, 3, 4))
    part_s: float = fraction / 10 ** len(timing[4])
    return 3600 * hours + 60 * minutes + seconds + part_s


def _clock(block: str) -> str | None:
    """The date and time of a cue as RFC 3339, without a zone."""
    found = _CLOCK.search(block)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    fraction = f".{found[7]}" if found[7] else ""
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{fraction}"


def _write_clocks(clocks: list[str], output: ParserOutput) -> None:
    """Write the first and the last clock; note where it runs backwards."""
    if not clocks:
        output.add_problem("SRT", "no cue states a date and time")
        return
    output.add_field("SRT", "first cue", clocks[0])
    output.add_field("SRT", "last cue", clocks[-1])
    back = sum(later < earlier for earlier, later in pairwise(clocks))
    if back:
        output.add_problem("SRT", f"the clock runs backwards {back} times")


def _write_track(cues: list[_Cue], output: ParserOutput) -> None:
    """Write the positions as latitude, longitude; in the order of the file where it can't tell."""
    # One pair with a number above 90 settles the order of all.
    order = _order([cue.pair for cue in cues if cue.pair])
    placed: list[tuple[_Cue, Pair]] = []
    without_fix = missing = 0
    for cue in cues:
        place = cue.lat_lon(order)
        if place == _NO_FIX:
            without_fix += 1
        elif place is not None and abs(place[0]) <= 90 and abs(place[1]) <= 180:
            placed.append((cue, place))
        else:
            missing += 1
    output.facts |= {
        "cues_without_position": missing,
        "cues_at_nought": without_fix,
        "position_order": order,
    }
    total = len(cues)
    if without_fix:
        state = f"{without_fix} of {total} cues state the position 0,0"
        output.add_problem("SRT", f"{state}, which means that there was no fix")
    if missing:
        output.add_problem("SRT", f"{missing} of {total} cues state no position")
    if order == _UNKNOWN and placed:
        output.add_problem(
            "SRT",
            "GPS(a,b): both numbers are within 90, so the file does not say which is the latitude",
        )
    if placed:
        _add_track(placed, order, output)


def _add_track(placed: list[tuple[_Cue, Pair]], order: str, output: ParserOutput) -> None:
    """Add the track of the cues with a place."""
    output.tracks.append(
        {
            "source": "DJI SRT",
            "frame": "local without zone",
            "order_known": order != _UNKNOWN,
            "offset_s": [cue.start_s for cue, _ in placed],
            "clock": [cue.clock for cue, _ in placed],
            "lat_deg": [place[0] for _, place in placed],
            "lon_deg": [place[1] for _, place in placed],
            "altitude_m": [cue.altitude_m for cue, _ in placed],
        }
    )


def _order(pairs: list[Pair]) -> str:
    """The order of the numbers of all pairs: only a longitude may pass 90."""
    if not pairs:
        return _NAMED
    if any(abs(first) > 90 for first, _ in pairs):
        return _LON_FIRST
    if any(abs(second) > 90 for _, second in pairs):
        return _LAT_FIRST
    return _UNKNOWN
