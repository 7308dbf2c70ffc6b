"""WACZ: web archives, judged strictly: each resource and each index line.

**Method** Webrecorder, WACZ format 1.1.1 (2021) and WACZ signing and verification 0.1.0 (2022).
**Authority** tests/evidence/test_wacz.py: the fixtures of py-wacz, good and bad as labelled. (Its
own ``validate`` takes one of the bad and refuses one of the good.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography import x509

from noonmark.errors import InputError
from noonmark.evidence.packages import tree, wacz_signature, zips
from noonmark.evidence.packages.tree import PackageFindings, PackageVerdict, ReportedPart
from noonmark.evidence.packages.wacz_index import (
    INDEX_ENDS,
    LARGEST_INDEX_BYTES,
    Json,
    check_indexes,
    json_object,
    lies,
)
from noonmark.evidence.packages.zips import ZipArchive

METHOD = "wacz/1"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
SEVERAL = "multi-wacz-package"
"""The profile of an archive of archives, as Browsertrix writes it for a collection."""
_PARTS = {
    "archive/": ((".warc", ".warc.gz"), "at least one WARC file"),
    "indexes/": (INDEX_ENDS, "an index"),
    "pages/": ((".jsonl",), "pages/pages.jsonl"),
}
"""By folder, the endings of names that belong there, and what must be there."""


@dataclass(frozen=True)
class WaczVerdict:
    """The verdict on a web archive, what it says of itself, and the pages it holds."""

    judged: PackageVerdict
    version: str
    created: str
    software: str
    signer: str
    """The domain or key that signed, ``none`` without a signature.

    It is to be trusted only if no problem says otherwise.
    """
    signed_at: str
    pages: tuple[tuple[str, str], ...]
    """Address and time of each page, as the archive claims."""
    members: tuple[tuple[str, str], ...] = ()
    """Name of each archive in an archive of several, and what was judged of it."""

    def parameters(self) -> dict[str, Any]:
        """The verdict's fields for the log's ``parameters``."""
        return {
            "method": METHOD,
            "version": self.version,
            "created": self.created,
            "software": self.software,
            "signer": self.signer,
            "signed_at": self.signed_at,
            "pages": len(self.pages),
            **({"members": tree.spoken(dict(self.members))} if self.members else {}),
            "problems": sorted({p.code for p in self.judged.problems}),
            "warnings": sorted({w.code for w in self.judged.warnings}),
        }


@dataclass(frozen=True)
class _Resource:
    """A resource as the archive lists it: path, hash by hashlib's name, digest, length [bytes]."""

    path: str
    hash_name: str
    digest: str
    length: int


def judge(path: Path, *, roots: Sequence[x509.Certificate] = ()) -> WaczVerdict:
    """The verdict on the web archive at ``path``.

    A signature counts as trusted if its certificate leads to one of ``roots``.
    """
    findings = PackageFindings()
    with zips.opened(path, findings) as archive:
        return _judge(archive, roots, findings, path.name)


def _judge(
    archive: ZipArchive | None,
    roots: Sequence[x509.Certificate],
    findings: PackageFindings,
    name: str,
    *,
    within: bool = False,
) -> WaczVerdict:
    """The verdict on an open archive; one ``within`` another may not itself be of several."""
    if archive is None:
        return _verdict(findings, {}, wacz_signature.NONE, (), 0, 0)
    total = sum(info.file_size for info in archive.members.values())
    package = _package(archive, findings)
    several = package.get("profile") == SEVERAL
    if several and within:
        findings.problem("wacz-version", f"{name} profile", "data-package", SEVERAL)
    _check_resources(archive, package, findings)
    signature = _digest_file(archive, roots, findings)
    if several:
        count = len(archive.members)
        verdict = _verdict(findings, package, signature, (), count, total)
        return verdict if within else _with_members(archive, verdict, roots, findings)
    _check_parts(archive, findings)
    pages = tuple(_pages(archive, findings))
    check_indexes(archive, findings)
    return _verdict(findings, package, signature, pages, len(archive.members), total)


