"""OCFL: objects of versions 1.0 and 1.1, judged file by file.

Problems carry the specification's own codes; each function names those that it may report.

**Method** Oxford Common File Layout 1.0 (2020) and 1.1 (2022).
**Authority** tests/evidence/test_ocfl.py: the 156 objects of OCFL/fixtures, each with every code
that its folder's name asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.packages import ocfl_inventory as inventories
from noonmark.evidence.packages import ocfl_versions, tree
from noonmark.evidence.packages.ocfl_inventory import Inventory
from noonmark.evidence.packages.tree import (
    PackageFile,
    PackageFindings,
    PackageVerdict,
    Sizes,
)

EXTENSIONS = frozenset(
    {
        "0001-digest-algorithms",
        "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout",
        "0004-hashed-n-tuple-storage-layout",
        "0005-mutable-head",
        "0006-flat-omit-prefix-storage-layout",
        "0007-n-tuple-omit-prefix-storage-layout",
        "0008-schema-registry",
        "0009-digest-algorithms",
        "0010-differential-n-tuple-omit-prefix-storage-layout",
        "0011-direct-clean-path-layout",
    }
)
_MOST_DECLARATION_BYTES = 1 << 16


@dataclass(frozen=True)
class _Stated:
    """A digest that an inventory states for a file."""

    where: str
    """The inventory, and its block if that is ``fixity``."""
    algorithm: str
    digest: str
    code: str
    """What a difference is: E092 in the manifest, E093 in the fixity block."""


def judge(root: Path) -> PackageVerdict:
    """Every problem of the OCFL object in folder ``root``, with the specification's codes.

    E090: a link or a device.
    E038: an inventory of another version than the declaration.
    """
    findings = PackageFindings()
    sizes = tree.plain_files(root, findings, "E090")
    spec = _declaration(root, sizes, findings)
    inventory = _inventory(root, "inventory.json", sizes, findings)
    folders = set(tree.folders(root))
    _check_root_files(inventory, sizes, findings)
    _check_root_folders(inventory, folders, findings)
    if inventory is not None:
        if spec is not None and inventory.spec != spec:
            declared, found = f"OCFL {spec}, as declared", f"OCFL {inventory.spec}"
            findings.problem("E038", "inventory.json type", declared, found)
        older = _older_inventories(root, inventory, sizes, findings)
        _check_versions(inventory, older, sizes, folders, findings)
        _check_content(root, inventory, older, sizes, findings)
    return findings.verdict(len(sizes), sum(sizes.values()))


def carried(root: Path) -> tuple[PackageVerdict, list[PackageFile]]:
    """The verdict, and the newest version's files with the digests that the inventory states."""
    judged = judge(root)
    findings = PackageFindings()  # what is found here again is in the verdict already
    sizes = tree.plain_files(root, findings, "E090")
    inventory = _inventory(root, "inventory.json", sizes, findings)
    if inventory is None:
        return judged, []
    places: dict[str, str] = {}
    for path, digest in inventory.paths.items():
        places.setdefault(digest, path)
    newest = inventory.versions[-1]
    claims = {"package": "ocfl", "version": newest}
    files = []
    for name, digest in inventory.states[newest].items():
        path = places.get(digest, "")
        if path in sizes:
            stated = _digests_of(inventory, path, digest)
            files.append(PackageFile(root / path, name, stated, claims))
    return judged, files


def _digests_of(inventory: Inventory, path: str, digest: str) -> dict[str, str]:
    """The digests that manifest and fixity block state for a content path, by hashlib's name."""
    stated = {inventory.algorithm: digest}
    for algorithm, digests in inventory.fixity.items():
        if path in digests:
            stated[tree.known_hash(algorithm) or algorithm] = digests[path]
    return stated


def _declaration(root: Path, sizes: Sizes, findings: PackageFindings) -> str | None:
    """The version that the declaration file states.

    E003: not one declaration.
    E006: another name.
    E007: another content.
    """
    declared = [name for name in sizes if name.startswith("0=")]
    if len(declared) != 1:
        findings.problem("E003", "root", "one declaration", f"{len(declared)}")
        return None
    match = re.fullmatch(r"0=ocfl_object_(1\.[01])", declared[0])
    if match is None:
        findings.problem("E006", declared[0], "0=ocfl_object_1.0 or 1.1", declared[0])
        return None
    wanted = f"ocfl_object_{match[1]}\n".encode()
    if tree.read_small(root / declared[0], longest=_MOST_DECLARATION_BYTES) != wanted:
        findings.problem("E007", declared[0], wanted.decode().strip(), "another content")
    return match[1]


