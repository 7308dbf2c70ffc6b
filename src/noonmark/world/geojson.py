"""A GeoJSON file (RFC 7946) as rings, read strictly.

What is not an area on the Earth is refused with its reason.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from noonmark.arrays import Floats
from noonmark.errors import InputError
from noonmark.world import raster
from noonmark.world.raster import Rings

MOST_BYTES = 20_000_000
_DEEPEST = 8
_HINT = (
    "a Polygon, MultiPolygon, Feature, FeatureCollection or GeometryCollection of RFC 7946,"
    " longitude first"
)
_COLLECTIONS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
# How a value that should have been a list or an object is called in messages.
_KINDS: dict[type, str] = {
    dict: "an object without it",
    str: "a text",
    type(None): "nothing",
    bool: "true or false",
}
_OTHERS = ("Point", "MultiPoint", "LineString", "MultiLineString")


def rings_of_file(file: Path, *, path: str = "prior.area") -> Rings:
    """All polygons of a GeoJSON file as unwrapped rings.

    Islands and holes are rings alike: fill them even-odd. ``path`` is where the file's name stands
    in the clue file, for error messages.
    """
    return rings_of(_document(file, path), path=f"{path} ({file.name})")


def rings_of(document: object, *, path: str = "prior.area") -> Rings:
    """All polygons of a parsed GeoJSON document as unwrapped rings.

    Raises :class:`InputError` (``bad-geojson``) for what is no area on the Earth.
    """
    rings: list[Floats] = []
    for polygon in list(_polygons(document, path, 0)):
        for ring in polygon:
            rings.append(_ring(ring, f"{path}.coordinates[{len(rings)}]"))
    if not rings:
        raise _bad(f"{path}: expected at least one polygon, got none")
    joined = raster.unwrap(raster.join(rings), as_written=True)
    if np.ptp(joined.lat_deg) == 0.0 or np.ptp(joined.lon_deg) == 0.0:
        raise _bad(f"{path}: the polygon has no area, all its points lie on one line")
    return joined


def _document(file: Path, path: str) -> object:
    """The parsed file; what can't be read or is not JSON is refused.

    The path of the value stands at the beginning of every message.
    """
    try:
        raw = _bytes_of(file, path)
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


def _bytes_of(file: Path, path: str) -> bytes:
    """The bytes of a regular file, one more than ``MOST_BYTES`` at most."""
    if file.is_dir():
        raise _bad(f"{path}: expected a GeoJSON file, got the folder {file.name}")
    if file.exists() and not file.is_file():
        raise _bad(f"{path}: {file.name} is not a regular file")
    size_mb = file.stat().st_size / 1e6
    most_mb = MOST_BYTES / 1e6
    if size_mb > most_mb:
        raise _bad(f"{path}: {file.name} has {size_mb:.0f} MB, at most {most_mb:.0f} MB are read")
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def _no_constant(word: str) -> float:
    """Refuse NaN and Infinity, which Python reads in JSON."""
    raise ValueError(f"{word} is not a number in JSON")


def _polygons(
    node: object,
    path: str,
    depth: int,
) -> Iterator[list[Any]]:
    """The coordinate arrays of all polygons under a GeoJSON object.

    Points and lines are passed over; an unknown type is refused.
    """
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        raise _bad(f'{path}: expected a GeoJSON object with a "type", got {_kind(node)}')
    if depth > _DEEPEST:
        raise _bad(f"{path}: nested more than {_DEEPEST} deep")
    kind = node["type"]
    if kind in _COLLECTIONS:
        key = _COLLECTIONS[kind]
        for k, part in enumerate(_list(node, key, path)):
            yield from _polygons(part, f"{path}.{key}[{k}]", depth + 1)
    elif kind == "Feature":
        if node.get("geometry") is not None:
            yield from _polygons(node["geometry"], f"{path}.geometry", depth + 1)
    elif kind == "Polygon":
        yield _list(node, "coordinates", path)
    elif kind == "MultiPolygon":
        yield from _parts(node, path)
    elif kind not in _OTHERS:
        raise _bad(f"{path}: {kind[:40]!r} is not a GeoJSON type")


def _parts(node: dict[str, Any], path: str) -> Iterator[list[Any]]:
    """The coordinate arrays of the polygons of a MultiPolygon."""
    for k, part in enumerate(_list(node, "coordinates", path)):
        if not isinstance(part, list):
            raise _bad(f"{path}.coordinates[{k}]: expected a list of rings, got {_kind(part)}")
        yield part


def _list(
    node: dict[str, Any],
    key: str,
    path: str,
) -> list[Any]:
    """The list under a key of a GeoJSON object."""
    value = node.get(key)
    if not isinstance(value, list):
        raise _bad(f"{path}.{key}: expected a list, got {_kind(value)}")
    return value


def _ring(ring: object, path: str) -> Floats:
    """One ring (k, 2) [lat, lon deg], checked.

    Longitudes may run past 180; an edge that could go either way round the Earth is refused.
    """
    if not isinstance(ring, list) or len(ring) < 3:
        raise _bad(f"{path}: expected a ring of at least three points, got {_kind(ring)}")
    checked = []
    for k, point in enumerate(ring):
        checked.append(_lat_lon(point, f"{path}[{k}]"))
    points = np.array(checked, float)
    step = np.abs(np.diff(points[:, 1]))
    # Past 180 and back within 10 deg is a jump across the antimeridian; more could be meant either
    # way.
    doubtful = np.flatnonzero((step > 180.0) & (step < 350.0))
    if doubtful.size:
        k = int(doubtful[0])
        west = points[k, 1]
        east = points[k + 1, 1]
        raise _bad(
            f"{path}[{k}]: an edge from longitude {west:g} to {east:g} could go either way "
            "round the Earth; put a point between, or write longitudes past 180"
        )
    return points


def _lat_lon(point: object, path: str) -> tuple[float, float]:
    """Latitude and longitude [deg] of a position, checked.

    A third number, the height, is passed over.
    """
    if not isinstance(point, list) or not _is_position(point):
        raise _bad(f"{path}: expected [longitude, latitude], got {str(point)[:40]}")
    lon, lat = point[:2]
    if abs(lat) > 90.0:
        raise _bad(
            f"{path}: latitude {lat:g} is not on the Earth (longitude comes first in GeoJSON)"
        )
    if abs(lon) > 540.0:
        raise _bad(
            f"{path}: longitude {lon:g} is not on the Earth (are these metres, not degrees?)"
        )
    return lat, lon


def _is_position(point: list[Any]) -> bool:
    """Whether a list begins with two numbers."""
    return len(point) >= 2 and all(_number(value) for value in point[:2])


def _number(value: object) -> bool:
    """Whether a value is a finite number; True and False are none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value)


def _kind(value: object) -> str:
    """What a JSON value is, in words, for messages."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return _KINDS.get(type(value), "a number")


def _bad(message: str) -> InputError:
    """The error for a document that holds no usable area."""
    return InputError(message, code="bad-geojson", hint=_HINT)
