"""The order by digits is that of a stable sort."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noonmark.inference.digit_order import distinct, falling_order, order_of_words


@given(st.lists(st.integers(-40, 40), max_size=60))
def test_falling_order_is_that_of_a_stable_sort(values: list[int]) -> None:
    found = falling_order(np.array(values, dtype=float))
    assert found.tolist() == np.argsort(-np.array(values, dtype=float), kind="stable").tolist()


@given(st.lists(st.integers(0, 2**64 - 1), max_size=60))
def test_words_come_in_rising_order(words: list[int]) -> None:
    given_words = np.array(words, dtype=np.uint64)
    assert order_of_words(given_words).tolist() == np.argsort(given_words, kind="stable").tolist()


def test_an_impossible_value_comes_last_and_equal_ones_stay_in_order() -> None:
    assert falling_order(np.array([-np.inf, -3.0, 2.0, -3.0])).tolist() == [2, 1, 3, 0]
    assert falling_order(np.full((2, 2), 7.0)).tolist() == [0, 1, 2, 3]


def test_neighbours_keep_their_order_beside_an_empty_cell() -> None:
    assert falling_order(np.array([-7000.0, 200.0, 200.0 + 1e-9])).tolist() == [2, 1, 0]


@given(st.lists(st.integers(0, 2**40), max_size=60))
def test_different_words_are_found_with_which_of_them_each_is(words: list[int]) -> None:
    given_words = np.array(words, dtype=np.uint64)
    first, which = distinct(given_words, bits=41)
    found, at, inverse = np.unique(given_words, return_index=True, return_inverse=True)
    assert given_words[first].tolist() == found.tolist()
    assert (first.tolist(), which.tolist()) == (at.tolist(), inverse.tolist())
