"""Files for a worker as open descriptors: what it reads, and new files that it writes."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from noonmark.errors import InputError, OutsideError

_CLOSE_ON_EXEC = getattr(os, "O_CLOEXEC", 0)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """A read-only descriptor of a regular file; anything else is refused before it can block us."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | _CLOSE_ON_EXEC)
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", code="file-unreadable", hint="name a file you may read"
        ) from None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise InputError(
                f"{path} is not a file", code="not-a-file", hint="name one photo or video"
            )
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def created(path: Path) -> Iterator[int]:
    """A descriptor of a new file, which is removed where the work on it fails."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _CLOSE_ON_EXEC, 0o666)
    except FileExistsError:
        raise InputError(
            f"{path} exists already", code="output-exists", hint="name a new file"
        ) from None
    except OSError as error:
        raise OutsideError(f"{path}: {error.strerror}", code="output-unwritable") from None
    try:
        yield fd
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()  # half an output must not be taken for a whole one
        raise
    finally:
        os.close(fd)
