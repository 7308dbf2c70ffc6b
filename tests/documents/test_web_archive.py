"""Web archives: each page that was captured, by its address, with when the archive says it was."""

from __future__ import annotations

import gzip
import json
import zlib

from tests.documents.test_formats import read, refused, texts, zipped

PAGE = "<html><head><title>招标</title></head><body>公告 {}</body></html>"


def _record(address: str, body: bytes, head: bytes = b"", kind: bytes = b"text/html") -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n" + head + b"\r\n" + body
    fields = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\n"
        f"WARC-Date: 2020-05-01T10:00:00Z\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return fields.encode() + block + b"\r\n\r\n"


def _chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = [b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:])]
    return b"".join(parts) + b"0\r\n\r\n"


WARC = [
    b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\na:b\r\n\r\n",
    _record("https://example.org/1", PAGE.format(1).encode()),
    _record(
        "https://example.org/2",
        _chunked(zlib.compress(PAGE.format(2).encode())),
        b"Transfer-Encoding: chunked\r\nContent-Encoding: deflate\r\n",
    ),
    _record("https://example.org/a.png", b"\x89PNG", kind=b"image/png"),
    _record("https://example.org/3", b"", b"Content-Encoding: br\r\n"),
]


def test_a_compressed_archive_gives_its_pages(tmp_path):
    data = b"".join(gzip.compress(record) for record in WARC)
    value = read(tmp_path, data)
    assert value["kind"] == "warc"
    assert [(label, text.split()[-1]) for label, text in texts(value)] == [
        ("https://example.org/1", "1"),
        ("https://example.org/2", "2"),
    ]
    meta = value["pages"][0]["meta"]
    assert (meta["captured_at"], meta["status"]) == ("2020-05-01T10:00:00Z", "HTTP/1.1 200 OK")
    assert any("2 answers" in note for note in value["notes"])
    assert any("'br'" in note for note in value["notes"])


def test_a_wacz_gives_the_pages_of_its_archives(tmp_path):
    members = {
        "datapackage.json": json.dumps({"profile": "data-package"}),
        "archive/data.warc.gz": b"".join(gzip.compress(record) for record in WARC),
        "archive/more.warc": WARC[1],
    }
    value = read(tmp_path, zipped(members))
    assert value["kind"] == "wacz" and len(value["pages"]) == 3


def test_a_record_that_claims_too_much_costs_only_itself(tmp_path):
    long = WARC[1].replace(b"Content-Length: ", b"Content-Length: 99999999", 1)
    value = read(tmp_path, WARC[1] + long)
    assert len(value["pages"]) == 1


def test_what_is_compressed_and_no_archive_is_refused(tmp_path):
    assert refused(tmp_path, gzip.compress(b"words")) == "document-unsupported"
    assert refused(tmp_path, b"\x1f\x8b\x08 broken") == "document-damaged"
