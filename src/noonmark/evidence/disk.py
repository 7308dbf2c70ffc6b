"""What evidence asks of a disk: files that survive a crash, folders deleted whole, plain failures.

Files of a case are made for its owner alone (0600, folders 0700), whatever the umask.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noonmark.errors import EvidenceError, OutsideError

FOLDER_MODE, FILE_MODE, OBJECT_MODE = 0o700, 0o600, 0o400
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_all(target: int, data: memoryview) -> None:
    """Write all of the bytes; the system may take fewer at a time."""
    while data:
        data = data[os.write(target, data) :]


def write_synced(path: Path, data: bytes, *, mode: int = FILE_MODE) -> None:
    """Write a new file and synchronise it; one that can't be written whole is taken away."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(path, flags, mode)
    try:
        write_all(handle, memoryview(data))
        os.fchmod(handle, mode)
        os.fsync(handle)
    except OSError:
        os.unlink(path)
        raise
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make renames within a folder survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Make the names of everything below a folder survive a crash."""
    for path, _, _ in os.walk(folder):
        sync_folder(Path(path))


def delete(path: Path) -> bool:
    """Delete a file, a link, or a folder with all that is in it; false if there was none.

    Nothing that a link leads to is touched.
    """
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    if stat.S_ISDIR(status.st_mode):
        shutil.rmtree(path)
    else:
        path.unlink()
    sync_folder(path.absolute().parent)
    return True


def refuse_link(path: Path) -> None:
    """Refuse a symbolic link where a case keeps a file or folder of its own.

    What is written through it would land elsewhere, and what is read through it came from there.
    """
    if path.is_symlink():
        raise EvidenceError(
            f"{path.name!r} in the case is a symbolic link",
            code="case-link",
            hint="a case holds no links: put the file or folder itself there",
        )


@contextmanager
def named_failure() -> Iterator[None]:
    """Tell a disk that is full or read-only in one sentence."""
    try:
        yield
    except OSError as error:
        raise disk_failure(error) from error


def disk_failure(error: OSError) -> OutsideError:
    """The error to raise when the case's own disk refuses."""
    if error.errno in _FULL:
        return OutsideError(
            f"the disk took no more: {error.strerror}",
            code="disk-full",
            hint="what was acknowledged is safe; make room and try again",
        )
    if error.errno in _REFUSED:
        return OutsideError(
            f"the case can't be written to: {error.strerror}",
            code="case-read-only",
            hint="it can still be read, audited and exported",
        )
    return OutsideError(
        f"the disk failed: {error.strerror}",
        code="disk-failed",
        hint="what was acknowledged is safe",
    )
