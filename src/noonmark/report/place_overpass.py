"""The question as text for Overpass, for use by hand: nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from noonmark.world.landmarks.clauses import AbsentClause, CountClause, PairClause, PlaceSearch
from noonmark.world.landmarks.question_tree import edges_below
from noonmark.world.landmarks.road_network import STREETS
from noonmark.world.landmarks.tag_terms import TagExpression, TagTerm

_HEAD = (
    "// For use by hand. It says only that things are near each other: no probability, no bearing,",
    "// no absence, no missing things. Whoever answers it learns the question.",
)
_JUNCTION = "noonmark:arms"


def overpass_query(
    search: PlaceSearch,
    boxes: Sequence[Sequence[float]],
) -> str:
    """The pairs and counts of a question in Overpass's language, over the boxes' common box.

    boxes: south, west, north, east [deg].
    """
    south, west = min(b[0] for b in boxes), min(b[1] for b in boxes)
    north, east = max(b[2] for b in boxes), max(b[3] for b in boxes)
    things = {t.id: t for t in search.things}
    lines = [
        *_HEAD,
        f"[out:json][timeout:180][bbox:{south:.5f},{west:.5f},{north:.5f},{east:.5f}];",
    ]
    lines += _selected(
        things[search.anchor].expression,
        "",
        search.anchor,
    )
    for clause in search.clauses:
        if isinstance(clause, AbsentClause) or not isinstance(clause, PairClause | CountClause):
            lines.append(f"// {clause.path} can't be said here")
    lines += _joined(search)
    lines += [f".{_name(search.anchor)} out center;", "// © OpenStreetMap contributors, ODbL 1.0"]
    return "\n".join(lines) + "\n"


def _joined(search: PlaceSearch) -> list[str]:
    """Each thing near the one above it, and that one again near it, from the anchor down."""
    things = {t.id: t.expression for t in search.things}
    below = edges_below(search)
    waiting = [search.anchor]
    lines = []
    while waiting:
        parent = waiting.pop()
        for edge in below.get(parent, []):
            reach = max(c.reach_m for c in edge.clauses) or 1.0
            one, other = _name(parent), _name(edge.child)
            lines += _selected(things[edge.child], f"(around.{one}:{reach:g})", edge.child)
            lines.append(f"nwr.{one}(around.{other}:{reach:g})->.{one};")
            waiting.append(edge.child)
    return lines


def _selected(
    expression: TagExpression,
    around: str,
    name: str,
) -> list[str]:
    """A set of a thing's objects; a junction is asked for as the streets' nodes."""
    parts = []
    for terms in expression.alternatives:
        if terms[0].key == _JUNCTION:
            streets = _filter(TagTerm("highway", "=", tuple(sorted(STREETS))))
            return [f"way{streets}{around};node(w)->.{_name(name)};  // all nodes of streets"]
        parts.append(f"  nwr{''.join(map(_filter, terms))}{around};")
    return ["(", *parts, f")->.{_name(name)};"]


def _filter(term: TagTerm) -> str:
    key = _quoted(term.key)
    if term.number is not None:
        return f"[{key}](if:number(t[{key}]){term.sign}{term.number:g})"
    if "*" in term.values:
        return f"[{key}]" if term.sign == "=" else f"[!{key}]"
    if len(term.values) == 1:
        return f"[{key}{term.sign}{_quoted(term.values[0])}]"
    sign = "~" if term.sign == "=" else "!~"
    return f"[{key}{sign}{_quoted('^(' + '|'.join(re.escape(v) for v in term.values) + ')$')}]"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _name(thing: str) -> str:
    return "t_" + re.sub(
        r"[^a-zA-Z0-9]",
        "_",
        thing,
    )
