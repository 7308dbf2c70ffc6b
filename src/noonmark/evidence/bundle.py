"""Bundles: a sealed state of a case, or a part of it, as a folder that a stranger can check."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from noonmark import values
from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.digest import CHUNK_BYTES
from noonmark.evidence.index import Row
from noonmark.evidence.log import Entry, instant
from noonmark.evidence.note import SigningKey
from noonmark.evidence.seal import Member, Seal, earlier_seals, latest_seal, manifest_text, object_path
from noonmark.evidence.store import named_failure, sync_folder
from noonmark.evidence.vault import Vault

Seen = Callable[[int], None]


@dataclass(frozen=True)
class Written:
    """A bundle that is on disk."""

    folder: Path
    size: int
    disclosure: str
    items: int
    files: int
    bytes: int


def sealed(vault: Vault) -> Seal:
    """The newest seal, or one sentence on how to make one."""
    found = latest_seal(vault)
    if found is None:
        raise InputError(
            "the case has no seal, so there is nothing a stranger could check",
            code="not-sealed",
            hint="noonmark case seal DIR --key FILE",
        )
    return found


def write_bundle(vault: Vault, out: Path, *, seen: Seen | None = None) -> Written:
    """Write the full bundle of the newest seal. Every byte is digested on its way and must be what was sealed."""
    seal = sealed(vault)
    with _new_folder(out) as part:
        manifest = (seal.folder / "manifest").read_bytes()
        members = list(members_of(manifest))
        (part / "MANIFEST").write_bytes(manifest)
        for member in members:
            source, limit = _source_of(vault, seal, member.path)
            _copy(source, part / member.path, member, limit, seen)
    objects = sum(member.path.startswith("objects/") for member in members)
    return Written(out, seal.size, "full", objects, len(members) + 1, sum(m.size_bytes for m in members))


def write_part(
    vault: Vault,
    out: Path,
    digests: Collection[str],
    key: SigningKey,
    *,
    seen: Seen | None = None,
    now: Callable[[], datetime] = values.now,
) -> Written:
    """Write a bundle that shows some items and the entries about them; of the rest, only salted leaf hashes."""
    seal = sealed(vault)
    if str(key.public) != seal.key:
        raise InputError(
            "the key is not the one that the case was sealed with",
            code="key-differs",
            hint="seal the case with this key first, or give the other one",
        )
    items = _sizes_at(vault, seal.size, digests)
    with _new_folder(out) as part:
        members = [_write(part, "log/entries", _lines(vault, seal.size, set(items)))]
        for name in ("README.txt", "verify.py", "key"):
            members.append(_write(part, name, [(seal.folder / name).read_bytes()]))
        members.append(_write(part, "log/checkpoint", [(seal.folder / "checkpoint").read_bytes()]))
        for at, folder in earlier_seals(vault, seal.size):
            if (folder / "key").read_bytes() == (seal.folder / "key").read_bytes():
                members.append(_write(part, f"log/seals/{at}", [(folder / "checkpoint").read_bytes()]))
        for digest, size in items.items():
            member = Member(digest, size, object_path(digest))
            _copy(vault.store.get(digest), part / member.path, member, size, seen)
            members.append(member)
        text = manifest_text(vault.origin, "partial", instant(now()), seal.size, seal.root, members)
        _write(part, "MANIFEST", [key.sign(text).encode()])
    return Written(out, seal.size, "partial", len(items), len(members) + 1, sum(m.size_bytes for m in members))


def members_of(manifest: bytes) -> Iterator[Member]:
    """The members that a manifest of our own lists."""
    body = manifest.decode("utf-8").split("\n\n")[0].split("\n")
    for line in body[6:]:
        sha256, size, path = line.split(" ")
        yield Member(sha256, int(size), path)


def copy_object(source: Path, out: Path, sha256: str, size: int) -> None:
    """Copy an object to a new file; a copy whose bytes do not have the digest is not left behind."""
    if out.exists() or out.is_symlink():
        raise InputError(f"{str(out)!r} exists already", code="file-exists", hint="give a new file")
    try:
        _copy(source, out, Member(sha256, size, f"item {sha256}"), None, None)
    except EvidenceError:
        out.unlink()
        raise


def _sizes_at(vault: Vault, size: int, digests: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for digest in sorted(set(digests)):
        held = vault.log.index.object_of(digest)
        if held is None or held[1] >= size:
            raise InputError(
                f"{digest} is not an item of the sealed case",
                code="no-such-item",
                hint="noonmark case log lists the items; seal the case again after adding",
            )
        found[digest] = held[0]
    return found


def _lines(vault: Vault, size: int, chosen: set[str]) -> Iterator[bytes]:
    """The log's lines, withheld unless they are about what is shown, and about nothing that is not."""
    shown = {0} | {
        entry.facts["collection"]
        for digest in chosen
        for entry in map(vault.log.entry, vault.log.index.numbers(kind="item", sha256=digest))
        if "collection" in entry.facts
    }
    for entry in vault.log.entries(0, size):
        names = _digests(entry)
        if entry.index in shown or (names and names <= chosen):
            yield entry.line + b"\n"
        else:
            yield b"- " + vault.log.leaf_hash(entry.index).hex().encode() + b"\n"


