"""WACZ: a web archive judged strictly. Every resource against its digest, every index line against its record.

**Method** Webrecorder, WACZ format 1.1.1 (2021) and WACZ signing and verification 0.1.0 (2022). **Authority**
tests/evidence/test_wacz.py: the fixtures of py-wacz, good and bad as labelled (its own ``validate`` takes one of the
bad and refuses one of the good).
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
from noonmark.evidence.forms import tree, wacz_signature, warc, zips
from noonmark.evidence.forms.tree import Findings, Judged
from noonmark.evidence.forms.zips import Archive

METHOD = "wacz/1"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
LARGEST_INDEX_BYTES = 1 << 30
MOST_RECORDS = 5_000_000


@dataclass(frozen=True)
class WaczVerdict:
    """The verdict on a web archive, what it says of itself, and the pages it holds."""

    judged: Judged
    version: str
    created: str
    software: str
    signer: str
    """The domain or key that signed, ``none`` without a signature; trusted only if no problem says otherwise."""
    signed_at: str
    pages: tuple[tuple[str, str], ...]
    """Address and time of each page, as the archive claims."""

    def parameters(self) -> dict[str, Any]:
        """The particulars of the verdict for the log's ``parameters``."""
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


def judge(path: Path, *, roots: Sequence[x509.Certificate] = ()) -> WaczVerdict:
    """The verdict on the web archive at ``path``; a signature counts as trusted if it leads to one of ``roots``."""
    findings = Findings()
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
    findings: Findings,
    package: Mapping[str, Any],
    signature: wacz_signature.Signature,
    pages: tuple[tuple[str, str], ...],
    count: int,
    size: int,
) -> WaczVerdict:
    version, created, software = (
        str(package.get(key, "unknown"))[:100] for key in ("wacz_version", "created", "software")
    )
    return WaczVerdict(findings.judged(count, size), version, created, software, signature.signer, signature.at, pages)


def _json(archive: Archive, name: str, findings: Findings) -> dict[str, Any] | None:
    if name not in archive.members:
        return None
    try:
        value = tree.read_json(archive.read(name, longest=tree.JSON_LONGEST_BYTES), where=name)
    except InputError as error:
        findings.bad("wacz-json", name, "JSON", error.message[:160])
        return {}
    if not isinstance(value, dict):
        findings.bad("wacz-json", name, "a JSON object", type(value).__name__)
        return {}
    return value


def _package(archive: Archive, findings: Findings) -> dict[str, Any]:
    package = _json(archive, PACKAGE, findings)
    if package is None:
        findings.bad("wacz-part", PACKAGE, "the list of resources", "nothing")
        return {}
    version = package.get("wacz_version")
    if not isinstance(version, str) or not version.startswith("1."):
        findings.bad("wacz-version", PACKAGE, "wacz_version 1.x", str(version)[:40])
    if package.get("profile") not in ("data-package", "wacz-package"):
        findings.bad("wacz-version", f"{PACKAGE} profile", "data-package", str(package.get("profile"))[:40])
    return package


def _check_resources(archive: Archive, package: Mapping[str, Any], findings: Findings) -> None:
    resources = package.get("resources", [])
    if not isinstance(resources, list):
        findings.bad("wacz-json", f"{PACKAGE} resources", "a list", type(resources).__name__)
        resources = []
    listed: set[str] = set()
    for number, resource in enumerate(resources):
        where = f"{PACKAGE} resources[{number}]"
        stated = _stated(resource) if isinstance(resource, dict) else None
        if stated is None:
            findings.bad("wacz-resource", where, "a path, a digest and a length", str(resource)[:80])
            continue
        path, kind, digest, length = stated
        if path in listed:
            findings.bad("wacz-resource", where, f"{path[:100]} once", "twice")
        listed.add(path)
        if path not in archive.members:
            findings.bad("wacz-missing", path[:120], "the resource", "nothing")
            continue
        try:
            found, count = archive.digest(path, kind)
        except InputError as error:
            findings.bad(error.code, path[:120], "bytes", error.message)
            continue
        if found != digest:
            findings.bad("wacz-differs", path[:120], f"{kind} {digest}", found)
        if count != length:
            findings.bad("wacz-differs", path[:120], f"{length} bytes", f"{count}")
    for name in archive.members:
        if name not in listed and name not in (PACKAGE, DIGEST):
            findings.bad("wacz-extra", name[:120], "a listed resource", "not listed")


def _stated(resource: Mapping[str, Any]) -> tuple[str, str, str, int] | None:
    """Path, hash, digest and length; version 1.0.0 kept them in other places."""
    stats = resource.get("stats")
    if isinstance(stats, dict):
        kind, digest, length = resource.get("hashing"), stats.get("hash"), stats.get("bytes")
    else:
        kind, _, digest = str(resource.get("hash", "")).partition(":")
        length = resource.get("bytes")
    known = tree.known_hash(str(kind))
    path = resource.get("path")
    if known is None or not isinstance(path, str) or not isinstance(digest, str) or type(length) is not int:
        return None
    return path, known, digest.lower(), length


