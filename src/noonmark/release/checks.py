"""The checks before a release: a table of them, each a function from the case to its refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from noonmark.inquiry.said import PRESENT
from noonmark.release import claim_checks
from noonmark.release.record import HIDING, CaseRecord
from noonmark.release.refusals import ReleaseRefusal
from noonmark.release.selection import (
    ReleaseProposal,
    accounts_behind,
    consent_of,
    covered,
)

Check = Callable[[ReleaseProposal], Iterator[ReleaseRefusal]]
_MAKES_PICTURES = ("frame", "crop", "transcode", "copy")


def _agreed_with_sources(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """A restriction, or a consent that is unknown or refused, stops the items of a source."""
    shown = set(proposal.selection.shown)
    for alias, why in sorted(proposal.record.stopping.items()):
        if shown & set(proposal.record.given.get(alias, ())):
            yield ReleaseRefusal(
                "source-restricted",
                f"source {alias}",
                f"what was agreed with source {alias} stops its items: {why}",
                "hold its items back (--withhold DIGEST WHY), or ask the source anew",
                "agreed",
                (("alias", alias), ("why", why)),
            )


def _consents(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """An account goes out only with a consent that stands and covers what is shown."""
    mend = "ask again and say the consent anew, or hold the claim back (--withhold ID WHY)"
    shown = proposal.selection.shown
    for account in accounts_behind(proposal.inquiry, proposal.selection.forms, shown):
        alias = str(account.data.get("source", "unknown"))
        where = f"account {account.id}"
        found = [one for one in consent_of(proposal.inquiry, account) if one.state == PRESENT]
        if not found:
            yield ReleaseRefusal(
                "release-consent",
                where,
                f"no consent of {alias} is kept",
                mend,
                "none",
                (("alias", alias),),
            )
        for consent in found:
            reason, why, value = _why_not(consent.data, proposal.request.today)
            if not reason and consent.data["publish"] != "full":
                own = set(covered(account, consent)) & set(proposal.selection.shown)
                reason = str(consent.data["publish"]) if own else ""
                words = "words alone" if reason == "text" else "an altered voice"
                why = f"covers {words}, and its recording would go out"
            if reason:
                yield ReleaseRefusal(
                    "release-consent",
                    where,
                    f"the consent of {alias} {why}",
                    mend,
                    reason,
                    (("alias", alias), ("value", value)),
                )


def _why_not(consent: Mapping[str, object], today: str) -> tuple[str, str, str]:
    """Why a consent does not stand for a release: the reason, in words, and the day or word that
    they name; all empty where it stands.
    """
    if consent.get("withdrawn"):
        day = str(consent["withdrawn"])[:10]
        return "withdrawn", f"was withdrawn on {day}", day
    if consent.get("publish") not in ("text", "voice_altered", "full"):
        said = str(consent.get("publish"))
        return "says", f"says {said!r} to publishing", said
    until = str(consent.get("until", ""))[:10]
    if until and today and until < today[:10]:
        return "ended", f"ended on {until}", until
    return "", "", ""


def _restrictions(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """A restriction that is said of something that goes out, or of the source of it."""
    going = {one.id for one in proposal.selection.forms} | set(proposal.selection.shown)
    going |= {str(one.data["source"]) for one in proposal.selection.forms if one.form == "account"}
    for one in proposal.inquiry.of("restriction"):
        if one.data["level"] != "open" and one.data["of"] in going:
            yield ReleaseRefusal(
                "release-restricted",
                str(one.data["of"])[:26],
                f"it is restricted ({one.data['level']}): {one.data['why']}",
                "hold it back (--withhold), or say the restriction anew with the level open",
                "restricted",
                (("level", str(one.data["level"])), ("why", str(one.data["why"]))),
            )


def _withdrawn(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """What a claim cites must still be there."""
    mend = "say what cites it anew without it, or hold the claim back (--withhold ID WHY)"
    for digest in (*proposal.selection.cited, *proposal.selection.shown):
        if not proposal.record.items[digest].kept:
            why = "it was withdrawn, and something that goes out rests on it"
            yield ReleaseRefusal(
                "release-withdrawn",
                f"item {digest[:16]}",
                why,
                mend,
                "item",
            )
    for one in proposal.selection.forms:
        why = proposal.inquiry.greyed.get(one.id, "")
        if why:
            yield ReleaseRefusal(
                "release-withdrawn",
                f"{one.form} {one.id}",
                why,
                mend,
                "cited",
            )


def _unhidden(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """An item of which a hidden copy exists, and pictures made from it, do not go out unhidden."""
    for digest in proposal.selection.shown:
        original = unhidden_original(proposal.record, digest)
        if original is not None:
            item = proposal.record.items[digest]
            yield ReleaseRefusal(
                "release-unhidden",
                f"item {digest[:16]} ({item.name[:60]})",
                "it shows what was hidden in a copy of it"
                if original == digest
                else "it was made from an item in a copy of which something is hidden",
                "let the hidden copy go out instead: leave out --show, or --withhold DIGEST WHY",
                "itself" if original == digest else "made",
            )


def unhidden_original(record: CaseRecord, digest: str) -> str | None:
    """The item with a hidden copy that an item is, or was made from with nothing hidden."""
    todo, seen = [digest], {digest}
    while todo:
        one = todo.pop()
        if record.hidden_copies(one):
            return one
        for parent, relation in record.parents.get(one, ()):
            if relation != HIDING and relation in _MAKES_PICTURES and parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return None


def _empty(proposal: ReleaseProposal) -> Iterator[ReleaseRefusal]:
    """A release holds something."""
    if (
        not proposal.request.everything
        and not proposal.selection.claims
        and not proposal.selection.shown
    ):
        yield ReleaseRefusal(
            "release-empty",
            "the release",
            "there is no claim to release and nothing to show",
            "say a claim (noonmark inquiry say CASE CLAIM.json), or name an item with --show",
            "nothing",
        )


CHECKS: tuple[Check, ...] = (
    _empty,
    _agreed_with_sources,
    _consents,
    _restrictions,
    _withdrawn,
    _unhidden,
    claim_checks.disputes,
    claim_checks.conflicts,
    claim_checks.contradictions,
    claim_checks.judgements,
    claim_checks.reviews,
    claim_checks.replies,
    claim_checks.wording,
)


OF_ANSWERS: tuple[Check, ...] = (
    _agreed_with_sources,
    _restrictions,
)
"""The checks of an answer that leaves by itself: what was agreed about the footage it is of."""


OF_PICTURES: tuple[Check, ...] = (
    _agreed_with_sources,
    _consents,
    _restrictions,
)
"""The checks of an item that is shown without a claim."""


def refusals(proposal: ReleaseProposal, table: tuple[Check, ...] = CHECKS) -> list[ReleaseRefusal]:
    """Everything that stops a release, in the order of the checks; each once."""
    found: dict[ReleaseRefusal, None] = {}
    for check in table:
        found |= dict.fromkeys(check(proposal))
    return list(found)
