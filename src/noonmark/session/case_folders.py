"""Folders of cases: where a new one goes without a typed path, and what a folder holds to choose
from.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from noonmark import values
from noonmark.error_mapping import from_system
from noonmark.evidence.entry_schema import MARKER
from noonmark.session.requests import path_of

MOST_FOLDERS = 500


def home_folder() -> Path:
    """The user's folder of cases; made with the first of them."""
    return Path.home() / "Noonmark"


def case_folder(text: str) -> Path:
    """The folder that somebody typed; a bare name lies in the user's folder of cases."""
    typed = text.strip()
    plain = typed not in ("", ".", "..") and not typed.startswith("~")
    if plain and not any(mark in typed for mark in ("/", os.sep)):
        return path_of(str(home_folder() / typed))
    return path_of(text)


def free_folder() -> Path:
    """A folder for a new case that is not there yet, named by the date."""
    return next(one for one in _names() if not os.path.lexists(one))


def _names() -> Iterator[Path]:
    day = values.now().date().isoformat()
    yield home_folder() / f"case-{day}"
    for number in count(2):
        yield home_folder() / f"case-{day}-{number}"


def listing(text: str | None) -> dict[str, Any]:
    """The folders in a folder, each with whether it is a case; hidden ones are left out."""
    folder = case_folder(text) if text else _start()
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                (one.name for one in entries if not one.name.startswith(".") and one.is_dir()),
                key=str.casefold,
            )
    except OSError as error:
        raise from_system(error, str(folder)) from None
    parent = folder.parent
    return {
        "path": str(folder),
        "parent": None if parent == folder else str(parent),
        "case": (folder / MARKER).is_file(),
        "folders": [
            {
                "name": name.encode("utf-8", "replace").decode("utf-8"),
                "path": str(folder / name),
                "case": (folder / name / MARKER).is_file(),
            }
            for name in names[:MOST_FOLDERS]
        ],
        "more": max(0, len(names) - MOST_FOLDERS),
    }


def _start() -> Path:
    home = home_folder()
    return home if home.is_dir() else Path.home()
