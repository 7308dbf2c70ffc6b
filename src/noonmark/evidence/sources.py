"""Who a source is: kept in an age file of its own and nowhere else. The case knows an alias of two random words.

``sources/<alias>.age`` holds the text, padded so that its length says little. It is written by us and read by any age
program. Nothing of it goes into the log, the index, an export, an error or a temporary file. What the log does hold is
that a source exists under an alias, what was agreed with it, and each time its file was opened.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from noonmark.errors import InputError
from noonmark.evidence import age
from noonmark.evidence.aliases import new_alias
from noonmark.evidence.facts import UNKNOWN, fact
from noonmark.evidence.store import named_failure, sync_folder
from noonmark.evidence.vault import Vault

FOLDER = "sources"
HEAD = "noonmark-source/v1"
STEP_BYTES = 4096
LONGEST_BYTES = 1 << 20
_ALIAS = re.compile(r"[a-z]{2,20}-[a-z]{2,20}(?:-[0-9]{1,6})?")


@dataclass(frozen=True)
class Source:
    """What the case knows of a source: its alias, what was agreed, and whether its file is there."""

    alias: str
    consent: str
    restriction: str
    sealed: bool


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal took away: whether the source's file was there, and the items whose bytes are gone."""

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
    refuse_leak(identity, consent=consent, restriction=restriction, note=note or "", by=vault.by)
    alias = new_alias({source.alias for source in listed(vault)} | {vault.by})
    sealed = age.encrypt(_padded(alias, identity), passphrase=passphrase, recipients=recipients)
    path = _path(vault.folder, alias)
    noted = {"note": note} if note else {}
    with named_failure():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part = path.with_name(f".{token_hex(8)}.part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        os.rename(part, path)
        sync_folder(path.parent)
        sync_folder(vault.folder)
    vault.append(fact("source", alias=alias, consent=consent, restriction=restriction, **noted))
    return alias


def listed(vault: Vault) -> list[Source]:
    """The sources of the case by their aliases, in the order in which they were added; the latest word of each."""
    found: dict[str, Source] = {}
    for number in vault.log.index.numbers(kind="source"):
        said = vault.log.entry(number).facts
        alias = str(said["alias"])
        there = _ALIAS.fullmatch(alias) is not None and _path(vault.folder, alias).is_file()
        found[alias] = Source(alias, str(said["consent"]), str(said["restriction"]), there)
    return list(found.values())


def reveal(
    vault: Vault, alias: str, *, purpose: str, passphrase: str | None = None, identities: Sequence[str] = ()
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
    """Delete what ties the case to a source: its file, and the bytes of every item it gave. The log still verifies."""
    path = _known(vault, alias, must_be_sealed=False)
    items = () if keep_items else tuple(items_of(vault, alias))
    text = f"source {alias} was withdrawn, its identity deleted, with {len(items)} items: {reason}"
    facts = [fact("withdrawal", sha256=digest, reason=reason, authority=vault.by) for digest in items]
    vault.append(fact("note", text=text), *facts)
    deleted = path.is_file()
    with named_failure():
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            sync_folder(path.parent)
    for digest in items:
        vault.store.remove(digest)
    return Withdrawal(alias, deleted, items)


def items_of(vault: Vault, alias: str) -> list[str]:
    """The items still present that came in a collection from that source, and all that was derived from them."""
    return items_by_source(vault).get(alias, [])


def items_by_source(vault: Vault) -> dict[str, list[str]]:
    """By alias, the items still present that came from a source, and all that was derived from them."""
    log = vault.log
    given: dict[int, str] = {}
    for number in log.index.numbers(kind="collection"):
        alias = str(log.entry(number).facts["source"])
        if alias != UNKNOWN:
            given[number] = alias
    children: dict[str, list[str]] = {}
    for number in log.index.numbers(kind="derivation"):
        said = log.entry(number).facts
        children.setdefault(str(said["parent"]), []).append(str(said["child"]))
    chosen: dict[str, dict[str, None]] = {}
    for number in log.index.numbers(kind="item") if given else ():
        said = log.entry(number).facts
        if said.get("collection") in given:
            chosen.setdefault(given[said["collection"]], {})[str(said["sha256"])] = None
    for digests in chosen.values():
        todo = list(digests)
        while todo:
            fresh = [child for child in children.get(todo.pop(), ()) if child not in digests]
            digests |= dict.fromkeys(fresh)
            todo += fresh
    present = vault.present()
    return {alias: [digest for digest in digests if digest in present] for alias, digests in chosen.items()}


def refuse_leak(identity: str, **public: str) -> None:
    """Refuse when a text for the log repeats a word or number of the identity: a slip of the hand, not an attack."""
    secret = _words(identity)
    for where, text in public.items():
        shared = secret & _words(text)
        if shared:
            raise InputError(
                f"the {where} repeats something of the identity",
                code="source-leak",
                hint="the log is handed on: write there only what may be known",
            )


def _words(text: str) -> set[str]:
    """Words of 3 letters and more, and every 6 digits in a row, folded so that spelling hides nothing."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    joined = re.sub(r"(?<=[0-9])[ ()./-]+(?=[0-9])", "", plain)
    runs = re.findall(r"[0-9]{6,}", joined)
    windows = {run[at : at + 6] for run in runs for at in range(len(run) - 5)}
    return {word for word in re.findall(r"[^\W_]{3,}", plain) if not word.isdigit()} - COMMON | windows


_COMMON = """
about after also and are asked because been before but call can contact date day does for from given gave had has have
held her here him his into its know known live lives mail may more name named near new not number old one only other
our out phone said same she signal since some source taken talk telegram than that the their them then there these
they this till two under unknown until use via video was were what when where which while whatsapp who will with
without work works would year years you your
"""
COMMON = frozenset(_COMMON.split())


def _known(vault: Vault, alias: str, *, must_be_sealed: bool = True) -> Path:
    if not _ALIAS.fullmatch(alias) or alias not in {source.alias for source in listed(vault)}:
        raise InputError(
            "the case knows no source by this alias", code="no-such-source", hint="noonmark case source list DIR"
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
    return folder / FOLDER / f"{alias}.age"


def _padded(alias: str, identity: str) -> bytes:
    data = identity.encode("utf-8", "surrogatepass")
    if not identity.strip() or len(data) > LONGEST_BYTES:
        raise InputError(
            f"expected an identity of 1 to {LONGEST_BYTES} bytes", code="source-identity", hint="give it on stdin"
        )
    head = f"{HEAD}\nalias {alias}\nbytes {len(data)}\n\n".encode()
    whole = len(head) + len(data)
    return head + data + b"\n" * (-whole % STEP_BYTES)


def _unpadded(data: bytes) -> str:
    match = re.match(rb"noonmark-source/v1\nalias [a-z0-9-]{1,64}\nbytes ([0-9]{1,8})\n\n", data)
    if match is None:
        raise InputError("the age file holds something other than a source's identity", code="source-identity")
    body = data[match.end() : match.end() + int(match[1])]
    return body.decode("utf-8", "surrogatepass")
