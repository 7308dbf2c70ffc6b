"""Giving what was said in a case to colleagues, taking theirs in, and withdrawing what was said."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from noonmark.actions.signing_keys import case_key, key_text
from noonmark.errors import InputError
from noonmark.evidence import withdrawal
from noonmark.evidence.entry_schema import DEFAULT_ACTOR
from noonmark.evidence.vault import open_vault
from noonmark.inquiry import team
from noonmark.inquiry.disputes import disputes_of
from noonmark.inquiry.drafts import full_id
from noonmark.inquiry.state import read, read_open


def give_inquiry(case: Path, out: Path, key: Path, *, by: str = DEFAULT_ACTOR) -> dict[str, Any]:
    """Seal a case and write a bundle of everything said in it; files of the case stay behind."""
    signing = case_key(key)
    with open_vault(case, write=True, by=by) as vault:
        written = team.give(vault, out, signing)
    return {
        "ok": True,
        "out": out,
        "origin": vault.origin,
        "size": written.size,
        "objects": written.items,
        "bytes": written.bytes,
        "key": str(signing.public),
    }


def take_inquiry(
    case: Path, bundle: Path, *, key: str | None = None, by: str = DEFAULT_ACTOR
) -> dict[str, Any]:
    """Verify a colleague's bundle and take in what it says; ``ok`` is false where a log forked."""
    with open_vault(case, write=True, by=by) as vault:
        done = team.take(vault, bundle, key=key_text(key))
    disputes = disputes_of(read(case))
    return {"ok": not done.forks, **vars(done), "disputes": [vars(one) for one in disputes]}


def withdraw_from_inquiry(
    case: Path,
    name: str,
    *,
    reason: str,
    by: str = DEFAULT_ACTOR,
    forms: Collection[str] | None = None,
) -> dict[str, Any]:
    """Delete what was said under an id, in all its versions; the log keeps that it was said.

    ``forms``: only these kinds of things; left out, whatever it is.
    """
    why = withdrawal.stated(reason)
    with open_vault(case, write=True, by=by) as vault:
        inquiry = read_open(vault)
        full = full_id(inquiry, name)
        found = inquiry.by_id[full][0].form
        if forms is not None and found not in forms:
            raise InputError(
                f"{full} is a {found}, not a {' or '.join(forms)}",
                code="form-reference",
                hint="noonmark inquiry withdraw CASE ID withdraws whatever was said",
            )
        deleted = team.withdraw_said(vault, full, reason=why)
        greyed = sorted(read_open(vault).greyed)
    return {"ok": True, "id": full, "deleted": deleted, "greyed": greyed}
