"""What the inquiry must never hold: a score, a computed likelihood, a table about human beings."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import noonmark
from noonmark.inquiry.forms import FORMS
from tests.architecture import checks

FOLDER = Path(noonmark.__file__).parent / "inquiry"
TREES = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.py")}
ALIAS_FIELDS = {
    field for row in FORMS.values() for field, kind in row.fields.items() if "alias" in kind
}


def test_no_field_is_about_a_human_being():
    for row in FORMS.values():
        assert [field for field in row.fields if checks.names_a_person(field)] == []


def test_names_of_sources_can_only_be_aliases():
    assert {
        "source", "interviewer", "interpreter", "speaker", "by", "checked_by", "of", "reviewed_by",
    } == ALIAS_FIELDS  # fmt: skip
    assert FORMS["reply"].fields["to"] == "organisation"


def test_no_module_writes_a_likelihood_or_a_score():
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            written = node.targets if isinstance(node, ast.Assign) else []
            for target in written:
                key = target.slice if isinstance(target, ast.Subscript) else None
                if isinstance(key, ast.Constant):
                    assert key.value not in ("low_pct", "high_pct", "confidence"), name
            if isinstance(node, ast.FunctionDef | ast.arg):
                label = node.name if isinstance(node, ast.FunctionDef) else node.arg
                assert "score" not in label and "probability" not in label, name
            if isinstance(node, ast.BinOp):
                read = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
                assert not read & {"low_pct", "high_pct", "credibility"}, name


def test_nothing_is_gathered_by_alias():
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "about":
                fields = {n.value for n in node.args if isinstance(n, ast.Constant)}
                assert not fields & ALIAS_FIELDS - {"of"}, name
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Attribute):
                assert node.slice.attr not in ("by", "authors"), name


def test_the_schema_knows_no_field_about_a_human_being():
    schema = json.loads((FOLDER.parent / "schemas" / "inquiry-form.json").read_text())
    for form in schema["$defs"].values():
        for field in form.get("properties", {}):
            assert not checks.names_a_person(field)
