"""The scan for what is withheld: no shown byte may name a digest whose object does not go out.

Digests are looked for as hexadecimal text of twelve characters or more, upper or lower case, at any
place in a longer run: a file name, a note or a log often carries only the start of one. Texts of
two bytes a letter and texts broken by tags are read too; what is packed inside a file is the matter
of :mod:`noonmark.release.packed`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

PREFIX = 12
"""Characters of a digest that name it: 48 bits, which chance does not meet in a gigabyte of hex."""
_STEP_BYTES = 1 << 20
_OVERLAP_BYTES = 4096
_TAG = re.compile(rb"<[^<>]{1,400}>")
_RUN = re.compile(rb"[0-9a-fA-F]{%d,}" % PREFIX)


def names_withheld(chunks: Iterable[bytes], withheld: Collection[str]) -> set[str]:
    """The withheld digests that a stream of bytes names, by at least twelve characters.

    A name that lies across two chunks is found too.
    """
    by_prefix: dict[bytes, str] = {digest[:PREFIX].encode(): digest for digest in withheld}
    found: set[str] = set()
    if not by_prefix:
        return found
    tail = b""
    for chunk in chunks:
        data = tail + chunk
        for reading in _readings(data):
            for run in _RUN.finditer(reading):
                found.update(_in_run(run[0].lower(), by_prefix))
        tail = data[-_OVERLAP_BYTES:]
    return found


def _readings(data: bytes) -> Iterator[bytes]:
    """The bytes; without zeros, as two bytes a letter have them; without the tags of XML."""
    yield data
    if b"\0" in data:
        yield data.translate(None, b"\0")
    if b"</" in data:
        yield _TAG.sub(b"", data)


def _in_run(run: bytes, by_prefix: dict[bytes, str]) -> Iterator[str]:
    """The withheld digests that a run of hexadecimal characters names."""
    for at in range(len(run) - PREFIX + 1):
        digest = by_prefix.get(run[at : at + PREFIX])
        if digest is not None:
            yield digest


def chunks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a mebibyte at a time."""
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(_STEP_BYTES):
            yield chunk


def scan_folder(folder: Path, withheld: Collection[str]) -> dict[str, set[str]]:
    """By path within the folder, the withheld digests that a file or its own name shows."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.is_symlink():
            continue
        name = path.relative_to(folder).as_posix()
        shown = names_withheld([name.encode("utf-8", "surrogateescape")], withheld)
        shown |= names_withheld(chunks_of(path), withheld)
        if shown:
            found[name] = shown
    return found
