"""The alias of whoever acts, for every action of ``case`` that writes into the log."""

from __future__ import annotations

import argparse

DEFAULT = "analyst-1"


def add_actor(parser: argparse.ArgumentParser) -> None:
    """``--by``: a made-up name; the user name of the machine is never looked at."""
    parser.add_argument("--by", metavar="ALIAS", default=DEFAULT, help="who acts: a made-up name, never a real one")
