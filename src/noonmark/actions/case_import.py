"""Packages that others hand over: judged, kept, and logged with what they state and with the
verdict.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark import __version__
from noonmark.actions.log_values import loggable
from noonmark.errors import EvidenceError, InputError, Problem

if TYPE_CHECKING:
    from noonmark.evidence.entry_schema import Fact
    from noonmark.evidence.packages.tree import PackageFile, PackageVerdict
    from noonmark.evidence.vault import Vault

FORMS = ("bagit", "hash-list", "auto-archiver", "wacz", "proofmode", "ocfl")
PLAIN = "plain folder"
Step = Callable[[float, str], None]


@dataclass(frozen=True)
class _Package:
    """A package that was read: its verdict, its files, the tool that made it, claims about single
    files.
    """

    judged: PackageVerdict
    files: Sequence[PackageFile]
    means: str
    claims: Mapping[str, dict[str, Any]]
    """By file name, the facts of a ``claim`` entry that the reading gave."""
    form: str = ""
    """Name the package by what it turned out to be, where that has a name of its own."""


def check_package(
    path: Path, *, form: str | None = None, hashes: Path | None = None
) -> dict[str, Any]:
    """The verdict on a package, which is left where it is."""
    found = form or _form_of(path, hashes)
    package = _read(path, found, hashes)
    return _told(package, _said_form(package, found))


def import_package(
    case: Path,
    path: Path,
    *,
    form: str | None = None,
    hashes: Path | None = None,
    source: str = "unknown",
    legal_basis: str = "unknown",
    even_so: bool = False,
    by: str,
    step: Step | None = None,
) -> dict[str, Any]:
    """Judge a package and take its files in with what it states of them.

    A package with problems is refused as a whole unless ``even_so``; then what is there is kept and
    the problems are logged. A file whose stated digest is not that of the bytes that were kept is
    never given that digest.
    """
    from noonmark.evidence.vault import open_vault

    found = form or _form_of(path, hashes)
    package = _read(path, found, hashes)
    found = _said_form(package, found)
    if not package.judged.ok and not even_so:
        count = len(package.judged.problems)
        what = f"{count} problems, the first" if count > 1 else "a problem"
        raise EvidenceError(
            f"{path.name} has {what}: {package.judged.problems[0]}",
            code="import-refused",
            hint="nothing was taken in; --even-so takes in what is there and logs the problems",
            problems=[vars(p) for p in package.judged.problems],
        )
    with open_vault(case, write=True, by=by) as vault:
        _refuse_stranger(vault, source)
        items = _take_in(vault, package, found, source=source, legal_basis=legal_basis, step=step)
    return _told(package, found) | {"ok": True, "items": items}


def _refuse_stranger(vault: Vault, source: str) -> None:
    """Only an alias that the case gave out may stand in the log as a source: a slip here would be a
    real name.
    """
    from noonmark.evidence import sources

    if source != "unknown" and source not in {known.alias for known in sources.listed(vault)}:
        raise InputError(
            "the case knows no source by this alias",
            code="no-such-source",
            hint="noonmark case source add CASE gives an alias",
        )


def _said_form(package: _Package, form: str) -> str:
    """The form that a package is said to have: a folder in which nothing states a hash is a plain
    one, whatever it was read as.
    """
    codes = {warning.code for warning in package.judged.warnings}
    plain = form == "auto-archiver" and "archive-unstated" in codes
    return PLAIN if plain else package.form or form


def _is_proofmode(path: Path) -> bool:
    """Tell a ZIP of ProofMode by the names of its members."""
    from noonmark.evidence.packages import proofmode

    try:
        with zipfile.ZipFile(path) as archive:
            return proofmode.is_proofmode(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _form_of(path: Path, hashes: Path | None) -> str:
    if hashes is not None:
        return "hash-list"
    if path.is_file():
        return "proofmode" if _is_proofmode(path) else "wacz"
    if (path / "bagit.txt").exists():
        return "bagit"
    if any(path.glob("0=ocfl_object_*")):
        return "ocfl"
    if path.is_dir():
        return "auto-archiver"
    raise InputError(
        f"{path} is neither a folder nor a file", code="file-unusable", hint="check the path"
    )


def _read(path: Path, form: str, hashes: Path | None) -> _Package:
    from noonmark.evidence.packages import bagit, hashlist, ocfl

    if form not in FORMS:
        raise InputError(
            f"{form!r} is not a form that can be read",
            code="unknown-package",
            hint=", ".join(FORMS),
        )
    if form == "bagit":
        judged, files = bagit.carried(path)
        return _Package(judged, files, "BagIt bag", {})
    if form == "ocfl":
        judged, files = ocfl.carried(path)
        return _Package(judged, files, "OCFL object", {})
    if form == "hash-list":
        if hashes is None:
            raise InputError("name the list of hashes with --hashes FILE", code="usage")
        judged, files = hashlist.carried(path, hashes)
        return _Package(judged, files, "folder with a list of hashes", {})
    if form == "proofmode":
        return _read_proofmode(path)
    return _read_wacz(path) if form == "wacz" else _read_autoarchiver(path)


def _read_proofmode(path: Path) -> _Package:
    from noonmark.evidence.packages import proofmode
    from noonmark.evidence.packages.tree import PackageFile

    verdict = proofmode.judge(path)
    word = "holds together" if verdict.judged.ok else "does not hold together"
    about = _claim("proofmode", word, verdict.parameters())
    file = PackageFile(path, path.name, {}, {"package": "proofmode"})
    return _Package(verdict.judged, [file], "ProofMode", {path.name: about})


def _read_wacz(path: Path) -> _Package:
    from noonmark.evidence.packages import wacz
    from noonmark.evidence.packages.tree import PackageFile
    from noonmark.evidence.timestamps import chain

    roots = chain.system_roots()
    verdict = wacz.judge(path, roots=roots)
    word = "sound" if verdict.judged.ok else "not sound"
    trusted = {"roots": len(roots), "roots_sha256": chain.list_fingerprint(roots)}
    about = _claim("wacz", word, verdict.parameters() | trusted)
    file = PackageFile(path, path.name, {}, {"package": "wacz"})
    form = "multi-WACZ" if verdict.members else ""
    return _Package(verdict.judged, [file], verdict.software, {path.name: about}, form)


def _read_autoarchiver(path: Path) -> _Package:
    from noonmark.evidence.packages import autoarchiver

    folder = autoarchiver.read(path)
    claims = {}
    for stamp in folder.stamps:
        codes = {problem.code for problem in stamp.verdict.problems}
        word = "fits" if codes <= {"tsa-untrusted"} else "does not hold"
        more = {"covers": stamp.covers or "unknown", "says": stamp.verdict.sentence()}
        claims[stamp.name] = _claim("rfc3161", word, stamp.verdict.parameters() | more)
    unstated = any(warning.code == "archive-unstated" for warning in folder.judged.warnings)
    if unstated:
        files = [replace(file, claims={}) for file in folder.files]
        return _Package(folder.judged, files, PLAIN, claims)
    return _Package(folder.judged, folder.files, folder.tool, claims)


def _claim(form: str, verdict: str, parameters: dict[str, Any]) -> dict[str, Any]:
    means = f"noonmark {__version__}"
    return {
        "form": form,
        "verdict": verdict,
        "means": means,
        "report": "unknown",
        "parameters": loggable(parameters),
    }


def _take_in(
    vault: Vault, package: _Package, form: str, *, source: str, legal_basis: str, step: Step | None
) -> list[dict[str, Any]]:
    """Keep every file, then log collections, items and claims with one synchronisation."""
    from noonmark.evidence.entry_schema import fact

    kept = _keep_all(vault, package.files, step)
    groups: dict[tuple[str, str], int] = {}
    facts: list[Fact] = []
    for about in map(_about, package.files):
        if about not in groups:
            groups[about] = vault.log.size + len(facts)
            facts.append(_collection(package, form, about, source=source, legal_basis=legal_basis))
    told = []
    for file, (digest, size, stated) in zip(package.files, kept, strict=True):
        claims, collection = _claims_of(file, stated), groups[_about(file)]
        item = {"sha256": digest, "size": size, "role": "original", "claims": claims}
        facts.append(fact("item", **item, collection=collection))
        if file.name in package.claims:
            facts.append(fact("claim", item=digest, **package.claims[file.name]))
        told.append({"name": file.name, "sha256": digest, "stated": sorted(stated)})
    vault.append(*facts)
    return told


def _keep_all(
    vault: Vault, files: Sequence[PackageFile], step: Step | None
) -> list[tuple[str, int, dict[str, str]]]:
    """Digest, size and digests that hold of each file, all of them on disk."""
    kept = [_keep(vault, file, n / len(files), step) for n, file in enumerate(files)]
    vault.store.sync([digest for digest, _, _ in kept])
    return kept


def _collection(
    package: _Package, form: str, about: tuple[str, str], *, source: str, legal_basis: str
) -> Fact:
    """How the files of one address and time came to us."""
    from noonmark.evidence.entry_schema import fact

    url, at = about
    return fact(
        "collection",
        method=f"import of a {form}" + ("" if form == PLAIN else " package"),
        means=loggable(package.means),
        url=url,
        collected_at=at,
        time_basis="unknown" if at == "unknown" else f"as the {form} package states",
        collector="unknown",
        legal_basis=legal_basis,
        source=source,
        note=loggable(_note(package.judged, form)),
    )


def _about(file: PackageFile) -> tuple[str, str]:
    """Address and time of collection, as the package states them: the files of one collection share
    both.
    """
    url, at = (loggable(str(file.claims.get(key) or "unknown")) for key in ("url", "collected_at"))
    return url, at


def _keep(
    vault: Vault, file: PackageFile, share: float, step: Step | None
) -> tuple[str, int, dict[str, str]]:
    """Copy one file into the store, and hold the stored bytes against what the package stated for
    them.
    """
    from noonmark.evidence.packages import tree
    from noonmark.evidence.secrets_in_files import look

    if step is not None:
        step(share, "")
    stored = vault.store.put(file.path, sync=False, look=look)
    others = [kind for kind in file.stated if kind != "sha256"]
    found = {"sha256": stored.sha256} | (
        tree.digests(vault.store.get(stored.sha256), others) if others else {}
    )
    return stored.sha256, stored.size_bytes, {k: d for k, d in file.stated.items() if found[k] == d}


def _claims_of(file: PackageFile, stated: Mapping[str, str]) -> dict[str, Any]:
    from noonmark.evidence.entry_schema import name_claims

    claims: dict[str, Any] = dict(name_claims(os.fsencode(file.name)))
    claims |= {
        key: loggable(value)
        for key, value in file.claims.items()
        if key not in ("url", "collected_at")
    }
    if stated:
        claims["stated"] = dict(stated)
    if len(stated) < len(file.stated):
        claims["stated_otherwise"] = {k: d for k, d in file.stated.items() if k not in stated}
    return claims


def _note(judged: PackageVerdict, form: str) -> str:
    if judged.ok and form == PLAIN:
        return "nothing in it states a digest, so there was nothing to judge"
    if judged.ok:
        return f"judged sound, {len(judged.warnings)} warnings"
    return (
        f"{len(judged.problems)} problem{'s'[: len(judged.problems) - 1]}: "
        + "; ".join(str(p) for p in judged.problems[:20])[:4000]
    )


def _told(package: _Package, form: str) -> dict[str, Any]:
    judged = package.judged

    def plain(found: Sequence[Problem]) -> list[dict[str, str]]:
        return [vars(p) for p in found]

    claims = {name: about["parameters"] for name, about in package.claims.items()}
    return {
        "ok": judged.ok,
        "form": form,
        "means": package.means,
        "claims": claims,
        "problems": plain(judged.problems),
        "warnings": plain(judged.warnings),
        "checked": {"files": judged.files, "bytes": judged.bytes},
    }
