"""Shapes in well-known binary (OGC 06-103r4), as whole numbers of 1e-7 degrees."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from noonmark.errors import InputError

_POINT, _LINE, _POLYGON, _MULTI_POLYGON = 1, 2, 3, 6
_KINDS = {_POINT: "point", _LINE: "line", _POLYGON: "area", _MULTI_POLYGON: "area"}
_MOST_POINTS = 2_000_000
_EXTRA_AXES = {0: 0, 1: 1, 2: 1, 3: 2}
_FLAGS = ((0x80000000, 1), (0x40000000, 1))
_WITH_NUMBER = 0x20000000
_E7 = 1e7


@dataclass(frozen=True)
class TaggedShape:
    """``kind``: point, line, area or other. ``lines``: x and y of each line or ring."""

    kind: str
    lines: list[list[tuple[int, int]]]


def shape_of(data: bytes) -> TaggedShape:
    """The shape. Collections and several lines are "other" and have no lines.

    Raises InputError ``world-map-damaged``.
    """
    reader = _Reader(data)
    try:
        kind, axes, order = reader.head()
        if kind == _MULTI_POLYGON:
            lines = []
            for _ in range(reader.count(order)):
                _, own_axes, own_order = reader.head()
                lines += reader.rings(own_order, own_axes)
        elif kind == _POLYGON:
            lines = reader.rings(order, axes)
        elif kind == _LINE:
            lines = [reader.points(order, axes, reader.count(order))]
        elif kind == _POINT:
            lines = [reader.points(order, axes, 1)]
        else:
            return TaggedShape("other", [])
    except (struct.error, ValueError, OverflowError) as error:
        raise InputError(
            f"a shape in the file is damaged: {error}",
            code="world-map-damaged",
            hint="fetch or make the file again",
        ) from None
    return TaggedShape(_KINDS[kind], [line for line in lines if line])


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def head(self) -> tuple[int, int, str]:
        """The kind of a shape, the number of its axes, the order of its bytes."""
        order = "<" if self._data[self._at : self._at + 1] == b"\x01" else ">"
        (code,) = struct.unpack_from(f"{order}I", self._data, self._at + 1)
        self._at += 5
        axes = 2
        for flag, more in _FLAGS:
            axes += more if code & flag else 0
        if code & _WITH_NUMBER:
            self._at += 4
        thousands, kind = divmod(code & 0x0FFFFFFF, 1000)
        return kind, axes + _EXTRA_AXES.get(thousands, 0), order

    def count(self, order: str) -> int:
        """A number of parts or points."""
        (number,) = struct.unpack_from(f"{order}I", self._data, self._at)
        self._at += 4
        if number > _MOST_POINTS:
            raise ValueError(f"{number} points or parts")
        return int(number)

    def rings(self, order: str, axes: int) -> list[list[tuple[int, int]]]:
        """The rings of a polygon."""
        return [self.points(order, axes, self.count(order)) for _ in range(self.count(order))]

    def points(self, order: str, axes: int, number: int) -> list[tuple[int, int]]:
        """So many points."""
        form = f"{order}{number * axes}d"
        flat = struct.unpack_from(form, self._data, self._at)
        self._at += 8 * number * axes
        xs, ys = flat[::axes], flat[1::axes]
        return [(round(x * _E7), round(y * _E7)) for x, y in zip(xs, ys, strict=True)]
