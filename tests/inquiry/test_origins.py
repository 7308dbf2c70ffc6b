"""Origins: rules 1 to 4, 6 and 7 of the forms, against brute force over every possible world."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.inquiry.origins import OriginGraph, counted, graph_of, origins_of
from noonmark.inquiry.state import read
from tests.inquiry.typed_forms import CONSENT, EVENT, account, claim, said, weigh

NODES = tuple("abcde")
PAIRS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=4)
SINGLE = st.sets(st.sampled_from(NODES), max_size=4).map(
    lambda nodes: frozenset(frozenset([node]) for node in nodes)
)
SEVERAL = st.sets(st.frozensets(st.sampled_from(NODES), min_size=1, max_size=3), max_size=4)


def graph(supports, sure=(), unsure=(), independent=()) -> OriginGraph:
    """A graph from plain lists."""
    return OriginGraph(
        frozenset(supports),
        frozenset(sure),
        frozenset(unsure),
        frozenset(frozenset(pair) for pair in independent if len(set(pair)) == 2),
    )


GRAPHS = st.builds(graph, SEVERAL, PAIRS, PAIRS, PAIRS)


def parts(edges) -> dict[str, frozenset[str]]:
    """The connected part of each node, by repeated widening."""
    part = {node: {node} for node in NODES}
    for _ in NODES:
        for a, b in edges:
            whole = part[a] | part[b]
            for node in whole:
                part[node] = whole
    return {node: frozenset(found) for node, found in part.items()}


def in_one_world(supports, edges) -> int:
    """The largest set of supports of which no two share an origin, by trying every set."""
    part = parts(edges)
    reach = [frozenset(part[node] for node in group) for group in supports]
    for size in range(len(reach), 0, -1):
        for chosen in combinations(reach, size):
            if all(not a & b for a, b in combinations(chosen, 2)):
                return size
    return 0


@settings(max_examples=40)
@given(SINGLE, PAIRS, PAIRS, PAIRS)
def test_the_range_is_that_of_every_world_that_could_be(supports, sure, unsure, independent):
    one = graph(supports, sure, unsure, independent)
    nodes = sorted(node for group in supports for node in group)
    unknown = [pair for pair in combinations(nodes, 2) if frozenset(pair) not in one.independent]
    open_edges = [*one.unsure, *unknown][:9]
    masks = product((False, True), repeat=len(open_edges))
    chosen = [[edge for edge, on in zip(open_edges, mask, strict=True) if on] for mask in masks]
    worlds = [in_one_world(one.supports, [*one.sure, *edges]) for edges in chosen]
    found = counted(one)
    assert found.most == max(worlds)
    if len(open_edges) == len(one.unsure) + len(unknown):
        assert found.fewest == min(worlds)


@settings(max_examples=40)
@given(GRAPHS)
def test_fewest_is_at_most_most_and_most_at_most_the_supports(one):
    found = counted(one)
    assert found.fewest <= found.most <= len(one.supports)
    assert (found.fewest >= 1) == bool(one.supports) == (found.most >= 1)
    assert len(found.origins) == found.most


@settings(max_examples=40)
@given(GRAPHS, st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), st.booleans())
def test_a_link_of_dependence_never_raises_either_number(one, pair, sure):
    before = counted(one)
    more = graph(
        one.supports,
        one.sure | ({pair} if sure else set()),
        one.unsure | (set() if sure else {pair}),
        one.independent,
    )
    after = counted(more)
    assert after.fewest <= before.fewest and after.most <= before.most


@settings(max_examples=40)
@given(GRAPHS, st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)))
def test_unsure_links_lower_fewest_alone_and_examined_pairs_raise_it_alone(one, pair):
    before = counted(one)
    unsure = counted(graph(one.supports, one.sure, one.unsure | {pair}, one.independent))
    assert unsure.most == before.most and unsure.fewest <= before.fewest
    apart = counted(graph(one.supports, one.sure, one.unsure, one.independent | {frozenset(pair)}))
    assert apart.most == before.most and apart.fewest >= before.fewest
    assert tuple(sorted(pair)) not in apart.unexamined or len(set(pair)) == 1


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.sampled_from(NODES)] * 2), max_size=6), st.randoms())
def test_the_order_of_links_never_matters(edges, chance):
    shuffled = edges[:]
    chance.shuffle(shuffled)
    supports = [frozenset([node]) for node in NODES]
    assert counted(graph(supports, edges)) == counted(graph(supports[::-1], shuffled))


def test_a_thousand_reuploads_count_once():
    copies = [f"copy{number}" for number in range(1000)]
    found = counted(
        graph([frozenset([copy]) for copy in copies], [(copy, "film") for copy in copies])
    )
    assert (found.fewest, found.most, len(found.origins[0])) == (1, 1, 1000)


def test_four_accounts_of_which_two_share_an_origin(case):
    said(case, EVENT | {"as": "e"}, claim("@e") | {"as": "k"})
    name = read(case).of("claim")[0].id
    accounts = {}
    for source in ("quiet-heron", "calm-otter", "amber-fox", "brisk-owl"):
        forms = said(
            case,
            CONSENT | {"of": source, "as": "c"},
            account(source, "@c") | {"as": "a"},
            weigh(name, {"account": "@a"}),
        )
        accounts[source] = forms[1].data["id"]
    assert (origins_of(read(case), name).fewest, origins_of(read(case), name).most) == (1, 4)

    def link(child, parent, relation, certainty="certain"):
        return {
            "form": "link",
            "child": accounts[child],
            "parent": accounts[parent],
            "relation": relation,
            "certainty": certainty,
            "basis": "they said so",
            "looked_at": "yes",
        }

    said(case, link("calm-otter", "quiet-heron", "hearsay"))
    apart = [
        pair for pair in combinations(accounts, 2) if set(pair) != {"calm-otter", "quiet-heron"}
    ]
    said(case, *(link(a, b, "none") for a, b in apart))
    found = origins_of(read(case), name)
    assert (found.fewest, found.most, found.unexamined) == (3, 3, ())
    said(case, link("amber-fox", "brisk-owl", "same_org", "unsure"))
    assert (origins_of(read(case), name).fewest, origins_of(read(case), name).most) == (2, 3)
    said(case, link("amber-fox", "brisk-owl", "same_org"))
    assert origins_of(read(case), name).contested == (
        tuple(sorted((accounts["amber-fox"], accounts["brisk-owl"]))),
    )


def test_a_tool_is_no_witness(case, tmp_path):
    from noonmark.actions.case_intake import add_to_case

    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(b"film %d" % number)
    added = add_to_case(case, [str(tmp_path / "0.jpg"), str(tmp_path / "1.jpg")]).added
    films = [one["sha256"] for one in added]
    said(case, EVENT | {"as": "e"}, claim("@e") | {"as": "k"})
    name = read(case).of("claim")[0].id

    def observed(*items, by="tool"):
        seen = {"form": "observation", "items": list(items), "method": "shadow", "version": "1"}
        seen |= {"parameters": {}, "value": "41 deg", "error": "1 deg", "by": by, "as": "o"}
        return said(case, seen, weigh(name, {"observation": "@o"}))

    observed(films[0])
    observed(films[0], by="human")
    assert origins_of(read(case), name).most == 1
    observed(*films)
    assert origins_of(read(case), name).most == 1
    observed(films[1])
    assert (origins_of(read(case), name).fewest, origins_of(read(case), name).most) == (1, 2)
    searched = {"form": "search", "where": "an archive", "query": "x", "index": "unknown"}
    searched |= {"results": 0, "read": 0, "found": "nothing", "as": "s"}
    said(case, searched, weigh(name, {"search": "@s"}))
    assert len(graph_of(read(case), name).supports) == 3
    assert origins_of(read(case), name).most == 2
