"""BagIt: bags judged (versions 0.93 to 1.0) and written (1.0).

**Method** RFC 8493 (2018); for older versions the drafts it lists. **Authority** tests/evidence/test_bagit.py: the
conformance suite of the Library of Congress, 54 of 54 on Linux.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import InputError, OutsideError
from noonmark.evidence.forms import tree
from noonmark.evidence.forms.tree import Carried, Findings, Judged

SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".fseventsd", ".spotlight-v100", ".trashes"})
"""Left by operating systems and taken away by them: their absence is worth a warning, not a verdict."""

_VERSION = re.compile(r"BagIt-Version: ([0-9]+)\.([0-9]+)[ \t]*")
_ENCODING = re.compile(r"Tag-File-Character-Encoding: ([A-Za-z0-9._:-]{1,40})[ \t]*")
_MANIFEST = re.compile(r"(tag)?manifest-([a-z0-9-]{1,20})\.txt")
_LINE = re.compile(r"([0-9A-Fa-f]{1,256})[ \t]+(\*?)(.+)")


@dataclass(frozen=True)
class Bag:
    """What a bag's tag files say."""

    version: tuple[int, int]
    encoding: str
    manifests: Mapping[str, Mapping[str, str]]
    """Payload: by hash, the digest that is stated for each name."""
    tag_manifests: Mapping[str, Mapping[str, str]]
    fetch: tuple[str, ...]
    info: tuple[tuple[str, str], ...]


def judge(root: Path) -> Judged:
    """Every problem of the bag in folder ``root``, and what is only unusual."""
    return carried(root)[0]


def carried(root: Path) -> tuple[Judged, list[Carried]]:
    """The verdict, and the payload files with the digests that the bag states for them."""
    findings = Findings()
    present = tree.plain_files(root, findings, "bag-link")
    size = sum(present.values())
    bag = _read(root, present, findings)
    if bag is None:
        return findings.judged(len(present), size), []
    _check_members(root, bag, present, findings)
    _check_oxum(bag, present, findings)
    files = []
    for name in present:
        if name.startswith("data/"):
            stated = {h: m[name] for h, m in bag.manifests.items() if name in m}
            files.append(Carried(root / name, name.removeprefix("data/"), stated, {"package": "bagit"}))
    return findings.judged(len(present), size), files


def _read(root: Path, present: Mapping[str, int], findings: Findings) -> Bag | None:
    declared = _declaration(root, findings)
    if declared is None:
        return None
    version, encoding = declared
    manifests: dict[bool, dict[str, dict[str, str]]] = {False: {}, True: {}}
    for name in present:
        match = _MANIFEST.fullmatch(name)
        if match is None:
            continue
        kind = tree.known_hash(match[2])
        if kind is None:
            findings.bad("bag-hash", name, "a hash that can be computed here", match[2])
            continue
        text = _text(root / name, encoding, findings)
        manifests[bool(match[1])][kind] = _manifest(name, text, version, findings, payload=not match[1])
    if not manifests[False]:
        findings.bad("bag-manifest", "manifest", "a list of the payload, such as manifest-sha256.txt", "none")
    fetch = _fetch(_text(root / "fetch.txt", encoding, findings), findings) if "fetch.txt" in present else ()
    text = _text(root / "bag-info.txt", encoding, findings) if "bag-info.txt" in present else ""
    return Bag(version, encoding, manifests[False], manifests[True], fetch, _info(text))


def _declaration(root: Path, findings: Findings) -> tuple[tuple[int, int], str] | None:
    """Version and encoding from bagit.txt, which is UTF-8 without a byte order mark in every version."""
    try:
        data = tree.read_small(root / "bagit.txt", longest=4096)
    except InputError as error:
        findings.bad("bag-declaration", "bagit.txt", "the declaration of a bag", error.message)
        return None
    text = data.decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    version = _VERSION.fullmatch(lines[0])
    encoding = _ENCODING.fullmatch(lines[1]) if len(lines) == 2 else None
    if version is None or encoding is None:
        wanted = "the two lines BagIt-Version and Tag-File-Character-Encoding"
        findings.bad("bag-declaration", "bagit.txt", wanted, repr(text[:80]))
        return None
    number = (int(version[1]), int(version[2]))
    if number > (1, 0):
        findings.odd("bag-version", "bagit.txt", "a version up to 1.0", f"{number[0]}.{number[1]}")
    if not _is_charset(encoding[1]):
        findings.bad("bag-declaration", "bagit.txt", "an encoding of text", encoding[1])
        return None
    return number, encoding[1]


