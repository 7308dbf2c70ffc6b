"""Office files without metadata: text, tables and pictures as they were, and nothing more."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from noonmark import actions
from noonmark.errors import InputError
from noonmark.media import exiftool
from noonmark.sandbox.strippers.office import office_file
from tests.media import made

_WORDS = (b"Jane Roe", b"SERIAL-77123", b"hidden words", b"SecretCam", b"2020-01-02", b"00AB12CD")
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Jane Roe -->'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE = (
    '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:creator>Jane Roe'
    "</dc:creator><dcterms:created>2020-01-02T03:04:05Z</dcterms:created></cp:coreProperties>"
)


@pytest.fixture(autouse=True)
def _our_readers_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """exiftool takes a process for each file; only the tests of it start it."""
    if "exiftool" not in request.node.name:
        monkeypatch.setattr(exiftool, "present", lambda: None)


def _photo() -> bytes:
    tags = Image.Exif()
    tags[0x010F] = "SecretCam"
    out = io.BytesIO()
    Image.fromarray(made.scene(1, 32, 32)).save(out, "JPEG", exif=tags)
    return out.getvalue()


def _relations(*rows: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="r{i}" Type="{_TYPE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(rows)
    )
    return f'{_XML}<Relationships xmlns="r">{inner}</Relationships>'


def _types(*names: str) -> str:
    inner = "".join(f'<Override PartName="/{name}" ContentType="x"/>' for name in names)
    return f'{_XML}<Types xmlns="t"><Default Extension="jpg" ContentType="j"/>{inner}</Types>'


def _docx() -> dict[str, str | bytes]:
    body = (
        f"{_XML}<w:document {_W} {_R}><w:body>"
        '<w:p w:rsidR="00AB12CD"><w:r><w:t>Seen words</w:t></w:r>'
        '<w:ins w:id="1" w:author="Jane Roe" w:date="2020-01-02T03:04:05Z"><w:r><w:t> added</w:t>'
        '</w:r></w:ins><w:del w:id="2" w:author="Jane Roe" w:date="2020-01-02T03:04:05Z"><w:r>'
        "<w:delText>hidden words</w:delText></w:r></w:del>"
        '<w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p>'
        '<w:p><w:r><w:drawing><wp:docPr xmlns:wp="p" id="1" name="SecretCam.jpg" '
        'descr="C:\\Users\\Jane Roe\\a.jpg"/><a:blip xmlns:a="a" r:embed="r1"/></w:drawing></w:r>'
        "</w:p></w:body></w:document>"
    )
    return {
        "[Content_Types].xml": _types("word/document.xml", "docProps/core.xml"),
        "_rels/.rels": _relations(
            ("officeDocument", "word/document.xml"), ("core-properties", "docProps/core.xml")
        ),
        "docProps/core.xml": _XML + _CORE,
        "word/document.xml": body,
        "word/_rels/document.xml.rels": _relations(
            ("comments", "comments.xml"), ("image", "media/image1.jpg")
        ),
        "word/comments.xml": f'{_XML}<w:comments {_W}><w:comment w:author="Jane Roe">'
        "<w:p><w:r><w:t>hidden words</w:t></w:r></w:p></w:comment></w:comments>",
        "word/settings.xml": f"{_XML}<w:settings {_W}><w:zoom w:percent='100'/><w:rsids><w:rsid "
        'w:val="00AB12CD"/></w:rsids></w:settings>',
        "word/media/image1.jpg": _photo(),
        "customXml/item1.xml": f"{_XML}<a>SERIAL-77123</a>",
    }


def _xlsx() -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": _types("xl/workbook.xml", "docProps/core.xml"),
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "docProps/core.xml": _XML + _CORE,
        "xl/workbook.xml": f'{_XML}<workbook xmlns="s" {_R}><fileSharing userName="Jane Roe"/>'
        '<x15ac:absPath xmlns:x15ac="x" url="C:\\Users\\Jane Roe\\"/>'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f'{_XML}<worksheet xmlns="s" {_R}><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>Seen words</t></is></c><c r="B1"><v>7</v></c></row>'
        '</sheetData><legacyDrawing r:id="r0"/></worksheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": _relations(("comments", "../comments1.xml")),
        "xl/comments1.xml": f"{_XML}<comments xmlns='s'><authors><author>Jane Roe</author>"
        "</authors></comments>",
    }


def _pptx() -> dict[str, str | bytes]:
    def slide(words: str) -> str:
        return (
            f'{_XML}<p:sld xmlns:p="p" xmlns:a="a"><p:cNvPr id="1" name="Jane Roe 1"/><a:p><a:r>'
            f"<a:t>{words}</a:t></a:r></a:p><p:extLst><p:ext>00AB12CD</p:ext></p:extLst></p:sld>"
        )

    return {
        "[Content_Types].xml": _types("ppt/presentation.xml"),
        "_rels/.rels": _relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f'{_XML}<p:presentation xmlns:p="p"/>',
        "ppt/slides/slide1.xml": slide("Seen words"),
        "ppt/slides/_rels/slide1.xml.rels": _relations(
            ("notesSlide", "../notesSlides/notesSlide1.xml")
        ),
        "ppt/notesSlides/notesSlide1.xml": slide("hidden words"),
        "ppt/commentAuthors.xml": f"{_XML}<a>Jane Roe</a>",
    }


def _odt() -> dict[str, str | bytes]:
    manifest = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="x"/>'
        for name in ("/", "content.xml", "meta.xml")
    )
    return {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f'{_XML}<office:document-content xmlns:office="o" xmlns:text="t" '
        'xmlns:dc="d" xmlns:officeooo="oo"><office:body><office:text><text:tracked-changes>'
        "<text:changed-region><text:deletion><dc:creator>Jane Roe</dc:creator><text:p>hidden words"
        "</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        '<text:p officeooo:rsid="00AB12CD">Seen words<office:annotation><dc:creator>Jane Roe'
        "</dc:creator><text:p>hidden words</text:p></office:annotation></text:p></office:text>"
        "</office:body></office:document-content>",
        "meta.xml": f'{_XML}<m xmlns:meta="m"><meta:initial-creator>Jane Roe'
        "</meta:initial-creator><meta:creation-date>2020-01-02T03:04:05</meta:creation-date></m>",
        "META-INF/manifest.xml": f'{_XML}<manifest:manifest xmlns:manifest="m">{manifest}'
        "</manifest:manifest>",
        "Thumbnails/thumbnail.png": b"Jane Roe",
    }


_FILES = {"DOCX": _docx, "XLSX": _xlsx, "PPTX": _pptx, "ODT": _odt}


def _written(path: Path, parts: dict[str, str | bytes]) -> Path:
    """A zip of the parts as a program wrote them on a day."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"Jane Roe"
        for name, body in parts.items():
            info = zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6))
            archive.writestr(info, body)
    return path


