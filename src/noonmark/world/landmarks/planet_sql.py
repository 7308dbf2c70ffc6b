"""A question as SQL: which rows of a table of tagged objects it may need.

The table has a column ``tags``, a map from text to text. The rows are never too few: numbers,
names and what must not be there are judged afterwards on the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from noonmark.world.landmarks.clauses import CountClause, LandmarkThing, PlaceSearch, SidesClause
from noonmark.world.landmarks.road_network import ARMS_KEY, LINE_KEYS, STREETS
from noonmark.world.landmarks.tag_terms import TagTerm

_HAS = "map_extract_value(tags, ?) IS NOT NULL"


@dataclass(frozen=True)
class RowSelection:
    """A condition with a ``?`` for each of its ``values``."""

    where: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """The condition with its values, to be told and compared."""
        pieces = self.where.split("?")
        quoted = ["'" + value.replace("'", "''") + "'" for value in self.values] + [""]
        return "".join(a + b for a, b in zip(pieces, quoted, strict=True))


EVERYTHING = RowSelection("", ())


def selection_of(search: PlaceSearch) -> RowSelection:
    """The rows that any thing of a question may be.

    Where a thing is counted, lines of its class are taken whole, because ways are joined into
    roads; where it is a junction, all streets.
    """
    counted = {c.of for c in search.clauses if isinstance(c, CountClause | SidesClause)}
    parts = dict.fromkeys(
        part
        for thing in search.things
        for part in _conditions(thing, whole_roads=thing.id in counted)
    )
    return RowSelection(
        " OR ".join(f"({part.where})" for part in parts),
        tuple(value for part in parts for value in part.values),
    )


def _conditions(
    thing: LandmarkThing,
    *,
    whole_roads: bool,
) -> list[RowSelection]:
    """One condition for each alternative of a thing's tags."""
    found = []
    for terms in thing.expression.alternatives:
        wanted = [t for t in terms if t.sign != "!="]
        if any(t.key == ARMS_KEY for t in wanted):
            found.append(_term(TagTerm("highway", "=", tuple(sorted(STREETS)))))
            continue
        lines = [t for t in wanted if t.key in LINE_KEYS]
        if whole_roads and lines:
            wanted = lines[:1]
        elif not whole_roads:
            wanted += [TagTerm(key, "=", ("*",)) for key, _, _ in thing.numbers if key != ARMS_KEY]
        parts = [_term(t) for t in wanted]
        where = " AND ".join(p.where for p in parts)
        found.append(RowSelection(where, tuple(v for p in parts for v in p.values)))
    return found


def _term(term: TagTerm) -> RowSelection:
    if term.sign != "=" or "*" in term.values:
        return RowSelection(_HAS, (term.key,))
    marks = ", ".join("?" * len(term.values))
    return RowSelection(f"map_extract_value(tags, ?) IN ({marks})", (term.key, *term.values))
