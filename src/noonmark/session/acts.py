"""An act on the case that the page has open: one at a time, and what was shown is logged first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from noonmark.session.case_session import CaseSession


def acted(session: CaseSession, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do an act of the command line in the open case; what it answers.

    The case is waited for where another process is about to let go of it.
    """
    with session.lock:
        with session.writing():
            pass
        return act()
