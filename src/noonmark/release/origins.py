"""What :mod:`noonmark.inquiry` counts and bounds for a claim, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from noonmark.inquiry.bounds import ClaimBounds, bounds_of, evidence_bound
from noonmark.inquiry.origins import OriginCount, origins_of, telling_nodes
from noonmark.inquiry.said import SaidForm
from noonmark.release.record import CaseRecord
from noonmark.values import rfc3339

_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)


def fewest(record: CaseRecord, claim: SaidForm) -> int:
    """The fewest independent origins that support a claim."""
    return origins_of(record.inquiry, claim.id).fewest


def sentence(record: CaseRecord, claim: SaidForm) -> str:
    """The range of independent origins that support a claim, and what makes it wide."""
    count = origins_of(record.inquiry, claim.id)
    return f"{_range(count)} of it.{_why_wide(count)}"


def _range(count: OriginCount) -> str:
    """The range in words: one number where both ends agree."""
    if count.fewest == count.most:
        number = _WORDS[count.most] if count.most < len(_WORDS) else str(count.most)
        plural, verb = ("", "tells") if count.most == 1 else ("s", "tell")
        return f"{number.capitalize()} independent origin{plural} {verb}"
    return f"Between {count.fewest} and {count.most} independent origins tell"


def _why_wide(count: OriginCount) -> str:
    """What lowers the fewest: pairs that nobody has examined."""
    pairs = len(count.unexamined)
    if not pairs:
        return ""
    those = "pair of them has" if pairs == 1 else "pairs of them have"
    return f" {pairs} {those} not been examined for a common origin."


def bounds(record: CaseRecord, claim: SaidForm) -> ClaimBounds:
    """What the supporting evidence of a claim leaves of time and place together."""
    return bounds_of(record.inquiry, claim.id)


def bound_facts(record: CaseRecord, claim: SaidForm) -> list[tuple[str, str]]:
    """The span that the supporting evidence leaves together, as facts of a report."""
    found = bounds(record, claim)
    facts = []
    if found.earliest is not None:
        facts.append(("by the evidence, not before", rfc3339(found.earliest)))
    if found.latest is not None:
        facts.append(("by the evidence, not after", rfc3339(found.latest)))
    return facts


def cited(one: SaidForm) -> str:
    """The id or digest that a weighing, or an answer to a claim, cites; empty where none."""
    value = one.data.get("on", {})
    return next((str(v) for key, v in value.items() if key not in ("part", "event")), "")


def numbers_of(weighs: Iterable[SaidForm], evidence: Mapping[str, int]) -> tuple[int, ...]:
    """The numbers of the evidence that weighings cite, in order, each once."""
    return tuple(sorted({evidence[cited(one)] for one in weighs if cited(one) in evidence}))


def evidence_groups(
    record: CaseRecord, claim: SaidForm, evidence: Mapping[str, int]
) -> Iterator[tuple[int, ...]]:
    """For each origin of a claim, the numbers of the evidence that goes back to it."""
    inquiry = record.inquiry
    weighs = [
        one
        for one in inquiry.about("weigh", "claim", claim.id)
        if one.data["stance"] == "supports" and one.id not in inquiry.greyed
    ]
    for group in origins_of(inquiry, claim.id).origins:
        found = [one for one in weighs if telling_nodes(inquiry, one.data["on"]) & set(group)]
        numbers = numbers_of(found, evidence)
        if numbers:
            yield numbers


def bounding_evidence(
    record: CaseRecord, claim: SaidForm, evidence: Mapping[str, int]
) -> tuple[int, ...]:
    """The numbers of the evidence that bounds the time of a claim."""
    bounding = set()
    for one in record.inquiry.about("weigh", "claim", claim.id):
        bound = evidence_bound(record.inquiry, one)
        if one.data["stance"] == "supports" and (bound.earliest or bound.latest):
            bounding.add(one.id)
    weighs = (one for one in record.inquiry.about("weigh", "claim", claim.id) if one.id in bounding)
    return numbers_of(weighs, evidence)
