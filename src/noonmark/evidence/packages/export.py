"""Export of a sealed bundle in a form that archives know: BagIt, OCFL or RO-Crate.

In each the bundle lies whole and untouched, so that whoever receives it can check it with its own
``verify.py``; the form only adds its own description around it. Everything is written under another
name and renamed when complete.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from noonmark import __version__, values
from noonmark.errors import InputError
from noonmark.evidence.bundle import (
    WrittenBundle,
    fill_bundle,
    members_of,
    new_folder,
)
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.packages import bagit_write, ocfl_write, prov, rocrate
from noonmark.evidence.seal import Member
from noonmark.evidence.vault import Vault

FORMS = ("bagit", "ocfl", "ro-crate")
_INNER = {"bagit": "data", "ocfl": "v1/content", "ro-crate": "bundle"}
"""Where the bundle lies in a package of each form."""
Seen = Callable[[int], None]


def write(
    vault: Vault,
    out: Path,
    form: str,
    *,
    seen: Seen | None = None,
    now: Callable[[], datetime] = values.now,
) -> WrittenBundle:
    """Write the newest seal's full bundle into the new folder ``out`` in one of :data:`FORMS`."""
    if form not in FORMS:
        raise InputError(
            f"{form!r} is not a form of package",
            code="unknown-form",
            hint=f"one of bundle, {', '.join(FORMS)}",
        )
    inner = _INNER[form]
    with new_folder(vault, out) as part:
        (part / inner).mkdir(parents=True)
        written = fill_bundle(vault, part / inner, seen=seen)
        manifest = (part / inner / "MANIFEST").read_bytes()
        members = [
            *members_of(manifest),
            Member(sha256_hex(manifest), len(manifest), "MANIFEST"),
        ]
        at = values.rfc3339(now().replace(microsecond=0))
        if form == "bagit":
            _finish_bag(vault, part, members, at)
        elif form == "ocfl":
            _finish_object(vault, part, members, at)
        else:
            _finish_crate(vault, part, members, at, written.size)
    return replace(written, folder=out)


def _finish_bag(vault: Vault, part: Path, members: list[Member], at: str) -> None:
    """Write a bag's tag files around the bundle."""
    description = "A sealed evidence bundle; check it with: python3 -I data/verify.py data"
    info = [
        ("Bag-Software-Agent", f"noonmark {__version__}"),
        ("Bagging-Date", at[:10]),
        ("External-Identifier", f"{prov.NAMESPACE}{vault.origin}"),
        ("External-Description", description),
    ]
    size = sum(member.size_bytes for member in members)
    bagit_write.finish(part, {"sha256": _digests(members)}, size, info)


def _finish_object(vault: Vault, part: Path, members: list[Member], at: str) -> None:
    """Write an OCFL inventory around the bundle."""
    ocfl_write.finish(
        part,
        _digests(members),
        identifier=f"{prov.NAMESPACE}{vault.origin}",
        created=at,
        message="a sealed evidence bundle; check it with: python3 -I verify.py .",
        user=vault.by,
    )


def _digests(members: list[Member]) -> dict[str, str]:
    """The SHA-256 of each member by its path in the bundle."""
    return {member.path: member.sha256 for member in members}


def _finish_crate(vault: Vault, part: Path, members: list[Member], at: str, size: int) -> None:
    """Write the description of an RO-Crate and the provenance beside the bundle."""
    history = json.dumps(
        prov.document(vault.log.entries(0, size), origin=vault.origin),
        indent=1,
        sort_keys=True,
    )
    (part / "prov.json").write_text(history + "\n", encoding="utf-8", newline="\n")
    told = history.encode() + b"\n"
    made = rocrate.metadata(
        vault.log.entries(0, size),
        origin=vault.origin,
        published=at,
        members=[(m.path, m.sha256, m.size_bytes) for m in members],
        extra=[("prov.json", sha256_hex(told), len(told))],
    )
    text = json.dumps(made, indent=1, ensure_ascii=False)
    (part / "ro-crate-metadata.json").write_text(text + "\n", encoding="utf-8", newline="\n")
