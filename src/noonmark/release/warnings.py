"""What a release is warned of: nothing stops for it, and a person should look again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from noonmark.release import origins
from noonmark.release.claim_checks import of_claim
from noonmark.release.selection import ReleaseProposal
from noonmark.release.told_files import is_hidden_copy


@dataclass(frozen=True)
class ReleaseWarning:
    """One thing to look at again before a release: a code, where it stands, and why."""

    code: str
    where: str
    why: str


Warner = Callable[[ReleaseProposal, Collection[str]], Iterator[ReleaseWarning]]


def _nothing_hidden(
    proposal: ReleaseProposal, pictures: Collection[str]
) -> Iterator[ReleaseWarning]:
    """A photograph or film goes out as it came, and no copy of it has anything hidden."""
    for digest in proposal.selection.shown:
        item = proposal.record.items[digest]
        if digest in pictures and not is_hidden_copy(proposal.record, digest):
            why = "it goes out whole; could a face or a sign in it harm anybody"
            yield ReleaseWarning("look-unhidden", f"item {digest[:16]} ({item.name[:60]})", why)


def _strained(proposal: ReleaseProposal, pictures: Collection[str]) -> Iterator[ReleaseWarning]:
    """Evidence strains a claim that goes out."""
    for claim in proposal.selection.claims:
        for weigh in of_claim(proposal.record, claim, "weigh"):
            if weigh.data["stance"] == "strains":
                why = f"evidence strains it: {weigh.data['why'][:160]}"
                yield ReleaseWarning("look-strained", f"claim {claim.id}", why)


def _one_origin(proposal: ReleaseProposal, pictures: Collection[str]) -> Iterator[ReleaseWarning]:
    """A claim rests on a single origin, as far as is known for sure."""
    for claim in proposal.selection.claims:
        if origins.fewest(proposal.record, claim) == 1:
            why = "only one origin is sure; say how the others hang together, or write so"
            yield ReleaseWarning("look-one-origin", f"claim {claim.id}", why)


WARNERS: tuple[Warner, ...] = (_nothing_hidden, _strained, _one_origin)


def warnings_of(proposal: ReleaseProposal, pictures: Collection[str]) -> tuple[ReleaseWarning, ...]:
    """Everything to look at again; ``pictures`` are the digests of photographs and films."""
    return tuple(one for warn in WARNERS for one in warn(proposal, pictures))