def _digest_file(archive: Archive, roots: Sequence[x509.Certificate], findings: Findings) -> wacz_signature.Signature:
    stated = _json(archive, DIGEST, findings)
    if stated is None:
        findings.odd(
            "wacz-unsigned", DIGEST, "the digest of the list", "nothing: the list itself may have been changed"
        )
        return wacz_signature.NONE
    found = f"sha256:{archive.digest(PACKAGE, 'sha256')[0]}" if PACKAGE in archive.members else "nothing"
    if stated.get("path") != PACKAGE or stated.get("hash") != found:
        findings.bad("wacz-differs", DIGEST, found, f"{stated.get('hash')} of {stated.get('path')}"[:120])
    signed = stated.get("signedData")
    if signed is None:
        findings.odd("wacz-unsigned", DIGEST, "a signature", "none")
        return wacz_signature.NONE
    return wacz_signature.judge(signed, str(stated.get("hash")), roots=roots, findings=findings)


def _check_parts(archive: Archive, findings: Findings) -> None:
    for folder, ends, what in (
        ("archive/", (".warc", ".warc.gz"), "at least one WARC file"),
        ("indexes/", (".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz"), "an index"),
        ("pages/", (".jsonl",), "pages/pages.jsonl"),
    ):
        found = [name for name in archive.members if name.startswith(folder) and name.endswith(ends)]
        if not found or (folder == "pages/" and "pages/pages.jsonl" not in found):
            findings.bad("wacz-part", folder, what, "nothing")
        for name in found:
            if name.endswith((".gz", ".warc")) and archive.members[name].compress_type != 0:
                findings.bad("wacz-compressed", name[:120], "stored, so that its offsets are offsets", "compressed")
    for name in archive.members:
        if name.endswith((".wacz", ".zip")):
            findings.odd("wacz-nested", name[:120], "no archive within the archive", "one, which is not opened")


def _pages(archive: Archive, findings: Findings) -> Iterator[tuple[str, str]]:
    for name in archive.members:
        if not (name.startswith("pages/") and name.endswith(".jsonl")):
            continue
        for number, value in enumerate(_json_lines(archive, name, findings)):
            if number == 0:
                if value.get("format") != "json-pages-1.0":
                    findings.bad("wacz-page", f"{name}:1", "the format json-pages-1.0", str(value.get("format"))[:40])
                continue
            address, at = value.get("url"), value.get("ts")
            if isinstance(address, str) and isinstance(at, str):
                yield address[:2000], at[:40]
            else:
                findings.bad("wacz-page", f"{name}:{number + 1}", "url and ts", str(value)[:80])


def _json_lines(archive: Archive, name: str, findings: Findings) -> Iterator[dict[str, Any]]:
    try:
        data = archive.read(name, longest=LARGEST_INDEX_BYTES)
    except InputError as error:
        findings.bad(error.code, name, "lines", error.message)
        return
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield _object(line, f"{name}:{number}", findings)


def _object(line: bytes, where: str, findings: Findings) -> dict[str, Any]:
    try:
        value = tree.read_json(line, where=where)
    except InputError as error:
        findings.bad("wacz-json", where, "a JSON object", error.message[:120])
        return {}
    return value if isinstance(value, dict) else {}


def _check_indexes(archive: Archive, findings: Findings) -> None:
    """Every line of every index leads to a record of the address it names."""
    for name in archive.members:
        if not name.startswith("indexes/") or not name.endswith((".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz")):
            continue
        try:
            data = archive.read(name, longest=LARGEST_INDEX_BYTES)
            if name.endswith(".gz"):
                with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                    data = stream.read(LARGEST_INDEX_BYTES + 1)
        except (InputError, OSError, EOFError, zlib.error) as error:
            findings.bad("wacz-index", name, "an index", str(error)[:120])
            continue
        if len(data) > LARGEST_INDEX_BYTES:
            findings.bad("zip-bomb", name, f"at most {LARGEST_INDEX_BYTES} bytes", "more")
            continue
        for number, line in enumerate(data.splitlines()[:MOST_RECORDS], 1):
            if line.strip() and not line.startswith((b"!meta", b" CDX", b"#")):
                _check_line(archive, line, f"{name}:{number}", findings)


def _check_line(archive: Archive, line: bytes, where: str, findings: Findings) -> None:
    parts = line.split(b" ", 2)
    value = _object(parts[2], where, findings) if len(parts) == 3 else {}
    member = f"archive/{value.get('filename')}"
    numbers = [str(value.get(key, "")) for key in ("offset", "length")]
    if member not in archive.members or not all(n.isdigit() and len(n) < 16 for n in numbers):
        findings.bad("wacz-index", where, "a file of the archive, an offset and a length", json.dumps(value)[:120])
        return
    offset, length = (int(n) for n in numbers)
    if offset + length > archive.members[member].file_size:
        findings.bad("wacz-index", where, f"a place within {member}", f"{offset} to {offset + length}")
        return
    whole = length <= warc.LARGEST_RECORD_BYTES
    try:
        stored = archive.piece(member, offset, length if whole else warc.LONGEST_HEADER_BYTES)
        try:
            record = warc.record(stored, where=where, whole=whole)
        except warc.TooLarge:
            whole, record = False, warc.record(stored, where=where, whole=False)
    except InputError as error:
        findings.bad("wacz-index", where, "a record", error.message[:160])
        return
    if record.target != str(value.get("url")):
        findings.bad("wacz-index", where, f"the record of {str(value.get('url'))[:100]}", record.target[:100])
    stated = str(value.get("recordDigest", ""))
    found = f"sha256:{hashlib.sha256(stored).hexdigest()}"  # of the record as stored, compressed or not
    if whole and stated.startswith("sha256:") and stated != found:
        findings.bad("wacz-differs", where, stated[:80], found)
