"""What a view does not determine is said, and the mark that is advised really helps."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.geometry.camera.advice import advice_of
from noonmark.geometry.camera.answer import solve_view
from noonmark.geometry.camera.lens import focal_mm_35_of, focal_px_of_35mm, lens_prior
from noonmark.geometry.camera.told_points import SUBJECTS
from noonmark.geometry.camera.view import Attitude
from testkit.scenes import exact
from tests.geometry.camera_scenes import HEIGHT, WIDTH, exact_view, scene, view_of

PHONE = Attitude(-5.0, 20.0, 0.0, 4.0)


def some(count):
    clicks = exact(scene(pitch=-12.0, azimuth=75.0))
    return type(clicks)(*(part[:count] for part in vars(clicks).values()))


def advised(count):
    lens = lens_prior(WIDTH, HEIGHT, device="phone", centre_sigma_px=0.0, k1_sigma=0.0)
    view = view_of(some(count), lens=lens, attitude=PHONE)
    answer = solve_view(view, rng=np.random.default_rng(1))
    return answer, advice_of(view, answer, WIDTH, HEIGHT)


def test_one_pole_leaves_lens_heading_and_place_open_and_says_so():
    _, told = advised(1)
    text = " ".join(told["not_determined"])
    assert "focal length" in text and "heading" in text and "place" in text
    points = told["not_determined_points"]
    assert len(points) == len(told["not_determined"])
    assert {"focal_open", "heading_open", "place_open"} <= {one["what"] for one in points}
    assert {one["what"] for one in points} <= set(SUBJECTS)


def test_the_advice_names_a_second_thing_and_the_second_thing_helps():
    before, told = advised(1)
    best = next(item for item in told["advice"] if item["measure"] == "shadow")
    after, _ = advised(2)
    assert best["shrinkage"] < 0.7
    assert (
        after.suns[0].relative.elevation_sigma_deg
        < 0.7 * before.suns[0].relative.elevation_sigma_deg
    )


def test_advice_comes_best_first():
    _, told = advised(1)
    shares = [item["shrinkage"] for item in told["advice"]]
    assert shares == sorted(shares) and all(0 < s < 0.9 for s in shares)


def test_a_view_without_a_sun_is_told_that_it_has_none():
    view = exact_view(scene())
    seen = view.posts.seen.copy()
    seen[:, 2] = False
    from dataclasses import replace

    bare = replace(view, posts=replace(view.posts, seen=seen))
    answer = solve_view(bare, rng=np.random.default_rng(1))
    told = advice_of(bare, answer, WIDTH, HEIGHT)
    assert answer.suns == () and told["advice"] == []
    assert any(text.startswith("the sun") for text in told["not_determined"])


def test_the_35_mm_equivalent_goes_there_and_back():
    focal_px = focal_px_of_35mm(26.0, 4000, 3000)
    assert focal_mm_35_of(focal_px, 2500.0) == pytest.approx(26.0)
