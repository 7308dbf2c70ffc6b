"""What a clue file says that can't be, across its fields; and what is only odd."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from noonmark.errors import Problem
from noonmark.inference.clues.shadow_length import ShadowLength
from noonmark.inference.clues.table import moments

_CIRCLE = {"lat_deg": (-90.0, 90.0), "lon_deg": (-180.0, 180.0), "radius_km": (0.0, 20100.0)}
_BOX = {"south": (-90.0, 90.0), "west": (-180.0, 360.0), "north": (-90.0, 90.0), "east": (-180.0, 360.0)}
ODD_RATIO = 40.0
"""A shadow this many times as long as its thing needs a sun below 1.4 deg."""


def area_problems(value: Any, where: str) -> list[Problem]:
    """What is wrong with the shape of an area: words, a circle or a rectangle."""
    if isinstance(value, str):
        if 0 < len(value) <= 500 and value.isprintable():
            return []
        return [Problem("bad-area", where, 'a country code, a GeoJSON file, "world" or "land"', value[:60])]
    if not isinstance(value, dict):
        return [Problem("bad-area", where, "a text or a table", type(value).__name__)]
    known = _CIRCLE if "radius_km" in value or "lat_deg" in value else _BOX
    found = []
    for key in value:
        if key not in known:
            found.append(
                Problem("unknown-key", f"{where}.{str(key)[:40]}", f"one of {', '.join(known)}", str(key)[:40])
            )
    for key, (low, high) in known.items():
        number = value.get(key)
        real = isinstance(number, int | float) and not isinstance(number, bool)
        if number is None or not real or not low <= number <= high:
            found.append(Problem("bad-area", f"{where}.{key}", f"a number from {low:g} to {high:g}", f"{number}"[:40]))
    if not found and known is _BOX and value["north"] <= value["south"]:
        found.append(Problem("bad-area", f"{where}.north", "a latitude north of south", f"{value['north']}"))
    if not found and known is _CIRCLE and value["radius_km"] <= 0:
        found.append(Problem("bad-area", f"{where}.radius_km", "a number above 0", f"{value['radius_km']}"))
    return found


def window_problems(not_before_s: float | None, not_after_s: float | None) -> list[Problem]:
    """A window that ends before it starts."""
    if not_before_s is not None and not_after_s is not None and not_after_s < not_before_s:
        return [Problem("span-backwards", "prior.not_after", "a time later than prior.not_before", "an earlier one")]
    return []


def time_problems(not_before_s: float | None, not_after_s: float | None, clues: Sequence[Any]) -> list[Problem]:
    """No time information at all."""
    known = [all(instant.at_s is not None for instant in moments(clue)) for clue in clues]
    needed = [clue.kind not in _TIMELESS for clue in clues]
    if (not_before_s is None or not_after_s is None) and not _bounded(not_before_s, not_after_s, clues):
        floating = [i for i, (has, needs) in enumerate(zip(known, needed, strict=True)) if needs and not has]
        if floating or not any(known):
            missing = "prior.not_before" if not_before_s is None else "prior.not_after"
            where = f"clue[{floating[0]}].at" if floating else "any clue's at"
            return [Problem("no-time", missing, f"both ends of the window, or {where}", "nothing")]
    return []


_TIMELESS = ("area", "candidates")


def _bounded(not_before_s: float | None, not_after_s: float | None, clues: Sequence[Any]) -> bool:
    """Whether window clues give the ends that the prior lacks, or a clue's instant fixes the scene's start."""
    starts = [not_before_s] + [c.not_before for c in clues if c.kind == "window"]
    ends = [not_after_s] + [c.not_after for c in clues if c.kind == "window"]
    if any(v is not None for v in starts) and any(v is not None for v in ends):
        return True
    return any(i.at_s is not None and i.offset_s is not None for c in clues for i in moments(c))


def warnings_of(clues: Sequence[Any]) -> Iterator[str]:
    """What is possible but odd: likely units mistaken, errors too small or too large to be true."""
    for i, clue in enumerate(clues):
        if isinstance(clue, ShadowLength):
            yield from _length_warnings(clue, f"clue[{i}]")
        for name in ("sigma_deg", "elevation_sigma_deg"):
            sigma = getattr(clue, name, None)
            if sigma is not None and sigma < 0.01:
                yield f"clue[{i}].{name}: {sigma:g} deg is finer than the air lets anyone measure the sun"


def _length_warnings(clue: ShadowLength, where: str) -> Iterator[str]:
    ratio = clue.length / clue.height
    elevation = math.degrees(math.atan2(clue.height, clue.length))
    said = f"{where}.length: {clue.length:g} for a height of {clue.height:g} needs a sun {elevation:.1f} deg up"
    if ratio > ODD_RATIO:
        yield f"{said}; are both in one unit?"
    if ratio < 1.0 / ODD_RATIO:
        yield f"{said}, nearly overhead; are both in one unit?"
    for value, sigma, name in (
        (clue.height, clue.height_sigma, "height"),
        (clue.length, clue.length_sigma, "length"),
    ):
        if sigma > value:
            yield f"{where}.{name}_sigma: {sigma:g} is larger than the {name} itself ({value:g})"
