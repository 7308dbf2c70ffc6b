"""The claims of a case as one table: each claim as it stands, and what each source says of it.

What the page's screen of claims shows; every word of it stands in the answers of ``inquiry`` too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from noonmark.actions.inquiry_findings import bounds_json, origins_json, origins_said
from noonmark.actions.inquiry_forms import claim_json
from noonmark.errors import InputError
from noonmark.evidence.vault import Vault, open_vault
from noonmark.inquiry.bounds import bounds_of
from noonmark.inquiry.disputes import Dispute, disputes_of
from noonmark.inquiry.drafts import full_id
from noonmark.inquiry.evidence_table import EvidenceColumn, EvidenceTable, evidence_table
from noonmark.inquiry.forms import CITABLE
from noonmark.inquiry.likelihood_words import BANDS
from noonmark.inquiry.origins import origins_of
from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.inquiry.standing import claim_faults, claim_state
from noonmark.inquiry.state import read_open

MOST_CITABLE = 200


def claim_table(case: Path) -> dict[str, Any]:
    """Every standing claim, the columns of evidence, what is disputed, and the events there are."""
    with open_vault(case) as vault:
        inquiry = read_open(vault)
        claims = inquiry.of("claim")
        table = evidence_table(inquiry, claims)
        found = disputes_of(inquiry)
        disputed = {name for one in found for name in one.about.split()}
        return {
            "ok": True,
            "claims": [_claim(inquiry, table, one, disputed) for one in claims],
            "columns": [_column(vault, inquiry, one) for one in table.columns],
            "events": [{"id": one.id, "title": inquiry.title(one)} for one in inquiry.of("event")],
            "questions": [
                {"id": one.id, "title": inquiry.title(one)} for one in inquiry.of("question")
            ],
            "disputes": [_dispute(inquiry, one) for one in found],
            "faults": [vars(one) for one in inquiry.faults],
            "bands": [list(band) for band in BANDS],
        }


def _claim(
    inquiry: Inquiry, table: EvidenceTable, claim: SaidForm, disputed: set[str]
) -> dict[str, Any]:
    """One claim with its state, the range of its origins, its cells, and what is still open."""
    count = origins_of(inquiry, claim.id)
    told = claim_json(inquiry, claim)
    for one in told["evidence"]:
        one["column"] = table.columns_of[one["id"]]
        one["cited"] = _cited(inquiry, one["on"])
    return {
        **told,
        "at": claim.at,
        **{name: claim.data.get(name) for name in ("question", "place", "earliest", "latest")},
        "state": claim_state(inquiry, claim.id, disputed),
        "origins": {"fewest": count.fewest, "most": count.most, "said": origins_said(count)},
        "open": [vars(one) for one in claim_faults(inquiry, claim.id)],
    }


def _cited(inquiry: Inquiry, on: Mapping[str, Any]) -> dict[str, Any]:
    """What a weighing cites: its kind, its id, its words or what it is, and where it stands."""
    ((kind, name),) = ((key, value) for key, value in on.items() if key not in ("part", "event"))
    one = inquiry.current(str(name))
    told: dict[str, Any] = {"kind": kind, "id": name, "part": on.get("part", on.get("event"))}
    if one is None:
        return {**told, "said": None, "item": name if kind == "item" else None}
    items = one.items()
    return {**told, "said": inquiry.title(one), "item": items[0] if items else None}


def _column(vault: Vault, inquiry: Inquiry, column: EvidenceColumn) -> dict[str, Any]:
    """A column with its title: an alias, a file's name, or what was said."""
    one = inquiry.current(column.key)
    if column.kind == "account" and one is not None:
        title = str(one.data["source"])
    elif one is None:
        title = _names(vault, [column.key]).get(column.key, column.key[:12])
    else:
        title = _names(vault, one.items()[:1]).get(next(iter(one.items()), ""), inquiry.title(one))
    return {"key": column.key, "kind": column.kind, "title": title, "origin": column.origin}


