"""A case in use: files come in, are read, handed over, withdrawn, checked again, sealed and exported, all of it logged.

These are the acts of an inquiry; how bytes and entries are kept is the evidence room's business. What is not known is
said to be unknown: nothing here guesses who collected a file, when, or on what ground.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path

from noonmark import values
from noonmark.errors import EvidenceError, InputError, NoonmarkError
from noonmark.evidence.audit import Verdict, audit_case
from noonmark.evidence.bundle import Written, copy_object, sealed, write_bundle, write_part
from noonmark.evidence.digest import is_digest
from noonmark.evidence.facts import RELATIONS, UNKNOWN, fact
from noonmark.evidence.forms import packages
from noonmark.evidence.ingest import Kept, Refused, files_below, item_fact, keep_all
from noonmark.evidence.log import TOOL, Entry, Receipt
from noonmark.evidence.note import SigningKey
from noonmark.evidence.seal import Seal, seal
from noonmark.evidence.store import Stored
from noonmark.evidence.vault import DEFAULT_ACTOR, Vault, new_vault, open_vault

FORMS = ("bundle", *packages.FORMS)
Seen = Callable[[int], None]


@dataclass(frozen=True)
class Collection:
    """How some files came to us. Each field is ``unknown`` until somebody says it."""

    method: str = "added from a disk"
    means: str = TOOL
    url: str = UNKNOWN
    collected_at: str = UNKNOWN
    time_basis: str = UNKNOWN
    collector: str = UNKNOWN
    legal_basis: str = UNKNOWN
    source: str = UNKNOWN
    note: str | None = None


def new_case(folder: Path, *, by: str = DEFAULT_ACTOR, now: Callable[[], datetime] = values.now) -> Vault:
    """Make a case in a new folder and open it for writing."""
    return new_vault(folder, by=by, now=now)


def open_case(
    folder: Path, *, write: bool = False, by: str = DEFAULT_ACTOR, now: Callable[[], datetime] = values.now
) -> Vault:
    """Open a case; for writing it takes the lock."""
    return open_vault(folder, write=write, by=by, now=now)


def add_files(
    case: Vault,
    paths: Sequence[str | PathLike[str]],
    *,
    collection: Collection | None = None,
    seen: Seen | None = None,
) -> Iterator[Kept | Refused]:
    """Keep every file below some paths. What is yielded as kept is on disk and logged."""
    stated = {name: value for name, value in vars(collection or Collection()).items() if value is not None}
    (receipt,) = case.append(fact("collection", **stated))
    yield from keep_all(case, files_below(paths), collection=receipt.index, seen=seen)


def add_derived(
    case: Vault,
    data: bytes,
    *,
    name: str,
    parent: str,
    relation: str,
    means: str = TOOL,
    parameters: dict[str, object] | None = None,
) -> Stored:
    """Keep something made from an item (a frame, a crop, a redaction), and log from what, how and with what."""
    if relation not in RELATIONS:
        raise InputError(
            f"{relation!r} is not a way to derive", code="unknown-relation", hint="one of: " + ", ".join(RELATIONS)
        )
    held(case, parent)
    stored = case.store.put_bytes(data)
    case.append(
        item_fact(name.encode("utf-8", "surrogateescape"), stored, None, "derived"),
        fact(
            "derivation",
            child=stored.sha256,
            parent=parent,
            relation=relation,
            means=means,
            parameters=parameters or {},
        ),
    )
    return stored


def read_item(case: Vault, sha256: str, *, purpose: str) -> Path:
    """The path of an item, for reading only; that it was opened, and what for, is logged first."""
    held(case, sha256)
    path = case.store.get(sha256)
    if case.log.writable:
        case.append(fact("access", items=[sha256], purpose=purpose))
    return path


def copy_out(case: Vault, sha256: str, out: Path, *, purpose: str) -> int:
    """Copy an item to a new file; the access is logged, and the bytes must have their digest. Its size [bytes]."""
    size = held(case, sha256)
    copy_object(read_item(case, sha256, purpose=purpose), out, sha256, size)
    return size


def hand_over(
    case: Vault, items: Sequence[str], *, giver: str, taker: str, means: str, note: str | None = None
) -> Receipt:
    """Log that items (or all) went from one hand to another."""
    listed = list(items) or ["all"]
    for sha256 in items:
        held(case, sha256)
    noted = {"note": note} if note else {}
    return case.append(fact("transfer", items=listed, giver=giver, taker=taker, means=means, **noted))[0]


def withdraw_item(case: Vault, sha256: str, *, reason: str, authority: str | None = None) -> bool:
    """Log that an item is withdrawn, then delete its bytes; true if there were bytes. The log still verifies."""
    logged = any(True for _ in case.log.index.numbers(kind="item", sha256=sha256)) if is_digest(sha256) else False
    if not logged:
        raise _no_such_item(sha256)
    if case.log.index.object_of(sha256) is not None:
        case.append(fact("withdrawal", sha256=sha256, reason=reason, authority=authority or case.by))
    return case.store.remove(sha256)


def recheck(case: Vault, *, seen: Seen | None = None) -> Verdict:
    """Audit the case, bytes and all, and log what came of it."""
    verdict = audit_case(case.folder, seen=seen)
    if case.log.writable:
        log_recheck(case, verdict)
    return verdict


def log_recheck(case: Vault, verdict: Verdict) -> None:
    """Log that the case was checked again, and what came of it."""
    codes = sorted({problem.code for problem in verdict.problems})
    told = {"codes": ", ".join(codes)} if codes else {}
    case.append(fact("recheck", files=verdict.files, bytes=verdict.bytes, problems=len(verdict.problems), **told))


def seal_case(
    case: Vault, key: SigningKey, *, note: str | None = None, despite: bool = False, seen: Seen | None = None
) -> Seal:
    """Check everything again, then sign the state of the case. A damaged case is not sealed unless told ``despite``."""
    verdict = recheck(case, seen=seen)
    wrong = [problem for problem in verdict.problems if problem.code != "object-unlogged"]
    if wrong and not despite:
        raise EvidenceError(
            f"not sealed: {len(wrong)} things are wrong, the first: {wrong[0].code} at {wrong[0].where}",
            code="not-sound",
            hint="noonmark case audit lists them; --despite-problems seals anyway, and the log says so",
            problems=[vars(problem) for problem in wrong[:100]],
        )
    return seal(case, key, note=note)


def export_case(
    case: Vault,
    out: Path,
    *,
    form: str = "bundle",
    only: Sequence[str] = (),
    key: SigningKey | None = None,
    seen: Seen | None = None,
) -> Written:
    """Write the newest seal's bundle, whole or in part, or wrapped in an archive's form; logged before it leaves."""
    if form not in FORMS:
        raise InputError(f"{form!r} is not a form of export", code="unknown-form", hint="one of: " + ", ".join(FORMS))
    if only and (form != "bundle" or key is None):
        raise InputError(
            "a part of a case is exported as a bundle, and needs a key to be signed anew",
            code="part-needs-key",
            hint="--as bundle --only DIGEST --key FILE",
        )
    size = sealed(case).size
    if case.log.writable:
        disclosure = "partial" if only else "full"
        items = len(set(only)) if only else len(case.present())
        case.append(fact("export", form=form, items=items, disclosure=disclosure, size=size))
    try:
        if only and key is not None:
            return write_part(case, out, only, key, seen=seen)
        if form == "bundle":
            return write_bundle(case, out, seen=seen)
        return packages.write(case, out, form, seen=seen)
    except NoonmarkError as error:
        if case.log.writable and error.code != "disk-full":
            case.append(fact("note", text=f"the export did not finish: {error.code}"))
        raise


def history(case: Vault, *, item: str | None = None, kind: str | None = None) -> Iterator[Entry]:
    """The entries of the log in order; those that name an item, or are of a kind, if asked."""
    if item is None and kind is None:
        yield from case.log.entries()
        return
    if item is not None and not is_digest(item):
        raise _no_such_item(item)
    for number in case.log.index.numbers(kind=kind, sha256=item):
        yield case.log.entry(number)


def held(case: Vault, sha256: str) -> int:
    """The size of an item that the case should hold [bytes], or one sentence."""
    found = case.log.index.object_of(sha256) if is_digest(sha256) else None
    if found is None:
        raise _no_such_item(sha256)
    return found[0]


def _no_such_item(sha256: str) -> InputError:
    return InputError(
        f"the case holds no item {sha256[:80]!r}",
        code="no-such-item",
        hint="items are named by their SHA-256 in hexadecimal: noonmark case log DIR",
    )
