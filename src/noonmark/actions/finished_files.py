"""Files that get their name only when they are complete and checked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def finished(out: Path, beside: Iterable[Path] = ()) -> Iterator[Path]:
    """A name beside ``out`` to write to, with the same ending; what is there in the end becomes
    ``out``.

    It says that its file is unchecked. If anything fails the file is deleted; what a crash left
    there is deleted by the next attempt. ``beside`` are new files that belong to ``out`` and get
    their names first: they are deleted too.
    """
    part, others = _unchecked(out), tuple(beside)
    part.unlink(missing_ok=True)
    try:
        yield part
        with open(part, "rb") as written:
            os.fsync(written.fileno())
        os.rename(part, out)
    except BaseException:
        for path in (*others, part):
            path.unlink(missing_ok=True)
        raise


def delete_what_a_crash_left(out: Path, beside: Iterable[Path]) -> None:
    """Delete files that belong to an output which was cut while it still had its unchecked name."""
    if _unchecked(out).exists() and not out.exists():
        for path in beside:
            path.unlink(missing_ok=True)


def _unchecked(out: Path) -> Path:
    """The name that a file has while it is written; there only meanwhile, or after a crash."""
    return out.with_name(f".{out.stem[:150]}.unchecked{out.suffix}")
