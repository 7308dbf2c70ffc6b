"""BagIt: the tag files of a bag, read: the declaration, the manifests, fetch.txt, bag-info.txt.

Only what stands in the tag files is judged here; bagit.py holds it against the files.

**Method** RFC 8493 (2018), section 2; for versions 0.93 to 0.97 the drafts it lists.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.packages import tree
from noonmark.evidence.packages.tree import Digests, PackageFindings, ReportedPart, Sizes

Version = tuple[int, int]
"""Major and minor number of the version of BagIt."""
_VERSION = re.compile(r"BagIt-Version: ([0-9]+)\.([0-9]+)[ \t]*")
_ENCODING = re.compile(r"Tag-File-Character-Encoding: ([A-Za-z0-9._:-]{1,40})[ \t]*")
_MANIFEST = re.compile(r"(tag)?manifest-([a-z0-9-]{1,20})\.txt")
_LINE = re.compile(r"([0-9A-Fa-f]{1,256})[ \t]+(\*?)(.+)")
_CHARSETS = (
    "utf-",
    "ascii",
    "iso8859",
    "cp",
    "koi8",
    "mac-",
    "shift_jis",
    "euc_",
    "gb",
    "big5",
    "johab",
    "tis-620",
)
"""How the names of character sets begin. Python's codecs know ciphers and escapes besides."""


@dataclass(frozen=True)
class Bag:
    """What a bag's tag files say."""

    version: Version
    encoding: str
    manifests: Mapping[str, Digests]
    """Payload: by hash, the digest that is stated for each name."""
    tag_manifests: Mapping[str, Digests]
    """The same of the tag files."""
    fetch: tuple[str, ...]
    """Names of files that are elsewhere, at an address that is not opened."""
    info: tuple[tuple[str, str], ...]
    """Label and value of each line of bag-info.txt."""


def read(root: Path, present: Sizes, findings: PackageFindings) -> Bag | None:
    """The tag files of the bag in ``root``; None without a declaration that can be read."""
    declared = _declaration(root, ReportedPart(findings, "bagit.txt"))
    if declared is None:
        return None
    version, encoding = declared
    payload: dict[str, Digests] = {}
    tags: dict[str, Digests] = {}
    for name in present:
        match = _MANIFEST.fullmatch(name)
        if match is None:
            continue
        kind = tree.known_hash(match[2])
        if kind is None:
            findings.problem("bag-hash", name, "a hash that can be computed here", match[2])
            continue
        text = _text(root / name, encoding, findings)
        if match[1]:
            tags[kind] = _manifest(name, text, version, findings, below="")
        else:
            payload[kind] = _manifest(name, text, version, findings, below="data/")
    if not payload:
        wanted = "a list of the payload, such as manifest-sha256.txt"
        findings.problem("bag-manifest", "manifest", wanted, "none")
    fetch: tuple[str, ...] = ()
    if "fetch.txt" in present:
        fetch = _fetch(_text(root / "fetch.txt", encoding, findings), findings)
    info = ""
    if "bag-info.txt" in present:
        info = _text(root / "bag-info.txt", encoding, findings)
    return Bag(version, encoding, payload, tags, fetch, _info(info))


def _declaration(root: Path, place: ReportedPart) -> tuple[Version, str] | None:
    """Version and encoding from bagit.txt.

    It is UTF-8 without a byte order mark in every version.
    """
    try:
        data = tree.read_small(root / "bagit.txt", longest=4096)
    except InputError as error:
        place.problem("bag-declaration", "the declaration of a bag", error.message)
        return None
    text = data.decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    version = _VERSION.fullmatch(lines[0])
    encoding = _ENCODING.fullmatch(lines[1]) if len(lines) == 2 else None
    if version is None or encoding is None:
        wanted = "the two lines BagIt-Version and Tag-File-Character-Encoding"
        place.problem("bag-declaration", wanted, repr(text[:80]))
        return None
    number = (int(version[1]), int(version[2]))
    if number > (1, 0):
        place.warning("bag-version", "a version up to 1.0", f"{number[0]}.{number[1]}")
    if not _is_charset(encoding[1]):
        place.problem("bag-declaration", "an encoding of text", encoding[1])
        return None
    return number, encoding[1]


