"""Bytes of a file by position, never more than asked.

A parser gets a view, not the bytes: a film may have many GB. Whatever a file states, a read outside
it gives fewer bytes or none and no error; a parser compares what it got with what it asked for.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass

_MOST_BYTES = 16 << 20


@dataclass(frozen=True)
class ByteView:
    """A stretch of bytes: ``read(at, n)`` gives at most ``n`` bytes, fewer at the end, none
    outside.
    """

    fetch: Callable[[int, int], bytes]
    size: int

    def read(self, at: int, count: int) -> bytes:
        """The bytes at ``at``; empty where there are none."""
        if at < 0 or count <= 0 or at >= self.size:
            return b""
        return self.fetch(at, min(count, self.size - at, _MOST_BYTES))

    def part(self, at: int, size: int) -> ByteView:
        """The stretch ``[at, at + size)``, cut to what is there."""
        at = min(max(at, 0), self.size)
        size = max(0, min(size, self.size - at))
        return ByteView(lambda begin, count: self.fetch(at + begin, count), size)

    def number(self, layout: str, at: int) -> int | None:
        """One integer of a struct layout, or None past the end."""
        raw = self.read(at, struct.calcsize(layout))
        return None if len(raw) < struct.calcsize(layout) else int(struct.unpack(layout, raw)[0])


def of_file(fd: int) -> ByteView:
    """A view of an open file."""
    return ByteView(lambda at, count: os.pread(fd, count, at), os.fstat(fd).st_size)


def of_bytes(data: bytes) -> ByteView:
    """A view of bytes in memory."""
    return ByteView(lambda at, count: data[at : at + count], len(data))
