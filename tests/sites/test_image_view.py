"""Could it have been seen? Held against the ground of the image itself."""

from __future__ import annotations

import json

import numpy as np
import pytest

from noonmark.actions import site_visibility
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.sites import chips, feature_template, image_view, images, readings, site_folder
from noonmark.sites.image_view import SUPPOSED, ToneRange
from noonmark.sites.outline import SiteFeature
from noonmark.sites.ring_scores import expected_score, ring_scores, weights_of
from noonmark.values import utc
from testkit.kept_schemas import keeps

SIDE = 64
BRIGHT = ToneRange(0.2, 0.3, "stated")


def _rings(left: float, top: float, wide: float, high: float):
    right, bottom = left + wide, top + high
    return (((left, top), (right, top), (right, bottom), (left, bottom)),)


HALL, FENCE, TOWER = _rings(24, 28, 12, 8), _rings(10.2, 40.3, 20, 0.02), _rings(50, 10, 1, 1)


def _image(name: str = "i0", **more) -> images.SiteImage:
    at = utc("2020-01-01T05:00:00Z")
    outlines = {"hall": HALL, "fence": FENCE, "tower": TOWER}
    held = {"outlines": outlines, "pixel_m": 10.0, "bands": ["grey"]}
    facts = {"sun_azimuth_deg": 180.0, "sun_elevation_deg": 45.0, "stack": "s", "chip": held}
    taken = images.Taken(at, at, "metadata")
    return images.SiteImage(name, name * 32, (), "x", "", taken, 10.0, **(facts | more))


def _ground(seed: int = 1) -> np.ndarray:
    return 1000.0 + 50.0 * np.random.default_rng(seed).standard_normal((SIDE, SIDE))


def _view(picture=None, clear=None, **more) -> image_view.ImageView:
    every = np.ones((SIDE, SIDE), dtype=bool) if clear is None else clear
    found = image_view.image_view(_image(**more), _ground() if picture is None else picture, every)
    assert found is not None
    return found


def _answer(view, name="hall", tone=BRIGHT, **sizes):
    kind = {"hall": "roof", "fence": "wall", "tower": "tower"}[name]
    known = {"height_m": 3.0} | sizes
    return image_view.feature_visibility(view, SiteFeature(name, kind, (), **known), tone)


@pytest.mark.parametrize("rings", [HALL, FENCE, _rings(5.25, 5.5, 1.5, 0.25)])
def test_shares_of_pixels_sum_up_to_the_area(rings):
    held = feature_template.coverage(rings, (SIDE, SIDE))
    (x0, y0), (x1, _), (_, y2), _ = rings[0]
    assert held.sum() == pytest.approx((x1 - x0) * (y2 - y0), rel=1e-6)
    assert held.max() <= 1.0 and (held[held > 0] < 0.3).all() == (rings != HALL)


def test_what_lies_outside_fills_nothing():
    assert not feature_template.coverage(_rings(-9, 3, 5, 5), (SIDE, SIDE)).any()


def test_a_shadow_falls_away_from_the_sun_and_beside_the_feature():
    held = feature_template.template_of(HALL, (SIDE, SIDE), shadow_px=(0.0, -3.0))
    rows, cols = np.nonzero(held.shaded)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (25, 27, 24, 35)
    view = _view()
    assert image_view._shadow_px(view, 30.0, (180.0, 45.0)) == pytest.approx((0.0, -3.0))
    assert image_view._shadow_px(view, 30.0, (90.0, 45.0)) == pytest.approx((-3.0, 0.0))


def test_a_score_beyond_the_ground_s_own_is_what_a_planted_feature_reaches():
    template = feature_template.template_of(HALL, (SIDE, SIDE))
    weights = weights_of(template, 1.0)
    usable = np.ones((SIDE, SIDE), dtype=bool)
    scores = ring_scores(_ground(), usable, weights)
    assert scores is not None and scores.places > 1000
    white = 50.0 * np.sqrt((weights**2).sum())
    assert 0.3 * white < scores.spread < 1.3 * white
    assert expected_score(template, weights, (1.0, 0.0)) == pytest.approx(96, rel=0.2)
    strip = np.zeros((SIDE, SIDE), dtype=bool)
    strip[:, :5] = True
    assert ring_scores(_ground(), strip, weights) is None


def test_a_bright_hall_could_be_seen_and_a_fence_could_not():
    view = _view()
    assert _answer(view).answer == "yes"
    fence = _answer(view, "fence", height_m=0.2)
    assert (fence.answer, fence.reasons, fence.rule) == ("no", ("resolution",), "ring")


def test_the_hall_is_no_more_than_doubtful_on_ground_with_patches_of_its_own_size():
    rng = np.random.default_rng(3)
    patches = np.kron(rng.standard_normal((8, 8)), np.ones((8, 8)))
    assert _answer(_view(1000.0 + 250.0 * patches)).answer != "yes"


