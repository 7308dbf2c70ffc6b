"""Images of one pass of a satellite are one vote; where nobody can tell, that is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from noonmark.sites import chips, images
from noonmark.sites.image_judgement import compared
from noonmark.sites.site_folder import Site
from noonmark.values import utc

CHIP = chips.Chip(np.zeros((1, 2, 2), np.float32), np.ones((2, 2), dtype=np.bool_))
DAY = ("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")
AT = ("2020-01-01T05:00:00Z", "2020-01-01T05:00:00Z")
YEAR = ("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")
NEXT_TILE = ("2020-01-01T05:00:14Z", "2020-01-01T05:00:14Z")
LATER = ("2020-01-01T05:03:00Z", "2020-01-01T05:03:00Z")
OPEN = ("2020-01-01T00:00:00Z", None)


OUTLINES = {"hall": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]]}


def _image(name, span, provider="sentinel-2a"):
    start, end = span
    taken = images.Taken(utc(start), None if end is None else utc(end), "stated")
    return images.SiteImage(name, name * 64, (), provider, "", taken, 10.0)


def _compared(first, second):
    return compared(Site(Path(), "x", ()), [first], second, CHIP)


@pytest.fixture(autouse=True)
def _known_pixels(monkeypatch):
    monkeypatch.setattr(chips, "read", lambda path: CHIP)


@pytest.mark.parametrize("provider", ["sentinel-2a", "Sentinel-2A"], ids=["as-is", "capitals"])
def test_the_next_tile_of_a_pass_is_the_same_vote(provider):
    done = _compared(_image("a", AT), _image("b", NEXT_TILE, provider))
    assert (done.same_instant_as, done.warnings) == ("a", ())
    third = compared(Site(Path(), "x", ()), [done], _image("c", NEXT_TILE), CHIP)
    assert third.same_instant_as == "a"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_image("a", AT), _image("b", DAY)),
        (_image("a", AT), _image("b", NEXT_TILE, "sentinel-2")),
        (_image("a", AT, "unknown"), _image("b", NEXT_TILE)),
    ],
    ids=["a-day-that-holds-it", "a-family", "an-unknown-provider"],
)
def test_what_may_be_one_pass_stays_two_votes_and_is_said(first, second):
    done = _compared(first, second)
    assert done.same_instant_as is None
    (said,) = done.warnings
    assert "may be of the same pass as a" in said and "--taken" in said


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_image("a", AT), _image("b", LATER)),
        (_image("a", AT), _image("b", AT, "sentinel-2b")),
        (_image("a", AT), _image("b", OPEN)),
    ],
    ids=["minutes-later", "another-satellite", "an-open-span"],
)
def test_what_is_another_pass_is_not_warned_of(first, second):
    done = _compared(first, second)
    assert done == replace(second)


@pytest.mark.parametrize(("span", "twin"), [(DAY, "a"), (YEAR, None)], ids=["a-day", "a-year"])
def test_images_of_one_stated_day_are_one_vote_and_of_one_year_are_not(span, twin):
    assert _compared(_image("a", span), _image("b", span)).same_instant_as == twin
