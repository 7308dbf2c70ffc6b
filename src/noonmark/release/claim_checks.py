"""The checks of claims before a release: contradictions, judgements, reviews, replies, wording.

Each is a function of the case, the selection and the request, and yields refusals.
"""

from __future__ import annotations

from collections.abc import Iterator

from noonmark.inquiry.disputes import disputes_of
from noonmark.inquiry.said import SaidForm
from noonmark.inquiry.standing import ACCUSING, counts, signing_keys
from noonmark.release import origins
from noonmark.release import wording as words
from noonmark.release.record import CaseRecord
from noonmark.release.refusals import ReleaseRefusal
from noonmark.release.selection import ReleaseProposal

_SAYING = ("note", "why", "basis")
_HOLD = "or hold the claim back (--withhold ID WHY)"


def of_claim(record: CaseRecord, claim: SaidForm, form: str) -> tuple[SaidForm, ...]:
    """The standing forms of a kind that are about a claim, in the order they were said."""
    return record.inquiry.about(
        form,
        "about" if form == "reply" else "claim",
        claim.id,
    )


def disputes(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """What stands against each other is a dispute; neither side goes out. A log that was rewritten
    stops everything that was said in it.
    """
    going = {one.id for one in proposal.selection.forms} | set(proposal.selection.cited)
    for dispute in disputes_of(proposal.inquiry):
        if dispute.kind == "fork" or going & set(dispute.about.split()):
            yield ReleaseRefusal(
                "release-disputed",
                dispute.about[:60],
                dispute.said,
                f"say one form over both, {_HOLD}",
                dispute.kind,
            )


def conflicts(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """Evidence that supports a claim leaves a time and a place together."""
    for claim in proposal.selection.claims:
        found = origins.bounds(proposal.record, claim)
        for what, sets in (("time", found.time_conflicts), ("place", found.place_conflicts)):
            for names in sets:
                yield ReleaseRefusal(
                    "release-conflict",
                    f"claim {claim.id}",
                    f"these leave no {what} in common: {', '.join(names)}",
                    f"weigh one of them anew, {_HOLD}",
                    what,
                    (("names", ", ".join(names)),),
                )


def contradictions(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """Every contradiction of a claim is answered in writing."""
    for claim in proposal.selection.claims:
        judged = of_claim(
            proposal.record,
            claim,
            "judgement",
        )
        answered = {str(one) for j in judged for one in j.data.get("contrary", ())}
        for weigh in of_claim(
            proposal.record,
            claim,
            "weigh",
        ):
            data = weigh.data
            if data.get("stance") == "contradicts" and not (
                weigh.id in answered or data.get("answered_by")
            ):
                yield ReleaseRefusal(
                    "release-contradiction",
                    f"claim {claim.id}",
                    f"the contradiction {weigh.id} is not answered in writing",
                    f"name it under contrary in a judgement that answers it, {_HOLD}",
                    "open",
                )


def judgements(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """A claim goes out with a judgement."""
    for claim in proposal.selection.claims:
        if not of_claim(
            proposal.record,
            claim,
            "judgement",
        ):
            yield ReleaseRefusal(
                "release-no-judgement",
                f"claim {claim.id}",
                "nobody has judged it",
                f"noonmark inquiry say CASE JUDGEMENT.json, {_HOLD}",
                "none",
            )


def reviews(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """A judgement is agreed to by somebody else, as it stands now, with another key."""
    inquiry = proposal.inquiry
    several = len(signing_keys(inquiry)) > 1
    for judgement in (one for one in proposal.selection.forms if one.form == "judgement"):
        found = inquiry.about("review", "judgement", judgement.id)
        refusing = {str(one.data["verdict"]) for one in found} - {"agree"}
        why = ""
        if refusing:
            why = f"a review says {' and '.join(sorted(refusing))}"
        elif not any(counts(one, judgement, inquiry, several) for one in found):
            why = "nobody else has agreed to what it says now"
        if why:
            yield ReleaseRefusal(
                "release-no-review",
                f"judgement {judgement.id}",
                why,
                f"another person says a review with a key of their own, {_HOLD}",
                "refused" if refusing else "none",
            )


def replies(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """Whoever a claim names was asked, and the claim waits until the deadline or the answer."""
    for claim in proposal.selection.claims:
        asked = of_claim(
            proposal.record,
            claim,
            "reply",
        )
        if not asked and claim.data.get("kind") in ACCUSING:
            yield ReleaseRefusal(
                "release-no-reply",
                f"claim {claim.id}",
                "it names an organisation, and no record says that it was asked",
                f"noonmark reply add CASE, {_HOLD}",
                "never",
            )
        for reply in asked:
            data = reply.data
            if data.get("outcome"):
                continue
            deadline, name = str(data.get("deadline", "")), data["to"]["name"]
            late = bool(proposal.request.today) and deadline[:10] < proposal.request.today[:10]
            yield ReleaseRefusal(
                "release-no-reply",
                f"reply {reply.id}",
                f"the deadline {deadline[:10]} is over and its outcome is not noted"
                if late
                else f"{name} has until {deadline[:10]} to answer",
                f"note the answer or the silence (noonmark reply add CASE), {_HOLD}",
                "late" if late else "waits",
                (("to", name), ("day", deadline[:10])),
            )


def wording(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """No sentence of our own says what evidence can't show."""
    fewest = 0
    for claim in proposal.selection.claims:
        here = origins.fewest(proposal.record, claim)
        fewest = max(fewest, here)
        kinds = ("weigh", "judgement", "search")
        parts = [
            claim,
            *(
                one
                for kind in kinds
                for one in of_claim(
                    proposal.record,
                    claim,
                    kind,
                )
            ),
        ]
        for one in parts:
            for text in own_texts(proposal.record, one):
                yield from _worded(
                    text,
                    here,
                    f"{one.form} {one.id}",
                )
    yield from _worded(
        proposal.request.title,
        fewest,
        "the title",
    )
    yield from _worded(
        proposal.request.text,
        fewest,
        "the text of the release",
    )


def _worded(text: str, fewest: int, where: str) -> Iterator[ReleaseRefusal]:
    """The refusals of one text."""
    for fault in words.faults(text, fewest=fewest):
        yield ReleaseRefusal(
            "release-wording",
            where,
            f"{fault.found!r} in {fault.sentence[:160]!r}: {fault.why}",
            f"write instead: {fault.instead}",
            fault.rule,
            (
                ("found", fault.found),
                ("sentence", fault.sentence[:160]),
                ("instead", fault.instead),
                *fault.counts,
            ),
        )


def own_texts(record: CaseRecord, form: SaidForm) -> Iterator[str]:
    """The sentences of our own in a form: a claim's text, reasons, notes; no quotations."""
    if form.form in ("claim", "hypothesis", "event", "question"):
        for digest in form.text_digests():
            yield record.inquiry.text(digest) or ""
    for key in _SAYING:
        if isinstance(form.data.get(key), str):
            yield str(form.data[key])
