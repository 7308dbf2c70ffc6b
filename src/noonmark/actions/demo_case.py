"""A case in a minute: a file added, logged and sealed, the bundle verified, one bit flipped, and
found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from noonmark.actions import cases
from noonmark.actions.case_intake import Collection, add_to_case
from noonmark.actions.signing_keys import new_case_key
from noonmark.errors import InputError
from noonmark.evidence.audit import AuditVerdict, audit_bundle


@dataclass(frozen=True)
class EvidenceShown:
    """What the demonstration made, and the two verdicts: before and after the flip."""

    folder: Path
    key: str
    log: tuple[str, ...]
    sound: AuditVerdict
    flipped: str
    broken: AuditVerdict


def show_evidence(folder: Path) -> EvidenceShown:
    """Make a small case below a new folder, seal and export it, flip one bit of the copy, and check
    both times.
    """
    if folder.exists():
        raise InputError(
            f"{str(folder)!r} exists already", code="file-exists", hint="give a new folder"
        )
    folder.mkdir(parents=True)
    target = folder
    clip = target / "clip.txt"
    clip.write_text("A stand-in for footage: the bytes are what matters here.\n", encoding="utf-8")
    key = new_case_key(target / "desk.key", name="example.org/demo")
    cases.new_case(target / "case")
    add_to_case(target / "case", [str(clip)], collection=Collection(source="quiet-heron"))
    cases.seal_case(target / "case", target / "desk.key")
    bundle = cases.export_case(target / "case", target / "bundle")[0].folder
    sound = audit_bundle(bundle, key=str(key))
    (item,) = (path for path in (bundle / "objects").rglob("*") if path.is_file())
    item.chmod(0o644)
    data = bytearray(item.read_bytes())
    data[0] ^= 1
    item.write_bytes(data)
    broken = audit_bundle(bundle, key=str(key))
    log = tuple(
        f"{entry.index} {entry.at} {entry.by} {entry.kind}"
        for entry in cases.case_history(target / "case")
    )
    return EvidenceShown(target, str(key), log, sound, item.relative_to(target).as_posix(), broken)
