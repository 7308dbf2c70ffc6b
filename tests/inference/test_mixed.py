"""What a clue makes of a measurement that may be mismeasured."""

import numpy as np
import pytest

from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import mixed


@pytest.mark.parametrize("outlier", [1e-6, 0.01, 0.9])
def test_sound_and_mismeasured_add_up_as_probabilities(outlier: float) -> None:
    sound = np.array([FLOOR, -30.0, -5.0, 0.0, 40.0])
    floor = np.log(outlier) + np.array([FLOOR, -5.0, -5.0, FLOOR, -5.0])
    wanted = np.logaddexp(np.log1p(-outlier) + sound, floor)
    assert mixed(sound, outlier, floor) == pytest.approx(wanted, rel=1e-14, abs=1e-14)
