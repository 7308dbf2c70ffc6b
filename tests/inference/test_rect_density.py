"""Rectangles added up on uneven cells."""

import numpy as np
import pytest

from noonmark.inference.credible_rank import hpd_levels
from noonmark.inference.rect_density import density_of_rectangles

RNG = np.random.default_rng(3)


def flat(rows, columns):
    return np.diff(rows)[:, None] * np.diff(columns)[None, :]


def random_rectangles(n=60):
    low = RNG.uniform(0.0, 8.0, (2, n))
    high = low + RNG.uniform(0.1, 2.0, (2, n))
    mass = RNG.dirichlet(np.ones(n))
    return low, high, mass


def test_the_mass_is_all_there() -> None:
    low, high, mass = random_rectangles()
    assert density_of_rectangles(
        low, high, mass, flat, most=(500, 500)
    ).mass.sum() == pytest.approx(1.0)


def test_each_cell_holds_what_the_rectangles_over_it_bring() -> None:
    low, high, mass = random_rectangles()
    made = density_of_rectangles(low, high, mass, flat, most=(500, 500))
    row, column = (made.rows[40] + made.rows[41]) / 2, (made.columns[50] + made.columns[51]) / 2
    over = (low[0] < row) & (high[0] > row) & (low[1] < column) & (high[1] > column)
    expected = (mass / np.prod(high - low, axis=0))[over].sum()
    assert made.mass[40, 50] / made.measure[40, 50] == pytest.approx(expected, rel=1e-6)


def test_thinned_edges_keep_the_mass_of_any_window_within_a_cell() -> None:
    low, high, mass = random_rectangles(400)
    fine = density_of_rectangles(low, high, mass, flat, most=(5000, 5000))
    thin = density_of_rectangles(low, high, mass, flat, most=(60, 60))
    window = (np.array([2.0, 6.0]), np.array([3.0, 7.0]))
    assert thin.resampled(*window).sum() == pytest.approx(fine.resampled(*window).sum(), abs=0.02)


def test_a_cell_far_wider_than_its_rectangles_holds_just_what_lies_over_it() -> None:
    low, high, mass = random_rectangles(400)
    thin = density_of_rectangles(low, high, mass, flat, most=(12, 12))

    def overlap(axis, edges):
        ends = np.minimum(high[axis][:, None], edges[1:]) - np.maximum(
            low[axis][:, None], edges[:-1]
        )
        return np.maximum(ends, 0.0) / (high - low)[axis][:, None]

    expected = np.einsum("n,ni,nj->ij", mass, overlap(0, thin.rows), overlap(1, thin.columns))
    assert thin.mass == pytest.approx(expected, abs=1e-6)


def test_what_does_not_count_takes_no_mass() -> None:
    def half(rows, columns):
        middles = (columns[1:] + columns[:-1]) / 2
        return flat(rows, columns) * (middles < 5.0)

    nowhere = density_of_rectangles(
        np.array([[0.0], [4.0]]), np.array([[1.0], [6.0]]), np.ones(1), half, most=(50, 50)
    )
    extra = density_of_rectangles(
        np.array([[0.0, 0.0], [4.0, 5.0]]),
        np.array([[1.0, 1.0], [6.0, 6.0]]),
        np.array([0.999999, 1e-6]),
        half,
        most=(50, 50),
    )
    assert nowhere.mass.sum() == pytest.approx(1.0)
    middles = (extra.columns[1:] + extra.columns[:-1]) / 2
    assert extra.mass[:, middles > 5.0].sum() < 1e-5


def test_levels_rise_as_density_falls() -> None:
    density = np.array([[4.0, 1.0], [2.0, 3.0]])
    levels = hpd_levels(density, density / density.sum())
    assert np.allclose(levels, [[0.4, 1.0], [0.9, 0.7]])


def test_the_smallest_set_of_a_flat_density_is_its_share() -> None:
    made = density_of_rectangles(
        np.zeros((2, 1)), np.array([[10.0], [3.0]]), np.ones(1), flat, most=(9, 9)
    )
    assert made.measure_of(0.9) == pytest.approx(27.0)


@pytest.mark.parametrize("sharpness", [1e3, 1e6, 1e8, 1e11])
def test_a_sharp_rectangle_does_not_drown_a_wide_one(sharpness: float) -> None:
    half = 0.5 / sharpness
    low = np.array([[0.0, 5.0 - half], [0.0, 5.0 - half]])
    high = np.array([[10.0, 5.0 + half], [10.0, 5.0 + half]])
    made = density_of_rectangles(low, high, np.array([0.6, 0.4]), flat, most=(500, 500))
    assert made.measure_of(0.9) == pytest.approx(100.0 * 0.5 / 0.6, rel=1e-3)
    assert made.measure_of(0.39) < 1e-5
