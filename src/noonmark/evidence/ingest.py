"""Taking files in: every regular file below some paths, on all cores, acknowledged in groups.

A group of files is copied and digested by several threads, its folders are synchronised once, and
its entries are logged with one synchronisation. Only then is anything reported as kept. A file that
can't be kept is reported with its reason, and the others go on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.digest import on_all_cores
from noonmark.evidence.entry_schema import MARKER, Fact, fact, name_claims
from noonmark.evidence.log import instant_ns
from noonmark.evidence.secrets_in_files import case_inside, look, refuse_place
from noonmark.evidence.store import Store, StoredObject
from noonmark.evidence.vault import Vault

GROUP_FILES = 256
_NUMBER, _DIGITS = re.compile(rb"\d+"), 20
"""A number in a name, and how many digits are compared by value: a longer one sorts as text."""
Seen = Callable[[int], None]


@dataclass(frozen=True)
class FoundFile:
    """A path to read, and the name that it is claimed to have: relative, as bytes."""

    path: bytes
    name: bytes
    refusal: NoonmarkError | None = None


@dataclass(frozen=True)
class KeptFile:
    """A file that is in the case now: its claimed name, its object, and the number of its entry."""

    name: str
    stored: StoredObject
    entry: int


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not kept, and why."""

    name: str
    error: NoonmarkError


def files_below(paths: Iterable[str | os.PathLike[str]]) -> Iterator[FoundFile]:
    """Every path that is not a folder, below those given, in their order; streamed, so that of a
    million files only the names in one folder are held.

    Links are not followed: they come out as they are, to be refused one by one.
    """
    for given in paths:
        path = os.fsencode(given)
        top = os.path.basename(os.path.normpath(path))
        if os.path.isdir(path) and not os.path.islink(path):
            if _is_case(path):
                yield FoundFile(path, top, case_inside(_shown(top)))
                continue
            yield from _below(path, b"" if top in (b".", b"..") else top + b"/")
        else:
            yield FoundFile(path, top)


def _below(folder: bytes, name: bytes) -> Iterator[FoundFile]:
    """Every path below a folder that is not a folder, with its name as bytes, ordered by name in
    each folder: "2" before "10", on every file system.
    """
    waiting = [_listed(folder, name)]
    while waiting:
        found, is_folder = next(waiting[-1], (None, False))
        if found is None:
            waiting.pop()
        elif is_folder and found.refusal is None:
            waiting.append(_listed(found.path, found.name + b"/"))
        else:
            yield found


def _listed(folder: bytes, above: bytes) -> Iterator[tuple[FoundFile, bool]]:
    """List one folder, ordered by name; whether each is a folder itself, no link. A case in it is
    refused.
    """
    with os.scandir(folder) as entries:
        named = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in sorted(named, key=lambda one: _natural(one[0])):
        path, inside = os.path.join(folder, name), above + name
        is_case = is_folder and _is_case(path)
        yield FoundFile(path, inside, case_inside(_shown(inside)) if is_case else None), is_folder


def _natural(name: bytes) -> bytes:
    """The sort key of a name: its numbers by their value, and where that is equal the name."""
    return _NUMBER.sub(lambda found: found[0].zfill(_DIGITS), name) + b"\0" + name


def keep_all(
    vault: Vault,
    files: Iterable[FoundFile],
    *,
    collection: int,
    role: str = "original",
    seen: Seen | None = None,
) -> Iterator[KeptFile | RefusedFile]:
    """Keep files and log them as items of a collection entry; each is reported once it is on disk
    and logged.
    """
    stream = iter(files)
    while group := list(islice(stream, GROUP_FILES)):
        kept: list[tuple[FoundFile, StoredObject]] = []
        refused: list[RefusedFile] = []
        for found, result in on_all_cores(_keeper(vault.store, seen), group):
            if isinstance(result, StoredObject):
                kept.append((found, result))
            else:
                refused.append(RefusedFile(_shown(found.name), _ours(found, result)))
        yield from _acknowledge(vault, kept, collection, role)
        yield from refused
        broken = next((r.error for r in refused if not isinstance(r.error, InputError)), None)
        if broken is not None:  # the case's own disk failed: no use in trying the rest
            raise broken


def _keeper(store: Store, seen: Seen | None) -> Callable[[FoundFile], StoredObject]:
    """The function that keeps one file; the folders are synchronised for a whole group later."""

    def keep(found: FoundFile) -> StoredObject:
        if found.refusal is not None:
            raise found.refusal
        refuse_place(Path(os.fsdecode(found.path)))
        return store.put(found.path, seen=seen, sync=False, look=look)

    return keep


def _is_case(folder: bytes) -> bool:
    """Whether a folder is a case: nothing walks into one."""
    return os.path.lexists(os.path.join(folder, os.fsencode(MARKER)))


def _acknowledge(
    vault: Vault,
    kept: list[tuple[FoundFile, StoredObject]],
    collection: int,
    role: str,
) -> list[KeptFile]:
    """Synchronise and log a group of files; each is new once, also where the group has it twice."""
    if not kept:
        return []
    vault.store.sync([stored.sha256 for _, stored in kept])
    receipts = vault.append(
        *(item_fact(found.name, stored, collection, role) for found, stored in kept)
    )
    first: set[str] = set()
    done = []
    for (found, stored), receipt in zip(kept, receipts, strict=True):
        new = stored.new and stored.sha256 not in first
        first.add(stored.sha256)
        done.append(KeptFile(_shown(found.name), replace(stored, new=new), receipt.index))
    return done


def item_fact(name: bytes, stored: StoredObject, collection: int | None, role: str) -> Fact:
    """The item entry for something stored, with what the outside claimed of it."""
    claims = name_claims(name)
    if stored.modified_ns is not None:
        claims["modified"] = instant_ns(stored.modified_ns)
    more = {} if collection is None else {"collection": collection}
    return fact(
        "item",
        sha256=stored.sha256,
        size=stored.size_bytes,
        role=role,
        claims=claims,
        **more,
    )


def _ours(found: FoundFile, error: Exception) -> NoonmarkError:
    """The deliberate error that says why a file could not be kept."""
    if isinstance(error, NoonmarkError):
        return error
    if isinstance(error, OSError):
        return InputError(
            f"{_shown(found.name)!r} can't be read: {error.strerror}",
            code="file-unreadable",
        )
    raise error


def _shown(name: bytes) -> str:
    """A file's name as text."""
    return name_claims(name)["name"]
