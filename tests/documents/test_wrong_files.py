"""A file of the wrong kind: the hint names the kind that was asked for and what writes one."""

from __future__ import annotations

from pathlib import Path

import pytest

from noonmark.actions import inquiry_forms, list_comparison, quotations, redaction
from noonmark.actions.transcripts import code_words
from noonmark.errors import InputError
from noonmark.questions import input_files


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda path: quotations.anchor_file(path.parent, path), "docs quote CASE SHA256 WORDS"),
        (code_words, "a file of code words"),
        (inquiry_forms.forms_in_file, "a file of forms"),
        (lambda path: list_comparison.list_of(path.read_bytes(), "a.toml"), "a list"),
        (redaction.read_plan, "--write-plan"),
        (input_files.read_document, "noonmark schema clues"),
    ],
    ids=["locators", "code words", "forms", "list", "plan", "clues"],
)
@pytest.mark.parametrize("data", [b"plain words", b"\xff\xfe\x00"], ids=["words", "no text"])
def test_the_hint_names_the_kind_of_file_that_was_asked_for(tmp_path: Path, read, words, data):
    path = tmp_path / "given.toml"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read(path)
    assert words in str(caught.value.hint)
    assert ("clue" in str(caught.value.hint)) == ("clues" in words)


def test_every_kind_of_file_says_what_shows_one():
    for kind, (what, shown) in input_files._KINDS.items():
        assert what.split()[0] in ("a", "an"), kind
        assert "noonmark " in shown or "docs/" in shown or "GeoJSON" in shown
        if "docs/" in shown:
            page = next(word for word in shown.split() if word.startswith("docs/"))
            assert (Path(__file__).parents[2] / page).is_file()
