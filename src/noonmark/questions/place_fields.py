"""The tables of a question about places: what each key may hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

FARTHEST_M: Final = 20_000.0
_LONGEST = 500


@dataclass(frozen=True)
class Field:
    """One key: what it reads as (None for what is wrong), what was expected, its default, and its
    JSON Schema.
    """

    read: Callable[[Any], Any]
    expected: str
    default: Any
    schema: Mapping[str, Any]


def field_value(
    field: Field,
    value: Any,
) -> Any:
    """The value as the field reads it; None where it is wrong."""
    return field.read(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 and math.isfinite(value) else None


def _text(value: Any) -> str | None:
    is_good = isinstance(value, str) and 0 < len(value) <= _LONGEST
    return value if is_good else None


def _texts(
    least: int,
    most: int,
) -> Callable[[Any], tuple[str, ...] | None]:
    def read(value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            return None
        return tuple(value) if all(_text(v) for v in value) else None

    return read


def _between(
    low: float,
    high: float,
    *,
    above: bool = False,
) -> Callable[[Any], float | None]:
    def read(value: Any) -> float | None:
        number = _number(value)
        if number is None or not low <= number <= high or (above and number == low):
            return None
        return number

    return read


def _range(
    low: float,
    high: float,
) -> Callable[[Any], tuple[float, float] | None]:
    def read(value: Any) -> tuple[float, float] | None:
        if not isinstance(value, list) or len(value) != 2:
            return None
        first, second = _number(value[0]), _number(value[1])
        if first is None or second is None or not low <= first <= second <= high:
            return None
        return None if second == 0 else (first, second)

    return read


def _distance(value: Any) -> Any:
    if isinstance(value, list):
        return _range(0.0, FARTHEST_M)(value)
    return _between(0.0, FARTHEST_M, above=True)(value)


def _sector(value: Any) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    first, second = _number(value[0]), _number(value[1])
    if first is None or second is None or not (0 <= first <= 360 and 0 <= second <= 360):
        return None
    return None if (second - first) % 360.0 == 0 else (first, second)


def _whole(value: Any) -> int | None:
    is_good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000
    return value if is_good else None


def _turns(value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, list) or not 2 <= len(value) <= 8:
        return None
    numbers = [_between(0.0, 360.0)(v) for v in value]
    return None if None in numbers else tuple(n for n in numbers if n is not None)


def _arms(value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, list) or not 3 <= len(value) <= 8:
        return None
    numbers = [_between(0.0, 360.0)(v) for v in value]
    known = tuple(n for n in numbers if n is not None)
    return known if len({n % 360.0 for n in known}) == len(value) else None


def _meet(value: Any) -> str | None:
    return value if value in MEETINGS else None


def _area(value: Any) -> Any:
    return value if isinstance(value, str | dict) and value else None


MEETINGS: Final = ("crosses", "meets", "inside", "contains")
_TEXT_FORM = {"type": "string", "minLength": 1, "maxLength": _LONGEST}
_PAIR_FORM = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}


def _numeric(
    low: float,
    high: float,
    *,
    above: bool = False,
) -> Field:
    edge = "exclusiveMinimum" if above else "minimum"
    words = f"a number above {low:g}, at most {high:g}" if above else f"{low:g} to {high:g}"
    form = {"type": "number", edge: low, "maximum": high}
    return Field(_between(low, high, above=above), words, None, form)


def _texted(words: str) -> Field:
    return Field(_text, words, "", _TEXT_FORM)


def _listed(
    least: int,
    most: int,
    words: str,
) -> Field:
    form = {"type": "array", "items": _TEXT_FORM, "minItems": least, "maxItems": most}
    return Field(_texts(least, most), words, (), form)


def _ranged(
    low: float,
    high: float,
) -> Field:
    words = f"[from, to] within {low:g} to {high:g}, not both 0"
    return Field(_range(low, high), words, None, _PAIR_FORM)


_ARMS_WORDS = "3 to 8 different angles, 0 to 360, one for each arm"
_ARMS_FORM = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 8}
_ID = _texted("the id of a thing")
_WITHIN = _numeric(0.0, FARTHEST_M, above=True)
_AZIMUTH = _numeric(0.0, 360.0)
_SIGMA = _numeric(0.0, 180.0, above=True)
_SECTOR = Field(_sector, "[from, to] in degrees, clockwise, less than all round", None, _PAIR_FORM)
_COUNT = Field(_whole, "a whole number from 1 to 1000", 1, {"type": "integer", "minimum": 1})
_SHARE = _numeric(0.0, 1.0)
NUMBER_KEYS: Final = {
    "levels": "building:levels",
    "height_m": "height",
    "clearance_m": "maxheight",
    "width_m": "width",
    "lanes": "lanes",
    "speed_kmh": "maxspeed",
    "altitude_m": "ele",
    "voltage_v": "voltage",
    "arms": "noonmark:arms",
}
"""Ranges of numbers that a thing may ask for, with the tag that says each."""
FIELDS: Final[Mapping[str, Mapping[str, Field]]] = {
    "search": {
        "region": _listed(1, 200, "a list of names of maps",),
        "area": Field(
            _area, "an area as in clue files", None, {"type": ["string", "object"]}
        ,),
        "anchor": _ID,
    },
    "eye": {"near": _ID, "on": _ID, "within_m": _numeric(0.0, FARTHEST_M, above=True,)},
    "thing": {
        "id": _texted("a name for the thing"),
        "is": _texted("a kind of thing in plain words"),
        "tags": _texted('tags like "highway=footway & bridge=*"'),
        "name": _texted("a name; ? is one letter, * any number"),
        "missing": _SHARE,
        **{name: _ranged(-500.0, 1e6) for name in NUMBER_KEYS},
    },
    "pair": {
        "of": _listed(2, 2, "two ids of things",),
        "distance_m": Field(
            _distance,
            f"[from, to] or a distance, 0 to {FARTHEST_M:g} m",
            None,
            {"anyOf": [_PAIR_FORM, {"type": "number", "exclusiveMinimum": 0}]},
        ),
        "distance_sigma_m": _WITHIN,
        "bearing_deg": _AZIMUTH,
        "bearing_sigma_deg": _SIGMA,
        "meet": Field(_meet, f"one of {', '.join(MEETINGS)}", "", {"enum": list(MEETINGS)},),
        "angle_deg": _numeric(0.0, 90.0),
        "angle_sigma_deg": _SIGMA,
    },
    "count": {
        "of": _ID,
        "near": _ID,
        "within_m": _WITHIN,
        "at_least": _COUNT,
        "direction_deg": _AZIMUTH,
        "direction_sigma_deg": _SIGMA,
        "sector_deg": _SECTOR,
    },
    "absent": {"of": _ID, "near": _ID, "within_m": _WITHIN, "sector_deg": _SECTOR},
    "sides": {
        "of": _ID,
        "line": _ID,
        "within_m": _WITHIN,
        "one_side": _COUNT,
        "other_side": _COUNT,
    },
    "seen": {
        "order": _listed(2, 8, "2 to 8 ids of things, from left to right",),
        "turn_deg": Field(_turns, "turns from the first, 0 to 360", (), {
            "type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 8},),
        "turn_sigma_deg": _SIGMA,
        "range_m": _ranged(0.0, 5000.0),
    },
    "arms": {
        "at": _ID,
        "azimuth_deg": Field(_arms, _ARMS_WORDS, (), _ARMS_FORM),
        "turn_deg": Field(_arms, _ARMS_WORDS, (), _ARMS_FORM),
        "sigma_deg": _SIGMA,
    },
}  # fmt: skip
MUST: Final = {
    "thing": ("id",),
    "pair": ("of",),
    "count": ("of", "near", "within_m"),
    "absent": ("of", "near", "within_m"),
    "sides": ("of", "line", "within_m"),
    "seen": ("order", "turn_deg", "turn_sigma_deg", "range_m"),
    "arms": ("at", "sigma_deg"),
}
ONE_TABLE: Final = {"thing": (("is", "tags"),), "arms": (("azimuth_deg", "turn_deg"),)}