def _inventory(root: Path, name: str, sizes: Sizes, findings: PackageFindings) -> Inventory | None:
    """An inventory, judged with its sidecar.

    E063: none.
    E033: no JSON.
    """
    if name not in sizes:
        findings.problem("E063", name, "an inventory", "none")
        return None
    try:
        data = tree.read_small(root / name)
        value = tree.read_json(data, where=name)
    except InputError as error:
        findings.problem("E033", name, "JSON", error.message[:160])
        return None
    inventory = inventories.read(value, name, findings)
    algorithm = value.get("digestAlgorithm") if isinstance(value, dict) else None
    if algorithm in ("sha256", "sha512"):
        _sidecar(root, name, str(algorithm), sizes, findings)
    return inventory


def _sidecar(
    root: Path, name: str, algorithm: str, sizes: Sizes, findings: PackageFindings
) -> None:
    """Judge the file beside an inventory that holds its digest.

    E058: none.
    E061: another form.
    E060: another digest.
    """
    beside = f"{name}.{algorithm}"
    if beside not in sizes:
        findings.problem("E058", beside, "the digest of the inventory", "none")
        return
    data = tree.read_small(root / beside, longest=_MOST_DECLARATION_BYTES)
    text = data.decode("utf-8", "replace")
    match = re.fullmatch(r"([0-9A-Fa-f]+)[ \t]+inventory\.json[ \t]*(?:\r?\n)?", text)
    if match is None:
        findings.problem("E061", beside, "a digest and inventory.json", repr(text[:60]))
        return
    found = tree.digests(root / name, [algorithm])[algorithm]
    if match[1].lower() != found:
        findings.problem("E060", beside, found, match[1].lower())


def _check_root_files(inventory: Inventory | None, sizes: Sizes, findings: PackageFindings) -> None:
    """Judge the files of the root.

    E001: one that has no place there.
    E067: one in extensions/.
    """
    known = {"inventory.json", "inventory.json.sha512", "inventory.json.sha256"}
    if inventory is not None:
        known = {"inventory.json", f"inventory.json.{inventory.algorithm}"}
    for name in sizes:
        if "/" not in name and name not in known and not name.startswith("0="):
            findings.problem("E001", name, "no other file in the root", name)
        if re.fullmatch(r"extensions/[^/]+", name):
            findings.problem("E067", name, "folders only", "a file")


def _check_root_folders(
    inventory: Inventory | None, folders: Iterable[str], findings: PackageFindings
) -> None:
    """Judge the folders of the root.

    W013: an unregistered extension.
    E001: a folder that has no place there.
    E046: a version that the inventory does not have.
    """
    for name in folders:
        above, _, last = name.rpartition("/")
        if above == "extensions" and last not in EXTENSIONS:
            findings.warning("W013", name, "a registered extension", "another")
        if above or name in ("logs", "extensions"):
            continue
        if not re.fullmatch(r"v[0-9]+", name):
            findings.problem("E001", name, "no other folder in the root", name)
        elif inventory is not None and name not in inventory.versions:
            findings.problem("E046", name, "no other version in the root", name)


def _older_inventories(
    root: Path, newest: Inventory, sizes: Sizes, findings: PackageFindings
) -> dict[str, Inventory]:
    """The inventories of the older version folders, compared with the newest and one another.

    W010: none in a version.
    """
    found: dict[str, Inventory] = {}
    before: Inventory | None = None
    for version in newest.versions:
        name = f"{version}/inventory.json"
        if name not in sizes:
            if any(path.startswith(f"{version}/") for path in sizes):
                findings.warning("W010", version, "an inventory", "none")
            continue
        if version == newest.versions[-1]:
            _check_copy(root, name, newest, sizes, findings)
            inventory: Inventory | None = newest
        else:
            inventory = _inventory(root, name, sizes, findings)
            if inventory is not None:
                found[version] = inventory
                ocfl_versions.compare(inventory, newest, version, findings)
        if inventory is not None and before is not None:
            ocfl_versions.check_successor(inventory, before, name, findings)
        before = inventory or before
    return found


