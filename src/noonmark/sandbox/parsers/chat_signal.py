"""Chats of Signal: its JSON lines, the messages of its program for computers, the lines of
signal-export, the plain text of signalbackup-tools, and its XML of Android.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from noonmark.sandbox.parsers import safe_xml, stated_dates
from noonmark.sandbox.parsers.chat_json import damaged, short
from noonmark.sandbox.parsers.document_pages import FoundPages

_TOOLS_LINE = re.compile(r"\[([A-Z][a-z]{2} \d{2}, \d{4} \d{2}:\d{2}:\d{2})\] (<|\*\*\* ?)")
_TOOLS_SENDER = re.compile(r"([^>\n]{1,200})> ?")
_TOOLS_FILE = re.compile(r'<([^>\n]{1,200})> sent file(?: "([^"\n]+)"| of type (\S+))?')
_TOLD = frozenset(
    (
        "body",
        "conversationId",
        "source",
        "sourceServiceId",
        "sourceUuid",
        "sourceDevice",
        "sent_at",
        "received_at",
        "timestamp",
        "type",
        "attachments",
        "quote",
        "id",
    )
)


def signal_lines(text: str, found: FoundPages) -> None:
    """Signal's export as JSON lines: recipients and chats by number, then each message."""
    found.kind = "chat"
    names: dict[str, str] = {}
    number = 0
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            frame = json.loads(line)
        except (ValueError, RecursionError):
            raise damaged("a line that is no JSON") from None
        if not isinstance(frame, dict):
            raise damaged("a line that is no object")
        if isinstance(frame.get("recipient"), dict):
            names[str(frame["recipient"].get("id"))] = _recipient(frame["recipient"])
        elif isinstance(frame.get("chatItem"), dict):
            number += 1
            found.add(str(number), *_signal_message(frame["chatItem"], names))


def _recipient(told: Mapping[str, Any]) -> str:
    """The name that an export gives a recipient."""
    if "self" in told:
        return "self"
    contact = told.get("contact")
    fields = contact if isinstance(contact, dict) else {}
    words = [str(fields.get(name, "")) for name in ("profileGivenName", "profileFamilyName")]
    name = " ".join(word for word in words if word)
    return name or str(fields.get("systemGivenName") or fields.get("e164") or told.get("id", ""))


