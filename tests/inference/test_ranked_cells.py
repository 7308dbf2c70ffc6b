"""Sets of ranked cells are those that a plain order of all cells gives."""

import numpy as np
import pytest

from noonmark.inference.ranked_cells import RankedCells


def plain_set(cells: RankedCells, level: float) -> tuple[float, np.ndarray]:
    """The measure of the set of a level, and the share of each cell in it, by sorting them all."""
    order = np.argsort(-cells.rank, kind="stable")
    before = np.append(0.0, np.cumsum(cells.mass[order]))
    wanted = level * before[-1]
    shares = np.zeros(order.size)
    shares[order] = np.clip((wanted - before[:-1]) / np.diff(before), 0.0, 1.0)
    return float(shares @ cells.measure), shares


@pytest.mark.parametrize("spread", [1e-3, 1.0, 2e3, 0.0])
def test_sets_are_those_of_a_plain_order(spread: float) -> None:
    rng = np.random.default_rng(7)
    mass = rng.random(300) + 1e-9
    rank = spread * rng.normal(0.0, 1.0, 300) + rng.integers(0, 3, 300)
    cells = RankedCells(mass / mass.sum(), rng.random(300), rank)
    for level in (0.01, 0.5, 0.9, 0.99):
        measure, shares = plain_set(cells, level)
        assert cells.measure_of(level) == pytest.approx(measure, rel=1e-9)
        assert cells.shares_of(level) == pytest.approx(shares, abs=1e-9)


def test_one_cell_far_below_the_others_does_not_blur_them() -> None:
    """All others are on one step of rank, and are ranked within it."""
    rank = np.append(np.linspace(0.0, 1e-3, 50), -1e9)
    cells = RankedCells(np.full(51, 1.0 / 51.0), np.arange(51.0), rank)
    assert cells.measure_of(0.5) == pytest.approx(plain_set(cells, 0.5)[0])
    assert cells.shares_of(0.5)[:50].tolist() == sorted(cells.shares_of(0.5)[:50])
