"""Sets of instants: nothing is joined across a gap that says anything."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noonmark.inference.instants import (
    common,
    held_s,
    holds,
    length_s,
    no_instants,
    united,
    within,
    without_slits,
)

SET = np.array([[0.0, 10.0], [20.0, 30.0]])


def test_intervals_are_united_only_where_they_touch() -> None:
    found = united(np.array([[20.0, 30.0], [0.0, 10.0], [5.0, 10.5], [12.0, 12.0]]))
    assert found.tolist() == [[0.0, 10.5], [12.0, 12.0], [20.0, 30.0]]
    assert united(np.array([[0.0, 10.0], [10.5, 20.0]])).tolist() == [[0.0, 20.0]]
    assert united(np.array([[5.0, 4.0]])).size == 0


def test_the_intersection_keeps_the_gaps_of_both() -> None:
    assert common(SET, np.array([[5.0, 25.0]])).tolist() == [[5.0, 10.0], [20.0, 25.0]]
    assert common(SET, np.array([[12.0, 18.0]])).size == 0
    assert common(SET, no_instants()).size == 0


def test_a_set_holds_its_ends_and_not_its_gap() -> None:
    assert holds(SET, np.array([0.0, 10.0, 15.0, 30.0, 30.1])).tolist() == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert length_s(SET) == 20.0
    assert within(SET, 5.0, 15.0).tolist() == [[5.0, 10.0]]


def test_a_set_holds_so_much_of_each_span() -> None:
    spans = np.array([[-5.0, 5.0], [10.0, 20.0], [8.0, 24.0], [40.0, 50.0]])
    assert held_s(SET, spans).tolist() == [5.0, 0.0, 6.0, 0.0]


def test_a_slit_beside_a_long_span_is_closed_and_a_gap_between_short_ones_is_not() -> None:
    # As 08:30:07 to 09:18:45 and 09:18:52 to 09:19:13 were once told.
    told = without_slits(np.array([[0.0, 2918.0], [2925.0, 2946.0], [17000.0, 20000.0]]))
    assert told.tolist() == [[0.0, 2946.0], [17000.0, 20000.0]]
    for kept in (SET, np.array([[0.0, 9000.0], [9061.0, 20000.0]]), no_instants()):
        assert without_slits(kept).tolist() == kept.tolist()


_EDGES = st.lists(st.integers(0, 20_000), min_size=2, max_size=16, unique=True)


def _made(edges: list[int]) -> np.ndarray:
    return np.sort(np.array(edges[: len(edges) // 2 * 2], dtype=float)).reshape(-1, 2)


@given(_EDGES, _EDGES)
def test_what_is_closed_in_a_set_is_closed_in_each_that_holds_it(some, more) -> None:
    part = _made(some)
    whole = united(np.concatenate([part, _made(more)]))
    part, whole = without_slits(united(part)), without_slits(whole)
    assert length_s(common(part, whole)) == length_s(part)
