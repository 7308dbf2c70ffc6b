"""Folders of the user's own that get their name only when they are whole, and lose it at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_OLD, _NAME_OF_OLD = "old", "name-of-old"


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
    settle(store, prefix)
    part = Path(tempfile.mkdtemp(prefix=f"{prefix}-{os.getpid()}-", dir=store))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put(made: Path, target: Path, part: Path) -> None:
    """Synchronise what was made and give it its name; an older one goes to ``part`` only then."""
    _sync(made)
    if target.exists():
        (part / _NAME_OF_OLD).write_text(target.name, encoding="utf-8")
        _sync_one(part / _NAME_OF_OLD)
        _sync_one(part)
        os.rename(target, part / _OLD)
    os.rename(made, target)
    _sync_one(target.parent)


def settle(store: Path, prefix: str) -> None:
    """Clear what a kill left; a folder that was cut while it was replaced gets its name again."""
    for part in store.glob(f"{prefix}-*"):
        if _is_alive(part.name[len(prefix) + 1 :].split("-")[0]):
            continue
        with contextlib.suppress(OSError, UnicodeDecodeError):
            name = (part / _NAME_OF_OLD).read_text(encoding="utf-8")
            if name == Path(name).name and not (store / name).exists():
                os.rename(part / _OLD, store / name)
        shutil.rmtree(part, ignore_errors=True)


def take_away(folder: Path, prefix: str) -> None:
    """Delete a folder: its name goes first, so that a kill leaves no half of it."""
    with scratch(folder.parent, prefix) as part:
        os.rename(folder, part / _OLD)


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
