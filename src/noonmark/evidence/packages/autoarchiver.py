"""Folders that Bellingcat's auto-archiver made: files, stated hashes, time-stamp tokens.

The hashes stand in the reports (HTML), the table of results (CSV) or dumps of its metadata (JSON),
whichever are there. A hash that is stated and that no file of the folder has means that a file is
missing or was changed.

**Method** auto-archiver 1.x: modules hash_enricher, timestamping_enricher, csv_db, html_formatter.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import html
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509

from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.packages import tree
from noonmark.evidence.packages.tree import (
    Digests,
    PackageFile,
    PackageFindings,
    PackageVerdict,
    Sizes,
)
from noonmark.evidence.timestamps import token, tsa

_STATED = re.compile(r"\b(SHA-256|SHA3-512):([0-9a-fA-F]{128}|[0-9a-fA-F]{64})\b")
_VERSION = re.compile(r"auto-archiver</a>\s*v([0-9][0-9A-Za-z.+-]{0,30})")
_ADDRESS = re.compile(r"Archived media for <span[^>]*>([^<]{1,4000})</span>")
_HASHES = re.compile(r"(?:[0-9a-f]{64}|[0-9a-f]{128})(?:\n(?:[0-9a-f]{64}|[0-9a-f]{128}))*\n?")
LARGEST_REPORT_BYTES = 1 << 27
LARGEST_LIST_BYTES = 1 << 20
_DEEPEST_MEDIA = 8
_KINDS = {"SHA-256": "sha256", "SHA3-512": "sha3_512"}
"""hashlib's name by auto-archiver's name of a hash."""
_CLAIMS = {
    "url": "url",
    "_processed_at": "collected_at",
    "title": "title",
    "timestamp": "posted_at",
}
"""Our name by auto-archiver's name of a field."""


@dataclass(frozen=True)
class Stamp:
    """A time-stamp token of the folder: its file, the list it covers, and the verdict on it."""

    name: str
    covers: str
    verdict: tsa.StampVerdict


@dataclass(frozen=True)
class Folder:
    """The verdict on an auto-archiver folder, its files, and its time stamps."""

    judged: PackageVerdict
    files: tuple[PackageFile, ...]
    stamps: tuple[Stamp, ...]
    tool: str


@dataclass(frozen=True)
class _Said:
    """Everything that the reports state."""

    digests: dict[str, str] = field(default_factory=dict)
    """The hash of each digest, wherever it stands."""
    by_key: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Hash and digest by the key of a file in auto-archiver's storage."""
    claims: dict[str, dict[str, str]] = field(default_factory=dict)
    """What is said of a file, by its digest or key."""
    tools: set[str] = field(default_factory=set)
    """The versions of auto-archiver that wrote the reports."""


def read(root: Path, *, roots: Sequence[x509.Certificate] = ()) -> Folder:
    """The folder, judged; its tokens are judged against ``roots``."""
    findings = PackageFindings()
    sizes = tree.plain_files(root, findings, "archive-link")
    said = _said(root, sizes, findings)
    found = {name: tree.digests(root / name, ["sha256", "sha3_512"]) for name in sizes}
    files = [_carried(root, name, digests, said, findings) for name, digests in found.items()]
    held: set[str] = set()
    for digests in found.values():
        held.update(digests.values())
    for digest, kind in sorted(said.digests.items()):
        if digest not in held:
            where = f"{kind} {digest[:16]}..."
            findings.problem("archive-missing", where, "a file with the stated hash", "none")
    stamps = tuple(_stamps(root, sizes, roots, findings))
    tool = "auto-archiver " + (", ".join(sorted(said.tools)) or "unknown")
    judged = findings.verdict(len(sizes), sum(sizes.values()))
    return Folder(judged, tuple(files), stamps, tool)


def _said(root: Path, sizes: Sizes, findings: PackageFindings) -> _Said:
    """What all reports of the folder state together."""
    said = _Said()
    for name, size in sizes.items():
        if name.lower().endswith((".html", ".csv", ".json")) and size <= LARGEST_REPORT_BYTES:
            _read_report(root / name, name, said, findings)
    if not said.digests and not said.by_key:
        expected = "reports of auto-archiver that state hashes"
        findings.warning("archive-unstated", "folder", expected, "none")
    return said


def _carried(
    root: Path, name: str, digests: Digests, said: _Said, findings: PackageFindings
) -> PackageFile:
    """A file of the folder with what the reports state for it.

    Its key in the storage is the end of its name that some report knows, the longest one.
    """
    stated = {kind: digest for kind, digest in digests.items() if said.digests.get(digest) == kind}
    parts = name.split("/")
    endings = ("/".join(parts[start:]) for start in range(len(parts)))
    key = next((ending for ending in endings if ending in said.by_key), None)
    if key is not None:
        kind, digest = said.by_key[key]
        if digests[kind] != digest:
            findings.problem("archive-differs", name, f"{kind} {digest}", digests[kind])
        stated[kind] = digest
    claims: dict[str, str] = {"package": "auto-archiver"}
    for mark in (key, *stated.values()):
        claims |= said.claims.get(mark or "", {})
    return PackageFile(root / name, name, stated, claims)


