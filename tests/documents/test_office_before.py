"""Rich text, mails of Outlook, and what is refused of old Office files."""

from __future__ import annotations

import struct

import pytest

from noonmark.documents import reading
from noonmark.errors import InputError
from tests.documents.made_msg import compound, properties, texts
from tests.documents.test_formats import read, refused
from tests.documents.test_formats import texts as pages

RTF = (
    rb"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fcharset204 Times New Roman;}{\f1\fcharset134"
    rb" SimSun;}{\f2\fcharset178 Arial;}}{\colortbl;\red0\green0\blue0;}{\info{\author A}}"
    rb"{\header on top\par}\pard\f0 \'cf\'f0\'e8\'ea\'e0\'e7 \f1\'d5\'d0\'b1\'ea{\f2 \'d3\'cc\'e4}"
    rb"\par\uc1\u1606?\u1575?\u-10179?\u-9216?\tab x\~y{\*\generator G;}{\v secret}"
    rb"{\deleted gone}\{a\}\page second{\footnote a note}{\pict\bin3 {}{}end}"
)


def test_rich_text_is_read_in_its_code_pages(tmp_path):
    value = read(tmp_path, RTF)
    assert value["kind"] == "rtf"
    assert pages(value) == [
        ("1", "Приказ 招标سجن\nنا\U0001f400\tx\u00a0ysecret{a}"),
        ("2", "secondend"),
        ("headers", "on top"),
        ("notes", "a note"),
    ]
    said = " ".join(value["notes"])
    assert "4 characters are marked as deleted" in said and "6 characters" in said


@pytest.mark.parametrize("data", [rb"{\rtf1 cut {\b off", rb"{\rtf1 }}}}x", rb"{\rtf1\u99999 x}"])
def test_rich_text_that_is_not_whole_gives_what_there_is(tmp_path, data):
    assert read(tmp_path, data)["kind"] == "rtf"


def test_rich_text_nested_without_end_is_refused(tmp_path):
    assert refused(tmp_path, b"{\\rtf1" + b"{" * 5000) == "document-damaged"


def _filetime(unix_s: int) -> bytes:
    return struct.pack("<Q", (unix_s + 11_644_473_600) * 10**7)


INNER = {
    "__properties_version1.0": properties({0x0039: (0x40, _filetime(1552395960))}, 24),
    **texts({0x0037: "inner", 0x1000: "inside words", 0x0C1A: "C", 0x5D01: "c@example.org"}),
}
MSG = {
    "__properties_version1.0": properties({0x3FFD: (3, struct.pack("<i", 936))}, 32),
    **texts(
        {
            0x0037: "招标公告",
            0x1000: "plain words\r\nمەكتەپ",
            0x0C1A: "A",
            0x5D01: "a@example.org",
            0x1035: "<1@example.org>",
            0x007D: "Received: x\r\nDate: Tue, 12 Mar 2019 21:05:00 +0800\r\nSubject: y\r\n",
        }
    ),
    "__substg1.0_10130102": "<p>另外的话<img src='http://127.0.0.1:9/b.png'>".encode("gb18030"),
    "__recip_version1.0_#00000000": {
        "__properties_version1.0": properties({0x0C15: (3, struct.pack("<i", 2))}, 8),
        **texts({0x3001: "B", 0x39FE: "b@example.org"}),
    },
    "__attach_version1.0_#00000000": {
        "__properties_version1.0": properties({}, 8),
        **texts({0x3707: "../../list.pdf", 0x370E: "application/pdf"}),
        "__substg1.0_37010102": b"%PDF-1.4 " + bytes(9000),
    },
    "__attach_version1.0_#00000001": {
        "__properties_version1.0": properties({}, 8),
        "__substg1.0_3701000D": INNER,
    },
}


def test_a_mail_of_outlook_is_read_with_what_came_with_it(tmp_path):
    value = read(tmp_path, compound(MSG))
    first, second = value["pages"]
    assert first["text"] == (
        "From: A <a@example.org>\nCc: B <b@example.org>\nSubject: 招标公告\n"
        "Date: Tue, 12 Mar 2019 21:05:00 +0800\n\nplain words\nمەكتەپ\n另外的话"
    )
    meta = first["meta"]
    assert meta["times"][0]["utc"] == "2019-03-12T13:05:00Z"
    assert (meta["stated_sender"], meta["id"]) == ("A <a@example.org>", "<1@example.org>")
    (attached,) = value["attachments"]
    assert (attached["size"], bytes(attached["data"])[:8]) == (9009, b"%PDF-1.4")
    assert meta["attachments"][0]["sha256"] == attached["sha256"]
    assert second["label"] == "1.1" and "inside words" in second["text"]
    assert second["meta"]["times"] == [{"utc": "2019-03-12T13:06:00Z"}]
    assert any("nothing was loaded" in note for note in value["notes"])


def test_a_mail_of_rich_text_alone_is_unpacked(tmp_path):
    # the example of [MS-OXRTFCP], section 4.1: a run that repeats itself
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af320"
        "68656c09002062"
        "7705b06c647d0a800fa0"
    )
    mail = {
        "__properties_version1.0": properties({}, 32),
        **texts({0x0037: "s"}),
        "__substg1.0_10090102": packed,
    }
    (page,) = read(tmp_path, compound(mail))["pages"]
    assert page["text"] == "Subject: s\n\nhello world"


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"WordDocument": b"x"}, "convert-to docx"),
        ({"Workbook": b"x"}, "convert-to xlsx"),
        ({"PowerPoint Document": b"x"}, "convert-to pptx"),
        ({"Else": b"x"}, "save it as"),
    ],
)
def test_an_old_office_file_says_what_to_do(tmp_path, tree, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, compound(tree))
    assert caught.value.code == "document-unsupported"
    assert words in str(caught.value.hint)


def test_a_locked_office_file_is_told_from_an_old_one(tmp_path):
    assert refused(tmp_path, compound({"EncryptedPackage": b"x"})) == "document-password"


def test_a_damaged_compound_file_is_damage_and_no_crash(tmp_path):
    whole = compound(MSG)
    codes = set()
    for cut in range(8, len(whole), 997):
        changed = whole[:cut] + b"\xff" * 64 + whole[cut + 64 :]
        for data in (changed, whole[:cut]):
            try:
                read(tmp_path, data)
            except InputError as error:
                codes.add(error.code)
    assert codes <= {"document-damaged", "document-unsupported"}
    assert "document-damaged" in codes


@pytest.mark.parametrize("first", [compound({"a": b"%PDF-1.4"})[:600], b"PK\x03\x04 %PDF-1.4"])
def test_a_file_that_holds_a_pdf_is_not_one(tmp_path, first):
    path = tmp_path / "holds"
    path.write_bytes(first + b"%PDF-1.4")
    assert reading.kind_of(path) == "other"
