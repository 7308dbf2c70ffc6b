"""The cases that were open on this machine, the newest first.

Their folders stand in one file of the user's own state, outside of every case, and nowhere else.
The list is a convenience: a file that can't be read or written makes it shorter, never an error. It
can be switched off, and then nothing is kept.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from noonmark import values
from noonmark.evidence.entry_schema import MARKER

FILE = "recent-cases.json"
MOST_CASES, LARGEST = 12, 100_000


def state_file() -> Path:
    """Where the list is kept: in ``$XDG_STATE_HOME``/noonmark, else in the user's home."""
    base = os.environ.get("XDG_STATE_HOME", "")
    root = Path(base) if base.startswith(os.sep) else Path.home() / ".local" / "state"
    return root / "noonmark" / FILE


def recent_cases() -> dict[str, Any]:
    """Whether the list is kept, and its cases: name, path, when each was open, if it is missing."""
    kept = _read()
    return {
        "keep": kept["keep"],
        "cases": [
            {
                "name": Path(one["path"]).name,
                "path": one["path"],
                "at": one["at"],
                "missing": not _is_case(Path(one["path"])),
            }
            for one in kept["cases"]
        ],
    }


def remember_case(folder: Path) -> None:
    """Put a case at the head of the list, unless the user keeps none."""
    kept = _read()
    if not kept["keep"]:
        return
    path = str(folder)
    others = [one for one in kept["cases"] if one["path"] != path]
    first = {"path": path, "at": values.rfc3339(values.now())}
    _write({"keep": True, "cases": [first, *others][:MOST_CASES]})


def forget_case(path: str) -> None:
    """Take one case off the list; the case itself is not touched."""
    kept = _read()
    _write({**kept, "cases": [one for one in kept["cases"] if one["path"] != path]})


def keep_recent(keep: bool) -> None:
    """Begin to keep the list, or end it; what it held is dropped then."""
    _write({"keep": keep, "cases": _read()["cases"] if keep else []})


def _is_case(folder: Path) -> bool:
    try:
        return (folder / MARKER).is_file()
    except OSError:
        return False


def _read() -> dict[str, Any]:
    """The list as kept; what is not of its form is left out."""
    found: Any = None
    with suppress(OSError, ValueError, RecursionError), state_file().open("rb") as source:
        found = json.loads(source.read(LARGEST))
    if not isinstance(found, dict):
        return {"keep": True, "cases": []}
    rows = found.get("cases")
    cases = [
        {"path": one["path"], "at": one["at"]}
        for one in (rows if isinstance(rows, list) else [])
        if isinstance(one, dict)
        and isinstance(one.get("path"), str)
        and one["path"]
        and "\0" not in one["path"]
        and isinstance(one.get("at"), str)
    ]
    return {"keep": found.get("keep") is not False, "cases": cases[:MOST_CASES]}


def _write(kept: dict[str, Any]) -> None:
    """Keep the list whole or not at all, for this user alone."""
    path = state_file()
    part = path.with_name(f".{FILE}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(json.dumps(kept, indent=1) + "\n", encoding="ascii")
        part.chmod(0o600)
        os.replace(part, path)
