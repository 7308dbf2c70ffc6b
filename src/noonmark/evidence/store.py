"""The store: objects named by their SHA-256, written once, read-only, the same bytes kept once.

Bytes are copied and digested in one pass into ``stage/``, synchronised to disk, renamed to their
name, and the folder synchronised. Nothing of the outside (name, date, owner) is kept here: that is
the log's business.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from noonmark.errors import EvidenceError, InputError, OutsideError
from noonmark.evidence.digest import CHUNK_BYTES, HEX_DIGEST, chunk_buffer
from noonmark.evidence.disk import (
    FOLDER_MODE,
    OBJECT_MODE,
    named_failure,
    refuse_link,
    sync_folder,
    write_all,
)

_ZEROS = bytes(CHUNK_BYTES)
_READ = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_HEAD_BYTES = 1 << 16
Seen = Callable[[int], None]
Look = Callable[[bytes], str | None]


def _tell_nobody(sha256: str) -> None:
    """What a store that belongs to no case does when an object comes in."""


@dataclass(frozen=True)
class StoredObject:
    """An object as it came in: its digest, its size, and whether it is new to the store."""

    sha256: str
    size_bytes: int
    new: bool
    modified_ns: int | None = None  # the outside file's date, a claim
    remark: str | None = None  # what whoever looked at its first bytes had to say


@dataclass(frozen=True)
class Store:
    """The objects of one case in ``objects/ab/ab12...``; ``stage/`` holds those being written.

    ``arrives`` is told before an object is written (an empty text) and before it gets its name.
    """

    folder: Path
    arrives: Callable[[str], None] = _tell_nobody

    def path(self, sha256: str) -> Path:
        """Where an object of this digest is kept, whether it is there or not."""
        if not HEX_DIGEST.fullmatch(sha256):
            raise InputError(
                f"{sha256[:80]!r} is not a SHA-256 digest",
                code="bad-digest",
                hint="64 of 0-9 a-f",
            )
        return self.folder / "objects" / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether an object is kept."""
        return _is_object(self.path(sha256))

    def get(self, sha256: str) -> Path:
        """The path of an object that is kept, for reading only. The bytes are not checked here."""
        path = self.path(sha256)
        if not _is_object(path):
            raise EvidenceError(
                f"object {sha256} is not in the store",
                code="object-missing",
                hint="noonmark case audit names all",
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

    def put(
        self,
        source: Path | str | bytes,
        *,
        seen: Seen | None = None,
        sync: bool = True,
        look: Look | None = None,
    ) -> StoredObject:
        """Keep a copy of a regular file, in one pass. ``seen`` is told the bytes of each step.

        ``look`` gets the first bytes; it may refuse them, or remark on them.
        With ``sync=False`` the caller owes :meth:`sync` before it acknowledges anything.
        """
        path = os.fspath(source)
        handle = _open_regular(path)
        try:
            before = os.fstat(handle)
            self._room_for(before)
            self.arrives("")
            staged, sha256, size, remark = self._stage(handle, before, seen, look)
            try:
                _refuse_if_changed(path, before, os.fstat(handle), size)
            except BaseException:
                os.unlink(staged)
                raise
        finally:
            os.close(handle)
        kept = self._shelve(staged, sha256, size, sync, before.st_mtime_ns)
        return kept if remark is None else replace(kept, remark=remark)

    def put_bytes(self, data: bytes, *, sync: bool = True) -> StoredObject:
        """Keep bytes that are in memory: a token, a verdict, a frame."""
        self.arrives("")
        staged = self._stage_path()
        with named_failure(), open(staged, "xb", buffering=0) as out:
            try:
                write_all(out.fileno(), memoryview(data))
                os.fsync(out.fileno())
            except BaseException:
                os.unlink(staged)
                raise
        return self._shelve(staged, hashlib.sha256(data).hexdigest(), len(data), sync, None)

    def sync(self, digests: list[str]) -> None:
        """Make the names of objects put with ``sync=False`` survive a crash.

        That takes one fsync for each folder touched.
        """
        root = self.folder / "objects"
        for shelf in {digest[:2] for digest in digests}:
            sync_folder(root / shelf)
        sync_folder(root)

    def remove(self, sha256: str) -> bool:
        """Delete an object's bytes, for a withdrawal that has been logged.

        False if there were none.
        """
        path = self.path(sha256)
        with named_failure():
            if not path.parent.is_dir():
                return False
            refuse_link(path.parent)
            there = path.exists()
            path.unlink(missing_ok=True)
            sync_folder(path.parent)
        return there

    def _room_for(self, status: os.stat_result) -> None:
        """Refuse a file that the disk has no room for, before anything is written."""
        system = os.statvfs(self.folder)
        free = system.f_bavail * system.f_frsize
        need = min(status.st_size, status.st_blocks * 512)  # holes stay holes
        if need > free:
            raise OutsideError(
                f"the file takes {need} bytes and the disk has {free} left",
                code="disk-full",
                hint="what was logged before is kept; make room, or keep the case on another disk",
            )

    def _stage_path(self) -> Path:
        """A new path in ``stage/``."""
        return self.folder / "stage" / token_hex(12)

    def _stage(
        self, source: int, status: os.stat_result, seen: Seen | None, look: Look | None
    ) -> tuple[Path, str, int, str | None]:
        """Copy and digest in one pass; the staged file, its digest, its size [bytes], a remark.

        Holes of a sparse file are digested as zeros and stay holes.
        """
        staged = self._stage_path()
        state = hashlib.sha256()
        sparse = status.st_blocks * 512 < status.st_size
        buffer = chunk_buffer()
        view = memoryview(buffer)
        size, remark = 0, None
        with named_failure(), open(staged, "xb", buffering=0) as out:
            try:
                target = out.fileno()
                while count := os.readv(source, [buffer]):
                    part = view[:count]
                    if size == 0 and look is not None:
                        remark = look(bytes(part[:_HEAD_BYTES]))
                    state.update(part)
                    size += count
                    if size > status.st_size:  # it grows while it is read, perhaps for ever
                        break
                    if sparse and buffer[:count] == _ZEROS[:count]:
                        os.lseek(target, count, os.SEEK_CUR)
                    else:
                        write_all(target, part)
                    if seen is not None:
                        seen(count)
                if sparse:
                    os.ftruncate(target, size)
                os.fsync(target)
            except BaseException:
                os.unlink(staged)
                raise
        return staged, state.hexdigest(), size, remark

    def _shelve(
        self,
        staged: Path,
        sha256: str,
        size: int,
        sync: bool,
        modified_ns: int | None,
    ) -> StoredObject:
        """Give a staged file its name; where the object is kept already, drop the file."""
        path = self.path(sha256)
        with named_failure():
            if _is_object(path):
                os.unlink(staged)
                kept = path.stat().st_size
                if kept != size:
                    raise EvidenceError(
                        f"object {sha256} is kept with {kept} bytes, "
                        f"the same digest came with {size}",
                        code="object-differs",
                        hint="the store is damaged: run noonmark case audit",
                    )
                return StoredObject(sha256, size, False, modified_ns)
            path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
            refuse_link(path.parent)
            os.chmod(staged, OBJECT_MODE)
            self.arrives(sha256)
            os.rename(staged, path)
            if sync:
                self.sync([sha256])
        return StoredObject(sha256, size, True, modified_ns)


def _is_object(path: Path) -> bool:
    """Whether an object lies at a path: a regular file that no link leads to."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(status.st_mode) and not path.parent.is_symlink()


def _open_regular(path: str | bytes) -> int:
    """A handle to read a regular file with; links, folders, pipes and devices get one sentence."""
    shown = os.fsdecode(path)
    try:
        handle = os.open(path, _READ)
    except OSError as error:
        if error.errno == errno.ELOOP or os.path.islink(path):
            raise InputError(
                f"{shown!r} is a symbolic link",
                code="not-a-file",
                hint="give the file that it points to",
            ) from None
        code = {errno.ENOENT: "file-missing", errno.EACCES: "file-unreadable"}.get(
            error.errno or 0, "file-unreadable"
        )
        raise InputError(f"{shown!r} can't be read: {error.strerror}", code=code) from None
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise InputError(
            f"{shown!r} is {_what(mode)}, not a file",
            code="not-a-file",
            hint="only regular files can be kept",
        )
    return handle


_NO_FILES = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _what(mode: int) -> str:
    """What something is that is no regular file."""
    return _NO_FILES.get(stat.S_IFMT(mode), "something else")


def _refuse_if_changed(
    path: str | bytes, before: os.stat_result, after: os.stat_result, size: int
) -> None:
    """Refuse a file that was written to, or replaced, while it was read.

    The digest would be of bytes that never stood in it together.
    """
    try:
        named = os.lstat(path)
    except OSError:
        named = None
    same = named is not None and _mark(named) == _mark(before) == _mark(after)
    if not same or size != before.st_size:
        sizes = f"{before.st_size} bytes at first, {size} read"
        raise InputError(
            f"{os.fsdecode(path)!r} changed while it was read: {sizes}",
            code="file-changed",
            hint="wait until nothing writes to it, then add it again",
        )


def _mark(status: os.stat_result) -> tuple[int, int, int, int]:
    """What changes when a file is replaced or written to: device, inode, size, date."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
