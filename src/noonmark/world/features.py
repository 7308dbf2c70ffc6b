"""Points, lines and areas of a user's own GeoJSON, KML or KMZ, as plain GeoJSON for a map.

Only geometry, a name and short properties survive. KML is read without any document type or entity:
a file that declares one is refused, so that nothing is expanded and nothing fetched. A network
link, a style, an icon: left out.
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
from noonmark.sandbox.parsers.zip_members import BROKEN_ZIP

MOST_BYTES = 20_000_000
MOST_POINTS = 400_000
MOST_FEATURES = 20_000
DEEPEST = 12
LONGEST_TEXT = 300
MOST_PROPERTIES = 40
_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
Json = dict[str, Any]


def from_geojson(data: bytes, *, name: str) -> Json:
    """The features of a GeoJSON file (RFC 7946) as one FeatureCollection, checked.

    Raises :class:`InputError` (``bad-layer``) for what is not GeoJSON, too large, or empty.
    """
    try:
        document = json.loads(_small(data, name).decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad(f"{name} is not GeoJSON: {str(error)[:100]}") from None
    budget = [MOST_POINTS]
    features = list(_features(document, budget, 0, {}))
    return _collection(features, name)


def from_kml(data: bytes, *, name: str) -> Json:
    """The placemarks of a KML or KMZ file as one FeatureCollection.

    Raises :class:`InputError` (``bad-layer``) for what is not KML, too large, or empty.
    """
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
    """Placemarks gathered while the parser walks.

    Only names and coordinates are kept. The parser calls the methods in document order.
    """

    def __init__(self) -> None:
        """Nothing gathered yet.

        ``features`` are the finished placemarks; the rest describes the element being read: the
        open elements from the root, the text, and the name and shapes of the placemark so far.
        """
        self.features: list[Json] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._name = ""
        self._shapes: list[Json] = []
        self._rings: list[Any] = []
        self._points = MOST_POINTS

    def start(
        self,
        tag: str,
        _: dict[str, str],
    ) -> None:
        """An element begins."""
        # The parser writes the namespace before the name, with a blank between.
        name = tag.rpartition(" ")[2]
        self._path.append(name)
        self._text.clear()
        if len(self._path) > 60:
            raise _bad("nested more than 60 deep")
        if name == "Placemark":
            self._name = ""
            self._shapes = []
        if name == "Polygon":
            self._rings = []

    def text(self, data: str) -> None:
        """Text of the innermost element."""
        self._text.append(data)

    def end(self, _: str) -> None:
        """An element ends."""
        tag = self._path.pop()
        inside = self._path[-1] if self._path else ""
        if tag == "name" and inside == "Placemark":
            self._name = "".join(self._text).strip()[:LONGEST_TEXT]
        elif tag == "coordinates":
            self._coordinates(inside)
        elif tag == "Polygon" and self._rings:
            self._shapes.append({"type": "Polygon", "coordinates": self._rings})
        elif tag == "Placemark":
            self._placemark()
        self._text.clear()

    def _placemark(self) -> None:
        """Add the shapes of the placemark that ends."""
        properties = {"name": self._name}
        for shape in self._shapes:
            feature = {"type": "Feature", "properties": dict(properties), "geometry": shape}
            self.features.append(feature)
        if len(self.features) > MOST_FEATURES:
            raise _bad(f"more than {MOST_FEATURES} placemarks")

    def _coordinates(self, inside: str) -> None:
        """Add the points of a ``coordinates`` element to the shape ``inside`` which it stands."""
        text = "".join(self._text)
        points = [_kml_point(word) for word in text.split()]
        self._points -= len(points)
        if self._points < 0:
            raise _bad(f"more than {MOST_POINTS} points")
        if inside == "Point" and points:
            self._shapes.append({"type": "Point", "coordinates": points[0]})
        elif inside == "LineString" and len(points) > 1:
            self._shapes.append({"type": "LineString", "coordinates": points})
        elif inside == "LinearRing" and len(points) > 3 and "Polygon" in self._path:
            self._rings.append(points)


def _kml_point(word: str) -> list[float]:
    """[longitude, latitude] of a tuple of KML, whose height is left out."""
    numbers = word.split(",")[:2]
    try:
        lon, lat = (float(number) for number in numbers)
    except ValueError:
        raise _bad(f"expected longitude,latitude, got {word[:40]!r}") from None
    return _point([lon, lat])


def _features(
    node: object,
    budget: list[int],
    depth: int,
    properties: Json,
) -> Iterator[Json]:
    """Every feature under a GeoJSON object, geometry by geometry.

    ``budget`` holds how many more points may come.

    depth: how deep the object is nested; ``DEEPEST`` at most.
    properties: those of the feature that a geometry belongs to.
    """
    if depth > DEEPEST or not isinstance(node, dict) or not isinstance(node.get("type"), str):
        raise _bad('expected a GeoJSON object with a "type"')
    kind = node["type"]
    if kind == "FeatureCollection":
        for feature in _list(node, "features"):
            yield from _features(feature, budget, depth + 1, {})
    elif kind == "Feature":
        if node.get("geometry") is not None:
            own = _properties(node.get("properties"))
            yield from _features(node["geometry"], budget, depth + 1, own)
    elif kind == "GeometryCollection":
        for part in _list(node, "geometries"):
            yield from _features(part, budget, depth + 1, properties)
    elif kind in _DEPTH:
        coordinates = _coordinates(node.get("coordinates"), _DEPTH[kind], budget)
        geometry = {"type": kind, "coordinates": coordinates}
        yield {"type": "Feature", "properties": properties, "geometry": geometry}
    else:
        raise _bad(f"{kind[:40]!r} is not a GeoJSON type")


def _coordinates(
    value: Any,
    depth: int,
    budget: list[int],
) -> Any:
    """The coordinates of a geometry, lists nested ``depth`` deep around points."""
    if depth == 0:
        budget[0] -= 1
        if budget[0] < 0:
            raise _bad(f"more than {MOST_POINTS} points")
        return _point(value)
    if not isinstance(value, list):
        raise _bad("expected a list of coordinates")
    return [_coordinates(part, depth - 1, budget) for part in value]


def _point(value: Any) -> list[float]:
    """[longitude, latitude] in degrees, to seven decimals (a centimetre), and nothing further."""
    if not _is_on_earth(value):
        raise _bad(f"expected [longitude, latitude] on the Earth, got {str(value)[:40]}")
    lon, lat = value[:2]
    return [round(float(lon), 7), round(float(lat), 7)]


def _is_on_earth(value: Any) -> bool:
    """Whether a value is a list that begins with a longitude and a latitude."""
    if not isinstance(value, list) or len(value) < 2:
        return False
    lon, lat = value[:2]
    if not (_is_number(lon) and _is_number(lat)):
        return False
    # Longitudes may run past 180 by one turn; nan fails both comparisons.
    return math.isfinite(lon) and abs(lon) <= 540.0 and abs(lat) <= 90.0


def _is_number(value: object) -> bool:
    """Whether a value is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _properties(found: Any) -> Json:
    """Short texts and numbers; what is deeper is left out.

    Keys are cut to 80 characters, texts to ``LONGEST_TEXT``.
    """
    if not isinstance(found, dict):
        return {}
    kept: Json = {}
    for key, value in list(found.items())[:MOST_PROPERTIES]:
        name = str(key)[:80]
        if isinstance(value, str):
            kept[name] = value[:LONGEST_TEXT]
        elif isinstance(value, bool | int | float) and math.isfinite(value):
            kept[name] = value
    return kept


