"""PDFs without metadata: pages are drawn as before, and nothing else of the file is left."""

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from noonmark import actions
from noonmark.errors import InputError
from noonmark.media import exiftool
from noonmark.sandbox.parsers import pdf as pdf_reader
from noonmark.sandbox.parsers import pdf_objects
from noonmark.sandbox.strippers.colour_profile import clean_profile
from noonmark.sandbox.strippers.pdf import pdf
from tests.media import made

pytest.importorskip("pypdfium2")
_WORDS = (b"Jane Roe", b"SERIAL-77123", b"hidden words", b"SecretCam", b"20200102")
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources 5 0 R%b>>"
_DRAWN = b"BT /F1 18 Tf 20 60 Td (Seen words) Tj ET q 40 0 0 40 120 20 cm /I1 Do Q"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Jane Roe</x:xmpmeta>"


@pytest.fixture(autouse=True)
def _our_readers_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """exiftool takes a process for each file; only the tests of it start it."""
    if "exiftool" not in request.node.name:
        monkeypatch.setattr(exiftool, "present", lambda: None)


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data)


def _photo() -> bytes:
    tags = Image.Exif()
    tags[0x010F] = "SecretCam"
    out = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(made.scene(1, 32, 32)).save(out, "JPEG", exif=tags, icc_profile=profile)
    return out.getvalue()


def _objects(more: bytes = b"", page: bytes = b"") -> dict[int, bytes]:
    """A page with words and a photo, and words of its maker wherever a PDF takes them."""
    photo = _photo()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    head = b"/Type/XObject/Subtype/Image/Width 32/Height 32/BitsPerComponent 8/Metadata 9 0 R"
    return {
        1: b"<</Type/Catalog/Pages 2 0 R/Metadata 9 0 R/OpenAction 10 0 R/Lang(hidden words)%b>>"
        % more,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: _PAGE % (b"/LastModified(D:20200102030405Z)/PieceInfo<</SecretCam 9 0 R>>" + page),
        4: _stream(b"/Filter/FlateDecode", zlib.compress(_DRAWN)),
        5: b"<</Font<</F1 6 0 R>>/XObject<</I1 7 0 R>>/Properties<</MC0 9 0 R>>>>",
        6: _FONT,
        7: _stream(head + b"/Filter/DCTDecode/ColorSpace[/ICCBased 8 0 R]", photo),
        8: _stream(b"/N 3/Alternate/DeviceRGB", profile),
        9: _stream(b"/Type/Metadata/Subtype/XML", _XMP),
        10: b"<</S/JavaScript/JS(app.alert\\('hidden words'\\))>>",
        11: b"<</Author(Jane Roe)/Title<FEFF00530045>/CreationDate(D:20200102030405+02'00')"
        b"/Producer(SecretCam 3000)>>",
    }


def _file(objects: dict[int, bytes], *, version: bytes = b"1.5", more: bytes = b"") -> bytes:
    """The objects with a plain table."""
    out = b"%%PDF-%b\n" % version
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (max(places) + 1)
    for number in range(1, max(places) + 1):
        out += b"%010d 00000 n \n" % places[number]
    trailer = b"trailer\n<</Size %d/Root 1 0 R/Info 11 0 R/ID[(SERIAL-77123)(x)]%b>>\n"
    return out + trailer % (max(places) + 1, more) + b"startxref\n%d\n%%%%EOF\n" % at


