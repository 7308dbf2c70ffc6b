"""Mail and chats: every message with its sender, every meaning of its time, and its files."""

from __future__ import annotations

import json
import re

import pytest

from noonmark.actions import documents
from noonmark.sandbox.parsers import stated_dates
from testkit.kept_schemas import keeps
from tests.documents.test_formats import read

LRM, RLM, NARROW = "\u200e", "\u200f", "\u202f"


def _locals(page: dict) -> dict[str, str]:
    return {each["order"]: each["local"] for each in page["meta"]["times"]}


def test_an_order_that_one_date_decides_holds_for_all(tmp_path):
    chat = (
        "12/03/2019, 21:05 - Messages are encrypted.\n"
        "12/03/2019, 21:06 - One: first\nsecond line\n"
        f"13/03/2019, 00:01 - Two: {LRM}IMG-1.jpg (file attached)\n"
    )
    value = read(tmp_path, chat.encode())
    assert [page["meta"]["kind"] for page in value["pages"]] == ["notice", "message", "message"]
    assert value["pages"][1]["text"] == "first\nsecond line"
    assert _locals(value["pages"][1]) == {"d/m/y": "2019-03-12T21:06:00"}
    assert value["pages"][2]["meta"]["attachments"] == [{"name": "IMG-1.jpg"}]


def test_every_meaning_stays_where_nothing_decides(tmp_path):
    chat = f"[3/12/19, 9:05:01{NARROW}PM] One: March or December?\n"
    (page,) = read(tmp_path, chat.encode())["pages"]
    assert _locals(page) == {"d/m/y": "2019-12-03T21:05:01", "m/d/y": "2019-03-12T21:05:01"}
    first = page["meta"]["times"][1]
    assert (first["utc_from"], first["utc_to"]) == ("2019-03-12T07:05:01Z", "2019-03-13T09:05:01Z")


def test_arabic_digits_marks_and_halves_of_the_day_are_read(tmp_path):
    chat = (
        f"{RLM}[١٢{RLM}/٣{RLM}/٢٠١٩، ٩:٠٥:٠١ م] One: {RLM}القائمة ٧٥\n"
        f"{RLM}[١٣{RLM}/٣{RLM}/٢٠١٩، ١٢:٠٥:٠١ ص] Two: x\n"
    )
    value = read(tmp_path, chat.encode())
    first, second = value["pages"]
    assert _locals(first) == {"d/m/y": "2019-03-12T21:05:01"}
    assert _locals(second) == {"d/m/y": "2019-03-13T00:05:01"}
    assert first["text"] == f"{RLM}القائمة ٧٥"


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("2019/3/12 下午9:05 - 甲: x", "2019-03-12T21:05:00"),
        ("[2019-03-12, 21:05] Me: x", "2019-03-12T21:05:00"),
        ("12.03.2019, 21:05 - A: x", "2019-03-12T21:05:00"),
        ("۱۲/۰۳/۲۰۱۹، ۲۱:۰۵ - A: x", "2019-03-12T21:05:00"),
        ("2019-03-12, 9:05 p.m. - A: x", "2019-03-12T21:05:00"),
    ],
)
def test_heads_of_other_languages_begin_a_message(tmp_path, line, local):
    (page,) = read(tmp_path, line.encode())["pages"]
    assert local in _locals(page).values()
    assert page["text"] == "x"


def test_no_line_of_a_chat_is_lost(tmp_path):
    lines = []
    for number in range(60):
        lines.append(f"{1 + number % 28}/02/2020, 10:{number:02d} - P{number % 3}: m{number}")
        lines += [f"  more {number}", ""] if number % 7 == 0 else []
    value = read(tmp_path, "\n".join(lines).encode())
    assert len(value["pages"]) == 60
    kept = "\n".join(page["text"] for page in value["pages"])
    assert re.findall(r"m(\d+)", kept) == [str(n) for n in range(60)]
    assert len(re.findall("more", kept)) == 9


TELEGRAM = {
    "name": "G",
    "type": "private_group",
    "id": 1,
    "messages": [
        {"id": 1, "type": "service", "date": "2019-03-12T21:05:00", "actor": "A", "action": "x"},
        {
            "id": 2,
            "type": "message",
            "date": "2019-03-12T21:06:00",
            "date_unixtime": "1552395960",
            "from": None,
            "text": ["see ", {"type": "text_link", "text": "here", "href": "https://e.org/"}],
            "file": "files/list.pdf",
            "edited": "2019-03-13T01:00:00",
            "forwarded_from": None,
            "poll": {"question": "q"},
        },
    ],
}


