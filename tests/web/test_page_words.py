"""The page has its own sentence for each rule that stops a release, in each of its languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from noonmark.release.refusals import MAY_NOT_BE_OVERRIDDEN, RULES

REPORT = Path(__file__).parents[2] / "frontend/src/screens/report"


@pytest.mark.parametrize("language", ["en", "ar", "ru", "zh"])
def test_each_rule_that_stops_a_release_has_a_sentence(language):
    words = json.loads((REPORT / f"words.{language}.json").read_text(encoding="utf-8"))
    said = [key for key in words if key.startswith("report.because.")]
    assert set(said) == {f"report.because.{code}.{rule}" for code in RULES for rule in RULES[code]}
    assert {f"report.stop.{code}" for code in RULES} <= set(words)
    lifted = set(RULES) - MAY_NOT_BE_OVERRIDDEN
    assert {f"report.mend.{code}" for code in lifted} <= set(words)


def test_what_the_sentences_name_is_what_the_rules_name():
    words = json.loads((REPORT / "words.en.json").read_text(encoding="utf-8"))
    named = {
        "source-restricted": {"alias", "why"},
        "release-consent": {"alias", "value"},
        "release-restricted": {"level", "why"},
        "release-conflict": {"names"},
        "release-no-reply": {"to", "day"},
        "release-wording": {"found", "sentence", "instead", "said", "sure"},
        "release-digest": {"names", "count"},
    }
    for code, rules in RULES.items():
        for rule in rules:
            places = set(re.findall(r"\{(\w+)\}", words[f"report.because.{code}.{rule}"]))
            assert places <= named.get(code, set()), (code, rule)
