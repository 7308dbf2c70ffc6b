"""Pages of a web archive: WARC (ISO 28500), alone, compressed, or in a WACZ.

Each HTML page that a server answered with is a page of text, labelled by its address. Nothing is
asked of the network. Whether the archive is what it says is not judged here: ``noonmark case
import`` checks a WACZ against its digests.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.parsers import web_page_text
from noonmark.sandbox.parsers.document_pages import FoundPages
from noonmark.sandbox.parsers.zip_members import ZipMembers

_MEMBER = re.compile(r"archive/[^/]+\.warc(\.gz)?")
_LARGEST_RECORD = 16 << 20
_MOST_RECORDS = 200_000
_LONGEST_LINE, _MOST_LINES = 16_384, 200
_GZIP = 31
"""zlib's number for data with a header of gzip."""
_LARGEST_UNPACKED = 512 << 20


@dataclass(frozen=True)
class WarcRecord:
    """One record: its named fields in small letters, and its block; None where it is too large."""

    fields: dict[str, str]
    block: bytes | None


def looks_like_warc(head: bytes) -> bool:
    """Whether the first bytes are those of a WARC, or of gzip, in which one may lie."""
    return head.startswith((b"WARC/1.", b"\x1f\x8b\x08"))


def wacz(members: ZipMembers, found: FoundPages) -> bool:
    """Take up the pages of a WACZ; false where the zip is none."""
    names = sorted(filter(_MEMBER.fullmatch, members.names))
    if not names or "datapackage.json" not in members.names:
        return False
    found.kind = "wacz"
    for name in names:
        data = members.read(name)
        _take(_unpacked(data) if name.endswith(".gz") else data, found)
    return True


def warc(data: bytes, found: FoundPages) -> None:
    """Take up the pages of a WARC, compressed or not. Raises InputError "document-unsupported"."""
    plain = _unpacked(data) if data.startswith(b"\x1f\x8b") else data
    if not plain.startswith(b"WARC/1."):
        raise InputError(
            "no reader takes this file: it is compressed, and no web archive",
            code="document-unsupported",
            hint="unpack it, and add what was in it",
        )
    found.kind = "warc"
    _take(plain, found)


def _unpacked(data: bytes) -> bytes:
    """All members of a gzip, bounded. Raises InputError "document-bomb", "document-damaged"."""
    parts: list[bytes] = []
    left = _LARGEST_UNPACKED
    while data:
        state = zlib.decompressobj(_GZIP)
        try:
            part = state.decompress(data, left + 1)
        except zlib.error as error:
            raise InputError(
                f"the web archive is damaged ({str(error)[:60]})", code="document-damaged"
            ) from None
        left -= len(part)
        if left < 0:
            raise InputError(
                f"the web archive unpacks to more than {_LARGEST_UNPACKED} bytes",
                code="document-bomb",
                hint="split it, and add the parts",
            )
        parts.append(part)
        if not state.eof:
            break
        data = state.unused_data
    return b"".join(parts)


def _take(data: bytes, found: FoundPages) -> None:
    """Take up every HTML page of a WARC's answers.

    Requests, metadata and answers of other types are not read as text; how many is said.
    """
    other: dict[str, int] = {}
    for record in records(data):
        if record.fields.get("warc-type") not in ("response", "resource"):
            continue
        kind, body, status = _answer(record, found)
        if body is None or not kind.startswith(("text/html", "application/xhtml")):
            other[kind or "no type"] = other.get(kind or "no type", 0) + 1
            continue
        address = record.fields.get("warc-target-uri", "").strip("<>")
        before = len(found.pages)
        web_page_text.read_lenient(body, found, label=address)
        _say_capture(found.pages[before]["meta"], record, status)
    if other:
        found.note(f"{sum(other.values())} answers that are no HTML page are not read as text")


def _say_capture(meta: dict[str, Any], record: WarcRecord, status: str) -> None:
    """When the archive says that it captured a page, and as what."""
    meta["kind"] = "web page"
    meta["captured_at"] = record.fields.get("warc-date", "not stated")
    meta["address"] = record.fields.get("warc-target-uri", "").strip("<>")
    if status:
        meta["status"] = status
    if "warc-payload-digest" in record.fields:
        meta["stated_digest"] = record.fields["warc-payload-digest"]


def records(data: bytes) -> Iterator[WarcRecord]:
    """The records of a WARC in order, up to the first that is damaged."""
    stream = io.BytesIO(data)
    for _ in range(_MOST_RECORDS):
        line = stream.readline(_LONGEST_LINE)
        while line in (b"\r\n", b"\n"):
            line = stream.readline(_LONGEST_LINE)
        if not line.startswith(b"WARC/1."):
            return
        fields = _fields(stream)
        length = fields.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            return
        size = int(length)
        if size > _LARGEST_RECORD:
            stream.seek(size, io.SEEK_CUR)
            yield WarcRecord(fields, None)
            continue
        yield WarcRecord(fields, stream.read(size))


def _fields(stream: io.BytesIO) -> dict[str, str]:
    """Named fields up to an empty line; the last of each name."""
    found: dict[str, str] = {}
    for _ in range(_MOST_LINES):
        line = stream.readline(_LONGEST_LINE).strip()
        if not line:
            break
        name, _, value = line.partition(b":")
        key = name.decode("ascii", "replace").strip().lower()
        found[key] = value.decode("utf-8", "replace").strip()
    return found


def _answer(record: WarcRecord, found: FoundPages) -> tuple[str, bytes | None, str]:
    """The media type, the body and the status of an answer; no body where it can't be read."""
    if record.block is None:
        found.note("an answer that is too large was left out")
        return "", None, ""
    if record.fields.get("warc-type") == "resource":
        return record.fields.get("content-type", ""), record.block, ""
    stream = io.BytesIO(record.block)
    status = stream.readline(_LONGEST_LINE).decode("latin-1").strip()
    fields = _fields(stream)
    body = stream.read()
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    coding = fields.get("content-encoding", "").lower()
    if coding in ("gzip", "x-gzip", "deflate"):
        body = _uncoded(body)
    elif coding not in ("", "identity"):
        found.note(f"an answer is coded as {coding[:20]!r}, which is not read")
        return fields.get("content-type", ""), None, status
    return fields.get("content-type", "").lower(), body, status


def _unchunked(body: bytes) -> bytes:
    """The chunks of a body joined (RFC 9112, section 7.1); the body itself where it has none."""
    parts: list[bytes] = []
    stream = io.BytesIO(body)
    while True:
        head = stream.readline(64).split(b";")[0].strip()
        try:
            size = int(head, 16)
        except ValueError:
            return b"".join(parts) if parts else body
        if size <= 0:
            return b"".join(parts)
        parts.append(stream.read(size))
        stream.readline(4)


def _uncoded(body: bytes) -> bytes:
    """A body unpacked, bounded; the body itself where it is not packed."""
    for window in (_GZIP, zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(window).decompress(body, _LARGEST_RECORD)
        except zlib.error:
            continue
    return body
