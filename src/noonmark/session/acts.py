"""Acts on the case that the page has open: one at a time, and what was shown is logged first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from noonmark.session.case_session import CaseSession


def acted(session: CaseSession, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do a short act of the command line in the open case; what it answers."""
    with session.lock:
        with session.writing():
            pass
        return act()


def acted_long(session: CaseSession, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do an act that takes long, such as reading a document; what it answers.

    It opens the case only for what it writes, so that other acts, saving above all, do not wait
    for its end. Two such acts follow one another.
    """
    with session.long_act:
        with session.writing():
            pass
        return act()
