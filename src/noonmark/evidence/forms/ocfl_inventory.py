"""An OCFL inventory, held to every rule that can be judged without looking at files.

Problems carry the specification's own codes (E001 to E112, W001 to W016), so that a verdict can be looked up there.

**Method** Oxford Common File Layout 1.0 (2020) and 1.1 (2022), section 3.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from noonmark.evidence.forms import tree
from noonmark.evidence.forms.tree import Findings

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
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")


@dataclass(frozen=True)
class Inventory:
    """What an inventory says, as far as it is well formed."""

    id: str
    spec: str
    algorithm: str
    content_directory: str | None
    versions: tuple[str, ...]
    paths: Mapping[str, str]
    """Content path: digest in lower case."""
    states: Mapping[str, Mapping[str, str]]
    """Version: logical path: digest in lower case."""
    metadata: Mapping[str, tuple[Any, Any, Any]]
    fixity: Mapping[str, Mapping[str, str]]
    """Algorithm: content path: digest in lower case."""

    @property
    def content(self) -> str:
        return self.content_directory or "content"


def read(value: Any, where: str, findings: Findings) -> Inventory | None:
    """The inventory in a JSON value, or None where too little of it is sound to go on."""
    if not isinstance(value, dict):
        findings.bad("E034", where, "a JSON object", type(value).__name__)
        return None
    spec = _head_fields(value, where, findings)
    algorithm = value.get("digestAlgorithm")
    if algorithm not in ("sha512", "sha256"):
        code = "E036" if algorithm is None else "E025"
        findings.bad(code, f"{where} digestAlgorithm", "sha512 or sha256", str(algorithm)[:40])
        return None
    if algorithm == "sha256":
        findings.odd("W004", f"{where} digestAlgorithm", "sha512", "sha256")
    folder = _content_directory(value, where, findings)
    paths, spelled = _manifest(value.get("manifest"), str(algorithm), folder or "content", where, findings)
    versions = _sequence(value.get("versions"), where, findings)
    _check_head(value.get("head"), versions, where, findings)
    if not versions:
        return None
    for path in paths:
        if path.split("/", 1)[0] not in versions:
            findings.bad("E042", f"{where} manifest", "a path in a version of the object", path[:120])
    blocks = {v: b if isinstance(b, dict) else {} for v, b in value["versions"].items()}
    states = {v: _version(value["versions"][v], spelled, f"{where} {v}", findings) for v in versions}
    used = {digest for state in states.values() for digest in state.values()}
    for digest in sorted(set(paths.values()) - used):
        if spec != "1.0":
            findings.bad("E107", f"{where} manifest", "digests that a version uses", digest[:16])
    metadata = {v: (b.get("created"), b.get("message"), b.get("user")) for v, b in blocks.items()}
    fixity = _fixity(value.get("fixity", {}), paths, spec, where, findings)
    return Inventory(
        str(value.get("id")),
        spec,
        str(algorithm),
        folder,
        versions,
        paths,
        states,
        metadata,
        fixity,
    )


def _head_fields(value: Mapping[str, Any], where: str, findings: Findings) -> str:
    name = value.get("id")
    if "id" not in value:
        findings.bad("E036", where, "an id", "none")
    elif not isinstance(name, str) or not name:
        findings.bad("E037", f"{where} id", "a text that is not empty", repr(name)[:40])
    elif not _URI.fullmatch(name):
        findings.odd("W005", f"{where} id", "a URI", name[:80])
    kind = value.get("type")
    match = _TYPE.fullmatch(kind) if isinstance(kind, str) else None
    if match is None:
        findings.bad("E036" if kind is None else "E038", f"{where} type", "OCFL 1.0 or 1.1", str(kind)[:80])
    return match[1] if match else "1.1"


def _content_directory(value: Mapping[str, Any], where: str, findings: Findings) -> str | None:
    folder = value.get("contentDirectory")
    if folder is None:
        return None
    if not isinstance(folder, str) or "/" in folder or not folder:
        findings.bad("E017", f"{where} contentDirectory", "a name without a slash", str(folder)[:40])
        return None
    if folder in (".", ".."):
        findings.bad("E018", f"{where} contentDirectory", "a folder's name", folder)
        return None
    return folder


def _check_head(head: Any, versions: Sequence[str], where: str, findings: Findings) -> None:
    if head is None:
        findings.bad("E036", where, "a head", "none")
    elif versions and head != versions[-1]:
        findings.bad("E040", f"{where} head", versions[-1], str(head)[:40])


def _manifest(
    block: Any, algorithm: str, folder: str, where: str, findings: Findings
) -> tuple[dict[str, str], dict[str, str]]:
    """Digest of each content path, and of each digest as it is spelled in the block."""
    paths: dict[str, str] = {}
    spelled: dict[str, str] = {}
    if not isinstance(block, dict):
        findings.bad("E041", where, "a manifest", type(block).__name__)
        return paths, spelled
    for digest, listed in block.items():
        low = digest.lower()
        if not _is_digest(low, algorithm):
            findings.bad("E025", f"{where} manifest", f"a digest of {algorithm}", digest[:40])
            continue
        if low in spelled.values():
            findings.bad("E096", f"{where} manifest", f"{low[:16]} once", "twice, spelled in two ways")
        spelled[digest] = low
        for path in _texts(listed, "E092", f"{where} manifest", findings):
            if path in paths:
                findings.bad("E101", f"{where} manifest", f"{path[:120]} once", "twice")
            elif _content_path(path, folder, f"{where} manifest", findings):
                paths[path] = low
    _no_conflict(paths, "E101", f"{where} manifest", findings)
    return paths, spelled


def _plain_path(path: str, where: str, findings: Findings) -> bool:
    if path.startswith("/") or path.endswith("/"):
        findings.bad("E100", where, "a path without a slash at either end", path[:120])
    elif any(part in ("", ".", "..") for part in path.split("/")) or "\0" in path:
        findings.bad("E099", where, "a path of plain names", path[:120])
    else:
        return True
    return False


def _content_path(path: str, folder: str, where: str, findings: Findings) -> bool:
    if not _plain_path(path, where, findings):
        return False
    parts = path.split("/")
    if len(parts) < 3 or not re.fullmatch(r"v[0-9]+", parts[0]) or parts[1] != folder:
        findings.bad("E042", where, f"a path like v1/{folder}/...", path[:120])
        return False
    return True


def _sequence(block: Any, where: str, findings: Findings) -> tuple[str, ...]:
    """The versions in order, if they are numbered from 1 without a gap, all with the same padding."""
    if not isinstance(block, dict):
        findings.bad("E041" if block is None else "E044", where, "versions", type(block).__name__)
        return ()
    if not block:
        findings.bad("E008", where, "at least one version", "none")
        return ()
    bad = [name for name in block if not re.fullmatch(r"v0*[1-9][0-9]{0,8}", name)]
    if bad:
        findings.bad("E046", f"{where} versions", "names like v1", ", ".join(bad)[:80])
        return ()
    ordered = sorted(block, key=lambda name: int(name[1:]))
    numbers = [int(name[1:]) for name in ordered]
    if numbers[0] != 1 or numbers != list(range(1, len(numbers) + 1)):
        findings.bad("E009" if numbers[0] != 1 else "E010", f"{where} versions", "v1, v2, ...", ", ".join(ordered)[:80])
        return ()
    padded = [name for name in ordered if name[1] == "0"]
    if padded:
        findings.odd("W001", f"{where} versions", "v1 without zeros", ordered[0])
        if len({len(name) for name in ordered}) > 1 or len(padded) != len(ordered):
            for code in ("E011", "E013"):
                findings.bad(code, f"{where} versions", "the same padding in all", ", ".join(ordered)[:80])
    return tuple(ordered)


def _version(block: Any, spelled: Mapping[str, str], where: str, findings: Findings) -> dict[str, str]:
    """The logical state of one version: path to digest."""
    if not isinstance(block, dict):
        findings.bad("E047", where, "a JSON object", type(block).__name__)
        return {}
    created = block.get("created")
    if created is None:
        findings.bad("E048", where, "an instant of creation", "none")
    elif not isinstance(created, str) or not _CREATED.fullmatch(created):
        findings.bad("E049", f"{where} created", "RFC 3339 to the second, with a zone", str(created)[:40])
    if "message" not in block:
        findings.odd("W007", where, "a message", "none")
    elif not isinstance(block["message"], str):
        findings.bad("E094", f"{where} message", "text", type(block["message"]).__name__)
    _user(block.get("user"), where, findings)
    return _state(block.get("state"), spelled, f"{where} state", findings)


def _user(user: Any, where: str, findings: Findings) -> None:
    if user is None:
        findings.odd("W007", where, "a user", "none")
        return
    if not isinstance(user, dict) or not isinstance(user.get("name"), str):
        findings.bad("E054", f"{where} user", "an object with a name", str(user)[:40])
        return
    address = user.get("address")
    if address is None:
        findings.odd("W008", f"{where} user", "an address", "none")
    elif not isinstance(address, str):
        findings.bad("E054", f"{where} user", "an address as text", type(address).__name__)
    elif not _URI.fullmatch(address):
        findings.odd("W009", f"{where} user", "an address that is a URI", "another form")


def _state(block: Any, spelled: Mapping[str, str], where: str, findings: Findings) -> dict[str, str]:
    if not isinstance(block, dict):
        code = "E048" if block is None else "E050"
        findings.bad(code, where, "a state", type(block).__name__)
        return {}
    state: dict[str, str] = {}
    for digest, listed in block.items():
        if digest not in spelled:
            findings.bad("E050", where, "a digest of the manifest, spelled as there", digest[:40])
        for path in _texts(listed, "E050", where, findings):
            if path.startswith("/") or path.endswith("/"):
                findings.bad("E053", where, "a path without a slash at either end", path[:120])
            if any(part in ("", ".", "..") for part in path.strip("/").split("/")) or path.startswith("//"):
                findings.bad("E052", where, "a path of plain names", path[:120])
            elif path in state:
                findings.bad("E095", where, f"{path[:120]} once", "twice")
            state[path] = digest.lower()
    _no_conflict(state, "E095", where, findings)
    return state


def _fixity(block: Any, paths: Mapping[str, str], spec: str, where: str, findings: Findings) -> dict[str, Any]:
    """By algorithm, the digest that is stated for each content path; what can't be computed is left out."""
    stated: dict[str, dict[str, str]] = {}
    if not isinstance(block, dict):
        findings.bad("E056" if spec == "1.0" else "E111", f"{where} fixity", "a JSON object", type(block).__name__)
        return stated
    for algorithm, lists in block.items():
        if not isinstance(lists, dict):
            findings.bad("E057", f"{where} fixity", "digests and paths", type(lists).__name__)
            continue
        seen: set[str] = set()
        for digest, listed in lists.items():
            low = digest.lower()
            if algorithm in HEX_LETTERS and not _is_digest(low, algorithm):
                findings.bad("E057", f"{where} fixity", f"a digest of {algorithm}", digest[:40])
            if low in seen:
                findings.bad("E097", f"{where} fixity", f"{low[:16]} once", "twice")
            seen.add(low)
            for path in _texts(listed, "E057", f"{where} fixity", findings):
                if path not in paths:
                    findings.bad("E057", f"{where} fixity", "a path of the manifest", path[:120])
                    _plain_path(path, f"{where} fixity", findings)
                elif tree.known_hash(algorithm):
                    stated.setdefault(algorithm, {})[path] = low
    return stated


def _texts(listed: Any, code: str, where: str, findings: Findings) -> list[str]:
    if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
        return listed
    findings.bad(code, where, "a list of paths", type(listed).__name__)
    return []


def _is_digest(text: str, algorithm: str) -> bool:
    return bool(re.fullmatch(f"[0-9a-f]{{{HEX_LETTERS.get(algorithm, 64)}}}", text))


def _no_conflict(paths: Iterable[str], code: str, where: str, findings: Findings) -> None:
    """No path may be the folder of another."""
    known = set(paths)
    for path in known:
        for above in list(accumulate(path.split("/"), lambda a, b: f"{a}/{b}"))[:-1]:
            if above in known:
                findings.bad(code, where, "a file or a folder", f"{above[:120]} as both")
