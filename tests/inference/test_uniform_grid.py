"""Even cells for a known instant give the answer of the whole search."""

import numpy as np
import pytest

from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.shadow_length import ShadowLength, compile_clue
from noonmark.inference.search.branch_and_bound import Leaves, refine
from noonmark.inference.search.domain import LON, Domain
from noonmark.inference.search.effort import Effort
from noonmark.inference.search.volumes import volume
from noonmark.values import unix_s, utc

NOON = unix_s(utc("2024-05-10T12:00:00Z"))
WORLD = Domain(-90.0, -180.0, 90.0, 180.0, NOON, 0.0)
CLUE = compile_clue(ShadowLength(10.0, 5.0, 0.2, 0.1), 0, Moment(at_s=NOON))
EVEN = Effort(finest_deg=0.5, variation_nat=0.25)


def inside(leaves: Leaves, level: float) -> np.ndarray:
    order = np.argsort(-leaves.log_likelihood)
    return order[: int(np.searchsorted(np.cumsum(leaves.mass()[order]), level)) + 1]


def test_even_cells_fill_the_earth_and_are_fine_where_it_matters() -> None:
    leaves = refine(WORLD, [CLUE], EVEN)
    assert np.exp(leaves.log_volume).sum() == pytest.approx(510_065_622.0, rel=1e-6)
    assert volume(WORLD, leaves.boxes) == pytest.approx(np.exp(leaves.log_volume))
    assert 2.0 * leaves.boxes.half[LON][inside(leaves, 0.9)].max() <= 0.5


def test_even_cells_and_the_whole_search_tell_the_same_area_and_evidence() -> None:
    even, whole = (
        refine(WORLD, [CLUE], EVEN),
        refine(WORLD, [CLUE], Effort(variation_nat=0.3, stake=1e-5)),
    )
    assert even.log_evidence == pytest.approx(whole.log_evidence, abs=0.005)
    areas = [np.exp(leaves.log_volume[inside(leaves, 0.9)]).sum() for leaves in (even, whole)]
    assert areas[0] == pytest.approx(areas[1], rel=0.01)
