"""The answer for other programs: GeoJSON (RFC 7946), KMZ (OGC KML 2.2), GeoTIFF, CSV."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from noonmark.inference.answer import PlaceMap
from noonmark.report.contours import Polygon
from noonmark.report.regions import Regions, all_regions, bbox, harmonised, multipolygon
from noonmark.report.report_data import PlacedMode, ReportData
from noonmark.report.wording import (
    area_number,
    is_broad,
    place_words,
    share_words,
    subtitle,
    title,
)
from noonmark.values import Span, rfc3339

# aabbggrr, as KML writes colours: the same ramp as the figures, told apart by lightness.
_KML_FILL = {0.99: "6025e2d8", 0.9: "707ca32e", 0.5: "908b523b"}
_CSV_HEADER = ("credible_level", "from_utc", "to_utc")
# A mode of more spans has one placemark without a span of time, which its description tells.
_MOST_PLACEMARKS = 24


def geojson(
    data: ReportData,
    regions: Regions | None = None,
) -> bytes:
    """regions.geojson: a MultiPolygon for each credible level and a Point for each mode.

    Regions come first, the widest leading. Spans of time are listed as in answer.json.
    """
    regions = all_regions(harmonised(data)) if regions is None else regions
    features = [_region_feature(data, level, shapes) for level, shapes in regions.items()]
    features += [_mode_feature(k + 1, placed) for k, placed in enumerate(data.modes)]
    document = {"type": "FeatureCollection", "features": features}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def _region_feature(
    data: ReportData,
    level: float,
    shapes: list[Polygon],
) -> dict[str, Any]:
    """The GeoJSON feature of a credible region."""
    region, times = data.region(level), data.told(level)
    return {
        "type": "Feature",
        "id": f"region-{level:g}",
        **({"bbox": bbox(shapes)} if shapes else {}),
        "properties": {
            "level": level,
            "area_km2": region.area_km2 if region else 0.0,
            "utc": times.span_texts() if times else [],
            "when": times.words if times else None,
        },
        "geometry": multipolygon(shapes),
    }


def _mode_feature(
    number: int,
    placed: PlacedMode,
) -> dict[str, Any]:
    """The GeoJSON feature of a mode.

    The coordinates are longitude and latitude, as GeoJSON has them.
    """
    mode = placed.mode
    return {
        "type": "Feature",
        "id": f"mode-{number}",
        "properties": {
            "mode": number,
            "mass": mode.mass,
            "area_km2": mode.area_km2,
            "utc": rfc3339(mode.instant),
            "utc_from": rfc3339(placed.times.outer.start),
            "utc_to": rfc3339(placed.times.outer.end),
            "utc_spans": placed.times.span_texts(),
            "when": placed.times.words,
            "nearest_place": str(placed.nearest) if placed.nearest else None,
        },
        "geometry": {"type": "Point", "coordinates": [mode.place.lon_deg, mode.place.lat_deg]},
    }


def kmz(
    data: ReportData,
    regions: Regions | None = None,
) -> bytes:
    """answer.kmz: regions as polygons, modes as placemarks with their spans of time.

    The date inside the archive is fixed, so that equal answers give equal bytes.
    """
    regions = all_regions(harmonised(data)) if regions is None else regions
    text = "".join(_kml(data, regions))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("doc.kml", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, text, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _kml(
    data: ReportData,
    regions: Regions,
) -> Iterator[str]:
    """The KML document in pieces.

    Styles first, then a folder of regions and a folder of modes.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
    yield f"<name>{_xml(title(data))}</name>\n<open>1</open>\n"
    yield f"<description>{_xml(subtitle(data))}</description>\n"
    yield from _kml_styles()
    yield "<Folder><name>Credible regions</name>\n"
    for level, shapes in regions.items():
        yield from _kml_region(data, level, shapes)
    yield "</Folder>\n<Folder><name>Places and times that fit best</name>\n"
    for k, placed in enumerate(data.modes):
        yield from _kml_mode(k + 1, placed)
    yield "</Folder>\n</Document>\n</kml>\n"


def _kml_styles() -> Iterator[str]:
    """The styles of the regions and of the modes."""
    for level, fill in _KML_FILL.items():
        width = 2.0 if level < 0.95 else 1.0
        yield f'<Style id="r{level * 100:.0f}">'
        yield f"<LineStyle><color>ff26201c</color><width>{width}</width></LineStyle>"
        yield f"<PolyStyle><color>{fill}</color></PolyStyle></Style>\n"
    yield '<Style id="mode"><IconStyle><color>ff143ec8</color><scale>1.1</scale></IconStyle>'
    yield "</Style>\n"


