"""Sources: the identity of each in an age file of its own, an alias of two words everywhere else.

``sources/<alias>.age`` holds the text, padded so that its length says little. It is written by us
and read by any age program. Nothing of it goes into the log, the index, an export, an error or a
temporary file. What the log does hold is that a source exists under an alias, what was agreed with
it, and each time its file was opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from noonmark.errors import InputError
from noonmark.evidence import age, withdrawal
from noonmark.evidence.aliases import new_alias
from noonmark.evidence.disk import named_failure, refuse_link, sync_folder, write_synced
from noonmark.evidence.entry_schema import UNKNOWN, fact
from noonmark.evidence.identity_words import repeats
from noonmark.evidence.vault import Vault

FOLDER = withdrawal.SOURCES
HEAD = "noonmark-source/v1"
STEP_BYTES = 4096
LONGEST_BYTES = 1 << 20
_ALIAS = re.compile(r"[a-z]{2,20}-[a-z]{2,20}(?:-[0-9]{1,6})?")


@dataclass(frozen=True)
class Source:
    """What the case knows of a source: its alias, what was agreed, whether its file is there."""

    alias: str
    consent: str
    restriction: str
    sealed: bool


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal deleted: the source's file, if it was there, and the bytes of items."""

    alias: str
    identity_deleted: bool
    items: tuple[str, ...]


def add(
    vault: Vault,
    identity: str,
    *,
    consent: str = UNKNOWN,
    restriction: str = UNKNOWN,
    note: str | None = None,
    passphrase: str | None = None,
    recipients: Sequence[str] = (),
) -> str:
    """Seal a source's identity in a new age file, log its new alias, and give the alias back."""
    refuse_leak(
        identity,
        consent=consent,
        restriction=restriction,
        note=note or "",
        by=vault.by,
    )
    alias = new_alias({source.alias for source in listed(vault)} | {vault.by})
    sealed = age.encrypt(_padded(alias, identity), passphrase=passphrase, recipients=recipients)
    path = _path(vault.folder, alias)
    noted = {"note": note} if note else {}
    with named_failure():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        refuse_link(path.parent)
        part = path.with_name(f".{token_hex(8)}.part")
        write_synced(part, sealed, mode=0o400)
        os.rename(part, path)
        sync_folder(path.parent)
        sync_folder(vault.folder)
    vault.append(fact("source", alias=alias, consent=consent, restriction=restriction, **noted))
    return alias


def listed(vault: Vault) -> list[Source]:
    """The sources of the case in the order they were added, each as last agreed with it."""
    found: dict[str, Source] = {}
    for number in vault.log.index.numbers(kind="source"):
        said = vault.log.entry(number).facts
        alias = str(said["alias"])
        there = _ALIAS.fullmatch(alias) is not None and _path(vault.folder, alias).is_file()
        found[alias] = Source(alias, str(said["consent"]), str(said["restriction"]), there)
    return list(found.values())


def reveal(
    vault: Vault,
    alias: str,
    *,
    purpose: str,
    passphrase: str | None = None,
    identities: Sequence[str] = (),
) -> str:
    """The identity behind an alias. That it was opened, and why, is logged before it is given."""
    path = _known(vault, alias)
    with named_failure():
        data = path.read_bytes()
    text = _unpadded(age.decrypt(data, passphrase=passphrase, identities=identities))
    refuse_leak(text, purpose=purpose)
    vault.append(fact("note", text=f"the identity of source {alias} was opened: {purpose}"))
    return text


def withdraw(vault: Vault, alias: str, *, reason: str, keep_items: bool = False) -> Withdrawal:
    """Delete what ties the case to a source: its file, and the bytes of every item it gave.

    The log still verifies: it states that the items were withdrawn, and why, and that they are
    deleted once they are. A crash on the way is finished by the next opening.
    """
    why = withdrawal.stated(reason)
    _known(vault, alias, must_be_sealed=False)
    items = () if keep_items else tuple(items_of(vault, alias))
    act = vault.begin(
        withdrawal.ACT, alias=alias, items=list(items), reason=why, authority=vault.by
    )
    deleted = withdrawal.carry_out(vault.folder, vault.store, vault.log, act)
    return Withdrawal(alias, deleted, items)


def items_of(vault: Vault, alias: str) -> list[str]:
    """The items still present that came from a source, and all that was derived from them."""
    return items_by_source(vault).get(alias, [])


def items_by_source(vault: Vault) -> dict[str, list[str]]:
    """By alias, the items still present that came from a source or were derived from such items."""
    children = _children(vault)
    present = vault.present()
    found: dict[str, list[str]] = {}
    for alias, digests in _collected(vault).items():
        _add_descendants(digests, children)
        found[alias] = [digest for digest in digests if digest in present]
    return found


