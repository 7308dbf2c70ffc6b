"""The only module that prints. Answers go to stdout; progress, notes and errors go to stderr.

With ``--json`` stdout carries one JSON object and nothing else: ASCII, no NaN. Without it, stdout
carries lines for a person. A name found in hostile footage must not be able to clear the screen,
forge a line or turn the text around, so every line is made inert on its way out.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TextIO

from noonmark.actions.json_text import json_line
from noonmark.errors import NoonmarkError, RecoveryWarning

# Joiners are part of Persian and Indic spelling; these spaces are part of French and CJK
# typography.
_KEPT = frozenset("\u200c\u200d\u00a0\u2009\u202f\u3000")
_BOLD, _RED, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[0m"
QUIET_S = 2.0
PLAIN_EVERY_S = 10.0


@dataclasses.dataclass(frozen=True)
class Result:
    """What a command found: ``data`` for ``--json``, ``lines`` for a person, and the exit code.

    Each item of ``lines`` is one line: a newline inside it is shown, not obeyed. A line that starts
    with ``# `` is a heading. ``notes`` go to stderr either way.
    """

    data: Mapping[str, Any]
    lines: Sequence[str] = ()
    notes: Sequence[str] = ()
    exit_code: int = 0


def inert(text: str) -> str:
    """The text as one line that a terminal can't obey: controls, escapes and bidi marks are spelled
    out.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in _KEPT else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def answer(result: Result, *, json_wanted: bool) -> None:
    """Print a result on stdout and its notes on stderr."""
    for text in result.notes:
        note(text)
    if json_wanted:
        _write(sys.stdout, [json_line(result.data)])
        return
    _write(
        sys.stdout,
        [_heading(line) if line.startswith("# ") else inert(line) for line in result.lines],
    )


def page(text: str) -> None:
    """Print help or another text of our own, newlines and all, on stdout."""
    _write(sys.stdout, [inert(line) for line in text.rstrip("\n").split("\n")])


def note(text: str) -> None:
    """Print one line for a person on stderr."""
    _write(sys.stderr, [inert(text)])


@contextmanager
def recoveries_told() -> Iterator[None]:
    """Tell as a note what was finished or undone after a crash, when a case was opened."""
    with warnings.catch_warnings():
        others = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *more: Any, **named: Any) -> None:
            if issubclass(category, RecoveryWarning):
                note(f"recovered: {message}")
            else:
                others(message, category, *more, **named)

        warnings.simplefilter("always", RecoveryWarning)
        warnings.showwarning = show
        yield


def error(trouble: NoonmarkError, *, json_wanted: bool) -> None:
    """Print an error: as JSON on stdout, or as one sentence and a hint on stderr."""
    if json_wanted:
        _write(sys.stdout, [json_line(trouble.as_json())])
        return
    mark = f"{_RED}noonmark:{_PLAIN}" if _coloured(sys.stderr) else "noonmark:"
    problems = trouble.details.get("problems") or ()
    lines = [f"{mark} {inert(trouble.message)}"]
    if len(problems) > 1:
        lines = [f"{mark} {len(problems)} things to mend"]
        lines += [
            inert("  {where}: expected {expected}, got {found}".format(**problem))
            for problem in problems
        ]
    if trouble.hint:
        lines.append(f"  hint: {inert(trouble.hint)}")
    _write(sys.stderr, lines)


def as_json(data: Mapping[str, Any]) -> str:
    """One JSON object on one line, for a command whose lines are JSON themselves."""
    return json_line(data)


def piped() -> bool:
    """Whether stdout goes to another program or a file instead of a person."""
    return not sys.stdout.isatty()


def json_text(text: str) -> None:
    """Print a line of JSON that is text already."""
    _write(sys.stdout, [inert(text)])


def hush() -> None:
    """After a broken pipe: keep the interpreter from complaining while it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Progress:
    """Says how far a long piece of work is, on stderr, once it has taken more than two seconds.

    ``with Progress("searching") as progress: locate(..., progress=progress.step)``; ``step(share)``
    takes the share done, 0 to 1, and an optional word. A terminal shows one line that is rewritten,
    a pipe a plain line every ten seconds.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._started_s = time.monotonic()
        self._next_s = self._started_s + QUIET_S
        self._live = sys.stderr.isatty()
        self._shown = False

    def __enter__(self) -> Progress:
        return self

    def step(self, share: float, word: str = "") -> None:
        """Report that ``share`` of the work, 0 to 1, is done."""
        self._say(f"{100 * min(max(share, 0.0), 1.0):3.0f} % {word}".rstrip())

    def count(self, done: int, word: str) -> None:
        """Report how many are done where nobody knows how many there will be."""
        self._say(f"{done} {word}")

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _say(self, what: str) -> None:
        present_s = time.monotonic()
        if present_s < self._next_s:
            return
        line = f"{inert(f'{self._label}: {what}')}, {present_s - self._started_s:.0f} s"
        if self._live:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
            self._shown = True
        else:
            _write(sys.stderr, [line])
        self._next_s = present_s + (0.2 if self._live else PLAIN_EVERY_S)


def _coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _heading(line: str) -> str:
    text = inert(line[2:])
    return f"{_BOLD}{text}{_PLAIN}" if _coloured(sys.stdout) else text


def _write(stream: TextIO, lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    # A terminal that can't show a degree sign gets it spelled out, never a crash.
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
