"""Taking files in: every regular file below some paths, on all cores, acknowledged in groups.

A group of files is copied and digested by several threads, its folders are synchronised once, and its entries are
logged with one synchronisation. Only then is anything reported as kept. A file that can't be kept is reported with its
reason, and the others go on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.digest import on_all_cores
from noonmark.evidence.facts import Fact, fact, name_claims
from noonmark.evidence.log import instant_ns
from noonmark.evidence.store import Store, Stored
from noonmark.evidence.vault import Vault

GROUP_FILES = 256
Seen = Callable[[int], None]


@dataclass(frozen=True)
class Found:
    """A path to read, and the name that it is claimed to have: relative, as bytes."""

    path: bytes
    name: bytes


@dataclass(frozen=True)
class Kept:
    """A file that is in the case now: its claimed name, its object, and the number of its entry."""

    name: str
    stored: Stored
    entry: int


@dataclass(frozen=True)
class Refused:
    """A file that was not kept, and why."""

    name: str
    error: NoonmarkError


def files_below(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Found]:
    """Every path that is not a folder, below those given; streamed, so that a million files take no memory.

    Links are not followed: they come out as they are, to be refused one by one.
    """
    for given in paths:
        path = os.fsencode(given)
        top = os.path.basename(os.path.normpath(path))
        if os.path.isdir(path) and not os.path.islink(path):
            yield from _below(path, b"" if top in (b".", b"..") else top + b"/")
        else:
            yield Found(path, top)


def _below(folder: bytes, name: bytes) -> Iterator[Found]:
    waiting = [(folder, name)]
    while waiting:
        path, above = waiting.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, above + entry.name + b"/"))
                else:
                    yield Found(entry.path, above + entry.name)


def keep_all(
    vault: Vault, files: Iterable[Found], *, collection: int, role: str = "original", seen: Seen | None = None
) -> Iterator[Kept | Refused]:
    """Keep files and log them as items of a collection entry; each is reported once it is on disk and logged."""
    stream = iter(files)
    while group := list(islice(stream, GROUP_FILES)):
        kept: list[tuple[Found, Stored]] = []
        refused: list[Refused] = []
        for found, result in on_all_cores(_keeper(vault.store, seen), group):
            if isinstance(result, Stored):
                kept.append((found, result))
            else:
                refused.append(Refused(_shown(found.name), _ours(found, result)))
        yield from _acknowledge(vault, kept, collection, role)
        yield from refused
        broken = next((r.error for r in refused if not isinstance(r.error, InputError)), None)
        if broken is not None:  # the case's own disk failed: no use in trying the rest
            raise broken


def _keeper(store: Store, seen: Seen | None) -> Callable[[Found], Stored]:
    return lambda found: store.put(found.path, seen=seen, sync=False)


def _acknowledge(vault: Vault, kept: list[tuple[Found, Stored]], collection: int, role: str) -> list[Kept]:
    if not kept:
        return []
    vault.store.sync([stored.sha256 for _, stored in kept])
    receipts = vault.append(*(item_fact(found.name, stored, collection, role) for found, stored in kept))
    first: set[str] = set()
    done = []
    for (found, stored), receipt in zip(kept, receipts, strict=True):
        new = stored.new and stored.sha256 not in first
        first.add(stored.sha256)
        done.append(Kept(_shown(found.name), replace(stored, new=new), receipt.index))
    return done


def item_fact(name: bytes, stored: Stored, collection: int | None, role: str) -> Fact:
    """The item entry for something stored, with what the outside claimed of it."""
    claims = name_claims(name)
    if stored.modified_ns is not None:
        claims["modified"] = instant_ns(stored.modified_ns)
    more = {} if collection is None else {"collection": collection}
    return fact("item", sha256=stored.sha256, size=stored.size_bytes, role=role, claims=claims, **more)


def _ours(found: Found, error: Exception) -> NoonmarkError:
    if isinstance(error, NoonmarkError):
        return error
    if isinstance(error, OSError):
        return InputError(f"{_shown(found.name)!r} can't be read: {error.strerror}", code="file-unreadable")
    raise error


def _shown(name: bytes) -> str:
    return name_claims(name)["name"]
