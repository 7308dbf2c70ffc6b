"""A sealed bundle handed on in a form that archives know: as a BagIt bag, an OCFL object or an RO-Crate.

In each the bundle lies whole and untouched, so that whoever receives it can check it with its own ``verify.py``; the
form only adds its own description around it. Everything is written under another name and renamed when complete.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from noonmark import __version__, values
from noonmark.errors import InputError
from noonmark.evidence.bundle import Written, _new_folder, members_of, write_bundle
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.forms import bagit, ocfl_write, prov, rocrate
from noonmark.evidence.seal import Member
from noonmark.evidence.vault import Vault

FORMS = ("bagit", "ocfl", "ro-crate")
Seen = Callable[[int], None]


def write(
    vault: Vault,
    out: Path,
    form: str,
    *,
    seen: Seen | None = None,
    now: Callable[[], datetime] = values.now,
) -> Written:
    """Write the newest seal's full bundle into the new folder ``out`` in one of :data:`FORMS`."""
    if form not in FORMS:
        raise InputError(
            f"{form!r} is not a form of package", code="unknown-form", hint=f"one of bundle, {', '.join(FORMS)}"
        )
    inner = {"bagit": "data", "ocfl": "v1/content", "ro-crate": "bundle"}[form]
    with _new_folder(out) as part:
        (part / inner).parent.mkdir(parents=True, exist_ok=True)
        written = write_bundle(vault, part / inner, seen=seen)
        manifest = (part / inner / "MANIFEST").read_bytes()
        members = [*members_of(manifest), Member(sha256_hex(manifest), len(manifest), "MANIFEST")]
        at = values.rfc3339(now().replace(microsecond=0))
        if form == "bagit":
            info = [
                ("Bag-Software-Agent", f"noonmark {__version__}"),
                ("Bagging-Date", at[:10]),
                ("External-Identifier", f"{prov.NAMESPACE}{vault.origin}"),
                ("External-Description", "A sealed evidence bundle; check it with: python3 data/verify.py data"),
            ]
            bagit.finish(part, {"sha256": {m.path: m.sha256 for m in members}}, written.bytes + len(manifest), info)
        elif form == "ocfl":
            ocfl_write.finish(
                part,
                {m.path: m.sha256 for m in members},
                identifier=f"{prov.NAMESPACE}{vault.origin}",
                created=at,
                message="a sealed evidence bundle; check it with: python3 verify.py .",
                user=vault.by,
            )
        else:
            _crate(vault, part, members, at, written.size)
    return written


def _crate(vault: Vault, part: Path, members: list[Member], at: str, size: int) -> None:
    history = json.dumps(prov.document(vault.log.entries(0, size), origin=vault.origin), indent=1, sort_keys=True)
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
