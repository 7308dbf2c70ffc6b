"""Sets of instants: nothing is joined across a gap."""

import numpy as np

from noonmark.inference.instants import common, held_s, holds, length_s, no_instants, united, within

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
