"""Where and when a claim's event can have been, by its supporting evidence: spans and outlines
intersected. Where nothing is left, every smallest set of pieces of evidence that contradict one
another is named.

Spans on a line that have no common point hold two that have none (Helly, 1923), so for time the
smallest sets are pairs. For outlines they are found one by one with a deletion filter inside a
hitting-set tree (Reiter, 1987), after the pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from noonmark import values
from noonmark.inquiry.region import Region, met, region_of
from noonmark.inquiry.said import Inquiry, SaidForm

MOST_OUTLINES = 20
MOST_CHECKS = 4000
Sets = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class EvidenceBound:
    """What one weighing allows: not before, not after, within an outline; each may be open."""

    id: str
    earliest: datetime | None = None
    latest: datetime | None = None
    region: Region | None = None


@dataclass(frozen=True)
class ClaimBounds:
    """What the supporting evidence of a claim leaves together, or what contradicts what.

    ``earliest`` and ``latest`` are ``None`` where open; ``region`` is ``None`` where no evidence
    bounds the place. ``time_conflicts`` and ``place_conflicts`` are the smallest sets of weighings
    that leave nothing, by id; ``complete`` is false where there were too many to name all.
    """

    earliest: datetime | None
    latest: datetime | None
    region: Region | None
    time_conflicts: Sets
    place_conflicts: Sets
    complete: bool
    used: tuple[str, ...]


def bounds_of(inquiry: Inquiry, claim: str) -> ClaimBounds:
    """The bounds that the standing, supporting evidence of a claim leaves together."""
    weighs = [
        one
        for one in inquiry.about("weigh", "claim", claim)
        if one.data["stance"] == "supports" and one.id not in inquiry.greyed
    ]
    return intersected([evidence_bound(inquiry, one) for one in weighs])


def evidence_bound(inquiry: Inquiry, weigh: SaidForm) -> EvidenceBound:
    """What a weighing allows: what it says itself, else what the cited change of a site says."""
    stated = weigh.data
    if "timeline" in stated["on"] and not stated.keys() & {"earliest", "latest"}:
        stated = {**stated, **_change_span(inquiry, stated["on"])}
    region = None
    if "place" in stated and (text := inquiry.text(stated["place"])) is not None:
        region = region_of(text)
    return EvidenceBound(
        weigh.id, _instant(stated.get("earliest")), _instant(stated.get("latest")), region
    )


def _change_span(inquiry: Inquiry, cited: Mapping[str, Any]) -> dict[str, str]:
    """A change came after the last image without it, and before the first one with it."""
    timeline = inquiry.current(cited["timeline"])
    if timeline is None:
        return {}
    change = timeline.data["events"][cited.get("event", 0)]
    span = {"earliest": change.get("last_clear"), "latest": change.get("first_clear")}
    return {name: value for name, value in span.items() if value is not None}


def _instant(text: str | None) -> datetime | None:
    """The instant of a time that was given."""
    return None if text is None else values.utc(text)


def intersected(bounds: Sequence[EvidenceBound]) -> ClaimBounds:
    """What several bounds leave together (:class:`ClaimBounds`)."""
    ordered = sorted(bounds, key=lambda one: one.id)
    starts = [one.earliest for one in ordered if one.earliest is not None]
    ends = [one.latest for one in ordered if one.latest is not None]
    outlines = {one.id: one.region for one in ordered if one.region is not None}
    kept = dict(list(outlines.items())[:MOST_OUTLINES])
    search = ConflictSearch(lambda names: bool(_common(kept, names)))
    place_conflicts = search.all_of(tuple(kept))
    bounded = [
        one.id
        for one in ordered
        if one.earliest is not None or one.latest is not None or one.region is not None
    ]
    return ClaimBounds(
        earliest=max(starts, default=None),
        latest=min(ends, default=None),
        region=_common(kept, tuple(kept)) if kept else None,
        time_conflicts=_time_conflicts(ordered),
        place_conflicts=place_conflicts,
        complete=search.complete and len(kept) == len(outlines),
        used=tuple(bounded),
    )


def _time_conflicts(bounds: Sequence[EvidenceBound]) -> Sets:
    """Every pair of which one ends before the other begins."""
    found = []
    for one, other in combinations(bounds, 2):
        for a, b in ((one, other), (other, one)):
            if a.latest is not None and b.earliest is not None and a.latest < b.earliest:
                found.append((one.id, other.id))
                break
    own = [(one.id,) for one in bounds if one.earliest and one.latest and one.latest < one.earliest]
    return tuple(own or found)


def _common(outlines: Mapping[str, Region], names: Sequence[str]) -> Region:
    """What some outlines share."""
    region = outlines[names[0]]
    for name in names[1:]:
        region = met(region, outlines[name])
        if not region:
            break
    return region


class ConflictSearch:
    """All smallest sets of names that are not consistent, given a test of consistency.

    ``complete`` is false when the search was cut off after :data:`MOST_CHECKS` tests.
    """

    def __init__(self, consistent: Callable[[tuple[str, ...]], bool]) -> None:
        self._consistent = consistent
        self._known: dict[tuple[str, ...], bool] = {}
        self.complete = True

    def holds(self, names: Sequence[str]) -> bool:
        """Whether names are consistent, each set asked once."""
        key = tuple(sorted(names))
        if len(key) < 2:
            return True
        if key not in self._known:
            if len(self._known) >= MOST_CHECKS:
                self.complete = False
                return True
            self._known[key] = self._consistent(key)
        return self._known[key]

    def all_of(self, names: tuple[str, ...]) -> Sets:
        """Every smallest inconsistent set: the pairs, then those within groups without pairs."""
        if self.holds(names):
            return ()
        found: set[tuple[str, ...]] = set()
        found.update(pair for pair in combinations(sorted(names), 2) if not self.holds(pair))
        for group in _groups_without(names, found):
            found |= self._within(group)
        return tuple(sorted(found, key=lambda one: (len(one), one)))

    def _within(self, group: tuple[str, ...]) -> set[tuple[str, ...]]:
        """Every smallest inconsistent set of a group, by a hitting-set tree (Reiter, 1987)."""
        found: set[tuple[str, ...]] = set()
        todo: list[frozenset[str]] = [frozenset()]
        seen = set(todo)
        while todo and self.complete:
            removed = todo.pop()
            left = [name for name in group if name not in removed]
            known = next((one for one in found if not removed & set(one)), None)
            smallest = known or self._smallest(left)
            if smallest is None:
                continue
            found.add(smallest)
            for name in smallest:
                branch = removed | {name}
                if branch not in seen:
                    seen.add(branch)
                    todo.append(branch)
        return found

    def _smallest(self, names: list[str]) -> tuple[str, ...] | None:
        """One smallest inconsistent set: what can't be left out stays (deletion filter)."""
        if self.holds(names):
            return None
        kept = list(names)
        for name in names:
            rest = [other for other in kept if other != name]
            if not self.holds(rest):
                kept = rest
        return tuple(sorted(kept))


def _groups_without(names: Sequence[str], pairs: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The largest groups of names that hold none of the pairs (Bron and Kerbosch, 1973)."""
    friends = {
        name: {other for other in names if other != name and _pair(name, other) not in pairs}
        for name in names
    }
    found: list[tuple[str, ...]] = []

    def grow(group: set[str], open_names: set[str], closed: set[str]) -> None:
        if not open_names and not closed:
            found.append(tuple(sorted(group)))
            return
        pivot = max(open_names | closed, key=lambda name: len(friends[name] & open_names))
        for name in sorted(open_names - friends[pivot]):
            grow(group | {name}, open_names & friends[name], closed & friends[name])
            open_names = open_names - {name}
            closed = closed | {name}

    grow(set(), set(names), set())
    return found


def _pair(a: str, b: str) -> tuple[str, str]:
    """A pair in its order."""
    return (a, b) if a < b else (b, a)
