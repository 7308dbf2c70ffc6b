"""What was asked, one value at a time: of the right kind, or one sentence that names it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from noonmark.errors import InputError
from noonmark.values import Place, Span, utc


def text(asked: Mapping[str, Any], name: str) -> str:
    """A text that is not empty."""
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise _bad(name, "a text", value)
    return value


def maybe_text(asked: Mapping[str, Any], name: str) -> str | None:
    """A text, or None where nothing was given."""
    return None if asked.get(name) in (None, "") else text(asked, name)


def flag(asked: Mapping[str, Any], name: str) -> bool:
    """true or false; false where nothing was given."""
    value = asked.get(name, False)
    if not isinstance(value, bool):
        raise _bad(name, "true or false", value)
    return value


def whole(asked: Mapping[str, Any], name: str, *, most: int = 2**53 - 1) -> int:
    """A whole number, 0 or more; from a query it comes as text."""
    value = asked.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 17:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise _bad(name, f"a whole number from 0 to {most}", value)
    return value


def maybe_whole(asked: Mapping[str, Any], name: str, *, most: int = 2**53 - 1) -> int | None:
    """A whole number, or None where nothing was given."""
    return None if asked.get(name) is None else whole(asked, name, most=most)


def number(asked: Mapping[str, Any], name: str, *, otherwise: float | None = None) -> float:
    """A finite number; from a query it comes as text."""
    value = asked.get(name)
    if value is None and otherwise is not None:
        return otherwise
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _bad(name, "a number", asked.get(name))
    return float(value)


def table(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object."""
    value = asked.get(name)
    if not isinstance(value, dict):
        raise _bad(name, "an object", value)
    return value


def place(asked: Mapping[str, Any]) -> Place:
    """The place of a query's ``lat`` and ``lon``."""
    return Place(number(asked, "lat"), number(asked, "lon"))


def claim(asked: Mapping[str, Any]) -> tuple[tuple[Place, float] | None, Span | None]:
    """A claimed place with its radius [km], a claimed time, or both."""
    where = None if asked.get("place") is None else _claimed_place(asked)
    when = _claimed_time(asked)
    if where is None and when is None:
        raise InputError("what is claimed?", code="bad-request", hint="a place, a time, or both")
    return where, when


def _claimed_place(asked: Mapping[str, Any]) -> tuple[Place, float]:
    """A claimed place with its radius [km].

    Without a radius the place itself is claimed. The largest circle holds the whole Earth.
    """
    pair = asked["place"]
    if not isinstance(pair, list) or len(pair) != 2:
        raise _bad("place", "[latitude, longitude] or null", pair)
    point = {"lat": pair[0], "lon": pair[1]}
    radius_km = number(asked, "km", otherwise=0.0)
    if not 0.0 <= radius_km <= 20_038.0:
        raise _bad("km", "from 0 to 20038", radius_km)
    return place(point), radius_km


def _claimed_time(asked: Mapping[str, Any]) -> Span | None:
    """A claimed span of time.

    Where only one end is given, that instant is claimed.
    """
    start = maybe_text(asked, "from")
    end = maybe_text(asked, "to")
    if start is None and end is None:
        return None
    return Span(utc(start or end or ""), utc(end or start or ""))


def box(asked: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """South, west, north, east [deg] of a query."""
    south, west, north, east = (number(asked, name) for name in ("south", "west", "north", "east"))
    if not (-90.0 <= south <= north <= 90.0 and west <= east):
        raise InputError(
            "the box is upside down", code="bad-request", hint="south below north, west below east"
        )
    return south, west, north, east


def _bad(name: str, expected: str, found: Any) -> InputError:
    """What is said of a value that is missing or of another kind.

    At most 60 characters of it are repeated.
    """
    shown = "nothing" if found is None else repr(found)[:60]
    return InputError(
        f"{name}: expected {expected}, got {shown}", code="bad-request", hint="docs/spec/page.md"
    )
