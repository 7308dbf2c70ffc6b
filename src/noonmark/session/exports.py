"""What leaves through the page beside a release: the report of the answer and its files for other
programs, each an act of the log. A part of the case leaves by :mod:`noonmark.session.releases`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from noonmark.actions.export_gate import pass_answer
from noonmark.actions.signing_keys import new_case_key
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.ingest import item_fact
from noonmark.report.report_data import ReportData
from noonmark.session import record
from noonmark.session.answers import answered
from noonmark.session.case_session import CLUES, CaseSession, json_file
from noonmark.session.exhibits import marked_items, with_case
from noonmark.session.memory import AnsweredQuestion
from noonmark.session.requests import path_of

FILES = {
    "report": "report.html",
    "kmz": "answer.kmz",
    "geojson": "regions.geojson",
    "geotiff": "posterior.tif",
}
# So that no slip can put an export over a file of another kind.
SUFFIXES = {
    "report": (".html", ".htm"),
    "kmz": (".kmz",),
    "geojson": (".geojson", ".json"),
    "geotiff": (".tif", ".tiff"),
}
WHATS = (*FILES, "all")
KEY = "desk.key"
Tell = Callable[[float, str], None]


def export(
    session: CaseSession,
    what: str,
    out: str,
    *,
    document: Mapping[str, Any] | None,
    force: bool,
    tell: Tell,
) -> dict[str, Any]:
    """Write what is asked for; the paths written, and the act's line of the record."""
    if what not in WHATS:
        raise InputError(
            f"{what[:40]!r} can't be exported",
            code="bad-request",
            hint="one of: " + ", ".join(WHATS),
        )
    target = path_of(out)
    if document is None:
        raise InputError(
            "an export needs the clues", code="bad-request", hint="send the document that was asked"
        )
    pass_answer(session.folder, marked_items(session, document))
    tell(0.1, "answering")
    asked = answered(session, document)
    tell(0.5, "drawing")
    if what in ("report", "all"):
        told = with_case(session, asked.findings, asked.document)
    else:
        told = asked.findings
    written = (
        _all(told, target, force) if what == "all" else [_one(asked, told, what, target, force)]
    )
    said = f"exported {what}: {target.name}"
    command = record.command(session.folder, "locate", session.work / CLUES, *_again(what, target))
    return {
        "written": [str(path) for path in written],
        "act": session.act_if_possible(said, command),
    }


def _again(what: str, target: Path) -> tuple[str | Path, ...]:
    """The options of ``locate`` that write the same once more: it writes all files, into a folder.

    The folder of an export of all is there already; for one file it is a folder of its own, so that
    what was written is not in the way.
    """
    if what == "all":
        return ("--out", target, "--force")
    inside = target / "answer" if target.is_dir() else target.with_suffix("")
    return ("--out", inside.with_name(f"{inside.name}-files"))


def key_file() -> Path:
    """Where the page's own signing key is kept: in the user's settings, outside of every case."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(home) if home.startswith(os.sep) else Path.home() / ".config"
    return base / "noonmark" / KEY


def _all(
    told: ReportData,
    target: Path,
    force: bool,
) -> list[Path]:
    """Every file of an answer, in a new folder."""
    from noonmark.report import write

    return list(write(target, told, force=force))


def _one(
    asked: AnsweredQuestion,
    told: ReportData,
    what: str,
    target: Path,
    force: bool,
) -> Path:
    """One file of the answer; into a folder that exists under its usual name."""
    path = target / FILES[what] if target.is_dir() else target
    if path.suffix.lower() not in SUFFIXES[what]:
        wanted = " or ".join(SUFFIXES[what])
        raise InputError(
            f"{path.name}: expected a name that ends in {wanted}",
            code="bad-output-name",
            hint=FILES[what],
        )
    if path.exists() and not force:
        raise InputError(
            f"{path} exists already", code="output-exists", hint="give another name, or replace it"
        )
    if path.is_symlink() or path.is_dir() or not path.parent.is_dir():
        raise InputError(
            f"{path} can't be a file",
            code="output-nowhere",
            hint="name a file in a folder that is there",
        )
    data = _drawn(asked, told, what)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def _drawn(asked: AnsweredQuestion, told: ReportData, what: str) -> bytes:
    """One file of an answer: its bytes."""
    from noonmark.report import geofiles, render
    from noonmark.report.regions import all_regions

    if what == "kmz":
        return geofiles.kmz(asked.findings, all_regions(asked.maps))
    if what == "geojson":
        return geofiles.geojson(asked.findings, all_regions(asked.maps))
    if what == "geotiff":
        return geofiles.geotiff(asked.findings)
    return render(told)[FILES[what]]


def page_key() -> Path:
    """The page's key, made at its first use."""
    path = key_file()
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new_case_key(path, name="noonmark-desk")
        except OSError as error:
            raise InputError(
                f"no signing key can be kept at {path}: {error.strerror}",
                code="file-unusable",
                hint="noonmark case seal CASE --key FILE seals with a key of your own",
            ) from None
    return path


def answer_files(
    session: CaseSession,
    asked: AnsweredQuestion,
) -> dict[str, bytes]:
    """The files that an answer of the page goes out as, by name; nothing is kept."""
    told = with_case(session, asked.findings, asked.document)
    return {
        "clues.json": json_file(asked.document),
        "answer.json": json_file(dict(asked.findings.answer)),
        "report.html": _drawn(asked, told, "report"),
    }


def keep_answer(
    session: CaseSession,
    made: Mapping[str, bytes],
) -> list[str]:
    """Keep the files of an answer as items of the case; their digests."""
    try:
        with session.writing() as vault:
            stored = {name: vault.store.put_bytes(data) for name, data in made.items()}
            facts = [item_fact(name.encode(), one, None, "report") for name, one in stored.items()]
            digests = [one.sha256 for one in stored.values()]
            # Those in the folder of work are soon those of another answer.
            clues = stored["clues.json"].sha256
            words = (vault.store.path(clues), "--out", f"answer-{clues[:12]}")
            command = record.command(session.folder, "locate", *words)
            session.log(
                vault,
                "kept the clues, the answer and the report",
                command,
                items=digests,
                with_=facts,
            )
    except NoonmarkError as error:
        session.read_only = error.message if error.code == "case-read-only" else session.read_only
        raise
    return digests
