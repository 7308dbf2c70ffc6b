"""Each .txt file in this folder is a session at the prompt; see tests/architecture/sessions.py for
its form.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.architecture import sessions
from tests.architecture.checks import PACKAGE

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("*.txt")))
def test_the_session_goes_as_written(name, tmp_path, monkeypatch):
    where = shutil.copytree(PACKAGE / "examples", tmp_path / "examples")
    steps = sessions.parse((HERE / f"{name}.txt").read_text(encoding="utf-8"))
    assert steps
    sessions.play(steps, where, monkeypatch)


def test_a_wrong_line_is_noticed(tmp_path, monkeypatch):
    step = sessions.parse("$ noonmark --version\nnoonmark 999.0")
    with pytest.raises(AssertionError):
        sessions.play(step, tmp_path, monkeypatch)


def test_a_wrong_exit_code_is_noticed(tmp_path, monkeypatch):
    with pytest.raises(AssertionError):
        sessions.play(sessions.parse("$ noonmark --version\n? 2"), tmp_path, monkeypatch)
