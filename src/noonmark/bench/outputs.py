"""A folder of results appears complete or not at all.

Files are written into a hidden sibling folder and renamed into place when all of them are there; a
full disk, a fault or Ctrl-C leaves what was there before.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noonmark.errors import InputError
from noonmark.faults import from_system


def refuse_existing(target: Path, *, force: bool) -> None:
    """Raise when ``target`` exists and may not be replaced; call it before long work."""
    if os.path.lexists(target) and not force:
        raise InputError(f"{target}: already exists", code="output-exists", hint="choose another name, or add --force")
    if force and target.exists() and not target.is_dir():
        raise InputError(f"{target}: is a file, not a folder", code="output-exists", hint="choose another name")
    if not target.parent.is_dir():
        raise InputError(
            f"{target.parent}: no such folder", code="file-unusable", hint="make it first, or choose another"
        )


@contextmanager
def new_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A folder to write into, which becomes ``target`` when the block ends without an error."""
    refuse_existing(target, force=force)
    target = Path(os.path.abspath(target))
    staging = old = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        yield staging
        staging.chmod(0o777 & ~_umask())
        if target.exists():
            old = staging.with_name(staging.name + ".old")
            target.rename(old)
        staging.rename(target)
    except OSError as trouble:
        raise from_system(trouble, target) from trouble
    finally:
        for leftover in (staging, old):
            if leftover is not None and leftover.exists():
                if leftover is old and not target.exists():
                    old.rename(target)
                else:
                    shutil.rmtree(leftover, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
