"""Command line sessions written as a person would see them, run and compared.

    $ noonmark sun 41.8,86.0 2018-08-20T01:20:00Z
    azimuth      90.504 deg ...
    ! a line of stderr starts with an exclamation mark
    ? 2

``...`` stands for anything; a number with a decimal point or a thousands comma may differ by 3 %,
because the search is refined to a tolerance and not to the last digit. A session without ``?`` must
exit 0. ``> FILE`` writes stdout to a file. ``CLAIM`` and ``ACCOUNT`` as words of a command are the
id of the last claim or account that an answer made. Without any ``!`` line stderr is not compared;
without any other line stdout is not.
Commands run in a folder that holds a copy of src/noonmark/examples/, one after the other, so that a
session can tell a story.
"""

from __future__ import annotations

import io
import re
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TOLERANCE = 0.03


@dataclass
class Step:
    """One command line and what it must show."""

    words: list[str]
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    exit_code: int = 0
    feed: str | None = None
    into: str | None = None


def parse(text: str) -> list[Step]:
    """The steps of a session. ``$ noonmark ... < FILE`` feeds a file to standard input."""
    steps: list[Step] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            words = shlex.split(line[2:], comments=True)
            words, feed = _redirected(words, "<")
            words, into = _redirected(words, ">")
            steps.append(Step(words, feed=feed, into=into))
        elif not steps or line.startswith("#"):
            continue
        elif line.startswith("! "):
            steps[-1].stderr.append(line[2:])
        elif line.startswith("? "):
            steps[-1].exit_code = int(line[2:])
        else:
            steps[-1].stdout.append(line)
    return steps


def _redirected(words: list[str], sign: str) -> tuple[list[str], str | None]:
    """The words without a redirection at their end, and the file that it names."""
    if sign not in words:
        return words, None
    at = words.index(sign)
    return words[:at], words[at + 1]


def fenced(markdown: str, language: str = "console") -> str:
    """The sessions in a Markdown page: its ``console`` fences, joined."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", markdown, re.M | re.S))


def run(step: Step, where: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one ``noonmark`` command line, run in this process."""
    from noonmark.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    monkeypatch.chdir(where)
    feed = io.TextIOWrapper(io.BytesIO((where / step.feed).read_bytes() if step.feed else b""))
    monkeypatch.setattr(sys, "stdin", feed)
    with redirect_stdout(out), redirect_stderr(err):
        code = main(step.words[1:])
    return code, out.getvalue(), err.getvalue()


def matches(wanted: list[str], found: str) -> bool:
    """Whether the text found is what is wanted, where ``...`` stands for anything, even lines."""
    text = "\n".join(line.rstrip() for line in wanted).strip()
    shown = "\n".join(line.rstrip() for line in found.splitlines()).strip()
    parts = [_NUMBER.split(part) for part in text.split("...")]
    # A split by a group alternates: text, number, text, number, text.
    pattern = ".*?".join(
        "".join(_token(token, i % 2 == 1) for i, token in enumerate(part)) for part in parts
    )
    match = re.fullmatch(pattern, shown, re.S)
    numbers = [token for part in parts for token in part[1::2]]
    return match is not None and all(
        _near(a, b) for a, b in zip(numbers, match.groups(), strict=True)
    )


_CLAIM = re.compile(r"^([a-z2-7]{26})  claim$", re.M)
_ACCOUNT = re.compile(r"^account ([a-z2-7]{26})$", re.M)
_NUMBER = re.compile(r"((?<![\d.,:-])\d[\d,]*[.,]\d+(?![\d.,:-]))")


def _token(token: str, is_number: bool) -> str:
    return (
        r" *(\d[\d,]*(?:\.\d+)?)"
        if is_number
        else re.escape(token.rstrip(" ") if token.strip() else token)
    )


def _near(wanted: str, found: str) -> bool:
    a, b = (float(text.replace(",", "")) for text in (wanted, found))
    return abs(a - b) <= TOLERANCE * max(abs(a), abs(b))


def play(steps: list[Step], where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every noonmark step and fail on the first difference."""
    known: dict[str, str] = {}
    for step in steps:
        if step.words[:1] != ["noonmark"]:
            continue
        step.words = [known.get(word, word) for word in step.words]
        code, out, err = run(step, where, monkeypatch)
        for name, pattern in (("CLAIM", _CLAIM), ("ACCOUNT", _ACCOUNT)):
            for found in pattern.findall(out):
                known[name] = found
        if step.into:
            (where / step.into).write_text(out, encoding="utf-8")
            out = ""
        shown = f"$ {shlex.join(step.words)}\n{out}{err}(exit {code})"
        assert code == step.exit_code, shown
        assert not any(step.stdout) or matches(step.stdout, out), f"{shown}\nwanted:\n" + "\n".join(
            step.stdout
        )
        assert not step.stderr or matches(step.stderr, err), (
            f"{shown}\nwanted on stderr:\n" + "\n".join(step.stderr)
        )
