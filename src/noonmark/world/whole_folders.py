"""Folders of the user's own that get their name only when they are whole, and lose it at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


def user_folder(name: str) -> Path:
    """A folder of the user's data: in ``$XDG_DATA_HOME``/noonmark, else in the user's home."""
    base = os.environ.get("XDG_DATA_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".local" / "share"
    return root / "noonmark" / name


@contextlib.contextmanager
def scratch(store: Path, prefix: str) -> Iterator[Path]:
    """A folder in ``store`` that is gone afterwards; what a kill left of others goes first.

    Its name is ``prefix``, the number of this process, and something random.
    """
    store.mkdir(parents=True, exist_ok=True)
    for old in store.glob(f"{prefix}-*"):
        if not _is_alive(old.name[len(prefix) + 1 :].split("-")[0]):
            shutil.rmtree(old, ignore_errors=True)
    part = Path(tempfile.mkdtemp(prefix=f"{prefix}-{os.getpid()}-", dir=store))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put(made: Path, target: Path, part: Path) -> None:
    """Synchronise what was made and give it its name; an older one goes to ``part`` only then."""
    _sync(made)
    if target.exists():
        os.rename(target, part / "old")
    os.rename(made, target)
    _sync_one(target.parent)


def take_away(folder: Path, prefix: str) -> None:
    """Delete a folder: its name goes first, so that a kill leaves no half of it."""
    with scratch(folder.parent, prefix) as part:
        os.rename(folder, part / "old")


def _sync(folder: Path) -> None:
    """Make every file and name below a folder survive a crash."""
    for path, _, files in os.walk(folder):
        for name in [*files, ""]:
            _sync_one(Path(path, name))


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_alive(process: str) -> bool:
    """Whether a process of that number runs."""
    if not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
