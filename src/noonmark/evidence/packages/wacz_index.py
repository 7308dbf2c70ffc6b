"""The indexes of a web archive: each line must lead to a record of the address that it names."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Mapping
from typing import Any

from noonmark.errors import InputError
from noonmark.evidence.packages import tree, warc
from noonmark.evidence.packages.tree import PackageFindings, ReportedPart
from noonmark.evidence.packages.zips import ZipArchive

Json = Mapping[str, Any]
INDEX_ENDS = (".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz")
LARGEST_INDEX_BYTES = 1 << 30
MOST_RECORDS = 5_000_000
_NO_RECORD = (b"!meta", b" CDX", b"#")
"""How the lines of an index begin that name no record."""


def check_indexes(archive: ZipArchive, findings: PackageFindings) -> None:
    """Judge whether every line of every index leads to a record of the address it names."""
    for name in archive.members:
        if not lies(name, "indexes/", INDEX_ENDS):
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
    value = json_object(parts[2], place.name, place.findings) if len(parts) == 3 else {}
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


def lies(name: str, folder: str, ends: tuple[str, ...]) -> bool:
    """Whether a member lies in a folder and its name has one of the endings."""
    return name.startswith(folder) and name.endswith(ends)


def json_object(line: bytes, where: str, findings: PackageFindings) -> Json:
    """The JSON object on a line; empty if there is none."""
    try:
        value = tree.read_json(line, where=where)
    except InputError as error:
        findings.problem("wacz-json", where, "a JSON object", error.message[:120])
        return {}
    return value if isinstance(value, dict) else {}