def _is_charset(name: str) -> bool:
    """Whether it names a character set; Python's codecs know ciphers, escapes and domain names besides."""
    try:
        plain = codecs.lookup(name).name
    except (LookupError, ValueError):
        return False
    families = ("utf-", "ascii", "iso8859", "cp", "koi8", "mac-", "shift_jis", "euc_", "gb", "big5", "johab", "tis-620")
    return plain.startswith(families)


def _text(path: Path, encoding: str, findings: Findings) -> str:
    try:
        return tree.read_small(path, longest=1 << 30).decode(encoding)
    except (InputError, UnicodeError) as error:
        findings.bad("bag-tag-file", path.name, f"text in {encoding}", str(error)[:120])
        return ""


def _lines(text: str) -> list[str]:
    return [line for line in re.split(r"\r\n|\r|\n", text) if line.strip()]


def _manifest(where: str, text: str, version: tuple[int, int], findings: Findings, *, payload: bool) -> dict[str, str]:
    stated: dict[str, str] = {}
    for number, line in enumerate(_lines(text), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            findings.bad("bag-manifest", f"{where}:{number}", "a digest and a name", repr(line[:80]))
            continue
        digest, star, name = match[1].lower(), match[2], _decoded(match[3], version)
        if star:
            findings.odd("bag-name-form", f"{where}:{number}", "a plain name", "the star of md5sum")
        if name.startswith("./"):
            name = name.removeprefix("./")
            findings.odd("bag-name-form", f"{where}:{number}", "a plain name", "one that begins with ./")
        if not tree.inside(name) or (payload and not name.startswith("data/")):
            findings.bad("bag-path", f"{where}:{number}", "a name inside the bag", repr(name[:120]))
            continue
        if name in stated and (version >= (1, 0) or stated[name] != digest):
            findings.bad("bag-twice", f"{where}:{number}", f"{name} once", "twice")
        elif name in stated:
            findings.odd("bag-twice", f"{where}:{number}", f"{name} once", "twice, with the same digest")
        stated.setdefault(name, digest)
    return stated


def _decoded(name: str, version: tuple[int, int]) -> str:
    """A name as the file system has it. Only line ends are encoded, and since 1.0 the percent sign itself."""
    table = {"%0a": "\n", "%0d": "\r"} | ({"%25": "%"} if version >= (1, 0) else {})
    return re.sub(r"%(?:0[aAdD]|25)", lambda m: table.get(m[0].lower(), m[0]), name)


def _fetch(text: str, findings: Findings) -> tuple[str, ...]:
    names = []
    for number, line in enumerate(_lines(text), 1):
        parts = line.split(None, 2)
        if len(parts) != 3 or not (parts[1] == "-" or parts[1].isdigit()):
            findings.bad("bag-fetch", f"fetch.txt:{number}", "an address, a length and a name", repr(line[:80]))
        elif not (tree.inside(parts[2].removeprefix("./")) and parts[2].removeprefix("./").startswith("data/")):
            findings.bad("bag-path", f"fetch.txt:{number}", "a name inside the bag", repr(parts[2][:120]))
        else:
            names.append(parts[2].removeprefix("./"))
    return tuple(names)


def _info(text: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for line in _lines(text.removeprefix("\ufeff")):
        if line[0] in " \t" and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {line.strip()}")
        elif ":" in line:
            label, _, value = line.partition(":")
            pairs.append((label.strip(), value.strip()))
    return tuple(pairs)


def _check_members(root: Path, bag: Bag, present: Mapping[str, int], findings: Findings) -> None:
    wanted: dict[str, dict[str, str]] = {}
    for kind, stated in [*bag.manifests.items(), *bag.tag_manifests.items()]:
        for name, digest in stated.items():
            wanted.setdefault(name, {})[kind] = digest
    folded = {_folded(name): name for name in present}
    for name, stated in sorted(wanted.items()):
        here = name
        if name not in present:
            here = folded.get(_folded(name), "")
            if not here:
                _missing(name, bag, findings)
                continue
            findings.odd("bag-name-form", name, "a file of exactly this name", f"{here}: another case or Unicode form")
        found = tree.digests(root / here, stated)
        for kind, digest in stated.items():
            if found[kind] != digest:
                findings.bad("bag-differs", name, f"{kind} {digest}", found[kind])
    everywhere = bag.version >= (1, 0)
    for name in present:
        lists = [name in m for m in bag.manifests.values()] if name.startswith("data/") else []
        if lists and not (all(lists) if everywhere else any(lists)):
            known = {_folded(n) for m in bag.manifests.values() for n in m}
            if _folded(name) not in known:
                findings.bad("bag-unlisted", name, "listed in the manifests", "not listed")
    if not any(name.startswith("data/") for name in present) and not (root / "data").is_dir():
        findings.bad("bag-payload", "data", "a folder", "none")


def _missing(name: str, bag: Bag, findings: Findings) -> None:
    if name.rsplit("/", 1)[-1].lower() in SYSTEM_FILES:
        findings.odd("bag-system-file", name, "the file", "missing, as files of operating systems often are")
    elif name in bag.fetch:
        findings.bad("bag-missing", name, "the file", "an address in fetch.txt, which is not opened")
    else:
        findings.bad("bag-missing", name, "the file", "nothing")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _check_oxum(bag: Bag, present: Mapping[str, int], findings: Findings) -> None:
    payload = [size for name, size in present.items() if name.startswith("data/")]
    for label, value in bag.info:
        if label.lower() != "payload-oxum":
            continue
        match = re.fullmatch(r"([0-9]{1,20})\.([0-9]{1,20})", value)
        if match is None:
            findings.odd("bag-oxum", "bag-info.txt", "BYTES.FILES", value[:40])
        elif (int(match[1]), int(match[2])) != (sum(payload), len(payload)):
            found = f"{sum(payload)}.{len(payload)}"
            codes = {w.code for w in findings.warnings} | {p.code for p in findings.problems}
            # A file that only a warning excuses is missing from the sum as well; say it once.
            (findings.odd if "bag-system-file" in codes else findings.bad)("bag-oxum", "bag-info.txt", value, found)


def write(
    root: Path,
    members: Iterable[tuple[str, Path]],
    *,
    info: Sequence[tuple[str, str]],
    hashes: Sequence[str] = ("sha256",),
) -> int:
    """Write a bag of version 1.0 into the new folder ``root`` by copying; the number of payload files."""
    try:
        (root / "data").mkdir(parents=True)
    except OSError as error:
        raise OutsideError(f"{root}: {error.strerror}", code="package-unwritable") from None
    stated: dict[str, dict[str, str]] = {kind: {} for kind in hashes}
    total = 0
    for name, source in members:
        if not tree.inside(name):
            raise InputError(f"{name!r} can not be a name in a bag", code="bag-path")
        target = root / "data" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        for kind, digest in tree.digests(source, hashes, into=target).items():
            stated[kind][name] = digest
        total += target.stat().st_size
    return finish(root, stated, total, info)


def finish(root: Path, stated: Mapping[str, Mapping[str, str]], size: int, info: Sequence[tuple[str, str]]) -> int:
    """Write the tag files around a payload that lies in ``root/data``: by hash, the digest of each name."""
    count = len(next(iter(stated.values()), {}))
    tags = {"bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"}
    pairs = [*info, ("Payload-Oxum", f"{size}.{count}")]
    tags["bag-info.txt"] = "".join(f"{label}: {' '.join(value.split())}\n" for label, value in pairs)
    for kind, names in stated.items():
        lines = [f"{digest}  data/{_encoded(name)}\n" for name, digest in names.items()]
        tags[f"manifest-{kind}.txt"] = "".join(sorted(lines))
    for name, text in tags.items():
        (root / name).write_text(text, encoding="utf-8", newline="\n")
    for kind in stated:
        lines = [f"{tree.digests(root / name, [kind])[kind]}  {name}\n" for name in sorted(tags)]
        (root / f"tagmanifest-{kind}.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
    return count


def _encoded(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