def _digests(entry: Entry) -> set[str]:
    return Row(entry.index, 0, entry.kind, entry.at, entry.facts).digests()


def _source_of(vault: Vault, seal: Seal, path: str) -> tuple[Path, int | None]:
    """Where the bytes of a member lie in the case, and how many of them belong to the seal."""
    if path == "log/entries":
        return vault.log.folder / "entries", vault.log.length_bytes(seal.size)
    if path == "log/checkpoint":
        return seal.folder / "checkpoint", None
    if path.startswith("log/seals/"):
        return vault.folder / "seals" / path.rpartition("/")[2] / "checkpoint", None
    if path.startswith("objects/"):
        digest = path.rpartition("/")[2]
        if vault.log.index.object_of(digest) is None:
            raise InputError(
                f"item {digest} was withdrawn after the last seal",
                code="withdrawn-since-seal",
                hint="seal the case again, then export",
            )
        return vault.store.get(digest), None
    return seal.folder / path, None


def _copy(source: Path, target: Path, member: Member, limit: int | None, seen: Seen | None) -> None:
    """Copy bytes that must have a known digest; a copy that has another is not left behind."""
    target.parent.mkdir(parents=True, exist_ok=True)
    state, left = hashlib.sha256(), member.size_bytes if limit is None else limit
    with named_failure(), open(source, "rb", buffering=0) as file, open(target, "xb", buffering=0) as out:
        while left and (chunk := file.read(min(left, CHUNK_BYTES))):
            state.update(chunk)
            out.write(chunk)
            left -= len(chunk)
            if seen is not None:
                seen(len(chunk))
        whole = left == 0 and (limit is not None or not file.read(1))
        os.fsync(out.fileno())
    if not whole or state.hexdigest() != member.sha256:
        raise EvidenceError(
            f"{member.path} is not what was sealed: expected {member.sha256}, {member.size_bytes} bytes",
            code="object-differs",
            hint="noonmark case audit names everything that differs; nothing was exported",
        )


def _write(folder: Path, path: str, chunks: Iterable[bytes]) -> Member:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    data_digest, size = hashlib.sha256(), 0
    with named_failure(), open(target, "xb") as out:
        for chunk in chunks:
            out.write(chunk)
            data_digest.update(chunk)
            size += len(chunk)
        out.flush()
        os.fsync(out.fileno())
    return Member(data_digest.hexdigest(), size, path)


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder under another name beside its place, which gets its name once it is complete, or is taken away."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{str(out)!r} exists already", code="file-exists", hint="give a new folder")
    part = out.absolute().with_name(f".{out.absolute().name[:200]}.{token_hex(6)}.part")
    with named_failure():
        part.mkdir(parents=True)
        try:
            yield part
            for folder, _, _ in os.walk(part):
                sync_folder(Path(folder))
            os.rename(part, out)
            sync_folder(part.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
