"""Parquet files as ohsome-planet, Overture (buildings) and osm-pbf-parquet write them, of maps."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from noonmark.world.landmarks.ragged import starts
from noonmark.world.landmarks.raw_columns import RawMap

_BBOX = "{'xmin': xmin, 'ymin': ymin, 'xmax': xmax, 'ymax': ymax} AS bbox"
_TYPES = ("node", "way", "way", "relation")


def write_osm(raw: RawMap, path: Path) -> None:
    """Every object of a map as a row of a file as ohsome-planet makes it (the columns we read)."""
    base = _table(
        "osm_type VARCHAR, osm_id BIGINT, osm_last_edit BIGINT, keys VARCHAR[], said VARCHAR[],"
        " xmin DOUBLE, ymin DOUBLE, xmax DOUBLE, ymax DOUBLE, geometry BLOB",
        _osm_rows(raw),
    )
    columns = "'latest' AS status, osm_type, osm_id, to_timestamp(osm_last_edit) AS osm_last_edit"
    _write(base, f"{columns}, map(keys, said) AS tags, {_BBOX}, geometry", path)


def write_buildings(raw: RawMap, path: Path) -> int:
    """Outlines of a map's buildings as a file of Overture's type=building; how many."""
    rows = [
        (f"{number:032x}", *box, shape, "apartments" if number % 2 else None, 3.0 * (number % 9))
        for kind, number, _, keys, _, *box, shape in _osm_rows(raw)
        if kind == "way" and "building" in keys and shape[1:5] == struct.pack("<I", 3)
    ]
    base = _table(
        "id VARCHAR, xmin DOUBLE, ymin DOUBLE, xmax DOUBLE, ymax DOUBLE, geometry BLOB,"
        " class VARCHAR, height DOUBLE",
        iter(rows),
    )
    _write(base, f"id, {_BBOX}, geometry, class, height", path)
    return len(rows)


_ELEMENT = (
    "id BIGINT, keys VARCHAR[], said VARCHAR[], lat DOUBLE, lon DOUBLE,"
    ' nds STRUCT("ref" BIGINT)[], members STRUCT("type" VARCHAR, "ref" BIGINT, "role" VARCHAR)[],'
    ' "timestamp" TIMESTAMP_MS, "version" INTEGER, visible BOOLEAN'
)
_MEMBER = {"n": "node", "w": "way", "r": "relation"}


def write_elements(source: Path, folder: Path) -> list[Path]:
    """A map file as osm-pbf-parquet writes it: files of nodes, ways and relations; their paths."""
    import osmium

    rows: dict[str, list[tuple[Any, ...]]] = {"node": [], "relation": [], "way": []}
    for item in osmium.FileProcessor(str(source)):
        kind = _MEMBER[item.type_str()]
        place = (item.location.lat, item.location.lon) if kind == "node" else (None, None)
        nodes = [{"ref": each.ref} for each in item.nodes] if kind == "way" else []
        members = []
        if kind == "relation":
            members = [
                {"type": _MEMBER[m.type], "ref": m.ref, "role": m.role} for m in item.members
            ]
        tags = [tag.k for tag in item.tags], [tag.v for tag in item.tags]
        edited = item.timestamp.replace(tzinfo=None)
        rows[kind].append((item.id, *tags, *place, nodes, members, edited, item.version, True))
    files = []
    for kind, found in rows.items():
        files.append(folder / f"type={kind}" / f"{kind}_0000.zstd.parquet")
        files[-1].parent.mkdir(parents=True)
        base = _table(_ELEMENT, iter(found[::-1]))
        shown = 'lat, lon, nds, members, "timestamp", "version", visible'
        _write(base, f"id, map(keys, said) AS tags, {shown}", files[-1])
    return files


def _write(base: Any, columns: str, path: Path) -> None:
    base.sql("FROM made").select(columns).write_parquet(str(path), row_group_size=4096)


def _table(columns: str, rows: Iterator[tuple[Any, ...]]) -> Any:
    import duckdb

    base = duckdb.connect(config={"threads": 1})
    base.execute(f"CREATE TABLE made ({columns})")
    count = len(base.execute("DESCRIBE made").fetchall())
    marks = ", ".join("?" * count)
    insert = " ".join(("INSERT INTO made VALUES", f"({marks})"))
    base.execute("BEGIN")
    for row in rows:
        base.execute(insert, row)
    base.execute("COMMIT")
    return base


def _osm_rows(raw: RawMap) -> Iterator[tuple[Any, ...]]:
    column = {name: np.asarray(values) for name, values in raw.column.items()}
    part = starts(column["parts"])
    vertex = starts(column["ends"])
    tag = starts(column["tags"])
    for k, kind in enumerate(column["kind"].tolist()):
        lines = []
        for p in range(part[k], part[k + 1]):
            run = slice(vertex[p], vertex[p + 1])
            lines.append(np.stack([column["x"][run], column["y"][run]], axis=1) / 1e7)
        every = np.concatenate(lines)
        tokens = column["token"][tag[k] : tag[k + 1]].tolist()
        words = [raw.words[token].decode().split("\0") for token in tokens]
        yield (
            _TYPES[kind],
            int(column["id"][k]),
            int(column["time"][k]),
            [key for key, _ in words],
            [value for _, value in words],
            *every.min(axis=0).tolist(),
            *every.max(axis=0).tolist(),
            _binary(kind, lines),
        )


def _binary(kind: int, lines: list[np.ndarray]) -> bytes:
    """Well-known binary: point, line, polygon, or several polygons of one ring."""
    if kind == 0:
        return struct.pack("<BI", 1, 1) + lines[0][0].tobytes()
    runs = [struct.pack("<I", len(line)) + line.tobytes() for line in lines]
    if kind == 1:
        return struct.pack("<BI", 1, 2) + runs[0]
    polygons = [struct.pack("<BII", 1, 3, 1) + run for run in runs]
    if kind == 2:
        return polygons[0]
    return struct.pack("<BII", 1, 6, len(polygons)) + b"".join(polygons)
