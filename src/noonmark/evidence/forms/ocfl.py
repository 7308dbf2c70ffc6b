"""OCFL: an object (1.0 or 1.1) judged, file by file.

**Method** Oxford Common File Layout 1.0 (2020) and 1.1 (2022). **Authority** tests/evidence/test_ocfl.py: the 156
objects of OCFL/fixtures, each with every code that its folder's name asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.forms import ocfl_inventory as inventories
from noonmark.evidence.forms import tree
from noonmark.evidence.forms.ocfl_inventory import Inventory
from noonmark.evidence.forms.tree import Carried, Findings, Judged

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
Listed = list[tuple[str, dict[str, str]]]
"""Digests stated for a path, by algorithm, with the inventory that states them; in the order they were read."""


def judge(root: Path) -> Judged:
    """Every problem of the OCFL object in folder ``root``, with the specification's codes."""
    findings = Findings()
    sizes = tree.plain_files(root, findings, "E090")
    verdict = findings.judged
    spec = _declaration(root, sizes, findings)
    inventory = _inventory(root, "inventory.json", sizes, findings)
    folders = set(tree.folders(root))
    _check_root(inventory, sizes, folders, findings)
    if inventory is None:
        return verdict(len(sizes), sum(sizes.values()))
    if spec is not None and inventory.spec != spec:
        findings.bad("E038", "inventory.json type", f"OCFL {spec}, as declared", f"OCFL {inventory.spec}")
    older = _older_inventories(root, inventory, sizes, findings)
    _check_versions(inventory, older, sizes, folders, findings)
    _check_content(root, inventory, older, sizes, findings)
    return verdict(len(sizes), sum(sizes.values()))


def carried(root: Path) -> tuple[Judged, list[Carried]]:
    """The verdict, and the newest version's files with the digests that the inventory states for them."""
    judged = judge(root)
    findings = Findings()  # what is found here again is in the verdict already
    sizes = tree.plain_files(root, findings, "E090")
    inventory = _inventory(root, "inventory.json", sizes, findings)
    if inventory is None:
        return judged, []
    places: dict[str, str] = {}
    for path, digest in inventory.paths.items():
        places.setdefault(digest, path)
    files = []
    for name, digest in inventory.states[inventory.versions[-1]].items():
        path = places.get(digest, "")
        if path in sizes:
            stated = {inventory.algorithm: digest}
            for algorithm, lists in inventory.fixity.items():
                if path in lists:
                    stated[tree.known_hash(algorithm) or algorithm] = lists[path]
            files.append(Carried(root / path, name, stated, {"package": "ocfl", "version": inventory.versions[-1]}))
    return judged, files


def _declaration(root: Path, sizes: Mapping[str, int], findings: Findings) -> str | None:
    declared = [name for name in sizes if name.startswith("0=")]
    if len(declared) != 1:
        findings.bad("E003", "root", "one declaration", f"{len(declared)}")
        return None
    match = re.fullmatch(r"0=ocfl_object_(1\.[01])", declared[0])
    if match is None:
        findings.bad("E006", declared[0], "0=ocfl_object_1.0 or 1.1", declared[0])
        return None
    wanted = f"ocfl_object_{match[1]}\n".encode()
    if tree.read_small(root / declared[0], longest=1 << 16) != wanted:
        findings.bad("E007", declared[0], wanted.decode().strip(), "another content")
    return match[1]


def _inventory(root: Path, name: str, sizes: Mapping[str, int], findings: Findings) -> Inventory | None:
    """The inventory file and its sidecar."""
    if name not in sizes:
        findings.bad("E063", name, "an inventory", "none")
        return None
    try:
        data = tree.read_small(root / name)
        value = tree.read_json(data, where=name)
    except InputError as error:
        findings.bad("E033", name, "JSON", error.message[:160])
        return None
    inventory = inventories.read(value, name, findings)
    algorithm = value.get("digestAlgorithm") if isinstance(value, dict) else None
    if algorithm in ("sha256", "sha512"):
        _sidecar(root, name, str(algorithm), sizes, findings)
    return inventory


