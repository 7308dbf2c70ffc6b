"""Escaped text, tables and definition lists for report.html."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

_LONGEST = 2000
_LONGEST_LIST = 40
# Explicit bidirectional controls: <bdi> isolates each string, so none of these is needed, and each
# can deceive.
_DIRECTION_CONTROLS = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff"
)


def text(value: object) -> str:
    """Escaped text without the control and direction characters that could rearrange it.

    At most 2000 characters are kept.
    """
    return escape("".join(filter(_is_shown, str(value)[:_LONGEST])), quote=True)


def _is_shown(character: str) -> bool:
    """Whether a character may stand in the page."""
    if character in "\t\n":
        return True
    return character >= " " and character != "\x7f" and character not in _DIRECTION_CONTROLS


def mixed(value: object) -> str:
    """Text that may be in any script, isolated from the text around it."""
    return f"<bdi>{text(value)}</bdi>"


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numeric: int | None = None,
) -> str:
    """A table of cells that are markup already; the first of each row is its heading.

    ``numeric`` is the number of a column to be aligned as numbers.
    """
    columns = ["" if k != numeric else " class=n" for k in range(len(head))]
    top = ""
    for style, cell in zip(columns, head, strict=True):
        top += f'<th scope="col"{style}>{cell}</th>'
    body = "".join(_table_row(row, columns) for row in rows)
    inner = f"<caption>{caption}</caption>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody>"
    return f'<div class="scroll"><table>{inner}</table></div>\n'


def _table_row(
    row: Sequence[str],
    columns: Sequence[str],
) -> str:
    """A row of a table with the attributes of its columns."""
    cells = f'<th scope="row"{columns[0]}>{row[0]}</th>'
    for style, cell in zip(columns[1:], row[1:], strict=True):
        cells += f"<td{style}>{cell}</td>"
    return f"<tr>{cells}</tr>\n"


def definitions(values: Mapping[str, Any]) -> str:
    """A definition list of keys and plain values."""
    rows = ""
    for key, value in values.items():
        rows += f"<dt>{mixed(key)}</dt><dd>{mixed(_plain(value))}</dd>\n"
    return f"<dl>\n{rows}</dl>\n"


def _plain(value: object) -> str:
    """A value of a clue document as one line of text; long lists are cut."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_plain(entry)}" for key, entry in value.items())
    if isinstance(value, list | tuple):
        shown = ", ".join(_plain(entry) for entry in value[:_LONGEST_LIST])
        return f"{shown}, … ({len(value)} in all)" if len(value) > _LONGEST_LIST else shown
    return str(value)
