"""The published cases of docs/worked-examples.md: each finds its published time, and it alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from noonmark import actions
from noonmark.questions.clue_file import read_document
from noonmark.values import unix_s, utc

PAGE = Path(__file__).parents[2] / "docs" / "worked-examples.md"
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize(
    ("block", "published", "within_s"),
    [
        pytest.param(0, "1941-11-01T23:49:20Z", 300.0, marks=pytest.mark.slow),
        (1, "1945-08-14T21:00:00Z", 300.0),
        (2, "2014-04-01T16:08:06Z", 300.0),
    ],
)
def test_a_published_case_finds_its_time_alone(block, published, within_s):
    document = actions.locate_document(read_document(BLOCKS[block].encode()))
    assert [mode["mass"] > 0.8 for mode in document["modes"]] == [True]
    best_s = unix_s(utc(document["modes"][0]["utc"]))
    assert abs(best_s - unix_s(utc(published))) < within_s
    mode = document["modes"][0]
    assert {mode["utc_from"][:10], mode["utc_to"][:10]} == {published[:10]}
