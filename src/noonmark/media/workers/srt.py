"""DJI's subtitle telemetry, in its two families and their known misspellings.

The order inside ``GPS(a,b)`` is longitude, latitude in most models and the other way round in some; where no
value passes 90 the file can't tell, and both readings are handed back.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from noonmark.media.workers.reader import Notebook

_CUE = re.compile(r"(\d{1,3}):(\d\d):(\d\d)[,.](\d{1,3})\s*-->\s*(\d{1,3}):(\d\d):(\d\d)[,.](\d{1,3})")
_CLOCK = re.compile(r"(\d{4})[-.](\d{1,2})[-.](\d{1,2})[ T](\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,3}))?")
_NUMBER = r"\s*([-+]?\d{1,3}(?:\.\d{1,10})?)\s*"
_PAIR = re.compile(rf"(?<![A-Z])GPS\s*\({_NUMBER},{_NUMBER}(?:,\s*([-+]?\d{{1,6}}(?:\.\d{{1,6}})?)\s*M?\s*)?\)")
_NO_PAIR = re.compile(r"GPS\s*\(")
_LATITUDE = re.compile(rf"\[latitude\s*:{_NUMBER}\]")
_LONGITUDE = re.compile(rf"\[long?t?itude\s*:{_NUMBER}\]")
_ALTITUDE = re.compile(r"(?:abs_alt|altitude)\s*:\s*([-+]?\d{1,6}(?:\.\d{1,6})?)")
_FOCAL = re.compile(r"\[focal_len\s*:\s*(\d{1,4}(?:\.\d{1,3})?)\]")
_MOST_CUES = 500_000


def looks_like(head: bytes) -> bool:
    """Whether the first bytes are those of a subtitle file with telemetry, or of an empty one."""
    text = head.decode("utf-8-sig", "replace").lstrip()
    first = text.split("\n", 1)[0].strip()
    return first.isdigit() and (bool(_CUE.search(text)) or bool(_CLOCK.search(text)) or text.strip() == first)


def read(data: bytes, book: Notebook) -> None:
    """One track of cues; every cue keeps its place, 0,0 and missing positions are counted, not kept."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    blocks = [b for b in re.split(r"\n\s*\n(?=\s*\d+\s*\n)", text) if b.strip()][:_MOST_CUES]
    cues = [_cue(block) for block in blocks]
    full = [cue for cue in cues if cue["clock"] or cue["pair"] or cue["place"]]
    book.facts |= {"cues": len(cues), "cues_with_data": len(full)}
    if not full:
        book.wrong("SRT", "no cue holds a time or a position")
        return
    _clocks([cue["clock"] for cue in cues if cue["clock"]], book)
    _track(cues, book)
    focal = next((cue["focal"] for cue in cues if cue["focal"]), None)
    book.say("SRT", "focal_len", focal)


def _cue(block: str) -> dict[str, Any]:
    timing, clock, pair = _CUE.search(block), _CLOCK.search(block), _PAIR.search(block)
    latitude, longitude = _LATITUDE.search(block), _LONGITUDE.search(block)
    altitude = _ALTITUDE.search(block)
    start_s = None
    if timing:
        h, m, s, ms = (int(timing[i]) for i in (1, 2, 3, 4))
        start_s = 3600 * h + 60 * m + s + ms / 10 ** len(timing[4])
    return {
        "start_s": start_s,
        "clock": "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}".format(*(int(clock[i]) for i in range(1, 7)))
        + (f".{clock[7]}" if clock and clock[7] else "")
        if clock
        else None,
        "pair": (float(pair[1]), float(pair[2])) if pair else None,
        "altitude": float(pair[3]) if pair and pair[3] else float(altitude[1]) if altitude else None,
        "place": (float(latitude[1]), float(longitude[1])) if latitude and longitude else None,
        "focal": (_FOCAL.search(block) or [None, None])[1],
    }


def _clocks(clocks: list[str], book: Notebook) -> None:
    if not clocks:
        book.wrong("SRT", "no cue states a date and time")
        return
    book.say("SRT", "first cue", clocks[0])
    book.say("SRT", "last cue", clocks[-1])
    back = sum(later < earlier for earlier, later in pairwise(clocks))
    if back:
        book.wrong("SRT", f"the clock runs backwards {back} times")


def _track(cues: list[dict[str, Any]], book: Notebook) -> None:
    """The positions in the order latitude, longitude, or both orders where the file can't tell."""
    order = _order([cue["pair"] for cue in cues if cue["pair"]])
    points, nought, missing = [], 0, 0
    for cue in cues:
        place = cue["place"]
        if place is None and cue["pair"]:
            place = cue["pair"] if order == "lat,lon" else cue["pair"][::-1]
        if place is None:
            missing += 1
        elif place == (0.0, 0.0):
            nought += 1
        elif abs(place[0]) <= 90 and abs(place[1]) <= 180:
            points.append((cue["start_s"], cue["clock"], place[0], place[1], cue["altitude"]))
        else:
            missing += 1
    book.facts |= {"cues_without_position": missing, "cues_at_nought": nought, "position_order": order}
    if nought:
        book.wrong("SRT", f"{nought} of {len(cues)} cues state the position 0,0, which means that there was no fix")
    if missing:
        book.wrong("SRT", f"{missing} of {len(cues)} cues state no position")
    if order == "unknown" and points:
        book.wrong("SRT", "GPS(a,b): both numbers are within 90, so the file does not say which is the latitude")
    if points:
        book.tracks.append(
            {
                "source": "DJI SRT",
                "frame": "local without zone",
                "order_known": order != "unknown",
                "offset_s": [p[0] for p in points],
                "clock": [p[1] for p in points],
                "lat_deg": [p[2] for p in points],
                "lon_deg": [p[3] for p in points],
                "altitude_m": [p[4] for p in points],
            }
        )


def _order(pairs: list[tuple[float, float]]) -> str:
    if not pairs:
        return "named"
    if any(abs(a) > 90 for a, _ in pairs):
        return "lon,lat"
    if any(abs(b) > 90 for _, b in pairs):
        return "lat,lon"
    return "unknown"
