"""Could it have been seen? The rules at their edges; how often they are right is a benchmark."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noonmark.sites import visibility
from noonmark.sites.visibility import ViewedFeature, ViewingConditions

HALL = ViewedFeature(40.0, 20.0, 6.0)
SHARP = ViewingConditions(gsd_m=0.5, contrast_sigma=3.0, sun_elevation_deg=40.0, off_nadir_deg=5.0)


def test_a_large_feature_of_good_contrast_could_be_seen():
    found = visibility.could_be_seen(HALL, SHARP)
    assert (found.answer, found.reasons) == ("yes", ())
    assert found.signal == pytest.approx(3.0 * (80 * 40) ** 0.5)


def test_a_fence_in_ten_metre_pixels_could_not():
    fence = ViewedFeature(40.0, 0.2, 3.0)
    found = visibility.could_be_seen(fence, replace(SHARP, gsd_m=10.0))
    assert (found.answer, found.reasons) == ("no", ("resolution",))


def test_a_roof_of_the_ground_s_own_tone_could_not_but_its_shadow_could():
    flat = replace(SHARP, contrast_sigma=0.0)
    assert visibility.could_be_seen(HALL, flat).reasons == ("contrast",)
    assert visibility.could_be_seen(HALL, replace(flat, shadow_sigma=3.0)).answer == "yes"


def test_cover_makes_it_doubtful_and_then_impossible():
    half = visibility.could_be_seen(HALL, replace(SHARP, clear_share=0.5))
    none = visibility.could_be_seen(HALL, replace(SHARP, clear_share=0.0))
    outside = visibility.could_be_seen(HALL, replace(SHARP, inside_share=0.0))
    assert (half.answer, half.reasons) == ("doubtful", ("cloud",))
    assert (none.answer, none.reasons) == ("no", ("cloud",))
    assert (outside.answer, outside.reasons) == ("no", ("edge",))


def test_a_tower_that_leans_over_other_ground_is_doubtful():
    tower = ViewedFeature(5.0, 5.0, 30.0)
    found = visibility.could_be_seen(tower, replace(SHARP, off_nadir_deg=30.0))
    assert (found.answer, found.reasons) == ("doubtful", ("angle",))


def test_shadow_is_height_over_the_tangent_of_the_sun():
    assert visibility.shadow_length_m(HALL, replace(SHARP, sun_elevation_deg=45.0)) == (
        pytest.approx(6.0)
    )
    assert visibility.shadow_length_m(HALL, replace(SHARP, sun_elevation_deg=None)) == 0.0


@pytest.mark.parametrize("gsd_m", [0.3, 1.0, 10.0])
def test_sharper_or_clearer_images_never_leave_less_signal(gsd_m):
    coarse = visibility.could_be_seen(HALL, replace(SHARP, gsd_m=gsd_m))
    finer = visibility.could_be_seen(HALL, replace(SHARP, gsd_m=gsd_m / 2))
    covered = visibility.could_be_seen(HALL, replace(SHARP, gsd_m=gsd_m, clear_share=0.6))
    assert covered.signal < coarse.signal <= finer.signal
