"""OCFL: the inventories of an object's versions, compared with one another.

Every version may keep the inventory that it had; all of them have to tell the same history.

**Method** Oxford Common File Layout 1.0 (2020) and 1.1 (2022), section 3.5.3.
"""

from __future__ import annotations

from noonmark.evidence.packages.ocfl_inventory import Inventory
from noonmark.evidence.packages.ocfl_paths import Paths
from noonmark.evidence.packages.tree import PackageFindings, ReportedPart


def check_successor(
    inventory: Inventory, before: Inventory, name: str, findings: PackageFindings
) -> None:
    """Judge an inventory after that of the version before.

    E103: an older version of OCFL.
    E023: a path that is gone.
    """
    if inventory.spec < before.spec:
        later = f"OCFL {before.spec} or later"
        findings.problem("E103", name, later, f"OCFL {inventory.spec}")
    for path in sorted(set(before.paths) - set(inventory.paths)):
        findings.problem("E023", name, "every path of the version before", f"no {path[:120]}")


def compare(older: Inventory, newest: Inventory, version: str, findings: PackageFindings) -> None:
    """Judge an older version's inventory against the newest.

    E037: another id.
    E019, E020: another content folder (in v1, later).
    E040, E066: other versions or digests.
    """
    place = ReportedPart(findings, f"{version}/inventory.json")
    if older.id != newest.id:
        place.problem("E037", newest.id[:80], older.id[:80])
    if older.content != newest.content:
        code = "E019" if version == newest.versions[0] else "E020"
        place.problem(code, f"contentDirectory {newest.content}", older.content)
    known = newest.versions[: len(older.versions)]
    if older.versions != known or older.versions[-1] != version:
        wrong_head = older.versions[-1] != version and set(older.versions) <= set(newest.versions)
        code = "E040" if wrong_head else "E066"
        place.problem(code, f"versions up to {version}", ", ".join(older.versions)[:80])
        return
    if older.algorithm == newest.algorithm:
        _compare_digests(older.paths, newest.paths, place)
    for number in older.versions:
        _compare_version(older, newest, number, place.below(number))


def _compare_digests(older: Paths, newest: Paths, place: ReportedPart) -> None:
    """Judge the digests of the paths that two inventories share.

    E066: another digest.
    """
    for path in sorted(older.keys() & newest.keys()):
        if older[path] != newest[path]:
            place.below(path[:120]).problem("E066", newest[path], older[path])


def _compare_version(
    older: Inventory, newest: Inventory, version: str, place: ReportedPart
) -> None:
    """Judge one version as two inventories state it.

    W011: other metadata.
    E066: another state.
    """
    if older.metadata[version] != newest.metadata[version]:
        place.warning("W011", "what the newest inventory says of it", "something else")
    then, now = _content_by_path(older, version), _content_by_path(newest, version)
    same = then.keys() == now.keys() and all(then[path] <= now[path] for path in then)
    if not same:
        expected = "the state that the newest inventory gives"
        place.problem("E066", expected, "another state")


def _content_by_path(inventory: Inventory, version: str) -> dict[str, set[str]]:
    """By logical path, the content paths that hold it.

    That can be compared between inventories of two digest algorithms.
    """
    places: dict[str, set[str]] = {}
    for path, digest in inventory.paths.items():
        places.setdefault(digest, set()).add(path)
    return {path: places.get(digest, set()) for path, digest in inventory.states[version].items()}
