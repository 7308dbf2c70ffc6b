"""What the printing module owes: inert text, JSON without NaN, colour only where it is wanted."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.cli import tell
from noonmark.errors import InputError, Problem


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@given(st.text())
def test_no_text_reaches_the_terminal_with_a_control_or_a_turn(text):
    shown = tell.inert(text)
    assert all(c.isprintable() or c in "\u200c\u200d\u00a0\u2009\u202f\u3000" for c in shown)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("a\rb", r"a\rb"),
        ("a\nnoonmark: all is well", r"a\nnoonmark: all is well"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("\x9b31m", r"\x9b31m"),
        ("\udcff", r"\udcff"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_hostile_text_is_spelled_out(hostile, shown):
    assert tell.inert(hostile) == shown


@pytest.mark.parametrize("name", ["Ürümqi", "القاهرة", "北京", "می‌خواهم", "36.2° N"])
def test_honest_names_pass_unharmed(name):
    assert tell.inert(name) == name


def test_all_problems_of_an_input_are_told_at_once(capsys):
    problems = [
        Problem("bad", "clue[0].height", "a number above 0", "-3"),
        Problem("bad", "clue[1].\x1b[2J", "x", "y\nz"),
    ]
    tell.error(InputError.of(problems, hint="mend them"), json_wanted=False)
    err = capsys.readouterr().err
    assert "2 things to mend" in err
    assert "clue[0].height: expected a number above 0, got -3" in err
    assert "\x1b" not in err and len(err.splitlines()) == 4


def test_a_pipe_gets_no_colour_and_a_terminal_does(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for stream, coloured in ((io.StringIO(), False), (Terminal(), True)):
        monkeypatch.setattr("sys.stdout", stream)
        tell.answer(tell.Result({}, ["# Heading"]), json_wanted=False)
        assert ("\x1b[1m" in stream.getvalue()) is coloured


def test_no_color_is_respected(monkeypatch):
    stream = Terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stderr", stream)
    tell.error(InputError("no", code="usage"), json_wanted=False)
    assert stream.getvalue() == "noonmark: no\n"


def test_a_terminal_without_the_letter_gets_it_spelled_out(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    tell.page("36.2°")
    assert raw.getvalue() == b"36.2\\xb0\n"


def test_progress_is_silent_while_work_is_short(capsys):
    with tell.Progress("searching") as progress:
        progress.step(0.5)
    assert capsys.readouterr() == ("", "")


def test_progress_speaks_plainly_to_a_pipe(capsys, monkeypatch):
    clock = iter(range(0, 100, 3))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    with tell.Progress("searching") as progress:
        for share in (0.1, 0.2, 0.3, 2.0):
            progress.step(share)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["searching:  10 %, 3 s"]


def test_progress_leaves_no_line_behind_on_a_terminal(monkeypatch):
    stream = Terminal()
    clock = iter(range(0, 100, 3))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    monkeypatch.setattr("sys.stderr", stream)
    with tell.Progress("searching") as progress:
        progress.step(0.4, "level\x1b[2J 3")
    assert stream.getvalue().endswith("\r\x1b[K")
    assert stream.getvalue().count("\x1b[2J") == 0
