"""The report of an answer names its footage: picture or why not, digest, marks, claims checked."""

from __future__ import annotations

from noonmark.report.clue_words import reader_fields
from noonmark.report.page_case import case_parts
from noonmark.report.report_data import CheckedClaim, MarkedExhibit

DIGEST = "ab" * 32


class Told:
    """Data with an exhibit and a claim."""

    exhibits = (
        MarkedExhibit(
            "<b>roof.jpg", DIGEST, "", (1, 2), (("post 1", "base 1.0, 2.0"),), b"\x89P", "x"
        ),
        MarkedExhibit("clip.mp4", DIGEST, "number 3", (3,), (), b"", "", "agreed with its source"),
    )
    checked = (CheckedClaim("A post: 59.33, 18.07", "The clues do not exclude it"),)


def test_footage_marks_and_claims_stand_in_the_report():
    page = "".join(case_parts(Told()))
    assert "&lt;b&gt;roof.jpg" in page and "<b>roof" not in page
    assert page.count(DIGEST) == 2 and page.count("<img ") == 1
    assert "base 1.0, 2.0" in page and "<dd>1, 2</dd>" in page
    assert "Its picture is not shown: <bdi>agreed with its source</bdi>." in page
    assert "The clues do not exclude it" in page


def test_an_answer_without_a_case_says_nothing_of_one():
    class Bare:
        exhibits, checked = (), ()

    assert "".join(case_parts(Bare())) == ""


def test_fields_of_a_clue_are_told_by_names_a_reader_knows():
    told = reader_fields(
        {
            "azimuth_deg": 223.0,
            "covariance_deg2": [[4.0, 0.6], [0.6, 1.0]],
            "slope_sigma_deg": 1.0,
            "zone": "UTC",
            "km": 5,
        }
    )
    assert told == {
        "azimuth": "223.0°",
        "error of azimuth and elevation (one standard deviation)": "2° and 1°, correlation 0.30",
        "slope, one standard deviation": "1.0°",
        "zone": "UTC",
        "km": 5,
    }
    assert reader_fields({"covariance_deg2": "wrong"}) == {"covariance deg2": "wrong"}