def _packed(objects: dict[int, bytes]) -> bytes:
    """The same with small objects packed into a stream, and a packed table with predictor."""
    small = {n: body for n, body in objects.items() if b"stream" not in body}
    heads, bodies = b"", b""
    for number, body in small.items():
        heads += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    packed = _stream(
        b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(small), len(heads)),
        zlib.compress(heads + bodies),
    )
    out = b"%PDF-1.5\n"
    rows = {0: b"\0\0\0\0"}
    for number, body in [(n, b) for n, b in objects.items() if n not in small] + [(12, packed)]:
        rows[number] = b"\1" + len(out).to_bytes(2) + b"\0"
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows |= {number: b"\2\0\x0c" + bytes([i]) for i, number in enumerate(small)}
    rows[13] = b"\1" + len(out).to_bytes(2) + b"\0"
    table = np.array([list(rows[n]) for n in range(14)], np.uint8)
    above = np.vstack([np.zeros((1, 4), np.uint8), table[:-1]])
    coded = np.hstack([np.full((14, 1), 2, np.uint8), table - above])
    entries = b"/Type/XRef/Size 14/W[1 2 1]/Root 1 0 R/Info 11 0 R/Filter/FlateDecode"
    entries += b"/DecodeParms<</Predictor 12/Columns 4>>"
    at = len(out)
    out += b"13 0 obj\n%b\nendobj\n" % _stream(entries, zlib.compress(coded.tobytes()))
    return out + b"startxref\n%d\n%%%%EOF\n" % at


def _strip(path: Path, out: Path) -> dict:
    done = actions.strip(path, out)
    copy = out.read_bytes()
    assert not [word for word in _WORDS if word in copy]
    assert done["pictures_compared"] == 1
    return done


@pytest.mark.parametrize("form", ["plain", "packed", "damaged table", "bytes before it"])
def test_a_pdf_keeps_what_its_page_draws_alone(tmp_path, form):
    data = _packed(_objects()) if form == "packed" else _file(_objects())
    if form == "damaged table":
        data = data.replace(b"startxref\n", b"startxref\n9")
    if form == "bytes before it":
        data = b"Jane Roe\n" + data
    (tmp_path / "a").write_bytes(data)
    done = _strip(tmp_path / "a", tmp_path / "o")
    assert {"XMP", "action on opening"} <= set(done["removed"])
    assert b"/JS" not in (tmp_path / "o").read_bytes()


def test_probe_shows_who_made_a_pdf_and_when(tmp_path):
    (tmp_path / "a").write_bytes(_file(_objects()))
    found = actions.probe(tmp_path / "a")
    assert "Author: Jane Roe (PDF)" in found["traces"]
    assert any("2020-01-02 03:04:05+0200" in str(clock) for clock in found["clocks"])


def test_an_older_version_inside_the_file_goes(tmp_path):
    objects = _objects()
    secret = dict(objects)
    secret[4] = _stream(b"", b"BT /F1 18 Tf 20 60 Td (hidden words) Tj ET")
    first = _file(secret)
    newer = b"4 0 obj\n%b\nendobj\n" % objects[4]
    at = len(first) + len(newer)
    table = b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 12/Root 1 0 R/Prev %d>>\n"
    previous = int(first.rsplit(b"startxref\n", 1)[1].split()[0])
    last = table % (len(first), previous) + b"startxref\n%d\n%%%%EOF\n" % at
    (tmp_path / "a").write_bytes(first + newer + last)
    assert b"hidden words) Tj" in (tmp_path / "a").read_bytes()
    _strip(tmp_path / "a", tmp_path / "o")


def test_a_drawing_on_a_page_stays_and_its_author_goes(tmp_path):
    look = _stream(b"/Type/XObject/Subtype/Form/BBox[0 0 50 20]", b"1 0 0 rg 0 0 50 20 re f")
    note = b"<</Type/Annot/Subtype/%b/Rect[20 20 70 40]/T(Jane Roe)/Contents(hidden words)%b>>"
    objects = _objects(page=b"/Annots[12 0 R 13 0 R 14 0 R]")
    objects |= {
        12: note % (b"Stamp", b"/AP<</N 15 0 R>>/M(D:20200102030405Z)"),
        13: note % (b"Link", b"/A<</S/URI/URI(https://SecretCam)>>"),
        14: note % (b"Highlight", b"/QuadPoints[20 40 70 40 20 20 70 20]/C[1 1 0]"),
        15: look,
    }
    (tmp_path / "a").write_bytes(_file(objects))
    done = _strip(tmp_path / "a", tmp_path / "o")
    copy = (tmp_path / "o").read_bytes()
    assert b"1 0 0 rg" in copy and b"/QuadPoints" in copy and b"/URI" not in copy
    assert "annotations of kind Link" in done["removed"]


