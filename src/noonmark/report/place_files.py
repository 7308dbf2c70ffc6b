"""Found places for other programs: GeoJSON, KMZ and CSV, each with the maps' attribution."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from noonmark.world.landmarks.local_plane import place_of

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CSV_HEADER = (
    "rank", "lat_deg", "lon_deg", "sigma_m", "probability", "holds", "of", "osm", "name",
)  # fmt: skip
_RING_CORNERS = 48


def places_geojson(answer: Mapping[str, Any]) -> bytes:
    """A Point a place; of the places told in detail, the things that met their clauses and the
    ring of each distance.
    """
    features = []
    for place in answer["places"]:
        features.append(
            _point(
                place["lon_deg"],
                place["lat_deg"],
                _place_properties(place),
            )
        )
        for clause in place.get("clauses", ()):
            features += _clause_features(place, clause)
    document = {
        "type": "FeatureCollection",
        "attribution": answer["attribution"],
        "none_of_these": answer["none_of_these"],
        "features": features,
    }
    text = json.dumps(
        document,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    return f"{text}\n".encode()


def _place_properties(place: Mapping[str, Any]) -> dict[str, Any]:
    names = ("rank", "probability", "sigma_m", "holds", "of", "osm", "name")
    return {"what": "place", **{name: place.get(name) for name in names}}


def _clause_features(
    place: Mapping[str, Any],
    clause: Mapping[str, Any],
) -> list[dict[str, Any]]:
    out = []
    shown = {"rank": place["rank"], "clause": clause["clause"], "state": clause["state"]}
    thing = clause.get("thing")
    if thing is not None:
        properties = {
            "what": "thing",
            **shown,
            "osm": thing["osm"],
            "name": thing["name"],
            "distance_m": clause.get("distance_m"),
        }
        out.append(
            _point(
                thing["lon_deg"],
                thing["lat_deg"],
                properties,
            )
        )
    asked = clause.get("asked_m")
    if asked is not None and asked[1] > 0 and clause.get("at_anchor"):
        out.append(
            {
                "type": "Feature",
                "properties": {"what": "ring", **shown, "radius_m": asked[1]},
                "geometry": {"type": "Polygon", "coordinates": [_ring(place, asked[1])]},
            }
        )
    return out


def _ring(
    place: Mapping[str, Any],
    radius_m: float,
) -> list[list[float]]:
    """The circle about the anchor's object, anticlockwise, longitude first as GeoJSON has it."""
    angle = np.linspace(
        0.0,
        2.0 * math.pi,
        _RING_CORNERS + 1,
    )
    lat0 = np.full(len(angle), place["anchor_lat_deg"])
    lon0 = np.full(len(angle), place["anchor_lon_deg"])
    lat, lon = place_of(
        lat0,
        lon0,
        radius_m * np.cos(angle),
        radius_m * np.sin(angle),
    )
    corners = [
        [round(float(x), 7), round(float(y), 7)]
        for x, y in zip(
            lon,
            lat,
            strict=True,
        )
    ]
    return [*corners[:-1], corners[0]]


def _point(
    lon_deg: float,
    lat_deg: float,
    properties: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": dict(properties),
        "geometry": {"type": "Point", "coordinates": [lon_deg, lat_deg]},
    }


def places_csv(answer: Mapping[str, Any]) -> bytes:
    """Every place in one row; the attribution stands in the last."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_CSV_HEADER)
    for place in answer["places"]:
        writer.writerow([_cell(place.get(name)) for name in _CSV_HEADER])
    writer.writerow(["", "", "", "", answer["none_of_these"], "", "", "", "none of these"])
    writer.writerow([_cell(answer["attribution"])])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    """A text that a spreadsheet takes for no formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


def places_kmz(answer: Mapping[str, Any]) -> bytes:
    """A placemark a place and a ring a distance; equal answers give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(
        out,
        "w",
        zipfile.ZIP_DEFLATED,
    ) as archive:
        entry = zipfile.ZipInfo("doc.kml", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        archive.writestr(
            entry,
            "".join(_kml(answer)),
            zipfile.ZIP_DEFLATED,
            6,
        )
    return out.getvalue()


def _kml(answer: Mapping[str, Any]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
    yield f"<Document><name>Noonmark places</name><description>{_safe(answer['attribution'])}"
    yield f"; none of these: {answer['none_of_these']:.4g}</description>"
    yield '<Style id="ring"><PolyStyle><fill>0</fill></PolyStyle></Style>'
    for place in answer["places"]:
        name = f"{place['rank']}: {100 * place['probability']:.3g} %"
        yield f"<Placemark><name>{name}</name><description>{_safe(_told(place))}</description>"
        yield f"<Point><coordinates>{place['lon_deg']},{place['lat_deg']}</coordinates></Point>"
        yield "</Placemark>"
        for clause in place.get("clauses", ()):
            for feature in _clause_features(place, clause):
                yield _kml_feature(feature)
    yield "</Document></kml>\n"


def _kml_feature(feature: Mapping[str, Any]) -> str:
    properties, geometry = feature["properties"], feature["geometry"]
    name = _safe(f"{properties['rank']} {properties['clause']}: {properties['state']}")
    if geometry["type"] == "Point":
        lon, lat = geometry["coordinates"]
        shape = f"<Point><coordinates>{lon},{lat}</coordinates></Point>"
        return f"<Placemark><name>{name} {_safe(properties['osm'])}</name>{shape}</Placemark>"
    corners = " ".join(f"{lon},{lat}" for lon, lat in geometry["coordinates"][0])
    return (
        f"<Placemark><name>{name}</name><styleUrl>#ring</styleUrl><Polygon><outerBoundaryIs>"
        f"<LinearRing><coordinates>{corners}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        "</Placemark>"
    )


def _told(place: Mapping[str, Any]) -> str:
    lines = [f"{place['osm']} {place.get('name') or ''}".strip()]
    for clause in place.get("clauses", ()):
        thing = clause.get("thing")
        what = f", {thing['osm']} {thing['name']}".rstrip() if thing else ""
        lines.append(f"{clause['clause']}: {clause['state']}{what}")
    return "; ".join(lines)


def _safe(text: str) -> str:
    """Text that XML can hold, its signs escaped."""
    return escape("".join(c for c in text if c.isprintable()))