def _unpacked(path: Path) -> bytes:
    """All parts of a zip, and its own bytes."""
    with zipfile.ZipFile(path) as archive:
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in archive.infolist())
        return b"\n".join(archive.read(name) for name in archive.namelist()) + path.read_bytes()


@pytest.mark.parametrize("kind", list(_FILES))
def test_an_office_file_keeps_what_its_pages_show_alone(tmp_path, kind):
    path = _written(tmp_path / "a", _FILES[kind]())
    done = actions.strip(path, tmp_path / "o")
    copy = _unpacked(tmp_path / "o")
    assert not [word for word in _WORDS if word in copy]
    assert b"Seen words" in copy
    assert done["container"] == kind and done["pictures_compared"] > 0
    assert "comment of the zip" in done["removed"]


def test_a_change_that_was_tracked_is_taken_and_a_picture_stripped(tmp_path):
    path = _written(tmp_path / "a", _docx())
    done = actions.strip(path, tmp_path / "o")
    with zipfile.ZipFile(tmp_path / "o") as archive:
        body = archive.read("word/document.xml")
        assert b"<w:r><w:t> added</w:t></w:r>" in body and b"w:ins" not in body
        assert b"comments" not in archive.read("word/_rels/document.xml.rels")
        assert b"docProps" not in archive.read("[Content_Types].xml")
        with Image.open(io.BytesIO(archive.read("word/media/image1.jpg"))) as photo:
            assert photo.size == (32, 32) and not photo.getexif()
    assert {"docProps/core.xml", "element del", "attribute rsidR"} <= set(done["removed"])


@pytest.mark.parametrize("kind", ["DOCX", "ODT"])
def test_probe_shows_who_wrote_an_office_file_and_when(tmp_path, kind):
    found = actions.probe(_written(tmp_path / "a", _FILES[kind]()))
    assert any("Jane Roe" in trace for trace in found["traces"])
    assert any("2020-01-02T03:04:05" in str(clock) for clock in found["clocks"])
    if kind == "DOCX":
        assert found["device"]["make"] == "SecretCam"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
        ("word/embeddings/sheet.xlsx", b"PK"),
        ("word/media/image2.emf", b"\1\0\0\0"),
    ],
)
def test_a_part_that_is_not_known_is_refused(tmp_path, name, body):
    path = _written(tmp_path / "a", _docx() | {name: body})
    with pytest.raises(InputError) as caught:
        actions.strip(path, tmp_path / "o")
    assert caught.value.code == "strip-unsupported" and name in caught.value.message
    assert "save it as PDF" in (caught.value.hint or "") and not (tmp_path / "o").exists()


def test_a_link_to_a_picture_elsewhere_is_refused_and_one_to_a_page_stays(tmp_path):
    row = '<Relationship Id="r9" Type="{}/{}" TargetMode="External" Target="https://a.example/b"/>'
    for kind, refused in (("image", True), ("hyperlink", False)):
        parts = _docx()
        relations = str(parts["word/_rels/document.xml.rels"])
        more = row.format(_TYPE, kind) + "</Relationships>"
        parts["word/_rels/document.xml.rels"] = relations.replace("</Relationships>", more)
        path = _written(tmp_path / kind, parts)
        if refused:
            with pytest.raises(InputError, match="another file"):
                office_file(path.read_bytes(), {})
        else:
            assert b"Seen words" not in office_file(path.read_bytes(), {})


def test_a_prefix_of_its_own_does_not_hide_an_author(tmp_path):
    parts = _docx()
    body = str(parts["word/document.xml"])
    parts["word/document.xml"] = body.replace("w:", "zz:").replace("xmlns:w=", "xmlns:zz=")
    path = _written(tmp_path / "a", parts)
    actions.strip(path, tmp_path / "o")
    assert not [word for word in _WORDS if word in _unpacked(tmp_path / "o")]


def test_exiftool_finds_nothing_to_tell_in_a_stripped_docx(tmp_path):
    if exiftool.present() is None:
        pytest.skip("exiftool is not installed")
    path = _written(tmp_path / "a", _docx())
    actions.strip(path, tmp_path / "o")
    said = " ".join(map(str, (exiftool.tags(tmp_path / "o") or {}).values()))
    assert "2020" not in said and "Jane Roe" not in said
    assert "2020" in " ".join(map(str, (exiftool.tags(path) or {}).values()))
