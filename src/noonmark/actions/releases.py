"""Releases: what may leave a case is checked, the report is written, and a part of it is sealed.

The gate is :mod:`noonmark.release`; every export of a case passes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from noonmark import values
from noonmark.actions import cases, print_pdf
from noonmark.actions.answer_pictures import answer_pictures
from noonmark.actions.item_kinds import kind_of
from noonmark.actions.passage_pictures import passage_pictures
from noonmark.actions.progress import Share, sharing, total_bytes
from noonmark.actions.signing_keys import case_key
from noonmark.errors import InputError
from noonmark.evidence import audit
from noonmark.evidence.bundle import new_folder, sealed, write_part
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.entry_schema import DEFAULT_ACTOR, fact
from noonmark.evidence.ingest import item_fact
from noonmark.evidence.vault import Vault, lending, open_vault
from noonmark.release import gate, linked_data, told
from noonmark.release.gate import GateVerdict, Looked
from noonmark.release.record import CaseRecord, read_record
from noonmark.release.selection import ReleaseProposal, Selection, select
from noonmark.release.selection import ReleaseRequest as ReleaseRequest
from noonmark.release.warnings import ReleaseWarning, warnings_of
from noonmark.release.withheld import scan_folder
from noonmark.report.record_page import case_report_html

LARGEST_TEXT_BYTES = 200_000
REPORT, PRINT = "report.html", "report.pdf"
MOST_PREPARED = 2


@dataclass(frozen=True)
class ReleaseCheck:
    """What a release would hold, and what stops it."""

    record: CaseRecord
    request: ReleaseRequest
    selection: Selection
    going: tuple[str, ...]
    verdict: GateVerdict
    warnings: tuple[ReleaseWarning, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The check as the schema ``release`` has it."""
        items = self.record.items
        return {
            "ok": self.verdict.ok,
            "claims": [one.id for one in self.selection.claims],
            "shown": [
                {"sha256": digest, "name": items[digest].name, "role": items[digest].role}
                for digest in self.selection.shown
            ],
            "held_back": [
                {"sha256": digest, "why": why, "told": digest not in self.selection.untold}
                for digest, why in self.selection.held_back.items()
            ],
            "warnings": [vars(one) for one in self.warnings],
            "refusals": [
                one.as_json() | {"may_be_lifted": not one.firm} for one in self.verdict.refusals
            ],
            "lifted": [one.as_json() | {"reason": why} for one, why in self.verdict.lifted],
        }


@dataclass(frozen=True)
class WrittenRelease:
    """A release on disk: its folder, the digest of its report, how much the bundle shows.

    ``pdf_sha256`` is the digest of the print; empty where none was asked for.
    """

    folder: Path
    report_sha256: str
    items: int
    files: int
    key: str
    check: ReleaseCheck
    pdf_sha256: str = ""


def check_release(case: Path, request: ReleaseRequest) -> ReleaseCheck:
    """What stops a release, all of it, each with how it is mended. Nothing is changed or logged."""
    with open_vault(case) as vault:
        return _judged(vault, read_record(vault), _dated(request))


def check_open_case(
    vault: Vault,
    request_of: Callable[[CaseRecord], ReleaseRequest],
    made: Mapping[str, bytes] | None = None,
) -> ReleaseCheck:
    """The check of a request that depends on what the case holds, in a case that is open; ``made``
    are files by name that would go out too and are not kept yet.
    """
    record = read_record(vault)
    return _judged(vault, record, _dated(request_of(record)), made)


