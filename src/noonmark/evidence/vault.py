"""The folder of a case as evidence sees it: bytes, a log over them, seals, and the alias of who
works in it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from noonmark import values
from noonmark.errors import EvidenceError, InputError, NoonmarkError
from noonmark.evidence import pending, recovery, writer_lock
from noonmark.evidence.disk import (
    FOLDER_MODE,
    delete,
    named_failure,
    refuse_link,
    sync_folder,
    write_synced,
)
from noonmark.evidence.entry_schema import (
    DEFAULT_ACTOR,
    FORMAT,
    MARKER,
    Fact,
    alias,
    fact,
)
from noonmark.evidence.log import Log, Receipt
from noonmark.evidence.opening import open_log
from noonmark.evidence.pending import PendingAct
from noonmark.evidence.store import Store

FOLDERS = ("objects", "log", "seals", "index", "stage")
_UNFINISHED = f".{MARKER}.part"
_NO_LINKS = (
    *FOLDERS,
    MARKER,
    "log/entries",
    "log/tree",
    "log/head",
    "log/lock",
    "log/torn",
    "sources",
    "work",
)
_ORIGIN = re.compile(r"noonmark/[0-9a-f]{32}")


@dataclass
class Vault:
    """A case's evidence, held open. Close it, or use it in a ``with``."""

    folder: Path
    origin: str
    store: Store
    log: Log
    by: str
    _intake: Intake
    turn: threading.RLock = field(default_factory=threading.RLock)
    """Held by whoever writes, where the vault is lent to the other threads of this process."""
    is_borrowed: bool = False

    def append(self, *whats: Fact) -> list[Receipt]:
        """Log acts by whoever opened the case, with one synchronisation."""
        with self.turn:
            before = self.log.size
            try:
                return self.log.append_many(whats, by=self.by)
            finally:
                # Where the entries are on disk and what is derived from them failed, they count.
                if self.log.size > before:
                    self._intake.logged(whats)

    def begin(self, act: str, **facts: Any) -> PendingAct:
        """Record that an act of several steps begins, so that a crash can't leave half of it."""
        return pending.begin(self.folder, act, by=self.by, entries=self.log.size, **facts)

    def present(self) -> dict[str, int]:
        """The objects that should be kept, with their sizes [bytes]: logged as items and not
        withdrawn since.
        """
        return {sha256: size for sha256, size, _ in self.log.index.objects()}

    def close(self) -> None:
        """Let go of the log and its lock. Objects that came in and were not logged go again.

        One that was borrowed is only given back.
        """
        if self.is_borrowed:
            self.turn.release()
            return
        try:
            self._intake.end(self.store)
        finally:
            self.log.close()

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class Intake:
    """What came into the store and is not logged yet, under one record in ``pending/``.

    A record is made before the first object of an opening is written, and ends with it.
    """

    folder: Path
    log: Log
    by: str
    waiting: set[str] = field(default_factory=set)
    record: PendingAct | None = None
    guard: threading.Lock = field(default_factory=threading.Lock)

    def arrives(self, sha256: str) -> None:
        """An object is about to be written (no digest yet), or to get its name."""
        with self.guard:
            if self.record is None and self.log.writable:
                entries = self.log.size
                self.record = pending.begin(
                    self.folder, recovery.INTAKE, by=self.by, entries=entries
                )
            if sha256:
                self.waiting.add(sha256)

    def logged(self, whats: Sequence[Fact]) -> None:
        """Entries were written: the objects that they name as items are in."""
        for what in whats:
            if what.kind == "item":
                self.waiting.discard(str(what.facts["sha256"]))

    def end(self, store: Store) -> None:
        """Delete what was stored and not logged, and take the record away.

        Where it is not known what the log holds, the next opening does so.
        """
        if self.record is None or not self.log.is_as_written():
            return
        for sha256 in self.waiting:
            if self.log.index.object_of(sha256) is None:
                store.remove(sha256)
        with named_failure():
            self.record.end()
        self.record = None


def _vault(folder: Path, origin: str, log: Log, by: str) -> Vault:
    """The case as evidence sees it, its store telling of what comes in."""
    intake = Intake(folder, log, by)
    return Vault(folder, origin, Store(folder, intake.arrives), log, by, intake)


