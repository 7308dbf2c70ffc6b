"""The least item of each run."""

from __future__ import annotations

import numpy as np

from noonmark.world.landmarks.ragged import least_of_each


def test_the_least_of_each_run_is_that_of_a_sort_by_all_values():
    rng = np.random.default_rng(5)
    group = np.sort(rng.integers(0, 300, 2000))
    one, two = rng.integers(0, 4, (2, 2000))
    order = np.lexsort((two, one, group))
    wanted = order[np.unique(group[order], return_index=True)[1]]
    assert np.array_equal(least_of_each(group, one, two), wanted)


def test_equals_leave_the_first_and_nothing_has_none():
    same = np.zeros(3)
    assert least_of_each(np.array([4, 4, 7]), same, same).tolist() == [0, 2]
    assert least_of_each(np.empty(0, np.int64), np.empty(0)).tolist() == []