def _collection(features: list[Json], name: str) -> Json:
    """The features as one FeatureCollection."""
    if not features:
        raise _bad(f"{name} holds no point, line or area")
    if len(features) > MOST_FEATURES:
        raise _bad(f"{name} holds more than {MOST_FEATURES} features")
    return {"type": "FeatureCollection", "features": features}


def _unzipped(data: bytes, name: str) -> bytes:
    """The first KML in a KMZ; no more of it is unpacked than ``MOST_BYTES`` and one byte."""
    packed = io.BytesIO(_small(data, name))
    try:
        with zipfile.ZipFile(packed) as archive:
            for member in archive.infolist():
                if member.filename.lower().endswith(".kml"):
                    with archive.open(member) as stream:
                        return stream.read(MOST_BYTES + 1)
    except BROKEN_ZIP as error:
        raise _bad(f"{name} can't be unpacked: {error}") from None
    raise _bad(f"{name} holds no KML")


def _small(data: bytes, name: str) -> bytes:
    """The bytes, if they are not too many."""
    if len(data) > MOST_BYTES:
        raise _bad(f"{name} is larger than {MOST_BYTES / 1e6:.0f} MB")
    return data


def _list(node: Json, key: str) -> list[Any]:
    """The list under a key of a GeoJSON object."""
    value = node.get(key)
    if not isinstance(value, list):
        raise _bad(f"{key}: expected a list")
    return value


def _no_constant(word: str) -> float:
    """Refuse NaN and Infinity, which Python reads in JSON."""
    raise ValueError(f"{word} is not a number in JSON")


def _no_doctype(*_: object) -> None:
    """Refuse a document type or an entity, with which KML could expand or fetch something."""
    raise _bad("a document type or an entity is declared, which no map file needs")


def _bad(message: str) -> InputError:
    """The error for a file that can't be drawn."""
    return InputError(
        message,
        code="bad-layer",
        hint="GeoJSON, KML or KMZ with points, lines and areas, in degrees",
    )
