"""A case open on the page: its state, its inquiry with revisions, and its record, one act at a
time.

The case is opened for each act and let go of again, so that the command line can work on it
meanwhile. Everything that is held of it in memory goes when it is closed.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark import values
from noonmark.actions.case_items import DEFAULT_ACTOR
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.entry_schema import Fact, fact
from noonmark.evidence.ingest import item_fact
from noonmark.evidence.vault import Vault, lending, new_vault, open_vault
from noonmark.session import page_document as inquiries
from noonmark.session import record
from noonmark.session.case_readings import CaseReadings
from noonmark.session.requests import path_of
from noonmark.session.turns import Turns

if TYPE_CHECKING:
    from noonmark.session.memory import AnsweredQuestion, MapLayer
    from noonmark.session.pictures import PictureCache

WORK = "work"
CLUES = "clues.json"
_QUIET = ("case-read-only", "case-busy", "disk-full", "disk-failed")


@dataclass
class CaseSession:
    """A case held open for a page, by :func:`open_session` or :func:`new_session`; close it."""

    folder: Path
    by: str = DEFAULT_ACTOR
    scratch: Path | None = None
    """A folder to be removed on closing: that of the sample."""
    read_only: str | None = None
    """Why nothing can be written, if so, in one sentence."""
    pictures: PictureCache | None = None
    answers: dict[str, AnsweredQuestion] = field(default_factory=dict)
    layers: dict[str, MapLayer] = field(default_factory=dict)
    uploads: dict[str, Path] = field(default_factory=dict)
    readings: CaseReadings = field(default_factory=CaseReadings)
    landmarks: dict[str, Any] = field(default_factory=dict)
    """The last answer about places by what stands there, and the question as it was asked."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held for one short act or reading."""
    long_act: threading.Lock = field(default_factory=threading.Lock)
    """Held for an act that takes long; saving does not wait for it."""
    moving: threading.Lock = field(default_factory=threading.Lock)
    """Held while many bytes come in or go out; saving does not wait for that either."""
    turns: Turns = field(default_factory=Turns)
    """The questions that are searched for."""
    logged: str = ""
    """The digest of the last clue document whose asking was logged."""
    _shown: dict[str, str] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    @property
    def work(self) -> Path:
        """The folder of the inquiry's own files, beside the log."""
        return self.folder / WORK

    @contextmanager
    def reading(self) -> Iterator[Vault]:
        """The case, open for reading."""
        with self.lock, open_vault(self.folder, by=self.by) as vault:
            yield vault

    @contextmanager
    def writing(self) -> Iterator[Vault]:
        """The case, open for one act; what was shown since the last act is logged first."""
        with self.lock, open_vault(self.folder, write=True, by=self.by) as vault:
            self.read_only = None
            if self._shown:
                vault.append(self._access())
                self._told |= set(self._shown)
                self._shown.clear()
            yield vault

    @contextmanager
    def taking_in(self) -> Iterator[Vault]:
        """The case, open for files that come in and lent meanwhile: other acts go on."""
        with self.moving:
            with self.writing():  # what was shown was shown before
                pass
            with lending(self.folder, by=self.by, alone=self.lock) as vault:
                yield vault

    def show(self, sha256: str) -> None:
        """Remember that an item is being looked at; the next act logs it, because looking changes
        nothing.
        """
        with self.lock:
            if sha256 not in self._told:
                self._shown.setdefault(sha256, values.rfc3339(values.now()))

    def _access(self) -> Fact:
        """The log entry about what was shown since the last act."""
        first = min(self._shown.values())
        return fact(
            "access",
            items=sorted(self._shown),
            purpose="noonmark open",
            note=f"shown first at {first}",
        )

    def act(
        self,
        said: str,
        command: str | None = None,
        *,
        items: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Log an act; its line of the record."""
        with self.writing() as vault:
            return self.log(vault, said, command, items=items)

    def log(
        self,
        vault: Vault,
        said: str,
        command: str | None,
        *,
        items: Sequence[str] = (),
        with_: Sequence[Fact] = (),
    ) -> dict[str, Any]:
        """Log an act in a case that is open for writing, after the facts that it made."""
        receipt = vault.append(*with_, record.note_of(said, command, items))[-1]
        return record.act_of(vault.log.entry(receipt.index), self.folder, 0)

    def act_if_possible(
        self,
        said: str,
        command: str | None = None,
    ) -> dict[str, Any] | None:
        """Log an act that changes nothing itself; None where the case can't be written to."""
        try:
            return self.act(said, command)
        except NoonmarkError as error:
            if error.code in _QUIET:
                return None
            raise

    def state(self) -> dict[str, Any]:
        """All that the page shows of the case at first."""
        with self.reading() as vault:
            revision, inquiry = inquiries.read(self.work)
            found: dict[str, Any] = {
                "revision": revision,
                "path": str(self.folder),
                "name": self.folder.name,
                "read_only": self.read_only is not None,
                "read_only_why": self.read_only,
                "items": self.readings.items(vault),
                "inquiry": inquiry,
                "record": record.record(vault),
            }
        if self.pictures is not None:
            self.pictures.add_sizes(found["items"])
        return found

    def save(
        self,
        revision: int,
        document: Any,
        said: str,
    ) -> dict[str, Any]:
        """Keep the inquiry as the next revision, in the log too; refused when another tab was
        first.
        """
        new = inquiries.checked(document)
        with self.writing() as vault:
            at, old = inquiries.read(self.work)
            if revision != at:
                raise InputError(
                    f"another tab saved first: the inquiry is at revision {at}, this page had "
                    f"{revision}",
                    code="newer-revision",
                    hint="the page shows the newer state; make the change again",
                )
            if new == old and at:
                return {"revision": at, "act": None}
            data = inquiries.as_bytes(at + 1, new)
            stored = vault.store.put_bytes(inquiries.as_bytes(at + 1, _unplaced(new)))
            kept = item_fact(f"inquiry-{at + 1}.json".encode(), stored, None, "report")
            command, files = self._twins(old, new)
            act = self.log(vault, said, command, items=[stored.sha256], with_=[kept])
            for name, text in files.items():
                inquiries.write(self.work, name, text)
            inquiries.write(self.work, inquiries.FILE, data)
        return {"revision": at + 1, "act": act}

    def _twins(
        self,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
    ) -> tuple[str | None, dict[str, bytes]]:
        """The files that the command line reads for what changed, and the command that does so."""
        command, files = None, {}
        for key, frame in new["frames"].items():
            if old["frames"].get(key) != frame:
                name = f"marks-{frame['item'][:12]}-{frame['number']}.json"
                files[name] = json_file(frame["marks"])
                command = record.command(self.folder, "frame", self.work / name)
        clues = inquiries.clue_document(new)
        if clues != inquiries.clue_document(old):
            files[CLUES] = json_file(clues)
            command = command or record.command(self.folder, "locate", self.work / CLUES)
        return command, files

    def close(self) -> None:
        """Log what was shown and not yet logged, and drop everything that is held of the case."""
        with self.moving, self.lock:
            if self._shown:
                try:
                    with self.writing():
                        pass
                except NoonmarkError:
                    self._shown.clear()
            for path in self.uploads.values():
                path.unlink(missing_ok=True)
            for held in (self.answers, self.layers, self.uploads, self.landmarks):
                held.clear()
            self.readings.clear()
            if self.pictures is not None:
                self.pictures.clear()
            if self.scratch is not None:
                shutil.rmtree(self.scratch, ignore_errors=True)


def _unplaced(inquiry: Mapping[str, Any]) -> dict[str, Any]:
    """The inquiry as it may leave with the case: where on this machine a layer or an area lies is
    nobody's business.
    """
    layers = [{**layer, "path": _last_name(layer["path"])} for layer in inquiry["layers"]]
    clues = [{**one, "clue": _area_unplaced(one["clue"])} for one in inquiry["clues"]]
    return {**inquiry, "layers": layers, "clues": clues, "prior": _area_unplaced(inquiry["prior"])}


def _area_unplaced(table: Mapping[str, Any]) -> dict[str, Any]:
    """A prior or a clue whose area is a country's code, a shape, or of a file the last name."""
    area = table.get("area")
    return {**table, "area": _last_name(area)} if isinstance(area, str) else dict(table)


def _last_name(path: str) -> str:
    """The last part of a path of any system."""
    return path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or path


def json_file(document: Mapping[str, Any]) -> bytes:
    """A document as the text of a JSON file."""
    import json

    return (
        json.dumps(document, indent=1, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"
    )


def open_session(
    folder: Path,
    *,
    by: str = DEFAULT_ACTOR,
    scratch: Path | None = None,
) -> CaseSession:
    """A case on the session. One that can't be written to is opened all the same, and says why."""
    from noonmark.session.pictures import PictureCache

    session = CaseSession(path_of(os.fspath(folder)), by, scratch)
    session.pictures = PictureCache(session.folder, session.show)
    try:
        with session.writing():
            pass
    except NoonmarkError as error:
        if error.code not in _QUIET:
            raise
        session.read_only = error.message
    inquiries.read(session.work)  # one that can't be read is said now, not when something was typed
    return session


def new_session(folder: Path, *, by: str = DEFAULT_ACTOR) -> CaseSession:
    """A new case on the session."""
    with new_vault(path_of(os.fspath(folder)), by=by):
        pass
    return open_session(folder, by=by)
