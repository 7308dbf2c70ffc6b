"""What is done about an act that a crash cut in the middle, when its case is opened next.

Each record in ``pending/`` is of one act. A withdrawal is finished. An addition, an export, a copy
and a seal are undone: nothing of them was acknowledged. A lock is finished if its archive is
complete, and undone if not. What was done is logged and told.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable
from pathlib import Path

from noonmark.errors import EvidenceError, InputError, NoonmarkError, OutsideError, RecoveryWarning
from noonmark.evidence import pending, withdrawal
from noonmark.evidence.disk import delete, named_failure
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.log import Log
from noonmark.evidence.pending import PendingAct
from noonmark.evidence.store import Store
from noonmark.evidence.writer_lock import hold, release

INTAKE, WRITING, SEALING, LOCKING = "intake", "writing", "sealing", "locking"
RECOVERER = "noonmark"
UNLOCKING = "00unlocking0"
"""In place of a random token, so that the next unlocking finds what a crash left."""
_PART = re.compile(r"\.(?s:.){1,200}\.[0-9a-f]{12}\.part")
_CLOCK_NS = 2_000_000_000
"""How far the dates of files written one after the other may disagree."""


def part_of(out: Path, token: str) -> Path:
    """The name beside its place under which something is written until it is complete."""
    place = out.absolute()
    return place.with_name(f".{place.name[:200]}.{token}.part")


def settle(folder: Path, store: Store, log: Log) -> list[str]:
    """Finish or undo every act that was cut; a sentence for each, which the log has too.

    The caller holds the writer's lock.
    """
    told = []
    for act in pending.found(folder):
        with named_failure():
            sentence = _HOW[act.act](folder, store, log, act) if act.act in _HOW else None
        if sentence is None:
            continue
        told.append(sentence)
        log.append(fact("note", text=f"after a crash: {sentence}"), by=RECOVERER)
        act.end()
        warnings.warn(sentence, RecoveryWarning, stacklevel=3)
    pending.clear(folder)
    _clear_unfinished(folder)
    return told


def _clear_unfinished(folder: Path) -> None:
    """Delete what a crash left of an index that is derived: nothing is lost, but it holds texts."""
    for left in (folder / "index").glob(".*.part"):
        left.unlink(missing_ok=True)


def remove_unlogged(store: Store, log: Log, since_ns: int) -> int:
    """Delete objects that no entry names and that were written since; how many.

    An older one is left for the audit to name: it is no remainder of this act.
    """
    count = 0
    for sha256 in list(store):
        path = store.path(sha256)
        if log.index.object_of(sha256) is None and path.lstat().st_mtime_ns >= since_ns:
            count += store.remove(sha256)
    return count


def _finish_withdrawal(folder: Path, store: Store, log: Log, act: PendingAct) -> str:
    withdrawal.carry_out(folder, store, log, act)
    alias, count = str(act.facts["alias"]), len(act.facts["items"])
    whose = f" of source {alias}" if alias else ""
    return f"a withdrawal{whose} was cut off, and was finished now: {count} items deleted"


def _undo_intake(folder: Path, store: Store, log: Log, act: PendingAct) -> str | None:
    since_ns = act.path.stat().st_mtime_ns - _CLOCK_NS
    count = remove_unlogged(store, log, since_ns)
    if not count:
        act.end()
        return None
    said = "files that were stored and not logged yet were deleted"
    return f"an addition was cut off: {count} {said}; add them again"


def _undo_writing(folder: Path, store: Store, log: Log, act: PendingAct) -> str | None:
    part, out = _place(folder, act.facts["part"]), _place(folder, act.facts["out"])
    if not _PART.fullmatch(part.name):
        raise EvidenceError(
            f"pending/{act.path.name} names a place that no act of ours writes to",
            code="pending-altered",
            hint="it was changed from outside; keep a copy of the case, then delete that file",
        )
    what = str(act.facts["what"])
    if delete(part):
        return f"{what} was cut off: what had been written beside {out.name} was deleted"
    if out.exists() or out.is_symlink():
        act.end()
        return None
    if part.parent.is_dir():
        return f"{what} was cut off before anything was written"
    said = f"{what} was cut off, and its disk is not here: look for {part.name} on it"
    warnings.warn(said, RecoveryWarning, stacklevel=4)
    return None


def _undo_seal(folder: Path, store: Store, log: Log, act: PendingAct) -> str | None:
    size = int(act.facts["size"])
    if (folder / "seals" / str(size)).is_dir() or log.size < size:
        act.end()
        return None
    return f"the seal that entry {size - 1} states was cut off before it was signed: seal again"


def _undo_lock(folder: Path, store: Store, log: Log, act: PendingAct) -> str:
    delete(_part_of_lock(folder, act))
    return "locking was cut off before the archive was complete: the case stays open"


_HOW: dict[str, Callable[[Path, Store, Log, PendingAct], str | None]] = {
    withdrawal.ACT: _finish_withdrawal,
    INTAKE: _undo_intake,
    WRITING: _undo_writing,
    SEALING: _undo_seal,
    LOCKING: _undo_lock,
}


def _place(folder: Path, text: object) -> Path:
    """A place outside of the case, which its record gives from the case's own folder."""
    return Path(os.path.normpath(folder.absolute() / str(text)))


