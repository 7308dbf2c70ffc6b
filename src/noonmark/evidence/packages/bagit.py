"""BagIt: bags of versions 0.93 to 1.0, judged file by file.

**Method** RFC 8493 (2018); for older versions the drafts it lists.
**Authority** tests/evidence/test_bagit.py: the conformance suite of the Library of Congress, 54 of
54 on Linux.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from noonmark.evidence.packages import bagit_tags, tree
from noonmark.evidence.packages.bagit_tags import Bag
from noonmark.evidence.packages.tree import (
    PackageFile,
    PackageFindings,
    PackageVerdict,
    Sizes,
)

SYSTEM_FILES = frozenset(
    {
        ".ds_store",
        "thumbs.db",
        "desktop.ini",
        ".fseventsd",
        ".spotlight-v100",
        ".trashes",
    }
)
"""Left by operating systems and taken away by them: where one is missing, a warning is enough."""


def judge(root: Path) -> PackageVerdict:
    """Every problem of the bag in folder ``root``, and what is only unusual."""
    return carried(root)[0]


def carried(root: Path) -> tuple[PackageVerdict, list[PackageFile]]:
    """The verdict, and the payload files with the digests that the bag states for them."""
    findings = PackageFindings()
    present = tree.plain_files(root, findings, "bag-link")
    size = sum(present.values())
    bag = bagit_tags.read(root, present, findings)
    if bag is None:
        return findings.verdict(len(present), size), []
    _check_stated(root, bag, present, findings)
    _check_listed(bag, present, findings)
    if not any(_is_payload(name) for name in present) and not (root / "data").is_dir():
        findings.problem("bag-payload", "data", "a folder", "none")
    _check_oxum(bag, present, findings)
    files = [_payload_file(root, name, bag) for name in present if _is_payload(name)]
    return findings.verdict(len(present), size), files


def _is_payload(name: str) -> bool:
    """Whether a file is payload, not a tag file."""
    return name.startswith("data/")


def _payload_file(root: Path, name: str, bag: Bag) -> PackageFile:
    """A payload file with the digests that the manifests state for it."""
    stated = {kind: names[name] for kind, names in bag.manifests.items() if name in names}
    return PackageFile(root / name, name.removeprefix("data/"), stated, {"package": "bagit"})


def _check_stated(root: Path, bag: Bag, present: Sizes, findings: PackageFindings) -> None:
    """Judge every file that a manifest names: it is there, and has the digests stated for it."""
    folded = {_folded(name): name for name in present}
    for name, stated in sorted(_stated(bag).items()):
        here = name if name in present else folded.get(_folded(name), "")
        if not here:
            _report_missing(name, bag, findings)
            continue
        if here != name:
            wanted, found = (
                "a file of exactly this name",
                f"{here}: another case or Unicode form",
            )
            findings.warning("bag-name-form", name, wanted, found)
        digests = tree.digests(root / here, stated)
        for kind, digest in stated.items():
            if digests[kind] != digest:
                findings.problem("bag-differs", name, f"{kind} {digest}", digests[kind])


def _stated(bag: Bag) -> dict[str, dict[str, str]]:
    """By name, the digests that all manifests state, by hash."""
    stated: dict[str, dict[str, str]] = {}
    for manifests in (bag.manifests, bag.tag_manifests):
        for kind, names in manifests.items():
            for name, digest in names.items():
                stated.setdefault(name, {})[kind] = digest
    return stated


def _report_missing(name: str, bag: Bag, findings: PackageFindings) -> None:
    """Report a file that a manifest names and that is not there."""
    if name.rsplit("/", 1)[-1].lower() in SYSTEM_FILES:
        found = "missing, as files of operating systems often are"
        findings.warning("bag-system-file", name, "the file", found)
    elif name in bag.fetch:
        found = "an address in fetch.txt, which is not opened"
        findings.problem("bag-missing", name, "the file", found)
    else:
        findings.problem("bag-missing", name, "the file", "nothing")


def _check_listed(bag: Bag, present: Iterable[str], findings: PackageFindings) -> None:
    """Judge every payload file: since 1.0 all manifests list it, before that at least one."""
    manifests = list(bag.manifests.values())
    everywhere = bag.version >= (1, 0)
    known: set[str] = set()
    for names in manifests:
        known.update(_folded(name) for name in names)
    for name in present:
        if not manifests or not _is_payload(name):
            continue
        listed = [name in names for names in manifests]
        enough = all(listed) if everywhere else any(listed)
        if not enough and _folded(name) not in known:
            findings.problem("bag-unlisted", name, "listed in the manifests", "not listed")


def _folded(name: str) -> str:
    """A name as file systems compare it that fold case or normalise Unicode."""
    return unicodedata.normalize("NFC", name).casefold()


def _check_oxum(bag: Bag, present: Sizes, findings: PackageFindings) -> None:
    """Judge Payload-Oxum: the bytes of the payload, a dot, and the number of its files."""
    payload = [size for name, size in present.items() if _is_payload(name)]
    for label, value in bag.info:
        if label.lower() != "payload-oxum":
            continue
        match = re.fullmatch(r"([0-9]{1,20})\.([0-9]{1,20})", value)
        if match is None:
            findings.warning("bag-oxum", "bag-info.txt", "BYTES.FILES", value[:40])
            continue
        if (int(match[1]), int(match[2])) == (sum(payload), len(payload)):
            continue
        found = f"{sum(payload)}.{len(payload)}"
        # A file that only a warning excuses is missing from the sum as well; say it once.
        if "bag-system-file" in {warning.code for warning in findings.warnings}:
            findings.warning("bag-oxum", "bag-info.txt", value, found)
        else:
            findings.problem("bag-oxum", "bag-info.txt", value, found)
