"""The words of an answer in the terminal: a line for each of several times, one unit a range."""

from __future__ import annotations

import pytest

from noonmark.cli.answer_text import locate_lines
from noonmark.values import duration_range_words, often_words

ADVICE = {
    "measure": "sun_elevation",
    "sigma_deg": 1.0,
    "unit": "s",
    "now": 26_640.0,
    "expected": 7560.0,
    "range": [7080.0, 7560.0],
    "information_bits": 0.54,
    "unchanged": False,
}
SPANS = ["within 28–31 August 1939, 14:49–14:53 New York (18:49–18:53 UTC)"] * 3


def answer(**changes):
    """An answer of one region and one mode, with the place given."""
    mode = {
        "mass": 0.9,
        "lat_deg": 40.75,
        "lon_deg": -73.84,
        "utc": "1939-08-30T18:50:00.000Z",
        "area_km2": 3.14,
        "nearest_place": "Corona, United States",
        "best_when": "30 August 1939, 18:50 UTC (14:50 New York)",
        "when": "; ".join(SPANS),
    }
    whole = {
        "place_given": True,
        "time_given": False,
        "credible": {"0.9": {"when": "; ".join(SPANS), "area_km2": None}},
        "sound_level": 1.0,
        "modes": [mode],
        "elsewhere": {"mass": 0.0},
        "clues": [],
        "conflicts": [],
        "advice": [ADVICE],
    }
    return whole | changes


def test_times_that_are_long_together_stand_on_a_line_each():
    lines = locate_lines(answer())
    first = lines.index(f"  90 %   {SPANS[0]};")
    assert lines[first + 1 : first + 3] == [f"         {SPANS[1]};", f"         {SPANS[2]}"]


def test_short_times_stay_on_one_line():
    short = answer(credible={"0.9": {"when": "1 May, 08:00–09:00; 2 May, 08:00", "area_km2": None}})
    assert "  90 %   1 May, 08:00–09:00; 2 May, 08:00" in locate_lines(short)


def test_a_mode_of_a_place_that_was_given_names_no_other_place():
    told = "\n".join(locate_lines(answer()))
    assert "    90 %  30 August 1939, 18:50 UTC (14:50 New York)" in told
    assert "Corona" not in told and "40.75" not in told
    assert "Corona" in "\n".join(locate_lines(answer(place_given=False) | areas()))


def areas():
    """What an answer without a given place has besides."""
    mode = answer()["modes"][0] | {"area_km2": 300.0}
    credible = {"0.9": {"when": "1 May", "area_km2": 300.0}}
    return {"credible": credible, "modes": [mode], "advice": []}


@pytest.mark.parametrize(
    ("low_s", "high_s", "words"),
    [
        (7080.0, 7560.0, "2 to 2.1 hours"),
        (360.0, 402.0, "6 to 6.7 minutes"),
        (2580.0, 2580.0, "43 minutes"),
        (30.0, 86400.0 * 3, "30 seconds to 3 days"),
    ],
)
def test_a_range_has_one_unit(low_s, high_s, words):
    assert duration_range_words(low_s, high_s) == words


def test_advice_has_the_unit_of_its_range_and_says_the_size_now():
    item = ADVICE | {"expected": 5283.5, "range": [4269.8, 8192.4]}
    head, line = locate_lines(answer(advice=[item]))[-2:]
    assert head.endswith("of the 90 % region (now 7.4 hours)")
    assert "about 1.5 hours; nine times in ten 1.2 to 2.3 hours" in line


def test_advice_tells_one_size_once():
    same = ADVICE | {"expected": 2580.0, "range": [2580.0, 2580.0]}
    assert "  sun_elevation to 1 deg: about 43 minutes" in locate_lines(answer(advice=[same]))
    assert "  sun_elevation to 1 deg: about 2.1 hours; nine times in ten 2 to 2.1 hours" in (
        locate_lines(answer())
    )


def test_advice_tells_two_sizes_with_the_chance_of_the_rarer():
    two = [{"size": 7560.0, "chance": 0.74}, {"size": 26000.0, "chance": 0.26}]
    item = ADVICE | {"range": [7080.0, 28000.0], "likely": two}
    said = "about 2.1 hours, or 7.2 hours (one time in four); nine times in ten 2 to 7.8 hours"
    assert locate_lines(answer(advice=[item]))[-1] == f"  sun_elevation to 1 deg: {said}"


def test_advice_that_changes_nothing_says_so_in_plain_words():
    item = ADVICE | {"unchanged": True}
    said = "  sun_elevation to 1 deg: leaves it about as it is"
    assert locate_lines(answer(advice=[item]))[-1] == said


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.5, "half the time"),
        (0.4, "two times in five"),
        (0.36, "one time in three"),
        (0.15, "one time in seven"),
        (0.01, "one time in ten"),
    ],
)
def test_a_lesser_chance_is_told_as_how_often(chance, words):
    assert often_words(chance) == words


def test_how_much_fits_without_a_mismeasured_clue_is_told():
    part, none = (locate_lines(answer(sound_level=level)) for level in (0.869, 0.0))
    said = "fits only if a clue was measured wrong."
    assert f"  Above 86.9 % of the probability, what is left {said}" in part
    assert f"  All of it {said}" in none