def test_telegram_keeps_a_missing_sender_edits_forwards_and_the_rest(tmp_path):
    value = read(tmp_path, json.dumps(TELEGRAM).encode())
    first, second = value["pages"]
    assert first["meta"]["stated_sender"] == "A" and "utc_from" in first["meta"]["times"][0]
    meta = second["meta"]
    assert second["text"] == "see here" and meta["links"] == ["https://e.org/"]
    assert meta["times"] == [{"utc": "2019-03-12T13:06:00Z", "local": "2019-03-12T21:06:00"}]
    assert "stated_sender" not in meta and "deleted" in meta["sender_missing"]
    assert meta["forwarded_from"] == "not named" and len(meta["edited"]) == 1
    assert json.loads(meta["more"]["poll"]) == {"question": "q"}


def test_signal_in_three_forms(tmp_path):
    lines = [
        {"version": "1", "backupTimeMs": "1552395960000"},
        {"recipient": {"id": "2", "contact": {"profileGivenName": "One"}}},
        {
            "chatItem": {
                "authorId": "2",
                "dateSent": "1552395960000",
                "standardMessage": {
                    "text": {"body": "hello"},
                    "attachments": [{"pointer": {"fileName": "a.jpg"}}],
                },
            }
        },
    ]
    data = "\n".join(json.dumps(line) for line in lines).encode()
    (page,) = read(tmp_path, data)["pages"]
    assert (page["text"], page["meta"]["stated_sender"]) == ("hello", "One")
    assert page["meta"]["times"] == [{"utc": "2019-03-12T13:06:00Z"}]
    assert page["meta"]["attachments"] == [{"name": "a.jpg"}]
    xml = b'<smses count="1"><sms address="+1" date="1552395960000" type="2" body="b"/></smses>'
    (page,) = read(tmp_path, xml)["pages"]
    assert (page["text"], page["meta"]["stated_sender"]) == ("b", "self")
    text = b"[2019-03-12, 13:06] Me: look ![a](./media/a.jpg)\n"
    (page,) = read(tmp_path, text)["pages"]
    assert page["meta"]["attachments"] == [{"name": "media/a.jpg"}]


def test_senders_are_aliases_and_files_are_tied_by_digest(tmp_path, case):
    folder = tmp_path / "export"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "list.pdf").write_bytes(b"words of a list")
    (folder / "result.json").write_text(json.dumps(TELEGRAM), encoding="utf-8")
    done = documents.add_documents(case, [str(folder)])
    by_name = {one["name"]: one["sha256"] for one in done["documents"]}
    told = documents.document_text(case, by_name["export/result.json"])
    keeps(told, "docs-text")
    first, second = (page["meta"] for page in told["layers"][0]["page_texts"])
    assert first["sender"] == "sender-1"
    (attached,) = second["attachments"]
    assert attached["sha256"] == by_name["export/files/list.pdf"]


MAIL = (
    b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?gb2312?B?1dCx6rmruOY=?=\r\n"
    b"Date: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\xd5\xd0\xb1\xea\xb9\xab\xb8\xe6\r\n"
    b"--B\r\nContent-Type: application/pdf\r\n"
    b'Content-Disposition: attachment; filename="../../etc/x.pdf"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--B--\r\n"
)


def test_a_wrong_character_set_is_said_and_read_as_it_fits(tmp_path):
    value = read(tmp_path, MAIL % b"Tue, 12 Mar 2019 21:05:00 +0800")
    (page,) = value["pages"]
    assert "招标公告" in page["text"].split("\n\n")[1]
    assert page["meta"]["subject"] == "招标公告"
    assert page["meta"]["times"][0]["utc"] == "2019-03-12T13:05:00Z"
    assert any("us-ascii" in note and "gb18030" in note for note in value["notes"])
    (attached,) = value["attachments"]
    assert bytes(attached["name"]) == b"../../etc/x.pdf"
    assert page["meta"]["attachments"][0]["sha256"] == attached["sha256"]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Tue, 12 Mar 2019 21:05:00 +0800", "2019-03-12T13:05:00Z"),
        ("12 Mar 19 9:05 PM EST", "2019-03-13T02:05:00Z"),
        ("Tue, 12 Mar 2019 21:05:00 -0000", "2019-03-12T21:05:00Z"),
        ("Tue, 12 Mar 2019 21:05:00", ("2019-03-12T07:05:00Z", "2019-03-13T09:05:00Z")),
        ("12 Mar 19 9:05 PM", ("2019-03-12T07:05:00Z", "2019-03-13T09:05:00Z")),
        ("Tue, 32 Mar 2019 21:05:00 +0800", None),
        ("yesterday", None),
    ],
)
def test_the_date_of_a_mail_has_the_meanings_it_can_have(text, meaning):
    found = stated_dates.of_mail(text)
    told = [each.get("utc") or (each["utc_from"], each["utc_to"]) for each in found]
    assert told == ([] if meaning is None else [meaning])


