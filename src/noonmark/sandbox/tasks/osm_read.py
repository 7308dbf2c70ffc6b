"""An OpenStreetMap file as plain columns of numbers, written to files that the caller opened."""

from __future__ import annotations

import os
from array import array
from itertools import chain
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.task_types import Answer, Payload
from noonmark.sandbox.tasks.map_columns import (
    LINE,
    NODE,
    RELATION_AREA,
    WAY_AREA,
    MapColumns,
    is_area,
    kept_tags,
)

_UNDEFINED = 2147483647
_PLACES = "sparse_mmap_array"
"""How libosmium keeps the places of nodes: 16 bytes each, never copied while their table grows."""
_BEFORE_NUMBERS = 9
"""Bytes of well-known binary before a line's coordinates: byte order, kind, how many."""


def main(
    payload: Payload,
    fds: list[int],
) -> Answer:
    """Read the first file, of the libosmium ``format`` in the payload; write the other ten.

    Payload: ``format``, ``most_features``, ``most_vertices``. Answer: ``box`` of the header
    [degrees: south, west, north, east] or nothing, counts, ``clipped`` (ways with nodes that the
    file does not hold) and ``broken`` (areas whose ring does not close). Raises InputError
    ``world-map-damaged``, ``world-map-history``, ``world-map-unsorted`` or
    ``world-map-too-large``.
    """
    import osmium

    source = _Source(osmium, fds[0], payload["format"])
    writer = MapColumns(fds[1:], payload)
    try:
        box = _header_box(osmium, source)
        wanted = _outlines(osmium, source)
        _copy(osmium, source, wanted, writer)
    except (RuntimeError, ValueError, OSError) as error:
        raise InputError(
            f"the map file is damaged or is no OpenStreetMap file: {str(error)[:200]}",
            code="world-map-damaged",
            hint="fetch it again, and compare its size or its checksum with the publisher's",
        ) from None
    writer.close()
    return {"box": box, "counts": writer.counts, "clipped": writer.clipped, "broken": writer.broken}


class _Source:
    """The file, opened anew for each pass: pbf through standard input, others from memory."""

    def __init__(
        self,
        osmium: Any,
        fd: int,
        form: str,
    ) -> None:
        self._osmium, self._fd, self.form = osmium, fd, form

    def again(self) -> Any:
        os.lseek(self._fd, 0, os.SEEK_SET)
        if self.form == "pbf":
            os.dup2(self._fd, 0)
            return self._osmium.io.File("-", "pbf")
        with os.fdopen(os.dup(self._fd), "rb") as stream:
            return self._osmium.io.FileBuffer(stream.read(), self.form)


def _header_box(
    osmium: Any,
    source: _Source,
) -> list[float]:
    reader = osmium.io.Reader(source.again(), osmium.osm.NOTHING)
    header = reader.header()
    box, has_history = header.box(), header.has_multiple_object_versions
    reader.close()
    if has_history:
        raise history()
    if not box.valid():
        return []
    low, high = box.bottom_left, box.top_right
    return [low.lat, low.lon, high.lat, high.lon]


def _outlines(
    osmium: Any,
    source: _Source,
) -> dict[int, list[int]]:
    """The ways of each multipolygon relation, both outer and inner, by its id."""
    found = {}
    for item in osmium.FileProcessor(source.again(), osmium.osm.RELATION):
        if item.tags.get("type") == "multipolygon" and _kept(item):
            found[item.id] = [m.ref for m in item.members if m.type == "w"]
    return found


def _copy(
    osmium: Any,
    source: _Source,
    outlines: dict[int, list[int]],
    writer: MapColumns,
) -> None:
    """Nodes and ways as they come; relations last, their rings put together.

    A way takes its shape from the nodes before it, and a relation from the ways.
    """
    members = {way for ways in outlines.values() for way in ways}
    shapes: dict[int, array[int]] = {}
    kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    items = osmium.FileProcessor(source.again(), kinds).with_locations(_PLACES)
    points_of = _WayPoints(osmium)
    order = _FileOrder()
    for item in items:
        order.check(item)
        if item.is_node():
            if item.tags:  # most have none, but may be older versions of those that do
                _copy_node(item, writer)
        elif item.is_way():
            points = _copy_way(item, points_of(item), writer)
            if item.id in members:
                shapes[item.id] = array("i", chain.from_iterable(points))
        elif item.id in outlines:
            _copy_area(item, [shapes.get(way) for way in outlines[item.id]], writer)


