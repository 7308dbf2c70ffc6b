"""Records of acts that take several steps, as SQLite keeps a journal.

Before its first step an act that deletes, or writes outside of the case, leaves a record in
``pending/``; after its last step the record is taken away. A record that is found when a case is
opened is of an act that a crash cut in the middle: :mod:`noonmark.evidence.recovery` finishes it or
undoes it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from noonmark.errors import EvidenceError
from noonmark.evidence.disk import (
    FOLDER_MODE,
    named_failure,
    refuse_link,
    sync_folder,
    write_synced,
)

FOLDER = "pending"
_NAME = re.compile(r"([a-z]{1,20})-[0-9a-f]{16}\.json")
_LARGEST_BYTES = 64 << 20


@dataclass(frozen=True)
class PendingAct:
    """An act that was begun: what, by whom, at which size of the log, with what in hand."""

    path: Path
    act: str
    by: str
    entries: int
    facts: Mapping[str, Any]

    def end(self) -> None:
        """Take the record away: every step was taken, or every step was undone."""
        self.path.unlink(missing_ok=True)
        sync_folder(self.path.parent)


def begin(case: Path, act: str, *, by: str, entries: int, **facts: Any) -> PendingAct:
    """Record on disk that an act begins; when this returns the record survives a crash."""
    folder = case / FOLDER
    name = f"{act}-{token_hex(8)}.json"
    said = {"act": act, "by": by, "entries": entries, "facts": facts}
    with named_failure():
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        part = folder / f"{name}.part"
        write_synced(part, json.dumps(said).encode("ascii"))
        try:
            os.rename(part, folder / name)
        except OSError:
            part.unlink()
            raise
        sync_folder(folder)
        sync_folder(case)
    return PendingAct(folder / name, act, by, entries, facts)


def found(case: Path) -> list[PendingAct]:
    """The records that a case holds; one that was not written to its end was never begun."""
    folder = case / FOLDER
    if not os.path.lexists(folder):  # nor where the name is one that no file can have
        return []
    refuse_link(folder)
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [_read(folder / name) for name in names if _NAME.fullmatch(name)]


def clear(case: Path) -> None:
    """Delete what is left of records that were never begun."""
    folder = case / FOLDER
    if folder.is_dir():
        for name in os.listdir(folder):
            if name.endswith(".part"):
                with suppress(OSError):
                    (folder / name).unlink()


def _read(path: Path) -> PendingAct:
    """A record from its file; anything else under such a name stops every writer."""
    try:
        refuse_link(path)
        with open(path, "rb") as file:
            said = json.loads(file.read(_LARGEST_BYTES))
        act, by, entries, facts = said["act"], said["by"], said["entries"], said["facts"]
        if not path.name.startswith(f"{act}-") or not isinstance(facts, dict):
            raise ValueError
        return PendingAct(path, str(act), str(by), int(entries), facts)
    except (OSError, ValueError, KeyError, TypeError):
        raise EvidenceError(
            f"{FOLDER}/{path.name} is not a record of an act",
            code="pending-altered",
            hint="it was changed from outside; keep a copy of the case, then delete that file",
        ) from None
