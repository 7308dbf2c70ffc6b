"""What goes with an answer: what whoever asked ought to know of how it came to be."""

from __future__ import annotations

from dataclasses import replace

from noonmark import bench
from noonmark.bench.answer import SAMPLED
from noonmark.bench.report import findings_of
from noonmark.report.page import report_html

ONE = b"""
[[clue]]
kind = "sun_elevation"
at = "2024-05-10T12:00:00Z"
elevation_deg = 40.0
sigma_deg = 1.0
"""


def test_an_answer_in_which_chance_took_part_says_so_in_json_and_report() -> None:
    answer = bench.locate(ONE)
    assert "warnings" not in bench.answer_json(answer)
    rough = replace(answer, posterior=replace(answer.posterior, leaves=replace(answer.posterior.leaves, sampled=True)))
    assert bench.answer_json(rough)["warnings"] == [SAMPLED]
    assert SAMPLED.split(":")[0] in report_html(findings_of(rough, command="noonmark locate clues.toml"), {}).decode()
