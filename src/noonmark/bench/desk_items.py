"""Files that come into a case through the page: from a path of this machine, or piece by piece from the browser."""

from __future__ import annotations

import base64
import binascii
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from noonmark.bench import desk_record
from noonmark.bench.desk import Desk
from noonmark.bench.desk_calls import path_of
from noonmark.case.cases import Collection, add_files
from noonmark.errors import InputError
from noonmark.evidence.ingest import Refused

LARGEST_PIECE = 4 << 20
LARGEST_UPLOAD = 64 << 30
_UPLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LISTED = 1000


def add_path(desk: Desk, path: str) -> dict[str, Any]:
    """Keep a file, or every file below a folder."""
    found = str(path_of(path))
    if not os.path.lexists(found):
        raise InputError(f"there is no file {path[:300]!r}", code="file-missing", hint="nothing was added")
    command = desk_record.command(desk.folder, "case", "add", desk.folder, Path(found))
    return _add(desk, [found], Collection(), f"added {os.path.basename(found)}", command)


def add_piece(desk: Desk, *, name: str, upload: str, offset: int, total: int, data: str) -> dict[str, Any]:
    """Take a piece of a file from the browser; with the last one the file is kept like any other."""
    path = _upload(desk, upload, first=offset == 0)
    try:
        piece = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("a piece is not base64", code="bad-upload", hint="send it again") from None
    have = path.stat().st_size
    if len(piece) > LARGEST_PIECE or not 0 <= total <= LARGEST_UPLOAD or have + len(piece) > total:
        raise InputError(
            f"a piece of {len(piece)} bytes at {have} of {total} is too much", code="bad-upload", hint="begin again"
        )
    if offset != have:
        raise InputError(f"expected the piece at {have}, got {offset}", code="bad-upload", hint="begin again")
    with open(path, "ab") as out:
        out.write(piece)
    have += len(piece)
    if have < total:
        return {"received": have}
    del desk.uploads[upload]
    return _keep_upload(desk, path, _base_name(name))


def _keep_upload(desk: Desk, path: Path, name: str) -> dict[str, Any]:
    """Give the finished upload its name, in a folder of its own, and keep it."""
    folder = Path(tempfile.mkdtemp(prefix="noonmark-upload-"))
    named = folder / name
    try:
        path.replace(named)
        command = desk_record.command(desk.folder, "case", "add", desk.folder, Path(name))
        method = Collection(method="sent by the browser of this machine")
        return _add(desk, [str(named)], method, f"added {name}", command)
    finally:
        named.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        folder.rmdir()


def _add(desk: Desk, paths: list[str], how: Collection, said: str, command: str) -> dict[str, Any]:
    added, refused = [], []
    with desk.writing() as vault:
        for result in add_files(vault, paths, collection=how):
            if isinstance(result, Refused):
                error = result.error
                refused.append({"name": result.name, "code": error.code, "message": error.message, "hint": error.hint})
            else:
                added.append(result.stored.sha256)
        count = len(added)
        more = "" if count == 1 and not refused else f" ({count} kept, {len(refused)} refused)"
        act = desk.log(vault, said + more, command, items=added[:100])
        new = set(added)
        listed = [item for item in desk_record.items(vault) if item["sha256"] in new]
    return {"items": listed[:_LISTED], "refused": refused[:_LISTED], "act": act}


def _upload(desk: Desk, upload: str, *, first: bool) -> Path:
    if not _UPLOAD.fullmatch(upload):
        raise InputError("an upload is named by letters and digits", code="bad-upload", hint="begin again")
    with desk.lock:
        if first:
            old = desk.uploads.pop(upload, None)
            if old is not None:
                old.unlink(missing_ok=True)
            handle, name = tempfile.mkstemp(prefix="noonmark-piece-")
            os.close(handle)
            desk.uploads[upload] = Path(name)
        if upload not in desk.uploads:
            raise InputError("that upload was never begun", code="bad-upload", hint="begin again")
        return desk.uploads[upload]


def _base_name(name: str) -> str:
    """The file's own name without any folder, fit for a disk; what it can't hold is replaced."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "\ufffd")
    raw = base.encode("utf-8", "replace")[:200]
    base = raw.decode("utf-8", "ignore")
    return base if base not in ("", ".", "..") else "file"
