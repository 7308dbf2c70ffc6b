"""Numbers as they stand in tags: with units, in feet and inches, in miles an hour."""

from __future__ import annotations

import re
from typing import Final

_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_FEET = re.compile(rf"^\s*({_NUMBER})\s*(?:'|ft|feet)\s*(?:({_NUMBER})\s*(?:\"|''|in)?)?\s*$", re.I)
_WITH_UNIT = re.compile(rf"^\s*({_NUMBER})\s*([a-zA-Z/°\"]*)\s*$")
UNITS: Final = {
    "": 1.0,
    "m": 1.0,
    "km": 1000.0,
    "cm": 0.01,
    "mm": 0.001,
    "mi": 1609.344,
    "in": 0.0254,
    '"': 0.0254,
    "yd": 0.9144,
    "km/h": 1.0,
    "kmh": 1.0,
    "kph": 1.0,
    "mph": 1.609344,
    "knots": 1.852,
    "t": 1.0,
    "kg": 0.001,
    "st": 0.90718474,
    "lbs": 0.00045359237,
    "kw": 1.0,
    "mw": 1000.0,
    "gw": 1e6,
    "v": 1.0,
    "kv": 1000.0,
    "°": 1.0,
}
"""What one of a unit is in metres, km/h, tonnes, kilowatts, volts or degrees: OSM's own units."""
_FOOT_M = 0.3048
_LONGEST = 40


def quantity(text: str) -> float | None:
    """The number that a tag's value says, in metres, km/h, tonnes, kW or V; None for no number.

    >>> quantity("13'9\\"")
    4.191
    >>> quantity("25 mph")
    40.2336
    """
    if len(text) > _LONGEST:
        return None
    feet = _FEET.match(text)
    if feet:
        whole = _plain(feet[1]) * _FOOT_M
        return round(whole + (_plain(feet[2]) * UNITS["in"] if feet[2] else 0.0), 9)
    found = _WITH_UNIT.match(text)
    unit = UNITS.get(found[2].lower()) if found else None
    return None if found is None or unit is None else round(_plain(found[1]) * unit, 9)


def _plain(text: str) -> float:
    return float(text.replace(",", "."))
