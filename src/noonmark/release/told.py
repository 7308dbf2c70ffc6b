"""The report of a case, told: from the record and the selection to what the page is made from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from noonmark.evidence.log import Entry
from noonmark.evidence.vault import Vault
from noonmark.inquiry.likelihood_words import likelihood_words
from noonmark.inquiry.said import PRESENT, SaidForm
from noonmark.release import origins, told_evidence, told_files
from noonmark.release.claim_checks import of_claim
from noonmark.release.gate import GateVerdict
from noonmark.release.record import CaseRecord
from noonmark.release.selection import ReleaseRequest, Selection
from noonmark.release.shown_log import shown_entries
from noonmark.release.told_evidence import EvidenceSources, Pictures, prose
from noonmark.report.record_data import (
    CaseReport,
    RecordClaim,
    RecordEntry,
    RecordJudgement,
    RecordReply,
    RecordReview,
    RecordWeighing,
)

_OUTCOMES = {
    "answered": "It answered.",
    "refused": "It was asked and refused to answer.",
    "silence": "It was asked and did not answer by the deadline.",
    "undeliverable": "The questions could not be delivered.",
}


def report_of(
    vault: Vault,
    record: CaseRecord,
    selection: Selection,
    request: ReleaseRequest,
    verdict: GateVerdict,
    going: Collection[str],
    pictures: Pictures,
) -> CaseReport:
    """Everything that the report says. ``going`` are the digests that leave, ``pictures`` those of
    answers by the id of the answer.
    """
    files = told_files.numbered(record, selection)
    sources = EvidenceSources(
        vault,
        record,
        selection,
        files,
        pictures,
    )
    evidence = told_evidence.numbered(sources)
    claims = [
        _claim(
            sources,
            claim,
            number,
            evidence,
        )
        for number, claim in enumerate(selection.claims, 1)
    ]
    entries = shown_entries(vault, going)
    return CaseReport(
        title=request.title or "What this case shows",
        origin=record.origin,
        prose=tuple(part.strip() for part in request.text.split("\n\n") if part.strip()),
        claims=tuple(claims),
        evidence=tuple(told_evidence.evidence_told(sources, evidence)),
        files=told_files.files_told(
            vault,
            record,
            selection,
            files,
        ),
        entries=tuple(_annex_row(entry) for entry in entries),
        lifted=tuple((f"{one.where}: {one.why}", why) for one, why in verdict.lifted),
        tools=tuple(sorted({tool for entry in entries for tool in _tools(entry)})),
        answers=sum(one.form == "answer" for one in selection.forms),
    )


def _claim(
    sources: EvidenceSources, claim: SaidForm, number: int, evidence: Mapping[str, int]
) -> RecordClaim:
    """A claim with all that bears on it."""
    inquiry = sources.inquiry
    data = claim.data
    facts = [("kind", data["kind"].replace("_", " ")), ("standard", data["standard"])]
    facts += [(f"claimed {key}", data[key]) for key in ("earliest", "latest") if key in data]
    facts += origins.bound_facts(sources.record, claim)
    event = inquiry.current(str(data.get("event", "")))
    if event is not None:
        facts.insert(0, ("event", inquiry.title(event)))
    judgements = of_claim(
        sources.record,
        claim,
        "judgement",
    )
    return RecordClaim(
        number=number,
        identity=claim.id,
        texts=tuple(prose(inquiry, data["text"])),
        facts=tuple(facts),
        origins=origins.sentence(sources.record, claim),
        weighings=tuple(_weighings(sources, claim, evidence, judgements)),
        judgements=tuple(
            _judgements(
                sources,
                claim,
                judgements,
                evidence,
            )
        ),
        replies=tuple(
            _reply(
                sources,
                one,
                evidence,
            )
            for one in of_claim(
                sources.record,
                claim,
                "reply",
            )
        ),
        origin_groups=tuple(origins.evidence_groups(sources.record, claim, evidence)),
        bounded_by=origins.bounding_evidence(sources.record, claim, evidence),
    )


def _weighings(
    sources: EvidenceSources,
    claim: SaidForm,
    evidence: Mapping[str, int],
    judgements: Collection[SaidForm],
) -> Iterator[RecordWeighing]:
    """How each piece of evidence bears on a claim, with what a judgement answers to it."""
    answered = {str(one): j for j in judgements for one in j.data.get("contrary", ())}
    untold = sources.selection.untold
    for weigh in of_claim(sources.record, claim, "weigh"):
        yield _weighing(weigh, evidence, answered.get(weigh.id), untold.get(weigh.id, ""))


def _weighing(
    weigh: SaidForm, evidence: Mapping[str, int], answer: SaidForm | None, untold: str
) -> RecordWeighing:
    """How one piece of evidence bears on a claim; a contradiction with its answer.

    Of what is ``untold`` stance and credibility are said, so that nothing contrary goes unseen.
    """
    data = weigh.data
    cited = origins.cited(weigh)
    return RecordWeighing(
        stance=data["stance"],
        evidence=(evidence[cited],) if cited in evidence else (),
        credibility=str(data["credibility"]),
        why=f"What it says is withheld: {untold}" if untold else _reason(data),
        answer=str(answer.data["why"]) if answer is not None else "",
    )


def _reason(data: Mapping[str, Any]) -> str:
    """The reason of a weighing, with the part of the evidence that it is about."""
    part = data["on"].get("part")
    return f"{data['why']} (About {told_evidence.part_words(str(part))}.)" if part else data["why"]


def _judgements(
    sources: EvidenceSources,
    claim: SaidForm,
    standing: Collection[SaidForm],
    evidence: Mapping[str, int],
) -> Iterator[RecordJudgement]:
    """The judgements of a claim, those that were replaced first."""
    weighed = of_claim(
        sources.record,
        claim,
        "weigh",
    )
    numbers = origins.numbers_of(weighed, evidence)
    for one in sources.inquiry.said:
        if one.form != "judgement" or one.state != PRESENT or one.data["claim"] != claim.id:
            continue
        data = one.data
        low, high = data["low_pct"], data["high_pct"]
        words = likelihood_words(low, high)
        reviews = (
            sources.inquiry.about(
                "review",
                "judgement",
                one.id,
            )
            if one in standing
            else ()
        )
        yield RecordJudgement(
            likelihood=f"{words[0].upper()}{words[1:]}: {low} to {high} %, as people judge it.",
            confidence=f"How sure that judgement is: {data['confidence']}.",
            why=data["why"],
            by=one.by,
            at=one.at,
            reviews=tuple(
                RecordReview(
                    r.by,
                    r.at,
                    r.data["verdict"],
                    r.data["why"],
                    _key_elsewhere(sources, r),
                )
                for r in reviews
            ),
            standing=one in standing,
            evidence=numbers,
        )


def _key_elsewhere(sources: EvidenceSources, one: SaidForm) -> str:
    """The key of the log of a colleague in which something was said first; empty for this case's
    own log, whose seal the bundle has.
    """
    first = one.sayings[0]
    return "" if first.origin == sources.record.origin else first.key


def _reply(sources: EvidenceSources, reply: SaidForm, evidence: Mapping[str, int]) -> RecordReply:
    """What an organisation answered, or that it did not."""
    data = reply.data
    outcome = _OUTCOMES.get(data.get("outcome", ""), "It was asked; nothing has come so far.")
    facts = [("asked", data["asked_at"][:10]), ("how", data["how"])]
    facts += [("until", data["deadline"][:10])]
    if "answered_at" in data:
        facts.append(("answered", data["answered_at"][:10]))
    named = str(data.get("answer", ""))
    told = bool(named) and named not in sources.selection.untold
    passage = sources.inquiry.current(named) if told else None
    answer = prose(sources.inquiry, data.get("answer_text"))
    if passage is not None:
        answer += prose(
            sources.inquiry,
            passage.data["quote"],
            passage.data["language"],
        )
    return RecordReply(
        to=data["to"]["name"],
        facts=tuple(facts),
        outcome=outcome,
        questions=tuple(prose(sources.inquiry, data["questions"])),
        answer=tuple(answer),
        evidence=(evidence[named],) if named in evidence else (),
    )


def _annex_row(entry: Entry) -> RecordEntry:
    """An entry as a row of the annex."""
    facts = entry.facts
    named = [f"{key} {value}" for key, value in facts.items() if isinstance(value, str | int)]
    if "claims" in facts:
        named.append(f"called {facts['claims'].get('name', 'nothing')}")
    return RecordEntry(
        entry.index,
        entry.at,
        entry.by,
        entry.kind,
        ", ".join(named),
        entry.tool,
    )


def _tools(entry: Entry) -> Iterator[str]:
    """The programs that an entry names."""
    yield entry.tool
    for tool in re.split(r", (?=[a-z])", str(entry.facts.get("means", ""))):
        if tool and tool != "unknown":
            yield tool
