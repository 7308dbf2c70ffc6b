"""The page's report of an answer holds the case: photo, name, digest, marks, claims, verdicts."""

from __future__ import annotations

import html
import re

import pytest

from noonmark.report.verdict_words import verdict_sentence

PINS = [{"id": "p", "label": "A post", "place": [59.33, 18.07], "km": 0, "from": None, "to": None}]
CLAIM = {"place": PINS[0]["place"], "km": 0, "from": None, "to": None}


@pytest.fixture
def sample(page, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    state = page.ask("/api/case/open", {"sample": True})["state"]
    inquiry = {**state["inquiry"], "pins": PINS}
    page.ask(
        "/api/inquiry",
        {"revision": state["revision"], "inquiry": inquiry, "said": "a claim"},
    )
    clues = [one["clue"] for one in inquiry["clues"] if one["on"]]
    return state, {"prior": inquiry["prior"], "clue": clues}


def _report(page, document, out):
    page.ask("/api/export", {"what": "report", "out": str(out), "document": document})
    return out.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_report_holds_the_photo_its_marks_and_the_claims(page, sample, tmp_path):
    state, document = sample
    marked = next(iter(state["inquiry"]["frames"].values()))
    name = next(one["name"] for one in state["items"] if one["sha256"] == marked["item"])
    told = _report(page, document, tmp_path / "report.html")
    assert marked["item"] in told and name in told
    assert re.search(r'<img src="data:image/png;base64,[^"]+" alt="' + re.escape(name), told)
    assert "Marks, in pixels" in told and "A post: 59.330, 18.070" in told
    assert "covariance_deg2" not in told
    verdict = verdict_sentence(page.ask("/api/check", {"document": document, **CLAIM}))
    assert verdict.startswith("The claim ") and html.escape(verdict) in told


@pytest.mark.slow
def test_what_a_source_restricts_is_not_drawn(page, sample, tmp_path):
    state, document = sample
    marked = next(iter(state["inquiry"]["frames"].values()))
    said = {"form": "restriction", "of": marked["item"], "level": "team", "why": "in danger"}
    page.ask("/api/claims/say", {"forms": [said]})
    body = {"what": "report", "out": str(tmp_path / "r.html"), "document": document}
    assert page.refused("/api/export", body) == "release-restricted"
    assert not (tmp_path / "r.html").exists()
