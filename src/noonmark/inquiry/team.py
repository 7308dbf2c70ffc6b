"""Several people, one inquiry: what was said is given as a sealed bundle and taken in as a union.

Everybody keeps a case of their own, with one log, one writer and one key. A bundle shows the forms
and the lines about them, and of the other lines their hashes. Taking one in keeps its objects, its
manifest and its lines, and logs a ``merge``. The state is the union of all lines (state.py): it
depends neither on the order of bundles nor on how often one is taken. A log of which two states
contradict one another is kept with both, and shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.errors import EvidenceError, InputError
from noonmark.evidence import withdrawal
from noonmark.evidence.audit import audit_bundle
from noonmark.evidence.audit.notes import Manifest, manifest_of, note_of
from noonmark.evidence.bundle import WrittenBundle, write_part
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.note import SigningKey
from noonmark.evidence.seal import object_path, seal
from noonmark.evidence.store import Store
from noonmark.evidence.vault import Vault
from noonmark.inquiry.form_objects import encoded, new_id, new_salt, object_at, object_fact
from noonmark.inquiry.form_rules import shape_problems
from noonmark.inquiry.index import rows_of
from noonmark.inquiry.log_rows import shown_entries
from noonmark.inquiry.said import PRESENT, ForkedLog, Inquiry, SaidForm
from noonmark.inquiry.say import NewForm, keep
from noonmark.inquiry.state import read_open

LARGEST_LOG_BYTES = 1 << 30


@dataclass(frozen=True)
class TakenInquiry:
    """What taking a bundle in came to.

    ``new`` counts the forms that were not known before, ``withdrawn`` the objects that were deleted
    because who said them withdrew them. ``known`` is true where nothing had to be logged.
    """

    origin: str
    size: int
    key: str
    new: int
    withdrawn: int
    known: bool
    forks: tuple[ForkedLog, ...]


def give(vault: Vault, out: Path, key: SigningKey) -> WrittenBundle:
    """Seal the case and write a bundle of everything said in it, and in logs it took in.

    What a restriction seals stays behind, and so do the files of the case.
    """
    inquiry = read_open(vault)
    chosen, naming = _leaving(vault, inquiry)
    vault.append(fact("export", form="inquiry", items=len(chosen), disclosure="partial"))
    seal(vault, key)
    return write_part(vault, out, chosen, key, naming=naming)


def _leaving(vault: Vault, inquiry: Inquiry) -> tuple[set[str], set[str]]:
    """The objects that a bundle shows, and the withdrawn ones that its lines may name."""
    closed = sealed_subjects(inquiry)
    chosen: set[str] = set()
    naming = _withdrawn_objects(vault)
    for one in inquiry.said:
        if _is_closed(one, closed):
            continue
        digests = {one.body, *one.text_digests()}
        if one.form == "merge" and one.state == PRESENT:
            digests |= {str(one.data["manifest"]), str(one.data["entries"])}
        else:
            naming |= (digests | set(one.over) | set(one.items())) & inquiry.withdrawn
        chosen |= digests - closed
    present = {digest for digest in chosen if vault.log.index.object_of(digest) is not None}
    return present, naming


def _withdrawn_objects(vault: Vault) -> set[str]:
    """The forms and texts that the case itself withdrew: others are to delete them too."""
    index = vault.log.index
    found = set()
    for number in index.numbers(kind="withdrawal"):
        digest = str(vault.log.entry(number).facts["sha256"])
        items = [vault.log.entry(at) for at in index.numbers(kind="item", sha256=digest)]
        if any(item.facts["role"] == "attachment" and not item.facts["claims"] for item in items):
            found.add(digest)
    return found


def sealed_subjects(inquiry: Inquiry) -> frozenset[str]:
    """The ids, digests and aliases that a standing restriction of level ``sealed`` names."""
    return frozenset(
        str(one.data["of"]) for one in inquiry.of("restriction") if one.data["level"] == "sealed"
    )


def _is_closed(one: SaidForm, closed: frozenset[str]) -> bool:
    """Whether a form is restricted itself, or says something of a restricted source or item."""
    names = {one.id, one.body, *one.items()}
    names |= {value for value in one.data.values() if isinstance(value, str)}
    return bool(names & closed) and one.form != "restriction"


def take(vault: Vault, bundle: Path, *, key: str | None = None) -> TakenInquiry:
    """Verify a colleague's bundle and take in what it says.

    ``key`` is the colleague's public key from elsewhere; it may be left out once a bundle of the
    same log was taken in under it. A bundle that is not sound raises ``EvidenceError``
    (``merge-refused``) and nothing is kept.
    """
    before = read_open(vault)
    manifest, signer = _verified(before, bundle, key)
    merge = _merge_form(bundle, manifest, signer)
    known = _is_known(before, merge)
    if not known:
        _keep_bundle(vault, before, bundle, manifest, merge)
    withdrawn = 0 if known else _honour_withdrawals(vault)
    after = read_open(vault)
    old = {one.body for one in before.said}
    return TakenInquiry(
        origin=manifest.head.origin,
        size=manifest.head.size,
        key=signer,
        new=sum(one.body not in old and one.form != "merge" for one in after.said),
        withdrawn=withdrawn,
        known=known,
        forks=after.forks,
    )


def _verified(inquiry: Inquiry, bundle: Path, key: str | None) -> tuple[Manifest, str]:
    """The manifest of a sound bundle and the key that signed it."""
    trusted = key
    if trusted is None:
        manifest = _manifest(bundle)
        trusted = _known_key(inquiry, manifest.head.origin)
    verdict = audit_bundle(bundle, key=trusted)
    if verdict.problems:
        first = verdict.problems[0]
        raise EvidenceError(
            f"the bundle is not sound: {first.code} at {first.where}, "
            f"and {len(verdict.problems) - 1} more",
            code="merge-refused",
            hint="if a shared folder is still being synchronised, wait; else ask for it again",
            problems=[vars(problem) for problem in verdict.problems[:100]],
        )
    return _manifest(bundle), trusted


def _manifest(bundle: Path) -> Manifest:
    """The manifest of a bundle, not judged yet."""
    try:
        return manifest_of(note_of((bundle / "MANIFEST").read_bytes()))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{str(bundle)!r} is not a bundle: {str(error)[:100]}",
            code="not-a-bundle",
            hint="noonmark inquiry give CASE OUT --key FILE makes one",
        ) from None


def _known_key(inquiry: Inquiry, origin: str) -> str:
    """The key under which a log was taken in before."""
    keys = {str(one.data["key"]) for one in inquiry.of("merge") if one.data["origin"] == origin}
    if len(keys) != 1:
        raise InputError(
            f"nothing of the log {origin} was taken in before, so its key is not known",
            code="merge-key-unknown",
            hint="get the public key from its owner and give it with --key",
        )
    return keys.pop()


def _merge_form(bundle: Path, manifest: Manifest, key: str) -> dict[str, Any]:
    """What the log states of a bundle that is taken in."""
    head = manifest.head
    note_digest = _digest_of(bundle / "MANIFEST")
    entries, size = manifest.members["log/entries"]
    if size > LARGEST_LOG_BYTES:
        raise InputError(
            f"the log of the bundle has {size} bytes, and at most {LARGEST_LOG_BYTES} are taken",
            code="merge-refused",
            hint="ask for a bundle made with noonmark inquiry give",
        )
    form: dict[str, Any] = {"form": "merge", "id": new_id(), "salt": new_salt(), "over": []}
    form |= {"origin": head.origin, "size": head.size, "root": head.root.hex(), "key": key}
    return form | {"manifest": note_digest, "entries": entries}


def _digest_of(path: Path) -> str:
    """The SHA-256 of a small file."""
    return sha256_hex(path.read_bytes())


def _is_known(inquiry: Inquiry, merge: dict[str, Any]) -> bool:
    """Whether the same lines of the same state were taken in before."""
    marks = ("origin", "size", "root", "entries")
    wanted = [merge[mark] for mark in marks]
    return any([one.data[mark] for mark in marks] == wanted for one in inquiry.of("merge"))


def _keep_bundle(
    vault: Vault, inquiry: Inquiry, bundle: Path, manifest: Manifest, merge: dict[str, Any]
) -> None:
    """Keep what a bundle says, its manifest and its lines, and log the merge: all or nothing."""
    facts = []
    for data in _objects(vault, inquiry, bundle, manifest):
        kept = vault.store.put_bytes(data)
        if vault.log.index.object_of(kept.sha256) is None:
            facts.append(object_fact(kept.sha256, kept.size_bytes))
    for name in ("MANIFEST", "log/entries"):
        kept = vault.store.put_bytes((bundle / name).read_bytes())
        facts.append(object_fact(kept.sha256, kept.size_bytes))
    problems = shape_problems(merge)
    if problems:
        raise InputError.of(problems, hint="ask for a bundle made with noonmark inquiry give")
    vault.append(*facts)
    keep(vault, [NewForm(merge, (encoded(merge),))])


def _objects(vault: Vault, inquiry: Inquiry, bundle: Path, manifest: Manifest) -> Iterator[bytes]:
    """The bytes of forms, texts and logs that a bundle shows; nothing that was withdrawn."""
    gone = {
        str(entry.facts["sha256"])
        for entry in shown_entries(bundle / "log" / "entries")
        if entry.kind == "withdrawal"
    }
    own = {row["sha256"] for row in rows_of(vault) if row["row"] == "withdrawal"}
    nested: set[str] = set()
    listed = [d for path, (d, _) in manifest.members.items() if path == object_path(d)]
    for digest in listed:
        data = object_at(Store(bundle), digest)
        if data is None or "salt" not in data:
            continue
        if data.get("form") == "merge":
            nested |= {str(data.get("manifest")), str(data.get("entries"))}
        if digest not in gone | own | inquiry.withdrawn:
            yield (bundle / object_path(digest)).read_bytes()
    for digest in sorted(nested & set(listed)):
        yield (bundle / object_path(digest)).read_bytes()


def _honour_withdrawals(vault: Vault) -> int:
    """Delete the bytes of what was withdrawn by who said it; how many objects that were.

    Files of the case stay: who withdraws them here is for the case to decide.
    """
    inquiry = read_open(vault)
    said: set[str] = set()
    for row in rows_of(vault):
        if row["row"] == "said":
            said |= {row["body"], *row.get("texts", {})}
    digests = sorted(
        digest
        for digest in said & inquiry.withdrawn
        if vault.log.index.object_of(digest) is not None
    )
    if digests:
        withdraw_objects(vault, digests, reason="withdrawn by who said it")
    return len(digests)


def withdraw_objects(vault: Vault, digests: list[str], *, reason: str) -> None:
    """Log that objects of the inquiry are withdrawn, then delete their bytes."""
    act = vault.begin(
        withdrawal.ACT,
        alias="",
        items=digests,
        reason=reason,
        authority=vault.by,
    )
    withdrawal.carry_out(vault.folder, vault.store, vault.log, act)


def withdraw_said(vault: Vault, name: str, *, reason: str) -> int:
    """Withdraw every version of something said, with its texts; how many objects were deleted."""
    inquiry = read_open(vault)
    digests = set()
    for one in inquiry.by_id.get(name, ()):
        digests |= {one.body, *one.text_digests()}
    held = sorted(digest for digest in digests if vault.log.index.object_of(digest) is not None)
    if held:
        withdraw_objects(vault, held, reason=reason)
    return len(held)
