"""Parquet files of bare OpenStreetMap elements (osm-pbf-parquet) as the columns of a map.

Nodes, ways and relations are rows of different files, in no order. A way names its nodes and a
relation its ways, so the files are read together: each way takes its shape from the nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.task_types import Answer, Payload
from noonmark.sandbox.tasks.duckdb_files import database, file_at, rows_of
from noonmark.sandbox.tasks.map_columns import (
    LINE,
    NODE,
    RELATION_AREA,
    WAY_AREA,
    MapColumns,
    is_area,
    kept_tags,
)
from noonmark.sandbox.tasks.osm_read import history, rings_of

_NEEDED = frozenset(("id", "lat", "lon", "members", "nds", "tags"))
_KIND = (
    "CASE WHEN lat IS NOT NULL THEN 0 WHEN len(nds) > 0 THEN 1"
    " WHEN len(members) > 0 THEN 2 ELSE 3 END AS kind"
)
_TABLES = (
    "CREATE TABLE place AS SELECT id, round(lon * 1e7)::INTEGER AS x,"
    " round(lat * 1e7)::INTEGER AS y FROM element WHERE lat IS NOT NULL AND lon IS NOT NULL",
    "CREATE TABLE outline AS SELECT id, UNNEST(members) AS member,"
    " generate_subscripts(members, 1) AS turn FROM element"
    " WHERE len(members) > 0 AND map_extract_value(tags, 'type') = 'multipolygon'",
    "CREATE TABLE corner AS SELECT id, UNNEST(nds).ref AS node,"
    " generate_subscripts(nds, 1) AS turn FROM element WHERE len(nds) > 0"
    " AND (cardinality(tags) > 0"
    " OR id IN (SELECT member.ref FROM outline WHERE member.type = 'way'))",
    "CREATE TABLE shape AS SELECT corner.id AS id, list(x ORDER BY turn) AS xs,"
    " list(y ORDER BY turn) AS ys FROM corner JOIN place ON place.id = node GROUP BY corner.id",
)

Line = list[tuple[int, int]]


def main(
    payload: Payload,
    fds: list[int],
) -> Answer:
    """Read the first ``files`` files as one table; write the columns of map_columns.

    Payload: ``files``, the limits of MapColumns, ``memory_mb``. Answer: ``counts``, ``clipped``
    and ``broken``, as of osm_read. Raises InputError ``world-map-damaged``,
    ``world-parquet-columns``, ``world-map-history`` or ``world-map-too-large``.
    """
    import duckdb

    count = payload["files"]
    files = [file_at(fd) for fd in fds[:count]]
    writer = MapColumns(fds[count:], payload)
    with database(payload["memory_mb"]) as base:
        try:
            _copy(base, files, writer)
        except duckdb.OutOfMemoryException:
            raise InputError(
                f"the files need more than {payload['memory_mb']} MB of memory",
                code="world-map-too-large",
                hint="make them of the extract of a smaller region, or add its .osm.pbf itself",
            ) from None
    writer.close()
    return {"counts": writer.counts, "clipped": writer.clipped, "broken": writer.broken}


def _copy(
    base: Any,
    files: list[str],
    writer: MapColumns,
) -> None:
    """Write everything that the files hold."""
    _open(base, files)
    _refuse_history(base)
    for table in _TABLES:
        base.execute(table)
    _copy_nodes(base, writer)
    _copy_ways(base, writer)
    _copy_areas(base, writer)


def _open(
    base: Any,
    files: list[str],
) -> None:
    """The files as one view ``element``, with ``time_s`` of the last edit and ``kind``."""
    read = "read_parquet(?, union_by_name = true, hive_partitioning = false)"
    described = base.execute(f"DESCRIBE FROM {read}", [files]).fetchall()
    names = {row[0] for row in described}
    if not names >= _NEEDED:
        raise InputError(
            f"the Parquet files lack columns of osm-pbf-parquet: {', '.join(_NEEDED - names)}",
            code="world-parquet-columns",
            hint=f"needed are {', '.join(sorted(_NEEDED))}",
        )
    time = "epoch(timestamp)::BIGINT" if "timestamp" in names else "0"
    seen = "visible" if "visible" in names else "true"
    made = f"id, tags, lat, lon, nds, members, {_KIND}, {time} AS time_s, {seen} AS seen"
    quoted = ", ".join(f"'{file}'" for file in files)
    source = read.replace("?", f"[{quoted}]")
    base.execute(" ".join(("CREATE VIEW element AS SELECT", made, "FROM", source)))


def _refuse_history(base: Any) -> None:
    """Raise InputError where an object was deleted, or stands there in several versions."""
    deleted = "SELECT 1 FROM element WHERE seen = false LIMIT 1"
    several = "SELECT 1 FROM element WHERE kind < 3 GROUP BY kind, id HAVING count(*) > 1 LIMIT 1"
    if base.execute(deleted).fetchone() or base.execute(several).fetchone():
        raise history()


def _rows(
    base: Any,
    query: str,
) -> Iterator[tuple[Any, ...]]:
    """The rows of a query; the first column is the tags, of which those that are kept come last."""
    for tags, *values in rows_of(base.execute(query)):
        said = {key: value for key, value in tags.items() if value is not None}
        yield said, *values, kept_tags(said.items())


def _copy_nodes(
    base: Any,
    writer: MapColumns,
) -> None:
    """Write the nodes that have a tag."""
    query = (
        "SELECT tags, id, time_s, round(lon * 1e7)::INTEGER, round(lat * 1e7)::INTEGER"
        " FROM element WHERE cardinality(tags) > 0 AND lat IS NOT NULL AND lon IS NOT NULL"
    )
    for _, number, time_s, x, y, pairs in _rows(base, query):
        if pairs:
            writer.put(number, time_s or 0, NODE, [[(x, y)]], pairs)


def _copy_ways(
    base: Any,
    writer: MapColumns,
) -> None:
    """Write the ways that have a tag, as far as their nodes are in the files."""
    query = (
        "SELECT tags, id, time_s, len(nds), xs, ys FROM element JOIN shape USING (id)"
        " WHERE kind = 1 AND cardinality(tags) > 0"
    )
    for tags, number, time_s, count, xs, ys, pairs in _rows(base, query):
        points = list(zip(xs, ys, strict=True))
        writer.clipped += len(points) < count
        if pairs:
            kind = WAY_AREA if is_area(tags, points) else LINE
            writer.put(number, time_s or 0, kind, [points], pairs)


def _copy_areas(
    base: Any,
    writer: MapColumns,
) -> None:
    """Write the multipolygons, of the ways that the files hold."""
    query = (
        "SELECT tags, element.id, time_s, ways FROM element JOIN (SELECT outline.id AS id,"
        " list({'x': xs, 'y': ys} ORDER BY turn) AS ways FROM outline"
        " LEFT JOIN shape ON shape.id = member.ref AND member.type = 'way' GROUP BY outline.id)"
        " AS ring ON ring.id = element.id WHERE kind = 2"
    )
    for _, number, time_s, ways, pairs in _rows(base, query):
        if not pairs:
            continue
        lines: list[Line] = [list(zip(way["x"], way["y"], strict=True)) for way in ways if way["x"]]
        rings = rings_of(lines)
        writer.broken += not rings
        if rings:
            writer.put(number, time_s or 0, RELATION_AREA, rings, pairs)
