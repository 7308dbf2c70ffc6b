"""Judging a bundle, with the folder and a key from elsewhere and nothing more: steps 1 to 8 of the specification."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.audit.heads import GIVEN, MAIN, judge_head, read_heads
from noonmark.evidence.audit.history import History, read_history
from noonmark.evidence.audit.notes import Key, Manifest, key_of, manifest_of, note_of
from noonmark.evidence.audit.verdict import Findings, Seen, Verdict
from noonmark.evidence.digest import digest_of, on_all_cores

NEEDED = ("README.txt", "key", "log/checkpoint", "log/entries", "verify.py")
_SEAL = re.compile(r"log/seals/(0|[1-9][0-9]{0,17})")


def audit_bundle(
    folder: Path, *, key: str | None = None, checkpoint: bytes | None = None, seen: Seen | None = None
) -> Verdict:
    """Judge a bundle. ``key`` is the signer's verifier key from elsewhere; ``checkpoint`` one given earlier."""
    if not folder.is_dir():
        raise InputError(
            f"{str(folder)!r} is not a folder",
            code="not-a-bundle",
            hint="a bundle is a folder; unpack an archive first",
        )
    findings = Findings()
    keys = _keys(folder, key, findings)
    manifest = _manifest(folder, keys, findings)
    if manifest is None:
        return findings.verdict(0)
    found = _members(folder, manifest, findings, seen)
    history = _log(folder, manifest, keys, found, checkpoint, findings)
    _objects(manifest, history, findings)
    return findings.verdict(history.size, sealed=manifest.head.size, keys=tuple(known.text for known in keys))


def given_key(text: str) -> Key:
    """The key that the user gave; if it is none, that is the user's to mend."""
    try:
        return key_of(text)
    except ValueError as error:
        raise InputError(
            f"the key is not a verifier key: {error}", code="key-malformed", hint="expected name+id+base64, one line"
        ) from None


def _keys(folder: Path, given: str | None, findings: Findings) -> list[Key]:
    """Step 1."""
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


def _manifest(folder: Path, keys: list[Key], findings: Findings) -> Manifest | None:
    """Step 2."""
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


def _members(folder: Path, manifest: Manifest, findings: Findings, seen: Seen | None) -> set[str]:
    """Step 3; the members that are there, whatever is in them."""
    above = {path.rsplit("/", depth)[0] for path in manifest.members for depth in range(1, path.count("/") + 1)}
    found = set()
    for path, what in _walk(folder, "", above):
        if what == "other":
            findings.add("member-type", path, "a file", "a link or something else")
        elif what == "file" and path in manifest.members:
            found.add(path)
        elif path != "MANIFEST" and not (what == "folder" and path.rstrip("/") in above):
            findings.add("member-extra", path, "only what MANIFEST lists", "more")
    for path, real in on_all_cores(
        lambda path: _digest(folder / path, seen) if path in found else None, manifest.members
    ):
        digest, size = manifest.members[path]
        if real is None:
            findings.add("member-missing", path, f"{digest}, {size} bytes", "no file")
            continue
        if isinstance(real, Exception):
            raise real
        findings.files, findings.bytes = findings.files + 1, findings.bytes + real[1]
        if real != (digest, size):
            findings.add("member-differs", path, f"{digest}, {size} bytes", f"{real[0]}, {real[1]} bytes")
    for path in NEEDED:
        if path not in manifest.members:
            findings.add("member-unlisted", path, "a member", "not listed")
    return found


def _walk(folder: Path, inside: str, above: set[str]) -> Iterator[tuple[str, str]]:
    """Each path below and what it is; only folders that members lie in are entered, and no link is followed."""
    with os.scandir(folder / inside) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                yield f"{inside}{entry.name}/", "folder"
                if f"{inside}{entry.name}" in above:
                    yield from _walk(folder, f"{inside}{entry.name}/", above)
            else:
                yield f"{inside}{entry.name}", "file" if entry.is_file(follow_symlinks=False) else "other"


def _log(
    folder: Path, manifest: Manifest, keys: list[Key], found: set[str], given: bytes | None, findings: Findings
) -> History:
    """Steps 4, 5, 6 and 8."""
    origin = manifest.head.origin
    texts: list[tuple[str, bytes, str | None]] = []
    texts += [(MAIN, (folder / MAIN).read_bytes(), None)] if MAIN in found else []
    seals = [(path, seal[1]) for path in sorted(found) if (seal := _SEAL.fullmatch(path))]
    texts += [(path, (folder / path).read_bytes(), size) for path, size in seals]
    texts += [(GIVEN, given, None)] if given is not None else []
    heads = read_heads(texts, origin, findings)
    history = History(origin, manifest.disclosure)
    if MAIN in found and "log/entries" in found:
        sizes = {signed.head.size for signed in heads}
        history = read_history(folder / "log" / "entries", origin, manifest.disclosure, sizes, findings)
    for signed in heads:
        if signed.where != MAIN:
            trusted = keys if signed.where == GIVEN else keys + history.vouched
            judge_head(signed, trusted, history, findings, code="history-differs")
            continue
        if signed.head.size != history.size:
            findings.add("log-size", "log/entries", f"{signed.head.size} entries", history.size)
        if (signed.head.size, signed.head.root) != (manifest.head.size, manifest.head.root):
            findings.add("manifest-log", "MANIFEST", "size and root of log/checkpoint", "others")
        judge_head(signed, keys, history, findings, code="log-root")
    return history


def _objects(manifest: Manifest, history: History, findings: Findings) -> None:
    """Step 7."""
    listed = {path: member for path, member in manifest.members.items() if path.startswith("objects/")}
    named = set()
    for path, (digest, size) in listed.items():
        if path != f"objects/{digest[:2]}/{digest}":
            findings.add("object-name", path, f"objects/{digest[:2]}/{digest}", path)
            continue
        named.add(digest)
        if digest in history.withdrawn:
            findings.add("object-withdrawn", digest, "no bytes: it was withdrawn", "bytes")
        elif digest not in history.kept:
            findings.add("object-unlogged", digest, "an entry that names it", "none")
        elif history.kept[digest] != size:
            findings.add("object-size", digest, f"{history.kept[digest]} bytes", f"{size} bytes")
    for digest in history.kept.keys() - named:
        findings.add("object-missing", digest, "a member", "not listed")


def _digest(path: Path, seen: Seen | None) -> tuple[str, int]:
    with open(path, "rb", buffering=0) as file:
        return digest_of(file, seen=seen)


def _small(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
