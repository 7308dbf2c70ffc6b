"""Chats that Telegram exported as pages of the web (messages.html): each message with its sender,
its time, what it answers, where it was forwarded from, and the files that came with it or did not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from noonmark.sandbox.parsers import stated_dates, text_encoding
from noonmark.sandbox.parsers.document_pages import FoundPages

_VOID = frozenset(
    (
        "br",
        "img",
        "meta",
        "link",
        "input",
        "hr",
        "source",
        "wbr",
        "col",
    )
)
_STATED = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)(?: UTC([+-]\d\d:\d\d))?")
_NUMBER = re.compile(r"message(-?\d+)$")
_FILE = re.compile(r"(?:^|_)(?:wrap|media|voice_message|file|photo|video)(?:_|$)")
_MORE = (
    "signature",
    "status",
    "reactions",
    "via_bot",
)
_PARTS = {
    "reply_to": "reply_to",
    "initials": "picture",
    "userpic": "picture",
    "date": "date",
    "question": "question",
    "answer": "answer",
    "title": "title",
    "description": "description",
    **{name: name for name in _MORE},
}
"""The parts of a message by the class of their element."""
_OWN_LINES = frozenset(
    (
        "question",
        "answer",
        "title",
        "description",
        "status",
    )
)
_LONGEST = 2000


@dataclass
class _Told:
    """One message while it is read: texts by the part of it that they stand in."""

    label: str
    is_notice: bool
    joined: bool
    texts: dict[str, list[str]] = field(default_factory=dict)
    stated: str = ""
    forwarded_at: str = ""
    reply_to: str = ""
    links: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def text(self, part: str) -> str:
        """What stands in a part, its blanks as a reader sees them."""
        said = "".join(self.texts.get(part, []))
        lines = (" ".join(line.split()) for line in said.replace("\n", " ").split("\v"))
        return "\n".join(lines).strip()


def looks_like_telegram(head: bytes) -> bool:
    """Whether the first bytes are those of a page of such an export."""
    return b"page_wrap" in head and b"page_header" in head


def read(data: bytes, found: FoundPages, encoding: str | None) -> None:
    """Take up every message as a page, labelled by its number in the chat."""
    found.kind = "chat"
    reader = _Messages()
    reader.feed(text_encoding.decoded(data, encoding).text)
    reader.close()
    sender = ""
    for told in reader.finished():
        if not told.is_notice and not told.joined:
            sender = told.text("from")
        found.add(told.label, _shown(told), _meta(told, sender, found))


class _Messages(HTMLParser):
    """Follows the elements of a page; each text belongs to the innermost part that has a name."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str]] = []
        self._messages: list[_Told] = []
        self._depth = 0

    def finished(self) -> list[_Told]:
        """The messages in the order of the page."""
        return self._messages

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        values = {name: value or "" for name, value in attrs}
        classes = values.get("class", "").split()
        if tag == "div" and classes[:1] == ["message"]:
            self._begin(values.get("id", ""), classes)
        part = self._part(classes)
        if self._messages and self._depth:
            self._note(tag, classes, values, part)
        if tag not in _VOID:
            self._open.append((tag, part))

    def _begin(self, name: str, classes: list[str]) -> None:
        number = _NUMBER.match(name)
        label = number[1] if number else name
        self._messages.append(_Told(label, "service" in classes, "joined" in classes))
        self._depth = len(self._open) + 1

    def _part(self, classes: list[str]) -> str:
        """The part that an element opens, or that it lies in."""
        around = self._open[-1][1] if self._open else ""
        before = "forwarded " if around.startswith("forwarded") else ""
        if "forwarded" in classes and "body" in classes:
            return "forwarded"
        if classes[:1] == ["from_name"]:
            return f"{before}from"
        if classes[:2] == ["body", "details"] or classes[:1] == ["text"]:
            return f"{before}text"
        for name in classes:
            if name in _PARTS:
                return _PARTS[name]
            if name.startswith("media_"):
                return "media"
        return around

    def _note(self, tag: str, classes: list[str], values: dict[str, str], part: str) -> None:
        """What an element says besides its text."""
        told = self._messages[-1]
        title = values.get("title", "")
        if part == "date" and title:
            if "pull_right" in classes:
                told.stated = title
            else:
                told.forwarded_at = title
        if tag == "a":
            self._address(values.get("href", ""), classes, part)
        if tag == "br" or (tag == "div" and part in _OWN_LINES):
            told.texts.setdefault(part, []).append("\v")

    def _address(self, address: str, classes: list[str], part: str) -> None:
        """Where a link leads: to the message that is answered, elsewhere, or to a file."""
        told = self._messages[-1]
        is_elsewhere = "://" in address
        if part == "reply_to":
            told.reply_to = address.rpartition("message")[2]
        elif part.endswith("text"):
            told.links += [address[:_LONGEST]] if is_elsewhere else []
        elif address and not is_elsewhere and any(map(_FILE.search, classes)):
            told.files.append(address)

    def handle_endtag(self, tag: str) -> None:
        """An element ends; elements that were left open inside it end too."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                break
        if len(self._open) < self._depth:
            self._depth = 0

    def handle_data(self, data: str) -> None:
        """Text."""
        if self._messages and self._depth and self._open:
            self._messages[-1].texts.setdefault(self._open[-1][1], []).append(data)


def _shown(told: _Told) -> str:
    """The text of a message: its own, what it forwards, a poll's question and answers."""
    parts = [told.text("text"), told.text("forwarded text"), told.text("question")]
    answers = [line for line in told.text("answer").split("\n") if line]
    return "\n".join([part for part in parts if part] + answers)


def _meta(told: _Told, sender: str, found: FoundPages) -> dict[str, Any]:
    """What is known of a message besides its text."""
    meta: dict[str, Any] = {
        "kind": "notice" if told.is_notice else "message",
        "stated_time": told.stated,
        "times": _times(told.stated, found),
    }
    if sender and not told.is_notice:
        meta["stated_sender"] = sender
    elif not told.is_notice:
        meta["sender_missing"] = "the page names none"
    if "forwarded from" in told.texts:
        meta["forwarded_from"] = told.text("forwarded from") or "not named"
    if told.forwarded_at:
        meta["forwarded"] = _times(told.forwarded_at, found)
    if told.reply_to:
        meta["reply_to"] = told.reply_to
    attached = _attached(told)
    if attached:
        meta["attachments"] = attached
    if told.links:
        meta["links"] = told.links
    more = {name: told.text(name)[:_LONGEST] for name in _MORE if told.text(name)}
    if more:
        meta["more"] = more
    return meta


def _attached(told: _Told) -> list[dict[str, str]]:
    """The files of a message; one that the export left out, with the words that say so."""
    if told.files:
        return [{"name": name} for name in dict.fromkeys(told.files)]
    title, missing = told.text("title"), told.text("description")
    if not title and not missing:
        return []
    return [{"name": title or "not named", "missing": missing or "no file"}]


def _times(stated: str, found: FoundPages) -> list[dict[str, Any]]:
    """The meanings of a stated time: the instant where its offset is stated, else a span."""
    match = _STATED.fullmatch(stated.strip())
    if match is None:
        return []
    day, month, year, *clock, offset = match.groups()
    text = f"{year}-{month}-{day}T{':'.join(clock)}"
    try:
        moment = datetime.fromisoformat(text + (offset or ""))
    except ValueError:
        return []
    if offset:
        return [{**stated_dates.instant(moment), "local": text}]
    found.note("some times have no offset from UTC: they are those of the exporting device's clock")
    return [{**stated_dates.span(moment)}]