@pytest.mark.parametrize(
    ("catalogue", "trailer", "why"),
    [(b"/OCProperties<</OCGs[]>>", b"", "layers"), (b"", b"/Encrypt<</V 2>>", "encrypted")],
)
def test_a_pdf_whose_pages_depend_on_more_is_refused(tmp_path, catalogue, trailer, why):
    (tmp_path / "a").write_bytes(_file(_objects(more=catalogue), more=trailer))
    with pytest.raises(InputError) as caught:
        actions.strip(tmp_path / "a", tmp_path / "o")
    assert why in caught.value.message and "pdftoppm" in (caught.value.hint or "")
    assert not (tmp_path / "o").exists()


def test_a_copy_that_draws_another_page_is_found(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(_file(_objects()))
    from noonmark.sandbox.strippers import pdf_keys

    monkeypatch.setattr(pdf_keys, "PAGE", pdf_keys.PAGE - {b"Contents"})
    with pytest.raises(Exception, match="same picture"):
        actions.strip(tmp_path / "a", tmp_path / "o")
    assert not (tmp_path / "o").exists()


def test_a_profile_keeps_its_numbers_and_loses_its_words():
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean = clean_profile(data)
    assert clean is not None and b"desc" not in clean and b"rXYZ" in clean
    shade = Image.fromarray(made.scene(3, 16, 16))
    to_lab = ImageCms.createProfile("LAB")
    before = ImageCms.profileToProfile(shade, io.BytesIO(data), to_lab, outputMode="LAB")
    after = ImageCms.profileToProfile(shade, io.BytesIO(clean), to_lab, outputMode="LAB")
    assert before is not None and after is not None and before.tobytes() == after.tobytes()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"(a\\)b\\(c\\\\)", "a)b(c\\"),
        (b"(\\101\\n(x))", "A\n(x)"),
        (b"<FEFF0416>", "\u0416"),
        (b"<414>", "A@"),
        (b"(\xe4)", "\xe4"),
    ],
)
def test_strings_of_a_pdf_are_read(raw, text):
    value, end = pdf_objects.value_at(raw, 0)
    assert pdf_objects.text_of(value) == text and end == len(raw)


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("D:20200102030405Z", "2020-01-02 03:04:05Z"),
        ("D:20200102030405+02'30'", "2020-01-02 03:04:05+0230"),
        ("D:2020", "2020-01-01"),
        ("last spring", "last spring"),
    ],
)
def test_dates_of_a_pdf_are_read(stated, read):
    assert pdf_reader.date(stated) == read


def test_a_pdf_changed_at_random_ends_in_a_copy_or_a_refusal():
    rng = np.random.default_rng(11)
    copies = 0
    for whole in (_file(_objects()), _packed(_objects())):
        for _ in range(60):
            data = bytearray(whole)
            for at in rng.integers(0, len(data), 6):
                data[at] = rng.integers(0, 256)
            try:
                pdf(bytes(data), {})
                copies += 1
            except InputError:
                pass
    assert copies > 5


def test_exiftool_finds_nothing_to_tell_in_a_stripped_pdf(tmp_path):
    if exiftool.present() is None:
        pytest.skip("exiftool is not installed")
    (tmp_path / "a").write_bytes(_file(_objects()))
    _strip(tmp_path / "a", tmp_path / "o")
    said = " ".join(map(str, (exiftool.tags(tmp_path / "o") or {}).values()))
    assert "Jane Roe" not in said and "Little CMS" not in said
    assert "Jane Roe" in " ".join(map(str, (exiftool.tags(tmp_path / "a") or {}).values()))
