"""Bundles: a sealed state of a case, or a part of it, as a folder that a stranger can check."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from noonmark import values
from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.digest import CHUNK_BYTES
from noonmark.evidence.disk import delete, named_failure, sync_folder, sync_tree, write_all
from noonmark.evidence.index import Row
from noonmark.evidence.log import Entry, instant
from noonmark.evidence.note import SigningKey
from noonmark.evidence.recovery import WRITING, part_of, place_text
from noonmark.evidence.seal import (
    Member,
    Seal,
    earlier_seals,
    latest_seal,
    manifest_text,
    object_path,
)
from noonmark.evidence.vault import Vault

Seen = Callable[[int], None]


@dataclass(frozen=True)
class WrittenBundle:
    """A bundle that is on disk."""

    folder: Path
    size: int
    disclosure: str
    items: int
    files: int
    bytes: int


def sealed(vault: Vault) -> Seal:
    """The newest seal; a case without one raises, with what to type."""
    found = latest_seal(vault)
    if found is None:
        raise InputError(
            "the case has no seal, so there is nothing a stranger could check",
            code="not-sealed",
            hint="noonmark case seal DIR --key FILE",
        )
    return found


def write_bundle(vault: Vault, out: Path, *, seen: Seen | None = None) -> WrittenBundle:
    """Write the full bundle of the newest seal.

    Every byte is digested on its way and must be what was sealed.
    """
    with new_folder(vault, out) as part:
        return replace(fill_bundle(vault, part, seen=seen), folder=out)


def fill_bundle(vault: Vault, part: Path, *, seen: Seen | None = None) -> WrittenBundle:
    """Write the full bundle of the newest seal into a folder that is empty."""
    seal = sealed(vault)
    manifest = (seal.folder / "manifest").read_bytes()
    members = list(members_of(manifest))
    _write(part, "MANIFEST", [manifest])
    for member in members:
        source, limit = _source_of(vault, seal, member.path)
        _copy(source, part / member.path, member, limit, seen)
    objects = sum(member.path.startswith("objects/") for member in members)
    return _written(part, seal, "full", objects, members)


def write_part(
    vault: Vault,
    out: Path,
    digests: Collection[str],
    key: SigningKey,
    *,
    naming: Collection[str] = (),
    seen: Seen | None = None,
    now: Callable[[], datetime] = values.now,
) -> WrittenBundle:
    """Write a bundle that shows some items and the entries about them.

    Of the other entries it shows only the salted leaf hashes, from which nothing can be guessed.
    Entries may also name the digests in ``naming``, whose bytes are not shown.
    """
    seal = sealed(vault)
    if str(key.public) != seal.key:
        raise InputError(
            "the key is not the one that the case was sealed with",
            code="key-differs",
            hint="seal the case with this key first, or give the other one",
        )
    items = _sizes_at(vault, seal.size, digests)
    with new_folder(vault, out) as part:
        members = [_write(part, "log/entries", _lines(vault, seal.size, {*items, *naming}))]
        for path, source in _small_files(vault, seal):
            members.append(_write(part, path, [source.read_bytes()]))
        for digest, size in items.items():
            member = Member(digest, size, object_path(digest))
            _copy(vault.store.get(digest), part / member.path, member, size, seen)
            members.append(member)
        text = manifest_text(vault.origin, "partial", instant(now()), seal.size, seal.root, members)
        _write(part, "MANIFEST", [key.sign(text).encode()])
    return _written(out, seal, "partial", len(items), members)


def _small_files(vault: Vault, seal: Seal) -> Iterator[tuple[str, Path]]:
    """Path in a partial bundle and source of what it takes from the seals.

    The checkpoints of earlier seals are shown if they are by the same key.
    """
    for name in ("README.txt", "verify.py", "key"):
        yield name, seal.folder / name
    yield "log/checkpoint", seal.folder / "checkpoint"
    own = (seal.folder / "key").read_bytes()
    for at, folder in earlier_seals(vault, seal.size):
        if (folder / "key").read_bytes() == own:
            yield f"log/seals/{at}", folder / "checkpoint"


def _written(
    out: Path, seal: Seal, disclosure: str, items: int, members: Sequence[Member]
) -> WrittenBundle:
    """The bundle that was written; the manifest is a file beside its members."""
    total = sum(member.size_bytes for member in members)
    return WrittenBundle(out, seal.size, disclosure, items, len(members) + 1, total)


def members_of(manifest: bytes) -> Iterator[Member]:
    """The members that a manifest of our own lists."""
    body = manifest.decode("utf-8").split("\n\n")[0].split("\n")
    for line in body[6:]:
        sha256, size, path = line.split(" ")
        yield Member(sha256, int(size), path)


def copy_object(vault: Vault, out: Path, sha256: str, size: int) -> None:
    """Copy an object to a new file; a copy with another digest is deleted."""
    source = vault.store.get(sha256)
    if out.exists() or out.is_symlink():
        raise InputError(
            f"{str(out)!r} exists already",
            code="file-exists",
            hint="give a new file",
        )
    with _written_beside(vault, out, "a copy of an item") as part:
        _copy(source, part, Member(sha256, size, f"item {sha256}"), None, None)


def _sizes_at(vault: Vault, size: int, digests: Collection[str]) -> dict[str, int]:
    """The size [bytes] of each item; one that the log of that size does not have raises."""
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
    """The log's lines, each as it is or withheld.

    Shown are the case entry, entries about chosen items alone, and the collections they came in.
    """
    index = vault.log.index
    shown = {0}
    for digest in chosen:
        for number in index.numbers(kind="item", sha256=digest):
            facts = vault.log.entry(number).facts
            if "collection" in facts:
                shown.add(facts["collection"])
    for entry in vault.log.entries(0, size):
        names = _digests(entry)
        if entry.index in shown or (names and names <= chosen):
            yield entry.line + b"\n"
        else:
            yield b"- " + vault.log.leaf_hash(entry.index).hex().encode() + b"\n"


def _digests(entry: Entry) -> set[str]:
    """The digests that an entry names."""
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
    """Copy the first ``limit`` bytes of a file, or all of it; they must be those of the member."""
    target.parent.mkdir(parents=True, exist_ok=True)
    state, left = hashlib.sha256(), member.size_bytes if limit is None else limit
    with (
        named_failure(),
        open(source, "rb", buffering=0) as file,
        open(target, "xb", buffering=0) as out,
    ):
        while left and (chunk := file.read(min(left, CHUNK_BYTES))):
            state.update(chunk)
            # A disk that is nearly full takes a part and says nothing.
            write_all(out.fileno(), memoryview(chunk))
            left -= len(chunk)
            if seen is not None:
                seen(len(chunk))
        whole = left == 0 and (limit is not None or not file.read(1))
        os.fsync(out.fileno())
    if not whole or state.hexdigest() != member.sha256:
        expected = f"{member.sha256}, {member.size_bytes} bytes"
        raise EvidenceError(
            f"{member.path} is not what was sealed: expected {expected}",
            code="object-differs",
            hint="noonmark case audit names everything that differs; nothing was exported",
        )


def _write(folder: Path, path: str, chunks: Iterable[bytes]) -> Member:
    """Write a new file below the folder, synchronise it, and return it as a member."""
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
def new_folder(vault: Vault, out: Path) -> Iterator[Path]:
    """A new folder to write in; it gets its name once it is complete and on disk.

    Until then it lies beside its place under another name. If anything fails it is deleted; if a
    crash cuts it, the next opening of the case deletes it.
    """
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise InputError(
            f"{str(out)!r} exists already",
            code="file-exists",
            hint="give a new folder",
        )
    with _written_beside(vault, out, "an export") as part:
        part.mkdir(parents=True)
        yield part
        sync_tree(part)


@contextmanager
def _written_beside(vault: Vault, out: Path, what: str) -> Iterator[Path]:
    """The place beside ``out`` to write to; what is there in the end gets its name."""
    part = part_of(out, token_hex(6))
    act = None
    if vault.log.writable:
        places = {"part": place_text(vault.folder, part), "out": place_text(vault.folder, out)}
        act = vault.begin(WRITING, what=what, **places)
    with named_failure():
        try:
            yield part
            os.rename(part, out)
            sync_folder(part.parent)
        except BaseException:
            delete(part)
            if act is not None:
                act.end()
            raise
    if act is not None:
        act.end()
