"""An OpenStreetMap file as plain columns of numbers, written to files that the caller opened."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.task_types import Answer, Payload

COLUMNS = ("id", "kind", "time", "parts", "ends", "x", "y", "tags", "token", "words")
"""The outputs in order; each as in ``_TYPES``, ``words`` as lines of JSON [key, value]."""
_TYPES = {
    "id": "q",
    "kind": "b",
    "time": "I",
    "parts": "I",
    "ends": "I",
    "x": "i",
    "y": "i",
    "tags": "I",
    "token": "I",
}
NODE, LINE, WAY_AREA, RELATION_AREA = 0, 1, 2, 3
_FLUSH = 1 << 12
_LONGEST = 1000
_DROPPED = frozenset(("source", "created_by", "note", "attribution", "import_uuid", "source_ref"))
_LINES = ("highway", "barrier", "railway", "waterway", "power", "aerialway")
_UNDEFINED = 2147483647


def main(
    payload: Payload,
    fds: list[int],
) -> Answer:
    """Read the first file, of the libosmium ``format`` in the payload; write the other ten.

    Payload: ``format``, ``most_features``, ``most_vertices``. Answer: ``box`` of the header
    [degrees: south, west, north, east] or nothing, counts, ``clipped`` (ways with nodes that the
    file does not hold) and ``broken`` (areas whose ring does not close). Raises InputError
    ``world-map-damaged``, ``world-map-history`` or ``world-map-too-large``.
    """
    import osmium

    source = _Source(osmium, fds[0], payload["format"])
    writer = _Writer(fds[1:], payload)
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
        self._osmium, self._fd, self._form = osmium, fd, form

    def again(self) -> Any:
        os.lseek(self._fd, 0, os.SEEK_SET)
        if self._form == "pbf":
            os.dup2(self._fd, 0)
            return self._osmium.io.File("-", "pbf")
        with os.fdopen(os.dup(self._fd), "rb") as stream:
            return self._osmium.io.FileBuffer(stream.read(), self._form)


def _header_box(
    osmium: Any,
    source: _Source,
) -> list[float]:
    reader = osmium.io.Reader(source.again(), osmium.osm.NOTHING)
    header = reader.header()
    box, has_history = header.box(), header.has_multiple_object_versions
    reader.close()
    if has_history:
        raise InputError(
            "this is a history file: it holds every version of each object",
            code="world-map-history",
            hint="fetch the plain extract of the same region",
        )
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
        if item.tags.get("type") == "multipolygon" and _kept(item.tags):
            found[item.id] = [m.ref for m in item.members if m.type == "w"]
    return found


def _copy(
    osmium: Any,
    source: _Source,
    outlines: dict[int, list[int]],
    writer: _Writer,
) -> None:
    """Nodes and ways as they come; relations last, their rings put together."""
    members = {way for ways in outlines.values() for way in ways}
    shapes: dict[int, list[tuple[int, int]]] = {}
    kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    nodes_with_tags = osmium.filter.EmptyTagFilter().enable_for(osmium.osm.NODE)
    items = osmium.FileProcessor(source.again(), kinds).with_locations()
    for item in items.with_filter(nodes_with_tags):
        if item.is_node():
            point = (item.location.x, item.location.y)
            writer.put(item, NODE, [[point]] if point[0] != _UNDEFINED else [])
        elif item.is_way():
            points = _copy_way(item, writer)
            if item.id in members:
                shapes[item.id] = points
        elif item.id in outlines:
            rings = rings_of([shapes[way] for way in outlines[item.id] if shapes.get(way)])
            writer.broken += not rings
            writer.put(item, RELATION_AREA, rings)


def _copy_way(
    way: Any,
    writer: _Writer,
) -> list[tuple[int, int]]:
    """Write a way as far as its nodes are in the file; its vertices."""
    points = [(node.x, node.y) for node in way.nodes if node.x != _UNDEFINED]
    writer.clipped += len(points) < len(way.nodes)
    if points:
        writer.put(way, WAY_AREA if _is_area(way, points) else LINE, [points])
    return points


def _is_area(
    way: Any,
    points: list[tuple[int, int]],
) -> bool:
    """Whether a way is an outline: closed, and none of the lines that go round."""
    if len(points) < 4 or points[0] != points[-1]:
        return False
    said = way.tags.get("area")
    if said is not None:
        return bool(said != "no")
    return not any(key in way.tags for key in _LINES)


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


def _kept(tags: Any) -> list[tuple[str, str]]:
    """The tags that say something; none where all is an address or a note on the source."""
    pairs = [(t.k[:_LONGEST], t.v[:_LONGEST]) for t in tags if t.k not in _DROPPED]
    if all(key.startswith("addr:") for key, _ in pairs):
        return []
    return pairs


class _Writer:
    """Columns that go to their files in pieces."""

    def __init__(
        self,
        fds: list[int],
        limits: Payload,
    ) -> None:
        self._fds = dict(zip(COLUMNS, fds, strict=True))
        self._held = {name: array(form) for name, form in _TYPES.items()}
        self._words: dict[tuple[str, str], int] = {}
        self._lines: list[str] = []
        self._limits = limits
        self.counts = {"features": 0, "vertices": 0, "words": 0}
        self.clipped = self.broken = 0

    def put(
        self,
        item: Any,
        kind: int,
        parts: list[list[tuple[int, int]]],
    ) -> None:
        """One feature; without a tag that says something, or without a place, none."""
        pairs = _kept(item.tags) if parts else []
        if not pairs:
            return
        held = self._held
        held["id"].append(item.id)
        held["kind"].append(kind)
        held["time"].append(_time_s(item))
        held["parts"].append(len(parts))
        for part in parts:
            held["ends"].append(len(part))
            held["x"].extend(x for x, _ in part)
            held["y"].extend(y for _, y in part)
            self.counts["vertices"] += len(part)
        held["tags"].append(len(pairs))
        held["token"].extend(self._tokens(pairs))
        self.counts["features"] += 1
        if self.counts["features"] % 1024 == 0:
            self._flush()

    def _tokens(
        self,
        pairs: list[tuple[str, str]],
    ) -> Iterator[int]:
        for pair in pairs:
            number = self._words.get(pair)
            if number is None:
                number = self._words[pair] = len(self._words)
                self._lines.append(json.dumps(pair))
            yield number

    def _flush(
        self,
        *,
        all_of_it: bool = False,
    ) -> None:
        limits, counts = self._limits, self.counts
        counts["words"] = len(self._words)
        for name, limit in (("features", "most_features"), ("vertices", "most_vertices")):
            if counts[name] > limits[limit]:
                raise InputError(
                    f"the map holds more than {limits[limit]} {name}",
                    code="world-map-too-large",
                    hint="cut a smaller region out of it: osmium extract -b W,S,E,N IN -o OUT",
                )
        for name, column in self._held.items():
            if all_of_it or len(column) >= _FLUSH:
                _write(self._fds[name], column.tobytes())
                del column[:]
        if self._lines:
            _write(self._fds["words"], ("\n".join(self._lines) + "\n").encode())
            self._lines.clear()

    def close(self) -> None:
        """Write what is left."""
        self._flush(all_of_it=True)


def _time_s(item: Any) -> int:
    """POSIX seconds of the last edit; 0 where the file does not say."""
    try:
        return max(0, min(int(item.timestamp.timestamp()), 2**32 - 1))
    except (ValueError, OverflowError, OSError):
        return 0


def _write(
    fd: int,
    data: bytes,
) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