def _with_members(
    archive: ZipArchive,
    verdict: WaczVerdict,
    roots: Sequence[x509.Certificate],
    findings: PackageFindings,
) -> WaczVerdict:
    """The verdict on an archive of archives, each of which is judged as if it came alone."""
    pages: list[tuple[str, str]] = []
    members = []
    for name in sorted(name for name in archive.members if name.endswith(".wacz")):
        inner = PackageFindings()
        try:
            with zips.nested(archive, name, inner) as opened:
                judged = _judge(opened, roots, inner, name, within=True)
        except InputError as error:
            findings.problem(error.code, name[:120], "a web archive", error.message)
            continue
        for problem in judged.judged.problems:
            findings.problem(
                problem.code, f"{name[:120]}: {problem.where}", problem.expected, problem.found
            )
        for warning in judged.judged.warnings:
            findings.warning(
                warning.code, f"{name[:120]}: {warning.where}", warning.expected, warning.found
            )
        pages += judged.pages
        word = "sound" if judged.judged.ok else "not sound"
        members.append((name, f"{word}, signer {judged.signer}, {len(judged.pages)} pages"))
    if not members:
        findings.problem("wacz-part", PACKAGE, "web archives in it", "none")
    judged_all = findings.verdict(verdict.judged.files, verdict.judged.bytes)
    return replace(verdict, judged=judged_all, pages=tuple(pages), members=tuple(members))


def _verdict(
    findings: PackageFindings,
    package: Json,
    signature: wacz_signature.Signature,
    pages: tuple[tuple[str, str], ...],
    count: int,
    size: int,
) -> WaczVerdict:
    """The verdict on so many members of together ``size`` bytes."""
    return WaczVerdict(
        judged=findings.verdict(count, size),
        version=_claimed(package, "wacz_version"),
        created=_claimed(package, "created"),
        software=_claimed(package, "software"),
        signer=signature.signer,
        signed_at=signature.at,
        pages=pages,
    )


def _claimed(package: Json, key: str) -> str:
    """What the archive says of itself, as text of a reasonable length."""
    return str(package.get(key, "unknown"))[:100]


def _json(archive: ZipArchive, name: str, findings: PackageFindings) -> Json | None:
    """The JSON object in a member: empty, with a problem, if it is none; None without a member."""
    if name not in archive.members:
        return None
    try:
        value = tree.read_json(archive.read(name, longest=tree.JSON_LONGEST_BYTES), where=name)
    except InputError as error:
        findings.problem("wacz-json", name, "JSON", error.message[:160])
        return {}
    if not isinstance(value, dict):
        findings.problem("wacz-json", name, "a JSON object", type(value).__name__)
        return {}
    return value


def _package(archive: ZipArchive, findings: PackageFindings) -> Json:
    """The list of resources with what the archive says of itself."""
    package = _json(archive, PACKAGE, findings)
    if package is None:
        findings.problem("wacz-part", PACKAGE, "the list of resources", "nothing")
        return {}
    version, profile = package.get("wacz_version"), package.get("profile")
    if profile == SEVERAL:  # Browsertrix states no version then
        return package
    if not isinstance(version, str) or not version.startswith("1."):
        findings.problem("wacz-version", PACKAGE, "wacz_version 1.x", str(version)[:40])
    if profile is None:  # Browsertrix writes none
        findings.warning("wacz-version", f"{PACKAGE} profile", "data-package", "nothing")
    elif profile not in ("data-package", "wacz-package"):
        where = f"{PACKAGE} profile"
        findings.problem("wacz-version", where, "data-package", str(profile)[:40])
    return package


def _check_resources(archive: ZipArchive, package: Json, findings: PackageFindings) -> None:
    """Judge every listed resource by its digest and length, and report members not listed."""
    resources = package.get("resources", [])
    if not isinstance(resources, list):
        where = f"{PACKAGE} resources"
        findings.problem("wacz-json", where, "a list", type(resources).__name__)
        resources = []
    listed: set[str] = set()
    for number, entry in enumerate(resources):
        place = ReportedPart(findings, f"{PACKAGE} resources[{number}]")
        if isinstance(entry, dict) and package.get("profile") == SEVERAL:
            entry = _as_listed(entry)
        resource = _resource(entry) if isinstance(entry, dict) else None
        if resource is None:
            place.problem("wacz-resource", "a path, a digest and a length", str(entry)[:80])
            continue
        if resource.path in listed:
            place.problem("wacz-resource", f"{resource.path[:100]} once", "twice")
        listed.add(resource.path)
        _check_resource(archive, resource, ReportedPart(findings, resource.path[:120]))
    for name in archive.members:
        if name not in listed and name not in (PACKAGE, DIGEST):
            findings.problem("wacz-extra", name[:120], "a listed resource", "not listed")


def _check_resource(archive: ZipArchive, resource: _Resource, place: ReportedPart) -> None:
    """Judge the member that a resource names."""
    if resource.path not in archive.members:
        place.problem("wacz-missing", "the resource", "nothing")
        return
    try:
        digest, length = archive.digest(resource.path, resource.hash_name)
    except InputError as error:
        place.problem(error.code, "bytes", error.message)
        return
    if digest != resource.digest:
        place.problem("wacz-differs", f"{resource.hash_name} {resource.digest}", digest)
    if length != resource.length:
        place.problem("wacz-differs", f"{resource.length} bytes", f"{length}")


