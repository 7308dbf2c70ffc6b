"""``noonmark docs`` as a person types it, in the sandbox as it is shipped."""

from __future__ import annotations

import json

import pytest

from noonmark.cli.main import main
from testkit.kept_schemas import keeps
from tests.documents.test_formats import LAUGHS, word, zipped


@pytest.fixture
def folder(tmp_path):
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.docx").write_bytes(zipped(word("<w:p><w:r><w:t>第一</w:t></w:r></w:p>")))
    (papers / "b.docx").write_bytes(zipped(word("&b;", LAUGHS)))
    (papers / "c.txt").write_text("plain words", encoding="utf-8")
    return papers


def _answer(capsys, *words: str) -> tuple[int, dict]:
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_hostile_file_costs_only_itself_in_the_real_sandbox(capsys, case, folder, real_sandbox):
    code, told = _answer(capsys, "docs", "add", str(case), str(folder))
    assert code == 2 and told["counts"]["failed"] == 1
    keeps(told, "docs-add")
    found = {one["name"]: one for one in told["documents"]}
    assert found["papers/b.docx"]["error"]["code"] == "xml-entities"
    code, told = _answer(capsys, "docs", "text", str(case), found["papers/a.docx"]["sha256"])
    assert code == 0 and told["layers"][0]["page_texts"][0]["text"] == "第一"
    keeps(told, "docs-text")


def test_what_was_read_is_not_read_again(capsys, case, folder):
    _answer(capsys, "docs", "add", str(case), str(folder / "c.txt"))
    _, told = _answer(capsys, "docs", "add", str(case), str(folder / "c.txt"))
    assert "read before" in told["documents"][0]["notes"][0]
    _, told = _answer(capsys, "docs", "add", str(case), str(folder / "c.txt"), "--again")
    assert told["documents"][0]["notes"] == []


def test_openings_are_logged(capsys, case, folder):
    _, told = _answer(capsys, "docs", "add", str(case), str(folder / "c.txt"))
    item = told["documents"][0]["sha256"]
    _answer(capsys, "docs", "text", str(case), item)
    _, log = _answer(capsys, "case", "log", str(case), "--kind", "access")
    purposes = [entry["facts"]["purpose"] for entry in log["entries"]]
    assert purposes == ["noonmark docs add", "noonmark docs text"]


def test_a_quotation_on_the_command_line(capsys, case, folder, tmp_path):
    _, told = _answer(capsys, "docs", "add", str(case), str(folder / "c.txt"))
    item = told["documents"][0]["sha256"]
    _, told = _answer(capsys, "docs", "quote", str(case), item, "plain")
    keeps(told, "docs-quote")
    file = tmp_path / "q.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    assert main(["docs", "anchor", str(case), str(file)]) == 0
    assert capsys.readouterr().out.startswith("exact")
    told["locators"][0] |= {"text_sha256": "0" * 64}
    lost = told["locators"][0] | {"quote": "other words"}
    file.write_text(json.dumps({"locators": [told["locators"][0], lost]}), encoding="utf-8")
    code, told = _answer(capsys, "docs", "anchor", str(case), str(file))
    assert code == 1 and [one["state"] for one in told["anchorings"]] == ["proposal", "orphan"]
    keeps(told, "docs-anchor")


def test_errors_of_a_page_and_an_item_are_sentences(capsys, case, folder):
    _, told = _answer(capsys, "docs", "add", str(case), str(folder / "c.txt"))
    item = told["documents"][0]["sha256"]
    code, told = _answer(capsys, "docs", "text", str(case), item, "--page", "9")
    assert (code, told["code"]) == (2, "no-document-page")
    code, told = _answer(capsys, "docs", "text", str(case), "ab" * 32)
    assert (code, told["code"]) == (2, "no-such-item")
    code, told = _answer(capsys, "docs", "text", str(case), "not a digest")
    assert (code, told["code"]) == (2, "no-such-item")
