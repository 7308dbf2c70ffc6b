"""Places that somebody ruled out by eye: kept one a line with the reason, and what that changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from noonmark.errors import InputError
from noonmark.values import utc

MOST_RULINGS = 20_000
LONGEST_WHY = 500
_GOAL = 0.9
_OSM = re.compile(r"(node|way|relation)/[0-9]{1,19}")
_HINT = 'one JSON object a line: {"osm": "way/17", "why": "...", "by": "ALIAS", "at": "...Z"}'


@dataclass(frozen=True)
class PlaceRuling:
    """A reader's word that the scene is not at an object of the map, with the reason.

    ``back`` takes an earlier one back.
    """

    osm: str
    why: str
    by: str
    at: str
    back: bool = False


def checked_ruling(ruling: PlaceRuling) -> PlaceRuling:
    """The ruling, if it can be kept. Raises InputError "bad-ruling"."""
    problem = None
    if not _OSM.fullmatch(ruling.osm):
        problem = f"expected an object like way/17, got {ruling.osm[:40]!r}"
    elif not ruling.back and not ruling.why.strip():
        problem = "the reason is missing"
    elif len(ruling.why) > LONGEST_WHY:
        problem = f"the reason is longer than {LONGEST_WHY} letters"
    elif not ruling.by.strip() or len(ruling.by) > 80:
        problem = "who ruled it out is missing"
    if problem is not None:
        raise InputError(f"ruled out by eye: {problem}", code="bad-ruling", hint=_HINT)
    utc(ruling.at)
    return ruling


def ruling_line(ruling: PlaceRuling) -> bytes:
    """A ruling as a line of its file."""
    text = json.dumps(asdict(checked_ruling(ruling)), ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode()


def read_rulings(path: Path) -> tuple[PlaceRuling, ...]:
    """The rulings that stand, of a file with one a line: of each place the last, none taken back.

    A half last line, which a crash left, is no ruling. Raises InputError "bad-ruling".
    """
    from noonmark.questions.input_files import read_bytes

    lines = read_bytes(path).split(b"\n")[:-1]
    if len(lines) > MOST_RULINGS:
        raise InputError(
            f"{path.name} holds {len(lines)} rulings, at most {MOST_RULINGS} are read",
            code="bad-ruling",
            hint=_HINT,
        )
    last: dict[str, PlaceRuling] = {}
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            ruling = checked_ruling(PlaceRuling(**json.loads(line)))
        except (TypeError, ValueError, AttributeError, RecursionError, InputError) as error:
            raise InputError(
                f"{path.name}, line {number + 1}: {error}", code="bad-ruling", hint=_HINT
            ) from None
        last.pop(ruling.osm, None)
        last[ruling.osm] = ruling
    return tuple(ruling for ruling in last.values() if not ruling.back)


def without_ruled_out(
    answer: Mapping[str, Any],
    rulings: Sequence[PlaceRuling],
) -> dict[str, Any]:
    """The answer of ``find_places`` after places were ruled out: the rest in proportion.

    A look at a place is taken as certain. "None of these" gains with the places that are left.
    What was ruled out stands under ``ruled_out``, with the probability that it had.
    """
    ruled = {ruling.osm: ruling for ruling in rulings}
    kept = [place for place in answer["places"] if place["osm"] not in ruled]
    gone = [place for place in answer["places"] if place["osm"] in ruled]
    left = 1.0 - sum(place["probability"] for place in gone)
    if not gone or left <= 0.0:
        kept, gone, left = list(answer["places"]), [], 1.0
    places = [
        {**place, "rank": number + 1, "probability": _digits(place["probability"] / left)}
        for number, place in enumerate(kept)
    ]
    none = min(_digits(answer["none_of_these"] / left), 1.0)
    return {
        **answer,
        "places": places,
        "none_of_these": none,
        "set_90": _set_90(answer, places, none),
        "ruled_out": [_told(place, ruled[place["osm"]]) for place in gone],
    }


def _told(place: Mapping[str, Any], ruling: PlaceRuling) -> dict[str, Any]:
    """A place that was ruled out, and by whom, why, and when."""
    names = ("lat_deg", "lon_deg", "sigma_m", "probability", "osm")
    told = {name: place[name] for name in names}
    return told | {
        "name": place.get("name", ""),
        "why": ruling.why,
        "by": ruling.by,
        "at": ruling.at,
    }


def _set_90(
    answer: Mapping[str, Any],
    places: Sequence[Mapping[str, Any]],
    none: float,
) -> dict[str, Any]:
    """How many of the places that are left make up 90 %, and whether "none of these" is needed."""
    total = sum(place["probability"] for place in places)
    has_none = bool(answer["set_90"]["none_of_these"]) or total < _GOAL
    held, count = (none if has_none else 0.0), 0
    while held < _GOAL and count < len(places):
        held += places[count]["probability"]
        count += 1
    return {"places": count, "none_of_these": has_none}


def _digits(value: float) -> float:
    return float(f"{float(value):.6g}")