def stopping(vault: Vault, digests: Collection[str] | None = None) -> dict[str, str]:
    """By alias, why items of a source may not leave the case: all of them, or the given ones.

    A stated restriction stops them, and a consent that is unknown or refused.
    """
    given = items_by_source(vault)
    found: dict[str, str] = {}
    for source in listed(vault):
        items = given.get(source.alias, [])
        if not items or (digests is not None and not set(digests) & set(items)):
            continue
        if source.restriction.strip().casefold() not in _NO_RESTRICTION:
            found[source.alias] = f"restriction: {source.restriction}"
        elif source.consent.strip().casefold() in _NO_CONSENT:
            found[source.alias] = f"consent: {source.consent}"
    return found


_NO_RESTRICTION = frozenset(("none", "no", "no restriction", "no restrictions", "-", UNKNOWN))
_NO_CONSENT = frozenset(("none", "no", "not given", "refused", "denied", "withdrawn", "-", UNKNOWN))


def _collected(vault: Vault) -> dict[str, dict[str, None]]:
    """By alias, the digests of the items that a collection brought in from a source.

    The digests are the keys of a dictionary: each once, in the order of the log.
    """
    log = vault.log
    given: dict[int, str] = {}
    for number in log.index.numbers(kind="collection"):
        alias = str(log.entry(number).facts["source"])
        if alias != UNKNOWN:
            given[number] = alias
    collected: dict[str, dict[str, None]] = {}
    if not given:
        return collected
    for number in log.index.numbers(kind="item"):
        said = log.entry(number).facts
        if said.get("collection") in given:
            digests = collected.setdefault(given[said["collection"]], {})
            digests[str(said["sha256"])] = None
    return collected


def _children(vault: Vault) -> dict[str, list[str]]:
    """By digest, the objects that were derived from an object directly."""
    children: dict[str, list[str]] = {}
    for number in vault.log.index.numbers(kind="derivation"):
        said = vault.log.entry(number).facts
        children.setdefault(str(said["parent"]), []).append(str(said["child"]))
    return children


def _add_descendants(digests: dict[str, None], children: dict[str, list[str]]) -> None:
    """Add what was derived from the objects, and from what was derived, and so on."""
    todo = list(digests)
    while todo:
        fresh = [child for child in children.get(todo.pop(), ()) if child not in digests]
        digests |= dict.fromkeys(fresh)
        todo += fresh


def refuse_leak(identity: str, **public: str) -> None:
    """Refuse when a text for the log repeats a word or number of the identity.

    That guards against a mistake, not against an attack.
    """
    for where, text in public.items():
        if repeats(identity, text):
            raise InputError(
                f"the {where} repeats something of the identity",
                code="source-leak",
                hint="the log is handed on: write there only what may be known",
            )


def _known(vault: Vault, alias: str, *, must_be_sealed: bool = True) -> Path:
    """The age file of a source that the case knows.

    An alias that is none may be a name typed in its place: it is not repeated.
    """
    known = {source.alias for source in listed(vault)}
    if not _ALIAS.fullmatch(alias) or alias not in known:
        raise InputError(
            "the case knows no source by this alias",
            code="no-such-source",
            hint="noonmark case source list DIR",
        )
    path = _path(vault.folder, alias)
    if must_be_sealed and not path.is_file():
        raise InputError(
            f"the identity of {alias} is not kept here: it was withdrawn, or is kept elsewhere",
            code="source-gone",
            hint="noonmark case source list DIR shows which identities are there",
        )
    return path


def _path(folder: Path, alias: str) -> Path:
    """Where the identity of a source is kept."""
    return withdrawal.identity_path(folder, alias)


def _padded(alias: str, identity: str) -> bytes:
    """What is encrypted: a head, the identity, and line ends up to a multiple of 4 KiB."""
    data = identity.encode("utf-8", "surrogatepass")
    if not identity.strip() or len(data) > LONGEST_BYTES:
        raise InputError(
            f"expected an identity of 1 to {LONGEST_BYTES} bytes",
            code="source-identity",
            hint="give it on stdin",
        )
    head = f"{HEAD}\nalias {alias}\nbytes {len(data)}\n\n".encode()
    whole = len(head) + len(data)
    return head + data + b"\n" * (-whole % STEP_BYTES)


def _unpadded(data: bytes) -> str:
    """The identity in what was encrypted."""
    match = re.match(rb"noonmark-source/v1\nalias [a-z0-9-]{1,64}\nbytes ([0-9]{1,8})\n\n", data)
    if match is None:
        raise InputError(
            "the age file holds something other than a source's identity",
            code="source-identity",
        )
    body = data[match.end() : match.end() + int(match[1])]
    return body.decode("utf-8", "surrogatepass")
