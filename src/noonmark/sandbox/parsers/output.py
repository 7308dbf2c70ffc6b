"""What the parsers write: the statements of a file about itself, and what could not be read.

All of it is hostile text and numbers of one file, bounded in number and length:

    fields    what the file states, in its own words: part, name, value
    facts     what the parsers work out: size, duration, codec, packets, ...
    problems  where it is cut off or contradicts itself
    tracks    positions over time, as columns of equal length
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Thumbnails = list[tuple[int, int]]
"""Offset and length of embedded pictures in the file."""
_MOST_FIELDS = 20_000
_MOST_PROBLEMS = 200
_MOST_TEXT = 4096


@dataclass
class ParserOutput:
    """Fields (part, name, value), facts about the whole file, problems, tracks of positions."""

    fields: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)
    tracks: list[dict[str, Any]] = field(default_factory=list)

    def add_field(self, part: str, name: str, value: Any) -> None:
        """One field; bytes become text, long text is cut."""
        if isinstance(value, bytes):
            value = value.split(b"\0")[0].decode("utf-8", "replace").strip()
        if isinstance(value, str):
            value = value[:_MOST_TEXT]
        if value not in ("", None) and len(self.fields) < _MOST_FIELDS:
            self.fields.append({"part": part, "name": name, "value": value})

    def add_packet(self, name: str) -> None:
        """Note that a packet of metadata is there, whose content is not read."""
        self.facts.setdefault("packets", []).append(name)

    def add_hidden(self, what: str) -> None:
        """Note pictures that are coded in the file and that no viewer shows."""
        hidden = self.facts.setdefault("not_shown", [])
        if what not in hidden and len(hidden) < _MOST_PROBLEMS:
            hidden.append(what)

    def add_tail(self, where: str, size_bytes: int) -> None:
        """Note how many bytes follow the end of a picture, if any do."""
        if size_bytes > 0:
            self.facts["behind_the_end_bytes"] = size_bytes
            self.add_problem(where, f"{size_bytes} bytes follow the end of the picture")

    def add_problem(self, where: str, what: str) -> None:
        """Something that could not be read, and why."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append({"where": where, "what": what})

    def leave_rest_out(self, where: str, what: str) -> None:
        """Note that a file has more parts than any camera writes, so the rest was not read.

        The main process then sends no second reader through them.
        """
        if not self.facts.get("parts_left_out"):
            self.add_problem(where, f"{what}; the rest was not read")
        self.facts["parts_left_out"] = True
