"""Files that come into a case through the page: from a path of this machine, or piece by piece from
the browser.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from noonmark.actions.case_intake import Collection, add_files
from noonmark.errors import InputError
from noonmark.evidence.ingest import RefusedFile
from noonmark.session import record
from noonmark.session.case_session import CaseSession
from noonmark.session.requests import path_of

LARGEST_PIECE = 4 << 20
LARGEST_UPLOAD = 64 << 30
_UPLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LISTED = 1000


def add_path(session: CaseSession, path: str) -> dict[str, Any]:
    """Keep a file, or every file below a folder."""
    found = str(path_of(path))
    if not os.path.lexists(found):
        raise InputError(
            f"there is no file {path[:300]!r}", code="file-missing", hint="nothing was added"
        )
    command = record.command(session.folder, "case", "add", session.folder, Path(found))
    return _add(session, [found], Collection(), f"added {os.path.basename(found)}", command)


def add_piece(
    session: CaseSession,
    *,
    name: str,
    upload: str,
    offset: int,
    total: int,
    data: str,
) -> dict[str, Any]:
    """Take a piece of a file from the browser; with the last one the file is kept."""
    path = _upload(session, upload, first=offset == 0)
    try:
        piece = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("a piece is not base64", code="bad-upload", hint="send it again") from None
    have = path.stat().st_size
    if len(piece) > LARGEST_PIECE or not 0 <= total <= LARGEST_UPLOAD or have + len(piece) > total:
        raise InputError(
            f"a piece of {len(piece)} bytes at {have} of {total} is too much",
            code="bad-upload",
            hint="begin again",
        )
    if offset != have:
        raise InputError(
            f"expected the piece at {have}, got {offset}", code="bad-upload", hint="begin again"
        )
    with open(path, "ab") as out:
        out.write(piece)
    have += len(piece)
    if have < total:
        return {"received": have}
    del session.uploads[upload]
    return _keep_upload(session, path, _base_name(name))


def _keep_upload(
    session: CaseSession,
    path: Path,
    name: str,
) -> dict[str, Any]:
    """Give the finished upload its name, in a folder of its own, and keep it."""
    folder = Path(tempfile.mkdtemp(prefix="noonmark-upload-"))
    named = folder / name
    try:
        path.replace(named)
        command = record.command(session.folder, "case", "add", session.folder, Path(name))
        method = Collection(method="sent by the browser of this machine")
        return _add(session, [str(named)], method, f"added {name}", command)
    finally:
        named.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        folder.rmdir()


def _add(
    session: CaseSession,
    paths: list[str],
    how: Collection,
    said: str,
    command: str,
) -> dict[str, Any]:
    """Keep files and log the act; what came in, and what was refused with its reason."""
    added, refused = [], []
    with session.taking_in() as vault:
        for result in add_files(vault, paths, collection=how):
            if isinstance(result, RefusedFile):
                error = result.error
                refused.append(
                    {
                        "name": result.name,
                        "code": error.code,
                        "message": error.message,
                        "hint": error.hint,
                    }
                )
            else:
                added.append(result.stored.sha256)
    with session.writing() as vault:
        count = len(added)
        more = "" if count == 1 and not refused else f" ({count} kept, {len(refused)} refused)"
        act = session.log(vault, said + more, command, items=added[:100])
        new = set(added)
        listed = [item for item in session.readings.items(vault) if item["sha256"] in new]
    return {"items": listed[:_LISTED], "refused": refused[:_LISTED], "act": act}


def _upload(
    session: CaseSession,
    upload: str,
    *,
    first: bool,
) -> Path:
    """The file that the pieces of an upload are written to."""
    if not _UPLOAD.fullmatch(upload):
        raise InputError(
            "an upload is named by letters and digits", code="bad-upload", hint="begin again"
        )
    with session.lock:
        if first:
            old = session.uploads.pop(upload, None)
            if old is not None:
                old.unlink(missing_ok=True)
            handle, name = tempfile.mkstemp(prefix="noonmark-piece-")
            os.close(handle)
            session.uploads[upload] = Path(name)
        if upload not in session.uploads:
            raise InputError("that upload was never begun", code="bad-upload", hint="begin again")
        return session.uploads[upload]


def _base_name(name: str) -> str:
    """The file's own name without any folder, fit for a disk; what it can't hold is replaced."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "\ufffd")
    raw = base.encode("utf-8", "replace")[:200]
    base = raw.decode("utf-8", "ignore")
    return base if base not in ("", ".", "..") else "file"
