"""The folder of a case as evidence sees it: bytes, a log over them, seals, and the alias of who works in it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from noonmark import values
from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.facts import FORMAT, Fact, alias, fact
from noonmark.evidence.log import Log, Receipt
from noonmark.evidence.opening import open_log
from noonmark.evidence.store import Store, named_failure, sync_folder

MARKER = "noonmark-case"
_ORIGIN = re.compile(r"noonmark/[0-9a-f]{32}")
DEFAULT_ACTOR = "analyst-1"


@dataclass
class Vault:
    """A case's evidence, held open. Close it, or use it in a ``with``."""

    folder: Path
    origin: str
    store: Store
    log: Log
    by: str

    def append(self, *whats: Fact) -> list[Receipt]:
        """Log acts by whoever opened the case, with one synchronisation."""
        return self.log.append_many(whats, by=self.by)

    def present(self) -> dict[str, int]:
        """The objects that should be kept, with their sizes [bytes]: logged as items and not withdrawn since."""
        return {sha256: size for sha256, size, _ in self.log.index.objects()}

    def close(self) -> None:
        """Let go of the log and its lock."""
        self.log.close()

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def new_vault(folder: Path, *, by: str = DEFAULT_ACTOR, now: Callable[[], datetime] = values.now) -> Vault:
    """Make a case in a folder that does not exist yet, or is empty, and open it for writing."""
    alias(by)
    with named_failure():
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(
                f"{str(folder)!r} is not empty", code="folder-not-empty", hint="give a new folder for the case"
            )
        for name in ("objects", "log", "seals", "index", "stage"):
            (folder / name).mkdir()
        origin = f"noonmark/{token_hex(16)}"
        (folder / "log" / "entries").touch()
        with open(folder / MARKER, "xb") as out:
            out.write(f"{FORMAT}\n{origin}\n".encode())
            out.flush()
            os.fsync(out.fileno())
        sync_folder(folder / "log")
        sync_folder(folder)
    log = open_log(folder, write=True, now=now)
    vault = Vault(folder, origin, Store(folder), log, by)
    vault.append(fact("case", format=FORMAT, origin=origin))
    return vault


def open_vault(
    folder: Path, *, write: bool = False, by: str = DEFAULT_ACTOR, now: Callable[[], datetime] = values.now
) -> Vault:
    """Open the case in a folder. For writing it takes the lock, and clears ``stage/`` of what a crash left."""
    alias(by)
    origin = read_origin(folder)
    log = open_log(folder, write=write, now=now)
    if write:
        try:
            with named_failure():
                shutil.rmtree(folder / "stage", ignore_errors=True)
                for name in ("stage", "objects", "seals"):
                    (folder / name).mkdir(exist_ok=True)
        except BaseException:
            log.close()
            raise
    return Vault(folder, origin, Store(folder), log, by)


def read_origin(folder: Path) -> str:
    """The origin that a case's marker states."""
    try:
        lines = (folder / MARKER).read_bytes()[:200].decode("ascii").split("\n")
    except (OSError, UnicodeDecodeError):
        raise InputError(
            f"{str(folder)!r} is not a case: it has no file {MARKER!r}",
            code="not-a-case",
            hint="make one with: noonmark case new DIR",
        ) from None
    if len(lines) != 3 or lines[0] != FORMAT or not _ORIGIN.fullmatch(lines[1]) or lines[2]:
        raise EvidenceError(
            f"{MARKER!r} of {str(folder)!r} does not say {FORMAT!r} and an origin",
            code="marker-altered",
            hint="the first entry of log/entries states both",
        )
    return lines[1]
