"""The things of a question as a tree below the anchor, and which thing is the anchor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from noonmark.errors import InputError
from noonmark.world.landmarks.clauses import PairClause, PlaceSearch, owner_of


@dataclass(frozen=True)
class PairEdge:
    """The pairs that join a thing to one nearer to the anchor."""

    parent: str
    child: str
    clauses: tuple[PairClause, ...]


def chosen_anchor(
    search: PlaceSearch,
    counts: Mapping[str, int],
) -> str:
    """The thing whose objects are the places: as the question says, else the eye's, else the
    rarest that the clauses join.
    """
    if search.anchor:
        return search.anchor
    if search.eye is not None and search.eye.near:
        return search.eye.near
    joined = [t.id for t in search.things if _is_joined(search, t.id)]
    return min(joined or [search.things[0].id], key=lambda name: counts[name])


def _is_joined(
    search: PlaceSearch,
    thing: str,
) -> bool:
    return any(
        thing in (c.first, c.second) if isinstance(c, PairClause) else owner_of(c) == thing
        for c in search.clauses
    )


def edges_below(search: PlaceSearch) -> dict[str, list[PairEdge]]:
    """The edges below each thing, from ``search.anchor`` down.

    Raises InputError: ``place-circle`` where pairs close a circle, ``place-apart`` where a thing
    that is judged is not joined to the anchor.
    """
    pairs: dict[frozenset[str], list[PairClause]] = {}
    for clause in search.clauses:
        if isinstance(clause, PairClause):
            pairs.setdefault(frozenset((clause.first, clause.second)), []).append(clause)
    below: dict[str, list[PairEdge]] = {}
    reached, waiting = {search.anchor}, [search.anchor]
    while waiting:
        parent = waiting.pop(0)
        for ends in [e for e in pairs if parent in e]:
            clauses = tuple(pairs.pop(ends))
            child = next((e for e in ends if e != parent), parent)
            if child in reached:
                raise InputError(
                    f"{clauses[0].path}: expected pairs that form a tree, got a circle through"
                    f" {child!r}",
                    code="place-circle",
                    hint="leave one pair out, or add the thing once more under another id",
                )
            reached.add(child)
            waiting.append(child)
            below.setdefault(parent, []).append(PairEdge(parent, child, clauses))
    _refuse_apart(search, reached, [c for cs in pairs.values() for c in cs])
    return below


def _refuse_apart(
    search: PlaceSearch,
    reached: set[str],
    left: list[PairClause],
) -> None:
    apart = [(c.path, c.first) for c in left]
    apart += [
        (c.path, owner_of(c))
        for c in search.clauses
        if not isinstance(c, PairClause) and owner_of(c) not in reached
    ]
    if apart:
        path, thing = apart[0]
        raise InputError(
            f"{path}: expected a thing that pairs join to {search.anchor!r}, got {thing!r}",
            code="place-apart",
            hint=f"add a [[pair]] that joins {thing!r} to the others",
        )