def _read_report(path: Path, name: str, said: _Said, findings: PackageFindings) -> None:
    """Gather what one report states; another file with such an ending states nothing."""
    try:
        text = tree.read_small(path, longest=LARGEST_REPORT_BYTES).decode("utf-8", "replace")
        if name.lower().endswith(".html"):
            _from_html(text, said)
        elif name.lower().endswith(".csv"):
            for row in _rows(text):
                _from_row(row, said)
        else:
            _from_json(tree.read_json(text.encode(), where=name), said)
    except InputError as error:
        findings.warning("archive-report", name, "a report that can be read", error.message[:120])
    except csv.Error as error:
        findings.warning("archive-report", name, "a table that can be read", str(error)[:120])


def _from_html(text: str, said: _Said) -> None:
    """Gather from a report: hashes anywhere in the text, and the address that was archived."""
    if "auto-archiver" not in text:
        return
    said.tools.update(f"v{v}" for v in _VERSION.findall(text))
    address = _ADDRESS.search(text)
    for kind, digest in _STATED.findall(text):
        if len(digest) == (64 if kind == "SHA-256" else 128):
            said.digests[digest.lower()] = _KINDS[kind]
            if address is not None:
                said.claims.setdefault(digest.lower(), {})["url"] = html.unescape(address[1])[:4000]


def _rows(text: str) -> Iterator[Mapping[str, Any]]:
    """The lines of a table.

    Its columns are longer than Python's reader expects, so the limit is raised meanwhile.
    """
    before = csv.field_size_limit(1 << 24)
    try:
        yield from csv.DictReader(io.StringIO(text))
    finally:
        csv.field_size_limit(before)


def _from_row(row: Mapping[str, Any], said: _Said) -> None:
    """Gather from a line of the results table.

    Of its columns, ``media`` is written as a list in Python and ``metadata`` as a dictionary.
    """
    media, metadata = (row.get(name) for name in ("media", "metadata"))
    if not isinstance(media, str) or len(media) > 1 << 20:
        return
    try:
        items = ast.literal_eval(media)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return
    address = re.search(r"'url': '([^']{1,4000})'", metadata) if isinstance(metadata, str) else None
    _from_media(items, {"url": address[1]} if address else {}, said, 0)


def _from_json(value: Any, said: _Said) -> None:
    """Gather from a dump of metadata: one archived address, or a list of them."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and isinstance(item.get("media"), list):
            metadata = _table(item.get("metadata"))
            claims = {
                ours: str(metadata[theirs])[:4000]
                for theirs, ours in _CLAIMS.items()
                if metadata.get(theirs)
            }
            _from_media(item["media"], claims, said, 0)


def _from_media(items: Any, claims: Mapping[str, str], said: _Said, depth: int) -> None:
    """Gather from a list of files, each with its hash and with files made from it."""
    if not isinstance(items, list) or depth >= _DEEPEST_MEDIA:
        return
    for item in items:
        if not isinstance(item, dict):
            continue
        properties = _table(item.get("properties"))
        match = _STATED.fullmatch(str(properties.get("hash", "")))
        key = item.get("key") or item.get("_key")
        key = key if isinstance(key, str) else ""
        if match is not None:
            kind, digest = _KINDS[match[1]], match[2].lower()
            said.claims.setdefault(digest, {}).update(claims)
            if key:
                said.by_key[key] = (kind, digest)
            else:
                said.digests[digest] = kind
        if key:
            said.claims.setdefault(key, {}).update(claims)
        for inner in properties.values():
            _from_media(inner, claims, said, depth + 1)


def _table(value: Any) -> dict[str, Any]:
    """A JSON object as it is; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def _stamps(
    root: Path,
    sizes: Sizes,
    roots: Sequence[x509.Certificate],
    findings: PackageFindings,
) -> Iterator[Stamp]:
    """Every token of the folder, judged, with the list of hashes that it covers."""
    lists = dict(_hash_lists(root, sizes))
    for name, size in sizes.items():
        if not _is_token_name(name) or size > token.LONGEST_BYTES:
            continue
        data = tree.read_small(root / name, longest=token.LONGEST_BYTES)
        try:
            stamp = token.read_token(data)
        except NoonmarkError as error:
            findings.warning("archive-token", name, "a time-stamp token", error.message[:120])
            continue
        covered = ""
        for list_name, text in lists.items():
            if not covered and hashlib.new(stamp.hash_name, text).digest() == stamp.imprint:
                covered = list_name
        if not covered:
            expected = "a list of hashes that it covers"
            findings.warning("archive-token", name, expected, "none in the folder")
        verdict = tsa.judge(data, digest=stamp.imprint, roots=roots)
        yield Stamp(name, covered, verdict)


def _hash_lists(root: Path, sizes: Sizes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every text of the folder that holds digests and nothing else."""
    for name, size in sizes.items():
        if name.lower().endswith(".txt") and 64 <= size <= LARGEST_LIST_BYTES:
            data = tree.read_small(root / name, longest=LARGEST_LIST_BYTES)
            if _HASHES.fullmatch(data.decode("ascii", "replace")):
                yield name, data


def _is_token_name(name: str) -> bool:
    """Whether a file's name is one that auto-archiver gives to tokens."""
    last = name.rsplit("/", 1)[-1]
    return last.endswith((".tsr", ".tst")) or "timestamp_token" in last
