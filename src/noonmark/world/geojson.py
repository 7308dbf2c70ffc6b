"""A GeoJSON file (RFC 7946) as rings, strictly: what is not an area on the Earth is refused with its reason."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.world import raster
from noonmark.world.raster import Rings

MOST_BYTES = 20_000_000
_HINT = "a Polygon, MultiPolygon, Feature, FeatureCollection or GeometryCollection of RFC 7946, longitude first"
_OTHERS = ("Point", "MultiPoint", "LineString", "MultiLineString")


def rings_of_file(file: Path, *, path: str = "prior.area") -> Rings:
    """All polygons of a GeoJSON file as unwrapped rings (islands and holes alike: fill them even-odd)."""
    return rings_of(_document(file, path), path=f"{path} ({file.name})")


def rings_of(document: object, *, path: str = "prior.area") -> Rings:
    """All polygons of a parsed GeoJSON document as unwrapped rings."""
    found = list(_polygons(document, path, 0))
    rings = [_ring(ring, f"{path}.coordinates[{k}]") for k, ring in enumerate(r for p in found for r in p)]
    if not rings:
        raise _bad(f"{path}: expected at least one polygon, got none")
    joined = raster.unwrap(raster.join(rings), as_written=True)
    flat = np.ptp(joined.lat_deg) == 0.0 or np.ptp(joined.lon_deg) == 0.0
    if flat:
        raise _bad(f"{path}: the polygon has no area, all its points lie on one line")
    return joined


def _document(file: Path, path: str) -> object:
    try:
        if file.is_dir():
            raise _bad(f"{path}: expected a GeoJSON file, got the folder {file.name}")
        if file.exists() and not file.is_file():
            raise _bad(f"{path}: {file.name} is not a regular file")
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise _bad(f"{path}: {file.name} has {size / 1e6:.0f} MB, at most {MOST_BYTES / 1e6:.0f} MB are read")
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise InputError(
            f"{path}: cannot read {str(file)!r}: {reason}",
            code="area-unreadable",
            hint="the file name is relative to the folder of the clue file",
        ) from None
    if len(raw) > MOST_BYTES:
        raise _bad(f"{path}: {file.name} is larger than {MOST_BYTES / 1e6:.0f} MB")
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise _bad(f"{path}: {file.name} is not text (a GeoJSON file is JSON in UTF-8)") from None
    except (ValueError, RecursionError) as error:
        raise _bad(f"{path}: {file.name} is not JSON: {str(error)[:100]}") from None


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number in JSON")


def _polygons(node: object, path: str, depth: int) -> Iterator[list[Any]]:
    """The coordinate arrays of all polygons under a GeoJSON object."""
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        raise _bad(f'{path}: expected a GeoJSON object with a "type", got {_kind(node)}')
    kind = node["type"]
    if depth > 8:
        raise _bad(f"{path}: nested more than 8 deep")
    if kind == "FeatureCollection":
        for k, feature in enumerate(_list(node, "features", path)):
            yield from _polygons(feature, f"{path}.features[{k}]", depth + 1)
    elif kind == "GeometryCollection":
        for k, part in enumerate(_list(node, "geometries", path)):
            yield from _polygons(part, f"{path}.geometries[{k}]", depth + 1)
    elif kind == "Feature":
        if node.get("geometry") is not None:
            yield from _polygons(node["geometry"], f"{path}.geometry", depth + 1)
    elif kind == "Polygon":
        yield _list(node, "coordinates", path)
    elif kind == "MultiPolygon":
        for k, part in enumerate(_list(node, "coordinates", path)):
            if not isinstance(part, list):
                raise _bad(f"{path}.coordinates[{k}]: expected a list of rings, got {_kind(part)}")
            yield part
    elif kind not in _OTHERS:
        raise _bad(f"{path}: {kind[:40]!r} is not a GeoJSON type")


def _list(node: dict[str, Any], key: str, path: str) -> list[Any]:
    value = node.get(key)
    if not isinstance(value, list):
        raise _bad(f"{path}.{key}: expected a list, got {_kind(value)}")
    return value


def _ring(ring: object, path: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """One ring (k, 2) [lat, lon deg], checked."""
    if not isinstance(ring, list) or len(ring) < 3:
        raise _bad(f"{path}: expected a ring of at least three points, got {_kind(ring)}")
    for k, point in enumerate(ring):
        good = isinstance(point, list) and len(point) >= 2 and all(_number(v) for v in point[:2])
        if not good:
            raise _bad(f"{path}[{k}]: expected [longitude, latitude], got {str(point)[:40]}")
        lon, lat = point[:2]
        if abs(lat) > 90.0:
            raise _bad(f"{path}[{k}]: latitude {lat:g} is not on the Earth (longitude comes first in GeoJSON)")
        if abs(lon) > 540.0:
            raise _bad(f"{path}[{k}]: longitude {lon:g} is not on the Earth (are these metres, not degrees?)")
    points = np.array([[p[1], p[0]] for p in ring], float)
    step = np.abs(np.diff(points[:, 1]))
    # Past 180 and back within 10 deg is a jump across the antimeridian; more could be meant either way.
    doubtful = np.flatnonzero((step > 180.0) & (step < 350.0))
    if doubtful.size:
        k = int(doubtful[0])
        raise _bad(
            f"{path}[{k}]: an edge from longitude {points[k, 1]:g} to {points[k + 1, 1]:g} could go either way "
            "round the Earth; put a point between, or write longitudes past 180"
        )
    return points


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _kind(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return {dict: "an object without it", str: "a text", type(None): "nothing", bool: "true or false"}.get(
        type(value), "a number"
    )


def _bad(message: str) -> InputError:
    return InputError(message, code="bad-geojson", hint=_HINT)
