"""Packages that others hand over: judged, kept, and logged with what they state and with the verdict."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark import __version__
from noonmark.bench.loggable import loggable
from noonmark.errors import EvidenceError, InputError, Problem

if TYPE_CHECKING:
    from noonmark.evidence.facts import Fact
    from noonmark.evidence.forms.tree import Carried, Judged
    from noonmark.evidence.vault import Vault

FORMS = ("bagit", "hash-list", "auto-archiver", "wacz", "ocfl")
Step = Callable[[float, str], None]


@dataclass(frozen=True)
class _Package:
    """A package that was read: its verdict, its files, the tool that made it, claims about single files."""

    judged: Judged
    files: Sequence[Carried]
    means: str
    claims: Mapping[str, dict[str, Any]]
    """By file name, the facts of a ``claim`` entry that the reading gave."""


def check_package(path: Path, *, form: str | None = None, hashes: Path | None = None) -> dict[str, Any]:
    """The verdict on a package, which is left where it is."""
    found = form or _form_of(path, hashes)
    package = _read(path, found, hashes)
    return _told(package, found)


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

    A package with problems is refused as a whole unless ``even_so``; then what is there is kept and the problems are
    logged. A file whose stated digest is not that of the bytes that were kept is never given that digest.
    """
    from noonmark.evidence.vault import open_vault

    found = form or _form_of(path, hashes)
    package = _read(path, found, hashes)
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
    """Only an alias that the case gave out may stand in the log as a source: a slip here would be a real name."""
    from noonmark.evidence import sources

    if source != "unknown" and source not in {known.alias for known in sources.listed(vault)}:
        raise InputError(
            "the case knows no source by this alias",
            code="no-such-source",
            hint="noonmark case source add CASE gives an alias",
        )


def _form_of(path: Path, hashes: Path | None) -> str:
    if hashes is not None:
        return "hash-list"
    if path.is_file():
        return "wacz"
    if (path / "bagit.txt").exists():
        return "bagit"
    if any(path.glob("0=ocfl_object_*")):
        return "ocfl"
    if path.is_dir():
        return "auto-archiver"
    raise InputError(f"{path} is neither a folder nor a file", code="file-unusable", hint="check the path")


def _read(path: Path, form: str, hashes: Path | None) -> _Package:
    from noonmark.evidence.forms import autoarchiver, bagit, hashlist, ocfl, wacz
    from noonmark.evidence.forms.tree import Carried

    if form not in FORMS:
        raise InputError(f"{form!r} is not a form that can be read", code="unknown-package", hint=", ".join(FORMS))
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
    if form == "wacz":
        from noonmark.evidence.anchor import chain

        roots = chain.system_roots()
        verdict = wacz.judge(path, roots=roots)
        word = "sound" if verdict.judged.ok else "not sound"
        trusted = {"roots": len(roots), "roots_sha256": chain.list_fingerprint(roots)}
        about = _claim("wacz", word, verdict.parameters() | trusted)
        file = Carried(path, path.name, {}, {"package": "wacz"})
        return _Package(verdict.judged, [file], verdict.software, {path.name: about})
    folder = autoarchiver.read(path)
    claims = {}
    for stamp in folder.stamps:
        word = "fits" if {p.code for p in stamp.verdict.problems} <= {"tsa-untrusted"} else "does not hold"
        more = {"covers": stamp.covers or "unknown", "says": stamp.verdict.sentence()}
        claims[stamp.name] = _claim("rfc3161", word, stamp.verdict.parameters() | more)
    return _Package(folder.judged, folder.files, folder.tool, claims)


def _claim(form: str, verdict: str, parameters: dict[str, Any]) -> dict[str, Any]:
    means = f"noonmark {__version__}"
    return {"form": form, "verdict": verdict, "means": means, "report": "unknown", "parameters": loggable(parameters)}


def _take_in(
    vault: Vault, package: _Package, form: str, *, source: str, legal_basis: str, step: Step | None
) -> list[dict[str, Any]]:
    """Keep every file, then log collections, items and claims with one synchronisation."""
    from noonmark.evidence.facts import fact

    kept = [_keep(vault, file, number / len(package.files), step) for number, file in enumerate(package.files)]
    vault.store.sync([digest for digest, _, _ in kept])
    groups: dict[tuple[str, str], int] = {}
    facts: list[Fact] = []
    for file in package.files:
        about = _about(file)
        if about not in groups:
            groups[about] = vault.log.size + len(facts)
            basis = "unknown" if about[1] == "unknown" else f"as the {form} package states"
            facts.append(
                fact("collection", method=f"import of a {form} package", means=loggable(package.means), url=about[0],
                     collected_at=about[1], time_basis=basis, collector="unknown", legal_basis=legal_basis,
                     source=source, note=loggable(_note(package.judged)))
            )  # fmt: skip
    told = []
    for file, (digest, size, stated) in zip(package.files, kept, strict=True):
        about = _about(file)
        claims = _claims_of(file, stated)
        facts.append(fact("item", sha256=digest, size=size, role="original", claims=claims, collection=groups[about]))
        if file.name in package.claims:
            facts.append(fact("claim", item=digest, **package.claims[file.name]))
        told.append({"name": file.name, "sha256": digest, "stated": sorted(stated)})
    vault.append(*facts)
    return told


def _about(file: Carried) -> tuple[str, str]:
    """Address and time of collection, as the package states them: the files of one collection share both."""
    url, at = (loggable(str(file.claims.get(key) or "unknown")) for key in ("url", "collected_at"))
    return url, at


def _keep(vault: Vault, file: Carried, share: float, step: Step | None) -> tuple[str, int, dict[str, str]]:
    """Copy one file into the store, and hold the stored bytes against what the package stated for them."""
    from noonmark.evidence.forms import tree

    if step is not None:
        step(share, "")
    stored = vault.store.put(file.path, sync=False)
    others = [kind for kind in file.stated if kind != "sha256"]
    found = {"sha256": stored.sha256} | (tree.digests(vault.store.get(stored.sha256), others) if others else {})
    return stored.sha256, stored.size_bytes, {k: d for k, d in file.stated.items() if found[k] == d}


def _claims_of(file: Carried, stated: Mapping[str, str]) -> dict[str, Any]:
    from noonmark.evidence.facts import name_claims

    claims: dict[str, Any] = dict(name_claims(os.fsencode(file.name)))
    claims |= {key: loggable(value) for key, value in file.claims.items() if key not in ("url", "collected_at")}
    if stated:
        claims["stated"] = dict(stated)
    if len(stated) < len(file.stated):
        claims["stated_otherwise"] = {k: d for k, d in file.stated.items() if k not in stated}
    return claims


def _note(judged: Judged) -> str:
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

    return {
        "ok": judged.ok,
        "form": form,
        "means": package.means,
        "problems": plain(judged.problems),
        "warnings": plain(judged.warnings),
        "checked": {"files": judged.files, "bytes": judged.bytes},
    }
