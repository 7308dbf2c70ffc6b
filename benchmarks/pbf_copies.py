"""An .osm.pbf file repeated: every copy with numbers, names and a place of its own.

The blocks of the source are patched, not decoded: numbers of objects stand at known places, and a
block says by how much its coordinates are moved. So half a gigabyte is made in a minute or two.
Names (texts that begin with a capital letter) get the number of the copy, so that tags grow in
number with the file as they do in a larger region.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

STEP = 10**10
"""What is added to every number from one copy to the next; numbers of the source are below it."""
_COLUMNS = 100
_NANO = 10**9
_HOLE = 7
"""Bytes of a number that is patched: seven groups of seven bits, so numbers below 2**48."""
_NODES, _DENSE, _WAYS, _RELATIONS = 1, 2, 3, 4
_FIRST_OF = {_WAYS: 8, _RELATIONS: 9}
"""The field of a way's nodes and of a relation's members: differences, the first one a number."""


@dataclass(frozen=True)
class _Template:
    """The groups of a block with the places of the numbers in them."""

    texts: list[bytes]
    group: np.ndarray
    place: np.ndarray
    number: np.ndarray
    is_zigzag: np.ndarray
    rest: bytes


def repeated(source: Path, out: Path, wanted_bytes: int) -> int:
    """Write the extract so often that the file has the size; how many copies."""
    head, blocks = _blocks(source.read_bytes())
    kinds: dict[int, list[_Template]] = {}
    for block in blocks:
        for kind, template in _templates(block):
            kinds.setdefault(kind, []).append(template)
    one = sum(len(_packed(_patched(t, 1))) for ts in kinds.values() for t in ts)
    copies = max(round(wanted_bytes / one), 1)
    with open(out, "wb") as stream:
        stream.write(head)
        # nodes of all copies first, then ways, then relations: the order that readers expect
        for kind in sorted(kinds):
            for copy in range(copies):
                for template in kinds[kind]:
                    stream.write(_packed(_patched(template, copy)))
    return copies


def _blocks(data: bytes) -> tuple[bytes, list[bytes]]:
    """The header's bytes as they stand, and the blocks of data, unpacked."""
    head, blocks, at = b"", [], 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        fields = dict(_fields(data[at + 4 : at + 4 + length]))
        end = at + 4 + length + fields[3]
        if fields[1] == b"OSMHeader":
            head = data[at:end]
        else:
            blob = dict(_fields(data[at + 4 + length : end]))
            blocks.append(blob[1] if 1 in blob else zlib.decompress(blob[3]))
        at = end
    return head, blocks


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where the next thing does."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message: numbers and texts."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == 2:
            yield key >> 3, data[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _number(value: int) -> bytes:
    """A number in as few bytes as it needs."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _field(field: int, value: int | bytes) -> bytes:
    if isinstance(value, bytes):
        return _number(field << 3 | 2) + _number(len(value)) + value
    return _number(field << 3) + _number(value)


def _templates(block: bytes) -> Iterator[tuple[int, _Template]]:
    """Each group of a block as a block of its own, with its kind."""
    fields = list(_fields(block))
    texts = [value for _, value in _fields(dict(fields)[1])]
    rest = b"".join(_field(f, v) for f, v in fields if f not in (1, 2, 19, 20))
    for group in (value for field, value in fields if field == 2):
        out = bytearray()
        holes: list[tuple[int, int, bool]] = []
        kind = 0
        for kind, item in _fields(group):
            if kind == _DENSE:
                parts = _dense(item)
            elif kind in _FIRST_OF:
                parts = _numbered(item, _FIRST_OF[kind])
            else:
                raise ValueError(f"groups of kind {kind} are not repeated")
            size = sum(_HOLE if isinstance(p, tuple) else len(p) for p in parts)
            out += _number(kind << 3 | 2) + _number(size)
            for part in parts:
                if isinstance(part, tuple):
                    holes.append((len(out), *part))
                    out += bytes(_HOLE)
                else:
                    out += part
        place, number, zigzag = (np.array(column) for column in zip(*holes, strict=True))
        yield (
            kind,
            _Template(texts, np.frombuffer(bytes(out), np.uint8), place, number, zigzag, rest),
        )


def _dense(item: bytes) -> list[bytes | tuple[int, bool]]:
    """Nodes: the first number of field 1 is patched, the others are differences."""
    return [p for f, v in _fields(item) for p in (_first(f, v) if f == 1 else [_field(f, v)])]


def _numbered(item: bytes, first_of: int) -> list[bytes | tuple[int, bool]]:
    """A way or relation: its number, and the first of those that it names."""
    parts: list[bytes | tuple[int, bool]] = []
    for field, value in _fields(item):
        if field == 1:
            parts += [_number(8), (value, False)]
        elif field == first_of and value:
            parts += _first(field, value)
        else:
            parts.append(_field(field, value))
    return parts


def _first(field: int, packed: bytes) -> list[bytes | tuple[int, bool]]:
    """A field of differences, its first number to be patched."""
    zigzag, at = _varint(packed, 0)
    rest = packed[at:]
    head = _number(field << 3 | 2) + _number(_HOLE + len(rest))
    return [head, (zigzag >> 1, True), rest]


def _patched(template: _Template, copy: int) -> bytes:
    """The block of one copy."""
    value = (template.number + copy * STEP) << template.is_zigzag
    group = template.group.copy()
    for k in range(_HOLE):
        more = 0 if k == _HOLE - 1 else 128
        group[template.place + k] = (value >> (7 * k)) & 127 | more
    mark = f" {copy}".encode()
    texts = [t + mark if t[:1].isupper() else t for t in template.texts]
    return b"".join((
        _field(1, b"".join(_field(1, t) for t in texts)),
        _field(2, group.tobytes()),
        template.rest,
        _field(19, copy // _COLUMNS * _NANO),
        _field(20, copy % _COLUMNS * _NANO),
    ))  # fmt: skip


def _packed(block: bytes) -> bytes:
    """A block as it stands in a file."""
    blob = _field(2, len(block)) + _field(3, zlib.compress(block))
    head = _field(1, b"OSMData") + _field(3, len(blob))
    return struct.pack(">I", len(head)) + head + blob
