"""An argparse parser that raises our errors and takes a place that starts with a minus."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

from noonmark import actions
from noonmark.cli import tell
from noonmark.errors import InputError
from noonmark.typed_places import typed_place, typed_place_and_more
from noonmark.typed_words import nearest
from noonmark.values import Place


class Parser(argparse.ArgumentParser):
    """An argument parser that never prints to stderr by itself and never abbreviates."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **kwargs)
        # "-33.87,151.21" is a place, not an option: argparse only knows plain negative numbers.
        self._negative_number_matcher = re.compile(r"^-\.?\d")
        # main takes --json from the line before parsing; declared here so that --help shows it.
        self.add_argument(
            "--json", action="store_true", help="answer with one JSON object on stdout"
        )

    def error(self, message: str) -> NoReturn:
        """Raise the usage error as one of ours, so that it has a code, a hint and a JSON shape."""
        raise InputError(message, code="usage", hint=f"{self.prog} --help")

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        """Parse words; one that nothing takes is an error of this very command.

        By itself argparse hands it up, and the hint would name the help of the command above.
        """
        namespace, left = super().parse_known_args(*args, **kwargs)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}{self._meant(left[0])}")
        return namespace, left

    def _meant(self, word: str) -> str:
        """The option that an unknown one is like, as a question in brackets; "" for none."""
        options = self._option_string_actions if word.startswith("-") else ()
        near = nearest(word.split("=")[0], options)
        return f" ({near}?)" if near else ""

    def _match_arguments_partial(
        self,
        actions: Sequence[argparse.Action],
        arg_strings_pattern: str,
    ) -> list[int]:
        """Count the next words that each positional takes, of a pattern like ``AOA``.

        Before Python 3.13 argparse gives "none" to an optional positional as soon as the words
        before it end, so that ``sun PLACE --day DATE`` had no date. While options follow, such a
        positional waits for the words behind them.
        """
        counts: list[int] = super()._match_arguments_partial(actions, arg_strings_pattern)
        if "O" in arg_strings_pattern[sum(counts) :]:
            while counts and counts[-1] == 0:
                counts.pop()
        return counts

    def _print_message(self, message: str, file: object = None) -> None:
        tell.page(message)


def place(text: str) -> Place:
    """The place that ``LAT,LON`` names: see :mod:`noonmark.typed_places`."""
    return typed_place(text)


def place_within(text: str) -> tuple[Place, float]:
    """The place and radius [km] that ``LAT,LON`` or ``LAT,LON,KM`` names; 0 km where none is."""
    middle, more = typed_place_and_more(text)
    radius_km = 0.0 if more is None else more
    if not 0.0 <= radius_km <= 20_038.0:
        raise InputError(
            f"radius: expected a number of km from 0 to 20038, got {radius_km:g}",
            code="bad-place",
            hint="LAT,LON,KM: the third number is a radius in km",
        )
    return middle, radius_km


def truth(text: str) -> tuple[Place, datetime]:
    """The place and instant that ``LAT,LON,TIME`` names."""
    for cut in (k for k, letter in enumerate(text) if letter == ","):
        try:
            where = place(text[:cut])
        except InputError:
            continue
        return where, actions.one_instant(text[cut + 1 :].strip(), place=where)
    where_text, _, when = text.rpartition(",")
    return place(where_text), actions.one_instant(when)


def seconds_stretch(text: str) -> tuple[float, float]:
    """FROM-TO in seconds."""
    first, _, last = text.partition("-")
    try:
        stretch = (float(first), float(last))
    except ValueError:
        stretch = (1.0, 0.0)
    if not stretch[0] < stretch[1]:
        raise InputError(
            f"expected two times in seconds, got {text!r}", code="bad-stretch", hint="--pan 2.5-9"
        )
    return stretch
