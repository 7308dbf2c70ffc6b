"""An empty case for each test that asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from noonmark.evidence.vault import new_vault


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The folder of an empty case."""
    new_vault(tmp_path / "case").close()
    return tmp_path / "case"
