"""The share of things that a map misses, by kind, as Beta distributions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.errors import InputError
from noonmark.world.landmarks.clauses import LandmarkThing

LEAST, MOST = 0.01, 0.98
KINDS_DIFFER: Final = 1.5
"""Standard deviation [log odds] by which a kind's share differs from place to place."""
MAPS_DIFFER: Final = 1.3
"""That by which all shares of a map differ together from those learnt elsewhere."""


@dataclass(frozen=True)
class MissingShare:
    """A Beta over the missing share; ``source`` says where it is from.

    ``of_this_map``: it was said of this very map, so that nothing is added for places that differ.
    """

    missed: float
    found: float
    source: str
    of_this_map: bool = False

    @property
    def mean(self) -> float:
        """The share to expect on this map, kept off 0 and 1.

        The mean of a normal distribution of the log odds lies nearer to one half than its middle
        (MacKay's approximation of 1992).
        """
        learnt = min(max(self.missed / (self.missed + self.found), LEAST), MOST)
        if self.of_this_map:
            return learnt
        flattened = _log_odds(learnt) / math.sqrt(1.0 + math.pi * KINDS_DIFFER**2 / 8.0)
        return 1.0 / (1.0 + math.exp(-flattened))

    @property
    def beside_one(self) -> float:
        """How many unmapped things stand beside each mapped one."""
        return self.mean / (1.0 - self.mean)

    def shifted(
        self,
        shift: Floats,
    ) -> Floats:
        """The share on maps whose shares are all off by ``shift`` standard deviations."""
        spread = 0.0 if self.of_this_map else MAPS_DIFFER
        found: Floats = 1.0 / (1.0 + np.exp(-(_log_odds(self.mean) + spread * shift)))
        return found


def _log_odds(share: float) -> float:
    return math.log(share / (1.0 - share))


UNKNOWN: Final = MissingShare(1.2, 2.8, "no figure for this kind: 30 %, give or take 20")


_TRIALS = {1: 4.0, 2: 8.0}


@cache
def shipped_shares() -> Mapping[str, MissingShare]:
    """The table of missing.txt: shares learnt by two_dates.py at two small places of Europe.

    Monaco 2021 to 2023 and Liechtenstein 2013 to 2015; where a kind is at both, the mean; at most
    0.6, because whole kinds were drawn between the dates. A share counts as if from 4 objects a
    place, so that its Beta is wide.
    """
    text = files("noonmark.world.landmarks").joinpath("missing.txt").read_text("utf-8")
    found = {}
    for line in text.splitlines():
        words, share, at = line.split(" : ")
        trials = _TRIALS[int(at)]
        missed = float(share) * trials
        source = "table: Monaco 2021 to 2023, Liechtenstein 2013 to 2015"
        found[words] = MissingShare(missed + 0.1, trials - missed + 0.1, source)
    return found


def share_of(
    thing: LandmarkThing,
    learnt: Mapping[str, MissingShare],
) -> MissingShare:
    """A thing's missing share: said in the question, learnt, of the shipped table, or unknown."""
    if thing.missing is not None:
        m = min(max(thing.missing, LEAST), MOST)
        return MissingShare(m, 1.0 - m, "said in the question", of_this_map=True)
    return learnt.get(thing.label) or shipped_shares().get(thing.label, UNKNOWN)


def read_shares(path: Path) -> dict[str, MissingShare]:
    """The shares of a file that ``noonmark world missing`` wrote, by kind of thing.

    Raises InputError ``world-missing-file``.
    """
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
        rows = raw["shares"]
        said = f"learnt: {raw['old']['name']} to {raw['new']['name']}"
        return {
            str(row["is"]): MissingShare(_positive(row["missed"]), _positive(row["found"]), said)
            for row in rows
        }
    except OSError as error:
        why = error.strerror or str(error)
    except (ValueError, TypeError, KeyError) as error:
        why = f"not in the form that it should have ({error})"
    raise InputError(
        f"{path}: {why}",
        code="world-missing-file",
        hint="noonmark world missing OLD NEW --out FILE writes one",
    )


def _positive(value: Any) -> float:
    number = float(value)
    if not 0.0 < number < 1e12:
        raise ValueError(f"expected a number above 0, got {value!r}")
    return number
