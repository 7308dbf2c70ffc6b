"""Exports of Telegram and Signal in the layouts that the programs write: every message, counted by
hand, with what it forwards, answers, asks, and what the export left out.
"""

from __future__ import annotations

import json

import pytest

from noonmark.errors import InputError
from tests.documents.test_formats import read

NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"
HEAD = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"/><title>Exported Data</title></head><body>'
    '<div class="page_wrap"><div class="page_header"><div class="content"><div class="text bold">\n'
    'Group of aliases\n</div></div></div><div class="page_body chat_page"><div class="history">\n'
)


def _telegram(number: int, body: str, *, joined: bool = False, at: str = "") -> str:
    more = " joined" if joined else ""
    stated = at or "12.03.2019 21:06:00 UTC+08:00"
    return (
        f'<div class="message default clearfix{more}" id="message{number}">\n'
        '<div class="pull_left userpic_wrap"><div class="userpic userpic1"><div class="initials">'
        '\nA\n</div></div></div><div class="body">\n<div class="pull_right date details" '
        f'title="{stated}">\n21:06\n</div>\n{body}\n</div></div>\n'
    )


FROM = '<div class="from_name">\nAlias One \n</div>\n'
MESSAGES = [
    '<div class="message service" id="message-1"><div class="body details">\n12 March 2019\n'
    "</div></div>",
    '<div class="message service" id="message1"><div class="body details">\nAlias One created group'
    "\n</div></div>",
    _telegram(
        2,
        FROM + '<div class="text">\n招标 <a href="https://example.org/a?b=1&amp;c">here</a><br>two '
        "&lt;b&gt;\n</div>",
    ),
    _telegram(
        3,
        '<div class="reply_to details">\nIn reply to <a href="#go_to_message2" onclick="return '
        'GoToMessage(2)">this message</a>\n</div><div class="text">\nyes\n</div>'
        '<span class="reactions"><span class="reaction"><span class="emoji">👍</span>'
        '<span class="count">2</span></span></span>',
        joined=True,
    ),
    _telegram(
        4,
        '<div class="from_name">\nAlias Two\n</div><div class="pull_left forwarded userpic_wrap">'
        '<div class="userpic"><div class="initials">C</div></div></div><div class="forwarded body">'
        '<div class="from_name">\nChannel <span class="date details" title="11.03.2019 20:00:00">'
        ' 11.03.2019 20:00:00</span>\n</div><div class="text">\nforwarded words\n</div></div>',
    ),
    _telegram(
        5,
        '<div class="media_wrap clearfix"><a class="photo_wrap clearfix pull_left" href="photos/'
        'photo_1.jpg"><img class="photo" src="photos/photo_1_thumb.jpg"/></a></div>',
        joined=True,
    ),
    _telegram(
        6,
        '<div class="media_wrap clearfix"><div class="media clearfix pull_left media_video"><div '
        'class="fill pull_left"></div><div class="body"><div class="title bold">\nVideo file\n'
        '</div><div class="description">\nNot included, change data exporting settings to download.'
        '\n</div><div class="status details">\n00:31, 5.1 MB\n</div></div></div></div>',
        joined=True,
    ),
    _telegram(
        7,
        FROM
        + '<div class="media_wrap clearfix"><div class="media_poll"><div class="question bold">'
        '\nWhen?\n</div><div class="details">Anonymous poll</div><div class="answer">\n- Monday '
        '<span class="count">3</span></div><div class="answer">\n- Friday\n</div></div></div>',
        at="13.03.2019 01:00:00",
    ),
]


def test_every_message_of_a_telegram_page_is_kept(tmp_path):
    value = read(tmp_path, (HEAD + "".join(MESSAGES) + "</div></div></div></body>").encode())
    found = {page["label"]: page for page in value["pages"]}
    assert list(found) == ["-1", "1", "2", "3", "4", "5", "6", "7"]
    texts = [page["text"] for page in value["pages"]]
    assert texts == [
        "12 March 2019", "Alias One created group", "招标 here\ntwo <b>", "yes", "forwarded words",
        "", "", "When?\n- Monday 3\n- Friday",
    ]  # fmt: skip
    meta = {label: page["meta"] for label, page in found.items()}
    assert [meta[label]["kind"] for label in ("-1", "1", "2")] == ["notice", "notice", "message"]
    assert meta["2"]["times"][0]["utc"] == "2019-03-12T13:06:00Z"
    assert meta["2"]["links"] == ["https://example.org/a?b=1&c"]
    assert meta["3"]["stated_sender"] == "Alias One" and meta["3"]["reply_to"] == "2"
    assert meta["4"]["stated_sender"] == "Alias Two" and meta["4"]["forwarded_from"] == "Channel"
    assert meta["4"]["forwarded"][0]["local"] == "2019-03-11T20:00:00"
    assert meta["5"]["attachments"] == [{"name": "photos/photo_1.jpg"}]
    (missing,) = meta["6"]["attachments"]
    assert missing["name"] == "Video file" and missing["missing"].startswith("Not included")
    assert "utc_from" in meta["7"]["times"][0]


def test_a_telegram_page_that_is_cut_keeps_what_there_is(tmp_path):
    whole = (HEAD + "".join(MESSAGES)).encode()
    for cut in range(len(HEAD) + 80, len(whole), 211):
        value = read(tmp_path, whole[:cut])
        assert value["kind"] == "chat" and value["pages"]


