"""Audit of a bundle from its folder and a key from elsewhere: steps 1 to 8 of the specification.

A bundle is judged without the case it came from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.audit.checkpoints import (
    GIVEN,
    MAIN,
    SignedCheckpoint,
    judge_checkpoint,
    read_checkpoints,
)
from noonmark.evidence.audit.history import LogHistory, read_history
from noonmark.evidence.audit.notes import (
    Manifest,
    VerifierKey,
    key_of,
    manifest_of,
    note_of,
)
from noonmark.evidence.audit.verdict import AuditFindings, AuditVerdict, JudgedScope, Seen
from noonmark.evidence.digest import digest_of, on_all_cores

NEEDED = ("README.txt", "key", "log/checkpoint", "log/entries", "verify.py")
_SPRINKLED = re.compile(
    r"(?:.*/)?(?:\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini|\.directory)|__MACOSX/"
)
"""Files that systems leave in folders by themselves: the likely cause of a file too many."""
_SEAL = re.compile(r"log/seals/(0|[1-9][0-9]{0,17})")


def audit_bundle(
    folder: Path,
    *,
    key: str | None = None,
    checkpoint: bytes | None = None,
    seen: Seen | None = None,
) -> AuditVerdict:
    """Judge the bundle in a folder.

    ``key`` is the signer's verifier key from elsewhere; ``checkpoint`` is one given earlier, of
    which the bundle's log must be a continuation. ``seen`` is told the bytes read.
    """
    if not folder.is_dir():
        raise InputError(
            f"{str(folder)!r} is not a folder",
            code="not-a-bundle",
            hint="a bundle is a folder; unpack an archive first",
        )
    findings = AuditFindings()
    keys = _keys(folder, key, findings)
    manifest = _manifest(folder, keys, findings)
    where = "given" if key is not None else "bundle" if keys else "nowhere"
    texts = tuple(known.text for known in keys)
    if manifest is None:
        return findings.verdict(JudgedScope("bundle", keys=texts, keys_from=where))
    found = _members(folder, manifest, findings, seen)
    history = _log(folder, manifest, keys, found, checkpoint, findings)
    _objects(manifest, history, findings)
    judged = JudgedScope(
        "bundle",
        origin=manifest.head.origin,
        sealed=manifest.sealed,
        disclosure=manifest.disclosure,
        entries=history.size,
        entries_shown=history.size - history.withheld,
        objects=sum(path.startswith("objects/") for path in manifest.members),
        keys=texts,
        keys_from=where,
    )
    return findings.verdict(judged, sealed=manifest.head.size)


def given_key(text: str) -> VerifierKey:
    """The verifier key that the user gave; a text that is none is an input error."""
    try:
        return key_of(text)
    except ValueError as error:
        raise InputError(
            f"the key is not a verifier key: {error}",
            code="key-malformed",
            hint="expected name+id+base64, one line",
        ) from None


def _keys(folder: Path, given: str | None, findings: AuditFindings) -> list[VerifierKey]:
    """Step 1: the keys that may have signed, the given one before the bundle's own."""
    wanted = [given_key(given)] if given is not None else []
    text = _small(folder / "key").decode("ascii", "replace")
    try:
        if not text.endswith("\n"):
            raise ValueError("no newline at its end")
        own = key_of(text[:-1])
    except ValueError as error:
        findings.add("key-malformed", "key", "a verifier key and a newline", error)
        return wanted
    if wanted and wanted != [own]:
        findings.add("key-differs", "key", "the key you gave", "another")
    return wanted or [own]


def _manifest(folder: Path, keys: list[VerifierKey], findings: AuditFindings) -> Manifest | None:
    """Step 2: the manifest, if it can be read; its signature is judged here."""
    path = folder / "MANIFEST"
    if path.is_symlink() or not path.is_file():
        findings.add("manifest-missing", "MANIFEST", "a signed list of all files", "none")
        return None
    try:
        note = note_of(path.read_bytes())
        manifest = manifest_of(note)
    except ValueError as error:
        findings.add("manifest-malformed", "MANIFEST", "a manifest as specified", error)
        return None
    if not note.signed_by(keys):
        findings.add("signature-bad", "MANIFEST", "a signature by the key", "none that holds")
    return manifest


def _members(
    folder: Path, manifest: Manifest, findings: AuditFindings, seen: Seen | None
) -> set[str]:
    """Step 3: the members that are there, whatever is in them."""
    found = _present(folder, manifest, findings)

    def digest(path: str) -> tuple[str, int] | None:
        return _digest(folder / path, seen) if path in found else None

    for path, real in on_all_cores(digest, manifest.members):
        if isinstance(real, Exception):
            raise real
        _judge_member(path, manifest.members[path], real, findings)
    for path in manifest.members:
        if not (path in NEEDED or path.startswith("objects/") or _SEAL.fullmatch(path)):
            found_more = "listed, and no part of one"
            findings.add("member-extra", path, "only what a bundle holds", found_more)
    for path in NEEDED:
        if path not in manifest.members:
            findings.add("member-unlisted", path, "a member", "not listed")
    return found


