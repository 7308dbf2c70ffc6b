"""Mails of Outlook and other compound files, made for the tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping

Tree = Mapping[str, "bytes | Tree"]
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF


def compound(tree: Tree) -> bytes:
    """A compound file of version 3; streams of 4096 bytes and more lie in sectors of their own."""
    entries: list[list] = [["Root Entry", 5, _FREE, b""]]
    _add(entries, tree, 0)
    mini, sectors, table = b"", [], []
    starts = []
    mini_table: list[int] = []
    for entry in entries:
        data = entry[3]
        if entry[1] == 2 and len(data) < 4096:
            count = -(-len(data) // 64)
            first = len(mini_table)
            mini_table += [first + at + 1 for at in range(count - 1)] + ([_END] if count else [])
            starts.append(first if count else _END)
            mini += data.ljust(count * 64, b"\0")
        else:
            starts.append(_chained(data, sectors, table) if data else _END)
    starts[0] = _chained(mini, sectors, table) if mini else _END
    sizes = [len(mini), *(len(entry[3]) for entry in entries[1:])]
    listed = b"".join(
        _entry(name, kind, right, child, start, size)
        for (name, kind, child, _, right), start, size in zip(
            (_with_right(entry) for entry in entries), starts, sizes, strict=True
        )
    )
    directory = _chained(listed, sectors, table)
    minis = struct.pack(f"<{len(mini_table)}I", *mini_table) if mini_table else b""
    first_mini = _chained(minis, sectors, table) if minis else _END
    blocks = 1
    while blocks * 128 < len(table) + blocks:
        blocks += 1
    places = [len(table) + at for at in range(blocks)]
    table += [0xFFFFFFFD] * blocks
    table += [_FREE] * (blocks * 128 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, blocks, directory, 0, 4096,
        first_mini, -(-len(minis) // 512), _END, 0, 0)[:52]  # fmt: skip
    head += struct.pack("<109I", *places, *[_FREE] * (109 - blocks))
    return head + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def _add(entries: list[list], tree: Tree, parent: int) -> None:
    """The parts of a folder, each the right neighbour of the one before."""
    before = None
    for name, value in tree.items():
        number = len(entries)
        is_stream = isinstance(value, bytes)
        entries.append([name, 2 if is_stream else 1, _FREE, value if is_stream else b""])
        if before is None:
            entries[parent][2] = number
        else:
            entries[before].append(number)
        before = number
        if not is_stream:
            _add(entries, value, number)


def _with_right(entry: list) -> tuple:
    return (*entry[:4], entry[4] if len(entry) > 4 else _FREE)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    said = name.encode("utf-16-le")
    told = said.ljust(64, b"\0") + struct.pack("<HBB", len(said) + 2, kind, 1)
    told += struct.pack("<3I", _FREE, right, child) + bytes(36)
    return told + struct.pack("<IIxxxx", start, size)


def _chained(data: bytes, sectors: list[bytes], table: list[int]) -> int:
    first = len(sectors)
    pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
    sectors += pieces
    table += [first + at + 1 for at in range(len(pieces) - 1)] + [_END]
    return first


def properties(values: Mapping[int, tuple[int, bytes]], head: int) -> bytes:
    """A list of fixed properties: number to kind and value."""
    rows = (struct.pack("<HHI", kind, number, 6) + value.ljust(8, b"\0")
        for number, (kind, value) in values.items())  # fmt: skip
    return bytes(head) + b"".join(rows)


def texts(values: Mapping[int, str]) -> dict[str, bytes]:
    """Streams of texts in Unicode."""
    return {f"__substg1.0_{number:04X}001F": text.encode("utf-16-le") for number, text in
        values.items()}  # fmt: skip