def write_release(
    case: Path,
    out: Path,
    request: ReleaseRequest,
    *,
    key: Path,
    by: str = DEFAULT_ACTOR,
    pdf: bool = False,
    share: Share | None = None,
    alone: AbstractContextManager[object] | None = None,
) -> WrittenRelease:
    """Write a release into a new folder: the report, a signed bundle of what is shown, and the
    descriptions that other programs read; with ``pdf`` the report as Chromium prints it, too.

    The report becomes an item of the case, the release is logged, and the case is sealed with the
    key before anything leaves. Raises ``InputError`` with everything that stops it.

    ``alone`` is held while the case is written to: not while the report is made, nor while what the
    case holds is read, nor while the bundle is copied, when other threads that hold it may write.
    """
    signing = case_key(key)
    program = print_pdf.chromium() if pdf else ""
    alone = alone or nullcontext()
    request = _dated(request)
    tell = share or (lambda done: None)
    if out.is_symlink() or out.exists():
        raise InputError(
            f"{str(out)!r} exists already", code="file-exists", hint="give a new folder"
        )
    with lending(case, by=by, alone=alone) as vault:
        looked: Looked = {}
        found, made = _prepared(vault, request, program, looked, tell)
        known = _read_all(case, tell)
        with alone, vault.turn:
            found, made = _as_it_is(vault, found, made, program, looked)
            digests = _keep(vault, made)
            _log(vault, found, digests)
            cases.seal_case(case, key, by=by, known=known)
        tell(0.8)
        going = [*found.going, *digests.values()]
        written = _write(vault, out, found, made, going, signing)
    tell(1.0)
    return replace(written, report_sha256=digests[REPORT], pdf_sha256=digests.get(PRINT, ""))


def _read_all(case: Path, tell: Share) -> dict[str, audit.FileState]:
    """The objects of the case that are sound, each as it was when it was read."""
    seen = sharing(
        lambda done: tell(0.4 + 0.35 * done),
        lambda: total_bytes([str(case / "objects")]),
    )
    return audit.sound_objects(case, seen)


def _prepared(
    vault: Vault, request: ReleaseRequest, program: str, looked: Looked, tell: Share
) -> tuple[ReleaseCheck, dict[str, bytes]]:
    """The check and the files that are made, of a case that may be written to meanwhile: once more
    where something was said while they were made, but no more often than that.
    """
    for part in range(1, MOST_PREPARED + 1):
        with vault.turn:
            record = read_record(vault)
        found = _judged(vault, record, request, looked=looked)
        gate.refuse(found.verdict)
        tell(0.1 * part)
        made = _made(vault, found, program)
        tell(0.1 * part + 0.1)
        if vault.log.size == record.log_entries:
            break
    return found, made


def _as_it_is(
    vault: Vault, found: ReleaseCheck, made: dict[str, bytes], program: str, looked: Looked
) -> tuple[ReleaseCheck, dict[str, bytes]]:
    """The last check with the files that were made, and these files: made again where something
    was said since the check before it.
    """
    record = found.record
    if vault.log.size != record.log_entries:
        record = read_record(vault)
        found = _judged(vault, record, found.request, looked=looked)
        made = _made(vault, found, program)
    found = _judged(vault, record, found.request, made, looked)
    gate.refuse(found.verdict)
    return found, made


def _dated(request: ReleaseRequest) -> ReleaseRequest:
    """The request with the date of today, unless it states one."""
    if len(request.text.encode()) > LARGEST_TEXT_BYTES:
        raise InputError(
            f"the text of the release is longer than {LARGEST_TEXT_BYTES} bytes",
            code="release-text",
            hint="give the report's prose alone; documents belong into the case",
        )
    return request if request.today else replace(request, today=values.rfc3339(values.now()))


def _judged(
    vault: Vault,
    record: CaseRecord,
    request: ReleaseRequest,
    made: Mapping[str, bytes] | None = None,
    looked: Looked | None = None,
) -> ReleaseCheck:
    """The check of a request against a record, with files that were made for the release."""
    selection = select(record, request)
    going = gate.closure(record, selection)
    shown = gate.digests_shown(vault, record, going, (made or {}).items(), looked)
    proposal = ReleaseProposal(record, selection, request)
    verdict = gate.judge(proposal, shown)
    warned = warnings_of(proposal, pictures_among(vault, selection.shown))
    return ReleaseCheck(record, request, selection, tuple(going), verdict, warned)


def pictures_among(vault: Vault, digests: Iterable[str]) -> set[str]:
    """The photographs and films among items, by their first bytes."""
    return {
        digest
        for digest in digests
        if vault.store.has(digest) and kind_of(vault.store.path(digest)) in ("photo", "video")
    }


