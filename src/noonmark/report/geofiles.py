"""The regions for other programs: GeoJSON (RFC 7946), KML in a KMZ (OGC KML 2.2), GeoTIFF (OGC 19-008r4), CSV."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.answer import Calendar
from noonmark.report import words
from noonmark.report.findings import Findings
from noonmark.report.regions import Regions, all_regions, bbox, harmonised, multipolygon
from noonmark.values import rfc3339

Floats = NDArray[np.float64]
# aabbggrr, as KML writes colours: the same ramp as the figures, told apart by lightness.
_KML_FILL = {0.99: "6025e2d8", 0.9: "707ca32e", 0.5: "908b523b"}


def geojson(found: Findings, regions: Regions | None = None) -> bytes:
    """regions.geojson: a MultiPolygon for each credible level and a Point for each mode."""
    regions = all_regions(harmonised(found)) if regions is None else regions
    features: list[dict[str, Any]] = []
    for level, shapes in regions.items():
        region = found.region(level)
        features.append(
            {
                "type": "Feature",
                "id": f"region-{level:g}",
                "bbox": bbox(shapes) if shapes else None,
                "properties": {
                    "level": level,
                    "area_km2": region.area_km2 if region else 0.0,
                    "utc": [[rfc3339(s.start), rfc3339(s.end)] for s in region.spans[:200]] if region else [],
                },
                "geometry": multipolygon(shapes),
            }
        )
        if not shapes:
            features[-1].pop("bbox")
    for k, placed in enumerate(found.modes):
        mode = placed.mode
        features.append(
            {
                "type": "Feature",
                "id": f"mode-{k + 1}",
                "properties": {
                    "mode": k + 1,
                    "mass": mode.mass,
                    "area_km2": mode.area_km2,
                    "utc": rfc3339(mode.instant),
                    "utc_from": rfc3339(mode.span.start),
                    "utc_to": rfc3339(mode.span.end),
                    "nearest_place": str(placed.nearest) if placed.nearest else None,
                },
                "geometry": {"type": "Point", "coordinates": [mode.place.lon_deg, mode.place.lat_deg]},
            }
        )
    document = {"type": "FeatureCollection", "features": features}
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode()


def kmz(found: Findings, regions: Regions | None = None) -> bytes:
    """answer.kmz: regions as polygons, modes as placemarks with the span of time that each covers."""
    text = "".join(_kml(found, all_regions(harmonised(found)) if regions is None else regions))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("doc.kml", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, text, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _kml(found: Findings, regions: Regions) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
    yield f"<name>{_xml(words.title(found))}</name>\n<open>1</open>\n"
    yield f"<description>{_xml(words.subtitle(found))}</description>\n"
    for level, fill in _KML_FILL.items():
        line = f"<LineStyle><color>ff26201c</color><width>{1.0 + (level < 0.95)}</width></LineStyle>"
        yield f'<Style id="r{level * 100:.0f}">{line}'
        yield f"<PolyStyle><color>{fill}</color></PolyStyle></Style>\n"
    yield '<Style id="mode"><IconStyle><color>ff143ec8</color><scale>1.1</scale></IconStyle></Style>\n'
    yield "<Folder><name>Credible regions</name>\n"
    for level, shapes in regions.items():
        region = found.region(level)
        area = words.area_number(region.area_km2) if region else "empty"
        yield f"<Placemark><name>{level * 100:.0f} % credible region, {_xml(area)}</name>"
        yield f"<styleUrl>#r{level * 100:.0f}</styleUrl>\n<MultiGeometry>\n"
        for shape in shapes:
            yield "<Polygon><tessellate>1</tessellate>"
            for k, ring in enumerate(shape):
                tag = "innerBoundaryIs" if k else "outerBoundaryIs"
                points = " ".join(f"{x:.10g},{y:.10g}" for x, y in ring.tolist())
                yield f"<{tag}><LinearRing><coordinates>{points}</coordinates></LinearRing></{tag}>"
            yield "</Polygon>\n"
        yield "</MultiGeometry></Placemark>\n"
    yield "</Folder>\n<Folder><name>Places and times that fit best</name>\n"
    for k, placed in enumerate(found.modes):
        mode = placed.mode
        where, share = _xml(words.place_words(placed)), _xml(words.share_words(mode.mass))
        yield f"<Placemark><name>{k + 1}: {share}, {where}</name>"
        yield f"<description>{_xml(words.span_words(mode.span))}</description>"
        yield f"<TimeSpan><begin>{rfc3339(mode.span.start)}</begin><end>{rfc3339(mode.span.end)}</end></TimeSpan>"
        at = f"{mode.place.lon_deg:.7g},{mode.place.lat_deg:.7g}"
        yield f"<styleUrl>#mode</styleUrl><Point><coordinates>{at}</coordinates></Point>"
        yield "</Placemark>\n"
    yield "</Folder>\n</Document>\n</kml>\n"


def _xml(text: str) -> str:
    """Escaped, and without the control characters that XML 1.0 forbids."""
    return escape("".join(c for c in text if c >= " " or c in "\t\n"))


def times_csv(calendar: Calendar) -> bytes:
    """times.csv: the time marginal, one row for each stretch of the clock in the 99.9 % region, in order of time."""
    row, column = np.nonzero((calendar.mass > 0.0) & (calendar.level <= 0.999))
    if not row.size and calendar.mass.size and calendar.mass.max() > 0.0:
        row, column = np.nonzero(calendar.mass == calendar.mass.max())
    begin = _stamps(calendar.days[row] + calendar.tod_edges_s[column])
    end = _stamps(calendar.days[row] + calendar.tod_edges_s[column + 1])
    mass, level = calendar.mass[row, column].tolist(), np.minimum(calendar.level[row, column], 1.0).tolist()
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["from_utc", "to_utc", "days", "probability", "credible_level"])
    days = str(calendar.days_per_row)
    writer.writerows(
        [inert(a), inert(b), days, f"{m:.6g}", f"{v:.6g}"] for a, b, m, v in zip(begin, end, mass, level, strict=True)
    )
    return out.getvalue().encode()


def _stamps(unix: Floats) -> list[str]:
    """RFC 3339 texts of POSIX seconds, to the second."""
    texts: list[str] = np.datetime_as_string(np.rint(unix).astype("datetime64[s]"), unit="s").tolist()
    return [f"{text}Z" for text in texts]


def inert(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: text that begins as one does gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def geotiff(found: Findings) -> bytes:
    """posterior.tif: float32 probability per km2, EPSG:4326, deflate; NaN-free, nodata -1.

    The finest map that holds at least 99 % of the probability: the first regional map, or else the world.
    """
    from tifffile import TiffWriter

    best = next((m for m in found.place_maps_regional[:1] if float(m.mass.sum()) >= 0.99), found.place_map_world)
    lat, lon = best.lat_edges_deg, best.lon_edges_deg
    n, m = best.density_per_km2.shape
    data = np.nan_to_num(best.density_per_km2, nan=-1.0)[::-1].astype(np.float32)
    scale = ((lon[-1] - lon[0]) / m, (lat[-1] - lat[0]) / n, 0.0)
    # GeoKeys: geographic model, pixel is area, WGS 84, degrees.
    keys = (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326)
    unit = (
        '<GDALMetadata><Item name="UNITTYPE" sample="0" role="unittype">1/km2</Item>'
        '<Item name="DESCRIPTION" sample="0" role="description">probability density of the place</Item></GDALMetadata>'
    )
    extra = [
        (33550, "d", 3, scale, True),
        (33922, "d", 6, (0.0, 0.0, 0.0, float(lon[0]), float(lat[-1]), 0.0), True),
        (34735, "H", len(keys), keys, True),
        (42112, "s", 0, unit, True),
        (42113, "s", 0, "-1", True),
    ]
    out = io.BytesIO()
    with TiffWriter(out, byteorder="<") as writer:
        writer.write(
            data,
            photometric="minisblack",
            tile=(256, 256),
            compression="adobe_deflate",
            compressionargs={"level": 4},
            metadata=None,
            description=f"Noonmark posterior, clues SHA-256 {found.clues_sha256}",
            software=False,
            extratags=extra,
        )
    return out.getvalue()
