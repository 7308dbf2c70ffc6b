"""One writer at a time: an exclusive lock that the system lets go of when its holder dies."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

from noonmark.errors import OutsideError
from noonmark.evidence.disk import FILE_MODE, named_failure

PATIENCE_S = 2.0
"""How long a writer waits for another one: an act holds the lock for milliseconds."""
_PAUSE_S = 0.02


def hold(path: Path, *, patience_s: float = 0.0) -> int:
    """Take the lock, waiting so long for another writer; the handle for :func:`release`."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    with named_failure():
        handle = os.open(path, flags, FILE_MODE)
    until_s = time.monotonic() + patience_s
    try:
        while not _taken(handle):
            if time.monotonic() >= until_s:
                raise OutsideError(
                    "another process is writing to this case",
                    code="case-busy",
                    hint="wait until it is done, then try again; reading works meanwhile",
                )
            time.sleep(_PAUSE_S)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _taken(handle: int) -> bool:
    """Take the lock if nobody holds it."""
    try:
        import fcntl
    except ImportError:
        raise _no_locks("this system has no flock") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES):
            raise _no_locks(str(error.strerror)) from None
        return False
    return True


def _no_locks(why: str) -> OutsideError:
    """The error where the system can't keep a second writer out: two would fork the log."""
    return OutsideError(
        f"the disk that the case lies on takes no locks: {why}",
        code="no-locks",
        hint="keep the case on a local disk; a copy of it can be read, audited and exported",
    )


def release(handle: int) -> None:
    """Let the lock go, if it is held."""
    if handle >= 0:
        os.close(handle)
