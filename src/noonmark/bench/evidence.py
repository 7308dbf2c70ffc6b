"""Evidence at the bench: cases made, filled, read, checked, sealed and handed on; bundles verified."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noonmark.case import cases
from noonmark.case.cases import Collection
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence import audit
from noonmark.evidence.audit import Verdict
from noonmark.evidence.bundle import Written
from noonmark.evidence.ingest import Refused, files_below
from noonmark.evidence.log import Entry
from noonmark.evidence.note import PublicKey, SigningKey, new_key, public_key, read_key
from noonmark.evidence.proof import proof_of
from noonmark.evidence.seal import Seal
from noonmark.evidence.vault import DEFAULT_ACTOR
from noonmark.values import utc

LISTED = 1000  # so that the answer about a million files stays an answer
Share = Callable[[float], None]


@dataclass
class Added:
    """What an addition came to. ``added`` lists the first thousand; the counts are of all."""

    files: int = 0
    new: int = 0
    bytes: int = 0
    refused_files: int = 0
    added: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)


def new_case(folder: Path, *, by: str = DEFAULT_ACTOR) -> str:
    """Make a case; its origin."""
    with cases.new_case(folder, by=by) as case:
        return case.origin


def new_case_key(path: Path, *, name: str = "noonmark") -> PublicKey:
    """Make a signing key outside of every case; its public half, to be published."""
    _refuse_key_in_case(path)
    return new_key(path, name=name)


def case_key(path: Path) -> SigningKey:
    """A signing key from its file, which must not lie in a case."""
    _refuse_key_in_case(path)
    return read_key(path)


_ALIAS = re.compile(r"unknown|[a-z]+(-[a-z]+)+")
"""What an alias looks like: a slip here would put a real name into the log for good."""


def add_to_case(
    folder: Path,
    paths: Sequence[str],
    *,
    by: str = DEFAULT_ACTOR,
    collection: Collection | None = None,
    share: Share | None = None,
) -> Added:
    """Keep files, or all files below folders; what can't be kept is listed with the reason."""
    for path in paths:
        if not os.path.lexists(path):
            raise InputError(f"there is no file {path!r}", code="file-missing", hint="nothing was added")
    if collection is not None and collection.collected_at != "unknown":
        utc(collection.collected_at)  # refuse what is not an instant
    if collection is not None and not _ALIAS.fullmatch(collection.source):
        raise InputError(
            "a source is named in the log by an alias of lower-case words with hyphens between, never by name",
            code="no-such-source",
            hint="noonmark case source add CASE gives an alias",
        )
    done = Added()
    with cases.open_case(folder, write=True, by=by) as case:
        seen = _sharing(share, lambda: _total(paths))
        for result in cases.add_files(case, paths, collection=collection, seen=seen):
            if isinstance(result, Refused):
                done.refused_files += 1
                if len(done.refused) < LISTED:
                    done.refused.append({"name": result.name, **_said(result.error)})
                continue
            stored = result.stored
            done.files, done.new, done.bytes = done.files + 1, done.new + stored.new, done.bytes + stored.size_bytes
            if len(done.added) < LISTED:
                told = {"name": result.name, "sha256": stored.sha256, "size": stored.size_bytes, "new": stored.new}
                done.added.append({**told, "entry": result.entry})
    return done


def case_history(folder: Path, *, item: str | None = None, kind: str | None = None) -> Iterator[Entry]:
    """The entries of a case's log, streamed."""
    with cases.open_case(folder) as case:
        yield from cases.history(case, item=item, kind=kind)


def audit_case(
    folder: Path,
    *,
    by: str = DEFAULT_ACTOR,
    key: str | None = None,
    checkpoint: Path | None = None,
    quick: bool = False,
    logged: bool = True,
    share: Share | None = None,
) -> Verdict:
    """Judge a case; that it was checked again is logged where the case can be written to and its log is sound."""
    given = None if checkpoint is None else _small(checkpoint)
    seen = _sharing(share, lambda: _total([str(folder / "objects")]))
    verdict = audit.audit_case(folder, key=_key_text(key), checkpoint=given, objects=not quick, seen=seen)
    if logged and not quick:
        try:
            with cases.open_case(folder, write=True, by=by) as case:
                cases.log_recheck(case, verdict)
        except NoonmarkError as error:
            return _noted(verdict, f"this check was not logged: {error.message}")
    return verdict


def verify_bundle(
    folder: Path, *, key: str | None = None, checkpoint: Path | None = None, share: Share | None = None
) -> Verdict:
    """Judge a bundle, as its own verify.py does, with other code."""
    given = None if checkpoint is None else _small(checkpoint)
    return audit.audit_bundle(
        folder, key=_key_text(key), checkpoint=given, seen=_sharing(share, lambda: _total([str(folder)]))
    )


