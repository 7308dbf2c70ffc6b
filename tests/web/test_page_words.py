"""The page has its own sentences for what Python tells by a code, in each of its languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from noonmark.geometry.camera.told_points import SUBJECTS
from noonmark.release.refusals import MAY_NOT_BE_OVERRIDDEN, RULES

SOURCE = Path(__file__).parents[2] / "frontend/src"
REPORT = SOURCE / "screens/report"


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


@pytest.mark.parametrize("language", ["en", "ar", "ru", "zh"])
def test_each_thing_that_is_told_of_a_frame_has_a_sentence(language):
    words = json.loads((SOURCE / f"i18n/{language}.json").read_text(encoding="utf-8"))
    said = {key.removeprefix("frame.told.") for key in words if key.startswith("frame.told.")}
    assert said == set(SUBJECTS)
