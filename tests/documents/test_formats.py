"""Office files, pages of the web and plain text: what is read, and what hostile files end as."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from noonmark.errors import InputError
from tests.sandbox.inprocess import run_task

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(members: dict[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def read(tmp_path: Path, data: bytes, **payload: str) -> dict:
    path = tmp_path / "document"
    path.write_bytes(data)
    asked = {"at": 0, "after": "", "encoding": None, **payload}
    value = run_task("document_text", asked, [path])
    return {**value, "pages": json.loads(bytes(value["pages"]))}


def texts(value: dict) -> list[tuple[str, str]]:
    return [(page["label"], page["text"]) for page in value["pages"]]


def refused(tmp_path: Path, data: bytes, **payload: str) -> str:
    with pytest.raises(InputError) as caught:
        read(tmp_path, data, **payload)
    return caught.value.code


def word(body: str, head: str = "") -> dict[str, str]:
    xml = f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return {"word/document.xml": xml}


def test_a_word_file_has_pages_notes_and_changes(tmp_path):
    body = (
        "<w:p><w:r><w:t>一、项目</w:t><w:tab/><w:t>墙</w:t></w:r></w:p>"
        '<w:p><w:r><w:br w:type="page"/><w:t>second</w:t></w:r>'
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
    )
    note = f'<w:footnotes xmlns:w="{W}"><w:p><w:r><w:t>a note</w:t></w:r></w:p></w:footnotes>'
    value = read(tmp_path, zipped({**word(body), "word/footnotes.xml": note}))
    assert value["kind"] == "docx"
    assert texts(value) == [("1", "一、项目\t墙"), ("2", "second"), ("footnotes", "a note")]
    assert any("1 deleted" in note for note in value["notes"])


def test_a_workbook_keeps_stored_values_formulas_and_hidden_sheets(tmp_path):
    sheet = (
        f'<worksheet xmlns="{S}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c>'
        '<c r="B1"><f>SUM(1,2)</f><v>99</v></c></row>'
        '<row r="7"><c r="B7" t="inlineStr"><is><t>end</t></is></c></row></sheetData></worksheet>'
    )
    members = {
        "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets>'
        '<sheet name="Plan" r:id="r1" state="hidden"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{S}"><si><t>招标</t>'
        "<rPh><t>zhao</t></rPh></si></sst>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    value = read(tmp_path, zipped(members))
    (page,) = value["pages"]
    assert (page["label"], page["text"]) == ("Plan", "招标\t99\nend")
    assert page["meta"]["formulas"] == [["B1", "=SUM(1,2)"]]
    assert page["meta"]["hidden"] is True
    places = {name: page["text"][start:end] for name, start, end in page["meta"]["cells"]}
    assert places == {"A1": "招标", "B1": "99", "B7": "end"}


def test_slides_come_in_their_order_and_with_their_notes(tmp_path):
    def slide(text: str) -> str:
        return f"<p:sld xmlns:p='p' xmlns:a='a'><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"

    members = {f"ppt/slides/slide{n}.xml": slide(f"slide {n}") for n in (10, 2)}
    members |= {"ppt/presentation.xml": "<p/>", "ppt/notesSlides/notesSlide1.xml": slide("said")}
    value = read(tmp_path, zipped(members))
    assert texts(value) == [("slide 2", "slide 2"), ("slide 10", "slide 10"), ("notes 1", "said")]


def test_open_document_text_and_sheets_are_read(tmp_path):
    kinds = "application/vnd.oasis.opendocument."
    text = (
        "<office xmlns:t='t'><t:p>one<t:s t:c='2'/>two</t:p><t:soft-page-break/>"
        "<t:h>three</t:h></office>"
    )
    value = read(tmp_path, zipped({"mimetype": f"{kinds}text", "content.xml": text}))
    assert texts(value) == [("1", "one  two"), ("2", "three")]
    sheet = (
        "<office xmlns:t='t'><t:table t:name='S'><t:table-row>"
        "<t:table-cell t:number-columns-repeated='2'/>"
        "<t:table-cell t:formula='of:=[.A1]'><t:p>5</t:p></t:table-cell>"
        "</t:table-row></t:table></office>"
    )
    value = read(tmp_path, zipped({"mimetype": f"{kinds}spreadsheet", "content.xml": sheet}))
    (page,) = value["pages"]
    assert page["meta"] == {"cells": [["C1", 0, 1]], "formulas": [["C1", "=[.A1]"]]}


XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("head", [XXE, LAUGHS, "<!DOCTYPE x>"])
def test_entities_are_refused(tmp_path, head):
    assert refused(tmp_path, zipped(word("&e;", head))) == "xml-entities"


def test_a_bomb_ends_before_it_is_unpacked(tmp_path):
    bomb = word("<w:p><w:t>" + " " * (30 << 20) + "</w:t></w:p>")
    assert refused(tmp_path, zipped(bomb)) == "document-bomb"


def test_deep_nesting_and_broken_xml_are_damage(tmp_path):
    assert refused(tmp_path, zipped(word("<w:p>" * 1000))) == "document-damaged"
    assert refused(tmp_path, zipped(word("<w:p>"))) == "document-damaged"
    cut = zipped(word("<w:p/>"))[:-30]
    assert refused(tmp_path, cut) == "document-damaged"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "document-empty"),
        (zipped({"a.bin": b"x"}), "document-unsupported"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "document-damaged"),
        (bytes(range(1, 32)) * 40, "document-unsupported"),
        ("招标公告 投标人".encode("gb18030"), "text-encoding-unknown"),
    ],
)
def test_what_is_not_read_says_why(tmp_path, data, code):
    assert refused(tmp_path, data) == code


def test_an_encoding_is_found_or_asked(tmp_path):
    words = "招标公告 ئۇيغۇرچە"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert texts(read(tmp_path, words.encode(encoding))) == [("1", words)]
    assert texts(read(tmp_path, "wide words".encode("utf-16-le"))) == [("1", "wide words")]
    gb = "招标公告".encode("gb18030")
    assert texts(read(tmp_path, gb, encoding="gb18030")) == [("1", "招标公告")]
    assert refused(tmp_path, gb, encoding="ascii") == "text-encoding-bad"
    assert refused(tmp_path, gb, encoding="none-such") == "text-encoding-bad"


def test_nul_and_half_a_pair_become_a_sign_of_loss(tmp_path):
    data = b"<html><body>a\x00b&#xD800;c</body></html>"
    ((_, text),) = texts(read(tmp_path, data))
    assert text.startswith("a\ufffdb") and text.endswith("c")
    text.encode("utf-8")


def test_a_form_feed_ends_a_page(tmp_path):
    assert texts(read(tmp_path, b"one\fthree")) == [("1", "one"), ("2", "three")]


def test_a_web_page_loads_nothing_and_says_what_it_hides(tmp_path):
    page = (
        "<!doctype html><html lang=ug><head><title>T</title><script>var x='not text'</script>"
        "</head><body><p>one<p>two<img src=//example.org/a.png alt=picture>"
        "<div style='display:none'>hidden words</div></body></html>"
    )
    value = read(tmp_path, page.encode())
    (found,) = value["pages"]
    assert found["text"].split("\n")[0] == "one" and "not text" not in found["text"]
    assert found["meta"]["would_load"] == ["//example.org/a.png"]
    assert found["meta"]["hidden_text"] == ["hidden words"]
    assert value["language"] == "ug"


def test_a_web_page_is_read_in_the_set_that_it_names(tmp_path):
    page = '<html><meta charset="gb18030"><body>招标公告</body></html>'.encode("gb18030")
    assert texts(read(tmp_path, page))[0][1] == "招标公告"
