"""Which locks a worker needs on each system, and the one way to go on without one of them.

A needed lock that does not hold ends the worker before it has read a byte of the file. An extra
lock closes the same way out a second time; where a container forbids it, the work goes on.

Only the user can go without a needed lock, by naming it in the environment variable
``NOONMARK_SANDBOX_WITHOUT``. Each run then says so on standard error, and the log of a case says it
of what was made (actions/case_items.means).
"""

from __future__ import annotations

import os
import sys

from noonmark.errors import InputError

VARIABLE = "NOONMARK_SANDBOX_WITHOUT"

NEEDED: dict[str, tuple[str, ...]] = {
    "linux": (
        "memory",
        "cpu",
        "file-size",
        "processes",
        "open-files",
        "no-new-privileges",
        "no-capabilities",
        "landlock",
        "seccomp",
    ),
    "darwin": ("cpu", "file-size", "open-files", "sandbox-exec"),
}
"""By ``sys.platform``. A system that is not named here can't lock a worker in."""

EXTRA: dict[str, tuple[str, ...]] = {
    "linux": ("namespaces", "core"),
    "darwin": ("memory", "processes", "core"),
}
"""Closed where the system offers them. Without namespaces, seccomp alone keeps the network away."""


def needed(platform: str = sys.platform) -> tuple[str, ...]:
    """The locks without which nothing is opened here; empty where none can be closed."""
    return NEEDED.get(platform, ())


def waived(platform: str = sys.platform) -> tuple[str, ...]:
    """The needed locks that the user has decided to go without, in the order of ``needed``.

    Raises InputError where the variable names something else: a slip must not look like a decision.
    """
    words = [word.strip() for word in os.environ.get(VARIABLE, "").split(",")]
    named = {word for word in words if word}
    known = needed(platform)
    unknown = sorted(named - set(known))
    if unknown:
        raise InputError(
            f"{VARIABLE} names {unknown[0]!r}, which is no lock that is needed here",
            code="no-such-lock",
            hint=f"the needed locks are {', '.join(known)}",
        )
    return tuple(name for name in known if name in named)