def _sidecar(root: Path, name: str, algorithm: str, sizes: Mapping[str, int], findings: Findings) -> None:
    beside = f"{name}.{algorithm}"
    if beside not in sizes:
        findings.bad("E058", beside, "the digest of the inventory", "none")
        return
    text = tree.read_small(root / beside, longest=1 << 16).decode("utf-8", "replace")
    match = re.fullmatch(r"([0-9A-Fa-f]+)[ \t]+inventory\.json[ \t]*(?:\r?\n)?", text)
    if match is None:
        findings.bad("E061", beside, "a digest and inventory.json", repr(text[:60]))
        return
    found = tree.digests(root / name, [algorithm])[algorithm]
    if match[1].lower() != found:
        findings.bad("E060", beside, found, match[1].lower())


def _check_root(
    inventory: Inventory | None, sizes: Mapping[str, int], folders: Iterable[str], findings: Findings
) -> None:
    known = {"inventory.json", "inventory.json.sha512", "inventory.json.sha256"}
    if inventory is not None:
        known = {"inventory.json", f"inventory.json.{inventory.algorithm}"}
    for name in sizes:
        if "/" not in name and name not in known and not name.startswith("0="):
            findings.bad("E001", name, "no other file in the root", name)
        if re.fullmatch(r"extensions/[^/]+", name):
            findings.bad("E067", name, "folders only", "a file")
    for name in folders:
        if name.startswith("extensions/") and name.count("/") == 1 and name.split("/")[1] not in EXTENSIONS:
            findings.odd("W013", name, "a registered extension", "another")
        if "/" in name or name in ("logs", "extensions"):
            continue
        if not re.fullmatch(r"v[0-9]+", name):
            findings.bad("E001", name, "no other folder in the root", name)
        elif inventory is not None and name not in inventory.versions:
            findings.bad("E046", name, "no other version in the root", name)


def _older_inventories(
    root: Path, newest: Inventory, sizes: Mapping[str, int], findings: Findings
) -> dict[str, Inventory]:
    """The inventories of the version folders, held against the newest."""
    found: dict[str, Inventory] = {}
    before: Inventory | None = None
    for version in newest.versions:
        name = f"{version}/inventory.json"
        if name not in sizes:
            if any(n.startswith(f"{version}/") for n in sizes):
                findings.odd("W010", version, "an inventory", "none")
            continue
        if version == newest.versions[-1]:
            if tree.read_small(root / name) != tree.read_small(root / "inventory.json"):
                findings.bad("E064", name, "the same bytes as in the root", "other bytes")
            _sidecar(root, name, newest.algorithm, sizes, findings)
            older: Inventory | None = newest
        else:
            older = _inventory(root, name, sizes, findings)
            if older is not None:
                found[version] = older
                _hold_against(older, newest, version, findings)
        if older is not None and before is not None:
            if older.spec < before.spec:
                findings.bad("E103", name, f"OCFL {before.spec} or later", f"OCFL {older.spec}")
            for path in sorted(set(before.paths) - set(older.paths)):
                findings.bad("E023", name, "every path of the version before", f"no {path[:120]}")
        before = older or before
    return found


