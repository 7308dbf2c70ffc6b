"""What other programs read of a release: PROV-JSON, ClaimReview and RO-Crate, of what is shown.

**Method** W3C PROV-DM (2013); schema.org ClaimReview, without a rating number: there is no score
here; RO-Crate 1.1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from noonmark.evidence.digest import digest_of
from noonmark.evidence.packages import prov, rocrate
from noonmark.evidence.vault import Vault
from noonmark.inquiry.said import SaidForm
from noonmark.release.origins import cited
from noonmark.release.record import CaseRecord
from noonmark.release.selection import Selection
from noonmark.release.shown_log import shown_entries
from noonmark.report.record_data import CaseReport, RecordClaim

Json = dict[str, Any]


def provenance(
    vault: Vault, record: CaseRecord, selection: Selection, going: Collection[str]
) -> Json:
    """The PROV-JSON of what leaves: files and how they were made, then what is said on them."""
    made = prov.document(shown_entries(vault, going), origin=record.origin)
    for number, form in enumerate(selection.forms):
        name = f"nm:{form.form}-{form.id}"
        entity = made.setdefault("entity", {}).setdefault(name, {"prov:type": f"nm:{form.form}"})
        entity["prov:label"] = form.form
        _relate(made, "wasAttributedTo", f"a{number}", {
            "prov:entity": name, "prov:agent": _agent(made, form.by),
        })  # fmt: skip
        for place, source in enumerate(
            _sources(
                record,
                form,
                set(going),
            )
        ):
            relation = "wasQuotedFrom" if form.form in ("passage", "segment") else "wasDerivedFrom"
            ends = {"prov:generatedEntity": name, "prov:usedEntity": source}
            if relation == "wasQuotedFrom":
                ends["prov:type"] = "prov:Quotation"
            _relate(
                made,
                "wasDerivedFrom",
                f"d{number}-{place}",
                ends,
            )
    return made


def _agent(made: Json, alias: str) -> str:
    """The agent of an alias, made if it is new, under the name that the log's provenance uses."""
    name = "case:alias-" + "".join(
        c if c.isascii() and (c.isalnum() or c == "-") else f"_{c.encode().hex()}" for c in alias
    )
    made.setdefault("agent", {}).setdefault(name, {"prov:label": alias, "nm:kind": "alias"})
    return name


def _relate(made: Json, kind: str, mark: str, ends: Json) -> None:
    """A relation under a name of its own."""
    made.setdefault(kind, {})[f"_:said-{mark}"] = ends


def _sources(record: CaseRecord, form: SaidForm, going: set[str]) -> Iterator[str]:
    """The entities that a form rests on: shown items, and other forms that it names."""
    for digest in dict.fromkeys(form.items()):
        if digest in going:
            yield f"nm:sha256-{digest}"
    names = dict.fromkeys(name for _, name, _ in form.references())
    if form.form == "weigh":
        names.setdefault(cited(form))
    for name in names:
        head = record.inquiry.current(name)
        if head is not None:
            yield f"nm:{head.form}-{head.id}"


def claim_reviews(report: CaseReport, origin: str) -> Json:
    """The claims as ClaimReview: the likelihood in words; no number stands for a truth."""
    return {
        "@context": "https://schema.org",
        "@graph": [
            _claim_review(
                claim,
                report,
                origin,
            )
            for claim in report.claims
        ],
    }


def _claim_review(claim: RecordClaim, report: CaseReport, origin: str) -> Json:
    """One claim, its standing judgement, and where its evidence stands in the report."""
    standing = [one for one in claim.judgements if one.standing]
    made: Json = {
        "@type": "ClaimReview",
        "@id": f"report.html#claim-{claim.number}",
        "claimReviewed": claim.texts[0].text if claim.texts else "",
        "itemReviewed": {
            "@type": "Claim",
            "identifier": claim.identity,
            "text": [
                {"@value": one.text, "@language": one.language or "und"} for one in claim.texts
            ],
            "appearance": [
                {"@type": "CreativeWork", "@id": f"report.html#e{number}"}
                for weighing in claim.weighings
                for number in weighing.evidence
            ],
        },
        "isPartOf": {"@type": "Report", "@id": "report.html", "name": report.title},
        "identifier": f"{prov.NAMESPACE}{origin}:{claim.identity}",
    }
    if standing:
        made["reviewRating"] = {"@type": "Rating", "alternateName": standing[-1].likelihood}
        made["reviewBody"] = f"{standing[-1].confidence} {claim.origins}".strip()
        made["dateCreated"] = standing[-1].at
    return made


def crate(vault: Vault, folder: Path, size: int, going: Collection[str], origin: str) -> Json:
    """The RO-Crate description of a release's folder as it stands on disk."""
    members, extra = [], []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            with open(path, "rb") as file:
                row = digest_of(file)
            if name.startswith("bundle/"):
                members.append((name.removeprefix("bundle/"), *row))
            else:
                extra.append((name, *row))
    published = vault.log.entry(size - 1).at
    return rocrate.metadata(
        shown_entries(vault, going),
        origin=origin,
        published=published,
        members=members,
        extra=extra,
    )
