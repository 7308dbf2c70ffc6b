"""A digest that is packed inside a shown file is found; what can't be looked into is refused."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import shutil
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.actions import releases
from noonmark.actions.releases import ReleaseRequest
from noonmark.evidence.vault import open_vault
from noonmark.release.packed import packed_text
from noonmark.release.withheld import chunks_of, names_withheld
from noonmark.sandbox.parsers import packed_pieces
from tests.release import made_case
from tests.release.made_case import Made
from tests.sandbox.inprocess import without_workers

DIGEST = sha256(b"withheld").hexdigest()
TODAY = ReleaseRequest(today="2026-12-01T00:00:00Z", title="A wall")
Packing = Callable[[bytes], bytes]


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers run in the process of the test."""
    without_workers(monkeypatch)


def zipped(data: bytes, name: str = "note.txt", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of one member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


def office(data: bytes) -> bytes:
    """A text document whose words are broken into runs, as spelling checks break them."""
    text = data.decode("latin-1")
    runs = "".join(f'<w:r><w:t xml:space="preserve">{text[at : at + 5]}</w:t></w:r>'
                   for at in range(0, len(text), 5))  # fmt: skip
    return zipped(f"<w:document><w:p>{runs}</w:p></w:document>".encode(), "word/document.xml")


def pdf(stream: bytes, filters: str) -> bytes:
    """A PDF with one stream."""
    head = f"%PDF-1.7\n1 0 obj\n<< /Length {len(stream)} /Filter {filters} >>\nstream\n"
    return (head.encode()
            + stream + b"\nendstream\nendobj\n%%EOF\n")  # fmt: skip


def pdf_words(data: bytes) -> bytes:
    """A deflated page whose words are moved apart piece by piece."""
    parts = b" ".join(b"(%s) -12" % data[at : at + 3] for at in range(0, len(data), 3))
    return pdf(zlib.compress(b"BT /F1 9 Tf [" + parts + b"] TJ ET"), "/FlateDecode")


def pdf_pairs(data: bytes) -> bytes:
    """A deflated object with a title in hexadecimal pairs of UTF-16."""
    title = data.decode("latin-1").encode("utf-16-be").hex().encode()
    return pdf(zlib.compress(b"1 0 << /Title <feff" + title + b"> >> endobj"), "/FlateDecode")


def pdf_letters(data: bytes) -> bytes:
    """A deflated stream written in ASCII85, as some writers do."""
    return pdf(base64.a85encode(zlib.compress(data)) + b"~>", "[/ASCII85Decode /FlateDecode]")


def png_note(data: bytes) -> bytes:
    """A PNG with a packed note."""
    return noted(b"zTXt", b"Comment\0\0" + zlib.compress(b"made from " + data))


def png_text(data: bytes) -> bytes:
    """A PNG with a packed note in any letters."""
    return noted(b"iTXt", b"Comment\0\1\0en\0\0" + zlib.compress(b"made from " + data))


def noted(kind: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk."""
    chunk = struct.pack(">I", len(body)) + kind + body
    chunk += struct.pack(">I", zlib.crc32(kind + body))
    plain = bytes.fromhex(made_case.PNG)
    return plain[:33] + chunk + plain[33:]


def tar_gz(data: bytes) -> bytes:
    """A packed tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("note")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def mail(data: bytes) -> bytes:
    """A letter with an attachment."""
    letter = EmailMessage()
    letter.set_content("see there")
    letter.add_attachment(data + bytes(40), maintype="application", subtype="x", filename="a")
    return bytes(letter)


def web_page(data: bytes) -> bytes:
    """A web page with a picture in it, in which an open note names something."""
    picture = base64.b64encode(noted(b"tEXt", b"Comment\0" + data)).decode()
    return f'<p><img src="data:image/png;base64,{picture}"></p>'.encode()


def web_page_packed(data: bytes) -> bytes:
    """The same with a packed note."""
    picture = base64.b64encode(png_note(data)).decode()
    return f'<p><img src="data:image/png;base64,{picture}"></p>'.encode()


def wide(data: bytes) -> bytes:
    """Text of two bytes a letter, as EXIF and old office files hold it."""
    return b"\xff\xd8\xff\xe1" + data.decode("latin-1").encode("utf-16-le") + b"\xff\xd9"


def tagged(data: bytes) -> bytes:
    """A web page in which some letters are bold."""
    return b"<p>" + data[:7] + b"<b>" + data[7:9] + b"</b>" + data[9:] + b"</p>"


PACKINGS: tuple[Packing, ...] = (
    zipped, office, pdf_words, pdf_pairs, pdf_letters, png_note, png_text, tar_gz,
    gzip.compress, bz2.compress, lzma.compress, mail, web_page, web_page_packed,
    wide, tagged,
)  # fmt: skip
NESTING = (zipped, gzip.compress, mail, pdf_letters, tar_gz)


def found_in(data: bytes, folder: Path) -> set[str]:
    """The withheld digests that the scan finds in a file."""
    path = folder / sha256(data).hexdigest()
    path.write_bytes(data)
    packed = packed_text(path)
    assert packed.unread == ()
    return names_withheld(chunks_of(path), {DIGEST}) | names_withheld([packed.runs], {DIGEST})


@pytest.mark.parametrize("pack", PACKINGS, ids=lambda pack: pack.__name__)
def test_a_packed_digest_is_found(in_process, tmp_path, pack):
    assert found_in(pack(b"taken from " + DIGEST.encode()), tmp_path) == {DIGEST}
    assert found_in(pack(b"nothing is named in this note at all"), tmp_path) == set()


@settings(max_examples=20)
@given(st.lists(st.sampled_from(NESTING), min_size=1, max_size=3), st.binary(max_size=40))
def test_a_digest_is_found_however_it_is_nested(packings, before):
    data = before + DIGEST[:40].upper().encode()
    for pack in packings:
        data = pack(data)
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        without_workers(patch)
        assert found_in(data, Path(folder)) == {DIGEST}


def test_no_worker_is_started_where_nothing_is_packed(tmp_path, monkeypatch):
    from noonmark.sandbox import process

    monkeypatch.setattr(process, "run", lambda *args, **more: pytest.fail("a worker was started"))
    open_note = noted(b"iTXt", b"Comment\0\0\0en\0\0made from " + DIGEST.encode())
    for data, found in ((open_note, {DIGEST}), (b"a plain text", set()), (wide(b"text"), set()),
                        (web_page(DIGEST.encode()), {DIGEST})):  # fmt: skip
        assert found_in(data, tmp_path) == found


def locked(data: bytes) -> bytes:
    """A zip whose member says that it is locked."""
    whole = bytearray(zipped(data))
    whole[6] |= 1
    return bytes(whole)


UNREAD = {
    "locked zip": (locked(b"x" * 60), "password"),
    "another method": (zipped(b"x" * 60, method=zipfile.ZIP_LZMA), "method 14"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "7z"),
    "encrypted pdf": (b"%PDF-1.7\ntrailer << /Encrypt 5 0 R >>\n%%EOF", "encrypted"),
    "lzw": (pdf(b"abc", "/LZWDecode"), "LZW"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_is_not_looked_into_is_named(in_process, tmp_path, name):
    data, why = UNREAD[name]
    (tmp_path / "file").write_bytes(data)
    assert any(why in one for one in packed_text(tmp_path / "file").unread)


def test_what_is_packed_too_often_or_grows_too_large_ends(in_process, tmp_path, monkeypatch):
    monkeypatch.setattr(packed_pieces, "LARGEST_PIECE", 1 << 20)
    data = b"x" * 64
    for _ in range(12):
        data = gzip.compress(data + DIGEST.encode())
    (tmp_path / "deep").write_bytes(data)
    (tmp_path / "bomb").write_bytes(zipped(bytes(3 << 20)))
    assert packed_text(tmp_path / "deep").unread == ("it is packed more than 8 times over",)
    (bomb,) = packed_text(tmp_path / "bomb").unread
    assert "unpacks to more than" in bomb


def test_letters_that_a_font_numbers_are_read_too(in_process, tmp_path):
    pytest.importorskip("pypdfium2")
    names = (
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        *"abcdef",
    )
    coded = "".join(f"\\{int(letter, 16) + 1:03o}" for letter in DIGEST[:24])
    body = f"BT /F1 9 Tf 20 20 Td ({coded}) Tj ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 60] /Contents 5 0 R "
        "/Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [1 "
        + " ".join(f"/{name}" for name in names) + "] >> >>",
        f"<< /Length {len(body)} >>\nstream\n{body}\nendstream",
    ]  # fmt: skip
    text = "%PDF-1.4\n" + "".join(f"{n} 0 obj\n{part}\nendobj\n" for n, part in enumerate(parts, 1))
    data = (text + "trailer << /Root 1 0 R /Size 6 >>\n%%EOF\n").encode("latin-1")
    assert DIGEST[:12].encode() not in data
    assert found_in(data, tmp_path) == {DIGEST}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_case.make(tmp_path_factory.mktemp("packed"))


def refused(clean: Made, folder: Path, pack: Packing, **asked: object) -> dict[str, list[str]]:
    """By code, what stops the release of a case that shows a file which names the clip."""
    made = replace(clean, folder=shutil.copytree(clean.folder, folder / "case"))
    with open_vault(made.folder, write=True) as vault:
        shown = made.put(vault, pack(made.items["clip"].encode()), "more.bin")
    request = replace(TODAY, shown=(shown,), **asked)
    found: dict[str, list[str]] = {}
    for one in releases.check_release(made.folder, request).verdict.refusals:
        found.setdefault(one.code, []).append(one.why)
    return found


def test_a_packed_name_stops_the_release(in_process, clean, tmp_path):
    found = refused(clean, tmp_path, office)
    assert (
        list(found) == ["release-digest"] and clean.items["clip"][:8] in found["release-digest"][0]
    )


def test_a_locked_zip_goes_out_with_a_reason_alone(in_process, clean, tmp_path):
    found = refused(clean, tmp_path / "one", locked)
    assert list(found) == ["release-packed"] and "password" in found["release-packed"][0]
    lifted = (("release-packed", "it holds two photographs, looked at by hand"),)
    assert refused(clean, tmp_path / "two", locked, overrides=lifted) == {}


def test_where_nothing_can_be_unpacked_a_packed_file_is_refused(clean, tmp_path, monkeypatch):
    from noonmark.sandbox import required_locks

    monkeypatch.setattr(required_locks, "needed", lambda: frozenset())
    assert list(refused(clean, tmp_path, zipped)) == ["release-packed"]