def _names(vault: Vault, digests: Iterable[str]) -> dict[str, str]:
    """The claimed names of items by digest; what the case does not keep is left out."""
    found = {}
    for digest in digests:
        held = vault.log.index.object_of(digest) if len(digest) == 64 else None
        if held is not None:
            facts = vault.log.entry(held[1]).facts
            found[digest] = str(facts["claims"].get("name", digest[:12]))
    return found


def _dispute(inquiry: Inquiry, dispute: Dispute) -> dict[str, Any]:
    """A dispute with the words of both sides where they are forms."""
    by_body = {one.body: one for one in inquiry.said}
    told = []
    for side in dispute.sides:
        one = inquiry.current(side) or by_body.get(side)
        told.append(
            {"side": side, "by": one.by if one else "", "said": inquiry.title(one) if one else ""}
        )
    return {**vars(dispute), "told": told}


def claim_detail(case: Path, claim: str) -> dict[str, Any]:
    """What bears on one claim beyond the table: its origins in full, its bounds, its versions."""
    with open_vault(case) as vault:
        inquiry = read_open(vault)
        name = full_id(inquiry, claim)
        if inquiry.by_id[name][0].form != "claim":
            raise InputError(
                f"{name} is no claim", code="form-reference", hint="noonmark inquiry claims CASE"
            )
        origins = origins_json(inquiry, origins_of(inquiry, name))
        nodes = {one["id"] for group in origins["origins"] for one in group}
        names = _names(vault, nodes)
        for group in origins["origins"]:
            for one in group:
                one["said"] = _node_said(inquiry, one["id"], names)
        versions = inquiry.by_id[name]
        return {
            "ok": True,
            "claim": name,
            "origins": origins,
            "bounds": bounds_json(bounds_of(inquiry, name)),
            "versions": [{"body": one.body, "by": one.by, "at": one.at} for one in versions],
        }


def _node_said(inquiry: Inquiry, node: str, names: Mapping[str, str]) -> str:
    """What a telling is called: an alias, a file's name, or its words."""
    one = inquiry.current(node)
    if one is None:
        return names.get(node, node[:12])
    return str(one.data["source"]) if one.form == "account" else inquiry.title(one)


def citable(case: Path, words: str) -> dict[str, Any]:
    """What a weighing can cite and whose words hold some text, the newest first, at most 200.

    Files that nothing was said about are found by their names.
    """
    wanted = _plain(words).strip()
    with open_vault(case) as vault:
        inquiry = read_open(vault)
        every = [one for form in CITABLE for one in inquiry.of(form)]
        every.sort(key=lambda one: one.sayings[0], reverse=True)
        found = [
            {"kind": one.form, "id": one.id, "said": _called(vault, inquiry, one), "by": one.by}
            for one in every
        ]
        found += [
            {"kind": "item", "id": digest, "said": name, "by": ""}
            for digest, name in _originals(vault)
        ]
    told = [one for one in found if wanted in _plain(str(one["said"]))]
    return {"ok": True, "found": told[:MOST_CITABLE], "more": max(0, len(told) - MOST_CITABLE)}


def _plain(said: str) -> str:
    """Words as they are looked for: an alias is found by its two words."""
    return said.casefold().replace("-", " ")


def _called(vault: Vault, inquiry: Inquiry, one: SaidForm) -> str:
    """The name of a form: an alias, or its words; its file where it has none."""
    if one.form == "account":
        return str(one.data["source"])
    said = inquiry.title(one)
    return said if said != one.form else next(iter(_names(vault, one.items()).values()), said)


def _originals(vault: Vault) -> list[tuple[str, str]]:
    """The files that came in, and what was made of them: digest and claimed name."""
    found = []
    for digest, _, number in vault.log.index.objects():
        facts = vault.log.entry(number).facts
        if facts["role"] in ("original", "derived"):
            found.append((digest, str(facts["claims"].get("name", digest[:12]))))
    return found
