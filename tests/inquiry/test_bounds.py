"""Bounds: rule 11, against brute force over all sets and over all corners."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.actions import inquiry_findings
from noonmark.errors import InputError
from noonmark.inquiry.bounds import ConflictSearch, EvidenceBound, bounds_of, intersected
from noonmark.inquiry.region import met, outlines, region_of
from noonmark.inquiry.state import read
from tests.inquiry.typed_forms import CONSENT, EVENT, account, claim, keeps, said, weigh

START = datetime(2018, 1, 1, tzinfo=UTC)
DAYS = st.none() | st.integers(0, 9)


def polygon(*corners: tuple[float, float]) -> dict[str, object]:
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": [[list(c) for c in (*corners, corners[0])]]}


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    """An upright rectangle."""
    return polygon((west, south), (east, south), (east, north), (west, north))


def day(number: int | None) -> datetime | None:
    """A day of 2018."""
    return None if number is None else START + timedelta(days=number)


def smallest(names, consistent) -> list[tuple[str, ...]]:
    """Every smallest inconsistent set, by trying all sets in the order of their size."""
    found: list[tuple[str, ...]] = []
    for size in range(1, len(names) + 1):
        for chosen in combinations(sorted(names), size):
            if not any(set(one) <= set(chosen) for one in found) and not consistent(chosen):
                found.append(chosen)
    return found


@settings(max_examples=50)
@given(st.lists(st.tuples(DAYS, DAYS), max_size=6))
def test_spans_are_intersected_and_every_smallest_conflict_is_named(spans):
    spans = [(lo, hi) for lo, hi in spans if lo is None or hi is None or lo <= hi]
    bounds = [EvidenceBound(f"w{n}", day(lo), day(hi)) for n, (lo, hi) in enumerate(spans)]
    by_name = dict(zip((one.id for one in bounds), spans, strict=True))

    def meets(names):
        return any(
            all(
                (by_name[n][0] is None or by_name[n][0] <= moment)
                and (by_name[n][1] is None or moment <= by_name[n][1])
                for n in names
            )
            for moment in range(10)
        )

    found = intersected(bounds)
    assert list(found.time_conflicts) == smallest(by_name, meets)
    if not found.time_conflicts:
        assert found.earliest == day(max((lo for lo, _ in spans if lo is not None), default=None))
        assert found.latest == day(min((hi for _, hi in spans if hi is not None), default=None))


@settings(max_examples=50)
@given(st.lists(st.frozensets(st.integers(0, 5), min_size=1), min_size=1, max_size=7))
def test_every_smallest_conflict_of_any_sets_is_found(sets):
    by_name = {f"w{n}": one for n, one in enumerate(sets)}

    def meets(names):
        return bool(frozenset.intersection(*(by_name[name] for name in names)))

    search = ConflictSearch(meets)
    found = search.all_of(tuple(by_name))
    assert search.complete
    assert sorted(found) == sorted(smallest(by_name, meets))


def test_twenty_sets_apart_from_one_another_are_190_conflicts():
    search = ConflictSearch(lambda names: len(names) < 2)
    assert len(search.all_of(tuple(f"w{n:02d}" for n in range(20)))) == 190
    assert search.complete


CORNER = st.tuples(st.integers(-6, 6), st.integers(-6, 6))


def _turn(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


TRIANGLE = st.tuples(CORNER, CORNER, CORNER).filter(lambda t: _turn(*t) != 0)


def _inside(point, triangle):
    sides = [_turn(triangle[n], triangle[(n + 1) % 3], point) for n in range(3)]
    return all(side >= 0 for side in sides) or all(side <= 0 for side in sides)


def _crossing(a, b, c, d):
    across = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if across == 0:
        return []
    share = Fraction((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0]), across)
    return [(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))]


def triangles_meet(triangles) -> bool:
    """Whether triangles share a point: if they do, a corner or a crossing of two sides is one."""
    points = [corner for one in triangles for corner in one]
    sides = [(one[n], one[(n + 1) % 3]) for one in triangles for n in range(3)]
    for (a, b), (c, d) in combinations(sides, 2):
        points += _crossing(a, b, c, d)
    return any(all(_inside(point, one) for one in triangles) for point in points)


@settings(max_examples=30)
@given(st.lists(TRIANGLE, min_size=2, max_size=4))
def test_outlines_meet_exactly_where_they_share_a_point(triangles):
    by_name = {f"w{n}": one for n, one in enumerate(triangles)}
    bounds = [
        EvidenceBound(name, region=region_of(json.dumps(polygon(*one))))
        for name, one in by_name.items()
    ]
    found = intersected(bounds)
    expected = smallest(by_name, lambda names: triangles_meet([by_name[n] for n in names]))
    assert sorted(found.place_conflicts) == sorted(expected)
    assert bool(found.region) == (not expected)


def test_an_outline_that_is_not_convex_keeps_its_shape():
    arrow = region_of(json.dumps(polygon((0, 0), (4, 0), (4, 4), (2, 1), (0, 4))))
    notch = region_of(json.dumps(box(1.9, 2.5, 2.1, 3.5)))
    assert met(arrow, notch) == ()
    assert met(arrow, region_of(json.dumps(box(0, 0, 1, 1)))) != ()
    assert len(outlines(arrow)["coordinates"]) == 3


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Point", "coordinates": [1, 2]},
        polygon((0, 0), (2, 2), (2, 0), (0, 2)),
        polygon((0, 0), (1, 1), (2, 2)),
        polygon((0, 0), (200, 0), (200, 5)),
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [box(0, 0, 9, 9)["coordinates"][0]] * 2},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[["x", 0], [1, 0], [1, 1], ["x", 0]]]},
        [],
    ],
)
def test_what_is_no_simple_region_is_refused(shape):
    with pytest.raises(InputError) as refused:
        region_of(json.dumps(shape))
    assert refused.value.code == "form-place"


def test_evidence_and_a_timeline_bound_a_claim(case, tmp_path):
    from noonmark.actions.case_intake import add_to_case

    (tmp_path / "site.json").write_bytes(b"{}")
    site = add_to_case(case, [str(tmp_path / "site.json")]).added[0]["sha256"]
    change = {"what": "wall", "last_clear": "2018-05-01T00:00:00Z"}
    change |= {"first_clear": "2018-08-01T00:00:00Z"}
    said(
        case,
        CONSENT | {"as": "c"},
        EVENT | {"as": "e"},
        claim("@e") | {"as": "k"},
        account("quiet-heron", "@c") | {"as": "a"},
        {"form": "timeline", "site": site, "events": [change], "as": "t"},
        weigh("@k", {"timeline": "@t", "event": 0}),
        weigh("@k", {"account": "@a"}, latest="2018-07-01T00:00:00Z", place=box(86, 41, 87, 42)),
    )
    name = read(case).of("claim")[0].id
    found = bounds_of(read(case), name)
    assert (found.earliest.month, found.latest.month, len(found.used)) == (5, 7, 2)
    assert found.region and not found.time_conflicts and found.complete
    told = keeps(inquiry_findings.claim_bounds(case, name), "inquiry", "bounds")
    assert told["region"]["coordinates"] and told["earliest"].startswith("2018-05")
    item = {"item": site}
    said(case, weigh(name, item, latest="2018-03-01T00:00:00Z", place=box(10, 41, 11, 42)))
    found = bounds_of(read(case), name)
    assert len(found.time_conflicts) == 1 and len(found.place_conflicts) == 1
    assert found.region == ()
    told = keeps(inquiry_findings.claim_bounds(case, name), "inquiry", "bounds")
    assert told["region_empty"] and told["region"] is None
    said(case, weigh(name, item, "contradicts", latest="2010-03-01T00:00:00Z"))
    assert bounds_of(read(case), name).latest == found.latest
