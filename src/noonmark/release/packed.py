"""What is packed inside a file that goes out: zips, office files, PDFs, notes of pictures, mail.

A locked worker unpacks it and hands back the runs of hexadecimal characters that it holds. What it
can't look into is named, so that nobody takes it for clean. Films and sounds are not unpacked: the
scan of their bytes reads their notes (:mod:`noonmark.release.withheld`).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from noonmark.errors import NoonmarkError
from noonmark.sandbox import process

LARGEST_BYTES = 192 << 20
_LIMITS = process.WorkerLimits(cpu_s=60, wall_s=90.0, memory_bytes=1536 << 20)
_PACKED_WHOLE = (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ\0", b"(\xb5/\xfd")
_MARKS = rb"PK\x03\x04|(?<!data:image/png;)(?<!data:image/jpeg;)base64"
_IN_A_FILE = re.compile(_MARKS)
_IN_A_PNG = re.compile(_MARKS + rb"|zTXt|iCCP|iTXt[^\0]{1,79}\0\x01")
"""A note of a PNG says itself whether it is packed."""
_EMBEDDED = re.compile(rb"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/]{40,}={0,2})")
_RUN = re.compile(rb"[0-9a-fA-F]{12,}")
_LARGEST_PAGE_BYTES = 64 << 20
_STEP_BYTES, _OVERLAP_BYTES = 1 << 20, 96


@dataclass(frozen=True)
class PackedText:
    """The runs of hexadecimal characters packed in a file, and why some could not be looked for."""

    runs: bytes = b""
    unread: tuple[str, ...] = ()


def packed_text(path: Path) -> PackedText:
    """Runs of hexadecimal characters packed inside a file; the worker is asked once a file."""
    status = path.stat()
    return _packed_text(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _packed_text(path: Path, size_bytes: int, changed_ns: int) -> PackedText:
    pictures = _embedded(path, size_bytes)
    if not _is_packed(path) and not any(map(_IN_A_PNG.search, pictures)):
        return PackedText(_runs(b"\n".join(pictures)))
    if size_bytes > LARGEST_BYTES:
        why = f"it has {size_bytes} bytes, and at most {LARGEST_BYTES} are unpacked"
        return PackedText(unread=(why,))
    try:
        told = process.run("packed_runs", payload={}, files=[path], limits=_LIMITS).value
    except NoonmarkError as error:
        return PackedText(unread=(error.message,))
    runs = "\n".join(map(str, told["runs"])).encode("ascii", "replace")
    return PackedText(runs, tuple(str(why)[:200] for why in told["unread"]))


def _embedded(path: Path, size_bytes: int) -> list[bytes]:
    """The pictures that a web page holds, ours among them: written out, and nothing is decoded."""
    if size_bytes > _LARGEST_PAGE_BYTES:
        return []
    with open(path, "rb") as file:
        if b"\0" in file.read(1024):
            return []
        file.seek(0)
        found = _EMBEDDED.finditer(file.read())
        whole = (one[1][: len(one[1]) // 4 * 4] for one in found)
        return [base64.b64decode(letters) for letters in whole]


def _runs(data: bytes) -> bytes:
    """The runs of hexadecimal characters in some bytes, also in texts of two bytes a letter."""
    views = (data, data.translate(None, b"\0"))
    return b"\n".join(run for view in views for run in _RUN.findall(view))


def _is_packed(path: Path) -> bool:
    """Whether anything in a file looks packed, by the bytes that packed things begin with."""
    with open(path, "rb", buffering=0) as file:
        head = file.read(_STEP_BYTES)
        if head.startswith(_PACKED_WHOLE) or b"%PDF-" in head[:1024]:
            return True
        marks = _IN_A_PNG if head.startswith(b"\x89PNG") else _IN_A_FILE
        tail = b""
        while head:
            data = tail + head
            if marks.search(data):
                return True
            tail = data[-_OVERLAP_BYTES:]
            head = file.read(_STEP_BYTES)
    return False
