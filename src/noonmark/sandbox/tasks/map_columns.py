"""The columns of a map as both readers of maps write them, to files that the caller opened."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping

from noonmark.errors import InputError
from noonmark.sandbox.task_types import Payload

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
_MOST_KNOWN = 1 << 18
"""So many tags are held to be known again: of one that was forgotten, another line is written."""
DROPPED = frozenset(("source", "created_by", "note", "attribution", "import_uuid", "source_ref"))
"""Tags that say where a datum is from, not what is there."""
ADDRESS = "addr:"
"""How the keys of addresses begin: an object with no other tag is not kept."""
_LINES = ("highway", "barrier", "railway", "waterway", "power", "aerialway")
_LATEST_S = 2**32 - 1


def kept_tags(tags: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The tags that say something; none where all is an address or a note on the source."""
    pairs = [(key[:_LONGEST], value[:_LONGEST]) for key, value in tags if key not in DROPPED]
    if all(key.startswith(ADDRESS) for key, _ in pairs):
        return []
    return pairs


def is_area(
    tags: Mapping[str, str],
    points: list[tuple[int, int]],
) -> bool:
    """Whether a way is an outline: closed, and none of the lines that go round."""
    if len(points) < 4 or points[0] != points[-1]:
        return False
    said = tags.get("area")
    if said is not None:
        return bool(said != "no")
    return not any(key in tags for key in _LINES)


class MapColumns:
    """Columns that go to their files in pieces."""

    def __init__(
        self,
        fds: list[int],
        limits: Payload,
    ) -> None:
        self._fds = dict(zip(COLUMNS, fds, strict=True))
        self._held = {name: array(form) for name, form in _TYPES.items()}
        self._words: dict[tuple[str, str], int] = {}
        self._forgotten = 0
        self._lines: list[str] = []
        self._limits = limits
        self.counts = {"features": 0, "vertices": 0, "words": 0}
        self.clipped = self.broken = 0

    def put(
        self,
        number: int,
        time_s: int,
        kind: int,
        parts: list[list[tuple[int, int]]],
        pairs: list[tuple[str, str]],
    ) -> None:
        """One feature: its OSM number, the last edit [POSIX s], its lines, its tags."""
        held = self._held
        held["id"].append(number)
        held["kind"].append(kind)
        held["time"].append(max(0, min(time_s, _LATEST_S)))
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
                if len(self._words) == _MOST_KNOWN:
                    self._words.clear()
                    self._forgotten += _MOST_KNOWN
                number = self._words[pair] = self._forgotten + len(self._words)
                self._lines.append(json.dumps(pair))
            yield number

    def _flush(
        self,
        *,
        all_of_it: bool = False,
    ) -> None:
        limits, counts = self._limits, self.counts
        counts["words"] = self._forgotten + len(self._words)
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


def _write(
    fd: int,
    data: bytes,
) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
