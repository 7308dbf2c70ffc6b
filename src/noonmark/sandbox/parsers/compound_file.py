"""Compound files of Microsoft ([MS-CFB] version 13): a small file system in one file, in which old
Office files, mails of Outlook and locked Office files are kept.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from noonmark.errors import InputError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFE
_NONE = 0xFFFFFFFF
_ENTRY = 128
_MOST_ENTRIES = 100_000
_STORAGE = 1
_STREAM = 2
_ROOT = 5


@dataclass
class Storage:
    """A folder of a compound file: its streams' bytes and its folders, by name."""

    streams: dict[str, bytes] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)


def read(data: bytes) -> Storage:
    """All of a compound file. Raises InputError "document-damaged"."""
    try:
        return _Reader(data).root()
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise _damaged(type(error).__name__) from None


class _Reader:
    """Reads chains of sectors. No chain is followed further than the file is long."""

    def __init__(self, data: bytes) -> None:
        if data[:8] != MAGIC or len(data) < 512:
            raise _damaged("no head")
        self._data = data
        shift, mini_shift = struct.unpack_from("<2H", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise _damaged("sectors of an unknown size")
        self._size = 1 << shift
        self._cutoff, first_mini, self._minis = struct.unpack_from("<3I", data, 56)
        first_directory = struct.unpack_from("<I", data, 48)[0]
        self._next = self._table(self._places_of_table())
        self._next_mini = self._table(self._chain(first_mini, self._next))
        self._entries = self._joined(first_directory)
        if len(self._entries) // _ENTRY > _MOST_ENTRIES:
            raise _damaged("too many parts")

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise _damaged("a part beyond the end of the file")
        return self._data[start : start + self._size].ljust(self._size, b"\0")

    def _places_of_table(self) -> list[int]:
        """Where the sectors of the allocation table are."""
        found = list(struct.unpack_from("<109I", self._data, 76))
        at, left = struct.unpack_from("<2I", self._data, 68)
        seen: set[int] = set()
        while at not in (_END, _NONE) and left and at not in seen:
            seen.add(at)
            numbers = struct.unpack(f"<{self._size // 4}I", self._sector(at))
            found += numbers[:-1]
            at, left = numbers[-1], left - 1
        return [number for number in found if number < _END - 1]

    def _table(self, sectors: list[int]) -> list[int]:
        """Which sector follows each."""
        data = b"".join(map(self._sector, sectors))
        return list(struct.unpack(f"<{len(data) // 4}I", data))

    def _chain(self, first: int, following: list[int]) -> list[int]:
        """The sectors of a chain."""
        found: list[int] = []
        at = first
        while at not in (_END, _NONE):
            found.append(at)
            if len(found) > len(following):
                raise _damaged("a chain that goes round")
            at = following[at]
        return found

    def _joined(self, first: int) -> bytes:
        """The bytes of a chain."""
        return b"".join(map(self._sector, self._chain(first, self._next)))

    def root(self) -> Storage:
        """The outermost folder with all that lies in it."""
        _, kind, *_, child, start, _ = self._entry(0)
        if kind != _ROOT:
            raise _damaged("no outermost folder")
        self._small = self._joined(start)
        root = Storage()
        waiting, seen = [(child, root)], {0}
        while waiting:
            number, folder = waiting.pop()
            if number == _NONE:
                continue
            if number in seen:
                raise _damaged("a part in two places")
            seen.add(number)
            name, kind, left, right, child, start, size = self._entry(number)
            waiting += [(left, folder), (right, folder)]
            if kind == _STORAGE:
                inner = folder.storages.setdefault(name, Storage())
                waiting.append((child, inner))
            elif kind == _STREAM:
                folder.streams[name] = self._stream(start, size)
        return root

    def _entry(self, number: int) -> tuple[str, int, int, int, int, int, int]:
        """Name, kind, neighbours, first child, first sector and size [bytes] of a part."""
        at = number * _ENTRY
        length, kind = struct.unpack_from("<HB", self._entries, at + 64)
        left, right, child = struct.unpack_from("<3I", self._entries, at + 68)
        start, size = struct.unpack_from("<2I", self._entries, at + 116)
        name = self._entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le")
        return name, kind, left, right, child, start, size

    def _stream(self, start: int, size: int) -> bytes:
        """The bytes of a stream; small ones lie together in a stream of their own."""
        if size >= self._cutoff:
            data = self._joined(start)
        else:
            numbers = self._chain(start, self._next_mini) if size else []
            data = b"".join(self._small[64 * at : 64 * at + 64] for at in numbers)
        if len(data) < size:
            raise _damaged("a part is cut short")
        return data[:size]


def _damaged(why: str) -> InputError:
    return InputError(
        f"the file is damaged ({why})",
        code="document-damaged",
        hint="ask for another copy; the file itself is kept as it is",
    )
