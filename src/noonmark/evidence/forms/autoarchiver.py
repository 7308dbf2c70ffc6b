"""A folder that Bellingcat's auto-archiver made: its files, the hashes it states for them, its time-stamp tokens.

The hashes stand in the reports (HTML), the table of results (CSV) or dumps of its metadata (JSON), whichever are
there. A hash that is stated and that no file of the folder has means that a file is missing or was changed.

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509

from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.anchor import token, tsa
from noonmark.evidence.forms import tree
from noonmark.evidence.forms.tree import Carried, Findings, Judged

_STATED = re.compile(r"\b(SHA-256|SHA3-512):([0-9a-fA-F]{128}|[0-9a-fA-F]{64})\b")
_VERSION = re.compile(r"auto-archiver</a>\s*v([0-9][0-9A-Za-z.+-]{0,30})")
_ADDRESS = re.compile(r"Archived media for <span[^>]*>([^<]{1,4000})</span>")
_HASHES = re.compile(r"(?:[0-9a-f]{64}|[0-9a-f]{128})(?:\n(?:[0-9a-f]{64}|[0-9a-f]{128}))*\n?")
LARGEST_REPORT_BYTES = 1 << 27
_KINDS = {"SHA-256": "sha256", "SHA3-512": "sha3_512"}


@dataclass(frozen=True)
class Stamp:
    """A time-stamp token of the folder: its file, the list it covers, and the verdict on it."""

    name: str
    covers: str
    verdict: tsa.StampVerdict


@dataclass(frozen=True)
class Folder:
    """The verdict on an auto-archiver folder, its files with what is stated of them, and its time stamps."""

    judged: Judged
    files: tuple[Carried, ...]
    stamps: tuple[Stamp, ...]
    tool: str


@dataclass(frozen=True)
class _Said:
    """Everything the reports state, gathered: digests anywhere, digests by storage key, claims by digest or key."""

    digests: dict[str, str]
    by_key: dict[str, tuple[str, str]]
    claims: dict[str, dict[str, str]]
    tools: set[str]


def read(root: Path, *, roots: Sequence[x509.Certificate] = ()) -> Folder:
    """The folder, judged; its tokens are judged against ``roots``."""
    findings = Findings()
    sizes = tree.plain_files(root, findings, "archive-link")
    said = _Said({}, {}, {}, set())
    for name, size in sizes.items():
        if name.lower().endswith((".html", ".csv", ".json")) and size <= LARGEST_REPORT_BYTES:
            _listen(root / name, name, said, findings)
    if not said.digests and not said.by_key:
        findings.odd("archive-unstated", "folder", "reports of auto-archiver that state hashes", "none")
    found = {name: tree.digests(root / name, ["sha256", "sha3_512"]) for name in sizes}
    files = [_carried(root, name, digests, said, findings) for name, digests in found.items()]
    held = {digest for digests in found.values() for digest in digests.values()}
    for digest, kind in sorted(said.digests.items()):
        if digest not in held:
            findings.bad("archive-missing", f"{kind} {digest[:16]}...", "a file with the stated hash", "none")
    stamps = tuple(_stamps(root, sizes, roots, findings))
    tool = "auto-archiver " + (", ".join(sorted(said.tools)) or "unknown")
    return Folder(findings.judged(len(sizes), sum(sizes.values())), tuple(files), stamps, tool)


def _carried(root: Path, name: str, digests: Mapping[str, str], said: _Said, findings: Findings) -> Carried:
    stated = {kind: digest for kind, digest in digests.items() if said.digests.get(digest) == kind}
    parts = name.split("/")
    endings = ("/".join(parts[start:]) for start in range(len(parts)))
    key = next((ending for ending in endings if ending in said.by_key), None)
    if key is not None:
        kind, digest = said.by_key[key]
        if digests[kind] != digest:
            findings.bad("archive-differs", name, f"{kind} {digest}", digests[kind])
        stated[kind] = digest
    claims: dict[str, str] = {"package": "auto-archiver"}
    for mark in (key, *stated.values()):
        claims |= said.claims.get(mark or "", {})
    return Carried(root / name, name, stated, claims)


def _listen(path: Path, name: str, said: _Said, findings: Findings) -> None:
    """Gather what one report states; a file of the folder that merely ends alike states nothing."""
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
        findings.odd("archive-report", name, "a report that can be read", error.message[:120])
    except csv.Error as error:
        findings.odd("archive-report", name, "a table that can be read", str(error)[:120])


def _from_html(text: str, said: _Said) -> None:
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
    """The lines of a table; its columns are longer than Python's reader expects, so the limit is raised meanwhile."""
    before = csv.field_size_limit(1 << 24)
    try:
        yield from csv.DictReader(io.StringIO(text))
    finally:
        csv.field_size_limit(before)


def _from_row(row: Mapping[str, Any], said: _Said) -> None:
    """A line of the results table: three columns, two of them Python's way of writing a list and a dictionary."""
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
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and isinstance(item.get("media"), list):
            metadata = item.get("metadata")
            metadata = metadata if isinstance(metadata, dict) else {}
            about = {"url": "url", "_processed_at": "collected_at", "title": "title", "timestamp": "posted_at"}
            claims = {ours: str(metadata[theirs])[:4000] for theirs, ours in about.items() if metadata.get(theirs)}
            _from_media(item["media"], claims, said, 0)


def _from_media(items: Any, claims: Mapping[str, str], said: _Said, depth: int) -> None:
    for item in items if isinstance(items, list) and depth < 8 else []:
        if not isinstance(item, dict):
            continue
        properties = item.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        match = _STATED.fullmatch(str(properties.get("hash", "")))
        key = item.get("key") or item.get("_key")
        if match is not None:
            kind, digest = _KINDS[match[1]], match[2].lower()
            said.claims.setdefault(digest, {}).update(claims)
            if isinstance(key, str) and key:
                said.by_key[key] = (kind, digest)
            else:
                said.digests[digest] = kind
        if isinstance(key, str) and key:
            said.claims.setdefault(key, {}).update(claims)
        for inner in properties.values():
            _from_media(inner, claims, said, depth + 1)


def _stamps(
    root: Path, sizes: Mapping[str, int], roots: Sequence[x509.Certificate], findings: Findings
) -> Iterator[Stamp]:
    """Every token of the folder, held against every list of hashes: it covers one of them or none."""
    lists = {}
    for name, size in sizes.items():
        if name.lower().endswith(".txt") and 64 <= size <= 1 << 20:
            data = tree.read_small(root / name, longest=1 << 20)
            if _HASHES.fullmatch(data.decode("ascii", "replace")):
                lists[name] = data
    for name, size in sizes.items():
        stem = name.rsplit("/", 1)[-1]
        if not (stem.endswith((".tsr", ".tst")) or "timestamp_token" in stem) or size > token.LONGEST_BYTES:
            continue
        data = tree.read_small(root / name, longest=token.LONGEST_BYTES)
        try:
            read_token = token.read_token(data)
        except NoonmarkError as error:
            findings.odd("archive-token", name, "a time-stamp token", error.message[:120])
            continue
        covered = [n for n, d in lists.items() if hashlib.new(read_token.hash_name, d).digest() == read_token.imprint]
        if not covered:
            findings.odd("archive-token", name, "a list of hashes that it covers", "none in the folder")
        yield Stamp(name, covered[0] if covered else "", tsa.judge(data, digest=read_token.imprint, roots=roots))
