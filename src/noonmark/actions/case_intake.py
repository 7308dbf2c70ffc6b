"""Files taken into a case: stored, logged with how they came, and listed.

What is not known is said to be unknown: nothing here guesses who collected a file, when, or on
what ground.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from noonmark.actions.progress import Share, sharing, total_bytes
from noonmark.errors import InputError, NoonmarkError, OutsideError
from noonmark.evidence.digest import is_digest
from noonmark.evidence.entry_schema import DEFAULT_ACTOR, UNKNOWN, fact
from noonmark.evidence.ingest import KeptFile, RefusedFile, files_below, keep_all
from noonmark.evidence.log import TOOL
from noonmark.evidence.vault import Vault, open_vault
from noonmark.values import utc

LISTED = 1000  # so that the answer about a million files stays an answer

_ALIAS = re.compile(r"unknown|[a-z]+(-[a-z]+)+")
"""What an alias looks like: a slip here would put a real name into the log for good."""


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


@dataclass
class Added:
    """What an addition came to. ``added`` lists the first thousand; the counts are of all."""

    files: int = 0
    new: int = 0
    bytes: int = 0
    refused_files: int = 0
    added: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[dict[str, str]] = field(default_factory=list)

    def count(self, result: KeptFile | RefusedFile) -> None:
        """Take up what became of one file."""
        if isinstance(result, RefusedFile):
            self.refused_files += 1
            if len(self.refused) < LISTED:
                self.refused.append({"name": result.name, **_said(result.error)})
            return
        stored = result.stored
        self.files += 1
        self.new += stored.new
        self.bytes += stored.size_bytes
        if stored.remark is not None and len(self.remarks) < LISTED:
            self.remarks.append({"name": result.name, "message": stored.remark})
        if len(self.added) < LISTED:
            told = {"name": result.name, "sha256": stored.sha256, "size": stored.size_bytes}
            self.added.append({**told, "new": stored.new, "entry": result.entry})


def add_to_case(
    folder: Path,
    paths: Sequence[str],
    *,
    by: str = DEFAULT_ACTOR,
    collection: Collection | None = None,
    share: Share | None = None,
    each: Callable[[KeptFile], None] | None = None,
) -> Added:
    """Keep files, or all files below folders; what can't be kept is listed with the reason.

    ``each`` is told of every file that is kept, also of those that the answer has no room for.
    Where the case's own disk fails on the way, the error says how many files were kept before.
    """
    _refuse_unusable(paths, collection)
    done = Added()
    with open_vault(folder, write=True, by=by) as case:
        seen = sharing(share, lambda: total_bytes(paths))
        try:
            for result in add_files(case, paths, collection=collection, seen=seen):
                done.count(result)
                if each is not None and isinstance(result, KeptFile):
                    each(result)
        except OutsideError as error:
            if not done.files:
                raise
            kept = f"{done.files} files were kept and logged before"
            more = {"kept": done.files, **error.details}
            message = f"{error.message}; {kept}"
            raise OutsideError(message, code=error.code, hint=error.hint, **more) from error
    return done


def _refuse_unusable(paths: Sequence[str], collection: Collection | None) -> None:
    """Refuse a path that is not there, a time that is none, and a name in place of an alias."""
    for path in paths:
        if not os.path.lexists(path):
            raise InputError(
                f"there is no file {path!r}", code="file-missing", hint="nothing was added"
            )
    if collection is not None and collection.collected_at != "unknown":
        utc(collection.collected_at)  # refuse what is not an instant
    if collection is not None and not _ALIAS.fullmatch(collection.source):
        raise InputError(
            "a source is named in the log by an alias of lower-case words with hyphens between, "
            "never by name",
            code="no-such-source",
            hint="noonmark case source add CASE gives an alias",
        )


def add_files(
    case: Vault,
    paths: Sequence[str | PathLike[str]],
    *,
    collection: Collection | None = None,
    seen: Callable[[int], None] | None = None,
) -> Iterator[KeptFile | RefusedFile]:
    """Keep every file below some paths. What is yielded as kept is on disk and logged."""
    stated = {
        name: value for name, value in vars(collection or Collection()).items() if value is not None
    }
    (receipt,) = case.append(fact("collection", **stated))
    yield from keep_all(case, files_below(paths), collection=receipt.index, seen=seen)


def held(case: Vault, sha256: str) -> int:
    """The size of an item that the case should hold [bytes], or one sentence."""
    found = case.log.index.object_of(sha256) if is_digest(sha256) else None
    if found is None:
        raise no_such_item(sha256)
    return found[0]


def no_such_item(sha256: str) -> InputError:
    """The error about a digest that is no item of the case."""
    return InputError(
        f"the case holds no item {sha256[:80]!r}",
        code="no-such-item",
        hint="items are named by their SHA-256 in hexadecimal: noonmark case log DIR",
    )


def _said(error: NoonmarkError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "hint": error.hint}
