"""The table of claims against evidence: what each source of evidence says of each claim.

A column is a source: an account, a file, an answer, a site's timeline, a search. Passages stand
under the account whose paper they are in, else under their file; segments under their account.
Nothing is counted or added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from noonmark.inquiry.origins import Node, Partition, holders_of, origins_of, telling_nodes
from noonmark.inquiry.said import Inquiry, SaidForm


@dataclass(frozen=True)
class EvidenceColumn:
    """A source of evidence: an id or an item's digest, and its kind.

    ``origin`` is a number that columns share whose evidence goes back to one origin for sure; 0
    where a column shares its origin with no other.
    """

    key: str
    kind: str
    origin: int = 0


@dataclass(frozen=True)
class EvidenceTable:
    """Columns, those of one origin side by side, and the column that each weighing stands in."""

    columns: tuple[EvidenceColumn, ...]
    columns_of: Mapping[str, str]


def evidence_table(inquiry: Inquiry, claims: Sequence[SaidForm]) -> EvidenceTable:
    """The table of some claims. Greyed evidence stands in it: who shows it says that it is grey."""
    holders = holders_of(inquiry)
    kinds: dict[str, str] = {}
    columns_of: dict[str, str] = {}
    nodes: dict[str, set[Node]] = {}
    for claim in claims:
        for weigh in inquiry.about("weigh", "claim", claim.id):
            kind, key = _column(inquiry, holders, weigh)
            kinds.setdefault(key, kind)
            columns_of[weigh.id] = key
            nodes.setdefault(key, {key}).update(telling_nodes(inquiry, weigh.data["on"]))
    joined = _joined(inquiry, claims, nodes)
    columns = [EvidenceColumn(key, kind, joined.get(key, 0)) for key, kind in kinds.items()]
    return EvidenceTable(tuple(_side_by_side(columns)), columns_of)


def _column(
    inquiry: Inquiry, holders: Mapping[Node, set[Node]], weigh: SaidForm
) -> tuple[str, str]:
    """The kind and the key of the column that a weighing stands in."""
    cited = {key: value for key, value in weigh.data["on"].items() if key not in ("part", "event")}
    ((kind, name),) = cited.items()
    one = inquiry.current(str(name))
    if one is None:
        return kind, str(name)
    if one.form == "segment":
        return "account", str(one.data["account"])
    items = one.data["items"] if one.form == "observation" else [one.data.get("item")]
    if one.form in ("passage", "observation") and len(items) == 1:
        accounts = holders.get(str(items[0]), set())
        return ("account", min(accounts)) if len(accounts) == 1 else ("item", str(items[0]))
    return one.form, one.id


def _joined(
    inquiry: Inquiry, claims: Iterable[SaidForm], nodes: Mapping[str, set[Node]]
) -> dict[str, int]:
    """A number for each column whose evidence shares a sure origin with that of another."""
    same = Partition()
    for claim in claims:
        for group in origins_of(inquiry, claim.id).origins:
            same.join((group[0], node) for node in group)
    for key, own in nodes.items():
        same.join((key, node) for node in own if node != key)
    members: dict[Node, list[str]] = {}
    for key in nodes:
        members.setdefault(same.root(key), []).append(key)
    shared = [keys for keys in members.values() if len(keys) > 1]
    return {key: number for number, keys in enumerate(shared, 1) for key in keys}


def _side_by_side(columns: Sequence[EvidenceColumn]) -> list[EvidenceColumn]:
    """Columns in their order, those of one origin after the first of them."""
    first: dict[int, int] = {}
    for at, one in enumerate(columns):
        first.setdefault(one.origin, at)
    places = {
        one.key: (first[one.origin] if one.origin else at, at) for at, one in enumerate(columns)
    }
    return sorted(columns, key=lambda one: places[one.key])