def _made(vault: Vault, found: ReleaseCheck, program: str = "") -> dict[str, bytes]:
    """The files that are made for a release: the report, what other programs read, and a print by
    a Chromium, where one is named.
    """
    pictures = {
        **answer_pictures(vault, found.selection.forms),
        **passage_pictures(vault, found.selection.forms, found.selection.shown),
    }
    report = told.report_of(
        vault, found.record, found.selection, found.request, found.verdict, found.going, pictures
    )
    html = case_report_html(report)
    return {
        REPORT: html,
        **({PRINT: print_pdf.printed(html, program)} if program else {}),
        "prov.json": _json(
            linked_data.provenance(vault, found.record, found.selection, found.going)
        ),
        "claimreview.json": _json(linked_data.claim_reviews(report, found.record.origin)),
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _keep(vault: Vault, made: Mapping[str, bytes]) -> dict[str, str]:
    """Keep the files of a release as items; the same bytes once. Their digests by name."""
    digests = {}
    for name, data in made.items():
        digest = sha256_hex(data)
        digests[name] = digest
        if vault.log.index.object_of(digest) is None:
            stored = vault.store.put_bytes(data)
            vault.append(item_fact(name.encode(), stored, None, "report"))
    return digests


def _log(vault: Vault, found: ReleaseCheck, digests: Mapping[str, str]) -> None:
    """Log the release, before anything leaves: what it holds, and every reason that lifted
    something.
    """
    count = len(found.going) + len(digests)
    noted = {"note": found.verdict.note()} if found.verdict.lifted else {}
    vault.append(
        fact(
            "export",
            form="release",
            items=count,
            disclosure="partial",
            size=vault.log.size,
            **noted,
        )
    )


def _write(
    vault: Vault,
    out: Path,
    found: ReleaseCheck,
    made: Mapping[str, bytes],
    going: list[str],
    signing: Any,
) -> WrittenRelease:
    """Write the folder; it gets its name only when no byte of it names anything withheld."""
    withheld = found.record.withheld(set(going))
    with new_folder(vault, out) as part:
        bundle = write_part(vault, part / "bundle", going, signing)
        for name, data in made.items():
            (part / name).write_bytes(data)
        crate = linked_data.crate(vault, part, sealed(vault).size, going, found.record.origin)
        (part / "ro-crate-metadata.json").write_bytes(_json(crate))
        readme = _readme(found, str(signing.public), PRINT in made)
        (part / "README.txt").write_text(readme, encoding="utf-8")
        shown = scan_folder(part, withheld)
        if shown:
            name, digests = next(iter(shown.items()))
            raise InputError(
                f"nothing was written: {name} would name {len(digests)} withheld objects",
                code="release-digest",
                hint="noonmark release check CASE says what names them",
            )
    return WrittenRelease(
        out, "", len(found.selection.shown), bundle.files, str(signing.public), found
    )


def _readme(found: ReleaseCheck, key: str, is_printed: bool) -> str:
    """What lies in the folder, and how it is checked."""
    pdf = "report.pdf               its print; each sheet names report.html by its SHA-256\n"
    return (
        "A release of a Noonmark case.\n\n"
        "report.html              the report: open it in any browser; it holds no script\n"
        f"{pdf if is_printed else ''}"
        "bundle/                  what is shown, with the signed log; nothing else of the case\n"
        "prov.json                provenance (W3C PROV-JSON)\n"
        "claimreview.json         the claims (schema.org ClaimReview, JSON-LD)\n"
        "ro-crate-metadata.json   a description for research repositories (RO-Crate 1.1)\n\n"
        f"Signed by {key}\nGet that key from its owner too; anybody can write one here.\n\n"
        "To check:  noonmark verify bundle --key PUBLIC-KEY\n"
        "or:        python3 -I bundle/verify.py bundle\n"
        "To compute the answers again:  noonmark release rerun .\n\n"
        f"{len(found.selection.claims)} claims, {len(found.selection.shown)} files shown, "
        f"{len(found.selection.held_back)} held back.\n"
    )
