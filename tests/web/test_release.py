"""The page's report: the check logs nothing, the draft is kept, what is written verifies."""

from __future__ import annotations

import json
import shlex

import pytest

from noonmark.cli.main import main
from tests.release import made_case
from tests.web.conftest import CLUES, digest_of, items


@pytest.fixture(autouse=True)
def _settings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))


@pytest.fixture
def story(page, tmp_path):
    (tmp_path / "made").mkdir()
    made = made_case.make(tmp_path / "made")
    page.ask("/api/case/open", {"path": str(made.folder)})
    return made


def test_checking_a_release_changes_nothing(page, story):
    before = digest_of(story.folder)
    found = page.ask("/api/release/check", {"asked": {}})
    assert found["may_go"] and found["sheet"]["claims"] and found["every_claim"][0]["chosen"]
    assert digest_of(story.folder) == before


def test_what_stops_it_is_said_and_nothing_is_written(page, story, tmp_path):
    asked = {"items": {story.items["clip"]: {"as": "original"}}}
    found = page.ask("/api/release/check", {"asked": asked})
    assert not found["may_go"] and found["refusals"][0]["may_be_lifted"]
    body = {"asked": asked, "out": str(tmp_path / "out")}
    assert page.refused("/api/release/write", body) == "release-unhidden"
    assert not (tmp_path / "out").exists()


def test_a_refused_release_leaves_no_file_of_the_answer(page, story, tmp_path):
    asked = {"items": {story.items["clip"]: {"as": "original"}}}
    body = {"asked": asked, "out": str(tmp_path / "out"), "document": CLUES}
    assert page.refused("/api/release/write", body) == "release-unhidden"
    record = page.ask("/api/state")["state"]["record"]
    assert not any("kept the clues" in act["said"] for act in record)
    assert not any(name in ("answer.json", "report.html") for name in items(page))


def test_the_choices_are_kept_beside_the_log(page, story):
    size = len(page.ask("/api/state")["state"]["record"])
    assert page.ask("/api/release/draft")["draft"] is None
    draft = {"title": "جدار", "items": {"a": {"as": "words"}}}
    assert page.ask("/api/release/draft", {"draft": draft})["kept"]
    assert page.ask("/api/release/draft")["draft"] == draft
    assert len(page.ask("/api/state")["state"]["record"]) == size


@pytest.mark.slow
def test_a_released_folder_is_verified_by_the_command_that_is_told(page, story, tmp_path, capsys):
    done = page.ask("/api/release/write", {"asked": {}, "out": str(tmp_path / "out")})
    words = shlex.split(done["verify"])
    assert main([*words[1:], "--json"]) == 0 and json.loads(capsys.readouterr().out)["ok"]
    assert done["act"]["said"] == "wrote the report: out"
    assert done["act"]["command"] is None  # one without the choices would write what is withheld
    body = {"asked": {}, "out": str(tmp_path / "out")}
    assert page.refused("/api/release/write", body) == "output-exists"
    key = tmp_path / "settings/noonmark/desk.key"
    assert key.stat().st_mode & 0o077 == 0 and done["key"] in words


@pytest.mark.slow
def test_chosen_files_and_the_answer_of_the_page_go_out_without_a_claim(opened, tmp_path):
    photo = items(opened)["roof.jpg"]
    asked = {"claims": [], "items": {photo: {"as": "original"}}}
    body = {"asked": asked, "out": str(tmp_path / "out"), "document": CLUES}
    opened.ask("/api/release/write", body)
    report = (tmp_path / "out/report.html").read_text()
    assert "roof.jpg" in report and "answer.json" in report and "clip.mp4" not in report


def test_the_command_of_a_kept_answer_works_as_it_is_printed(opened, tmp_path, monkeypatch):
    body = {"asked": {"claims": []}, "out": str(tmp_path / "out"), "document": CLUES}
    opened.ask("/api/release/write", body)
    later = {**CLUES, "clue": CLUES["clue"][:1]}
    opened.ask("/api/locate", {"document": later})
    record = opened.ask("/api/state")["state"]["record"]
    line = next(act["command"] for act in record if act["said"].startswith("kept the clues"))
    program, *words = shlex.split(line)
    monkeypatch.chdir(tmp_path)
    assert program == "noonmark" and main(words) == 0
    (written,) = tmp_path.glob("answer-*/answer.json")
    assert json.loads(written.read_text())["clues_sha256"] == _asked(opened, CLUES)
    assert _asked(opened, CLUES) != _asked(opened, later)


def _asked(page, document):
    return page.ask("/api/locate", {"document": document})["answer"]["clues_sha256"]
