"""RO-Crate 1.1: a sealed bundle with a description that research repositories read.

The crate's folder holds ``bundle/`` untouched, ``prov.json``, and the description. What outsiders said of a file (name,
date) is given as such; aliases stay aliases.

**Method** RO-Crate Metadata Specification 1.1.3 (2023). **Authority** tests/evidence/test_rocrate.py reads it with the
library rocrate, where that is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from noonmark.evidence.forms.prov import NAMESPACE
from noonmark.evidence.log import Entry

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_TYPES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "heic": "image/heic",
    "tif": "image/tiff", "tiff": "image/tiff", "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
    "mp3": "audio/mpeg", "wav": "audio/wav", "pdf": "application/pdf", "json": "application/json", "html": "text/html",
    "txt": "text/plain", "csv": "text/csv", "zip": "application/zip", "wacz": "application/wacz", "xml": "text/xml",
}  # fmt: skip
_PARTS = {
    "MANIFEST": "the signed list of everything in the bundle",
    "README.txt": "what the bundle is and how to check it",
    "verify.py": "a checker in one file that needs only Python",
    "key": "the public key that signed; compare it with one from elsewhere",
    "log/checkpoint": "the signed size and root of the log",
    "log/entries": "the log: what was done to which bytes, by which alias, when",
}


def metadata(
    entries: Iterable[Entry],
    *,
    origin: str,
    published: str,
    members: Sequence[tuple[str, str, int]],
    extra: Sequence[tuple[str, str, int]] = (),
) -> dict[str, Any]:
    """The content of ``ro-crate-metadata.json``; members of the bundle and extra files are path, digest, size."""
    items = [entry for entry in entries if entry.kind in ("item", "collection", "derivation")]
    claims = {str(e.facts["sha256"]): e.facts for e in items if e.kind == "item"}
    files = [_file(f"bundle/{path}", digest, size, claims.get(digest), path) for path, digest, size in members]
    files += [_file(path, digest, size, None, path) for path, digest, size in extra]
    known = {str(f["sha256"]): str(f["@id"]) for f in files}
    actions, agents = _actions(items, known)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Evidence bundle of the case {origin.rpartition('/')[2][:8]}",
        "description": "Files as they were collected, with a signed log of what was done to them. Names and dates of "
        "files are what their outside said, not findings. Run python3 bundle/verify.py bundle to check all of it.",
        "datePublished": published,
        "license": {"@id": "#rights"},
        "identifier": f"{NAMESPACE}{origin}",
        "hasPart": [{"@id": f["@id"]} for f in files],
        "mentions": [{"@id": a["@id"]} for a in actions],
    }
    rights = {
        "@id": "#rights",
        "@type": "CreativeWork",
        "name": "Rights not stated",
        "description": "The rights in the files stay with whoever holds them; nothing here grants any.",
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": SPECIFICATION},
    }
    terms = {"sha256": "https://schema.org/sha256"}
    return {"@context": [CONTEXT, terms], "@graph": [descriptor, root, rights, *files, *actions, *agents]}


def _file(path: str, digest: str, size: int, item: Mapping[str, Any] | None, member: str) -> dict[str, Any]:
    claimed = item.get("claims", {}) if item is not None else {}
    name = str(claimed.get("name") or member)
    made: dict[str, Any] = {
        "@id": path,
        "@type": "File",
        "name": name,
        "contentSize": str(size),
        "sha256": digest,
        "encodingFormat": _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream"),
    }
    if item is not None:
        made["description"] = f"{item.get('role', 'item')}; name and dates as the file's outside stated them"
    elif member in _PARTS:
        made["description"] = _PARTS[member]
    modified = claimed.get("modified")
    if isinstance(modified, str) and re.match(r"\d{4}-\d\d-\d\dT", modified):
        made["dateModified"] = modified
    return made


def _actions(items: Sequence[Entry], known: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Collections and derivations as actions of an agent with an instrument."""
    actions: list[dict[str, Any]] = []
    agents: dict[str, dict[str, Any]] = {}
    for entry in items:
        if entry.kind == "item":
            continue
        facts = entry.facts
        action: dict[str, Any] = {
            "@id": f"#entry-{entry.index}",
            "@type": "CreateAction",
            "name": f"{entry.kind}: {facts.get('method') or facts.get('relation')}",
            "endTime": entry.at,
            "agent": {"@id": _named(agents, str(facts.get("collector") or entry.by), "Thing")},
            "instrument": {"@id": _named(agents, str(facts["means"]), "SoftwareApplication")},
        }
        if entry.kind == "collection":
            results = [str(e.facts["sha256"]) for e in items if e.facts.get("collection") == entry.index]
            action["result"] = [{"@id": known[d]} for d in results if d in known]
            if str(facts["url"]).startswith(("http://", "https://")):
                action["object"] = {"@id": str(facts["url"])}
                agents[str(facts["url"])] = {"@id": str(facts["url"]), "@type": "WebPage", "name": str(facts["url"])}
        elif facts["child"] in known and facts["parent"] in known:
            action["object"] = {"@id": known[str(facts["parent"])]}
            action["result"] = {"@id": known[str(facts["child"])]}
        actions.append(action)
    return actions, list(agents.values())


def _named(agents: dict[str, dict[str, Any]], name: str, kind: str) -> str:
    mark = f"#{kind.lower()}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')[:80] or 'unnamed'}"
    agents.setdefault(mark, {"@id": mark, "@type": kind, "name": name})
    if kind == "Thing":
        agents[mark]["description"] = "an alias within the case"
    return mark
