"""One size is told where readings come near to it, two with their chances where they do not."""

import numpy as np
import pytest

from noonmark.inference.likely_sizes import NEAR, likely_sizes


@pytest.mark.parametrize("rarer_first", [True, False])
def test_readings_of_two_sizes_are_told_as_two_with_their_chances(rarer_first) -> None:
    one_side, both_sides = np.full(18, 5.0), np.full(6, 40.0)
    groups = (both_sides, one_side) if rarer_first else (one_side, both_sides)
    likelier, other = likely_sizes(np.concatenate(groups))
    assert likelier.size == pytest.approx(5.0, rel=0.5)
    assert other.size == pytest.approx(40.0, rel=0.5)
    assert (likelier.chance, other.chance) == (pytest.approx(0.75, abs=0.05), 1 - likelier.chance)


@pytest.mark.parametrize(
    "sizes",
    [
        np.full(12, 0.3),
        np.array([0.3]),
        np.linspace(0.25, 0.45, 24),
        np.append(np.full(22, 0.3), np.full(2, 3.0)),
    ],
    ids=["all alike", "a single reading", "a spread of less than twice", "another size, rarely"],
)
def test_one_size_is_told_where_it_is_near_most_readings(sizes) -> None:
    (only,) = likely_sizes(sizes)
    assert only.chance == 1.0
    near = np.abs(np.log(sizes / only.size)) <= np.log(NEAR) + 1e-9
    assert near.mean() > 0.9


def test_sizes_that_spread_evenly_are_told_as_two_that_hold_them_all() -> None:
    sizes = np.geomspace(1.0, 5.0, 24)
    told = likely_sizes(sizes)
    near = np.abs(np.log(sizes[:, None] / [one.size for one in told])) <= np.log(NEAR) + 1e-9
    assert len(told) == 2 and near.any(axis=1).all()
    assert sum(one.chance for one in told) == pytest.approx(1.0)
    assert told[0].chance >= told[1].chance


def test_nothing_left_is_a_size() -> None:
    (only,) = likely_sizes(np.zeros(12))
    assert only.size == pytest.approx(0.0, abs=1e-9)
