"""The session of docs/python.md runs as a whole, prints what the page says, and is typed."""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass

import pytest

from tests.architecture import sessions
from tests.architecture.checks import PACKAGE, ROOT

PAGE = ROOT / "docs" / "python.md"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)


@dataclass(frozen=True)
class Cell:
    """Code of one cell, and what the page shows below it; None where it shows nothing."""

    code: str
    output: str | None


def cells(markdown: str) -> list[Cell]:
    """The python fences of a page, each with the text fence that follows it."""
    fences = _FENCE.findall(markdown)
    following = [*fences[1:], ("", "")]
    return [
        Cell(code, after if language_after == "text" else None)
        for (language, code), (language_after, after) in zip(fences, following, strict=True)
        if language == "python"
    ]


def shown_by(code: str, names: dict[str, object]) -> str:
    """What a cell prints; a notebook's display of its last expression is only asked for."""
    tree = ast.parse(code)
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(tree, str(PAGE), "exec"), names)
    last = tree.body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Name):
        assert "<table>" in names[last.value.id]._repr_html_()  # type: ignore[attr-defined]
    return out.getvalue()


@pytest.mark.slow
def test_every_cell_prints_what_the_page_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(shutil.copytree(PACKAGE / "examples", tmp_path / "examples"))
    names: dict[str, object] = {"__name__": "notebook"}
    for cell in cells(PAGE.read_text(encoding="utf-8")):
        found = shown_by(cell.code, names)
        wanted = (cell.output or "").splitlines()
        assert sessions.matches(wanted, found), f"{cell.code}\nprinted:\n{found}"


def test_a_cell_that_prints_something_else_is_noticed():
    (cell,) = cells("```python\nprint(2 + 2)\n```\n\n```text\n5\n```\n")
    assert not sessions.matches((cell.output or "").splitlines(), shown_by(cell.code, {}))


def test_output_of_another_language_belongs_to_no_cell():
    assert cells("```python\n1\n```\n\n```toml\na = 1\n```\n") == [Cell("1\n", None)]


@pytest.mark.slow  # mypy reads the whole package: half a minute
def test_the_session_is_typed_for_strict_mypy(tmp_path):
    pytest.importorskip("mypy")
    script = tmp_path / "session.py"
    text = "\n".join(cell.code for cell in cells(PAGE.read_text(encoding="utf-8")))
    script.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    command += ["--config-file", str(ROOT / "pyproject.toml"), str(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
