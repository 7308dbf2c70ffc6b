"""The list of films of an index, and the right to add to it, which one process holds.

A film has one line, the last thing written of it.
Reading changes nothing, so an index on a read-only disc can be asked, and one that is being added
to as well.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from noonmark.errors import InputError, OutsideError

NAME = "films.jsonl"
_FORMS = "noonmark-frames "
_FORM = _FORMS + "1"
_HEAD = json.dumps({"form": _FORM}).encode() + b"\n"


@dataclass
class Listing:
    """The films that count, and where their lines end.

    What follows was cut off by a kill, or is just being written.
    """

    path: Path
    films: list[dict[str, Any]]
    end: int
    writer: IO[bytes] | None = None

    def add(self, film: Mapping[str, Any]) -> None:
        """Append a film, over whatever a kill left behind, and see it onto the disc."""
        line = json.dumps(film).encode() + b"\n"
        write_at(self.path, self.end, line)
        self.end += len(line)
        self.films.append(json.loads(line))


def read(folder: Path) -> Listing:
    """The list of an index that exists."""
    path = folder / NAME
    if not path.is_file():
        raise InputError(
            f"{folder} is no index of frames",
            code="not-an-index",
            hint="noonmark index add makes one",
        )
    raw = path.read_bytes()
    end = raw.rfind(b"\n") + 1
    try:
        lines = raw[:end].decode().splitlines()
        form = str(json.loads(lines[0])["form"])
        films = [json.loads(line) for line in lines[1:]] if form == _FORM else []
        if not form.startswith(_FORMS) or not all(isinstance(film["rows"], int) for film in films):
            raise ValueError
    except (ValueError, KeyError, IndexError, TypeError):
        raise OutsideError(f"{path}: not the list of an index", code="index-damaged") from None
    if form != _FORM:
        raise InputError(
            f"{folder} is an index of the form {form!r}, and this noonmark reads {_FORM!r}",
            code="index-version",
            hint="make it anew from the films with noonmark index add,"
            " or ask it with the noonmark that made it",
        )
    return Listing(path, films, end)


def write(folder: Path) -> Listing:
    """The list of a new index or of one that is there, with the right to add to it.

    The right is held until this process ends.
    """
    path = folder / NAME
    if not path.exists():
        if folder.exists() and any(folder.iterdir()):
            raise InputError(
                f"{folder} is no index and not empty", code="not-an-index", hint="name a new folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
    writer = path.open("ab")
    with contextlib.suppress(ImportError):  # Windows, where nothing is decoded, so nothing added
        import fcntl

        try:
            fcntl.flock(writer, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            writer.close()
            raise OutsideError(
                f"{folder} is being added to by another noonmark",
                code="index-busy",
                hint="wait until that is done; asking it is possible all the while",
            ) from None
    if b"\n" not in path.read_bytes():  # new, or killed before its first line was whole
        write_at(path, 0, _HEAD)
    listing = read(folder)
    listing.writer = writer
    return listing


def write_at(path: Path, end: int, data: bytes) -> None:
    """Put ``data`` at ``end``, in place of whatever follows, and see it onto the disc."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b") as stream:
        stream.truncate(end)
        stream.seek(end)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