def test_nothing_is_yes_by_a_tone_that_nobody_knows():
    found = _answer(_view(), tone=SUPPOSED)
    assert (found.answer, found.reasons) == ("doubtful", ("contrast",))
    rough = _view(1000.0 + 4 * (_ground() - 1000.0))
    assert _answer(rough, "fence", tone=SUPPOSED, height_m=0.2).answer == "no"


def test_a_long_shadow_shows_a_hall_of_the_ground_s_own_tone():
    low = _view(sun_elevation_deg=15.0)
    assert _answer(low, tone=SUPPOSED, height_m=12.0).answer == "yes"
    unknown = _view(sun_elevation_deg=None)
    assert _answer(unknown, tone=SUPPOSED, height_m=12.0).answer == "doubtful"


def test_cover_is_never_a_yes_and_in_the_end_a_no():
    for share, expected in ((0.6, "doubtful"), (1.0, "no")):
        clear = np.ones((SIDE, SIDE), dtype=bool)
        clear[:, 24 : 24 + round(12 * share)] = False
        found = _answer(_view(clear=clear))
        assert (found.answer, found.reasons) == (expected, ("cloud",))


def test_a_tall_tower_seen_aslant_is_doubtful_for_its_angle():
    strong = ToneRange(3.0, 4.0, "stated")
    unlit = {"sun_elevation_deg": None}
    assert _answer(_view(**unlit), "tower", strong, height_m=30.0).answer == "yes"
    aslant = _answer(_view(**unlit, off_nadir_deg=60.0), "tower", strong, height_m=30.0)
    assert (aslant.answer, aslant.reasons) == ("doubtful", ("angle",))


@pytest.fixture
def site(tmp_path):
    shapes = [SiteFeature("hall", "roof", _rings(86.0, 41.0, 0.001, 0.001), 3.0)]
    folder = tmp_path / "site"
    site_folder.create(folder, "site", shapes)
    rows = []
    for number in range(3):
        picture = _ground(number)
        if number == 2:
            picture[28:36, 24:36] += 250.0
        chip = chips.Chip(picture[None].astype(np.float32), np.ones((SIDE, SIDE), dtype=bool))
        (folder / "chips" / f"i{number}.npz").write_bytes(chips.packed(chip))
        image = _image(f"i{number}")
        image.chip["outlines"] = {"hall": HALL}
        image.chip["sha256"] = chips.digest(chip)
        rows.append(image)
    screenshot = _image("shot", stack=None, chip={"sha256": "0" * 64, "bands": []})
    images.write(folder, [*rows, screenshot])
    return folder


def _read(folder, image, state, **more):
    at = "2020-02-01T00:00:00Z"
    readings.add(folder, readings.SiteReading(image, "hall", "visible", state, "a", at, **more))


def _answers(found) -> dict[str, str]:
    return {row["image"]: row["answer"] for row in found["rows"]}


def test_the_image_that_shows_it_tells_of_those_that_do_not(site):
    before = site_visibility.site_visibility(site)
    assert set(_answers(before).values()) == {"doubtful"}
    _read(site, "i2", "seen")
    found = site_visibility.site_visibility(site)
    keeps(found, "site-visibility")
    assert _answers(found) == {"i0": "yes", "i1": "yes", "i2": "yes", "shot": "doubtful"}
    tone = found["rows"][0]["tone"]
    assert tone["basis"] == "readings" and tone["least"] < 0.25 < tone["most"]
    assert site_visibility.site_visibility(site, blind=True)["rows"] == before["rows"]


def test_the_command_and_a_not_seen_tell_the_suggestion(site, capsys):
    assert main(["sites", "visibility", str(site), "--tone", "0.2,0.3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["tone"]["basis"] for row in found["rows"][:3]} == {"stated"}
    _read(site, "i2", "seen")
    words = ["sites", "read", str(site), "i0", "hall", "not-seen", "--by", "b"]
    main(words)
    assert "the rules suggest yes" in capsys.readouterr().err
    main([*words, "--blind"])
    assert "the rules suggest doubtful because of contrast" in capsys.readouterr().err
    main([*words, "--could", "yes"])
    assert "suggest" not in capsys.readouterr().err


@pytest.mark.parametrize("tone", ["0.2", "a,b", "0.1,nan", "-2,3"])
def test_a_tone_that_is_none_is_refused(site, tone, capsys):
    assert main(["sites", "visibility", str(site), f"--tone={tone}", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "bad-tone"


def test_changed_pixels_are_not_judged(site):
    other = chips.Chip(np.zeros((1, SIDE, SIDE), np.float32), np.ones((SIDE, SIDE), dtype=bool))
    (site / "chips" / "i0.npz").write_bytes(chips.packed(other))
    with pytest.raises(Exception, match="not those that were taken in"):
        site_visibility.site_visibility(site)
    with pytest.raises(InputError, match="no feature"):
        site_visibility.site_visibility(site, feature="gate")
