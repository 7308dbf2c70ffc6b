"""The workers that run now, so that a program that is told to end does not wait for a film.

A worker is listed until just before it is reaped: its number is its own as long as it is listed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading

from noonmark.errors import OutsideError

_lock = threading.Lock()
_listed: set[int] = set()
_ending = threading.Event()


def refuse_if_ending() -> None:
    """Raise OutsideError once the program is ending: no other worker is started then."""
    if _ending.is_set():
        raise OutsideError(
            "Noonmark is ending, so no file is opened any more",
            code="worker-died",
            hint="start it again; the case is unharmed",
        )


def add(pid: int) -> None:
    """List a worker that was started; end it at once where the program is ending."""
    with _lock:
        _listed.add(pid)
        if _ending.is_set():
            _kill(pid)


def remove(pid: int) -> None:
    """Take a worker off the list, before it is reaped."""
    with _lock:
        _listed.discard(pid)


def end_all() -> None:
    """Kill every worker and start no other: their callers get an error at once."""
    _ending.set()
    with _lock:
        for pid in _listed:
            _kill(pid)


def _kill(pid: int) -> None:
    """Kill the session of a worker."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