def _signal_message(
    item: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    """The text of one message of Signal's, and what is known of it."""
    standard = item.get("standardMessage")
    said = standard if isinstance(standard, dict) else {}
    body = said.get("text")
    text = str(body.get("body", "")) if isinstance(body, dict) else ""
    author = str(item.get("authorId", ""))
    meta: dict[str, Any] = {
        "kind": "message" if said else "notice",
        "stated_sender": names.get(author, author),
        "stated_time": str(item.get("dateSent", "")),
        "times": _milliseconds(item.get("dateSent")),
    }
    attached = said.get("attachments")
    files = [each for each in attached if isinstance(each, dict)] if attached else []
    if files:
        meta["attachments"] = [{"name": _signal_file(each)} for each in files]
    kinds = [key for key in item if key.endswith(("Message", "Notification"))]
    if not said and kinds:
        meta["more"] = {key: short(item[key]) for key in kinds}
    return text, meta


def _signal_file(told: Mapping[str, Any]) -> str:
    """The name of a file that came with a message."""
    pointer = told.get("pointer")
    fields = pointer if isinstance(pointer, dict) else told
    return str(fields.get("fileName") or fields.get("contentType") or "not named")


def _milliseconds(said: Any) -> list[dict[str, Any]]:
    """Milliseconds since 1970 as an instant; empty where there are none."""
    try:
        return [{**stated_dates.of_unix(int(str(said)) / 1000)}]
    except (ValueError, OverflowError, OSError):
        return []


class _Sms:
    """The messages of Signal's plain XML of Android (SMS Backup & Restore's form).

    Type 2 was sent by the owner of the telephone; every other type came in.
    """

    def __init__(self, found: FoundPages) -> None:
        self._found = found
        self._count = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name != "sms":
            return
        self._count += 1
        sent_by_owner = attributes.get("type") == "2"
        other = attributes.get("contact_name") or attributes.get("address", "")
        meta = {
            "kind": "message",
            "stated_sender": "self" if sent_by_owner else other,
            "stated_time": attributes.get("readable_date", attributes.get("date", "")),
            "times": _milliseconds(attributes.get("date")),
            "conversation": attributes.get("address", ""),
        }
        self._found.add(str(self._count), attributes.get("body", ""), meta)

    def ignore(self, _: str) -> None:
        """Nothing else counts."""


def signal_xml(data: bytes, found: FoundPages) -> None:
    """Signal's plain export of Android."""
    found.kind = "chat"
    reader = _Sms(found)
    safe_xml.read(data, reader.start, reader.ignore, reader.ignore)


def looks_like_desktop(data: Any) -> bool:
    """Whether a JSON value is a list of messages as Signal's program for computers keeps them."""
    first = data[0] if isinstance(data, list) and data else None
    return isinstance(first, dict) and "conversationId" in first and "sent_at" in first


def desktop(messages: Iterable[Any], found: FoundPages) -> None:
    """Messages of Signal's program for computers. Raises InputError "document-damaged"."""
    found.kind = "chat"
    for number, message in enumerate(messages, 1):
        if not isinstance(message, dict):
            raise damaged("a message that is none")
        found.add(str(number), *_desktop_message(message))


def _desktop_message(message: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The text of one message, and what is known of it."""
    kind = str(message.get("type", ""))
    said = kind in ("incoming", "outgoing")
    meta: dict[str, Any] = {
        "kind": "message" if said else "notice",
        "stated_time": str(message.get("sent_at", "")),
        "times": _milliseconds(message.get("sent_at")),
        "conversation": str(message.get("conversationId", "")),
        **_desktop_sender(message, kind),
        **_desktop_ties(message),
    }
    files = _desktop_files(message.get("attachments"))
    if files:
        meta["attachments"] = files
    more = {str(key): short(value) for key, value in message.items() if key not in _TOLD and value}
    if more:
        meta["more"] = more
    text = str(message.get("body") or "")
    if not text and not said:
        text = kind
    return text, meta


def _desktop_sender(message: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The sender of a message: the owner of the computer, or the number that stands for another."""
    if kind == "outgoing":
        return {"stated_sender": "self"}
    for key in ("sourceServiceId", "sourceUuid", "source"):
        if message.get(key):
            return {"stated_sender": str(message[key])}
    return {"sender_missing": "the export names none"}


def _desktop_ties(message: Mapping[str, Any]) -> dict[str, Any]:
    """When a message came, and what it answers."""
    ties: dict[str, Any] = {}
    received = message.get("received_at_ms", message.get("received_at"))
    if received:
        ties["received"] = _milliseconds(received)
    quote = message.get("quote")
    if isinstance(quote, dict):
        ties["reply_to"] = str(quote.get("id") or "")
        ties["quoted"] = str(quote.get("text") or "")
    return ties


def _desktop_files(attached: Any) -> list[dict[str, str]]:
    """The files that came with a message."""
    if not isinstance(attached, list):
        return []
    return [
        {"name": str(each.get("path") or _signal_file(each))}
        for each in attached
        if isinstance(each, dict)
    ]


def looks_like_export_lines(first: str) -> bool:
    """Whether a line is a message as signal-export writes them."""
    try:
        told = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and {"date", "sender", "body"} <= set(told)


def export_lines(text: str, found: FoundPages) -> None:
    """The data.json of signal-export: one message a line. Raises InputError "document-damaged"."""
    found.kind = "chat"
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        try:
            told = json.loads(line)
            attached = told.get("attachments") or []
            files = [str(each.get("path") or each.get("name", "")) for each in attached]
            stated = str(told["date"])
        except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
            raise damaged("a line that is no message") from None
        meta: dict[str, Any] = {
            "kind": "message",
            "stated_sender": str(told.get("sender", "")),
            "stated_time": stated,
            "times": _clock(stated, "%Y-%m-%d %H:%M:%S", found),
        }
        if files:
            meta["attachments"] = [{"name": name} for name in files]
        left = ("quote", "sticker", "reactions")
        more = {key: short(told[key]) for key in left if told.get(key)}
        found.add(str(number), str(told.get("body") or ""), meta | ({"more": more} if more else {}))


def looks_like_tools_text(text: str) -> bool:
    """Whether a text is one of signalbackup-tools: its first line begins a message."""
    return _TOOLS_LINE.match(text.lstrip("\ufeff")) is not None


def tools_text(text: str, found: FoundPages) -> None:
    """The plain text of signalbackup-tools; lines that begin no message go on with one."""
    found.kind = "chat"
    text = text.lstrip("\ufeff").replace("\r\n", "\n").removesuffix("\n")
    starts = [match for match in _TOOLS_LINE.finditer(text) if _at_line(text, match.start())]
    stops = [match.start() - 1 for match in starts[1:]] + [len(text)]
    for number, (match, stop) in enumerate(zip(starts, stops, strict=True), 1):
        body = text[match.end() : stop]
        meta: dict[str, Any] = {
            "kind": "notice",
            "stated_time": match[1],
            "times": _clock(match[1], "%b %d, %Y %H:%M:%S", found),
        }
        if match[2] == "<":
            sender = _TOOLS_SENDER.match(body)
            meta |= {"kind": "message", "stated_sender": sender[1] if sender else ""}
            body = body[sender.end() :] if sender else body
        elif (sent := _TOOLS_FILE.match(body)) is not None:
            meta |= {"kind": "message", "stated_sender": sent[1]}
            meta["attachments"] = [{"name": sent[2] or sent[3] or "not named"}]
        found.add(str(number), body, meta)


def _at_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def _clock(stated: str, form: str, found: FoundPages) -> list[dict[str, Any]]:
    """A clock reading without a zone as the span of UTC that it can be; empty where it is none."""
    try:
        moment = datetime.strptime(stated, form)  # noqa: DTZ007  the zone is not known
    except ValueError:
        return []
    found.note("times have no offset from UTC: they are those of the exporting device's clock")
    return [{**stated_dates.span(moment)}]
