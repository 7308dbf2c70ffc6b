"""The answer in wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.report import ReportData, wording
from noonmark.report.time_words import span_words, zone_words
from noonmark.values import Span

AT = datetime(2018, 8, 20, 1, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("area_km2", "said"),
    [
        (30_500, "about the size of Belgium"), (45_000, "about the size of Switzerland"),
        (7e6, "about the size of Australia"),
        (510e6, "the whole Earth"), (255e6, "about 50 % of the Earth"), (0.0, "no area at all"),
        (0.007, "about the size of a football pitch"),
    ],
)  # fmt: skip
def test_an_area_is_compared_to_something_known(area_km2: float, said: str) -> None:
    assert wording.area_words(area_km2) == said


@given(st.floats(1e-6, 5.1e8))
def test_every_area_has_words_and_none_claims_the_wrong_size(area_km2: float) -> None:
    said = wording.area_words(area_km2)
    sizes = {name: size for size, name in wording._SIZES}
    if said.startswith("about the size of "):
        assert 0.79 < area_km2 / sizes[said.removeprefix("about the size of ")] < 1.26
    assert said and wording.area_number(area_km2)


@pytest.mark.parametrize(
    ("area_km2", "said"),
    [
        (468_123, "468,000 km²"),
        (2.5, "2.5 km²"),
        (9.14e6, "9.14 million km²"),
        (0.004, "4,000 m²"),
        (123.4, "123 km²"),
        (1e-6, "1 m²"),
    ],
)
def test_a_number_has_three_figures_at_most(area_km2: float, said: str) -> None:
    assert wording.area_number(area_km2).replace("\u00a0", " ") == said


MIDNIGHT = AT.replace(hour=0, minute=0)


def _span(**length: float) -> Span:
    return Span(AT, AT + timedelta(**length))


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (_span(seconds=1), "20 August 2018, 01:20:00 UTC"),
        (_span(seconds=90), "20 August 2018, 01:20:00–01:21:30 UTC"),
        (_span(hours=2), "20 August 2018, 01:20–03:20 UTC"),
        (_span(hours=18), "20 August 2018, 01:20–19:20 UTC"),
        (_span(hours=30), "20 August 2018, 01:20 – 21 August 2018, 07:20 UTC"),
        (_span(days=2), "20 August 2018, 01:20 – 22 August 2018, 01:20 UTC"),
        (_span(days=6), "20–26 August 2018"),
        (Span(AT, MIDNIGHT + timedelta(days=1)), "20 August 2018, 01:20–00:00 UTC"),
        (
            Span(AT, MIDNIGHT + timedelta(days=2)),
            "20 August 2018, 01:20 – 22 August 2018, 00:00 UTC",
        ),
        (Span(MIDNIGHT, MIDNIGHT + timedelta(days=2)), "20–21 August 2018"),
        (Span(MIDNIGHT, MIDNIGHT + timedelta(days=1)), "20 August 2018"),
        (
            Span(MIDNIGHT - timedelta(seconds=15), MIDNIGHT + timedelta(hours=2)),
            "20 August 2018, 00:00–02:00 UTC",
        ),
        (
            Span(AT, MIDNIGHT + timedelta(days=2) - timedelta(seconds=15)),
            "20 August 2018, 01:20 – 22 August 2018, 00:00 UTC",
        ),
        (_span(days=20), "20 August – 9 September 2018"),
        (_span(days=200), "20 August 2018 – 8 March 2019"),
    ],
)
def test_a_span_says_as_much_as_it_needs(span: Span, said: str) -> None:
    assert span_words(span) == said


def test_a_share_is_never_rounded_to_certainty() -> None:
    assert (
        wording.share_words(0.99999) == "over 99.9\u00a0%"
        and wording.share_words(1e-6) == "under 0.1\u00a0%"
    )
    assert wording.share_words(0.58) == "58\u00a0%"


@pytest.mark.parametrize(
    ("sigma", "said"),
    [(0.9, "fits"), (-1.5, "leans a little"), (2.5, "is strained"), (-7.0, "is at odds")],
)
def test_a_pull_has_a_fixed_scale(sigma: float, said: str) -> None:
    assert wording.pull_words(sigma) == said
    assert wording.pull_words(float("nan")) == "says nothing here"


def test_nautical_zones_are_named_with_the_sign_people_use() -> None:
    assert zone_words("Etc/GMT+5") == "UTC−5 at sea" and zone_words("Etc/GMT-5") == "UTC+5 at sea"
    assert zone_words("Etc/GMT") == "UTC at sea" and zone_words("America/New_York") == "New York"


def test_a_title_is_a_region_and_never_a_pin(any_findings: ReportData) -> None:
    title = wording.title(any_findings)
    assert title.startswith(("An area ", "Anywhere in ", "Two places ", "Nothing "))
    assert wording.subtitle(any_findings)


def test_the_title_of_a_sharp_answer_names_the_town_and_the_time(
    make: Callable[..., ReportData],
) -> None:
    title = wording.title(make("sharp"))  # an area about the size of Slovenia: no town tells it
    assert "Korla" not in title and "around 42°" in title and "20 August 2018" in title
    assert wording.title(make("city")).startswith(
        "An area somewhat smaller than a city district, in or near Oslo, Norway;"
    )


@pytest.mark.parametrize(
    ("area_km2", "told"),
    [(9_999.0, "near"), (10_001.0, "near"), (99_999.0, "near"), (100_001.0, "degrees"),
     (3e6 + 1, "none")],
)  # fmt: skip
def test_a_large_piece_has_no_town(make: Callable[..., ReportData], area_km2: float, told: str):
    placed = make("city").modes[0]
    placed = replace(placed, mode=replace(placed.mode, area_km2=area_km2))
    said = wording.place_words(placed)
    assert ("Oslo" in said) == (told == "near")
    assert ("°" in said) == (told == "degrees") and ("no place" in said) == (told == "none")
    assert ("Oslo" in wording._beside(placed)) == (area_km2 <= 10_000.0)
    assert "Oslo" not in wording._beside(placed, 10_001.0)
