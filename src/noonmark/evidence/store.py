"""The store: objects named by their SHA-256, written once, read-only, the same bytes kept once.

Bytes are copied and digested in one pass into ``stage/``, synchronised to disk, renamed to their name, and the folder
synchronised. Nothing of the outside (name, date, owner) is kept here: that is the log's business.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from noonmark.errors import EvidenceError, InputError, OutsideError
from noonmark.evidence.digest import CHUNK_BYTES, HEX_DIGEST, chunk_buffer

_ZEROS = bytes(CHUNK_BYTES)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
Seen = Callable[[int], None]


@dataclass(frozen=True)
class Stored:
    """An object as it came in: its digest, its size, and whether it is new to the store."""

    sha256: str
    size_bytes: int
    new: bool
    modified_ns: int | None = None  # the outside file's date, a claim


@dataclass(frozen=True)
class Store:
    """The objects of one case: ``objects/ab/ab12...``, and ``stage/`` for what is on its way in."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where an object of this digest is kept, whether it is there or not."""
        if not HEX_DIGEST.fullmatch(sha256):
            raise InputError(f"{sha256[:80]!r} is not a SHA-256 digest", code="bad-digest", hint="64 of 0-9 a-f")
        return self.folder / "objects" / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether an object is kept."""
        return self.path(sha256).is_file()

    def get(self, sha256: str) -> Path:
        """The path of an object that is kept, for reading only. The bytes are not checked here."""
        path = self.path(sha256)
        if not path.is_file():
            raise EvidenceError(
                f"object {sha256} is not in the store", code="object-missing", hint="noonmark case audit names all"
            )
        return path

    def __iter__(self) -> Iterator[str]:
        """The digests of all objects, streamed; in no particular order across folders."""
        root = self.folder / "objects"
        if not root.is_dir():
            return
        for shelf in sorted(os.listdir(root)):
            with os.scandir(root / shelf) as entries:
                yield from (entry.name for entry in entries)

    def put(self, source: Path | str | bytes, *, seen: Seen | None = None, sync: bool = True) -> Stored:
        """Keep a copy of a regular file, in one pass. ``seen`` is told the bytes of each step.

        With ``sync=False`` the caller owes :meth:`sync` before it acknowledges anything.
        """
        path = os.fspath(source)
        handle = _open_regular(path)
        try:
            before = os.fstat(handle)
            self._room_for(before)
            staged, sha256, size = self._stage(handle, before, seen)
            try:
                _refuse_if_changed(path, before, os.fstat(handle), size)
            except BaseException:
                os.unlink(staged)
                raise
        finally:
            os.close(handle)
        return self._shelve(staged, sha256, size, sync, before.st_mtime_ns)

    def put_bytes(self, data: bytes, *, sync: bool = True) -> Stored:
        """Keep bytes that are in memory: a token, a verdict, a frame."""
        staged = self._stage_path()
        with named_failure(), open(staged, "xb", buffering=0) as out:
            _write_all(out.fileno(), memoryview(data))
            os.fsync(out.fileno())
        return self._shelve(staged, hashlib.sha256(data).hexdigest(), len(data), sync, None)

    def sync(self, digests: list[str]) -> None:
        """Make the names of objects put with ``sync=False`` survive a crash: one fsync for each folder touched."""
        root = self.folder / "objects"
        for shelf in {digest[:2] for digest in digests}:
            sync_folder(root / shelf)
        sync_folder(root)

    def remove(self, sha256: str) -> bool:
        """Delete an object's bytes, for a withdrawal that has been logged; false if there were none."""
        path = self.path(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        sync_folder(path.parent)
        return True

    def _room_for(self, status: os.stat_result) -> None:
        system = os.statvfs(self.folder)
        free = system.f_bavail * system.f_frsize
        need = min(status.st_size, status.st_blocks * 512)  # holes stay holes
        if need > free:
            raise OutsideError(
                f"the file takes {need} bytes and the disk has {free} left",
                code="disk-full",
                hint="nothing was changed; make room, or keep the case on another disk",
            )

    def _stage_path(self) -> Path:
        return self.folder / "stage" / token_hex(12)

    def _stage(self, source: int, status: os.stat_result, seen: Seen | None) -> tuple[Path, str, int]:
        """Copy and digest in one pass; holes of a sparse file are digested as zeros and stay holes."""
        staged = self._stage_path()
        state = hashlib.sha256()
        sparse = status.st_blocks * 512 < status.st_size
        buffer = chunk_buffer()
        view = memoryview(buffer)
        size = 0
        with named_failure(), open(staged, "xb", buffering=0) as out:
            try:
                target = out.fileno()
                while count := os.readv(source, [buffer]):
                    part = view[:count]
                    state.update(part)
                    size += count
                    if size > status.st_size:  # it grows while it is read: there may be no end to it
                        break
                    if sparse and buffer[:count] == _ZEROS[:count]:
                        os.lseek(target, count, os.SEEK_CUR)
                    else:
                        _write_all(target, part)
                    if seen is not None:
                        seen(count)
                if sparse:
                    os.ftruncate(target, size)
                os.fsync(target)
            except BaseException:
                os.unlink(staged)
                raise
        return staged, state.hexdigest(), size

    def _shelve(self, staged: Path, sha256: str, size: int, sync: bool, modified_ns: int | None) -> Stored:
        path = self.path(sha256)
        with named_failure():
            if path.is_file():
                os.unlink(staged)
                if path.stat().st_size != size:
                    raise EvidenceError(
                        f"object {sha256} is kept with {path.stat().st_size} bytes, the same digest came with {size}",
                        code="object-differs",
                        hint="the store is damaged: run noonmark case audit",
                    )
                return Stored(sha256, size, False, modified_ns)
            path.parent.mkdir(exist_ok=True)
            os.chmod(staged, 0o444)
            os.rename(staged, path)
            if sync:
                self.sync([sha256])
        return Stored(sha256, size, True, modified_ns)


def _open_regular(path: str | bytes) -> int:
    """A handle to read a regular file with; links, folders, pipes and devices get one sentence."""
    shown = os.fsdecode(path)
    try:
        handle = os.open(path, _READ)
    except OSError as error:
        if error.errno == errno.ELOOP or os.path.islink(path):
            raise InputError(
                f"{shown!r} is a symbolic link", code="not-a-file", hint="give the file that it points to"
            ) from None
        code = {errno.ENOENT: "file-missing", errno.EACCES: "file-unreadable"}.get(error.errno or 0, "file-unreadable")
        raise InputError(f"{shown!r} can't be read: {error.strerror}", code=code) from None
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise InputError(
            f"{shown!r} is {_what(mode)}, not a file", code="not-a-file", hint="only regular files can be kept"
        )
    return handle


def _what(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((said for test, said in kinds if test(mode)), "something else")


def _refuse_if_changed(path: str | bytes, before: os.stat_result, after: os.stat_result, size: int) -> None:
    """A file that is written to, or replaced, while it is read has no digest that means anything."""
    try:
        named = os.lstat(path)
    except OSError:
        named = None
    marks = [(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns) for s in (before, after, named) if s is not None]
    if named is None or len(set(marks)) != 1 or size != before.st_size:
        raise InputError(
            f"{os.fsdecode(path)!r} changed while it was read: {before.st_size} bytes at first, {size} read",
            code="file-changed",
            hint="wait until nothing writes to it, then add it again",
        )


def _write_all(target: int, data: memoryview) -> None:
    while data:
        data = data[os.write(target, data) :]


def sync_folder(folder: Path) -> None:
    """Make renames within a folder survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def named_failure() -> Iterator[None]:
    """Tell a disk that is full or read-only in one sentence."""
    try:
        yield
    except OSError as error:
        raise disk_failure(error) from error


def disk_failure(error: OSError) -> OutsideError:
    """The error to raise when the case's own disk refuses."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return OutsideError(
            f"the disk took no more: {error.strerror}",
            code="disk-full",
            hint="what was acknowledged is safe; make room and try again",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutsideError(
            f"the case can't be written to: {error.strerror}",
            code="case-read-only",
            hint="it can still be read, audited and exported",
        )
    return OutsideError(f"the disk failed: {error.strerror}", code="disk-failed", hint="what was acknowledged is safe")
