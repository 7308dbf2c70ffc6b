"""PROV-JSON: the history of a case as entities, activities and agents, for programs that know nothing of us.

An object is an entity, an entry that acted on objects is an activity, an alias or a program is an agent. Nothing is in
here that is not in the log; an alias stays an alias, and whether a person stands behind it is not said.

**Method** W3C, PROV-DM (2013) and The PROV-JSON Serialization (2013). **Authority** tests/evidence/test_prov.py reads
it with the library prov, where that is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from noonmark.evidence.log import Entry

NAMESPACE = "urn:noonmark:"
Document = dict[str, dict[str, Any]]


def document(entries: Iterable[Entry], *, origin: str) -> Document:
    """The PROV-JSON document of these entries of the log with that origin."""
    made: Document = {
        "prefix": {"nm": NAMESPACE, "case": f"{NAMESPACE}case:{origin.rpartition('/')[2]}:"},
        "entity": {},
        "activity": {},
        "agent": {},
    }
    for entry in entries:
        _take(made, entry)
    return {name: part for name, part in made.items() if part}


def _take(made: Document, entry: Entry) -> None:
    facts = entry.facts
    if entry.kind == "item":
        digest = _entity(made, str(facts["sha256"]), facts)
        activity = f"case:entry-{facts['collection']}" if "collection" in facts else _activity(made, entry)
        if facts.get("role") != "derived":
            _relate(made, "wasGeneratedBy", entry, **{"prov:entity": digest, "prov:activity": activity})
        if activity not in made["activity"]:
            made["activity"][activity] = {"prov:label": "collection, in an entry that is not shown"}
    elif entry.kind == "collection":
        activity = _activity(made, entry)
        _program(made, entry, activity, str(facts["means"]))
        _agent(made, entry, activity, str(facts["collector"]))
    elif entry.kind == "derivation":
        _derivation(made, entry)
    elif entry.kind == "withdrawal":
        activity = _activity(made, entry)
        digest = _entity(made, str(facts["sha256"]), {})
        _relate(made, "wasInvalidatedBy", entry, **{"prov:entity": digest, "prov:activity": activity})
    elif entry.kind in ("access", "transfer", "timestamp", "claim"):
        activity = _activity(made, entry)
        for digest in _used(facts):
            _relate(made, "used", entry, **{"prov:activity": activity, "prov:entity": _entity(made, digest, {})})
        if "means" in facts:
            _program(made, entry, activity, str(facts["means"]))


def _derivation(made: Document, entry: Entry) -> None:
    facts = entry.facts
    activity = _activity(made, entry)
    child, parent = (_entity(made, str(facts[name]), {}) for name in ("child", "parent"))
    _relate(made, "used", entry, **{"prov:activity": activity, "prov:entity": parent})
    _relate(made, "wasGeneratedBy", entry, **{"prov:entity": child, "prov:activity": activity})
    kind = {"nm:relation": str(facts["relation"])}
    ends = {"prov:generatedEntity": child, "prov:usedEntity": parent, "prov:activity": activity}
    _relate(made, "wasDerivedFrom", entry, **ends, **kind)
    _program(made, entry, activity, str(facts["means"]))


def _used(facts: Mapping[str, Any]) -> list[str]:
    listed = [d for d in facts.get("items", []) if d != "all"]
    return [str(d) for d in (*listed, *(facts[k] for k in ("item", "token") if k in facts))]


def _entity(made: Document, digest: str, facts: Mapping[str, Any]) -> str:
    name = f"nm:sha256-{digest}"
    said = made["entity"].setdefault(name, {"nm:sha256": digest})
    if "size" in facts:
        said["nm:size"] = facts["size"]
        said["nm:role"] = str(facts["role"])
        claimed = facts.get("claims", {}).get("name")
        if isinstance(claimed, str):
            said["prov:label"] = claimed
    return name


def _activity(made: Document, entry: Entry) -> str:
    name = f"case:entry-{entry.index}"
    made["activity"].setdefault(
        name, {"prov:startTime": entry.at, "prov:endTime": entry.at, "prov:type": entry.kind, "nm:entry": entry.index}
    )
    _agent(made, entry, name, entry.by)
    _program(made, entry, name, entry.tool)
    return name


def _agent(made: Document, entry: Entry, activity: str, alias: str) -> None:
    name = f"case:alias-{_safe(alias)}"
    made["agent"].setdefault(name, {"prov:label": alias, "nm:kind": "alias"})
    _associate(made, entry, activity, name)


def _program(made: Document, entry: Entry, activity: str, said: str) -> None:
    name = f"nm:program-{_safe(said)}"
    made["agent"].setdefault(name, {"prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"}})
    made["agent"][name]["prov:label"] = said
    _associate(made, entry, activity, name)


def _associate(made: Document, entry: Entry, activity: str, agent: str) -> None:
    ends = {"prov:activity": activity, "prov:agent": agent}
    if ends not in made.setdefault("wasAssociatedWith", {}).values():
        _relate(made, "wasAssociatedWith", entry, **ends)


def _relate(made: Document, kind: str, entry: Entry, **ends: str) -> None:
    part = made.setdefault(kind, {})
    part[f"_:{kind}-{entry.index}-{len(part)}"] = ends


def _safe(text: str) -> str:
    """A local name: letters, digits and dashes as they are, the rest as the hex of their bytes."""
    return "".join(c if c.isascii() and (c.isalnum() or c == "-") else f"_{c.encode().hex()}" for c in text)[:200]
