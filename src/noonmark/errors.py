"""Every deliberate error, as a tree::

    NoonmarkError(message, *, code, hint=None, **details)
      InputError     the analyst can fix it      exit 2
      EvidenceError  trust is broken             exit 1
      OutsideError   the world failed us         exit 3

A message is one plain sentence that names the values compared; ``hint`` says what to type.
Every ``code`` is an anchor in docs/codes.md. A contradiction between clues is a finding, not an
exception, and to audit is to collect :class:`Problem`, not to raise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar


@dataclass(frozen=True)
class Problem:
    """One thing wrong in an input or a bundle: where it stands, what was expected and found."""

    code: str
    where: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, got {self.found}"


class NoonmarkError(Exception):
    """The root. ``str(error)`` is one sentence for a person; ``code`` is for a machine."""

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, code: str, hint: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint
        self.details = details

    def as_json(self) -> dict[str, Any]:
        """The one JSON shape of an error, for the command line and the web."""
        return {
            "ok": False,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "details": self.details,
        }


class RecoveryWarning(UserWarning):
    """An act that a crash had cut in the middle was finished or undone; the log says so too."""


class InputError(NoonmarkError):
    """The analyst can fix it."""

    exit_code: ClassVar[int] = 2

    @classmethod
    def of(cls, problems: Sequence[Problem], *, hint: str | None = None) -> InputError:
        """One error that carries all problems of one input, so that they are mended in one go."""
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return cls(
            f"{first}{more}",
            code=first.code,
            hint=hint,
            problems=[vars(p) for p in problems],
        )


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Put a file before the message of every error that is found in it.

    A worker knows no path: it is handed an open file.
    """
    try:
        yield
    except InputError as error:
        error.message = f"{path}: {error.message}"
        error.args = (error.message,)
        raise


class EvidenceError(NoonmarkError):
    """Trust is broken: a digest differs, a chain is cut, a seal is bad."""

    exit_code: ClassVar[int] = 1


class OutsideError(NoonmarkError):
    """The world failed us: a decoder died, the disk is full, the network is away. The case is
    unharmed.
    """

    exit_code: ClassVar[int] = 3
