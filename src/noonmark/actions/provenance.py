"""What the items of a case state of their own making (C2PA), read in the sandbox and logged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark import __version__
from noonmark.actions.case_items import original_items
from noonmark.actions.log_values import loggable
from noonmark.errors import InputError

if TYPE_CHECKING:
    from noonmark.evidence.entry_schema import Fact
    from noonmark.evidence.vault import Vault
    from noonmark.media.c2pa import ProvenanceStatement

FORM = "c2pa"


def read_claims(
    case: Path, items: Sequence[str] = (), *, trust: Path | None = None, by: str
) -> dict[str, Any]:
    """Read the statement of each item (default: all originals), log each verdict that is new, tell
    all.

    An earlier verdict stays in the log; where a later one differs, both are told.
    """
    from noonmark.evidence.vault import open_vault
    from noonmark.media import c2pa

    trusted = trust.read_bytes() if trust is not None else None
    told = []
    with open_vault(case, write=True, by=by) as vault:
        for digest in items or original_items(vault):
            if vault.log.index.object_of(digest) is None:
                raise InputError(f"{digest} is not an item of the case", code="no-such-item")
            found = c2pa.read(vault.store.get(digest), trust=trusted)
            earlier = _earlier(vault, digest)
            parameters = loggable(found.parameters())
            if not earlier or (earlier[-1]["verdict"], earlier[-1]["parameters"]) != (
                found.state,
                parameters,
            ):
                vault.append(*_facts(vault, digest, found, parameters))
            differing = [e for e in earlier if e["verdict"] != found.state]
            told.append(
                {
                    "sha256": digest,
                    "verdict": found.state,
                    "says": found.sentences(),
                    "parameters": parameters,
                    "earlier_differed": differing,
                }
            )
    return {"ok": True, "items": told}


def _earlier(vault: Vault, digest: str) -> list[dict[str, Any]]:
    found = []
    for number in vault.log.index.numbers(kind="claim", sha256=digest):
        entry = vault.log.entry(number)
        if entry.facts["form"] == FORM and entry.facts["item"] == digest:
            said = entry.facts
            found.append(
                {
                    "at": entry.at,
                    "verdict": said["verdict"],
                    "parameters": said.get("parameters", {}),
                }
            )
    return found


def _facts(
    vault: Vault, digest: str, found: ProvenanceStatement, parameters: dict[str, Any]
) -> list[Fact]:
    from noonmark.evidence.entry_schema import fact

    facts = []
    report = "unknown"
    if found.text:
        stored = vault.store.put_bytes(found.text.encode("utf-8", "replace"))
        report = stored.sha256
        if vault.log.index.object_of(report) is None:
            claims = {"name": f"c2pa-{digest[:16]}.json"}
            facts.append(
                fact("item", sha256=report, size=stored.size_bytes, role="report", claims=claims)
            )
    means = loggable(f"noonmark {__version__}, {found.tool}")
    facts.append(
        fact(
            "claim",
            item=digest,
            form=FORM,
            verdict=found.state,
            means=means,
            report=report,
            parameters=parameters,
        )
    )
    return facts
