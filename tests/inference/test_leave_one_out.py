"""Answers without each of many clues, from one search."""

import numpy as np
import pytest

from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.spec import Common
from noonmark.inference.clues.sun_elevation import SunElevation
from noonmark.inference.clues.table import compile_one
from noonmark.inference.diagnostics import QUICK, findings
from noonmark.inference.leave_one_out import LeaveOneOut, answers_without
from noonmark.inference.posterior import posterior
from noonmark.inference.search.branch_and_bound import refine
from noonmark.inference.search.domain import Boxes, BoxView, Domain
from noonmark.inference.search.first_boxes import first_boxes
from noonmark.values import unix_s, utc

START_S = unix_s(utc("2018-08-20T06:00:00Z"))
HERE = (41.8, 86.0)
DOMAIN = Domain(-90.0, -180.0, 90.0, 180.0, START_S, 0.0)


def elevations(count, *, wrong=None):
    rng = np.random.default_rng(4)
    found = []
    for k in range(count):
        at_s = START_S + 600.0 * k
        elevation = float(sun_topocentric(*HERE, at_s).elevation_deg) + rng.normal(0.0, 0.5)
        if k == wrong:
            elevation -= 15.0
        clue = SunElevation(elevation, 0.5, common=Common())
        found.append(compile_one(clue, k, Moment(at_s=at_s)))
    return found


@pytest.fixture(scope="module")
def together():
    clues = elevations(8, wrong=3)
    return clues, answers_without(DOMAIN, clues, QUICK)


def test_one_search_says_of_each_clue_what_a_search_of_its_own_says(together) -> None:
    clues, without = together
    for k in (0, 3):
        others = clues[:k] + clues[k + 1 :]
        leaves = refine(DOMAIN, others, QUICK)
        log_evidence, area_km2 = without[k]
        assert log_evidence == pytest.approx(leaves.log_evidence, abs=0.02)
        assert area_km2 == pytest.approx(posterior(DOMAIN, others).region(0.9).area_km2, rel=0.03)


def test_the_clue_that_does_not_fit_is_the_one_without_which_the_rest_is_likelier(together) -> None:
    _, without = together
    assert int(np.argmax([log_evidence for log_evidence, _ in without])) == 3


def test_bounds_of_the_envelope_hold_at_points_of_each_box() -> None:
    envelope = LeaveOneOut(tuple(elevations(7)))
    boxes = first_boxes(DOMAIN)
    low, high = envelope.bounds(BoxView(DOMAIN, boxes))
    rng = np.random.default_rng(2)
    for _ in range(20):
        centre = boxes.centre + rng.uniform(-1.0, 1.0, boxes.centre.shape) * boxes.half
        value = envelope.log_likelihood(BoxView(DOMAIN, Boxes(centre, np.zeros_like(centre))))
        assert (value >= low - 1e-9).all()
        assert (value <= high + 1e-9).all()


def test_findings_of_many_clues_come_from_one_search(monkeypatch) -> None:
    answer = posterior(DOMAIN, elevations(8))
    monkeypatch.setattr("noonmark.inference.diagnostics.refine", None)
    told = findings(answer, np.full(8, 0.01), answer.clues)
    assert [one.index for one in told] == list(range(8))
    assert all(one.area_km2_without > 0.0 for one in told)
