"""The end of the page's server: whatever still reads a file for it is stopped."""

from __future__ import annotations

from noonmark.sandbox import running


def end_workers() -> None:
    """Kill the workers that decode for the page, and start no other."""
    running.end_all()