def _is_charset(name: str) -> bool:
    """Whether a codec of that name is a character set."""
    try:
        plain = codecs.lookup(name).name
    except (LookupError, ValueError):
        return False
    return plain.startswith(_CHARSETS)


def _text(path: Path, encoding: str, findings: PackageFindings) -> str:
    """The text of a tag file; empty, with a problem, where it can't be decoded."""
    try:
        return tree.read_small(path, longest=1 << 30).decode(encoding)
    except (InputError, UnicodeError) as error:
        findings.problem("bag-tag-file", path.name, f"text in {encoding}", str(error)[:120])
        return ""


def _lines(text: str) -> list[str]:
    """The lines of a tag file that hold something; all three kinds of line end count."""
    return [line for line in re.split(r"\r\n|\r|\n", text) if line.strip()]


def _manifest(
    where: str,
    text: str,
    version: Version,
    findings: PackageFindings,
    *,
    below: str,
) -> Digests:
    """The digest that a manifest states for each name; names lie below that folder."""
    stated: dict[str, str] = {}
    for number, line in enumerate(_lines(text), 1):
        place = ReportedPart(findings, f"{where}:{number}")
        match = _LINE.fullmatch(line)
        if match is None:
            place.problem("bag-manifest", "a digest and a name", repr(line[:80]))
            continue
        digest, star = match[1].lower(), match[2]
        name = _decoded(match[3], version)
        if star:
            place.warning("bag-name-form", "a plain name", "the star of md5sum")
        if name.startswith("./"):
            name = name.removeprefix("./")
            place.warning("bag-name-form", "a plain name", "one that begins with ./")
        if not tree.inside(name) or not name.startswith(below):
            place.problem("bag-path", "a name inside the bag", repr(name[:120]))
            continue
        if name in stated:
            _report_twice(name, stated[name] == digest, version, place)
        stated.setdefault(name, digest)
    return stated


def _report_twice(name: str, same: bool, version: Version, place: ReportedPart) -> None:
    """Report a name that stands twice; before 1.0 a second line with the same digest is allowed."""
    if version >= (1, 0) or not same:
        place.problem("bag-twice", f"{name} once", "twice")
    else:
        place.warning("bag-twice", f"{name} once", "twice, with the same digest")


def _decoded(name: str, version: Version) -> str:
    """A name as the file system has it.

    Only line ends are encoded, and since 1.0 the percent sign itself.
    """
    table = {"%0a": "\n", "%0d": "\r"}
    if version >= (1, 0):
        table["%25"] = "%"
    return re.sub(r"%(?:0[aAdD]|25)", lambda m: table.get(m[0].lower(), m[0]), name)


def _fetch(text: str, findings: PackageFindings) -> tuple[str, ...]:
    """The names in fetch.txt, whose lines are an address, a length or a dash, and a name."""
    names = []
    for number, line in enumerate(_lines(text), 1):
        place = ReportedPart(findings, f"fetch.txt:{number}")
        parts = line.split(None, 2)
        if len(parts) != 3 or not (parts[1] == "-" or parts[1].isdigit()):
            place.problem("bag-fetch", "an address, a length and a name", repr(line[:80]))
            continue
        name = parts[2].removeprefix("./")
        if tree.inside(name) and name.startswith("data/"):
            names.append(name)
        else:
            place.problem("bag-path", "a name inside the bag", repr(parts[2][:120]))
    return tuple(names)


def _info(text: str) -> tuple[tuple[str, str], ...]:
    """Label and value of each line of bag-info.txt; an indented line continues the one before."""
    pairs: list[tuple[str, str]] = []
    for line in _lines(text.removeprefix("\ufeff")):
        if line[0] in " \t" and pairs:
            label, before = pairs[-1]
            pairs[-1] = (label, f"{before} {line.strip()}")
        elif ":" in line:
            label, _, value = line.partition(":")
            pairs.append((label.strip(), value.strip()))
    return tuple(pairs)
