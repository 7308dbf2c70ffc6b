"""The head of a log: how far it was, and what was derived from it, when a writer last closed it.

It is derived too. With it, the next opening knows in one glance whether ``tree`` and the index are
as they were left; and where one of them is damaged, that it is not the log which was changed.
"""

from __future__ import annotations

import os
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.disk import FILE_MODE, write_all

_FORM = "noonmark-log-head/v1"
_TEXT = re.compile(
    _FORM + r" (\d{1,18}) (\d{1,18}) ([0-9a-f]{64}) (\d{1,10}) (\d{1,10}) ([0-9a-f]{16})\n"
)
_LARGEST_BYTES = 256
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class LoggedState:
    """How far a log had come: entries, bytes, and the root over those entries [32 bytes]."""

    size: int
    length: int
    root: bytes


@dataclass(frozen=True)
class LogHead:
    """A state of the log, with checksums (CRC-32) of ``tree`` and of the index at that state."""

    state: LoggedState
    tree_crc: int
    index_crc: int

    @property
    def text(self) -> str:
        """The head as its file holds it; its last word is a digest of the others."""
        state = self.state
        root = state.root.hex()
        words = f"{_FORM} {state.size} {state.length} {root} {self.tree_crc} {self.index_crc}"
        return f"{words} {sha256_hex(words.encode())[:16]}\n"


def read_head(folder: Path) -> LogHead | None:
    """The head in the folder of a log; ``None`` where there is none, or a damaged one."""
    path = folder / "head"
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST_BYTES:
            return None
        text = path.read_bytes().decode("ascii", "replace")
    except OSError:
        return None
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    size, length, root, tree_crc, index_crc, _ = found.groups()
    state = LoggedState(int(size), int(length), bytes.fromhex(root))
    head = LogHead(state, int(tree_crc), int(index_crc))
    return head if head.text == text else None


def write_head(folder: Path, head: LogHead) -> None:
    """Leave the head in the folder of a log. A disk that refuses it leaves the one before."""
    part = folder / ".head.part"
    with suppress(OSError):
        part.unlink(missing_ok=True)
        if read_head(folder) == head:
            return
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            write_all(handle, memoryview(head.text.encode()))
        finally:
            os.close(handle)
        os.replace(part, folder / "head")
        return
    with suppress(OSError):
        part.unlink(missing_ok=True)


def file_crc(handle: int) -> int:
    """The CRC-32 of all bytes of an open file; where it is read from otherwise stays."""
    crc, place = 0, 0
    while chunk := os.pread(handle, _CHUNK_BYTES, place):
        crc = zlib.crc32(chunk, crc)
        place += len(chunk)
    return crc
