"""Opening a log: trust the index as far as it has seen, check the seam, take up the rest, set torn
bytes aside.
"""

from __future__ import annotations

import base64
import os
import tempfile
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from noonmark import values
from noonmark.errors import EvidenceError, OutsideError, RecoveryWarning
from noonmark.evidence import merkle
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.disk import named_failure, sync_folder
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.head import read_head
from noonmark.evidence.index import Index, Row, memory_index, new_index, open_index, read_index
from noonmark.evidence.log import LARGEST_LINE_BYTES, Log
from noonmark.evidence.mending import DerivedDamage, compare, is_as_left, row_of
from noonmark.evidence.writer_lock import hold, release

_STEP = 10_000
RECOVERER = "noonmark"


def open_log(
    folder: Path,
    *,
    write: bool = False,
    now: Callable[[], datetime] = values.now,
    patience_s: float = 0.0,
) -> Log:
    """The log of a case, brought up to date with its file. With ``write`` it holds the lock until
    it is closed, and waits so long for another writer.

    For reading, a log that another process is writing is seen as it was when that process last
    finished an act.
    """
    if write:
        return _open_to_write(folder, now, patience_s)
    index = read_index(folder / "index")
    if index is not None and _whole(folder, index):
        return _hold_open(
            folder,
            index,
            now,
            write=False,
            lock=-1,
            tree=_reader(folder / "log" / "tree"),
        )
    try:
        _open_to_write(folder, now).close()  # take up and mend what a crash left behind
    except OutsideError as error:
        if error.code in ("case-read-only", "disk-full"):
            return _open_in_memory(folder, now)
        if index is None or error.code != "case-busy":
            raise
    else:
        index = read_index(folder / "index")
    if index is None:
        return _open_in_memory(folder, now)
    return _hold_open(
        folder,
        index,
        now,
        write=False,
        lock=-1,
        tree=_reader(folder / "log" / "tree"),
    )


def _open_to_write(folder: Path, now: Callable[[], datetime], patience_s: float = 0.0) -> Log:
    """The log with the writer's lock held, after taking up what a crash left behind, and after
    making again what is damaged of the files derived from it.
    """
    lock = hold(folder / "log" / "lock", patience_s=patience_s)
    try:
        with named_failure():
            (folder / "index").mkdir(exist_ok=True)
            index = open_index(folder / "index")
            tree = os.open(folder / "log" / "tree", os.O_RDWR | os.O_CREAT, 0o600)
        index, damage = _sound_index(folder, index, tree)
        entries = os.open(folder / "log" / "entries", os.O_WRONLY | os.O_APPEND)
        log = _hold_open(folder, index, now, write=True, lock=lock, tree=tree, entries=entries)
    except BaseException:
        release(lock)
        raise
    try:
        with named_failure():
            torn = _take_up(log, keep_torn=True)
        _refuse_shorter_than_sealed(folder, log)
        if torn and log.size > 0:  # the first entry of a log states whose it is
            what = fact(
                "recovery",
                what="an unfinished entry was set aside",
                bytes=len(torn),
                sha256=sha256_hex(torn),
            )
            log.append(what, by=RECOVERER)
    except BaseException:
        log.close()
        raise
    log._settled = True
    for sentence in damage.sentences():
        warnings.warn(sentence, RecoveryWarning, stacklevel=4)
    return log


def _sound_index(folder: Path, index: Index, tree: int) -> tuple[Index, DerivedDamage]:
    """The index as it is, or an empty one where it or the tree must be made again from the log."""
    if is_as_left(folder, index, tree, read_head(folder / "log")):
        return index, DerivedDamage()
    try:
        damage = compare(folder, index, tree)
    except BaseException:
        index.close()
        os.close(tree)
        raise
    if damage:
        with named_failure():
            index.close()
            index = new_index(folder / "index")
            os.ftruncate(tree, 0)
    return index, damage


def _refuse_shorter_than_sealed(folder: Path, log: Log) -> None:
    """A log that is shorter than its newest seal states, or another, must not be extended.

    That holds where the index, which would know the length, is gone.
    """
    seals = folder / "seals"
    names = os.listdir(seals) if seals.is_dir() else []
    size = max((int(name) for name in names if name.isdecimal()), default=0)
    if size > log.size:
        raise EvidenceError(
            f"the log has {log.size} entries, and its newest seal is of {size}",
            code="log-cut",
            hint="entries were taken away from outside: noonmark case audit names what is missing",
        )
    root = base64.b64encode(log.root(size)).decode()
    try:
        lines = (seals / str(size) / "checkpoint").read_text("utf-8", "replace").split("\n")
    except OSError:
        return  # the audit names what a seal lacks
    if size and lines[1:3] != [str(size), root]:
        raise EvidenceError(
            f"the log is not the one that was sealed at {size} entries",
            code="history-differs",
            hint="noonmark case audit names what differs; nothing more is written to it",
        )


