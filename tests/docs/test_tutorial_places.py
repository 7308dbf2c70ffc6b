"""The tutorial on places: its question is the shipped one, and gives the answer that it prints."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from noonmark.cli.main import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial-places.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "src" / "noonmark" / "examples"
MONACO = ROOT.parent / "shared" / "data" / "world" / "osm" / "monaco-quackosm.osm.pbf"


def test_the_question_of_the_page_is_the_shipped_one():
    (question,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    shipped = tomllib.loads((EXAMPLES / "seven-flags.toml").read_text(encoding="utf-8"))
    shipped.pop("title")
    assert tomllib.loads(question) == shipped


@pytest.mark.slow
@pytest.mark.skipif(not MONACO.exists(), reason="../shared/data is absent")
def test_the_answers_of_the_page_are_given(tmp_path, monkeypatch, capsys):
    pytest.importorskip("osmium", reason="the extra `world` is not installed")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def told(*words):
        assert main([str(w) for w in words]) == 0
        return capsys.readouterr().out

    question = EXAMPLES / "seven-flags.toml"
    told("world", "add", MONACO)
    told_by_page = re.findall(r"```\n(None of these.*?)  \.\.\.", PAGE, re.DOTALL)[0]
    answer = told("place", question)
    assert answer.startswith(told_by_page)
    flags = EXAMPLES / "seven-flags-shadow.toml"
    (tmp_path / "joined.json").write_text(told("place", question, "--clue", "--beside", flags))
    answer = told("locate", tmp_path / "joined.json")
    for line in re.findall(r"```\n(  50 %.*?)  99 %", PAGE, re.DOTALL)[0].splitlines():
        assert line in answer


def test_places_join_clues_only_as_a_clue_document(capsys):
    question = str(EXAMPLES / "seven-flags.toml")
    assert main(["place", question, "--beside", "clues.toml"]) == 2
    assert "--beside needs --clue" in capsys.readouterr().err


def test_the_clues_beside_must_be_a_list(tmp_path):
    from noonmark.actions.place_clue import place_clue
    from noonmark.errors import InputError

    answer = {"places": [], "none_of_these": 0.5, "maps": []}
    answer |= {"attribution": "made", "question_sha256": "0" * 64}
    path = tmp_path / "clues.json"
    path.write_text('{"clue": {"kind": "window"}}')
    with pytest.raises(InputError, match="list of clues"):
        place_clue(answer, path)
    path.write_text('{"prior": {"area": "land"}, "clue": [{"kind": "window"}]}')
    joined = place_clue(answer, path)
    assert [c["kind"] for c in joined["clue"]] == ["window", "places"]
    assert joined["prior"] == {"area": "land"} and json.dumps(joined)
