"""What leaves through the page: the report, files for other programs, and the sealed bundle, each an act of the log."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from noonmark.bench import desk_record, evidence
from noonmark.bench.desk import CLUES, Desk, json_file
from noonmark.bench.desk_answer import Asked, answered
from noonmark.bench.desk_calls import path_of
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.ingest import item_fact

FILES = {"report": "report.html", "kmz": "answer.kmz", "geojson": "regions.geojson", "geotiff": "posterior.tif"}
# So that no slip can put an export over a file of another kind.
SUFFIXES = {
    "report": (".html", ".htm"),
    "kmz": (".kmz",),
    "geojson": (".geojson", ".json"),
    "geotiff": (".tif", ".tiff"),
}
WHATS = (*FILES, "all", "bundle")
KEY = "desk.key"
Tell = Callable[[float, str], None]


def export(
    desk: Desk, what: str, out: str, *, document: Mapping[str, Any] | None, force: bool, tell: Tell
) -> dict[str, Any]:
    """Write what is asked for; the paths written, and the act's line of the record."""
    if what not in WHATS:
        raise InputError(f"{what[:40]!r} can't be exported", code="bad-request", hint="one of: " + ", ".join(WHATS))
    target = path_of(out)
    if what == "bundle":
        return _bundle(desk, target, document, tell)
    if document is None:
        raise InputError("an export needs the clues", code="bad-request", hint="send the document that was asked")
    tell(0.1, "answering")
    asked = answered(desk, document)
    tell(0.5, "drawing")
    written = _all(asked, target, force) if what == "all" else [_one(asked, what, target, force)]
    said = f"exported {what}: {target.name}"
    command = desk_record.command(desk.folder, "locate", desk.work / CLUES, "--out", target.with_suffix(""))
    return {"written": [str(path) for path in written], "act": desk.act_if_possible(said, command)}


def key_file() -> Path:
    """Where the page's own signing key is kept: in the user's settings, outside of every case."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(home) if home.startswith(os.sep) else Path.home() / ".config"
    return base / "noonmark" / KEY


def _all(asked: Asked, target: Path, force: bool) -> list[Path]:
    from noonmark.report import write

    return list(write(target, asked.findings, force=force))


def _one(asked: Asked, what: str, target: Path, force: bool) -> Path:
    """One file of the answer; into a folder that exists under its usual name."""
    path = target / FILES[what] if target.is_dir() else target
    if path.suffix.lower() not in SUFFIXES[what]:
        wanted = " or ".join(SUFFIXES[what])
        raise InputError(
            f"{path.name}: expected a name that ends in {wanted}", code="bad-output-name", hint=FILES[what]
        )
    if path.exists() and not force:
        raise InputError(f"{path} exists already", code="output-exists", hint="give another name, or replace it")
    if path.is_symlink() or path.is_dir() or not path.parent.is_dir():
        raise InputError(f"{path} can't be a file", code="output-nowhere", hint="name a file in a folder that is there")
    data = _drawn(asked, what)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def _drawn(asked: Asked, what: str) -> bytes:
    from noonmark.report import geofiles, render
    from noonmark.report.regions import all_regions

    if what == "kmz":
        return geofiles.kmz(asked.findings, all_regions(asked.maps))
    if what == "geojson":
        return geofiles.geojson(asked.findings, all_regions(asked.maps))
    if what == "geotiff":
        return geofiles.geotiff(asked.findings)
    return render(asked.findings)[FILES[what]]


def _bundle(desk: Desk, target: Path, document: Mapping[str, Any] | None, tell: Tell) -> dict[str, Any]:
    """Keep the answer in the case, seal the case with the page's key, and write the bundle."""
    if os.path.lexists(target):
        raise InputError(f"{target} exists already", code="output-exists", hint="give a new folder")
    sealed = desk.read_only is None
    if sealed:
        if document is not None:
            tell(0.05, "answering")
            _keep_answer(desk, answered(desk, document), tell)
        key = _key()
        with desk.lock:
            evidence.seal_case(desk.folder, key, by=desk.by, share=lambda s: tell(0.3 + 0.4 * s, "sealing"))
    with desk.lock:
        written, _ = evidence.export_case(
            desk.folder, target, by=desk.by, share=lambda s: tell(0.7 + 0.3 * s, "writing the bundle")
        )
        said = _sealer(desk)
    command = desk_record.command(desk.folder, "case", "export", desk.folder, target)
    act = desk.act_if_possible(f"exported a sealed bundle: {target.name}", command)
    verify = shlex.join(["noonmark", "verify", str(written.folder), "--key", said])
    return {"written": [str(written.folder)], "key": said, "verify": verify, "act": act}


def _sealer(desk: Desk) -> str:
    seal = evidence.case_summary(desk.folder)["seal"]
    return str(seal["key"]) if seal else ""


def _key() -> Path:
    """The page's key, made at its first use."""
    path = key_file()
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            evidence.new_case_key(path, name="noonmark-desk")
        except OSError as error:
            raise InputError(
                f"no signing key can be kept at {path}: {error.strerror}",
                code="file-unusable",
                hint="noonmark case seal CASE --key FILE seals with a key of your own",
            ) from None
    return path


def _keep_answer(desk: Desk, asked: Asked, tell: Tell) -> None:
    """The clues, the answer and the report as items of the case, so that they are sealed with it."""
    tell(0.15, "drawing the report")
    made = {"clues.json": json_file(asked.document), "answer.json": json_file(dict(asked.findings.answer))}
    made["report.html"] = _drawn(asked, "report")
    try:
        with desk.writing() as vault:
            facts, digests = [], []
            for name, data in made.items():
                stored = vault.store.put_bytes(data)
                digests.append(stored.sha256)
                facts.append(item_fact(name.encode(), stored, None, "report"))
            command = desk_record.command(desk.folder, "locate", desk.work / CLUES, "--out", "DIR")
            desk.log(vault, "kept the clues, the answer and the report", command, items=digests, with_=facts)
    except NoonmarkError as error:
        desk.read_only = error.message if error.code == "case-read-only" else desk.read_only
        raise
