"""Hash lists: a folder and a list of its files' digests.

Lists are read as md5sum, sha256sum, shasum, BSD's and OpenSSL's tools, or hashdeep write them.
A list without the name of its hash is read by the length of its digests. Nothing is guessed beyond
that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.packages import tree
from noonmark.evidence.packages.tree import (
    Digests,
    PackageFile,
    PackageFindings,
    PackageVerdict,
    ReportedPart,
)

_GNU = re.compile(r"(\\?)([0-9A-Fa-f]{32,128}) [ *](.+)")
_BSD = re.compile(r"([A-Za-z0-9-]{3,12}) ?\((.+)\) ?= ?([0-9A-Fa-f]{32,128})")
_BY_LENGTH = {
    32: "md5",
    40: "sha1",
    56: "sha224",
    64: "sha256",
    96: "sha384",
    128: "sha512",
}
LONGEST_BYTES = 1 << 30


@dataclass(frozen=True)
class Stated:
    """One line of a list: the hash, the digest, and the name as it is written there."""

    line: int
    hash: str
    digest: str
    name: str


def read(text: str, *, where: str, findings: PackageFindings) -> list[Stated]:
    """The digests that a list states.

    A line that can't be read is a problem; comments and empty lines are not.
    """
    if text.startswith("%%%% HASHDEEP-1."):
        return list(_hashdeep(text, where, findings))
    return list(_lines(text, where, findings))


def _lines(text: str, where: str, findings: PackageFindings) -> Iterator[Stated]:
    """The lines of a list in the form of GNU's, BSD's or OpenSSL's tools."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line.strip() or line.startswith("#"):
            continue
        stated = _gnu(number, line) or _bsd(number, line)
        if stated is None:
            found = repr(line[:80])
            findings.problem("list-line", f"{where}:{number}", "a digest and a name", found)
        else:
            yield stated


def _gnu(number: int, line: str) -> Stated | None:
    """A line of md5sum and its kin: digest, two spaces or a space and a star, name."""
    match = _GNU.fullmatch(line)
    if match is None or len(match[2]) not in _BY_LENGTH:
        return None
    name = _plain(match[3]) if match[1] else match[3]
    return Stated(number, _BY_LENGTH[len(match[2])], match[2].lower(), name)


def _bsd(number: int, line: str) -> Stated | None:
    """A line of BSD's and OpenSSL's tools: hash, name in brackets, digest."""
    match = _BSD.fullmatch(line)
    kind = tree.known_hash(match[1]) if match is not None else None
    if match is None or kind is None:
        return None
    return Stated(number, kind, match[3].lower(), match[2])


def _plain(name: str) -> str:
    """A name as GNU's tools escape it: a leading backslash on the line says so."""
    return re.sub(r"\\([\\nr])", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), name)


def _hashdeep(text: str, where: str, findings: PackageFindings) -> Iterator[Stated]:
    """The lines of a hashdeep list: size, a digest by each hash that its head names, name."""
    kinds: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("%%%% size,"):
            kinds = line[5:].split(",")[1:-1]
            continue
        if not line.strip() or line.startswith(("%%%%", "##")):
            continue
        fields = line.split(",", len(kinds) + 1)
        if not kinds or len(fields) != len(kinds) + 2:
            found = repr(line[:80])
            findings.problem("list-line", f"{where}:{number}", "size, digests and a name", found)
            continue
        for kind, digest in zip(kinds, fields[1:-1], strict=True):
            if known := tree.known_hash(kind):
                yield Stated(number, known, digest.lower(), fields[-1])


def carried(root: Path, list_path: Path) -> tuple[PackageVerdict, list[PackageFile]]:
    """The verdict on a folder and its list, and every file with what the list states for it.

    A file that is not listed is carried too, with nothing stated: that is a warning, since lists
    are often partial.
    """
    findings = PackageFindings()
    stated = _stated(list_path, findings)
    own = list_path.resolve()
    claims = {"package": "hash list", "list": list_path.name}
    files, size = [], 0
    for name, status in tree.walk(root):
        if not tree.is_plain(status):
            findings.problem("list-link", name, "a plain file", "a link or a device")
            continue
        if (root / name).resolve() == own:
            continue
        said = stated.pop(name, {})
        _check_file(root / name, name, said, findings)
        files.append(PackageFile(root / name, name, said, claims))
        size += status.st_size
    for name in stated:
        findings.problem("list-missing", name[:200], "the file", "nothing")
    return findings.verdict(len(files), size), files


def _stated(list_path: Path, findings: PackageFindings) -> dict[str, Digests]:
    """By name, the digests that a list states, by hash."""
    stated: dict[str, dict[str, str]] = {}
    for line in read(_list_text(list_path), where=list_path.name, findings=findings):
        name = line.name.removeprefix("./")
        place = ReportedPart(findings, f"{list_path.name}:{line.line}")
        if not tree.inside(name):
            place.problem("list-path", "a name inside the folder", repr(name[:120]))
        elif stated.setdefault(name, {}).setdefault(line.hash, line.digest) != line.digest:
            place.problem("list-twice", f"one digest for {name[:100]}", "two")
    return dict(stated)


def _list_text(path: Path) -> str:
    """The text of a list.

    Names are bytes to the file system: those that are not UTF-8 are kept as they are, to find
    their files.
    """
    data = tree.read_small(path, longest=LONGEST_BYTES)
    if b"\0" in data:
        raise InputError(
            f"{path.name} is not a list of hashes: it holds bytes that no text has",
            code="list-line",
        )
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def _check_file(path: Path, name: str, said: Digests, findings: PackageFindings) -> None:
    """Judge one file against the digests that the list states for it."""
    if not said:
        findings.warning("list-unlisted", name, "a line in the list", "none")
    found = tree.digests(path, said)
    for kind, digest in said.items():
        if found[kind] != digest:
            findings.problem("list-differs", name, f"{kind} {digest}", found[kind])
