"""The alias of whoever acts, and the case that work on footage belongs to, on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DEFAULT = "analyst-1"


def add_actor(parser: argparse.ArgumentParser) -> None:
    """``--by``: a made-up name; the user name of the machine is never looked at."""
    parser.add_argument(
        "--by", metavar="ALIAS", default=DEFAULT, help="who acts: a made-up name, never a real one"
    )


def add_case(parser: argparse.ArgumentParser, *, actor: str = "--by") -> None:
    """``--case`` and ``--by`` of a command that works on footage: what it does is logged in the
    case.
    """
    said = "log this in a case that holds the file; files in a case's own store are logged unasked"
    parser.add_argument("--case", metavar="DIR", type=Path, help=said)
    parser.add_argument(
        actor,
        dest="actor",
        metavar="ALIAS",
        default=DEFAULT,
        help="who acts, for the log: never a name",
    )


def case_line(told: Mapping[str, Any] | None) -> list[str]:
    """What the log of the case took up, as a line for a person."""
    if told is None:
        return []
    if not told["logged"]:
        return [f"not logged: {told['why']}"]
    numbers = ", ".join(map(str, told["entries"]))
    return [f"logged in the case as entries {numbers}; {len(told['kept'])} things kept there"]