def _present(folder: Path, manifest: Manifest, findings: AuditFindings) -> set[str]:
    """The listed files that are there; anything else in the folder is a problem."""
    above = _folders_above(manifest.members)
    found = set()
    for path, what in _walk(folder, "", above):
        if what == "other":
            findings.add("member-type", path, "a file", "a link or something else")
        elif what == "file" and path in manifest.members:
            found.add(path)
        elif path != "MANIFEST" and not (what == "folder" and path.rstrip("/") in above):
            more = "a file that a system made by itself: delete it"
            cause = more if _SPRINKLED.fullmatch(path) else "more"
            findings.add("member-extra", path, "only what MANIFEST lists", cause)
    return found


def _folders_above(paths: Iterable[str]) -> set[str]:
    """Every folder that one of the paths lies in."""
    above: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in above:
            above.add(folder)
            folder = folder.rpartition("/")[0]
    return above


def _judge_member(
    path: str,
    listed: tuple[str, int],
    real: tuple[str, int] | None,
    findings: AuditFindings,
) -> None:
    """Compare digest and size [bytes] of a member with what the manifest lists."""
    expected = f"{listed[0]}, {listed[1]} bytes"
    if real is None:
        findings.add("member-missing", path, expected, "no file")
        return
    findings.files += 1
    findings.bytes += real[1]
    if real != listed:
        findings.add("member-differs", path, expected, f"{real[0]}, {real[1]} bytes")


def _walk(folder: Path, inside: str, above: set[str]) -> Iterator[tuple[str, str]]:
    """Each path below and what it is: file, folder or other.

    Only folders that members lie in are entered, and no link is followed.
    """
    with os.scandir(folder / inside) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            path = f"{inside}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield f"{path}/", "folder"
                if path in above:
                    yield from _walk(folder, f"{path}/", above)
            elif entry.is_file(follow_symlinks=False):
                yield path, "file"
            else:
                yield path, "other"


def _log(
    folder: Path,
    manifest: Manifest,
    keys: list[VerifierKey],
    found: set[str],
    given: bytes | None,
    findings: AuditFindings,
) -> LogHistory:
    """Steps 4, 5, 6 and 8: the checkpoints, the log, and each checkpoint against the log."""
    origin = manifest.head.origin
    checkpoints = read_checkpoints(_checkpoint_texts(folder, found, given), origin, findings)
    history = LogHistory(origin, manifest.disclosure)
    if MAIN in found and "log/entries" in found:
        sizes = {signed.head.size for signed in checkpoints}
        entries = folder / "log" / "entries"
        history = read_history(entries, origin, manifest.disclosure, sizes, findings)
    for signed in checkpoints:
        if signed.where == MAIN:
            _judge_main(signed, manifest, history, findings)
            judge_checkpoint(signed, keys, history, findings, code="log-root")
        else:
            trusted = keys if signed.where == GIVEN else keys + history.vouched
            judge_checkpoint(signed, trusted, history, findings, code="history-differs")
    return history


def _checkpoint_texts(
    folder: Path, found: set[str], given: bytes | None
) -> list[tuple[str, bytes, str | None]]:
    """Where each checkpoint stands, its bytes, and the log size that its name promises."""
    texts: list[tuple[str, bytes, str | None]] = []
    if MAIN in found:
        texts.append((MAIN, (folder / MAIN).read_bytes(), None))
    for path in sorted(found):
        if seal := _SEAL.fullmatch(path):
            texts.append((path, (folder / path).read_bytes(), seal[1]))
    if given is not None:
        texts.append((GIVEN, given, None))
    return texts


def _judge_main(
    signed: SignedCheckpoint,
    manifest: Manifest,
    history: LogHistory,
    findings: AuditFindings,
) -> None:
    """The bundle's own checkpoint speaks of the whole log, as the manifest does."""
    head = signed.head
    if head.size != history.size:
        findings.add("log-size", "log/entries", f"{head.size} entries", history.size)
    if (head.size, head.root) != (manifest.head.size, manifest.head.root):
        findings.add("manifest-log", "MANIFEST", "size and root of log/checkpoint", "others")


def _objects(manifest: Manifest, history: LogHistory, findings: AuditFindings) -> None:
    """Step 7: every listed object is one that the log keeps, and none is missing."""
    named = set()
    for path, (digest, size) in manifest.members.items():
        if not path.startswith("objects/"):
            continue
        if path != f"objects/{digest[:2]}/{digest}":
            findings.add("object-name", path, f"objects/{digest[:2]}/{digest}", path)
            continue
        named.add(digest)
        if digest in history.withdrawn:
            findings.add("object-withdrawn", digest, "no bytes: it was withdrawn", "bytes")
        elif digest not in history.kept:
            findings.add("object-unlogged", digest, "an entry that names it", "none")
        elif history.kept[digest] != size:
            findings.add(
                "object-size",
                digest,
                f"{history.kept[digest]} bytes",
                f"{size} bytes",
            )
    for digest in history.kept.keys() - named:
        findings.add("object-missing", digest, "a member", "not listed")


def _digest(path: Path, seen: Seen | None) -> tuple[str, int]:
    """Digest and size [bytes] of a file."""
    with open(path, "rb", buffering=0) as file:
        return digest_of(file, seen=seen)


def _small(path: Path) -> bytes:
    """The bytes of a regular file; none where there is no such file."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
