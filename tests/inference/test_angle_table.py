"""Tables of one angle, and their bounds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noonmark.inference.angle_table import angle_table

RNG = np.random.default_rng(7)
ROUGH = angle_table(-90.0, 0.5, RNG.normal(size=361) * 5.0)
ROUND = angle_table(0.0, 1.0, RNG.normal(size=360) * 5.0, period_deg=360.0)


@given(st.floats(-90.0, 90.0), st.floats(0.0, 60.0), st.floats(-1.0, 1.0))
def test_no_value_in_the_interval_escapes_the_bounds(
    angle: float, reach: float, where: float
) -> None:
    low, high = ROUGH.bounds(np.array([angle]), np.array([reach]))
    value = ROUGH.at(np.array([np.clip(angle + where * reach, -90.0, 90.0)]))
    assert low[0] - 1e-9 <= value[0] <= high[0] + 1e-9


@given(st.floats(-720.0, 720.0), st.floats(0.0, 400.0), st.floats(-1.0, 1.0))
def test_a_periodic_table_knows_no_seam(angle: float, reach: float, where: float) -> None:
    low, high = ROUND.bounds(np.array([angle]), np.array([reach]))
    value = ROUND.at(np.array([angle + where * reach]))
    assert low[0] - 1e-9 <= value[0] <= high[0] + 1e-9


def test_bounds_without_reach_close_on_the_two_nodes_around() -> None:
    low, high = ROUGH.bounds(np.array([10.25]), np.array([0.0]))
    pair = ROUGH.at(np.array([10.0, 10.5]))
    assert (low[0], high[0]) == (pair.min(), pair.max())


def test_a_full_turn_bounds_the_whole_circle() -> None:
    low, high = ROUND.bounds(np.array([12.0]), np.array([180.0]))
    assert low[0] == ROUND.values.min()
    assert high[0] == ROUND.values.max()