def _check_copy(
    root: Path,
    name: str,
    newest: Inventory,
    sizes: Sizes,
    findings: PackageFindings,
) -> None:
    """Judge the newest version's inventory.

    E064: other bytes than in the root.
    """
    if tree.read_small(root / name) != tree.read_small(root / "inventory.json"):
        findings.problem("E064", name, "the same bytes as in the root", "other bytes")
    _sidecar(root, name, newest.algorithm, sizes, findings)


def _check_versions(
    newest: Inventory,
    older: Mapping[str, Inventory],
    sizes: Sizes,
    folders: set[str],
    findings: PackageFindings,
) -> None:
    """Judge the folders of the versions.

    E010: none for a version.
    E024: an empty folder.
    """
    for version in newest.versions:
        if version in folders:
            algorithm = older.get(version, newest).algorithm
            _check_version_files(version, algorithm, sizes, findings)
            _check_version_folders(version, newest.content, sizes, folders, findings)
        else:
            findings.problem("E010", version, "a folder", "none")
    parents = {name.rpartition("/")[0] for name in (*sizes, *folders)}
    for name in sorted(folders - parents):
        if _is_content(name, newest):
            findings.problem("E024", name, "no empty folder", "an empty folder")


def _is_content(name: str, inventory: Inventory) -> bool:
    """Whether a name lies below the content folder of a version."""
    parts = name.split("/")
    if len(parts) < 3 or parts[1] != inventory.content:
        return False
    return parts[0] in inventory.versions


def _check_version_files(
    version: str, algorithm: str, sizes: Sizes, findings: PackageFindings
) -> None:
    """Judge the files directly in a version.

    E015: one other than the inventory's two.
    """
    allowed = {"inventory.json", f"inventory.json.{algorithm}"}
    for name in sizes:
        rest = name.removeprefix(f"{version}/")
        if rest != name and "/" not in rest and rest not in allowed:
            findings.problem("E015", name, "no other file in a version", rest)


def _check_version_folders(
    version: str,
    content: str,
    sizes: Sizes,
    folders: set[str],
    findings: PackageFindings,
) -> None:
    """Judge the folders in a version.

    W002: one beside the content.
    W003: an empty content.
    """
    for name in folders:
        above, _, last = name.rpartition("/")
        if above == version and last != content:
            findings.warning("W002", name, "no other folder in a version", name)
    folder = f"{version}/{content}"
    if folder in folders and not any(name.startswith(f"{folder}/") for name in sizes):
        findings.warning("W003", version, "content", "an empty folder of content")


def _check_content(
    root: Path,
    newest: Inventory,
    older: Mapping[str, Inventory],
    sizes: Sizes,
    findings: PackageFindings,
) -> None:
    """Judge every content file against all that inventories state for it, in one pass over it.

    E092, E093: a file that is not there, or has another digest.
    E023: one that is not listed.
    """
    stated = _stated_digests(newest, older)
    for path in sorted(stated):
        if path in sizes:
            _check_digests(root, path, stated[path], findings)
            continue
        findings.problem("E092", path, "the file", "nothing")
        if any(path in digests for digests in newest.fixity.values()):
            findings.problem("E093", path, "the file", "nothing")
    for name in sizes:
        if _is_content(name, newest) and name not in newest.paths:
            findings.problem("E023", name, "a file of the manifest", "not listed")


def _stated_digests(newest: Inventory, older: Mapping[str, Inventory]) -> dict[str, list[_Stated]]:
    """By content path, every digest that an inventory states, in the order they were read."""
    stated: dict[str, list[_Stated]] = {}
    for where, inventory in [("inventory.json", newest), *older.items()]:
        for path, digest in inventory.paths.items():
            one = _Stated(where, inventory.algorithm, digest, "E092")
            stated.setdefault(path, []).append(one)
        for algorithm, digests in inventory.fixity.items():
            for path, digest in digests.items():
                one = _Stated(f"{where} fixity", algorithm, digest, "E093")
                stated.setdefault(path, []).append(one)
    return stated


def _check_digests(root: Path, path: str, stated: list[_Stated], findings: PackageFindings) -> None:
    """Judge one file against the digests stated for it."""
    names = {one.algorithm: tree.known_hash(one.algorithm) or one.algorithm for one in stated}
    found = tree.digests(root / path, set(names.values()))
    for one in stated:
        digest = found[names[one.algorithm]]
        if digest != one.digest:
            expected = f"{one.algorithm} {one.digest}, by {one.where}"
            findings.problem(one.code, path, expected, digest)