def place_text(folder: Path, place: Path) -> str:
    """A place outside of the case as its record gives it: relative, so that both may move."""
    return os.path.relpath(place.absolute(), folder.absolute())


def _part_of_lock(folder: Path, act: PendingAct) -> Path:
    part = _place(folder, act.facts["part"])
    if not _PART.fullmatch(part.name):
        raise EvidenceError(
            f"pending/{act.path.name} names a place that no act of ours writes to",
            code="pending-altered",
            hint="it was changed from outside; keep a copy of the case, then delete that file",
        )
    return part


def finish_lock(folder: Path) -> None:
    """If the folder is of a case whose archive is complete, delete the rest of it, and say so.

    This comes before anything else is read: half of a case can't be opened.
    """
    for act in pending.found(folder):
        if act.act != LOCKING:
            continue
        out = _place(folder, act.facts["out"])
        if not (out / "case.age").is_file():
            if (folder / pending.FOLDER / "deleting").exists():
                raise EvidenceError(
                    f"this case was locked and half of it is deleted; {out.name!r} is not there",
                    code="lock-unfinished",
                    hint=f"put {out} back, or delete what is left of the open case yourself",
                )
            continue
        take_away(folder)
        warnings.warn(
            f"locking {folder.name} was cut off, and was finished now: the open folder is gone",
            RecoveryWarning,
            stacklevel=4,
        )
        raise InputError(
            f"the case {folder.name!r} is locked in {str(out)!r}",
            code="case-locked",
            hint=f"noonmark case unlock {out} {folder}",
        )


def clear_unlocking(case: Path) -> None:
    """Delete what an unlocking that was cut left in clear beside the place of a case, and say so.

    One that is still under way holds its lock, and is refused.
    """
    part = part_of(case, UNLOCKING)
    if not part.is_dir() or part.is_symlink():
        return
    held = hold(part / "lock") if (part / "lock").exists() else -1
    try:
        with named_failure():
            delete(part)
    finally:
        release(held)
    said = f"unlocking {case.name} was cut off: what lay open beside it was deleted"
    warnings.warn(said, RecoveryWarning, stacklevel=3)


def take_away(folder: Path, *, lock: int = -1) -> None:
    """Delete the open folder of a case that is locked: what names people first, the record last.

    ``lock`` is the writer's lock where it is held already.
    """
    held = lock
    if held < 0 and (folder / "log").is_dir():
        held = hold(folder / "log" / "lock")
    try:
        with named_failure():
            mark = folder / pending.FOLDER / "deleting"
            mark.touch(exist_ok=True)
            names = sorted(set(os.listdir(folder)) - {pending.FOLDER, "log"})
            for name in sorted(names, key=lambda name: name != withdrawal.SOURCES):
                delete(folder / name)
            delete(folder / "log")
            delete(mark)
            delete(folder / pending.FOLDER)
            os.rmdir(folder)
    finally:
        if lock < 0:
            release(held)


def quietly_settled(error: NoonmarkError) -> bool:
    """Whether a failure to settle leaves reading possible: case busy, or read-only disk."""
    return isinstance(error, OutsideError) and error.code in ("case-busy", "case-read-only")