def _open_in_memory(folder: Path, now: Callable[[], datetime]) -> Log:
    """A log on a disk that takes no index: read once from start to end, its derived parts kept
    elsewhere.
    """
    _refuse_changed(folder)
    with tempfile.TemporaryFile() as scratch:
        tree = os.dup(scratch.fileno())
    log = _hold_open(folder, memory_index(), now, write=False, lock=-1, tree=tree)
    _take_up(log, keep_torn=False)
    return log


def _refuse_changed(folder: Path) -> None:
    """Raise where what is derived shows that the log was changed; damage of the former is passed
    over.
    """
    path = folder / "log" / "tree"
    with open(path if path.is_file() else os.devnull, "rb") as tree:
        compare(folder, read_index(folder / "index"), tree.fileno())


def _reader(path: Path) -> int:
    """A handle to read a file with."""
    return os.open(path, os.O_RDONLY)


def _whole(folder: Path, index: Index) -> bool:
    """Whether the derived files are as the last writer left them, and cover the log exactly."""
    try:
        tree = _reader(folder / "log" / "tree")
    except FileNotFoundError:
        return False
    try:
        return is_as_left(folder, index, tree, read_head(folder / "log"))
    except FileNotFoundError:
        return False
    finally:
        os.close(tree)


def _hold_open(
    folder: Path,
    index: Index,
    now: Callable[[], datetime],
    *,
    write: bool,
    lock: int,
    tree: int,
    entries: int = -1,
) -> Log:
    """A log as far as its derived files have come, after a look at the seam."""
    size, length, last_at = index.seen
    log = Log(
        folder / "log",
        index,
        write,
        size,
        length,
        [],
        last_at,
        now,
        entries,
        tree,
        lock,
    )
    try:
        held = os.fstat(tree).st_size
        if held < merkle.stored(size) * merkle.HASH_BYTES:
            if not write:
                raise EvidenceError("log/tree is shorter than the index says", code="tree-differs")
            index.clear()
            log.size, log._length, log._last_at = 0, 0, ""
        log._peaks = [log._hash_at(merkle.place_of(*peak)) for peak in merkle.peaks_of(log.size)]
        _check_seam(log)
    except BaseException:
        log._lock = -1  # the caller lets go of the lock
        log.close()
        raise
    return log


def _check_seam(log: Log) -> None:
    """A file that is shorter than the index has seen, or whose last seen line is another, must not
    be extended.
    """
    length = (log.folder / "entries").stat().st_size
    if length < log._length:
        raise EvidenceError(
            f"log/entries has {length} bytes, and had {log._length} before",
            code="log-cut",
            hint="entries were taken away from outside: noonmark case audit names what is missing",
        )
    if log.size == 0:
        return
    with open(log.folder / "entries", "rb") as file:
        file.seek(log.index.offset_of(log.size - 1))
        line = file.read(log._length - file.tell())
    if merkle.leaf_hash(line.removesuffix(b"\n")) != log.leaf_hash(log.size - 1):
        raise EvidenceError(
            f"entry {log.size - 1} is not the one that was logged: its leaf hash differs",
            code="log-altered",
            hint="log/entries was changed from outside: noonmark case audit names where",
        )


def _take_up(log: Log, *, keep_torn: bool) -> bytes:
    """Take up whole lines that the derived files have not seen; the bytes of an unfinished one are
    set aside.
    """
    os.ftruncate(log._tree, merkle.stored(log.size) * merkle.HASH_BYTES)
    rows: list[Row] = []
    hashes = bytearray()
    torn = b""
    with open(log.folder / "entries", "rb") as file:
        file.seek(log._length)
        while line := file.readline(LARGEST_LINE_BYTES + 1):
            if not line.endswith(b"\n"):
                torn = line + file.read()
                break
            rows.append(row_of(line, log.size, log._length))
            hashes += b"".join(merkle.grow(log._peaks, log.size, merkle.leaf_hash(line[:-1])))
            log.size += 1
            log._length += len(line)
            log._last_at = rows[-1].at
            if len(rows) == _STEP:
                log._derive(bytes(hashes), rows)
                rows, hashes = [], bytearray()
    if rows:
        log._derive(bytes(hashes), rows)
    if torn and keep_torn:
        _set_aside(log, torn)
    return torn


def _set_aside(log: Log, torn: bytes) -> None:
    """Keep the bytes that were never acknowledged, then cut them off."""
    folder = log.folder / "torn"
    folder.mkdir(exist_ok=True)
    with open(folder / f"{log._length}-{sha256_hex(torn)[:16]}", "wb") as out:
        out.write(torn)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(folder)
    os.truncate(log.folder / "entries", log._length)
