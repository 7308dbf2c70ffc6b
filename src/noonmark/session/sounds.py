"""The sound of an item for the page; that it was heard is remembered for the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from noonmark.evidence.store import Store
from noonmark.media import sound
from noonmark.session.case_session import CaseSession


def peaks(session: CaseSession, sha256: str) -> dict[str, Any]:
    """How loud a recording is over its length: ``peaks`` of 0 to 255, and ``duration_ms``."""
    found = sound.sound_peaks(_path(session, sha256))
    return {"peaks": list(found.peaks), "duration_ms": found.duration_ms}


def piece(session: CaseSession, sha256: str, from_ms: int, to_ms: int) -> bytes:
    """A piece of a recording as a WAV file."""
    return sound.sound_piece(_path(session, sha256), from_ms, to_ms)


def _path(session: CaseSession, sha256: str) -> Path:
    path = Store(session.folder).get(sha256)
    session.show(sha256)
    return path
