"""What goes with an answer: what whoever asked ought to know of how it came to be."""

from __future__ import annotations

from dataclasses import replace

from noonmark import actions
from noonmark.actions.answer_forms import ROUGH, report_data_of
from noonmark.report.page import report_html

ONE = b"""
[[clue]]
kind = "sun_elevation"
at = "2024-05-10T12:00:00Z"
elevation_deg = 40.0
sigma_deg = 1.0
"""


def test_an_answer_in_which_chance_took_part_says_so_in_json_and_report() -> None:
    answer = actions.locate(ONE)
    assert "warnings" not in actions.answer_json(answer)
    rough = replace(
        answer,
        posterior=replace(answer.posterior, leaves=replace(answer.posterior.leaves, sampled=True)),
    )
    assert actions.answer_json(rough)["warnings"] == [ROUGH["unfinished"]]
    assert (
        ROUGH["unfinished"].split(":")[0]
        in report_html(report_data_of(rough, command="noonmark locate clues.toml"), {}).decode()
    )
