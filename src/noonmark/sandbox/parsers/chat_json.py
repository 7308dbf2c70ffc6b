"""Chats exported as data: Telegram's result.json, Signal's JSON lines and its XML of Android.

What a message holds beyond text, sender, time and files is kept by name under "more", so that
nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.parsers import safe_xml, stated_dates
from noonmark.sandbox.parsers.document_pages import FoundPages

_FILES = (
    "photo",
    "file",
    "thumbnail",
    "sticker_file",
    "contact_vcard",
)
"""The keys under which Telegram names a file that came with a message."""
_TOLD = frozenset(
    (
        "id",
        "type",
        "date",
        "date_unixtime",
        "from",
        "from_id",
        "actor",
        "actor_id",
        "text",
        "text_entities",
        "edited",
        "edited_unixtime",
        "forwarded_from",
        "reply_to_message_id",
        *_FILES,
    )
)
_LONGEST = 2000


def telegram(data: Mapping[str, Any], found: FoundPages) -> None:
    """One chat of Telegram, or a whole account's. Raises InputError "document-damaged"."""
    found.kind = "chat"
    chats = data.get("chats")
    listed = chats.get("list") if isinstance(chats, dict) else None
    several = isinstance(listed, list)
    for chat in listed if isinstance(listed, list) else [data]:
        if not isinstance(chat, dict) or not isinstance(chat.get("messages"), list):
            raise _damaged("a chat without a list of messages")
        name = str(chat.get("name") or chat.get("id", ""))
        for message in chat["messages"]:
            if not isinstance(message, dict):
                raise _damaged("a message that is none")
            label = str(message.get("id", ""))
            text, meta = _telegram_message(message, found)
            found.add(f"{name}: {label}" if several else label, text, meta)


def looks_like_telegram(data: Any) -> bool:
    """Whether a JSON value is an export of Telegram's.

    One chat has ``messages`` and ``type`` at its top, a whole account its chats in a list.
    """
    if not isinstance(data, dict):
        return False
    chats = data.get("chats")
    has_chats = isinstance(chats, dict) and isinstance(chats.get("list"), list)
    return has_chats or (isinstance(data.get("messages"), list) and "type" in data)


def _telegram_message(message: Mapping[str, Any], found: FoundPages) -> tuple[str, dict[str, Any]]:
    """The text of a message and what is known of it."""
    text, links = _telegram_text(message.get("text", ""))
    kind = "notice" if message.get("type") == "service" else "message"
    meta: dict[str, Any] = {"kind": kind, "stated_time": str(message.get("date", ""))}
    meta["times"] = _telegram_times(message, "date", found)
    sender = message.get("from", message.get("actor"))
    if isinstance(sender, str) and sender:
        meta["stated_sender"] = sender
    elif "from" in message:
        meta["sender_missing"] = "the export names no sender: the account was deleted"
    if "edited" in message:
        meta["edited"] = _telegram_times(message, "edited", found)
    meta |= _telegram_ties(message)
    files = [message[name] for name in _FILES if isinstance(message.get(name), str)]
    if files:
        meta["attachments"] = [{"name": name} for name in files]
    if links:
        meta["links"] = links
    more = {str(key): _short(value) for key, value in message.items() if key not in _TOLD}
    if more:
        meta["more"] = more
    return text, meta


def _telegram_ties(message: Mapping[str, Any]) -> dict[str, str]:
    """From whom a message was forwarded, and what it answers."""
    ties = {}
    if "forwarded_from" in message:
        ties["forwarded_from"] = str(message["forwarded_from"] or "not named")
    if "reply_to_message_id" in message:
        ties["reply_to"] = str(message["reply_to_message_id"])
    return ties


def _telegram_text(said: Any) -> tuple[str, list[str]]:
    """The text of a message, its pieces joined, and the addresses behind words."""
    pieces = said if isinstance(said, list) else [said]
    parts, links = [], []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
        elif isinstance(piece, dict):
            parts.append(str(piece.get("text", "")))
            if isinstance(piece.get("href"), str):
                links.append(piece["href"][:_LONGEST])
    return "".join(parts), links


def _telegram_times(
    message: Mapping[str, Any], name: str, found: FoundPages
) -> list[dict[str, Any]]:
    """The meanings of a time: the instant where the export states it, else the clock's span."""
    local = str(message.get(name, ""))
    try:
        told = stated_dates.of_unix(int(str(message[f"{name}_unixtime"])))
        return [{**told, "local": local}]
    except (KeyError, ValueError, OverflowError, OSError):
        pass
    try:
        moment = datetime.fromisoformat(local)
    except ValueError:
        return []
    if moment.tzinfo is not None:
        return [{**stated_dates.instant(moment)}]
    found.note("some times have no offset from UTC: they are those of the exporting device's clock")
    return [{**stated_dates.span(moment)}]


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
            raise _damaged("a line that is no JSON") from None
        if not isinstance(frame, dict):
            raise _damaged("a line that is no object")
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
        meta["more"] = {key: _short(item[key]) for key in kinds}
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


def _short(value: Any) -> str:
    """A value as JSON, cut."""
    return json.dumps(value, ensure_ascii=False)[:_LONGEST]


def _damaged(why: str) -> InputError:
    return InputError(
        f"the chat's export is damaged ({why})",
        code="document-damaged",
        hint="export the chat again; the file itself is kept as it is",
    )