class _FileOrder:
    """The order of a file: nodes, then ways, then relations, and none of them twice."""

    def __init__(self) -> None:
        self._rank = 0
        self._id = 0

    def check(self, item: Any) -> None:
        """Compare an object with the one before it.

        Raises InputError where it should have come first, or is deleted or another version of the
        same.
        """
        if not item.visible:
            raise history()
        rank = "nwr".index(item.type_str())
        if rank < self._rank:
            raise _unsorted()
        if rank == self._rank and item.id == self._id:
            raise history()
        self._rank = rank
        self._id = item.id


def _unsorted() -> InputError:
    return InputError(
        "nodes, ways and relations do not stand in this order: lines would lose their shape",
        code="world-map-unsorted",
        hint="osmium sort IN -o OUT.osm.pbf, then noonmark world add OUT.osm.pbf",
    )


def history() -> InputError:
    """The error of a file that holds more than the latest version of each object."""
    return InputError(
        "this is a history file: it holds older versions of objects, or deleted ones",
        code="world-map-history",
        hint="fetch the plain extract of the region, or osmium time-filter IN -o OUT.osm.pbf",
    )


class _WayPoints:
    """The vertices of ways as whole numbers [1e-7 deg], those that the file holds.

    libosmium writes all of a way at once as well-known binary, five times as fast as node by node;
    it refuses a way that lacks a node, or has only one.
    """

    def __init__(
        self,
        osmium: Any,
    ) -> None:
        self._line = osmium.geom.WKBFactory().create_linestring
        self._how = osmium.geom.use_nodes.ALL
        self._refusals = (osmium.InvalidLocationError, RuntimeError)

    def __call__(
        self,
        way: Any,
    ) -> list[tuple[int, int]]:
        try:
            binary = bytes.fromhex(self._line(way, self._how))
        except self._refusals:
            places = [node.location for node in way.nodes]
            return [(place.x, place.y) for place in places if place.x != _UNDEFINED]
        numbers = iter(array("d", binary[_BEFORE_NUMBERS:]))
        return [(round(x * 1e7), round(y * 1e7)) for x, y in zip(numbers, numbers, strict=True)]


def _copy_node(
    node: Any,
    writer: MapColumns,
) -> None:
    """Write a node that has a place."""
    point = (node.location.x, node.location.y)
    if point[0] != _UNDEFINED:
        _put(writer, node, NODE, [[point]])


def _copy_way(
    way: Any,
    points: list[tuple[int, int]],
    writer: MapColumns,
) -> list[tuple[int, int]]:
    """Write a way as far as its nodes are in the file; its vertices."""
    writer.clipped += len(points) < len(way.nodes)
    if points:
        _put(writer, way, WAY_AREA if is_area(way.tags, points) else LINE, [points])
    return points


def _copy_area(
    relation: Any,
    ways: list[array[int] | None],
    writer: MapColumns,
) -> None:
    """Write a multipolygon of the ways that the file holds: x and y of their vertices in turn."""
    rings = rings_of([list(zip(way[::2], way[1::2], strict=True)) for way in ways if way])
    writer.broken += not rings
    _put(writer, relation, RELATION_AREA, rings)


def rings_of(parts: list[list[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """Closed rings of lines joined where their ends meet; what does not close is left out."""
    rings, open_parts = [], [part for part in parts if len(part) > 1]
    while open_parts:
        ring = open_parts.pop()
        while ring[0] != ring[-1]:
            k = _continuation(ring[-1], open_parts)
            if k is None:
                break
            part = open_parts.pop(k)
            ring = ring + (part[1:] if part[0] == ring[-1] else part[-2::-1])
        if len(ring) > 3 and ring[0] == ring[-1]:
            rings.append(ring)
    return rings


def _continuation(
    end: tuple[int, int],
    parts: list[list[tuple[int, int]]],
) -> int | None:
    return next((k for k, part in enumerate(parts) if end in (part[0], part[-1])), None)


def _kept(item: Any) -> list[tuple[str, str]]:
    return kept_tags((tag.k, tag.v) for tag in item.tags)


def _put(
    writer: MapColumns,
    item: Any,
    kind: int,
    parts: list[list[tuple[int, int]]],
) -> None:
    """One feature; without a tag that says something, or without a place, none."""
    pairs = _kept(item) if parts else []
    if pairs:
        writer.put(item.id, _time_s(item), kind, parts, pairs)


def _time_s(item: Any) -> int:
    """POSIX seconds of the last edit; 0 where the file does not say."""
    try:
        return int(item.timestamp.timestamp())
    except (ValueError, OverflowError, OSError):
        return 0
