"""Acts on a case: read, hand over, withdraw, check, seal, export; each opens it and logs.

How bytes and entries are kept is the business of :mod:`noonmark.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from noonmark.actions.case_intake import held, no_such_item
from noonmark.actions.export_gate import Overrides, pass_export
from noonmark.actions.progress import Share, sharing, total_bytes
from noonmark.actions.signing_keys import case_key, key_text, small_file
from noonmark.errors import EvidenceError, InputError, NoonmarkError
from noonmark.evidence import audit, withdrawal
from noonmark.evidence.audit import AuditVerdict, FileState
from noonmark.evidence.bundle import WrittenBundle, copy_object, sealed, write_bundle, write_part
from noonmark.evidence.digest import is_digest
from noonmark.evidence.entry_schema import DEFAULT_ACTOR, fact
from noonmark.evidence.log import Entry
from noonmark.evidence.note import SigningKey
from noonmark.evidence.packages import export
from noonmark.evidence.proof import proof_of
from noonmark.evidence.seal import Seal, latest_seal, seal
from noonmark.evidence.vault import Vault, new_vault, open_vault

FORMS = ("bundle", *export.FORMS)


@dataclass(frozen=True)
class CaseItem:
    """A file kept in a case: its digest, its size, and the name and role it came with."""

    sha256: str
    size_bytes: int
    name: str
    role: str
    added_at: str


@dataclass(frozen=True)
class CaseOverview:
    """A case at a glance; a notebook shows it as a table of items."""

    origin: str
    log_entries: int
    sealed_entries: int
    sealed_by: str | None
    items: tuple[CaseItem, ...]

    def _repr_html_(self) -> str:
        """The items as a table."""
        rows = "".join(
            f"<tr><td>{escape(item.name)}</td><td>{item.size_bytes}</td>"
            f"<td><code>{item.sha256}</code></td><td>{escape(item.role)}</td></tr>"
            for item in self.items
        )
        sealed = f"sealed at {self.sealed_entries} entries" if self.sealed_by else "never sealed"
        return (
            f"<p>{escape(self.origin)}: {self.log_entries} log entries, {sealed}</p>"
            "<table><thead><tr><th>name</th><th>bytes</th><th>SHA-256</th><th>role</th></tr>"
            "</thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def new_case(folder: Path, *, by: str = DEFAULT_ACTOR) -> str:
    """Make a case in a new or empty folder; returns its origin."""
    with new_vault(folder, by=by) as case:
        return case.origin


def case_history(
    folder: Path, *, item: str | None = None, kind: str | None = None
) -> Iterator[Entry]:
    """The entries of the log in order; those that name an item, or are of a kind, if asked."""
    with open_vault(folder) as case:
        if item is None and kind is None:
            yield from case.log.entries()
            return
        if item is not None and not is_digest(item):
            raise no_such_item(item)
        for number in case.log.index.numbers(kind=kind, sha256=item):
            yield case.log.entry(number)


def case_summary(folder: Path) -> dict[str, Any]:
    """Counts: entries, items, bytes, and the newest seal."""
    with open_vault(folder) as case:
        newest, kept = latest_seal(case), case.present()
        told = {"size": newest.size, "key": newest.key} if newest else None
        sizes = {"log_entries": case.log.size, "items": len(kept), "bytes": sum(kept.values())}
        return {"origin": case.origin, **sizes, "seal": told}


def case(folder: str | Path) -> CaseOverview:
    """A case at a glance: its origin, its newest seal, and its items with what they claim to be.

    Nothing is changed or logged. Sizes are in bytes, digests are SHA-256 in hexadecimal.

    Raises ``InputError`` (``not-a-case``) for any other folder, ``EvidenceError`` for a case whose
    log or marker was altered.
    """
    summary = case_summary(Path(folder))
    items = tuple(
        CaseItem(
            sha256=str(entry.facts["sha256"]),
            size_bytes=int(entry.facts["size"]),
            name=str(entry.facts["claims"].get("name", "")),
            role=str(entry.facts["role"]),
            added_at=entry.at,
        )
        for entry in case_history(Path(folder), kind="item")
    )
    newest = summary["seal"]
    sealed_by = None if newest is None else str(newest["key"])
    return CaseOverview(
        origin=str(summary["origin"]),
        log_entries=int(summary["log_entries"]),
        sealed_entries=0 if newest is None else int(newest["size"]),
        sealed_by=sealed_by,
        items=items,
    )


def audit_case(
    folder: Path,
    *,
    by: str = DEFAULT_ACTOR,
    key: str | None = None,
    checkpoint: Path | None = None,
    quick: bool = False,
    logged: bool = True,
    share: Share | None = None,
) -> AuditVerdict:
    """Judge a case; logs that it was checked where the case can be written to and is sound."""
    given = None if checkpoint is None else small_file(checkpoint)
    seen = sharing(share, lambda: total_bytes([str(folder / "objects")]))
    verdict = audit.audit_case(
        folder, key=key_text(key), checkpoint=given, objects=not quick, seen=seen
    )
    if logged and not quick:
        try:
            with open_vault(folder, write=True, by=by) as case:
                _log_recheck(case, verdict)
        except NoonmarkError as error:
            return _noted(verdict, f"this check was not logged: {error.message}")
    return verdict


def verify_bundle(
    folder: str | Path,
    *,
    key: str | None = None,
    checkpoint: Path | None = None,
    share: Share | None = None,
) -> AuditVerdict:
    """Judge a bundle, as its own verify.py does, with other code."""
    given = None if checkpoint is None else small_file(checkpoint)
    seen = sharing(share, lambda: total_bytes([str(folder)]))
    return audit.audit_bundle(Path(folder), key=key_text(key), checkpoint=given, seen=seen)


def seal_case(
    folder: Path,
    key: Path,
    *,
    by: str = DEFAULT_ACTOR,
    note: str | None = None,
    despite: bool = False,
    share: Share | None = None,
    known: Mapping[str, FileState] | None = None,
) -> Seal:
    """Check everything again, then sign the state of the case.

    A damaged case is not sealed (``not-sound``) unless told ``despite``. Objects in ``known`` were
    read a moment ago (``audit.sound_objects``): only those that changed since are read again.
    """
    signing = case_key(key)
    with open_vault(folder, write=True, by=by) as case:
        seen = sharing(share, lambda: sum(case.present().values()))
        verdict = audit.audit_case(case.folder, seen=seen, known=known)
        _log_recheck(case, verdict)
        wrong = [problem for problem in verdict.problems if problem.code != "object-unlogged"]
        if wrong and not despite:
            raise EvidenceError(
                f"not sealed: {len(wrong)} things are wrong, "
                f"the first: {wrong[0].code} at {wrong[0].where}",
                code="not-sound",
                hint="noonmark case audit lists them; "
                "--despite-problems seals anyway, and the log says so",
                problems=[vars(problem) for problem in wrong[:100]],
            )
        return seal(case, signing, note=note)


def export_case(
    folder: Path,
    out: Path,
    *,
    by: str = DEFAULT_ACTOR,
    form: str = "bundle",
    only: Sequence[str] = (),
    key: Path | None = None,
    despite: str | None = None,
    overrides: Overrides = (),
    share: Share | None = None,
) -> tuple[WrittenBundle, int]:
    """Write the newest seal's bundle, whole or in part, or wrapped in an archive's form.

    What stops a release stops an export too (:mod:`noonmark.release`), unless ``despite`` (for what
    was agreed with a source) or ``overrides`` (by code) give a reason, which is logged. The export
    is logged before anything leaves. Also returns how many entries are newer than that seal and
    stay behind.
    """
    signing = None if key is None else case_key(key)
    if form not in FORMS:
        raise InputError(
            f"{form!r} is not a form of export",
            code="unknown-form",
            hint="one of: " + ", ".join(FORMS),
        )
    if only and (form != "bundle" or signing is None):
        raise InputError(
            "a part of a case is exported as a bundle, and needs a key to be signed anew",
            code="part-needs-key",
            hint="--as bundle --only DIGEST --key FILE",
        )
    with _open_for_export(folder, by=by) as case:
        before, size = case.log.size, sealed(case).size
        note = pass_export(case, only, despite, overrides)
        if case.log.writable:
            _log_export(case, form=form, only=only, size=size, note=note)
        try:
            written = _write(case, out, form=form, only=only, key=signing, share=share)
        except NoonmarkError as error:
            if case.log.writable and error.code != "disk-full":
                case.append(fact("note", text=f"the export did not finish: {error.code}"))
            raise
        return written, before - written.size


def withdraw_from_case(
    folder: Path, sha256: str, *, reason: str, authority: str | None = None, by: str = DEFAULT_ACTOR
) -> bool:
    """Log that an item is withdrawn, then delete its bytes; true if there were bytes.

    The log still verifies: the entry of the item remains, as a tombstone.
    """
    why = withdrawal.stated(reason)
    with open_vault(folder, write=True, by=by) as case:
        if not _was_logged(case, sha256):
            raise no_such_item(sha256)
        there = case.store.has(sha256)
        if case.log.index.object_of(sha256) is not None:
            approved = authority or case.by
            act = case.begin(
                withdrawal.ACT, alias="", items=[sha256], reason=why, authority=approved
            )
            withdrawal.carry_out(case.folder, case.store, case.log, act)
        else:
            case.store.remove(sha256)
        return there


def hand_over(
    folder: Path,
    items: Sequence[str],
    *,
    giver: str,
    taker: str,
    means: str,
    note: str | None = None,
    by: str = DEFAULT_ACTOR,
) -> int:
    """Log that items (or all) went from one holder to another; the number of the entry."""
    noted = {"note": note} if note else {}
    with open_vault(folder, write=True, by=by) as case:
        for sha256 in items:
            held(case, sha256)
        listed = list(items) or ["all"]
        stated = fact("transfer", items=listed, giver=giver, taker=taker, means=means, **noted)
        return case.append(stated)[0].index


def get_item(folder: Path, sha256: str, out: Path, *, purpose: str, by: str = DEFAULT_ACTOR) -> int:
    """Copy an item to a new file; its size [bytes].

    That it was opened, and what for, is logged first; the copied bytes must have their digest.
    """
    with open_vault(folder, write=True, by=by) as case:
        size = held(case, sha256)
        case.store.get(sha256)
        case.append(fact("access", items=[sha256], purpose=purpose))
        copy_object(case, out, sha256, size)
        return size


def prove_entry(folder: Path, number: int) -> str:
    """A tlog-proof (c2sp.org/tlog-proof) of one entry under the newest seal."""
    with open_vault(folder) as case:
        return proof_of(case, number)


def _log_recheck(case: Vault, verdict: AuditVerdict) -> None:
    codes = sorted({problem.code for problem in verdict.problems})
    told = {"codes": ", ".join(codes)} if codes else {}
    count = len(verdict.problems)
    case.append(fact("recheck", files=verdict.files, bytes=verdict.bytes, problems=count, **told))


def _log_export(
    case: Vault, *, form: str, only: Sequence[str], size: int, note: str | None
) -> None:
    disclosure = "partial" if only else "full"
    items = len(set(only)) if only else len(case.present())
    noted = {"note": note} if note else {}
    case.append(fact("export", form=form, items=items, disclosure=disclosure, size=size, **noted))


def _open_for_export(folder: Path, *, by: str) -> Vault:
    """The case for writing, or for reading only where it can't be written to."""
    try:
        return open_vault(folder, write=True, by=by)
    except NoonmarkError as error:
        if error.code != "case-read-only":
            raise
        return open_vault(folder, by=by)


def _write(
    case: Vault,
    out: Path,
    *,
    form: str,
    only: Sequence[str],
    key: SigningKey | None,
    share: Share | None,
) -> WrittenBundle:
    seen = sharing(share, lambda: sum(case.present().values()))
    if only and key is not None:
        return write_part(case, out, only, key, seen=seen)
    if form == "bundle":
        return write_bundle(case, out, seen=seen)
    return export.write(case, out, form, seen=seen)


def _was_logged(case: Vault, sha256: str) -> bool:
    if not is_digest(sha256):
        return False
    return any(True for _ in case.log.index.numbers(kind="item", sha256=sha256))


def _noted(verdict: AuditVerdict, note: str) -> AuditVerdict:
    return replace(verdict, notes=(*verdict.notes, note))