def new_vault(
    folder: Path,
    *,
    by: str = DEFAULT_ACTOR,
    now: Callable[[], datetime] = values.now,
) -> Vault:
    """Make a case in a folder that does not exist yet, or is empty, and open it for writing.

    Nobody but its owner may look into it.
    """
    alias(by)
    with named_failure():
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        _refuse_full(folder)
        for name in FOLDERS:
            (folder / name).mkdir(mode=FOLDER_MODE, exist_ok=True)
        with suppress(PermissionError):  # an empty folder of somebody else's making
            os.chmod(folder, FOLDER_MODE)
        origin = f"noonmark/{token_hex(16)}"
        if not (folder / "log" / "entries").exists():
            write_synced(folder / "log" / "entries", b"")
        sync_folder(folder / "log")
        part = folder / _UNFINISHED
        part.unlink(missing_ok=True)
        write_synced(part, f"{FORMAT}\n{origin}\n".encode())
        os.rename(part, folder / MARKER)
        sync_folder(folder)
    log = open_log(folder, write=True, now=now)
    vault = _vault(folder, origin, log, by)
    vault.append(fact("case", format=FORMAT, origin=origin))
    return vault


def _refuse_full(folder: Path) -> None:
    """Refuse a folder that holds anything but the skeleton of a case that was never finished."""
    if folder.is_symlink() or set(os.listdir(folder)) - {*FOLDERS, _UNFINISHED}:
        full = True
    else:
        files = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
        known = {folder / "log" / "entries", folder / _UNFINISHED}
        more = [path for path in files if path not in known]
        full = bool(more) or _size(folder / "log" / "entries") > 0
    if full:
        raise InputError(
            f"{str(folder)!r} is not empty",
            code="folder-not-empty",
            hint="give a new folder for the case",
        )


def _size(path: Path) -> int:
    """The size of a file [bytes]; none has none."""
    return path.lstat().st_size if path.exists() else 0


def open_vault(
    folder: Path,
    *,
    write: bool = False,
    by: str = DEFAULT_ACTOR,
    now: Callable[[], datetime] = values.now,
) -> Vault:
    """Open the case in a folder. For writing it takes the lock (another writer is waited for a
    moment), clears ``stage/``, and finishes or undoes what a crash cut in the middle; for reading
    too, where the case can be written to. Where this process has it open and lends it, it is
    borrowed for this act.
    """
    alias(by)
    borrowed = _borrowed(folder, by) if write else None
    if borrowed is not None:
        return borrowed
    recovery.clear_unlocking(folder)
    recovery.finish_lock(folder)
    origin = read_origin(folder)
    for name in _NO_LINKS:
        refuse_link(folder / name)
    if write:
        return _open_to_write(folder, origin, by, now, patience_s=writer_lock.PATIENCE_S)
    if pending.found(folder):
        try:
            _open_to_write(folder, origin, by, now).close()
        except NoonmarkError as error:
            if not recovery.quietly_settled(error):
                raise
    return _vault(folder, origin, open_log(folder, now=now), by)


_LENT: dict[str, Vault] = {}
"""By their real folder, the cases that this process has open and lends."""


@contextmanager
def lending(
    folder: Path,
    *,
    by: str = DEFAULT_ACTOR,
    alone: AbstractContextManager[object],
) -> Iterator[Vault]:
    """Open a case for an act that copies much, and lend it meanwhile: every other thread of this
    process that opens it for writing borrows it, one after the other, so that no short act waits
    for the end of the long one. Whoever lends writes through :meth:`Vault.append` alone.

    ``alone`` is held while the case is opened and while it is closed; nobody else in this process
    may open it without holding the same.
    """
    key = os.path.realpath(folder)
    with alone:
        vault = open_vault(folder, write=True, by=by)
        _LENT[key] = vault
    try:
        yield vault
    finally:
        with alone, vault.turn:
            del _LENT[key]
            vault.close()


def _borrowed(folder: Path, by: str) -> Vault | None:
    """The case that is lent, once it is this thread's turn; None where it is lent no longer."""
    key = os.path.realpath(folder)
    while (vault := _LENT.get(key)) is not None:
        vault.turn.acquire()
        if _LENT.get(key) is vault:
            return replace(vault, by=by, is_borrowed=True)
        vault.turn.release()
    return None


def _open_to_write(
    folder: Path,
    origin: str,
    by: str,
    now: Callable[[], datetime],
    *,
    patience_s: float = 0.0,
) -> Vault:
    """The case with the writer's lock held, everything of a crash settled."""
    log = open_log(folder, write=True, now=now, patience_s=patience_s)
    vault = _vault(folder, origin, log, by)
    try:
        with named_failure():
            delete(folder / "stage")
            for name in ("stage", "objects", "seals"):
                (folder / name).mkdir(mode=FOLDER_MODE, exist_ok=True)
        if log.size == 0:  # made, and cut off before its first entry
            vault.append(fact("case", format=FORMAT, origin=origin))
        recovery.settle(folder, vault.store, log)
    except BaseException:
        log.close()
        raise
    return vault


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
