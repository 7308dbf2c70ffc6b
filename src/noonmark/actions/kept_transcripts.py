"""Transcripts that a case holds already, made into accounts: as ``account add`` does with files."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from noonmark.actions.document_views import items_of
from noonmark.actions.transcripts import AccountGiven as AccountGiven
from noonmark.actions.transcripts import TranslationGiven as TranslationGiven
from noonmark.actions.transcripts import add_account
from noonmark.evidence.entry_schema import DEFAULT_ACTOR
from noonmark.evidence.vault import open_vault


def add_kept_account(
    case: Path,
    item: str,
    given: AccountGiven,
    *,
    translation: TranslationGiven | None = None,
    by: str = DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Say an account whose transcript is an item of the case.

    The path of ``translation`` is the digest of an item. Raises what ``account add`` raises, and
    "object-missing".
    """
    with ExitStack() as stack:
        file = _named_copy(case, item, stack)
        if translation is not None:
            path = _named_copy(case, str(translation.path), stack)
            translation = replace(translation, path=path)
        return add_account(case, file, given, translation=translation, by=by)


def _named_copy(case: Path, item: str, stack: ExitStack) -> Path:
    """A copy of an item under the name it came under, which says its format."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="noonmark-")))
    with open_vault(case) as vault:
        kept = vault.store.get(item)
        items = items_of(vault)
    name = items[item].name.replace("\\", "/").rpartition("/")[2] if item in items else item
    path = folder / (name if name.strip(". ") else "transcript")
    shutil.copyfile(kept, path)
    return path
