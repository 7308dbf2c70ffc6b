"""What keeps a claim from being released, as far as the inquiry itself tells: contradictions that
nobody answered, judgements that nobody else reviewed, evidence that was withdrawn, nobody asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from noonmark.errors import Problem
from noonmark.inquiry.said import Inquiry, SaidForm

ACCUSING: Final = ("which_organisation",)
"""Kinds of claims that say who did something: whoever is named is asked before one goes out."""


def claim_faults(inquiry: Inquiry, claim: str) -> list[Problem]:
    """Everything that keeps a claim from being released; each says where, and how to mend it."""
    return [
        *_greyed(inquiry, claim),
        *_unanswered(inquiry, claim),
        *_unreviewed(inquiry, claim),
        *_unasked(inquiry, claim),
        *_disputed(inquiry, claim),
    ]


def claim_state(inquiry: Inquiry, claim: str, disputed: Collection[str]) -> str:
    """What has been done with a claim: ``disputed``, ``reviewed``, ``judged`` or ``open``.

    ``disputed`` are the ids that disputes are about. A claim is reviewed where each of its
    judgements was agreed to by somebody else.
    """
    judged = inquiry.about("judgement", "claim", claim)
    if claim in disputed or any(one.id in disputed for one in judged):
        return "disputed"
    if not judged:
        return "open"
    return "judged" if any(_unreviewed(inquiry, claim)) else "reviewed"


def _greyed(inquiry: Inquiry, claim: str) -> Iterator[Problem]:
    """The claim, or evidence for it, rests on something withdrawn or missing."""
    for one in (claim, *(weigh.id for weigh in inquiry.about("weigh", "claim", claim))):
        if one in inquiry.greyed:
            yield Problem("claim-greyed", one, "evidence that is there", inquiry.greyed[one])


def _unanswered(inquiry: Inquiry, claim: str) -> Iterator[Problem]:
    """Contrary evidence that no judgement and no weighing answers."""
    answered = {
        weigh
        for judgement in inquiry.about("judgement", "claim", claim)
        for weigh in judgement.data.get("contrary", ())
    }
    for weigh in inquiry.about("weigh", "claim", claim):
        if weigh.data["stance"] != "contradicts" or weigh.id in answered:
            continue
        if "answered_by" not in weigh.data:
            expected = "a judgement that names it under contrary, or answered_by"
            yield Problem("claim-unanswered", weigh.id, expected, "no answer in writing")


def _unreviewed(inquiry: Inquiry, claim: str) -> Iterator[Problem]:
    """Judgements without a review that agrees, by somebody else and under another key."""
    judgements = inquiry.about("judgement", "claim", claim)
    if not judgements:
        yield Problem("claim-unjudged", claim, "a judgement", "none")
    several_keys = len(signing_keys(inquiry)) > 1
    for one in judgements:
        reviews = inquiry.about("review", "judgement", one.id)
        if not any(counts(review, one, inquiry, several_keys) for review in reviews):
            expected = "a review that agrees, by another alias"
            expected += " and under another key" if several_keys else ""
            yield Problem("claim-unreviewed", one.id, expected, f"{len(reviews)} reviews")


def signing_keys(inquiry: Inquiry) -> frozenset[str]:
    """The keys (or logs without one) under which anything was said in this inquiry."""
    return frozenset(signer for one in inquiry.said for signer in one.signers)


def counts(review: SaidForm, judgement: SaidForm, inquiry: Inquiry, several_keys: bool) -> bool:
    """Whether a review is by somebody who had no part in any version of a judgement, and of what
    stands now.
    """
    versions = inquiry.by_id[judgement.id]
    authors = {who for one in versions for who in one.authors}
    signers = {key for one in versions for key in one.signers}
    if review.data["verdict"] != "agree" or review.authors & authors:
        return False
    newest = max(one.at for one in judgement.sayings)
    late_enough = any(one.at >= newest for one in review.sayings) or len(versions) == 1
    return late_enough and not (several_keys and review.signers & signers)


def _unasked(inquiry: Inquiry, claim: str) -> Iterator[Problem]:
    """Nobody was asked about a claim that names somebody, or the answer is still awaited."""
    replies = inquiry.about("reply", "about", claim)
    accuses = any(one.data.get("kind") in ACCUSING for one in inquiry.heads(claim))
    if accuses and not replies:
        yield Problem("claim-unasked", claim, "a reply record: noonmark reply add", "none")
    for one in replies:
        if "outcome" not in one.data:
            expected = "an answer, a refusal, or silence after the deadline"
            yield Problem(
                "claim-unasked", one.id, expected, f"waiting until {one.data['deadline']}"
            )


def _disputed(inquiry: Inquiry, claim: str) -> Iterator[Problem]:
    """Two versions of the claim or of its judgement stand."""
    judged = (one.id for one in inquiry.about("judgement", "claim", claim))
    for name in (claim, *judged):
        if len(inquiry.heads(name)) > 1:
            expected = "one version: say a new one over both"
            yield Problem(
                "claim-disputed", name, expected, f"{len(inquiry.heads(name))} that stand"
            )
