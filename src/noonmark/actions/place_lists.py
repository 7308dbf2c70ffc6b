"""Lists of places with probabilities: from a search of landmarks, a `places` clue, or by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.questions.input_files import read_document

DEFAULT_SIGMA_M = 100.0
_MOST = 20_000
_HINT = "give lat_deg and lon_deg of each place, perhaps sigma_m and probability"


@dataclass(frozen=True)
class ListedPlace:
    """One place of a list."""

    lat_deg: float
    lon_deg: float
    sigma_m: float
    probability: float
    name: str = ""


@dataclass(frozen=True)
class PlaceListing:
    """Places in the order of the file, and what was said of the rest."""

    places: tuple[ListedPlace, ...]
    none_of_these: float | None
    searched: tuple[Mapping[str, Any], ...]


def read_place_list(source: str | Path) -> PlaceListing:
    """The places of a JSON or TOML file.

    Read are an object with ``places``, and a clue document that holds a clue of kind ``places``.
    Raises InputError that names every place that can't be read.
    """
    document: Mapping[str, Any] = read_document(source, kind="places")
    for clue in document.get("clue", ()) if isinstance(document.get("clue"), list) else ():
        if isinstance(clue, dict) and clue.get("kind") == "places":
            document = clue
    rows = document.get("places")
    if not isinstance(rows, list) or not 0 < len(rows) <= _MOST:
        raise InputError(
            f"{source}: expected a list of 1 to {_MOST} places under `places`",
            code="bad-place-list",
            hint=_HINT,
        )
    problems: list[Problem] = []
    places = [_place(row, f"places[{i}]", problems) for i, row in enumerate(rows)]
    if problems:
        raise InputError.of(problems, hint=_HINT)
    none = document.get("none_of_these")
    searched = document.get("searched", [])
    return PlaceListing(
        places=tuple(places),
        none_of_these=_share(none),
        searched=tuple(searched) if isinstance(searched, list) else (),
    )


def _place(row: Any, where: str, problems: list[Problem]) -> ListedPlace:
    """One place; what is wrong with it goes to the problems."""
    found = row if isinstance(row, dict) else {}
    sigma_m = found.get("sigma_m", DEFAULT_SIGMA_M)
    probability = found.get("probability", found.get("weight", 1.0))
    limits = {
        "lat_deg": (found.get("lat_deg"), -90.0, 90.0),
        "lon_deg": (found.get("lon_deg"), -180.0, 180.0),
        "sigma_m": (sigma_m, 0.1, 2e6),
        "probability": (probability, 1e-12, 1e9),
    }
    read = {}
    for name, (value, low, high) in limits.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and low <= value <= high:
            read[name] = float(value)
        else:
            expected = f"a number from {low:g} to {high:g}"
            problems.append(
                Problem("bad-place-list", f"{where}.{name}", expected, repr(value)[:40])
            )
    if len(read) < len(limits):
        return ListedPlace(0.0, 0.0, 1.0, 1.0)
    return ListedPlace(**read, name=str(found.get("name", ""))[:80])


def _share(value: Any) -> float | None:
    """A number from 0 to below 1; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0.0 <= value < 1.0 else None
