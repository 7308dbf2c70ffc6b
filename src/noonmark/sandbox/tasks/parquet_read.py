"""A GeoParquet file of OpenStreetMap objects or of Overture buildings as the columns of a map."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.task_types import Answer, Payload
from noonmark.sandbox.tasks.duckdb_files import database, file_at, rows_of
from noonmark.sandbox.tasks.map_columns import (
    ADDRESS,
    DROPPED,
    LINE,
    NODE,
    RELATION_AREA,
    WAY_AREA,
    MapColumns,
    is_area,
    kept_tags,
)
from noonmark.sandbox.tasks.well_known_binary import TaggedShape, shape_of

_OSM = {"osm_type", "osm_id", "tags", "bbox", "geometry"}
_OVERTURE = {"id", "bbox", "geometry"}
_EDITED = ("osm_last_edit", "valid_from")
_E7 = 1e7
_BUILDING = {"height": "height", "num_floors": "building:levels"}
_NUMBER_BITS = 60
_CELL = 25_000
_COLUMNS = 144_000
"""As in world.landmarks.map_build: cells of 0.0025 degrees, row by row."""


def main(
    payload: Payload,
    fds: list[int],
) -> Answer:
    """Select from the first file; write the columns of map_columns, then the cells.

    Payload: ``where`` (SQL on ``tags``, or "" for all) with its ``values``, the limits of
    MapColumns, ``memory_mb``. Cells are two int64 each: the number of a cell, and how many objects
    the whole file has there. Answer: ``layout`` (osm or overture), ``counts``. Raises InputError
    ``world-map-damaged``, ``world-parquet-columns`` or ``world-map-too-large``.
    """
    file = file_at(fds[0])
    writer = MapColumns(fds[1:-1], payload)
    with database(payload["memory_mb"]) as base:
        described = base.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
        names = {row[0]: row[1] for row in described}
        layout = _layout(names)
        if layout == "osm":
            _copy_osm(base, file, names, payload, writer)
        else:
            _copy_buildings(base, file, names, writer)
        _count_cells(base, file, layout, fds[-1])
    writer.close()
    return {"layout": layout, "counts": writer.counts}


def _layout(names: dict[str, str]) -> str:
    if names.keys() >= _OSM and names["tags"].startswith("MAP("):
        return "osm"
    if names.keys() >= _OVERTURE and names.keys() & _BUILDING.keys():
        return "overture"
    raise InputError(
        "the Parquet file has the columns of none of the makers that are known: "
        f"{', '.join(sorted(names))[:200]}",
        code="world-parquet-columns",
        hint=f"needed are {', '.join(sorted(_OSM))}; or those of Overture's type=building",
    )


def _query(columns: str, where: str = "TRUE") -> str:
    """Columns of the rows of the file that have a shape. Both texts are of our own making."""
    rows = ("SELECT", columns, "FROM", "read_parquet(?)", "WHERE geometry IS NOT NULL AND", where)
    return " ".join(rows)


def _copy_osm(
    base: Any,
    file: str,
    names: dict[str, str],
    payload: Payload,
    writer: MapColumns,
) -> None:
    """The objects that the question may need; of several versions only the latest is in a file."""
    edited = next((name for name in _EDITED if name in names), None)
    time = f"epoch({edited})" if edited else "0"
    where = payload["where"] or "TRUE"
    columns = f"osm_type, osm_id, {time}, tags, geometry"
    found = base.execute(_query(columns, f"({where})"), [file, *payload["values"]])
    makers: dict[str, Callable[[TaggedShape, dict[str, str]], tuple[int, Any] | None]] = {
        "node": _node,
        "way": _way,
        "relation": _relation,
    }
    for osm_type, number, time_s, tags, binary in rows_of(found):
        maker = makers.get(osm_type)
        pairs = kept_tags(tags.items()) if tags else []
        made = maker(shape_of(binary), tags) if maker and pairs else None
        if made is not None:
            writer.put(int(number), int(time_s or 0), made[0], made[1], pairs)


def _node(shape: TaggedShape, _: dict[str, str]) -> tuple[int, Any] | None:
    return (NODE, shape.lines[:1]) if shape.kind == "point" else None


def _way(shape: TaggedShape, tags: dict[str, str]) -> tuple[int, Any] | None:
    """A way's outline again, whatever its maker took for an area."""
    if shape.kind not in ("line", "area") or len(shape.lines) != 1:
        return None
    return (WAY_AREA if is_area(tags, shape.lines[0]) else LINE), shape.lines


def _relation(shape: TaggedShape, tags: dict[str, str]) -> tuple[int, Any] | None:
    if shape.kind != "area" or tags.get("type") != "multipolygon":
        return None
    return RELATION_AREA, shape.lines


def _copy_buildings(
    base: Any,
    file: str,
    names: dict[str, str],
    writer: MapColumns,
) -> None:
    """Buildings as areas; their numbers are negative, made from their names, for OSM has none."""
    wanted = [name for name in ("class", *_BUILDING) if name in names]
    time = "epoch(update_time::TIMESTAMP)" if "update_time" in names else "0"
    found = base.execute(_query(", ".join(["id", time, "geometry", *wanted])), [file])
    for identity, time_s, binary, *values in rows_of(found):
        said = dict(zip(wanted, values, strict=True))
        pairs = [("building", str(said.get("class") or "yes"))]
        pairs += [(tag, f"{said[k]:g}") for k, tag in _BUILDING.items() if said.get(k) is not None]
        shape = shape_of(binary)
        if shape.kind == "area":
            number = -1 - (_number(str(identity)) >> (64 - _NUMBER_BITS))
            writer.put(number, int(time_s or 0), WAY_AREA, shape.lines, pairs)


def _number(identity: str) -> int:
    """64 bits of a digest of a name."""
    import hashlib

    found: int = struct.unpack("<Q", hashlib.sha256(identity.encode()).digest()[:8])[0]
    return found


def _count_cells(
    base: Any,
    file: str,
    layout: str,
    fd: int,
) -> None:
    """How many objects that would be kept of the whole file have their middle in each cell."""
    dropped = ", ".join(f"'{key}'" for key in sorted(DROPPED))
    kept = "TRUE" if layout == "overture" else (
        f"len(list_filter(map_keys(tags), lambda k: k NOT IN ({dropped})"
        f" AND NOT starts_with(k, '{ADDRESS}'))) > 0"
        " AND (osm_type <> 'relation' OR map_extract_value(tags, 'type') = 'multipolygon')"
    )  # fmt: skip
    row, column = (
        f"floor((floor((round(bbox.{axis}min * {_E7:.0f}) + round(bbox.{axis}max * {_E7:.0f}))"
        f" / 2.0) + {offset}) / {_CELL})::BIGINT"
        for axis, offset in (("y", 900_000_000), ("x", 1_800_000_000))
    )
    counted = _query(f"{row} * {_COLUMNS} + {column} AS cell, count(*)", kept)
    found = base.execute(f"{counted} GROUP BY cell ORDER BY cell", [file])
    for cell, number in rows_of(found):
        if cell is not None:
            os.write(fd, struct.pack("<qq", cell, number))
