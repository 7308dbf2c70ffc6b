"""Chats exported as lines of text: WhatsApp from Android and iOS in any language, and Signal's
exports in the same form ("[2019-05-29, 15:04] Me: ...").

A line that begins with a date and a time begins a message; lines without go on with it. The text of
a message stays letter for letter, marks of direction too.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

from noonmark.sandbox.parsers import stated_dates
from noonmark.sandbox.parsers.document_pages import FoundPages
from noonmark.sandbox.parsers.stated_dates import CLOCK, DATE, StatedClock

_ANDROID = re.compile(rf"({DATE}),? ({CLOCK}) - ", re.IGNORECASE)
_BRACKETS = re.compile(rf"\[({DATE}),? ({CLOCK})\] ", re.IGNORECASE)
_LONGEST_HEAD = 80
_SENDER = re.compile(r"([^:\n]{1,80}?):(?: |$)")
_NAME = r"[^\n<>:\"/|?*]{1,200}\.[A-Za-z0-9]{2,5}"
_ATTACHED_ANDROID = re.compile(rf"[\u200e\u200f]?({_NAME}) \([^)\n]{{3,40}}\)(?:\n|$)")
_ATTACHED_IOS = re.compile(rf"[\u200e\u200f]?<[^:<>\n]{{3,40}}: ({_NAME})>")
_MARKDOWN = re.compile(r"!?\[[^\]\n]{0,200}\]\((?:\./)?(media/[^)\n]{1,300})\)")
_LOOKED_AT = 40
"""Lines at the top of a file in which a message must begin."""


@dataclass
class _Message:
    """One message.

    - ``clock``: its date and time in numbers, the order of day and month not yet known.
    - ``head``: the date and time as they stand.
    - ``lines``: what follows, the sender at the beginning of the first.
    """

    clock: StatedClock
    head: str
    lines: list[str]


def looks_like_chat(text: str) -> bool:
    """Whether a text is such an export: its first line, or most of the first, begin a message."""
    lines = [line for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    begun = [_begins(line) is not None for line in lines]
    return bool(begun) and begun[0] and (sum(begun) >= 2 or len(begun) == 1)


def read(text: str, found: FoundPages) -> None:
    """Take up every message as a page, labelled by its number."""
    found.kind = "chat"
    messages = _messages(text, found)
    orders = stated_dates.orders_of(message.clock for message in messages)
    _say_order(messages, orders, found)
    for number, message in enumerate(messages, 1):
        body = "\n".join(message.lines)
        sender = _SENDER.match(body)
        meta: dict[str, Any] = {
            "kind": "message",
            "stated_time": message.head,
            "times": stated_dates.meanings(message.clock, orders or list(stated_dates.ORDERS)),
        }
        if sender is None:
            meta["kind"] = "notice"
        else:
            meta["stated_sender"] = sender[1].strip("\u200e\u200f ~\u202f\u00a0")
            body = body[sender.end() :]
        attached = _attached(body)
        if attached:
            meta["attachments"] = [{"name": name} for name in attached]
        found.add(str(number), body, meta)


def _messages(text: str, found: FoundPages) -> list[_Message]:
    """The messages of a file in its order."""
    messages: list[_Message] = []
    before = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        begun = _begins(line)
        if begun is not None:
            messages.append(_Message(begun[0], line[: begun[1]].strip(" -"), [line[begun[1] :]]))
        elif messages:
            messages[-1].lines.append(line)
        else:
            before += bool(line.strip("\ufeff \t"))
    if messages:
        while messages[-1].lines and not messages[-1].lines[-1]:
            messages[-1].lines.pop()  # the newline at the end of the file
    if before:
        found.note(f"{before} lines before the first message are not part of any")
    return messages


def _begins(line: str) -> tuple[StatedClock, int] | None:
    """The clock of a line that begins a message, and where what is said begins."""
    head = stated_dates.plain(line[:_LONGEST_HEAD])
    shown = head.lstrip("\ufeff ")
    match = _ANDROID.match(shown) or _BRACKETS.match(shown)
    if match is None:
        return None
    clock = stated_dates.stated(match[1], match[2])
    if clock is None:
        return None
    return clock, _place(line, len(match[0].replace(" ", "")))


def _place(line: str, shown: int) -> int:
    """Where a line goes on after so many characters that are neither space nor mark."""
    seen = 0
    for at, char in enumerate(line):
        if seen == shown:
            while line[at : at + 1] in (" ", "\u202f", "\u00a0"):
                at += 1
            return at
        seen += bool(stated_dates.plain(char).strip(" \ufeff"))
    return len(line)


def _attached(body: str) -> list[str]:
    """The names of files that a message says came with it."""
    names = [match[1] for match in _ATTACHED_IOS.finditer(body)]
    android = _ATTACHED_ANDROID.match(body)
    names += [android[1]] if android else []
    return names + [match[1] for match in _MARKDOWN.finditer(body)]


def _say_order(messages: list[_Message], orders: list[str], found: FoundPages) -> None:
    """Say which orders of day and month the dates of the file allow, and what speaks for each."""
    found.note(
        "times are those of the clock of the device that exported the chat; its zone is not stated"
    )
    if not orders:
        found.note("no one order of day and month fits all dates; each message keeps those it can")
    elif len(orders) == 1:
        found.note(f"dates are {orders[0]}: no other order fits all of them")
    else:
        said = [f"{order}: {_backwards(messages, order)}" for order in orders]
        found.note(
            "dates can be read in several orders, and all are kept; messages that would come "
            f"before the one above them: {', '.join(said)}"
        )


def _backwards(messages: list[_Message], order: str) -> int:
    """How many messages would come before the one above them."""
    moments = [stated_dates.in_order(message.clock, order) for message in messages]
    known = [moment for moment in moments if moment is not None]
    return sum(later < earlier for earlier, later in itertools.pairwise(known))
