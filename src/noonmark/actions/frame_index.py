"""Indexes of the frames of many films and photos, filled on all cores, logged for a case."""

from __future__ import annotations

import json
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import case_items
from noonmark.actions.finished_files import finished
from noonmark.errors import InputError, NoonmarkError, OutsideError
from noonmark.values import now, rfc3339

if TYPE_CHECKING:
    from noonmark.media.hash_index import HashIndex

Progress = Callable[[float, str], None]
_NO_DATE = {"every_s": 1.0, "key_frames": False, "first_seen_utc": None, "first_seen_by": None}


def index_add(
    index: Path,
    paths: Sequence[Path],
    *,
    every_s: float = 1.0,
    key_frames: bool = False,
    first_seen: datetime | None = None,
    first_seen_by: str | None = None,
    case: Path | None = None,
    by: str = case_items.DEFAULT_ACTOR,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Add files and folders to an index, on all cores. What is there already (by digest) is passed
    over.

    ``first_seen`` is when these files were surely there, and ``first_seen_by`` who says so: an
    upload time of a platform, a time stamp of an archive. A file's own date is no such thing. With
    ``case`` the files must be items of it, and without ``paths`` all its originals are meant; that
    they were opened is logged first. A file that can't be read is told in ``failed`` and costs only
    itself; if none could be, that is an error.
    """
    if (first_seen is None) != (first_seen_by is None):
        raise InputError(
            "a date that is to disprove others needs its source",
            code="date-without-source",
            hint="give both, or neither",
        )
    if not paths and case is None:
        raise InputError(
            "no file to add to the index",
            code="file-unusable",
            hint="name files, folders, or a case",
        )
    files = case_items.originals(case) if case is not None and not paths else sorted(_files(paths))
    if not files:
        named = ", ".join(str(path) for path in paths) or str(case)
        raise InputError(
            f"{named}: there is no file in it",
            code="file-unusable",
            hint="name files, folders, or a case",
        )
    about = {
        "every_s": every_s,
        "key_frames": key_frames,
        "first_seen_by": first_seen_by,
        "first_seen_utc": rfc3339(first_seen) if first_seen else None,
    }
    new = not index.exists()
    done, errors = _add(index, files, about, case=case, by=by, progress=progress)
    if len(errors) == len(files):
        if new:  # an empty index would answer "not found" to everything
            shutil.rmtree(index)
        raise _none(done["failed"], errors)
    return done


@dataclass
class _Additions:
    """What came of adding files to an index: counts, and the files that brought nothing."""

    added: int = 0
    known_before: int = 0
    failed: list[dict[str, Any]] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    animations: list[str] = field(default_factory=list)
    errors: list[NoonmarkError] = field(default_factory=list)

    def note(self, path: Path, found: Any) -> None:
        """Count a file that was added, and name it where it is found badly or in part."""
        self.added += 1
        if not len(found.hashes):
            self.plain.append(str(path))
        if found.animation:
            self.animations.append(str(path))


def _add(
    index: Path,
    files: Sequence[Path],
    about: Mapping[str, Any],
    *,
    case: Path | None,
    by: str,
    progress: Progress | None,
) -> tuple[dict[str, Any], list[NoonmarkError]]:
    """Add files to an index, however few can be read, and why others can't.

    ``about`` goes into the line of each.
    """
    from noonmark.media.hash_index import HashIndex

    every_s, key_frames = float(about["every_s"]), bool(about["key_frames"])
    asked = {"index": index.name, "every_s": every_s, "key_frames": key_frames}
    logged = case_items.accesses(files, case=case, by=by, command="index add", parameters=asked)
    archive = HashIndex.create(index)
    known = {film["sha256"] for film in archive.films}
    done = _Additions()
    for tried, (path, sha256, found) in enumerate(_printed(files, known, every_s, key_frames), 1):
        if isinstance(found, NoonmarkError):
            done.errors.append(found)
            told = {"file": str(path), "code": found.code, "message": found.message}
            done.failed.append(told)
        elif found is None or sha256 in known:
            done.known_before += 1
        else:
            _add_film(archive, path, sha256, found, about)
            known.add(sha256)
            done.note(path, found)
        if progress is not None:
            progress(tried / len(files), path.name)
    archive.seal()
    return _told(done, archive, index) | logged, done.errors


def _told(done: _Additions, archive: HashIndex, index: Path) -> dict[str, Any]:
    return {
        "ok": True,
        "index": str(index),
        "added": done.added,
        "known_before": done.known_before,
        "failed": done.failed,
        "plain": done.plain,
        "animations": done.animations,
        "films": len(archive.films),
        "hashes": archive.count,
    }


def _add_film(
    archive: HashIndex, path: Path, sha256: str, found: Any, about: Mapping[str, Any]
) -> None:
    """Put the hashes of one file into the index, under a line about it."""
    film = {
        "path": str(path.resolve()),
        "sha256": sha256,
        "frames": found.frames,
        "added_utc": rfc3339(now()),
    }
    line = {**film, **about}
    archive.add(line, found.hashes, found.times_s, found.variant, found.quality)


def _none(failed: Sequence[dict[str, Any]], errors: Sequence[NoonmarkError]) -> NoonmarkError:
    """The error that says that not one file could be indexed: the analyst's to mend, unless a
    reader failed.
    """
    kind = OutsideError if any(isinstance(error, OutsideError) for error in errors) else InputError
    first, why = Path(failed[0]["file"]).name, errors[0].message
    return kind(
        f"{first} could not be indexed: {why}"
        if len(failed) == 1
        else f"none of {len(failed)} files could be indexed; the first, {first}: {why}",
        code="nothing-indexed",
        hint=errors[0].hint or "noonmark probe FILE says what a file is",
        failed=list(failed),
    )


def index_of_case(
    case: Path, *, by: str = case_items.DEFAULT_ACTOR, progress: Progress | None = None
) -> Path:
    """The index of all originals of a case, kept with its derived files and brought up to date.

    It is made anew after a withdrawal, so that no trace of what was withdrawn stays in it.
    """
    from noonmark.media.hash_index import HashIndex

    folder = case / "index" / "frames"
    held = {path.name: path for path in case_items.originals(case)}
    left_out = (
        folder / "left-out.json"
    )  # by digest, why: a letter is no film, and need not be tried each time
    known: dict[str, str] = {}
    if (folder / "films.jsonl").exists():
        known = {str(film["sha256"]): "" for film in HashIndex(folder).films}
        known |= json.loads(left_out.read_text(encoding="utf-8")) if left_out.exists() else {}
    if set(known) - set(held):
        shutil.rmtree(folder)
        known = {}
    new = [path for sha256, path in sorted(held.items()) if sha256 not in known]
    if new or not folder.exists():
        done, _ = _add(folder, new, _NO_DATE, case=case, by=by, progress=progress)
        failed = {Path(row["file"]).name: str(row["code"]) for row in done["failed"]}
        text = json.dumps({sha256: why for sha256, why in known.items() if why} | failed, indent=1)
        with finished(left_out) as part:
            part.write_text(text + "\n", encoding="utf-8")
    return folder


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
        elif path.exists():
            yield path
        else:
            raise InputError(f"{path}: no such file", code="file-unusable", hint="check the path")


def _printed(
    files: Sequence[Path], known: set[str], every_s: float, key_frames: bool
) -> Iterable[tuple[Path, str, Any]]:
    """Each file with its digest and hashes (None where it is known, an error where it failed), as
    they come.
    """
    from noonmark.media.probe import digest
    from noonmark.media.seen import fingerprint

    waiting: queue.SimpleQueue[Path] = queue.SimpleQueue()
    ready: queue.SimpleQueue[tuple[Path, str, Any]] = queue.SimpleQueue()
    seen_before = frozenset(known)
    cores = os.cpu_count() or 1
    at_once = min(len(files), cores)
    threads = (
        1 if at_once == cores else 0
    )  # a core for each film gets more done than all cores for each
    for path in files:
        waiting.put(path)

    def work() -> None:
        while True:
            try:
                path = waiting.get_nowait()
            except queue.Empty:
                return
            sha256 = ""
            try:
                sha256 = digest(path)
                new = sha256 not in seen_before
                found: Any = None
                if new:
                    found = fingerprint(
                        path,
                        side="reference",
                        every_s=every_s,
                        key_frames=key_frames,
                        threads=threads,
                    )
            except NoonmarkError as error:
                found = error
            except Exception as error:  # one unreadable file must not stop the others
                found = InputError(f"{path}: {error}", code="file-unusable")
            ready.put((path, sha256, found))

    for _ in range(at_once):
        threading.Thread(target=work, daemon=True).start()
    for _ in files:
        yield ready.get()