def test_telegram_data_says_what_was_left_out_and_what_was_asked(tmp_path):
    def message(number: int, **more: object) -> dict:
        base = {"id": number, "type": "message", "date": "2019-03-12T21:06:00", "from": "A"}
        return {**base, "date_unixtime": "1552395960", "text": "", **more}

    poll = {
        "question": "When?",
        "closed": False,
        "total_voters": 3,
        "answers": [{"text": "Monday", "voters": 3}, {"text": "Friday", "voters": 0}],
    }
    messages = [
        message(1, type="service", action="edit_group_title", title="New title", actor="A"),
        message(2, photo=NOT_INCLUDED, width=800, height=600),
        message(3, file=NOT_INCLUDED, file_name="list.pdf", mime_type="application/pdf"),
        message(4, file="video_files/v.mp4", media_type="video_message", duration_seconds=9),
        message(5, poll=poll),
        message(6, text=[{"type": "bold", "text": "b"}, "c"], reply_to_message_id=5),
        message(7, forwarded_from="Channel", saved_from="Channel", text="f"),
        message(8, sticker_emoji="👍", file=NOT_INCLUDED, media_type="sticker"),
    ]
    data = {"name": "G", "type": "private_group", "id": 1, "messages": messages}
    pages = read(tmp_path, json.dumps(data).encode())["pages"]
    assert [page["text"] for page in pages] == [
        "edit_group_title: New title", "", "", "", "When?\nMonday\nFriday", "bc", "f", "👍",
    ]  # fmt: skip
    meta = [page["meta"] for page in pages]
    missing = NOT_INCLUDED.strip("()")
    assert meta[1]["attachments"] == [{"name": "photo", "missing": missing}]
    assert meta[2]["attachments"] == [{"name": "list.pdf", "missing": missing}]
    assert meta[3]["attachments"] == [{"name": "video_files/v.mp4"}]
    assert json.loads(meta[4]["more"]["poll"])["total_voters"] == 3
    assert (meta[5]["reply_to"], meta[6]["forwarded_from"]) == ("5", "Channel")


def test_the_plain_text_of_signalbackup_tools_keeps_every_message(tmp_path):
    text = (
        "[Mar 12, 2019 21:05:33] *** Alias One joined the group\n"
        "[Mar 12, 2019 21:06:00] <Alias One> first\nsecond line: [no head]\n\n"
        '[Mar 12, 2019 21:07:00] *** <Alias Two> sent file "list.pdf"\n'
        "[Mar 12, 2019 21:07:00] <Alias Two> see the list\n"
        "[Mar 12, 2019 21:08:00] *** <me> sent file of type image/jpeg\n"
        "[Mar 12, 2019 21:09:00] <me> \n"
    )
    pages = read(tmp_path, text.encode())["pages"]
    assert [page["text"] for page in pages] == [
        "Alias One joined the group", "first\nsecond line: [no head]\n",
        '<Alias Two> sent file "list.pdf"', "see the list", "<me> sent file of type image/jpeg", "",
    ]  # fmt: skip
    meta = [page["meta"] for page in pages]
    assert [one["kind"] for one in meta] == ["notice"] + 5 * ["message"]
    assert [one.get("stated_sender") for one in meta[1:]] == [
        "Alias One", "Alias Two", "Alias Two", "me", "me",
    ]  # fmt: skip
    assert meta[2]["attachments"] == [{"name": "list.pdf"}]
    assert meta[4]["attachments"] == [{"name": "image/jpeg"}]
    assert meta[1]["times"][0]["local"] == "2019-03-12T21:06:00"


def test_messages_of_signal_on_a_computer_are_read(tmp_path):
    def message(kind: str, **more: object) -> dict:
        return {"conversationId": "c1", "type": kind, "sent_at": 1552395960000, **more}

    messages = [
        message("incoming", sourceServiceId="s1", body="hello", received_at=1552395961000),
        message("outgoing", body="", attachments=[{"path": "ab/cd", "contentType": "image/jpeg"}]),
        message("incoming", source="+1", body="yes", quote={"id": 1552395960000, "text": "hello"}),
        message("call-history", callHistoryDetails={"wasVideoCall": False}),
        message("incoming", body="no sender", reactions=[{"emoji": "👍"}]),
    ]
    pages = read(tmp_path, json.dumps(messages).encode())["pages"]
    assert [page["text"] for page in pages] == ["hello", "", "yes", "call-history", "no sender"]
    meta = [page["meta"] for page in pages]
    assert [one.get("stated_sender") for one in meta] == ["s1", "self", "+1", None, None]
    assert meta[0]["times"] == [{"utc": "2019-03-12T13:06:00Z"}]
    assert meta[0]["received"] == [{"utc": "2019-03-12T13:06:01Z"}]
    assert meta[1]["attachments"] == [{"name": "ab/cd"}]
    assert (meta[2]["reply_to"], meta[2]["quoted"]) == ("1552395960000", "hello")
    assert meta[3]["kind"] == "notice" and "callHistoryDetails" in meta[3]["more"]


def test_the_lines_of_signal_export_are_read(tmp_path):
    lines = [
        {"date": "2019-03-12 21:06:00", "sender": "Alias One", "body": "看", "quote": "",
         "sticker": "", "reactions": [["Me", "👍"]],
         "attachments": [{"name": "a.jpg", "path": "./media/a.jpg"}]},
        {"date": "2019-03-12 21:07:00", "sender": "Me", "body": "", "quote": "看", "sticker": "x",
         "reactions": [], "attachments": []},
    ]  # fmt: skip
    data = "\n".join(json.dumps(line) for line in lines)
    first, second = read(tmp_path, data.encode())["pages"]
    assert (first["text"], first["meta"]["stated_sender"]) == ("看", "Alias One")
    assert first["meta"]["attachments"] == [{"name": "./media/a.jpg"}]
    assert json.loads(second["meta"]["more"]["quote"]) == "看"
    with pytest.raises(InputError) as caught:
        read(tmp_path, (data + "\nno message").encode())
    assert caught.value.code == "document-damaged"
