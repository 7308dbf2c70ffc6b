"""One writer at a time: an exclusive lock that the system lets go of when its holder dies."""

from __future__ import annotations

import os
from pathlib import Path

from noonmark.errors import OutsideError
from noonmark.evidence.store import named_failure


def hold(path: Path) -> int:
    """Take the lock, or say who has to finish first. Returns the handle to give to :func:`release`."""
    import fcntl

    with named_failure():
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise OutsideError(
            "another process is writing to this case",
            code="case-busy",
            hint="wait until it is done, then try again; reading works meanwhile",
        ) from None
    return handle


def release(handle: int) -> None:
    """Let the lock go, if it is held."""
    if handle >= 0:
        os.close(handle)
