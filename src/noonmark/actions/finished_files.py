"""Files that get their name only when they are complete and checked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def finished(out: Path) -> Iterator[Path]:
    """A name beside ``out`` to write to, with the same ending; what is there in the end becomes
    ``out``.

    It says that its file is unchecked. If anything fails the file is deleted; what a crash left
    there is deleted by the next attempt.
    """
    part = out.with_name(f".{out.stem[:150]}.unchecked{out.suffix}")
    part.unlink(missing_ok=True)
    try:
        yield part
        with open(part, "rb") as written:
            os.fsync(written.fileno())
        os.rename(part, out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
