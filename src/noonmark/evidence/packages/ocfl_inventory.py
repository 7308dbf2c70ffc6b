"""OCFL inventories, checked against every rule that can be judged without looking at files.

Problems carry the specification's own codes (E001 to E112, W001 to W016), so that a verdict can be
looked up there: https://ocfl.io/1.1/spec/validation-codes.html. Each function names the codes that
it may report.

**Method** Oxford Common File Layout 1.0 (2020) and 1.1 (2022), section 3.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noonmark.evidence.packages import ocfl_paths, ocfl_version, tree
from noonmark.evidence.packages.ocfl_paths import Paths
from noonmark.evidence.packages.tree import PackageFindings, ReportedPart

HEX_LETTERS = {
    "md5": 32,
    "sha1": 40,
    "sha256": 64,
    "sha512": 128,
    "blake2b-512": 128,
    "blake2b-160": 40,
    "blake2b-256": 64,
    "blake2b-384": 96,
    "sha512/256": 64,
}
_TYPE = re.compile(r"https://ocfl\.io/(1\.[01])/spec/#inventory")


_VERSION = re.compile(r"v0*[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Inventory:
    """What an inventory says, as far as it is well formed."""

    id: str
    spec: str
    algorithm: str
    content_directory: str | None
    versions: tuple[str, ...]
    paths: Paths
    """The digest of each content path."""
    states: Mapping[str, Paths]
    """By version, the digest of each logical path."""
    metadata: Mapping[str, tuple[Any, Any, Any]]
    """Version: instant of creation, message and user, as they stand there."""
    fixity: Mapping[str, Paths]
    """By algorithm, the digest of each content path."""

    @property
    def content(self) -> str:
        """Name of the folder inside a version that holds its content."""
        return self.content_directory or "content"


def read(value: Any, where: str, findings: PackageFindings) -> Inventory | None:
    """The inventory in a JSON value, or None where too little of it is sound to go on.

    E034: no JSON object.

    The other rules are judged field by field below.
    """
    whole = ReportedPart(findings, where)
    if not isinstance(value, dict):
        whole.problem("E034", "a JSON object", type(value).__name__)
        return None
    spec = _head_fields(value, whole)
    algorithm = _algorithm(value.get("digestAlgorithm"), whole.below("digestAlgorithm"))
    if algorithm is None:
        return None
    folder = _content_directory(value.get("contentDirectory"), whole.below("contentDirectory"))
    paths, spelled = _manifest(value.get("manifest"), algorithm, folder or "content", whole)
    versions = _versions(value.get("versions"), whole)
    _check_head(value.get("head"), versions, whole)
    if not versions:
        return None
    _check_places(paths, versions, whole.below("manifest"))
    blocks = value["versions"]
    states = {
        name: ocfl_version.version_state(blocks[name], spelled, whole.below(name))
        for name in versions
    }
    if spec != "1.0":
        _check_use(paths, states, whole.below("manifest"))
    return Inventory(
        id=str(value.get("id")),
        spec=spec,
        algorithm=algorithm,
        content_directory=folder,
        versions=versions,
        paths=paths,
        states=states,
        metadata={name: _metadata(block) for name, block in blocks.items()},
        fixity=_fixity(value.get("fixity", {}), paths, spec, whole.below("fixity")),
    )


def _head_fields(value: Mapping[str, Any], whole: ReportedPart) -> str:
    """The version of OCFL, 1.1 where it can't be read.

    E036: no id or type.
    E037: an unusable id.
    E038: an unknown type.
    W005: an id that is no URI.
    """
    name = value.get("id")
    if "id" not in value:
        whole.problem("E036", "an id", "none")
    elif not isinstance(name, str) or not name:
        whole.below("id").problem("E037", "a text that is not empty", repr(name)[:40])
    elif not ocfl_paths.URI.fullmatch(name):
        whole.below("id").warning("W005", "a URI", name[:80])
    kind = value.get("type")
    match = _TYPE.fullmatch(kind) if isinstance(kind, str) else None
    if match is not None:
        return match[1]
    code = "E036" if kind is None else "E038"
    whole.below("type").problem(code, "OCFL 1.0 or 1.1", str(kind)[:80])
    return "1.1"


def _algorithm(named: Any, place: ReportedPart) -> str | None:
    """The digest algorithm; None where it is not one of the two allowed.

    E036: none.
    E025: another.
    W004: SHA-256, where SHA-512 is advised.
    """
    if named not in ("sha512", "sha256"):
        code = "E036" if named is None else "E025"
        place.problem(code, "sha512 or sha256", str(named)[:40])
        return None
    if named == "sha256":
        place.warning("W004", "sha512", "sha256")
    return str(named)


def _content_directory(folder: Any, place: ReportedPart) -> str | None:
    """The name of the content folder, if the inventory gives a sound one.

    E017: no name of one folder.
    E018: a name that leads elsewhere.
    """
    if folder is None:
        return None
    if not isinstance(folder, str) or "/" in folder or not folder:
        place.problem("E017", "a name without a slash", str(folder)[:40])
        return None
    if folder in (".", ".."):
        place.problem("E018", "a folder's name", folder)
        return None
    return folder


def _check_head(head: Any, versions: Sequence[str], whole: ReportedPart) -> None:
    """Judge the name of the newest version.

    E036: none.
    E040: another than the last version.
    """
    if head is None:
        whole.problem("E036", "a head", "none")
    elif versions and head != versions[-1]:
        whole.below("head").problem("E040", versions[-1], str(head)[:40])


def _check_places(paths: Paths, versions: Sequence[str], manifest: ReportedPart) -> None:
    """Judge whether each content path lies in a version.

    E042: it does not.
    """
    for path in paths:
        if path.split("/", 1)[0] not in versions:
            manifest.problem("E042", "a path in a version of the object", path[:120])


def _check_use(paths: Paths, states: Mapping[str, Paths], manifest: ReportedPart) -> None:
    """Judge whether a version uses each digest of the manifest.

    E107: none does.
    """
    used: set[str] = set()
    for state in states.values():
        used.update(state.values())
    for digest in sorted(set(paths.values()) - used):
        manifest.problem("E107", "digests that a version uses", digest[:16])


def _metadata(block: Any) -> tuple[Any, Any, Any]:
    """Instant, message and user of a version, to be compared with other inventories."""
    known = block if isinstance(block, dict) else {}
    return known.get("created"), known.get("message"), known.get("user")


def _manifest(block: Any, algorithm: str, folder: str, whole: ReportedPart) -> tuple[Paths, Paths]:
    """Digest of each content path, and of each digest as it is spelled in the block.

    E041: no manifest.
    E025: no digest of the algorithm.
    E096: a digest twice.
    E101: a path twice.
    """
    paths: dict[str, str] = {}
    spelled: dict[str, str] = {}
    if not isinstance(block, dict):
        whole.problem("E041", "a manifest", type(block).__name__)
        return paths, spelled
    place = whole.below("manifest")
    for digest, listed in block.items():
        low = digest.lower()
        if not _is_digest(low, algorithm):
            place.problem("E025", f"a digest of {algorithm}", digest[:40])
            continue
        if low in spelled.values():
            place.problem("E096", f"{low[:16]} once", "twice, spelled in two ways")
        spelled[digest] = low
        for path in ocfl_paths.path_list(listed, "E092", place):
            if path in paths:
                place.problem("E101", f"{path[:120]} once", "twice")
            elif ocfl_paths.content_path(path, folder, place):
                paths[path] = low
    ocfl_paths.check_conflicts(paths, "E101", place)
    return paths, spelled


def _versions(block: Any, whole: ReportedPart) -> tuple[str, ...]:
    """The versions in order, if they are numbered from 1 without a gap; else none.

    E041, E044: no block of versions.
    E008: an empty one.
    E046: a name that is no version.
    E009: the first is not 1.
    E010: a gap.
    """
    if not isinstance(block, dict):
        code = "E041" if block is None else "E044"
        whole.problem(code, "versions", type(block).__name__)
        return ()
    if not block:
        whole.problem("E008", "at least one version", "none")
        return ()
    place = whole.below("versions")
    unknown = [name for name in block if not _VERSION.fullmatch(name)]
    if unknown:
        place.problem("E046", "names like v1", ", ".join(unknown)[:80])
        return ()
    ordered = sorted(block, key=_number)
    numbers = [_number(name) for name in ordered]
    if numbers != list(range(1, len(numbers) + 1)):
        code = "E009" if numbers[0] != 1 else "E010"
        place.problem(code, "v1, v2, ...", ", ".join(ordered)[:80])
        return ()
    _check_padding(ordered, place)
    return tuple(ordered)


def _number(version: str) -> int:
    """The number of a version name such as v3 or v003."""
    return int(version[1:])


def _check_padding(ordered: Sequence[str], place: ReportedPart) -> None:
    """Judge zeros before version numbers.

    W001: some.
    E011, E013: not the same width in all.
    """
    padded = [name for name in ordered if name[1] == "0"]
    if not padded:
        return
    place.warning("W001", "v1 without zeros", ordered[0])
    widths = {len(name) for name in ordered}
    if len(widths) > 1 or len(padded) != len(ordered):
        for code in ("E011", "E013"):
            place.problem(code, "the same padding in all", ", ".join(ordered)[:80])


def _fixity(block: Any, paths: Paths, spec: str, place: ReportedPart) -> Mapping[str, Paths]:
    """By algorithm, the digest stated for each content path, as far as it can be computed here.

    E056, E111: no object (1.0, 1.1).
    E057: no block of digests and paths.
    """
    stated: dict[str, Paths] = {}
    if not isinstance(block, dict):
        code = "E056" if spec == "1.0" else "E111"
        place.problem(code, "a JSON object", type(block).__name__)
        return stated
    for algorithm, lists in block.items():
        if not isinstance(lists, dict):
            place.problem("E057", "digests and paths", type(lists).__name__)
            continue
        found = _fixity_digests(algorithm, lists, paths, place)
        if found and tree.known_hash(algorithm):
            stated[algorithm] = found
    return stated


def _fixity_digests(
    algorithm: str, lists: Mapping[str, Any], paths: Paths, place: ReportedPart
) -> Paths:
    """The digest of each content path by one algorithm.

    E057: no digest of it, or no path of the manifest.
    E097: a digest twice.
    """
    stated: dict[str, str] = {}
    seen: set[str] = set()
    for digest, listed in lists.items():
        low = digest.lower()
        if algorithm in HEX_LETTERS and not _is_digest(low, algorithm):
            place.problem("E057", f"a digest of {algorithm}", digest[:40])
        if low in seen:
            place.problem("E097", f"{low[:16]} once", "twice")
        seen.add(low)
        for path in ocfl_paths.path_list(listed, "E057", place):
            if path in paths:
                stated[path] = low
            else:
                place.problem("E057", "a path of the manifest", path[:120])
                ocfl_paths.plain_path(path, place)
    return stated


def _is_digest(text: str, algorithm: str) -> bool:
    """Whether a text is a digest by an algorithm; of an unknown one, 64 letters are expected."""
    letters = HEX_LETTERS.get(algorithm, 64)
    return bool(re.fullmatch(f"[0-9a-f]{{{letters}}}", text))