def _kml_region(
    data: ReportData,
    level: float,
    shapes: list[Polygon],
) -> Iterator[str]:
    """The placemark of a credible region.

    The first ring of a shape is its outer boundary, the others are its holes.
    """
    region, times = data.region(level), data.told(level)
    area = f", {area_number(region.area_km2)}" if region else ", empty"
    area = "" if data.summary.place_given else area
    percent = f"{level * 100:.0f}"
    yield f"<Placemark><name>{percent} % credible region{_xml(area)}</name>"
    if times is not None and not data.summary.time_given:
        yield f"<description>{_xml(times.words)}</description>"
    yield f"<styleUrl>#r{percent}</styleUrl>\n<MultiGeometry>\n"
    for shape in shapes:
        yield "<Polygon><tessellate>1</tessellate>"
        for k, ring in enumerate(shape):
            tag = "innerBoundaryIs" if k else "outerBoundaryIs"
            points = " ".join(f"{x:.10g},{y:.10g}" for x, y in ring.tolist())
            yield f"<{tag}><LinearRing><coordinates>{points}</coordinates></LinearRing></{tag}>"
        yield "</Polygon>\n"
    yield "</MultiGeometry></Placemark>\n"


def _kml_mode(
    number: int,
    placed: PlacedMode,
) -> Iterator[str]:
    """The placemarks of a mode: one for each of its spans of time, so that none bridges a gap.

    Where there are too many, one stands for all, with the best instant as its time. That of a broad
    mode has no point: a pin would be taken for the answer.
    """
    mode, spans = placed.mode, placed.times.spans
    where, share = _xml(place_words(placed)), _xml(share_words(mode.mass))
    at = f"{mode.place.lon_deg:.7g},{mode.place.lat_deg:.7g}"
    point = "" if is_broad(placed) else f"<Point><coordinates>{at}</coordinates></Point>"
    best = f"<TimeStamp><when>{rfc3339(mode.instant)}</when></TimeStamp>"
    times = [best]
    if 0 < len(spans) <= _MOST_PLACEMARKS:
        times = [_kml_span(span) for span in spans]
    for time in times:
        yield f"<Placemark><name>{number}: {share}, {where}</name>"
        yield f"<description>{_xml(placed.times.words)}</description>{time}"
        yield f"<styleUrl>#mode</styleUrl>{point}"
        yield "</Placemark>\n"


def _kml_span(span: Span) -> str:
    """The KML element of a span of time."""
    begin, end = rfc3339(span.start), rfc3339(span.end)
    return f"<TimeSpan><begin>{begin}</begin><end>{end}</end></TimeSpan>"


def _xml(text: str) -> str:
    """Escaped, and without the control characters that XML 1.0 forbids.

    Names of places come from GeoNames, but a clue file may hold anything.
    """
    return escape("".join(c for c in text if c >= " " or c in "\t\n"))


def times_csv(data: ReportData) -> bytes:
    """times.csv: the spans of each credible region of times, the widest leading, each in order.

    They are the spans of answer.json, and all of them where they are too many for that list.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_CSV_HEADER)
    for region in sorted(data.regions, key=lambda region: -region.level):
        for span in region.spans:
            writer.writerow([f"{region.level:g}", rfc3339(span.start), rfc3339(span.end)])
    return out.getvalue().encode()


def geotiff(data: ReportData) -> bytes:
    """posterior.tif: float32 probability per km2, EPSG:4326, deflate; NaN-free, nodata -1.

    The finest map that holds at least 99 % of the probability: the first regional map, or else the
    world. **Method** OGC GeoTIFF 1.1 (19-008r4).
    """
    from tifffile import TiffWriter

    best = _finest_map(data)
    density = np.nan_to_num(best.density_per_km2, nan=-1.0)[::-1].astype(np.float32)
    out = io.BytesIO()
    with TiffWriter(out, byteorder="<") as writer:
        writer.write(
            density,
            photometric="minisblack",
            tile=(256, 256),
            compression="adobe_deflate",
            compressionargs={"level": 4},
            metadata=None,
            description=f"Noonmark posterior, clues SHA-256 {data.clues_sha256}",
            software=False,
            extratags=_geotiff_tags(best),
        )
    return out.getvalue()


def _finest_map(data: ReportData) -> PlaceMap:
    """The first regional map if it holds at least 99 % of the probability, else the world's.

    Only the first is asked: the others belong to other modes.
    """
    for place_map in data.place_maps_regional[:1]:
        if float(place_map.mass.sum()) >= 0.99:
            return place_map
    return data.place_map_world


def _geotiff_tags(place_map: PlaceMap) -> list[tuple[Any, ...]]:
    """The TIFF tags of scale, corner, coordinate system, unit and missing value.

    They are code, type, count, value and whether it is written once.
    """
    lat, lon = place_map.lat_edges_deg, place_map.lon_edges_deg
    rows, columns = place_map.density_per_km2.shape
    scale = ((lon[-1] - lon[0]) / columns, (lat[-1] - lat[0]) / rows, 0.0)
    corner = (0.0, 0.0, 0.0, float(lon[0]), float(lat[-1]), 0.0)
    # GeoKeys: geographic model, pixel is area, WGS 84, degrees.
    keys = (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326)
    unit = (
        '<GDALMetadata><Item name="UNITTYPE" sample="0" role="unittype">1/km2</Item>'
        '<Item name="DESCRIPTION" sample="0" role="description">'
        "probability density of the place</Item></GDALMetadata>"
    )
    return [
        (33550, "d", 3, scale, True),
        (33922, "d", 6, corner, True),
        (34735, "H", len(keys), keys, True),
        (42112, "s", 0, unit, True),
        (42113, "s", 0, "-1", True),
    ]
