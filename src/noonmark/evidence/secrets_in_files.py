"""What a case must never take in: keys that sign for us, identities of sources, cases.

A bundle hands on every file of a case. A file is known by its first bytes, the same that are kept.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.entry_schema import MARKER

SOURCES = "sources"
_OURS = {
    re.compile(rb"^PRIVATE\+KEY\+[!-*,-~]{1,128}\+", re.M): "a signing key",
    re.compile(rb"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{8}"): "an age identity",
    re.compile(rb"\Aage-encryption\.org/v1\n"): "an age file",
    re.compile(rb"\A\s*-----BEGIN AGE ENCRYPTED FILE-----"): "an age file",
}
_OTHERS = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-", re.M
)


def look(head: bytes) -> str | None:
    """Refuse the first bytes of a secret of ours; a remark on another private key, or ``None``."""
    for pattern, what in _OURS.items():
        if pattern.search(head):
            raise InputError(
                f"the file holds {what}",
                code="secret-file",
                hint="keep it out of every case: a bundle would hand it on",
            )
    if _OTHERS.search(head):
        return "it holds a private key, which a bundle would hand on: withdraw it if it is secret"
    return None


def refuse_place(path: Path) -> None:
    """Refuse a file that lies where a case keeps the identities of its sources."""
    above = path.absolute().parents
    for folder, parent in pairwise(above):
        if folder.name == SOURCES and (parent / MARKER).is_file():
            raise InputError(
                "the file is the identity of a source",
                code="secret-file",
                hint="keep it out of every case: a bundle would hand it on",
            )


def case_inside(name: str) -> InputError:
    """The error about a folder that is a case itself."""
    return InputError(
        f"{name!r} is a case, and no case is taken into a case",
        code="case-inside",
        hint="export a bundle of it, and add the files of that",
    )
