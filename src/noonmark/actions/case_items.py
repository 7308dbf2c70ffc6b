"""Work on the items of a case, logged: why an item was opened, and everything made from it.

A command that reads footage does three things::

    # None outside of a case
    held = item_of(path, case=case, by=by, command="frames", parameters={"every_s": 5.0})
    ...  # the work
    made = [Made(png, "frame-000012.png", "frame", {"number": 12}), report("frames", answer)]
    return answer | log_derivation(held, made, means=means("av"))  # {"case": ...}, or {}

``item_of`` logs an access before anything is read, as every opening of an item is;
:func:`log_derivation` keeps what was made as items of the case and logs from what, by which tool
and version, with which parameters. A file is an item when ``case`` says so, or when it lies in a
case's own store: then it is logged without being asked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions.json_text import json_line, plain
from noonmark.actions.log_values import loggable
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.entry_schema import DEFAULT_ACTOR as DEFAULT_ACTOR
from noonmark.evidence.entry_schema import MARKER as MARKER

if TYPE_CHECKING:
    from noonmark.evidence.entry_schema import Fact
    from noonmark.evidence.vault import Vault
    from noonmark.media.probe import OriginalFile

_MOST_ITEMS = 10_000  # of one entry, whose line is at most 1 MiB


@dataclass(frozen=True)
class Held:
    """An item of a case that work is done on: which, by whom, with what. ``unlogged``: why nothing
    can be logged.
    """

    case: Path
    sha256: str
    by: str
    command: str
    parameters: Mapping[str, Any]
    access: int | None = None
    """The number of the access entry."""
    unlogged: str | None = None


@dataclass(frozen=True)
class Made:
    """Something made from an item, to be kept: a file (copied) or bytes, how it came from its
    parent, with what.

    ``relation`` is one of evidence's: frame, crop, transcode, copy, redaction, extract. ``role`` is
    "derived" for pictures and films, "report" for what is said about them.
    """

    data: Path | bytes
    name: str
    relation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    role: str = "derived"


def item_of(
    path: Path,
    *,
    case: Path | None,
    by: str = DEFAULT_ACTOR,
    command: str,
    parameters: Mapping[str, Any],
    sha256: str | None = None,
) -> Held | None:
    """The item that a file is, its opening logged; None where no case is concerned.

    With ``case`` given the file must be an item of it, wherever this copy of it lies. Without, only
    a file in the store of a case is one; should that case be read-only, ``unlogged`` says so and
    the work may go on. ``command`` is the command's name, ``parameters`` all that its result
    depends on (no paths of this machine); ``sha256`` spares the digest where the caller has it.
    """
    found = case or case_around(path)
    if found is None:
        return None
    digest = sha256 or _digest(path)
    held = Held(found, digest, by, command, parameters)
    try:
        (number,) = log_access(found, [digest], by=by, command=command, parameters=parameters)
    except NoonmarkError as error:
        if case is None and error.code == "case-read-only":
            return Held(**{**vars(held), "unlogged": error.message})
        if error.code == "no-such-item":
            raise InputError(
                f"{path.name} is not an item of the case {found.name!r}",
                code="no-such-item",
                hint=f"noonmark case add {found} {path} keeps it there",
            ) from None
        raise
    return Held(**{**vars(held), "access": number})


def log_access(
    case: Path,
    items: Sequence[str],
    *,
    by: str = DEFAULT_ACTOR,
    command: str,
    parameters: Mapping[str, Any],
) -> list[int]:
    """Log that items of a case were opened, what for and with what parameters; the number of the
    entry.
    """
    from noonmark.actions.case_intake import held as size_of
    from noonmark.evidence.entry_schema import fact
    from noonmark.evidence.vault import open_vault

    said = loggable(dict(parameters))
    noted = {"note": f"parameters {json_line(said)}"} if said else {}
    with open_vault(case, write=True, by=by) as vault:
        for digest in items:
            size_of(vault, digest)
        receipts = vault.append(
            fact("access", items=list(items), purpose=f"noonmark {command}", **noted)
        )
    return [receipt.index for receipt in receipts]


def accesses(
    files: Sequence[Path],
    *,
    case: Path | None,
    by: str = DEFAULT_ACTOR,
    command: str,
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Log the opening of many files at once, in the case that is given or in whose store they lie;
    ``{"cases": ...}``.

    With ``case`` given each must be an item of it. Empty where no case is concerned.
    """
    found: dict[Path, list[str]] = {}
    for path in files:
        around = case_around(path)
        if case is not None:
            found.setdefault(case, []).append(
                path.name if around == _absolute(case) else _digest(path)
            )
        elif around is not None:
            found.setdefault(around, []).append(path.name)
    told = []
    for folder, items in found.items():
        one: dict[str, Any] = {"case": str(folder), "items": len(items), "logged": True}
        try:
            numbers = [
                log_access(
                    folder,
                    items[i : i + _MOST_ITEMS],
                    by=by,
                    command=command,
                    parameters=parameters,
                )[0]
                for i in range(0, len(items), _MOST_ITEMS)
            ]
            told.append(one | {"entries": numbers})
        except NoonmarkError as error:
            if case is not None or error.code != "case-read-only":
                raise
            told.append(one | {"logged": False, "why": error.message})
    return {"cases": told} if told else {}


def originals(case: Path) -> list[Path]:
    """The files in a case's store that came from outside and were not withdrawn."""
    from noonmark.evidence.vault import open_vault

    with open_vault(case) as vault:
        return [vault.store.path(sha256) for sha256 in original_items(vault)]