def _as_listed(entry: Json) -> Json:
    """The entry of an archive of several in the form of other resources.

    Earlier Browsertrix wrote ``size``, and the digest without its kind.
    """
    digest = str(entry.get("hash", ""))
    stated = digest if ":" in digest else f"sha256:{digest}"
    return {**entry, "hash": stated, "bytes": entry.get("bytes", entry.get("size"))}


def _resource(entry: Json) -> _Resource | None:
    """A resource as listed, if all of it is there.

    Version 1.0.0 kept its fields in other places.
    """
    stats = entry.get("stats")
    if isinstance(stats, dict):
        kind, digest, length = (
            entry.get("hashing"),
            stats.get("hash"),
            stats.get("bytes"),
        )
    else:
        kind, _, digest = str(entry.get("hash", "")).partition(":")
        length = entry.get("bytes")
    known = tree.known_hash(str(kind))
    path = entry.get("path")
    if known is None or not isinstance(path, str):
        return None
    # A length of true would pass for 1: to Python, it is an integer.
    if not isinstance(digest, str) or type(length) is not int:
        return None
    return _Resource(path, known, digest.lower(), length)


def _digest_file(
    archive: ZipArchive,
    roots: Sequence[x509.Certificate],
    findings: PackageFindings,
) -> wacz_signature.Signature:
    """The signature over the list of resources, after a look at the digest that it covers."""
    place = ReportedPart(findings, DIGEST)
    stated = _json(archive, DIGEST, findings)
    if stated is None:
        found = "nothing: the list itself may have been changed"
        place.warning("wacz-unsigned", "the digest of the list", found)
        return wacz_signature.NONE
    expected = "nothing"
    if PACKAGE in archive.members:
        expected = f"sha256:{archive.digest(PACKAGE, 'sha256')[0]}"
    if stated.get("path") != PACKAGE or stated.get("hash") != expected:
        found = f"{stated.get('hash')} of {stated.get('path')}"
        place.problem("wacz-differs", expected, found[:120])
    signed = stated.get("signedData")
    if signed is None:
        place.warning("wacz-unsigned", "a signature", "none")
        return wacz_signature.NONE
    return wacz_signature.judge(signed, str(stated.get("hash")), roots=roots, findings=findings)


def _check_parts(archive: ZipArchive, findings: PackageFindings) -> None:
    """Judge whether the archive has the three parts that the format asks for."""
    for folder, (ends, what) in _PARTS.items():
        found = [name for name in archive.members if lies(name, folder, ends)]
        if not found or (folder == "pages/" and "pages/pages.jsonl" not in found):
            findings.problem("wacz-part", folder, what, "nothing")
        for name in found:
            packed = archive.members[name].compress_type != 0
            if packed and name.endswith((".gz", ".warc")):
                expected = "stored, so that its offsets are offsets"
                findings.problem("wacz-compressed", name[:120], expected, "compressed")
    for name in archive.members:
        if name.endswith((".wacz", ".zip")):
            expected = "no archive within the archive"
            findings.warning("wacz-nested", name[:120], expected, "one, which is not opened")


def _pages(archive: ZipArchive, findings: PackageFindings) -> Iterator[tuple[str, str]]:
    """Address and time of each page; the first line of a file of pages states its format."""
    for name in archive.members:
        if not lies(name, "pages/", (".jsonl",)):
            continue
        for number, value in enumerate(_json_lines(archive, name, findings)):
            place = ReportedPart(findings, f"{name}:{number + 1}")
            if number == 0:
                form = value.get("format")
                if form != "json-pages-1.0":
                    place.problem("wacz-page", "the format json-pages-1.0", str(form)[:40])
                continue
            address, at = value.get("url"), value.get("ts")
            if isinstance(address, str) and isinstance(at, str):
                yield address[:2000], at[:40]
            else:
                place.problem("wacz-page", "url and ts", str(value)[:80])


def _json_lines(archive: ZipArchive, name: str, findings: PackageFindings) -> Iterator[Json]:
    """The JSON objects on the lines of a member."""
    try:
        data = archive.read(name, longest=LARGEST_INDEX_BYTES)
    except InputError as error:
        findings.problem(error.code, name, "lines", error.message)
        return
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield json_object(line, f"{name}:{number}", findings)
