"""Chats exported as data by Telegram (result.json).

What a message holds beyond text, sender, time and files is kept by name under "more", so that
nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.parsers import stated_dates
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
            raise damaged("a chat without a list of messages")
        name = str(chat.get("name") or chat.get("id", ""))
        for message in chat["messages"]:
            if not isinstance(message, dict):
                raise damaged("a message that is none")
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
    text = text or _instead(message)
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
    files = [_file(message, key) for key in _FILES if isinstance(message.get(key), str)]
    if files:
        meta["attachments"] = files
    if links:
        meta["links"] = links
    more = {str(key): short(value) for key, value in message.items() if key not in _TOLD}
    if more:
        meta["more"] = more
    return text, meta


def _instead(message: Mapping[str, Any]) -> str:
    """What stands for the text of a message without: a poll's question and answers, what happened
    in the chat, the sign of a sticker.
    """
    poll = message.get("poll")
    if isinstance(poll, dict):
        answers = poll.get("answers")
        said = [poll.get("question", "")]
        said += [each.get("text", "") for each in answers or [] if isinstance(each, dict)]
        return "\n".join(map(str, said))
    if message.get("type") == "service":
        what = [str(message.get("action", "")), str(message.get("title") or "")]
        return ": ".join(part.strip() for part in what if part.strip())
    return str(message.get("sticker_emoji") or "")


def _file(message: Mapping[str, Any], key: str) -> dict[str, str]:
    """A file that came with a message: its path, or its name and why the export lacks it."""
    said = str(message[key])
    if not said.startswith("("):
        return {"name": said}
    name = message.get("file_name") if key == "file" else None
    kind = message.get("media_type") if key == "file" else None
    return {"name": str(name or kind or key), "missing": said.strip("()")[:_LONGEST]}


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


def short(value: Any) -> str:
    """Return a value as JSON, cut."""
    return json.dumps(value, ensure_ascii=False)[:_LONGEST]


def damaged(why: str) -> InputError:
    """Return the error about an export that is not whole."""
    return InputError(
        f"the chat's export is damaged ({why})",
        code="document-damaged",
        hint="export the chat again; the file itself is kept as it is",
    )
