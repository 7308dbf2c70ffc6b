"""What is in dispute in an inquiry: things of which two versions stand, judgements of one claim
that do not meet, links that contradict one another, logs that were forked. Nothing is settled here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from noonmark.inquiry.origins import origins_of
from noonmark.inquiry.said import Inquiry, SaidForm


@dataclass(frozen=True)
class Dispute:
    """One dispute: its kind, what it is about (an id or a log's origin), both sides, in words."""

    kind: str
    about: str
    sides: tuple[str, ...]
    said: str


def disputes_of(inquiry: Inquiry) -> list[Dispute]:
    """Every dispute, in an order that depends on the state alone."""
    found = [*_versions(inquiry), *_judgements(inquiry), *_links(inquiry), *_forks(inquiry)]
    return sorted(found, key=lambda one: (one.kind, one.about, one.sides))


def _versions(inquiry: Inquiry) -> Iterator[Dispute]:
    """Things of which several versions stand."""
    for name in inquiry.by_id:
        heads = inquiry.heads(name)
        if len(heads) > 1:
            yield Dispute(
                "versions",
                name,
                tuple(sorted(one.body for one in heads)),
                f"{len(heads)} versions of a {heads[0].form} stand, by "
                + ", ".join(sorted({who for one in heads for who in one.authors})),
            )


def _judgements(inquiry: Inquiry) -> Iterator[Dispute]:
    """Judgements of one claim whose ranges have nothing in common."""
    for claim in inquiry.of("claim"):
        judged = inquiry.about("judgement", "claim", claim.id)
        for one, other in combinations(judged, 2):
            if one.id != other.id and not _meet(one, other):
                ranges = [f"{x.data['low_pct']}-{x.data['high_pct']} %" for x in (one, other)]
                said = f"{one.by} judged {ranges[0]}, {other.by} {ranges[1]}"
                yield Dispute("judgements", claim.id, tuple(sorted((one.id, other.id))), said)


def _meet(one: SaidForm, other: SaidForm) -> bool:
    """Whether two ranges of likelihood have something in common."""
    low = max(one.data["low_pct"], other.data["low_pct"])
    high = min(one.data["high_pct"], other.data["high_pct"])
    return bool(low <= high)


def _links(inquiry: Inquiry) -> Iterator[Dispute]:
    """Pairs of tellings that are said to be joined, and to be independent."""
    pairs = {
        pair for claim in inquiry.of("claim") for pair in origins_of(inquiry, claim.id).contested
    }
    for pair in pairs:
        said = "said to go back to one another, and to be independent"
        yield Dispute("links", pair[0], pair, said)


def _forks(inquiry: Inquiry) -> Iterator[Dispute]:
    """Logs of which two states contradict one another."""
    for fork in inquiry.forks:
        said = "two states of one log, of which neither continues the other: it was rewritten"
        sides = tuple(
            f"{size} entries, root {root[:16]}"
            for size, root in zip(fork.sizes, fork.roots, strict=True)
        )
        yield Dispute("fork", fork.origin, sides, said)
