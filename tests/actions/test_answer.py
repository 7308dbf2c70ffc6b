"""What goes with an answer: what whoever asked ought to know of how it came to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noonmark import actions
from noonmark.actions.answer_forms import ROUGH, report_data_of
from noonmark.inference.marginals import prior_area_km2
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


def test_a_prior_that_is_a_box_counts_its_rim_in_full() -> None:
    window = {"not_before": "2024-06-01T00:00:00Z", "not_after": "2024-06-02T00:00:00Z"}
    box = {"south": 42.435, "west": 1.422, "north": 42.657, "east": 1.78}
    clue = {"kind": "sun_elevation", "elevation_deg": 40.0, "sigma_deg": 1.0}
    answer = actions.locate({"prior": {"area": box, **window}, "clue": [clue]}).posterior
    whole = prior_area_km2(answer.domain) * answer.domain.length_s
    assert np.exp(answer.leaves.log_prior) == pytest.approx(whole, rel=1e-6)