def test_a_mailbox_is_cut_at_its_mails_and_nowhere_else(tmp_path):
    one = b"From a@b Tue Mar 12 21:05:00 2019\nFrom: a@b\nSubject: %d\n\n>From x\nFrom here on\n\n"
    data = b"".join(one % number for number in range(3))
    value = read(tmp_path, data)
    assert [page["meta"]["subject"] for page in value["pages"]] == ["0", "1", "2"]
    assert all("From here on" in page["text"] for page in value["pages"])
    assert any("3 lines" in note for note in value["notes"])


def test_a_long_mailbox_comes_in_pieces_and_loses_no_mail(tmp_path, case, monkeypatch):
    from noonmark.sandbox.tasks import document_text

    monkeypatch.setattr(document_text, "_PIECE", 400)
    one = "From a@b Tue Mar 12 21:05:00 2019\nFrom: a{0}@b\nSubject: s{0}\n\nbody {0}\n\n"
    path = tmp_path / "box.mbox"
    path.write_text("".join(one.format(n) for n in range(40)), encoding="ascii")
    done = documents.add_documents(case, [str(path)])
    told = documents.document_text(case, done["documents"][0]["sha256"])
    pages = told["layers"][0]["page_texts"]
    assert [page["meta"]["subject"] for page in pages] == [f"s{n}" for n in range(40)]
    assert [page["label"] for page in pages] == [str(n) for n in range(1, 41)]
    assert pages[-1]["meta"]["sender"] == "sender-40"


def test_parts_behind_the_stated_end_are_read(tmp_path):
    part = b"--B\r\nContent-Type: application"
    data = (MAIL % b"").replace(part, b"--B--\r\n\r\n" + part)
    value = read(tmp_path, data)
    assert len(value["attachments"]) == 1
    assert any("behind the end" in note for note in value["notes"])


def test_a_mail_inside_a_mail_is_a_page_of_its_own(tmp_path):
    inner = b"From: c@d\nSubject: inner\n\ninside words\n"
    data = (
        b"From: a@b\nSubject: outer\nContent-Type: multipart/mixed; boundary=B\n\n--B\n"
        b"Content-Type: message/rfc822\n\n" + inner + b"--B--\n"
    )
    value = read(tmp_path, data)
    assert [page["label"] for page in value["pages"]] == ["1", "1.1"]
    assert "inside words" in value["pages"][1]["text"]


def test_a_beacon_is_named_and_not_loaded(tmp_path):
    data = (
        b"From: a@b\nSubject: s\nContent-Type: text/html\n\n"
        b"<p>see <img src='http://127.0.0.1:9/b.png'></p>"
    )
    value = read(tmp_path, data)
    assert any("nothing was loaded" in note for note in value["notes"])


COUNTS = {
    "chat/telegram_result.json": 3,
    "chat/whatsapp_android_en.txt": 5,
    "chat/whatsapp_ios_ar.txt": 2,
    "chat/whatsapp_ios_us_narrow_nbsp.txt": 1,
    "eml/made_beacon_and_path.eml": 1,
    "eml/made_two_mails.mbox": 2,
    "eml/made_wrong_charset.eml": 1,
    "eml/mail_malformed_1.eml": 1,
    "eml/mail_test_12.eml": 1,
}
"""Messages counted by hand."""


@pytest.mark.shared
@pytest.mark.parametrize("name", COUNTS)
def test_nothing_is_lost_against_a_count_by_hand(shared, tmp_path, name):
    value = read(tmp_path, (shared / name).read_bytes())
    assert len(value["pages"]) == COUNTS[name]
    assert "\ufffd" not in "".join(page["text"] for page in value["pages"])


@pytest.mark.shared
def test_the_attachment_of_a_malformed_mail_is_not_lost(shared, tmp_path):
    value = read(tmp_path, (shared / "eml" / "mail_malformed_1.eml").read_bytes())
    names = [bytes(each["name"]) for each in value["attachments"]]
    assert names == [b"20160523_916527.jpg_.zip"]