def original_items(vault: Vault) -> list[str]:
    """The digests of the items of a case that came from outside and were not withdrawn, in the
    order of the log.
    """
    present = vault.present()
    facts = [vault.log.entry(n).facts for n in vault.log.index.numbers(kind="item")]
    return list(
        dict.fromkeys(
            str(f["sha256"]) for f in facts if f["role"] == "original" and f["sha256"] in present
        )
    )


def log_derivation(held: Held | None, made: Sequence[Made], *, means: str) -> dict[str, Any]:
    """Keep what was made from an item in its case and log each derivation; ``{"case": ...}`` for
    the JSON answer.

    ``means`` names tool and versions (:func:`means`). The command's parameters go into every
    derivation, under those of the single thing. Empty where ``held`` is None: nothing concerns a
    case.
    """
    if held is None:
        return {}
    told: dict[str, Any] = {"item": held.sha256, "logged": held.unlogged is None}
    if held.unlogged is not None:
        return {"case": told | {"why": held.unlogged}}
    from noonmark.evidence.vault import open_vault

    kept: list[dict[str, str]] = []
    facts: list[Fact] = []
    with open_vault(held.case, write=True, by=held.by) as vault:
        for one in made:
            facts += _kept(vault, held, one, means, kept)
        receipts = vault.append(*facts) if facts else []
    numbers = [n for n in (held.access, *(receipt.index for receipt in receipts)) if n is not None]
    return {"case": told | {"entries": numbers, "kept": kept}}


def _kept(
    vault: Vault, held: Held, one: Made, means: str, kept: list[dict[str, str]]
) -> list[Fact]:
    """The entries of one thing made; its bytes are in the store when this returns."""
    from noonmark.evidence.entry_schema import RELATIONS, fact
    from noonmark.evidence.ingest import item_fact

    if one.relation not in RELATIONS:
        raise InputError(
            f"{one.relation!r} is not a way to derive",
            code="unknown-relation",
            hint="one of: " + ", ".join(RELATIONS),
        )
    stored = (
        vault.store.put_bytes(one.data)
        if isinstance(one.data, bytes)
        else vault.store.put(one.data)
    )
    known = vault.log.index.object_of(stored.sha256) is not None or any(
        k["sha256"] == stored.sha256 for k in kept
    )
    kept.append({"sha256": stored.sha256, "name": one.name, "relation": one.relation})
    parameters = loggable({"command": held.command, **held.parameters, **one.parameters})
    derivation = fact(
        "derivation",
        child=stored.sha256,
        parent=held.sha256,
        relation=one.relation,
        means=means,
        parameters=parameters,
    )
    item = item_fact(one.name.encode("utf-8", "surrogateescape"), stored, None, one.role)
    return [derivation] if known else [item, derivation]


def report(command: str, answer: Mapping[str, Any]) -> Made:
    """The JSON answer of a command, to be kept beside what it is about."""
    text = json.dumps(plain(answer), indent=1, allow_nan=False) + "\n"
    return Made(
        text.encode(), f"{command}-{str(answer['sha256'])[:16]}.json", "extract", role="report"
    )


def means(*tools: str) -> str:
    """The tool and its version, then those of the packages and programs that did the work:
    ``noonmark 0.1.0, av 18``.

    A package is given by its name on the index; what is none that is installed, such as ``exiftool
    12.57``, is said as it is. A lock of the sandbox that the user went without is said too.
    """
    from importlib import metadata

    from noonmark import __version__
    from noonmark.sandbox import required_locks

    said = [f"noonmark {__version__}"]
    for tool in tools:
        try:
            said.append(f"{tool} {metadata.version(tool)}")
        except metadata.PackageNotFoundError:
            said += [tool] if " " in tool else []
    said += [f"without the lock {name}" for name in required_locks.waived()]
    return ", ".join(said)


def case_around(path: Path) -> Path | None:
    """The case in whose store a file lies (``CASE/objects/ab/ab12...``), or None."""
    here = _absolute(path)
    above = here.parents
    if len(above) < 3 or above[1].name != "objects" or here.name[:2] != above[0].name:
        return None
    return above[2] if (above[2] / MARKER).is_file() else None


def origin_of(path: Path) -> OriginalFile | None:
    """What the log says that an item in a case's store was called, and when it was last written, as
    it came.

    The object of a store is named by its digest and dated by when it was stored: neither is a word
    of the file.
    """
    from noonmark.evidence.vault import open_vault
    from noonmark.media.probe import OriginalFile
    from noonmark.values import utc

    case = case_around(path)
    if case is None:
        return None
    try:
        with open_vault(case) as vault:
            found = [
                vault.log.entry(n).facts["claims"]
                for n in vault.log.index.numbers(kind="item", sha256=path.name)
            ]
    except (NoonmarkError, ValueError):
        return None  # a case that can't be read: its audit says why
    names = tuple(dict.fromkeys(str(claims["name"]) for claims in found if "name" in claims))
    dates = [
        claims["modified"] for claims in found if claims.get("modified", "unknown") != "unknown"
    ]
    return OriginalFile(names, utc(dates[0]) if dates else None)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # not resolved: a link into a store is not its object


def _digest(path: Path) -> str:
    from noonmark.media.probe import digest

    if not path.is_file():  # a pipe would never end
        raise InputError(f"{path} is not a file", code="not-a-file", hint="name one photo or video")
    try:
        return digest(path)
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", code="file-unreadable", hint="name a file you may read"
        ) from None
