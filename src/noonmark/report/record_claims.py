"""The part of a case's report about one claim: what speaks against it first, replies beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from noonmark.report.page_html import mixed, table, text
from noonmark.report.record_data import (
    RecordClaim,
    RecordJudgement,
    RecordReply,
    RecordText,
    RecordWeighing,
)

_STANCES = (
    ("contradicts", "What speaks against it"),
    ("strains", "What strains it without contradicting it"),
    ("cannot_be_tested", "What could not be tested"),
    ("supports", "What supports it"),
    ("consistent", "What is consistent with it and does not decide"),
    ("does_not_bear", "What does not bear on it"),
)


def claim_parts(claim: RecordClaim) -> Iterator[str]:
    """The section of a claim."""
    yield f'<section class="claim" id="claim-{claim.number}">\n'
    yield f"<h2>Claim {claim.number}</h2>\n"
    yield from words(claim.texts, lead=True)
    for judgement in claim.judgements:
        if judgement.standing:
            yield from _judgement(judgement)
    yield from _origins(claim)
    if claim.facts:
        rows = "".join(f"<dt>{mixed(k)}</dt><dd>{mixed(v)}</dd>\n" for k, v in claim.facts)
        yield f"<dl>\n{rows}</dl>\n"
    if claim.bounded_by:
        yield f"<p>The span by the evidence follows from {links(claim.bounded_by)}.</p>\n"
    for stance, heading in _STANCES:
        yield from _weighings(stance, heading, claim.weighings)
    yield from _replies(claim.replies)
    yield from _earlier([one for one in claim.judgements if not one.standing])
    yield "</section>\n"


def links(numbers: Sequence[int]) -> str:
    """Links to pieces of evidence, with commas."""
    return ", ".join(f'<a href="#e{n}">evidence {n}</a>' for n in numbers)


def _origins(claim: RecordClaim) -> Iterator[str]:
    """How many origins tell of a claim, and which evidence goes back to each."""
    if claim.origins:
        yield f'<p class="origins">{text(claim.origins)}</p>\n'
    if claim.origin_groups:
        yield "<ul>\n"
        for number, group in enumerate(claim.origin_groups, 1):
            yield f"<li>Origin {number}: {links(group)}</li>\n"
        yield "</ul>\n"


def _judgement(judgement: RecordJudgement) -> Iterator[str]:
    """A judgement: the likelihood and the confidence in sentences of their own."""
    yield f'<p class="likelihood">{text(judgement.likelihood)}</p>\n'
    yield f"<p>{text(judgement.confidence)}</p>\n"
    yield f"<p>Why, by {mixed(judgement.by)}, {text(judgement.at[:10])}: "
    yield f"{mixed(judgement.why)}</p>\n"
    if judgement.evidence:
        yield f"<p>It weighs {links(judgement.evidence)}.</p>\n"
    for review in judgement.reviews:
        why = f": {mixed(review.why)}" if review.why else ""
        yield f"<p>Reviewed by {mixed(review.by)}, {text(review.at[:10])}: "
        key = (
            f" Said in a log of their own, under the key {text(review.key)}." if review.key else ""
        )
        yield f"{text(review.verdict)}{why}{key}</p>\n"


def _weighings(stance: str, heading: str, every: Sequence[RecordWeighing]) -> Iterator[str]:
    """The evidence of one stance, each with links; that nothing contradicts is said too."""
    found = [one for one in every if one.stance == stance]
    if not found:
        if stance == "contradicts":
            yield f"<h3>{heading}</h3>\n<p>Nothing that was found.</p>\n"
        return
    yield f"<h3>{heading}</h3>\n<ul>\n"
    for one in found:
        credibility = f" Credibility {text(one.credibility)}." if one.credibility else ""
        answer = f" <strong>Answered:</strong> {mixed(one.answer)}" if one.answer else ""
        shown = links(one.evidence) or "no evidence shown"
        yield f"<li>{mixed(one.why)} ({shown}).{credibility}{answer}</li>\n"
    yield "</ul>\n"


def _replies(replies: Sequence[RecordReply]) -> Iterator[str]:
    """What those answered whom the claim names."""
    for reply in replies:
        yield f'<section class="reply"><h3>The answer of {mixed(reply.to)}</h3>\n'
        yield f"<p>{text(reply.outcome)}</p>\n"
        yield from words(reply.answer)
        rows = "".join(f"<dt>{mixed(k)}</dt><dd>{mixed(v)}</dd>\n" for k, v in reply.facts)
        yield f"<dl>\n{rows}</dl>\n" if rows else ""
        if reply.questions:
            yield "<h4>What was asked</h4>\n"
            yield from words(reply.questions)
        if reply.evidence:
            yield f"<p>The answer as it came: {links(reply.evidence)}.</p>\n"
        yield "</section>\n"


def _earlier(judgements: Sequence[RecordJudgement]) -> Iterator[str]:
    """Judgements that a later one replaced."""
    if judgements:
        rows = [
            (text(one.at[:10]), mixed(one.by), text(one.likelihood), text(one.confidence))
            for one in judgements
        ]
        heads = ("On", "By", "Likelihood", "How sure")
        yield table("Earlier judgements, replaced by the one above.", heads, rows)


def words(texts: Sequence[RecordText], *, lead: bool = False) -> Iterator[str]:
    """Words in their languages, side by side, each in its own direction."""
    if not texts:
        return
    yield f'<div class="words{" lead" if lead else ""}">\n'
    for one in texts:
        language = f' lang="{text(one.language)}"' if one.language else ""
        note = f"<figcaption>{text(one.note)}</figcaption>" if one.note else ""
        yield f'<figure class="quote"><blockquote dir="auto"{language}>{text(one.text)}'
        yield f"</blockquote>{note}</figure>\n"
    yield "</div>\n"
