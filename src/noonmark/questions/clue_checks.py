"""What a clue file says that can't be, across its fields; and what is only odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from noonmark.errors import Problem
from noonmark.inference.clues.table import kind_of, moments
from noonmark.questions.problem_collector import shown
from noonmark.typed_words import nearest

_CIRCLE = {"lat_deg": (-90.0, 90.0), "lon_deg": (-180.0, 180.0), "radius_km": (0.0, 20100.0)}
_BOX = {
    "south": (-90.0, 90.0),
    "west": (-180.0, 360.0),
    "north": (-90.0, 90.0),
    "east": (-180.0, 360.0),
}


def area_problems(value: Any, where: str) -> list[Problem]:
    """What is wrong with the shape of an area: words, a circle or a rectangle.

    Whether a country or a file exists is not looked up here.
    """
    if isinstance(value, str):
        if 0 < len(value) <= 500 and value.isprintable():
            return []
        expected = 'a country code, a GeoJSON file, "world" or "land"'
        return [Problem("bad-area", where, expected, value[:60])]
    if not isinstance(value, dict):
        return [Problem("bad-area", where, "a text or a table", type(value).__name__)]
    is_circle = "radius_km" in value or "lat_deg" in value
    known = _CIRCLE if is_circle else _BOX
    found = []
    for key in value:
        if key not in known:
            name = str(key)[:40]
            close = nearest(name, known)
            expected = f"a known key ({close}?)" if close else f"one of {', '.join(known)}"
            found.append(Problem("unknown-key", f"{where}.{name}", expected, name))
    for key, (low, high) in known.items():
        if not _is_between(value.get(key), low, high):
            expected = f"a number from {low:g} to {high:g}"
            given = shown(value.get(key))
            found.append(Problem("bad-area", f"{where}.{key}", expected, given))
    return found or _extent_problems(value, where, is_circle=is_circle)


def _is_between(value: Any, low: float, high: float) -> bool:
    """Whether a value is a number within limits; True and False are none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return low <= value <= high


def _extent_problems(value: dict[str, Any], where: str, *, is_circle: bool) -> list[Problem]:
    """What is wrong with an area whose numbers are fine by themselves."""
    if is_circle and value["radius_km"] <= 0:
        found = f"{value['radius_km']}"
        return [Problem("bad-area", f"{where}.radius_km", "a number above 0", found)]
    if not is_circle and value["north"] <= value["south"]:
        found = f"{value['north']}"
        return [Problem("bad-area", f"{where}.north", "a latitude north of south", found)]
    return []


def window_problems(not_before_s: float | None, not_after_s: float | None) -> list[Problem]:
    """What is wrong with a window that ends before it starts."""
    if not_before_s is None or not_after_s is None or not_after_s >= not_before_s:
        return []
    expected = "a time later than prior.not_before"
    return [Problem("span-backwards", "prior.not_after", expected, "an earlier one")]


def time_problems(
    not_before_s: float | None, not_after_s: float | None, clues: Sequence[Any]
) -> list[Problem]:
    """What is missing where nothing says when the scene was.

    Both ends of the window, an instant of a clue, or a window clue can say when it was. A clue
    that is seen at no instant does not ask: beside instants that are known, a window clue of one
    end is held against these.
    """
    if not_before_s is not None and not_after_s is not None:
        return []
    if _bounded(not_before_s, not_after_s, clues):
        return []
    known = [all(instant.at_s is not None for instant in moments(clue)) for clue in clues]
    floating = []
    for i, clue in enumerate(clues):
        if not kind_of(clue).timeless and not known[i]:
            floating.append(i)
    if not floating and any(known):
        return []
    missing = "prior.not_before" if not_before_s is None else "prior.not_after"
    where = f"clue[{floating[0]}].at" if floating else "any clue's at"
    expected = f"both ends of the window, or {where}"
    return [Problem("no-time", missing, expected, "nothing")]


def _bounded(not_before_s: float | None, not_after_s: float | None, clues: Sequence[Any]) -> bool:
    """Whether the clues bound the time that the prior leaves open.

    Either window clues give the missing ends, or a clue's instant fixes the scene's start.
    """
    starts, ends = [not_before_s], [not_after_s]
    for clue in clues:
        window_s = kind_of(clue).window_s
        if window_s is not None:
            first, last = window_s(clue)
            starts.append(first)
            ends.append(last)
    if _any_known(starts) and _any_known(ends):
        return True
    for clue in clues:
        for instant in moments(clue):
            if instant.at_s is not None and instant.offset_s is not None:
                return True
    return False


def _any_known(times_s: list[float | None]) -> bool:
    """Whether any of some times is known."""
    return any(time_s is not None for time_s in times_s)


def warnings_of(clues: Sequence[Any]) -> Iterator[str]:
    """What is possible but odd: likely units mistaken, errors too small or too large to be true."""
    for i, clue in enumerate(clues):
        yield from kind_of(clue).warnings(clue, f"clue[{i}]")
