"""Places near points by cells: all that are within reach, each once, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.inference.clues import near_cells as module
from noonmark.inference.clues.near_cells import near_cells
from noonmark.inference.clues.place_mixture import points_km


def found(where: np.ndarray, at: np.ndarray, reach_km: float) -> list[tuple[int, int, float]]:
    """The pairs within reach, in order."""
    cells = near_cells(where, reach_km)
    pairs = []
    for point, place, away in cells.near(at):
        pairs += zip(point.tolist(), place.tolist(), away.round(9).tolist(), strict=True)
    return sorted(pairs)


def wanted(where: np.ndarray, at: np.ndarray, reach_km: float) -> list[tuple[int, int, float]]:
    """The same by every distance."""
    away = np.linalg.norm(at[:, None] - where, axis=2)
    point, place = np.nonzero(away <= reach_km)
    rows = zip(point.tolist(), place.tolist(), away[point, place].round(9).tolist(), strict=True)
    return sorted(rows)


@pytest.mark.parametrize("reach_km", [0.05, 2.0, 300.0, 12756.4])
@pytest.mark.parametrize("south, west", [(42.3, 1.3), (-0.02, 179.98), (89.9, 0.0)])
def test_the_pairs_are_those_within_reach(reach_km, south, west):
    rng = np.random.default_rng(1)
    where = points_km(south + rng.uniform(0, 0.05, 200), west + rng.uniform(0, 0.05, 200))
    at = points_km(south + rng.uniform(0, 0.05, 50), west + rng.uniform(0, 0.05, 50))
    pairs = found(where, at, reach_km)
    assert pairs and pairs == wanted(where, at, reach_km)


def test_many_pairs_come_by_parts(monkeypatch):
    monkeypatch.setattr(module, "_MOST_PAIRS", 100)
    rng = np.random.default_rng(2)
    where, at = rng.uniform(0, 3, (60, 3)), rng.uniform(0, 3, (40, 3))
    assert found(where, at, 1.0) == wanted(where, at, 1.0)
    assert len(list(near_cells(where, 1.0).near(at))) > 5


def test_nothing_near_is_no_pair():
    assert found(np.zeros((1, 3)), np.full((5, 3), 100.0), 1.0) == []