def _hold_against(older: Inventory, newest: Inventory, version: str, findings: Findings) -> None:
    where = f"{version}/inventory.json"
    if older.id != newest.id:
        findings.bad("E037", where, newest.id[:80], older.id[:80])
    if older.content != newest.content:
        first = version == newest.versions[0]
        findings.bad("E019" if first else "E020", where, f"contentDirectory {newest.content}", older.content)
    if older.versions != newest.versions[: len(older.versions)] or older.versions[-1] != version:
        wrong = older.versions[-1] != version and set(older.versions) <= set(newest.versions)
        findings.bad("E040" if wrong else "E066", where, f"versions up to {version}", ", ".join(older.versions)[:80])
        return
    for path in sorted(older.paths.keys() & newest.paths.keys()):
        if older.algorithm == newest.algorithm and older.paths[path] != newest.paths[path]:
            findings.bad("E066", f"{where} {path[:120]}", newest.paths[path], older.paths[path])
    for number in older.versions:
        if older.metadata[number] != newest.metadata[number]:
            findings.odd("W011", f"{where} {number}", "what the newest inventory says of it", "something else")
        then, now = (_content_by_path(i, number) for i in (older, newest))
        if then.keys() != now.keys() or any(not then[path] <= now[path] for path in then):
            findings.bad("E066", f"{where} {number}", "the state that the newest inventory gives", "another state")


def _content_by_path(inventory: Inventory, version: str) -> dict[str, set[str]]:
    """Logical path: the content paths that hold it. Comparable across digest algorithms."""
    places: dict[str, set[str]] = {}
    for path, digest in inventory.paths.items():
        places.setdefault(digest, set()).add(path)
    return {path: places.get(digest, set()) for path, digest in inventory.states[version].items()}


def _check_versions(
    newest: Inventory,
    older: Mapping[str, Inventory],
    sizes: Mapping[str, int],
    folders: Iterable[str],
    findings: Findings,
) -> None:
    known = set(folders)
    for version in newest.versions:
        if version not in known:
            findings.bad("E010", version, "a folder", "none")
            continue
        algorithm = older[version].algorithm if version in older else newest.algorithm
        allowed = {"inventory.json", f"inventory.json.{algorithm}"}
        for name in sizes:
            rest = name.removeprefix(f"{version}/")
            if rest != name and "/" not in rest and rest not in allowed:
                findings.bad("E015", name, "no other file in a version", rest)
        for name in known:
            if name.startswith(f"{version}/") and name.count("/") == 1 and name.split("/")[1] != newest.content:
                findings.odd("W002", name, "no other folder in a version", name)
        folder = f"{version}/{newest.content}"
        if folder in known and not any(name.startswith(f"{folder}/") for name in sizes):
            findings.odd("W003", version, "content", "an empty folder of content")
    parents = {name.rpartition("/")[0] for name in (*sizes, *known)}
    for name in sorted(known - parents):
        parts = name.split("/")
        if len(parts) > 2 and parts[1] == newest.content and parts[0] in newest.versions:
            findings.bad("E024", name, "no empty folder", "an empty folder")


def _check_content(
    root: Path, newest: Inventory, older: Mapping[str, Inventory], sizes: Mapping[str, int], findings: Findings
) -> None:
    """Every content file against every digest that any inventory states for it, in one pass over its bytes."""
    stated: dict[str, Listed] = {}
    for where, inventory in [("inventory.json", newest), *older.items()]:
        for path, digest in inventory.paths.items():
            stated.setdefault(path, []).append((where, {inventory.algorithm: digest}))
        for algorithm, lists in inventory.fixity.items():
            for path, digest in lists.items():
                stated.setdefault(path, []).append((f"{where} fixity", {algorithm: digest}))
    for path in sorted(stated):
        if path not in sizes:
            findings.bad("E092", path, "the file", "nothing")
            if any(path in lists for lists in newest.fixity.values()):
                findings.bad("E093", path, "the file", "nothing")
            continue
        kinds = {kind: tree.known_hash(kind) or kind for _, said in stated[path] for kind in said}
        found = tree.digests(root / path, set(kinds.values()))
        for where, said in stated[path]:
            for kind, digest in said.items():
                if found[kinds[kind]] != digest:
                    code = "E093" if where.endswith("fixity") else "E092"
                    findings.bad(code, path, f"{kind} {digest}, by {where}", found[kinds[kind]])
    for name in sizes:
        parts = name.split("/")
        if len(parts) > 2 and parts[0] in newest.versions and parts[1] == newest.content and name not in newest.paths:
            findings.bad("E023", name, "a file of the manifest", "not listed")
