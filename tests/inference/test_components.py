"""Connected pieces of boxes."""

import numpy as np
import pytest

from noonmark.inference import components
from noonmark.inference.components import connected_components
from noonmark.inference.search.domain import Boxes, Domain

YEAR = Domain(-90.0, -180.0, 90.0, 180.0, 1.7e9, 365 * 86400.0)
HOUR = Domain(-90.0, -180.0, 90.0, 180.0, 1.7e9, 3600.0)


def boxes(*rows):
    """Rows of (z, lon, tod, day) centres, each box 0.1 x 10 deg x 600 s x 1 day."""
    centre = np.array(rows, dtype=float).T
    half = np.repeat(np.array([[0.05], [5.0], [300.0], [0.5]]), centre.shape[1], axis=1)
    return Boxes(centre, half)


def pieces(domain, *rows):
    lot = boxes(*rows)
    return connected_components(domain, lot, np.ones(lot.size) / lot.size).tolist()


def test_boxes_that_touch_are_one_piece_and_others_are_not() -> None:
    found = pieces(
        YEAR, (0.0, 5.0, 900.0, 10.5), (0.0, 15.0, 900.0, 10.5), (0.0, 45.0, 900.0, 10.5)
    )
    assert found[0] == found[1] != found[2]


def test_the_antimeridian_is_no_seam() -> None:
    # At one solar time the sun stands west of 180 deg a day later by the calendar than just east of
    # it.
    found = pieces(
        YEAR, (0.0, -175.0, 900.0, 10.5), (0.0, 175.0, 900.0, 11.5), (0.0, -175.0, 900.0, 12.5)
    )
    assert found[0] == found[1] != found[2]


def test_the_same_hour_on_the_next_day_is_the_same_piece() -> None:
    found = pieces(YEAR, (0.0, 5.0, 900.0, 10.5), (0.0, 5.0, 900.0, 11.5), (0.0, 5.0, 900.0, 40.5))
    assert found[0] == found[1] != found[2]


def test_the_end_of_a_day_touches_the_start_of_the_next() -> None:
    found = pieces(YEAR, (0.0, 5.0, 86100.0, 10.5), (0.0, 5.0, 300.0, 11.5), (0.0, 5.0, 300.0, 9.5))
    assert found[0] == found[1] != found[2]


def test_a_short_window_has_no_next_day() -> None:
    centre = np.array([[0.0, 0.0], [5.0, 5.0], [300.0, 3300.0], [0.5, 0.5]])
    half = np.array([[0.05, 0.05], [5.0, 5.0], [300.0, 300.0], [0.5, 0.5]])
    found = connected_components(HOUR, Boxes(centre, half), np.ones(2) / 2)
    assert found[0] != found[1]


def test_a_large_box_joins_the_small_ones_along_its_side() -> None:
    centre = np.array([[0.0, 0.3, 0.3], [0.0, -15.0, 15.0], [900.0] * 3, [10.5] * 3])
    half = np.array([[0.2, 0.1, 0.1], [20.0, 5.0, 5.0], [300.0] * 3, [0.5] * 3])
    found = connected_components(YEAR, Boxes(centre, half), np.array([0.4, 0.3, 0.3]))
    assert len(set(found.tolist())) == 1


@pytest.mark.parametrize("most_in_table", [components.MOST_IN_TABLE, 0])
def test_components_are_those_of_boxes_that_touch_one_by_one(monkeypatch, most_in_table) -> None:
    monkeypatch.setattr(components, "MOST_IN_TABLE", most_in_table)
    rng = np.random.default_rng(5)
    cells = np.unique(rng.integers(0, [6, 36, 6, 3], (900, 4)), axis=0).T
    size = np.array([[0.1], [10.0], [600.0], [1.0]])
    start = np.array([[-0.6], [-180.0], [0.0], [10.0]])
    lot = Boxes(start + (cells + 0.5) * size, np.repeat(size / 2.0, cells.shape[1], axis=1))
    # Pairs that differ by one cell along one axis; across 180 deg the same hour is a day apart.
    ahead = cells[:, :, None] - cells[:, None, :]
    touch = np.abs(ahead).sum(axis=0) == 1
    seam = (ahead[1] == 35) & (ahead[3] == 1) & (ahead[0] == 0) & (ahead[2] == 0)
    touch |= seam | seam.T
    label = np.arange(cells.shape[1])
    for _ in range(label.size):
        label = np.minimum(label, np.where(touch, label[None, :], label.size).min(axis=1))
    found = connected_components(YEAR, lot, np.ones(lot.size) / lot.size)
    pairs = np.unique(np.stack([label, found]), axis=1)
    assert pairs.shape[1] == np.unique(label).size == np.unique(found).size > 20


def test_no_boxes_make_no_pieces() -> None:
    assert (
        connected_components(YEAR, Boxes(np.zeros((4, 0)), np.zeros((4, 0))), np.zeros(0)).size == 0
    )
