"""Independence as a graph: how many origins support a claim, from fewest to most.

Tellings (accounts, items, observations, answers, timelines) are joined where one goes back to
another: by a link that somebody stated, or because they rest on the same bytes. An origin is a
connected part of that graph. It is counted once, however many copies of it support the claim.

The count is a range, because not everything is known. For ``most`` only links that are certain or
likely join. For ``fewest`` unsure links join too, and so does every pair of supporting tellings
that nobody has examined: a link of relation ``none`` says that a pair was examined and is
independent. So 1,000 re-uploads of one film are one origin, and adding a link of dependence never
raises either number. A tool is no witness: an observation counts through the items it was made on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice

from noonmark.inquiry.said import Inquiry, SaidForm

Node = str
SURE = ("certain", "likely")
MOST_LISTED = 1000
"""How many unexamined pairs are listed; all of them count."""


@dataclass(frozen=True)
class OriginGraph:
    """What is known of how supporting tellings hang together.

    ``supports`` are groups of nodes: a single telling, or the several items that one observation
    needed. ``sure`` and ``unsure`` are pairs of nodes that are joined, ``independent`` pairs that
    were examined and are not.
    """

    supports: frozenset[frozenset[Node]]
    sure: frozenset[tuple[Node, Node]] = frozenset()
    unsure: frozenset[tuple[Node, Node]] = frozenset()
    independent: frozenset[frozenset[Node]] = frozenset()


@dataclass(frozen=True)
class OriginCount:
    """Between how many independent origins support a claim, and what makes the range wide.

    ``origins`` are the groups behind ``most``; ``unexamined`` the first pairs that nobody looked at
    and that lower ``fewest``; ``contested`` pairs that are said to be joined and to be independent.
    """

    fewest: int
    most: int
    origins: tuple[tuple[Node, ...], ...]
    unexamined: tuple[tuple[Node, Node], ...]
    contested: tuple[tuple[Node, Node], ...]


class Partition:
    """Groups of nodes that only ever grow together (union-find)."""

    def __init__(self) -> None:
        self._above: dict[Node, Node] = {}

    def root(self, node: Node) -> Node:
        """The node that stands for the group of a node."""
        above = self._above.setdefault(node, node)
        while above != self._above[above]:
            self._above[above] = self._above[self._above[above]]
            above = self._above[above]
        self._above[node] = above
        return above

    def join(self, pairs: Iterable[tuple[Node, Node]]) -> Partition:
        """Join the groups of both nodes of each pair."""
        for a, b in pairs:
            self._above[self.root(a)] = self.root(b)
        return self


def counted(graph: OriginGraph) -> OriginCount:
    """The range of independent origins in a graph (module docstring)."""
    strict = Partition().join(graph.sure)
    loose = Partition().join(graph.sure).join(graph.unsure).join(_unexamined_spans(graph))
    for group in graph.supports:
        loose.join((min(group), node) for node in group)
    origins = _origins(graph, strict)
    joined = (pair for pair in graph.independent if len({strict.root(n) for n in pair}) == 1)
    return OriginCount(
        fewest=len({loose.root(min(group)) for group in graph.supports}),
        most=len(origins),
        origins=origins,
        unexamined=tuple(islice(_unexamined(graph, strict), MOST_LISTED)),
        contested=tuple(sorted((min(pair), max(pair)) for pair in joined)),
    )


def _unexamined(graph: OriginGraph, strict: Partition) -> Iterator[tuple[Node, Node]]:
    """The pairs of supporting nodes of different origins that no link says to be independent."""
    nodes = sorted({node for group in graph.supports for node in group})
    roots = {node: strict.root(node) for node in nodes}
    if len(set(roots.values())) == 1:
        return
    for a, b in combinations(nodes, 2):
        if roots[a] != roots[b] and frozenset((a, b)) not in graph.independent:
            yield a, b


def _unexamined_spans(graph: OriginGraph) -> Iterator[tuple[Node, Node]]:
    """As few pairs as join the same supporting nodes as all the unexamined pairs do."""
    left = sorted({node for group in graph.supports for node in group})
    while left:
        todo = [left.pop()]
        while todo:
            node = todo.pop()
            reached = [one for one in left if frozenset((node, one)) not in graph.independent]
            yield from ((node, one) for one in reached)
            todo += reached
            left = [one for one in left if frozenset((node, one)) in graph.independent]


def _origins(graph: OriginGraph, strict: Partition) -> tuple[tuple[Node, ...], ...]:
    """The most origins that can be independent: one for each connected part with a telling of its
    own. An observation of several items adds one only where none of its items has been counted.
    """
    groups = [frozenset(strict.root(node) for node in group) for group in graph.supports]
    single = {min(group) for group in groups if len(group) == 1}
    shared = [group for group in groups if not group & single]
    rest = Partition()
    for group in shared:
        rest.join((min(group), node) for node in group)
    counted_roots = single | {rest.root(min(group)) for group in shared}
    members: dict[Node, set[Node]] = {root: set() for root in counted_roots}
    for group in graph.supports:
        for node in group:
            root = strict.root(node)
            members.setdefault(rest.root(root) if root not in single else root, set()).add(node)
    return tuple(sorted(tuple(sorted(members[root])) for root in counted_roots))


def graph_of(inquiry: Inquiry, claim: str) -> OriginGraph:
    """The graph behind the standing evidence that supports a claim.

    Greyed evidence supports nothing. A search is no telling, whatever it found.
    """
    supports = set()
    for weigh in inquiry.about("weigh", "claim", claim):
        counts = weigh.data["stance"] == "supports" and weigh.id not in inquiry.greyed
        group = telling_nodes(inquiry, weigh.data["on"]) if counts else frozenset()
        if group:
            supports.add(group)
    holders = holders_of(inquiry)
    sure = {(account, item) for item, accounts in holders.items() for account in accounts}
    unsure: set[tuple[Node, Node]] = set()
    independent: set[frozenset[Node]] = set()
    for link in inquiry.of("link"):
        pairs = _linked(inquiry, link)
        certain = link.data["certainty"] in SURE
        if link.data["relation"] != "none":
            (sure if certain else unsure).update(pairs)
        elif certain:
            independent |= {
                frozenset((a, b))
                for child, parent in pairs
                for a in _same_bytes(child, holders)
                for b in _same_bytes(parent, holders)
            }
    return OriginGraph(
        frozenset(supports),
        frozenset(sure),
        frozenset(unsure),
        frozenset(independent),
    )


def _linked(inquiry: Inquiry, link: SaidForm) -> list[tuple[Node, Node]]:
    """The pairs of nodes that a link joins or keeps apart."""
    children = _nodes_of(inquiry, str(link.data["child"]))
    parents = _nodes_of(inquiry, str(link.data["parent"]))
    return [(child, parent) for child in children for parent in parents]


def telling_nodes(inquiry: Inquiry, cited: Mapping[str, object]) -> frozenset[Node]:
    """The nodes through which a citation counts; none where it is no telling."""
    if "item" in cited:
        return frozenset([str(cited["item"])])
    (kind,) = cited.keys() - {"part", "event"}
    return frozenset(_nodes_of(inquiry, str(cited[kind])))


def _nodes_of(inquiry: Inquiry, name: str) -> tuple[Node, ...]:
    """The nodes that something said counts as: its account, its items, or itself."""
    one = inquiry.current(name)
    if one is None:
        return () if name in inquiry.by_id else (name,)
    if one.form == "segment":
        return (str(one.data["account"]),)
    if one.form == "passage":
        return (str(one.data["item"]),)
    if one.form == "observation":
        return tuple(one.data["items"])
    if one.form == "answer":
        return (str(one.data["document"]),)
    if one.form == "timeline":
        return (str(one.data["site"]),)
    return () if one.form == "search" else (one.id,)


def holders_of(inquiry: Inquiry) -> dict[Node, set[Node]]:
    """By item, the accounts that the recording or paper holds: they share its bytes."""
    found: dict[Node, set[Node]] = {}
    for account in inquiry.of("account"):
        for item in account.data.get("items", ()):
            found.setdefault(item, set()).add(account.id)
    for segment in inquiry.of("segment"):
        found.setdefault(str(segment.data["item"]), set()).add(str(segment.data["account"]))
    return found


def _same_bytes(node: Node, holders: Mapping[Node, set[Node]]) -> set[Node]:
    """A node with the accounts that it holds, or the items that hold it."""
    items = {item for item, accounts in holders.items() if node in accounts}
    return {node} | items | holders.get(node, set())


def origins_of(inquiry: Inquiry, claim: str) -> OriginCount:
    """Between how many independent origins support a claim."""
    return counted(graph_of(inquiry, claim))
