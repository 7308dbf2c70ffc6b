"""The gate of every export of a case: the checks of a release, on all of it or on a part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from noonmark import values
from noonmark.evidence.vault import Vault, open_vault
from noonmark.release import checks, gate
from noonmark.release.record import read_record
from noonmark.release.selection import ReleaseProposal, ReleaseRequest, everything, of_items

Overrides = Sequence[tuple[str, str]]
"""Reasons by the code of what each lifts."""


def pass_export(
    vault: Vault, only: Sequence[str], despite: str | None, overrides: Overrides
) -> str | None:
    """The note for the log on what reasons lift; everything else that stops the export raises.

    ``only`` are the digests of a part, none for the whole case; ``despite`` is the reason to pass
    over what was agreed with sources.
    """
    reasons = list(overrides)
    if despite is not None:
        reasons += [(code, despite) for code in ("source-restricted", "release-restricted")]
    request = ReleaseRequest(
        today=values.rfc3339(values.now()), overrides=tuple(reasons), everything=not only
    )
    record = read_record(vault)
    known = [digest for digest in only if digest in record.items]
    selection = of_items(record, known) if only else everything(record)
    more = gate.digests_shown(vault, record, known) if only else ()
    verdict = gate.judge(ReleaseProposal(record, selection, request), more)
    gate.refuse(verdict)
    return verdict.note() or None


def pass_answer(folder: Path, items: Collection[str]) -> None:
    """Raise what stops the answer about some items from leaving: an agreement with their source, or
    a restriction. No byte of the items themselves goes out with an answer.
    """
    with open_vault(folder) as vault:
        record = read_record(vault)
    selection = of_items(record, [digest for digest in items if digest in record.items])
    proposal = ReleaseProposal(record, selection, ReleaseRequest())
    found = checks.refusals(proposal, checks.OF_ANSWERS)
    gate.refuse(gate.GateVerdict(tuple(found), ()))
