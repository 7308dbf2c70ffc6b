"""argparse with our manners: errors are raised as ours, help is told by tell, and a place may start with a minus."""

from __future__ import annotations

import argparse
import re
from datetime import datetime
from typing import Any, NoReturn

from noonmark.cli import tell
from noonmark.errors import InputError
from noonmark.values import Place, Span, utc


class Parser(argparse.ArgumentParser):
    """An argument parser that never prints to stderr by itself and never abbreviates."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **kwargs)
        # "-33.87,151.21" is a place, not an option: argparse only knows plain negative numbers.
        self._negative_number_matcher = re.compile(r"^-\.?\d")
        # main takes --json from the line before parsing; declared here so that --help shows it.
        self.add_argument("--json", action="store_true", help="answer with one JSON object on stdout")

    def error(self, message: str) -> NoReturn:
        """Raise the usage error as one of ours, so that it has a code, a hint and a JSON shape."""
        raise InputError(message, code="usage", hint=f"{self.prog} --help")

    def _print_message(self, message: str, file: object = None) -> None:
        tell.page(message)


def place(text: str) -> Place:
    """The place that ``LAT,LON`` names, in degrees, latitude first."""
    return Place(*_numbers(text, (2,), "LAT,LON"))


def place_within(text: str) -> tuple[Place, float]:
    """The place and radius [km] that ``LAT,LON`` or ``LAT,LON,KM`` names; 0 km where none is given."""
    lat_deg, lon_deg, *rest = _numbers(text, (2, 3), "LAT,LON or LAT,LON,KM")
    radius_km = rest[0] if rest else 0.0
    if not 0.0 <= radius_km <= 20_038.0:
        raise InputError(
            f"radius: expected a number of km from 0 to 20038, got {radius_km:g}",
            code="bad-place",
            hint="LAT,LON,KM: the third number is a radius in km",
        )
    return Place(lat_deg, lon_deg), radius_km


def truth(text: str) -> tuple[Place, datetime]:
    """The place and instant that ``LAT,LON,TIME`` names."""
    where, _, when = text.rpartition(",")
    return place(where), utc(when)


def span(text: str) -> Span:
    """The span that ``FROM/TO`` names, or the single instant ``FROM``."""
    start, _, end = text.partition("/")
    return Span(utc(start), utc(end or start))


def _numbers(text: str, counts: tuple[int, ...], shape: str) -> list[float]:
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) not in counts:
        raise InputError(
            f"expected {shape} in degrees, got {text!r}",
            code="bad-place",
            hint="latitude first, no spaces: 36.2,37.15",
        )
    return numbers
