"""A folder with a list of hashes, as md5sum, sha256sum, shasum, BSD's and OpenSSL's tools, or hashdeep write it.

A list without the name of its hash is read by the length of its digests. Nothing is guessed beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.forms import tree
from noonmark.evidence.forms.tree import Carried, Findings, Judged

_GNU = re.compile(r"(\\?)([0-9A-Fa-f]{32,128}) [ *](.+)")
_BSD = re.compile(r"([A-Za-z0-9-]{3,12}) ?\((.+)\) ?= ?([0-9A-Fa-f]{32,128})")
_BY_LENGTH = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
LONGEST_BYTES = 1 << 30


@dataclass(frozen=True)
class Stated:
    """One line of a list: the hash, the digest, and the name as it is written there."""

    line: int
    hash: str
    digest: str
    name: str


def read(text: str, *, where: str, findings: Findings) -> list[Stated]:
    """What a list states. A line that can't be read is a problem; comments and empty lines are not."""
    if text.startswith("%%%% HASHDEEP-1."):
        return list(_hashdeep(text, where, findings))
    return list(_lines(text, where, findings))


def _lines(text: str, where: str, findings: Findings) -> Iterator[Stated]:
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line.strip() or line.startswith("#"):
            continue
        gnu, bsd = _GNU.fullmatch(line), _BSD.fullmatch(line)
        if gnu is not None and len(gnu[2]) in _BY_LENGTH:
            yield Stated(number, _BY_LENGTH[len(gnu[2])], gnu[2].lower(), _plain(gnu[3]) if gnu[1] else gnu[3])
            continue
        kind = tree.known_hash(bsd[1]) if bsd is not None else None
        if bsd is not None and kind is not None:
            yield Stated(number, kind, bsd[3].lower(), bsd[2])
        else:
            findings.bad("list-line", f"{where}:{number}", "a digest and a name", repr(line[:80]))


def _plain(name: str) -> str:
    """A name as GNU's tools escape it: a leading backslash on the line says so."""
    return re.sub(r"\\([\\nr])", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), name)


def _hashdeep(text: str, where: str, findings: Findings) -> Iterator[Stated]:
    kinds: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("%%%% size,"):
            kinds = line[5:].split(",")[1:-1]
        elif not line.strip() or line.startswith(("%%%%", "##")):
            continue
        else:
            fields = line.split(",", len(kinds) + 1)
            if not kinds or len(fields) != len(kinds) + 2:
                findings.bad("list-line", f"{where}:{number}", "size, digests and a name", repr(line[:80]))
                continue
            for kind, digest in zip(kinds, fields[1:-1], strict=True):
                if known := tree.known_hash(kind):
                    yield Stated(number, known, digest.lower(), fields[-1])


def carried(root: Path, list_path: Path) -> tuple[Judged, list[Carried]]:
    """The verdict on a folder and its list, and every file of the folder with what the list states for it.

    A file that is not listed is carried too, with nothing stated: it is a warning, since lists are often partial.
    """
    findings = Findings()
    data = tree.read_small(list_path, longest=LONGEST_BYTES)
    if b"\0" in data:
        raise InputError(f"{list_path.name} is not a list of hashes: it holds bytes that no text has", code="list-line")
    # Names are bytes to the file system: those that are not UTF-8 are kept as they are, to find their files.
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    stated: dict[str, dict[str, str]] = {}
    for line in read(text, where=list_path.name, findings=findings):
        name = line.name.removeprefix("./")
        if not tree.inside(name):
            findings.bad("list-path", f"{list_path.name}:{line.line}", "a name inside the folder", repr(name[:120]))
        elif stated.setdefault(name, {}).setdefault(line.hash, line.digest) != line.digest:
            findings.bad("list-twice", f"{list_path.name}:{line.line}", f"one digest for {name[:100]}", "two")
    files, size = [], 0
    for name, status in tree.walk(root):
        if not tree.is_plain(status):
            findings.bad("list-link", name, "a plain file", "a link or a device")
            continue
        if (root / name).resolve() == list_path.resolve():
            continue
        said = stated.pop(name, {})
        if not said:
            findings.odd("list-unlisted", name, "a line in the list", "none")
        found = tree.digests(root / name, said)
        for kind, digest in said.items():
            if found[kind] != digest:
                findings.bad("list-differs", name, f"{kind} {digest}", found[kind])
        files.append(Carried(root / name, name, said, {"package": "hash list", "list": list_path.name}))
        size += status.st_size
    for name in stated:
        findings.bad("list-missing", name[:200], "the file", "nothing")
    return findings.judged(len(files), size), files
