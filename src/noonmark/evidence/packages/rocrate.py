"""RO-Crate 1.1: a sealed bundle with a description that research repositories read.

The crate's folder holds ``bundle/`` untouched, ``prov.json``, and the description. What outsiders
said of a file (name, date) is given as such; aliases stay aliases.

**Method** RO-Crate Metadata Specification 1.1.3 (2023).
**Authority** tests/evidence/test_rocrate.py reads it with the library rocrate, where installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from noonmark.evidence.log import Entry
from noonmark.evidence.packages.prov import NAMESPACE, Facts

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
Json = dict[str, Any]
Listed = Sequence[tuple[str, str, int]]
"""Path, digest and size [bytes] of files."""
_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "pdf": "application/pdf",
    "json": "application/json",
    "html": "text/html",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
    "wacz": "application/wacz",
    "xml": "text/xml",
}
"""Media types by the ending of a name."""
_PARTS = {
    "MANIFEST": "the signed list of everything in the bundle",
    "README.txt": "what the bundle is and how to check it",
    "verify.py": "a checker in one file that needs only Python",
    "key": "the public key that signed; compare it with one from elsewhere",
    "log/checkpoint": "the signed size and root of the log",
    "log/entries": "the log: what was done to which bytes, by which alias, when",
}


_DESCRIPTION = (
    "Files as they were collected, with a signed log of what was done to them. Names and dates of "
    "files are what their outside said, not findings. Run python3 -I bundle/verify.py bundle to "
    "check all of it."
)
_RIGHTS = {
    "@id": "#rights",
    "@type": "CreativeWork",
    "name": "Rights not stated",
    "description": "The rights in the files stay with whoever holds them; nothing here grants any.",
}
_DESCRIPTOR = {
    "@id": "ro-crate-metadata.json",
    "@type": "CreativeWork",
    "about": {"@id": "./"},
    "conformsTo": {"@id": SPECIFICATION},
}


def metadata(
    entries: Iterable[Entry],
    *,
    origin: str,
    published: str,
    members: Listed,
    extra: Listed = (),
) -> Json:
    """The content of ``ro-crate-metadata.json`` for a bundle's members and extra files."""
    items = [entry for entry in entries if entry.kind in ("item", "collection", "derivation")]
    facts = {str(e.facts["sha256"]): e.facts for e in items if e.kind == "item"}
    files = [
        _file(f"bundle/{path}", digest, size, facts.get(digest), path)
        for path, digest, size in members
    ]
    files += [_file(path, digest, size, None, path) for path, digest, size in extra]
    known = {str(file["sha256"]): str(file["@id"]) for file in files}
    actions, agents = _actions(items, known)
    root = _root(origin, published, files, actions)
    return {
        "@context": [CONTEXT, {"sha256": "https://schema.org/sha256"}],
        "@graph": [_DESCRIPTOR, root, _RIGHTS, *files, *actions, *agents],
    }


def _root(origin: str, published: str, files: list[Json], actions: list[Json]) -> Json:
    """The crate itself as a data set."""
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Evidence bundle of the case {origin.rpartition('/')[2][:8]}",
        "description": _DESCRIPTION,
        "datePublished": published,
        "license": {"@id": "#rights"},
        "identifier": f"{NAMESPACE}{origin}",
        "hasPart": [{"@id": file["@id"]} for file in files],
        "mentions": [{"@id": action["@id"]} for action in actions],
    }


def _file(path: str, digest: str, size: int, item: Facts | None, member: str) -> Json:
    """One file of the crate; ``item`` are the facts of its entry where it is an item."""
    claimed = item.get("claims", {}) if item is not None else {}
    name = str(claimed.get("name") or member)
    ending = name.rpartition(".")[2].lower()
    made: Json = {
        "@id": path,
        "@type": "File",
        "name": name,
        "contentSize": str(size),
        "sha256": digest,
        "encodingFormat": _TYPES.get(ending, "application/octet-stream"),
    }
    if item is not None:
        role = item.get("role", "item")
        made["description"] = f"{role}; name and dates as the file's outside stated them"
    elif member in _PARTS:
        made["description"] = _PARTS[member]
    modified = claimed.get("modified")
    if isinstance(modified, str) and re.match(r"\d{4}-\d\d-\d\dT", modified):
        made["dateModified"] = modified
    return made


def _actions(items: Sequence[Entry], known: Mapping[str, str]) -> tuple[list[Json], list[Json]]:
    """Collections and derivations as actions, and the agents and instruments they name.

    ``known`` gives the path of each shown file by its digest.
    """
    actions: list[Json] = []
    agents: dict[str, Json] = {}
    for entry in items:
        if entry.kind == "item":
            continue
        action = _action(entry, agents)
        if entry.kind == "collection":
            action |= _collected(entry, items, known, agents)
        else:
            action |= _derived(entry.facts, known)
        actions.append(action)
    return actions, list(agents.values())


def _action(entry: Entry, agents: dict[str, Json]) -> Json:
    """What collections and derivations have in common: name, time, agent and instrument."""
    facts = entry.facts
    agent = _named(agents, str(facts.get("collector") or entry.by), "Thing")
    instrument = _named(agents, str(facts["means"]), "SoftwareApplication")
    return {
        "@id": f"#entry-{entry.index}",
        "@type": "CreateAction",
        "name": f"{entry.kind}: {facts.get('method') or facts.get('relation')}",
        "endTime": entry.at,
        "agent": {"@id": agent},
        "instrument": {"@id": instrument},
    }


def _collected(
    entry: Entry,
    items: Sequence[Entry],
    known: Mapping[str, str],
    agents: dict[str, Json],
) -> Json:
    """The items that a collection brought in, and the address they came from."""
    results = []
    for item in items:
        digest = str(item.facts.get("sha256"))
        if item.facts.get("collection") == entry.index and digest in known:
            results.append({"@id": known[digest]})
    made: Json = {"result": results}
    url = str(entry.facts["url"])
    if url.startswith(("http://", "https://")):
        made["object"] = {"@id": url}
        agents[url] = {"@id": url, "@type": "WebPage", "name": url}
    return made


def _derived(facts: Facts, known: Mapping[str, str]) -> Json:
    """Parent and child of a derivation, if the crate shows both."""
    child, parent = facts["child"], facts["parent"]
    if child not in known or parent not in known:
        return {}
    return {
        "object": {"@id": known[str(parent)]},
        "result": {"@id": known[str(child)]},
    }


def _named(agents: dict[str, Json], name: str, kind: str) -> str:
    """The mark of an agent or instrument, which is made if it is new."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80]
    mark = f"#{kind.lower()}-{plain or 'unnamed'}"
    agents.setdefault(mark, {"@id": mark, "@type": kind, "name": name})
    if kind == "Thing":
        agents[mark]["description"] = "an alias within the case"
    return mark
