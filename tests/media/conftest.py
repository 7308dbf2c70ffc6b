"""Workers of these tests run in the test's own process, but for the tests that ask for the sandbox.

A matrix of formats asks what a task makes of a file; that needs no process of its own. What only a
locked process gives is asked with ``real_sandbox``: a few whole commands for each task, and every
test of an attack (memory, CPU, bombs).
"""

from __future__ import annotations

import pytest

from noonmark.media import exiftool
from tests.sandbox.inprocess import without_workers


@pytest.fixture
def real_sandbox() -> None:
    """The test's workers are started and locked as those of a user's command are."""


@pytest.fixture
def no_exiftool(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of the test has no exiftool."""
    monkeypatch.setattr(exiftool, "present", lambda: None)


@pytest.fixture(autouse=True)
def _workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_sandbox" not in request.fixturenames:
        without_workers(monkeypatch)
