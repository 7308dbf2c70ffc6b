"""WACZ: web archives, judged strictly: each resource and each index line.

**Method** Webrecorder, WACZ format 1.1.1 (2021) and WACZ signing and verification 0.1.0 (2022).
**Authority** tests/evidence/test_wacz.py: the fixtures of py-wacz, good and bad as labelled. (Its
own ``validate`` takes one of the bad and refuses one of the good.)
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509

from noonmark.errors import InputError
from noonmark.evidence.packages import tree, wacz_signature, warc, zips
from noonmark.evidence.packages.tree import PackageFindings, PackageVerdict, ReportedPart
from noonmark.evidence.packages.zips import ZipArchive

METHOD = "wacz/1"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
_INDEX_ENDS = (".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz")
_PARTS = {
    "archive/": ((".warc", ".warc.gz"), "at least one WARC file"),
    "indexes/": (_INDEX_ENDS, "an index"),
    "pages/": ((".jsonl",), "pages/pages.jsonl"),
}
"""By folder, the endings of names that belong there, and what must be there."""
_NO_RECORD = (b"!meta", b" CDX", b"#")
"""How the lines of an index begin that name no record."""
Json = Mapping[str, Any]
LARGEST_INDEX_BYTES = 1 << 30
MOST_RECORDS = 5_000_000


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
        if archive is None:
            return _verdict(findings, {}, wacz_signature.NONE, (), 0, 0)
        total = sum(info.file_size for info in archive.members.values())
        package = _package(archive, findings)
        _check_resources(archive, package, findings)
        signature = _digest_file(archive, roots, findings)
        _check_parts(archive, findings)
        pages = tuple(_pages(archive, findings))
        _check_indexes(archive, findings)
        return _verdict(findings, package, signature, pages, len(archive.members), total)


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
    version = package.get("wacz_version")
    if not isinstance(version, str) or not version.startswith("1."):
        findings.problem("wacz-version", PACKAGE, "wacz_version 1.x", str(version)[:40])
    profile = package.get("profile")
    if profile is None:  # Browsertrix writes none
        findings.warning("wacz-version", f"{PACKAGE} profile", "data-package", "nothing")
    elif profile == "multi-wacz-package":
        found = "a multi-WACZ, which only lists archives: import each of them"
        findings.problem("wacz-version", f"{PACKAGE} profile", "data-package", found)
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
        found = [name for name in archive.members if _lies(name, folder, ends)]
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


def _lies(name: str, folder: str, ends: tuple[str, ...]) -> bool:
    """Whether a member lies in a folder and its name has one of the endings."""
    return name.startswith(folder) and name.endswith(ends)


def _pages(archive: ZipArchive, findings: PackageFindings) -> Iterator[tuple[str, str]]:
    """Address and time of each page; the first line of a file of pages states its format."""
    for name in archive.members:
        if not _lies(name, "pages/", (".jsonl",)):
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
            yield _object(line, f"{name}:{number}", findings)


def _object(line: bytes, where: str, findings: PackageFindings) -> Json:
    """The JSON object on a line; empty if there is none."""
    try:
        value = tree.read_json(line, where=where)
    except InputError as error:
        findings.problem("wacz-json", where, "a JSON object", error.message[:120])
        return {}
    return value if isinstance(value, dict) else {}


def _check_indexes(archive: ZipArchive, findings: PackageFindings) -> None:
    """Judge whether every line of every index leads to a record of the address it names."""
    for name in archive.members:
        if not _lies(name, "indexes/", _INDEX_ENDS):
            continue
        try:
            data = _index_bytes(archive, name)
        except (InputError, OSError, EOFError, zlib.error) as error:
            findings.problem("wacz-index", name, "an index", str(error)[:120])
            continue
        if len(data) > LARGEST_INDEX_BYTES:
            findings.problem("zip-bomb", name, f"at most {LARGEST_INDEX_BYTES} bytes", "more")
            continue
        for number, line in enumerate(data.splitlines()[:MOST_RECORDS], 1):
            if line.strip() and not line.startswith(_NO_RECORD):
                _check_line(archive, line, ReportedPart(findings, f"{name}:{number}"))


def _index_bytes(archive: ZipArchive, name: str) -> bytes:
    """The lines of an index, decompressed; at most one byte more than is read."""
    data = archive.read(name, longest=LARGEST_INDEX_BYTES)
    if not name.endswith(".gz"):
        return data
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        return stream.read(LARGEST_INDEX_BYTES + 1)


def _check_line(archive: ZipArchive, line: bytes, place: ReportedPart) -> None:
    """Judge one line of an index: the record it leads to, its address and its digest."""
    parts = line.split(b" ", 2)
    value = _object(parts[2], place.name, place.findings) if len(parts) == 3 else {}
    span = _span(archive, value, place)
    if span is None:
        return
    member, offset, length = span
    whole = length <= warc.LARGEST_RECORD_BYTES
    try:
        stored = archive.piece(member, offset, length if whole else warc.LONGEST_HEADER_BYTES)
        try:
            record = warc.record(stored, where=place.name, whole=whole)
        except warc.TooLarge:
            whole = False
            record = warc.record(stored, where=place.name, whole=False)
    except InputError as error:
        place.problem("wacz-index", "a record", error.message[:160])
        return
    address = str(value.get("url"))
    if record.target != address:
        place.problem("wacz-index", f"the record of {address[:100]}", record.target[:100])
    stated = str(value.get("recordDigest", ""))
    # The digest is of the record as it is stored, compressed or not.
    found = f"sha256:{hashlib.sha256(stored).hexdigest()}"
    if whole and stated.startswith("sha256:") and stated != found:
        place.problem("wacz-differs", stated[:80], found)


def _span(archive: ZipArchive, value: Json, place: ReportedPart) -> tuple[str, int, int] | None:
    """Member, offset and length [bytes] that an index line names, if they lie in the archive."""
    member = f"archive/{value.get('filename')}"
    numbers = [str(value.get(key, "")) for key in ("offset", "length")]
    if member not in archive.members or not all(n.isdigit() and len(n) < 16 for n in numbers):
        expected = "a file of the archive, an offset and a length"
        place.problem("wacz-index", expected, json.dumps(value)[:120])
        return None
    offset, length = (int(number) for number in numbers)
    if offset + length > archive.members[member].file_size:
        place.problem(
            "wacz-index",
            f"a place within {member}",
            f"{offset} to {offset + length}",
        )
        return None
    return member, offset, length
