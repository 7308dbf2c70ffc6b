"""Fixtures of the evidence tests."""

from __future__ import annotations

import pytest

from noonmark.evidence import age_passphrase


@pytest.fixture
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seal to passphrases at a low work factor: the real one costs a second, on purpose."""
    pytest.importorskip("pyrage", reason="pyrage is not installed")
    monkeypatch.setattr(age_passphrase, "WORK_FACTOR", 10)
