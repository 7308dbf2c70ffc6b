"""Series of a feature and of boxes of its shape around it."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.errors import InputError
from noonmark.inference.changes import boxes


def images(n: int = 5, side: int = 24) -> np.ndarray:
    rng = np.random.default_rng(4)
    return rng.random((n, 2, side, side)).astype(np.float32)


def marked(rows: slice, cols: slice, side: int = 24) -> np.ndarray:
    mask = np.zeros((side, side), dtype=bool)
    mask[rows, cols] = True
    return mask


def test_the_feature_is_the_median_of_its_clear_pixels():
    values, feature = images(), marked(slice(10, 13), slice(10, 13))
    clear = np.ones((5, 24, 24), dtype=bool)
    clear[1, 10, 10:12] = False  # 7 of 9 clear: still seen
    clear[2, 10, 10:13] = False  # 6 of 9: not seen
    made = boxes.feature_series(values, clear, feature, feature)
    assert made.seen[0].tolist() == [True, True, False, True, True]
    inside = values[1][:, feature & clear[1]]
    np.testing.assert_allclose(made.values[0, 1], np.median(inside, axis=1), rtol=1e-6)
    assert made.pixels == 9 and made.own_shape


def test_no_box_touches_a_feature_or_its_neighbours():
    values = images()
    values[:, :, 9:14, 9:14] = np.nan  # the feature and one pixel around it
    feature = marked(slice(10, 13), slice(10, 13))
    made = boxes.feature_series(values, np.ones((5, 24, 24), dtype=bool), feature, feature)
    assert made.seen[1:].all() and len(made.seen) > 20


def test_a_feature_too_large_for_its_ring_gets_small_boxes():
    feature = marked(slice(4, 18), slice(4, 18))
    made = boxes.feature_series(images(), np.ones((5, 24, 24), dtype=bool), feature, feature)
    assert not made.own_shape and len(made.values) > 20


@pytest.mark.parametrize(("size", "code"), [(0, "feature-outside"), (1, "feature-too-small")])
def test_a_feature_without_enough_pixels_is_refused(size, code):
    feature = marked(slice(3, 3 + size), slice(3, 3 + size))
    with pytest.raises(InputError) as error:
        boxes.feature_series(images(), np.ones((5, 24, 24), dtype=bool), feature, feature)
    assert error.value.code == code


def test_ten_thousandths_become_reflectance_and_decibels_stay():
    values = np.full((2, 3, 1), 1500.0)
    assert boxes.in_reflectance(values, ("red",))[0, 0, 0] == 0.15
    assert boxes.in_reflectance(values / 1e4, ("red",))[0, 0, 0] == 0.15
    assert boxes.in_reflectance(np.full((2, 3, 1), -13.0), ("vv",))[0, 0, 0] == -13.0
