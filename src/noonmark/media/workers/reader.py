"""Bytes of a file by position, never more than asked, and the notebook in which every reader writes."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_MOST_BYTES = 16 << 20
_MOST_FIELDS = 20_000
_MOST_TEXT = 4096


@dataclass(frozen=True)
class View:
    """A stretch of bytes: ``read(at, n)`` gives at most ``n`` bytes, fewer at the end, none outside."""

    fetch: Callable[[int, int], bytes]
    size: int

    def read(self, at: int, count: int) -> bytes:
        """The bytes at ``at``; empty where there are none."""
        if at < 0 or count <= 0 or at >= self.size:
            return b""
        return self.fetch(at, min(count, self.size - at, _MOST_BYTES))

    def part(self, at: int, size: int) -> View:
        """The stretch ``[at, at + size)``, cut to what is there."""
        at = min(max(at, 0), self.size)
        size = max(0, min(size, self.size - at))
        return View(lambda begin, count: self.fetch(at + begin, count), size)

    def number(self, layout: str, at: int) -> int | None:
        """One integer of a struct layout, or None past the end."""
        raw = self.read(at, struct.calcsize(layout))
        return None if len(raw) < struct.calcsize(layout) else int(struct.unpack(layout, raw)[0])


def of_file(fd: int) -> View:
    """A view of an open file."""
    return View(lambda at, count: os.pread(fd, count, at), os.fstat(fd).st_size)


def of_bytes(data: bytes) -> View:
    """A view of bytes in memory."""
    return View(lambda at, count: data[at : at + count], len(data))


@dataclass
class Notebook:
    """What was read: fields (part, name, value), facts about the whole, problems, a track of positions."""

    fields: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)
    tracks: list[dict[str, Any]] = field(default_factory=list)

    def say(self, part: str, name: str, value: Any) -> None:
        """One field; bytes become text, long text is cut."""
        if isinstance(value, bytes):
            value = value.split(b"\0")[0].decode("utf-8", "replace").strip()
        if isinstance(value, str):
            value = value[:_MOST_TEXT]
        if value not in ("", None) and len(self.fields) < _MOST_FIELDS:
            self.fields.append({"part": part, "name": name, "value": value})

    def wrong(self, where: str, what: str) -> None:
        """Something that could not be read, and why."""
        if len(self.problems) < 200:
            self.problems.append({"where": where, "what": what})

    def enough(self, where: str, what: str) -> None:
        """More parts than any camera writes: the rest is left out, and no second reader is sent through them."""
        if not self.facts.get("parts_left_out"):
            self.wrong(where, f"{what}; the rest was not read")
        self.facts["parts_left_out"] = True
