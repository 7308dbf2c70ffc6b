"""An output folder that appears whole or not at all: written under another name, then renamed."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from noonmark.errors import InputError, NoonmarkError, OutsideError


def check_free(out_dir: Path, *, force: bool) -> None:
    """Refuses a folder that exists (unless ``force``) or that cannot be made.

    Called before any work is done.
    """
    if out_dir.is_symlink() or (out_dir.exists() and not out_dir.is_dir()):
        raise InputError(
            f"{out_dir} exists and is not a folder",
            code="output-exists",
            hint="give another name after --out",
        )
    if out_dir.exists() and not force:
        raise InputError(
            f"the output folder {out_dir} exists",
            code="output-exists",
            hint="give another name, or --force to replace it",
        )
    if not out_dir.resolve().parent.is_dir():
        raise InputError(
            f"the folder {out_dir.resolve().parent} for the output does not exist",
            code="output-nowhere",
            hint="make that folder first, or give another name after --out",
        )


def write_folder(
    out_dir: Path,
    contents: Mapping[str, bytes],
    *,
    force: bool,
) -> list[Path]:
    """Writes all files or none; returns their paths in order.

    With ``force`` an earlier output is replaced. A folder that holds anything else is never
    removed, not even with ``force``.
    """
    check_free(out_dir, force=force)
    _refuse_other_files(out_dir, set(contents))
    with new_folder(out_dir, force=force) as work:
        for name, raw in contents.items():
            _write(work / name, raw)
    return [out_dir / name for name in contents]


@contextmanager
def new_folder(out_dir: Path, *, force: bool) -> Iterator[Path]:
    """A folder to write into that becomes ``out_dir`` when the block ends without an error.

    The same rules hold as for :func:`write_folder`.
    """
    check_free(out_dir, force=force)
    target = out_dir.resolve()
    work: Path | None = None
    held = -1
    try:
        _clear_unfinished(target)
        work = Path(tempfile.mkdtemp(".unfinished", f".{target.name}.", dir=target.parent))
        held = _hold(work)
        yield work
        _refuse_other_files(out_dir, {path.name for path in work.iterdir()})
        work.chmod(0o755)
        _swap(work, target)
        work = None
    except OSError as error:
        raise _outside(error, out_dir) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
        if held >= 0:
            os.close(held)


def _clear_unfinished(target: Path) -> None:
    """Deletes what a run that was killed left beside the folder; one that still writes holds it."""
    for left in target.parent.iterdir():
        name = left.name
        ours = name.startswith(f".{target.name}.") and name.endswith(".unfinished")
        if not ours or left.is_symlink() or not left.is_dir():
            continue
        held = _hold(left)
        if held >= 0:
            shutil.rmtree(left, ignore_errors=True)
            os.close(held)


def _hold(folder: Path) -> int:
    """A handle that holds a folder until it is closed or the process ends; -1 if another does, or
    where the system can't say.
    """
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return -1
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return -1
    return handle


def _refuse_other_files(out_dir: Path, ours: set[str]) -> None:
    """Refuses a folder that holds a file of another name than those to be written."""
    if not out_dir.exists():
        return
    others = sorted(path.name for path in out_dir.iterdir() if path.name not in ours)
    if others:
        raise InputError(
            f"{out_dir} holds {others[0]!r}, which Noonmark did not write",
            code="output-exists",
            hint="--force replaces earlier answers only; give another name",
        )


def _write(path: Path, raw: bytes) -> None:
    """Writes a new file and makes sure that the disk has it.

    It must not exist yet.
    """
    with path.open("xb") as stream:
        stream.write(raw)
        stream.flush()
        # A full disk may show itself only here.
        os.fsync(stream.fileno())


def _swap(work: Path, target: Path) -> None:
    """Renames the new folder to its name; an old one is removed only when that has succeeded."""
    if not target.exists():
        work.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    target.rename(old / "answer")
    try:
        work.rename(target)
    except OSError:
        (old / "answer").rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _outside(error: OSError, out_dir: Path) -> NoonmarkError:
    """The error to raise when the operating system refuses to write."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    reason = error.strerror or type(error).__name__
    if full:
        return OutsideError(
            f"the disk is full: nothing was written to {out_dir}",
            code="disk-full",
            hint="free some space and run it again",
        )
    return OutsideError(
        f"cannot write to {out_dir}: {reason}",
        code="output-unwritable",
        hint="check the folder's permissions, or give another name",
    )
