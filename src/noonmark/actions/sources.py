"""Sources and locked cases; every answer names aliases only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def source_add(
    case: Path,
    identity: str,
    *,
    consent: str,
    restriction: str,
    note: str | None,
    passphrase: str | None,
    recipients: Sequence[str],
    by: str,
) -> dict[str, Any]:
    """Seal an identity in an age file of its own; the answer is the new alias."""
    from noonmark.evidence import sources
    from noonmark.evidence.vault import open_vault

    with open_vault(case, write=True, by=by) as vault:
        alias = sources.add(
            vault,
            identity,
            consent=consent,
            restriction=restriction,
            note=note,
            passphrase=passphrase,
            recipients=recipients,
        )
    return {"ok": True, "alias": alias}


def source_list(case: Path) -> dict[str, Any]:
    """The sources by alias: what was agreed, whether the identity is kept, how many items came from
    each.
    """
    from noonmark.evidence import sources
    from noonmark.evidence.vault import open_vault

    with open_vault(case) as vault:
        given = sources.items_by_source(vault)
        found = [{**vars(s), "items": len(given.get(s.alias, ()))} for s in sources.listed(vault)]
    return {"ok": True, "sources": found}


def source_reveal(
    case: Path,
    alias: str,
    *,
    purpose: str,
    passphrase: str | None,
    identities: Sequence[str],
    by: str,
) -> dict[str, Any]:
    """The identity behind an alias; that it was opened is logged first."""
    from noonmark.evidence import sources
    from noonmark.evidence.vault import open_vault

    with open_vault(case, write=True, by=by) as vault:
        text = sources.reveal(
            vault, alias, purpose=purpose, passphrase=passphrase, identities=identities
        )
    return {"ok": True, "alias": alias, "identity": text}


def source_withdraw(
    case: Path, alias: str, *, reason: str, keep_items: bool, by: str
) -> dict[str, Any]:
    """Delete a source's identity and, unless they are kept, the bytes of its items and all derived
    from them.
    """
    from noonmark.evidence import sources
    from noonmark.evidence.vault import open_vault

    with open_vault(case, write=True, by=by) as vault:
        done = sources.withdraw(vault, alias, reason=reason, keep_items=keep_items)
    return {"ok": True, **vars(done)}


def case_lock(
    case: Path, out: Path, *, passphrase: str | None, recipients: Sequence[str], by: str
) -> dict[str, Any]:
    """Put the whole case into one age file and take the folder away."""
    from noonmark.evidence import locked_case

    files = locked_case.lock(case, out, by=by, passphrase=passphrase, recipients=recipients)
    return {"ok": True, "locked": str(out), "files": files}


def case_unlock(
    folder: Path, case: Path, *, passphrase: str | None, identities: Sequence[str], by: str
) -> dict[str, Any]:
    """Open a locked case into a new folder."""
    from noonmark.evidence import locked_case

    files = locked_case.unlock(folder, case, by=by, passphrase=passphrase, identities=identities)
    return {"ok": True, "case": str(case), "files": files}