def seal_case(
    folder: Path,
    key: Path,
    *,
    by: str = DEFAULT_ACTOR,
    note: str | None = None,
    despite: bool = False,
    share: Share | None = None,
) -> Seal:
    """Check a case again and sign its state."""
    signing = case_key(key)
    with cases.open_case(folder, write=True, by=by) as case:
        seen = _sharing(share, lambda: sum(case.present().values()))
        return cases.seal_case(case, signing, note=note, despite=despite, seen=seen)


def export_case(
    folder: Path,
    out: Path,
    *,
    by: str = DEFAULT_ACTOR,
    form: str = "bundle",
    only: Sequence[str] = (),
    key: Path | None = None,
    share: Share | None = None,
) -> tuple[Written, int]:
    """Write the newest seal's bundle; also how many entries are newer than that seal and stay behind."""
    signing = None if key is None else case_key(key)
    try:
        case = cases.open_case(folder, write=True, by=by)
    except NoonmarkError as error:
        if error.code != "case-read-only":
            raise
        case = cases.open_case(folder, by=by)
    with case:
        before = case.log.size
        seen = _sharing(share, lambda: sum(case.present().values()))
        written = cases.export_case(case, out, form=form, only=only, key=signing, seen=seen)
        return written, before - written.size


def withdraw_from_case(
    folder: Path, sha256: str, *, reason: str, authority: str | None = None, by: str = DEFAULT_ACTOR
) -> bool:
    """Delete an item's bytes, leaving its tombstone; whether there were bytes."""
    with cases.open_case(folder, write=True, by=by) as case:
        return cases.withdraw_item(case, sha256, reason=reason, authority=authority)


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
    """Log a transfer; the number of its entry."""
    with cases.open_case(folder, write=True, by=by) as case:
        return cases.hand_over(case, items, giver=giver, taker=taker, means=means, note=note).index


def get_item(folder: Path, sha256: str, out: Path, *, purpose: str, by: str = DEFAULT_ACTOR) -> int:
    """Copy an item out, checked on its way and logged as an access; its size [bytes]."""
    with cases.open_case(folder, write=True, by=by) as case:
        return cases.copy_out(case, sha256, out, purpose=purpose)


def prove_entry(folder: Path, number: int) -> str:
    """A tlog-proof (c2sp.org/tlog-proof) of one entry under the newest seal, to be checked without the case."""
    with cases.open_case(folder) as case:
        return proof_of(case, number)


def case_summary(folder: Path) -> dict[str, Any]:
    """Counts: entries, items, bytes, and the newest seal."""
    from noonmark.evidence.seal import latest_seal

    with cases.open_case(folder) as case:
        seal, kept = latest_seal(case), case.present()
        told = {"size": seal.size, "key": seal.key} if seal else None
        sizes = {"log_entries": case.log.size, "items": len(kept), "bytes": sum(kept.values())}
        return {"origin": case.origin, **sizes, "seal": told}


def _key_text(given: str | None) -> str | None:
    """A verifier key given as text or as a file that holds it; a seal's text of it, checked."""
    if given is None:
        return None
    path = Path(given)
    text = _small(path).decode("ascii", "replace").rstrip("\n") if path.is_file() else given
    if text.startswith("PRIVATE+KEY+"):
        raise InputError(
            "that is the secret key: nobody but its owner needs it",
            code="key-secret",
            hint="checking takes the public key, which noonmark case key show FILE prints",
        )
    return str(public_key(text))


def _small(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError as error:
        raise InputError(f"{str(path)!r} can't be read: {error.strerror}", code="file-unreadable") from None


def _refuse_key_in_case(path: Path) -> None:
    for folder in path.absolute().parents:
        if (folder / "noonmark-case").is_file():
            raise InputError(
                f"the key {str(path)!r} lies in the case {folder.name!r}: who takes the case takes the key",
                code="key-in-case",
                hint="keep it elsewhere, best on another disk",
            )


def _said(error: NoonmarkError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _noted(verdict: Verdict, note: str) -> Verdict:
    return Verdict(**{**vars(verdict), "notes": (*verdict.notes, note)})


def _sharing(share: Share | None, total: Callable[[], int]) -> Callable[[int], None] | None:
    """Bytes seen, told as a share of all; the threads' additions may race, which a progress line can bear."""
    if share is None:
        return None
    whole, done = max(total(), 1), [0]

    def seen(count: int) -> None:
        done[0] += count
        share(done[0] / whole)

    return seen


def _total(paths: Sequence[str]) -> int:
    size = 0
    for found in files_below(paths):
        try:
            size += os.lstat(found.path).st_size
        except OSError:
            continue
    return size
