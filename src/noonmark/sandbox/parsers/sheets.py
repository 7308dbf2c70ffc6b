"""Text of spreadsheets, a page for each sheet: xlsx (ISO/IEC 29500) and ods (ISO/IEC 26300).

A cell shows the value that the file has stored. A formula is kept beside it and never computed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from noonmark.sandbox.parsers import safe_xml
from noonmark.sandbox.parsers.document_pages import FoundPages
from noonmark.sandbox.parsers.zip_members import ZipMembers, damaged

_MOST_CELLS = 1_000_000
_MOST_REPEATED = 1000


class _SheetText:
    """The text of one sheet as cells come in: a line for each row, a tab between cells.

    - ``cells``: the name of each cell that holds something, and where its text begins and ends.
    - ``formulas``: the name of each cell with a formula, and the formula as it stands.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.cells: list[list[Any]] = []
        self.formulas: list[list[str]] = []
        self._row = 0
        self._is_first = True

    def cell(self, row: int, name: str, text: str, formula: str) -> None:
        """Add a cell in row ``row`` (from 1)."""
        if len(self.cells) >= _MOST_CELLS:
            raise damaged("more cells than a sheet may have")
        if row != self._row and self.parts:
            self._put("\n")
        elif not self._is_first:
            self._put("\t")
        self._row, self._is_first = row, False
        self.cells.append([name, self.length, self.length + len(text)])
        self._put(text)
        if formula:
            self.formulas.append([name, f"={formula}"[:1000]])

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def add_to(self, found: FoundPages, label: str, hidden: bool) -> None:
        """The sheet as a page."""
        meta: dict[str, Any] = {"cells": self.cells}
        if self.formulas:
            meta["formulas"] = self.formulas
            found.note("formulas are kept beside the values that the file has stored for them")
        if hidden:
            meta["hidden"] = True
            found.note(f"the sheet {label[:60]!r} is hidden in the file")
        found.add(label, "".join(self.parts), meta)


class _Strings:
    """The shared strings of a workbook; readings of a script aside are left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_phonetic = 0

    def start(self, name: str, _: Mapping[str, str]) -> None:
        """An element begins."""
        self._in_text += name == "t"
        self._in_phonetic += name == "rPh"

    def end(self, name: str) -> None:
        """An element ends."""
        self._in_text -= name == "t"
        self._in_phonetic -= name == "rPh"
        if name == "si":
            self.found.append("".join(self._parts))
            self._parts = []

    def text(self, text: str) -> None:
        """Characters."""
        if self._in_text and not self._in_phonetic:
            self._parts.append(text)


class _XlsxCells:
    """The cells of one sheet of a workbook."""

    def __init__(self, strings: list[str]) -> None:
        self.sheet = _SheetText()
        self._strings = strings
        self._cell, self._kind, self._part = "", "", ""
        self._said: dict[str, list[str]] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "c":
            self._cell, self._kind = attributes.get("r", ""), attributes.get("t", "")
            self._said = {"v": [], "f": [], "t": []}
        elif name in ("v", "f", "t"):
            self._part = name

    def end(self, name: str) -> None:
        """An element ends."""
        if name in ("v", "f", "t"):
            self._part = ""
        elif name == "c" and self._said:
            value = "".join(self._said["v"])
            if self._kind == "s":
                value = self._shared(value)
            elif self._kind == "inlineStr":
                value = "".join(self._said["t"])
            formula = "".join(self._said["f"])
            if value or formula:
                row = int("".join(filter(str.isdigit, self._cell)) or 0)
                self.sheet.cell(row, self._cell[:20], value, formula)

    def text(self, text: str) -> None:
        """Characters."""
        if self._part and self._said:
            self._said[self._part].append(text)

    def _shared(self, value: str) -> str:
        number = int(value) if value.isascii() and value.isdigit() else -1
        return self._strings[number] if 0 <= number < len(self._strings) else ""


class _Attributes:
    """The attributes of all elements of one name, in order.

    Names are local: an attribute of another vocabulary with the same name counts too.
    """

    def __init__(self, name: str) -> None:
        self.found: list[dict[str, str]] = []
        self._name = name

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == self._name:
            self.found.append(dict(attributes))

    def ignore(self, _: str) -> None:
        """Nothing else counts."""


def _attributes(members: ZipMembers, path: str, name: str) -> list[dict[str, str]]:
    if path not in members.names:
        return []
    reader = _Attributes(name)
    safe_xml.read(members.read(path), reader.start, reader.ignore, reader.ignore)
    return reader.found


def xlsx(members: ZipMembers, found: FoundPages) -> None:
    """The sheets of an Excel workbook, hidden ones too, in the workbook's order.

    Charts, pivot tables and comments are not read. A sheet that the workbook names and that is not
    in the file is said.
    """
    found.kind = "xlsx"
    strings = _Strings()
    if "xl/sharedStrings.xml" in members.names:
        data = members.read("xl/sharedStrings.xml")
        safe_xml.read(data, strings.start, strings.end, strings.text)
    targets = {
        one.get("Id", ""): one.get("Target", "")
        for one in _attributes(members, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    for sheet in _attributes(members, "xl/workbook.xml", "sheet"):
        target = targets.get(sheet.get("id", ""), "")
        path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        name = sheet.get("name", "")
        if path not in members.names:
            found.note(f"the sheet {name[:60]!r} is named in the workbook and not there")
            continue
        cells = _XlsxCells(strings.found)
        safe_xml.read(members.read(path), cells.start, cells.end, cells.text)
        cells.sheet.add_to(found, name, sheet.get("state", "visible") != "visible")
    found.note("dates in a workbook are numbers of days; they are shown as they are stored")


class _OdsCells:
    """The tables of an OpenDocument spreadsheet."""

    def __init__(self, found: FoundPages) -> None:
        self._found = found
        self._sheet = _SheetText()
        self._label, self._formula = "", ""
        self._row, self._column, self._repeat = 0, 0, 1
        self._parts: list[str] = []
        self._in_paragraph = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "table":
            self._sheet, self._label, self._row = _SheetText(), attributes.get("name", ""), 0
        elif name == "table-row":
            self._row += 1
            self._column = 0
        elif name in ("table-cell", "covered-table-cell"):
            said = attributes.get("number-columns-repeated", "1")
            self._repeat = min(16_384, int(said) if said.isascii() and said.isdigit() else 1)
            self._parts, self._formula = [], attributes.get("formula", "")
        elif name == "p":
            self._in_paragraph += 1
            if self._parts:
                self._parts.append(" ")

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "p":
            self._in_paragraph -= 1
        elif name in ("table-cell", "covered-table-cell"):
            text = "".join(self._parts)
            for n in range(min(self._repeat, _MOST_REPEATED) if text or self._formula else 0):
                place = f"{_letters(self._column + n)}{self._row}"
                self._sheet.cell(self._row, place, text, self._formula.removeprefix("of:="))
            self._column += self._repeat
        elif name == "table":
            self._sheet.add_to(self._found, self._label, False)

    def text(self, text: str) -> None:
        """Characters."""
        if self._in_paragraph:
            self._parts.append(text)


def _letters(column: int) -> str:
    """The name of a column, from 0: A, B, ... Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def ods(members: ZipMembers, found: FoundPages) -> None:
    """The sheets of an OpenDocument spreadsheet.

    A cell that the file repeats is repeated, a thousand times at most; empty ones are only counted.
    """
    found.kind = "ods"
    cells = _OdsCells(found)
    safe_xml.read(members.read("content.xml"), cells.start, cells.end, cells.text)
