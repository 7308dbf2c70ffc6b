"""Workers of these tests run in the test's own process, but for those that ask for the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from noonmark.actions import new_case
from tests.sandbox.inprocess import without_workers


@pytest.fixture
def real_sandbox() -> None:
    """The test's workers are started and locked as those of a user's command are."""


@pytest.fixture(autouse=True)
def _workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_sandbox" not in request.fixturenames:
        without_workers(monkeypatch)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A new case."""
    folder = tmp_path / "case"
    new_case(folder)
    return folder


@pytest.fixture
def no_poppler(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of the test has no poppler."""
    from noonmark.documents import poppler

    monkeypatch.setattr(poppler, "present", lambda name="pdftotext": None)


SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "documents"


@pytest.fixture
def shared() -> Path:
    """The folder of shared documents."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not here")
    return SHARED
