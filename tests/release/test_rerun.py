"""Answers of a release computed again from its bundle alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from noonmark.actions import releases, schema
from noonmark.actions.json_text import json_line
from noonmark.actions.releases import ReleaseRequest
from noonmark.actions.rerun import repeat, result_digest
from noonmark.cli.main import main
from noonmark.evidence.vault import open_vault
from tests.release import made_case

COMMAND = "noonmark locate clues.toml --seed 1"
CLUES = b"""
[prior]
not_before = "2018-08-20T00:00:00Z"
not_after = "2018-08-20T06:00:00Z"
area = {south = 41.0, west = 85.0, north = 42.0, east = 87.0}
[[clue]]
kind = "sun_elevation"
elevation_deg = 20.0
sigma_deg = 1.0
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A release with three answers: right, altered, and of a command that is not repeated; the
    digest of the right one.
    """
    root = tmp_path_factory.mktemp("rerun")
    made = made_case.make(root, hidden=False)
    right = json.loads(json_line(repeat(COMMAND, CLUES)))
    wrong = right | {"seed": 2}
    with open_vault(made.folder, write=True) as vault:
        made.put(vault, CLUES, "clues.toml")
        made.put(vault, json.dumps(right).encode(), "right.json")
        made.put(vault, json.dumps(wrong).encode(), "wrong.json")
    for name, command in (("right", COMMAND), ("wrong", COMMAND), ("right", "noonmark frame x")):
        made.say(
            {"form": "answer", "as": "a", "document": "$clues", "result": f"${name}",
             "command": command, "noonmark": "0.1.0"},
            {"form": "weigh", "claim": "$claim", "on": {"answer": "@a"}, "stance": "consistent",
             "credibility": 2, "why": f"It fits ({command}, {name})."},
        )  # fmt: skip
    asked = ReleaseRequest(today="2026-12-01T00:00:00Z", title="A wall")
    done = releases.write_release(made.folder, root / "out", asked, key=made.key)
    return done.folder, result_digest(right)


@pytest.mark.slow
def test_each_answer_is_computed_again_and_what_differs_is_said(release, capsys):
    folder, digest = release
    assert main(["release", "rerun", str(folder), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    Draft202012Validator(schema("release-rerun")).validate(told)
    assert (told["ok"], told["same"], len(told["answers"])) == (False, 1, 3)
    same, altered, other = told["answers"]
    assert same["same"] and same["stated"] == same["again"] == digest
    assert altered["again"] == digest != altered["stated"] and "differs" in altered["why"]
    assert other["again"] == "" and "can't be repeated" in other["why"]
