"""The page of every clue: its example is a clue, and its table of fields is that of the code."""

from __future__ import annotations

import re

import pytest

from builders.clue_pictures import PAGES, fields_table, question
from noonmark.inference.clues.table import KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_example_of_a_page_is_a_clue_of_its_kind(kind):
    asked = question(kind)
    assert [clue.kind for clue in asked.clues] == [kind]
    assert asked.warnings == ()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_table_of_fields_is_up_to_date(kind):
    assert fields_table(kind) in (PAGES / f"{kind}.md").read_text(encoding="utf-8")
    assert (PAGES / "images" / f"{kind}.png").stat().st_size < 120_000


def test_the_list_of_clues_names_every_page():
    listed = re.findall(
        r"^\| \[(\w+)\]\(\1\.md\)", (PAGES / "README.md").read_text(encoding="utf-8"), re.M
    )
    assert sorted(listed) == sorted(KINDS)
