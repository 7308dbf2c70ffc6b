"""Credible regions hold the truth as often as they say: dozens of scenes here, thousands in
benchmarks/answer_coverage.py.
"""

import numpy as np
import pytest

from noonmark.inference.posterior import posterior
from testkit.clue_scenes import Scene, Wrong, compiled, draw

pytestmark = pytest.mark.slow  # dozens of searches; benchmarks/answer_coverage.py does thousands

QUICK = (
    ("shadow", "world, instant known"),
    ("shadow + bearing", "world, instant known"),
    ("direction", "world, instant known"),
    ("two shadows, 2 h", "world, instant known"),
    ("direction", "a place, ten years"),
)


def levels(scenes: list[Scene]) -> np.ndarray:
    """Joint credible level of the truth in each scene."""
    found = []
    for scene in scenes:
        domain, clues, _ = compiled(scene.document)
        found.append(
            posterior(domain, clues).truth(scene.lat_deg, scene.lon_deg, scene.unix_s).level
        )
    return np.array(found)


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    rng = np.random.default_rng(11)
    return levels([draw(rng, *QUICK[k % len(QUICK)]) for k in range(60)])


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_regions_hold_the_truth_as_often_as_they_say(drawn, level: float) -> None:
    n = drawn.size
    # Three standard deviations of a coin thrown so often, and half a throw.
    slack = 3.0 * np.sqrt(n * level * (1.0 - level)) + 0.5
    assert abs((drawn <= level).sum() - n * level) <= slack


def test_the_truths_levels_are_spread_over_all_of_nought_to_one(drawn) -> None:
    assert drawn.min() < 0.15
    assert drawn.max() > 0.85
    assert abs(drawn.mean() - 0.5) < 3.0 * np.sqrt(1.0 / 12.0 / drawn.size)


def test_a_clock_half_an_hour_fast_is_noticed_by_the_regions() -> None:
    rng = np.random.default_rng(12)
    wrong = [
        draw(rng, "shadow + bearing", "world, instant known", wrong=Wrong(clock_s=1800.0))
        for _ in range(20)
    ]
    assert (levels(wrong) <= 0.9).mean() < 0.7
