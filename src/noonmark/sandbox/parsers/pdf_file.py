"""A PDF by the numbers of its objects: the table at its end, older ones before it, and objects that
are packed into streams (ISO 32000-1, 7.5). Where the table is damaged, they are searched for.
"""

from __future__ import annotations

import re
import struct
import zlib

from noonmark.sandbox.parsers.pdf_objects import (
    PdfReference,
    PdfStream,
    PdfValue,
    after_space,
    integer_of,
    name_of,
    value_at,
)

_MOST_OBJECTS, _MOST_TABLES, _MOST_UNPACKED = 500_000, 1000, 128 << 20
_OBJECT = re.compile(rb"(\d{1,10})[\0\t\n\x0c\r ]+(\d{1,5})[\0\t\n\x0c\r ]+obj")
_START = re.compile(rb"startxref[\0\t\n\x0c\r ]+(\d{1,12})")
_ROW = re.compile(rb"(\d{1,10}) (\d{1,5}) ?([fn])")
_STREAM = re.compile(rb"stream(\r\n|\n|\r)")
_PLAIN, _PACKED = 1, 2


class PdfFile:
    """The objects of a PDF. Raises ValueError where it has none that can be read.

    ``where`` holds of each number its offset, or the stream that it is packed into and its place
    there.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.where: dict[int, tuple[int, int, int]] = {}
        self.trailer: dict[bytes, PdfValue] = {}
        self._known: dict[int, PdfValue | None] = {}
        self._packed: dict[int, dict[int, PdfValue]] = {}
        self._unpacked = 0
        try:
            self._read_tables()
            sound = isinstance(self.resolved(self.trailer.get(b"Root")), dict)
        except (ValueError, IndexError, struct.error, zlib.error):
            sound = False
        if not sound:
            self._search()
        if not isinstance(self.resolved(self.trailer.get(b"Root")), dict):
            raise ValueError("the file has no catalogue")

    def resolved(self, value: PdfValue | None) -> PdfValue | None:
        """The value itself, or the object that it refers to."""
        for _ in range(20):
            if not isinstance(value, PdfReference):
                return value
            value = self.object(value.number)
        return None

    def entries(self, value: PdfValue | None) -> dict[bytes, PdfValue]:
        """The dictionary that a value is, has or refers to; an empty one of anything else."""
        found = self.resolved(value)
        if isinstance(found, PdfStream):
            return found.entries
        return found if isinstance(found, dict) else {}

    def object(self, number: int) -> PdfValue | None:
        """An object by its number; None where it is not there."""
        if number not in self._known:
            # One that refers to itself while it is read is not there.
            self._known[number] = None
            try:
                self._known[number] = self._read(number)
            except (ValueError, IndexError, zlib.error):
                self._known[number] = None
        return self._known[number]

    def _read(self, number: int) -> PdfValue | None:
        """Read an object from where it lies."""
        kind, first, _ = self.where.get(number, (0, 0, 0))
        if kind == _PLAIN:
            return self._object_at(first)
        if kind == _PACKED:
            return self._packed_in(first).get(number)
        return None

    def _object_at(self, at: int) -> PdfValue:
        """The object whose head stands at a place, a stream with its bytes."""
        head = _OBJECT.match(self.data, after_space(self.data, at))
        if head is None:
            raise ValueError("no object is here")
        value, end = value_at(self.data, head.end())
        begin = _STREAM.match(self.data, after_space(self.data, end))
        if begin is None or not isinstance(value, dict):
            return value
        return PdfStream(value, self._stream_bytes(value, begin.end()))

    def _stream_bytes(self, entries: dict[bytes, PdfValue], at: int) -> bytes:
        """The bytes of a stream: as many as it says, else up to its end mark."""
        size = integer_of(self.resolved(entries.get(b"Length")))
        if size is not None and size >= 0:
            end = after_space(self.data, at + size)
            if self.data.startswith(b"endstream", end) and end - at - size <= 3:
                return self.data[at : at + size]
        end = self.data.find(b"endstream", at)
        if end < 0:
            raise ValueError("a stream has no end")
        found = self.data[at:end]
        return found.removesuffix(b"\n").removesuffix(b"\r")

    def _packed_in(self, number: int) -> dict[int, PdfValue]:
        """The objects of a stream of objects."""
        if number in self._packed:
            return self._packed[number]
        self._packed[number] = {}
        stream = self.object(number)
        if not isinstance(stream, PdfStream):
            return {}
        data = self.unpacked(stream)
        first = integer_of(self.resolved(stream.entries.get(b"First"))) or 0
        numbers = [int(word) for word in data[:first].split()]
        found: dict[int, PdfValue] = {}
        for each, offset in zip(numbers[::2], numbers[1::2], strict=False):
            found[each] = value_at(data, first + offset)[0]
        self._packed[number] = found
        return found

    def unpacked(self, stream: PdfStream) -> bytes:
        """The bytes of a stream that is packed by Flate or not at all.

        Raises ValueError of another filter, or where too much comes out.
        """
        filters = self.filters(stream)
        if not filters:
            return stream.data
        if filters != [b"FlateDecode"]:
            raise ValueError("a filter that is not known")
        packer = zlib.decompressobj()
        data = packer.decompress(stream.data, _MOST_UNPACKED - self._unpacked)
        self._unpacked += len(data)
        if packer.unconsumed_tail:
            raise ValueError("a stream unpacks to more than it may")
        parameters = self.resolved(stream.entries.get(b"DecodeParms"))
        if isinstance(parameters, list):
            parameters = self.resolved(parameters[0]) if parameters else None
        settings = parameters if isinstance(parameters, dict) else {}
        predictor = integer_of(self.resolved(settings.get(b"Predictor"))) or 1
        if predictor < 10:
            return data
        return _unpredicted(data, integer_of(self.resolved(settings.get(b"Columns"))) or 1)

    def filters(self, stream: PdfStream) -> list[bytes]:
        """The names of the filters of a stream, the outermost first."""
        found = self.resolved(stream.entries.get(b"Filter"))
        rows = found if isinstance(found, list) else [found]
        names = [name_of(self.resolved(row)) for row in rows]
        return [name for name in names if name]

    def _read_tables(self) -> None:
        """Read the last table, then those before it."""
        starts = _START.findall(self.data[-4096:])
        if not starts:
            raise ValueError("no table is named")
        waiting = [int(starts[-1])]
        seen: set[int] = set()
        while waiting and len(seen) < _MOST_TABLES:
            at = waiting.pop(0)
            if at in seen:
                continue
            seen.add(at)
            trailer = self._table_at(at)
            for key, value in trailer.items():
                self.trailer.setdefault(key, value)
            for key in (b"XRefStm", b"Prev"):
                more = integer_of(trailer.get(key))
                if more is not None:
                    waiting.append(more)

    def _table_at(self, at: int) -> dict[bytes, PdfValue]:
        """Read one table, a plain one or a packed one; return what stands behind it."""
        at = after_space(self.data, at)
        if self.data.startswith(b"xref", at):
            return self._plain_table(at + 4)
        found = self._object_at(at)
        if not isinstance(found, PdfStream):
            raise ValueError("no table is here")
        self._packed_table(found)
        return found.entries

    def _plain_table(self, at: int) -> dict[bytes, PdfValue]:
        """A table as lines of text."""
        while True:
            at = after_space(self.data, at)
            if self.data.startswith(b"trailer", at):
                break
            head = re.compile(rb"(\d{1,10}) (\d{1,10})").match(self.data, at)
            if head is None:
                raise ValueError("the table is damaged")
            at = head.end()
            first = int(head[1])
            for number in range(first, first + min(int(head[2]), _MOST_OBJECTS)):
                row = _ROW.match(self.data, after_space(self.data, at))
                if row is None:
                    raise ValueError("the table is damaged")
                at = row.end()
                in_use = row[3] == b"n"
                self.where.setdefault(number, (_PLAIN if in_use else 0, int(row[1]), 0))
        value, _ = value_at(self.data, at + len(b"trailer"))
        return value if isinstance(value, dict) else {}

    def _packed_table(self, stream: PdfStream) -> None:
        """A table as numbers of fixed width in a stream."""
        data = self.unpacked(stream)
        widths = [integer_of(each) or 0 for each in _list(stream.entries.get(b"W"))]
        if len(widths) != 3 or not 0 < sum(widths) <= 24:
            raise ValueError("the table is damaged")
        size = integer_of(stream.entries.get(b"Size")) or 0
        index = [integer_of(each) or 0 for each in _list(stream.entries.get(b"Index"))]
        index = index or [0, size]
        at = 0
        for first, count in zip(index[::2], index[1::2], strict=False):
            for number in range(first, first + min(count, _MOST_OBJECTS)):
                row = data[at : at + sum(widths)]
                at += sum(widths)
                if len(row) < sum(widths):
                    return
                self.where.setdefault(number, _row(row, widths))

    def _search(self) -> None:
        """Find the objects by their heads, the last of each number, and the catalogue."""
        self._known.clear()
        self._packed.clear()
        self.where = {}
        for count, head in enumerate(_OBJECT.finditer(self.data)):
            if count > _MOST_OBJECTS:
                raise ValueError("there are too many objects")
            self.where[int(head[1])] = (_PLAIN, head.start(), 0)
        for number in list(self.where):
            stream = self.object(number)
            if isinstance(stream, PdfStream) and name_of(stream.entries.get(b"Type")) == b"ObjStm":
                for each in self._packed_in(number):
                    self.where.setdefault(each, (_PACKED, number, 0))
        for number in sorted(self.where, reverse=True):
            if name_of(self.entries(PdfReference(number)).get(b"Type")) == b"Catalog":
                self.trailer.setdefault(b"Root", PdfReference(number))
                return


def _list(value: PdfValue | None) -> list[PdfValue]:
    return value if isinstance(value, list) else []


def _row(row: bytes, widths: list[int]) -> tuple[int, int, int]:
    """One row of a packed table; its kind is 1 where it has no width."""
    begin, middle = widths[0], widths[0] + widths[1]
    kind = int.from_bytes(row[:begin]) if begin else _PLAIN
    return kind, int.from_bytes(row[begin:middle]), int.from_bytes(row[middle:])


def _unpredicted(data: bytes, columns: int) -> bytes:
    """Rows of bytes of which each was written as its difference from others (PNG, 9)."""
    out = bytearray()
    above = bytes(columns)
    for at in range(0, len(data) - columns, columns + 1):
        method = data[at]
        row = bytearray(data[at + 1 : at + 1 + columns])
        for i in range(len(row)):
            left = row[i - 1] if i else 0
            if method == 1:
                row[i] = row[i] + left & 255
            elif method == 2:
                row[i] = row[i] + above[i] & 255
            elif method == 3:
                row[i] = row[i] + (left + above[i]) // 2 & 255
            elif method == 4:
                corner = above[i - 1] if i else 0
                row[i] = row[i] + _paeth(left, above[i], corner) & 255
        out += row
        above = bytes(row)
    return bytes(out)


def _paeth(left: int, above: int, corner: int) -> int:
    """The neighbour that is nearest to left + above - corner."""
    guess = left + above - corner
    near = min((abs(guess - left), 0), (abs(guess - above), 1), (abs(guess - corner), 2))
    return (left, above, corner)[near[1]]
