"""Points, lines and areas of a user's own GeoJSON, KML or KMZ, as plain GeoJSON to be drawn on a map.

Only geometry, a name and short properties survive. KML is read without any document type or entity: a file that
declares one is refused, so that nothing is expanded and nothing fetched. A network link, a style, an icon: left out.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from noonmark.errors import InputError

MOST_BYTES = 20_000_000
MOST_POINTS = 400_000
MOST_FEATURES = 20_000
DEEPEST = 12
LONGEST_TEXT = 300
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
Json = dict[str, Any]


def from_geojson(data: bytes, *, name: str) -> Json:
    """The features of a GeoJSON file (RFC 7946) as one FeatureCollection, checked."""
    try:
        document = json.loads(_small(data, name).decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad(f"{name} is not GeoJSON: {str(error)[:100]}") from None
    budget = [MOST_POINTS]
    features = list(_features(document, budget, 0, {}))
    return _collection(features, name)


def from_kml(data: bytes, *, name: str) -> Json:
    """The placemarks of a KML or KMZ file as one FeatureCollection."""
    if data[:2] == b"PK":
        data = _unzipped(data, name)
    reader = _Kml()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(_small(data, name), True)
    except expat.ExpatError as error:
        raise _bad(f"{name} is not KML: {error}") from None
    return _collection(reader.features, name)


class _Kml:
    """Placemarks gathered while the parser walks."""

    def __init__(self) -> None:
        self.features: list[Json] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._name = ""
        self._shapes: list[Json] = []
        self._rings: list[Any] = []
        self._points = MOST_POINTS

    def start(self, tag: str, _: dict[str, str]) -> None:
        """An element begins."""
        self._path.append(tag.rpartition(" ")[2])
        self._text.clear()
        if len(self._path) > 60:
            raise _bad("nested more than 60 deep")
        if self._path[-1] == "Placemark":
            self._name, self._shapes = "", []
        if self._path[-1] == "Polygon":
            self._rings = []

    def text(self, data: str) -> None:
        """Text of the innermost element."""
        self._text.append(data)

    def end(self, _: str) -> None:
        """An element ends."""
        tag, inside = self._path.pop(), self._path[-1] if self._path else ""
        if tag == "name" and inside == "Placemark":
            self._name = "".join(self._text).strip()[:LONGEST_TEXT]
        elif tag == "coordinates":
            self._coordinates(inside)
        elif tag == "Polygon" and self._rings:
            self._shapes.append({"type": "Polygon", "coordinates": self._rings})
        elif tag == "Placemark":
            for shape in self._shapes:
                self.features.append({"type": "Feature", "properties": {"name": self._name}, "geometry": shape})
            if len(self.features) > MOST_FEATURES:
                raise _bad(f"more than {MOST_FEATURES} placemarks")
        self._text.clear()

    def _coordinates(self, inside: str) -> None:
        points = []
        for word in "".join(self._text).split():
            try:
                lon, lat = (float(v) for v in word.split(",")[:2])
            except ValueError:
                raise _bad(f"expected longitude,latitude, got {word[:40]!r}") from None
            points.append(_point([lon, lat]))
        self._points -= len(points)
        if self._points < 0:
            raise _bad(f"more than {MOST_POINTS} points")
        if inside == "Point" and points:
            self._shapes.append({"type": "Point", "coordinates": points[0]})
        elif inside == "LineString" and len(points) > 1:
            self._shapes.append({"type": "LineString", "coordinates": points})
        elif inside == "LinearRing" and len(points) > 3 and "Polygon" in self._path:
            self._rings.append(points)


def _features(node: object, budget: list[int], depth: int, properties: Json) -> Iterator[Json]:
    """Every feature under a GeoJSON object, geometry by geometry."""
    if depth > DEEPEST or not isinstance(node, dict) or not isinstance(node.get("type"), str):
        raise _bad('expected a GeoJSON object with a "type"')
    kind = node["type"]
    if kind == "FeatureCollection":
        for feature in _list(node, "features"):
            yield from _features(feature, budget, depth + 1, {})
    elif kind == "Feature":
        if node.get("geometry") is not None:
            yield from _features(node["geometry"], budget, depth + 1, _properties(node.get("properties")))
    elif kind == "GeometryCollection":
        for part in _list(node, "geometries"):
            yield from _features(part, budget, depth + 1, properties)
    elif kind in _DEPTH:
        geometry = {"type": kind, "coordinates": _coordinates(node.get("coordinates"), _DEPTH[kind], budget)}
        yield {"type": "Feature", "properties": properties, "geometry": geometry}
    else:
        raise _bad(f"{kind[:40]!r} is not a GeoJSON type")


def _coordinates(value: Any, depth: int, budget: list[int]) -> Any:
    if depth == 0:
        budget[0] -= 1
        if budget[0] < 0:
            raise _bad(f"more than {MOST_POINTS} points")
        return _point(value)
    if not isinstance(value, list):
        raise _bad("expected a list of coordinates")
    return [_coordinates(part, depth - 1, budget) for part in value]


def _point(value: Any) -> list[float]:
    """[longitude, latitude], and nothing further."""
    good = isinstance(value, list) and len(value) >= 2
    good = good and all(isinstance(v, int | float) and not isinstance(v, bool) for v in value[:2])
    if not good or not (math.isfinite(value[0]) and abs(value[0]) <= 540.0 and abs(value[1]) <= 90.0):
        raise _bad(f"expected [longitude, latitude] on the Earth, got {str(value)[:40]}")
    return [round(float(value[0]), 7), round(float(value[1]), 7)]


def _properties(found: Any) -> Json:
    """Short texts and numbers; what is deeper is left out."""
    if not isinstance(found, dict):
        return {}
    kept: Json = {}
    for key, value in list(found.items())[:40]:
        if isinstance(value, str):
            kept[str(key)[:80]] = value[:LONGEST_TEXT]
        elif isinstance(value, bool) or (isinstance(value, int | float) and math.isfinite(value)):
            kept[str(key)[:80]] = value
    return kept


def _collection(features: list[Json], name: str) -> Json:
    if not features:
        raise _bad(f"{name} holds no point, line or area")
    if len(features) > MOST_FEATURES:
        raise _bad(f"{name} holds more than {MOST_FEATURES} features")
    return {"type": "FeatureCollection", "features": features}


def _unzipped(data: bytes, name: str) -> bytes:
    """The first KML in a KMZ, which may not be a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(_small(data, name))) as archive:
            inner = next((i for i in archive.infolist() if i.filename.lower().endswith(".kml")), None)
            if inner is None:
                raise _bad(f"{name} holds no KML")
            with archive.open(inner) as stream:
                return stream.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _bad(f"{name} can't be unpacked: {error}") from None


def _small(data: bytes, name: str) -> bytes:
    if len(data) > MOST_BYTES:
        raise _bad(f"{name} is larger than {MOST_BYTES / 1e6:.0f} MB")
    return data


def _list(node: Json, key: str) -> list[Any]:
    value = node.get(key)
    if not isinstance(value, list):
        raise _bad(f"{key}: expected a list")
    return value


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number in JSON")


def _no_doctype(*_: object) -> None:
    raise _bad("a document type or an entity is declared, which no map file needs")


def _bad(message: str) -> InputError:
    return InputError(message, code="bad-layer", hint="GeoJSON, KML or KMZ with points, lines and areas, in degrees")
