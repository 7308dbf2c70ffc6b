"""The events of a site for other programs: GeoJSON with time, KMZ with time spans, CSV."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from typing import Any
from xml.sax.saxutils import escape

from noonmark.report.site_data import SiteReportData
from noonmark.sites.rings import Rings
from noonmark.sites.timeline import Sight, SiteEvent
from noonmark.values import from_unix_s, rfc3339

_COLUMNS = (
    "feature", "event", "later_than", "no_later_than", "image_before", "scene_before",
    "image_after", "scene_after", "between_could_not", "readers_before", "readers_after", "settled",
)  # fmt: skip
_DATE = (1980, 1, 1, 0, 0, 0)


def site_geojson(data: SiteReportData) -> bytes:
    """A feature for each event, with its bracket as ``start`` and ``end``."""
    outlines = {feature.name: feature.rings for feature in data.features}
    features = [
        {
            "type": "Feature",
            "geometry": _geometry(outlines[event.feature]),
            "properties": _properties(data, event),
        }
        for event in data.events
        if event.feature in outlines
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _geometry(rings: Rings) -> dict[str, Any]:
    """Rings as a Polygon; the first is the outer one."""
    closed = [[list(point) for point in (*ring, ring[0])] for ring in rings]
    return {"type": "Polygon", "coordinates": closed}


def _properties(
    data: SiteReportData,
    event: SiteEvent,
) -> dict[str, Any]:
    """An event as flat properties."""
    row = dict(zip(_COLUMNS, _row(data, event), strict=True))
    return {
        **row,
        "start": _time(event.change.after_s),
        "end": _time(event.change.until_s),
        "settled": not event.conflicts,
    }


def _time(at_s: float) -> str | None:
    return rfc3339(from_unix_s(at_s)) if math.isfinite(at_s) else None


def _row(
    data: SiteReportData,
    event: SiteEvent,
) -> tuple[str, ...]:
    """An event as the cells of a row."""
    hidden = [f"{'+'.join(sight.images)}:{'+'.join(sight.why)}" for sight in event.could_not]
    return (
        event.feature,
        event.name,
        _time(event.change.after_s) or "",
        _time(event.change.until_s) or "",
        *_image_cells(data, event.before),
        *_image_cells(data, event.after),
        " ".join(hidden),
        _readers(event.before),
        _readers(event.after),
        "no" if event.conflicts else "yes",
    )


def _readers(sight: Sight | None) -> str:
    return "" if sight is None else str(sight.readers)


def _image_cells(
    data: SiteReportData,
    sight: Sight | None,
) -> tuple[str, str]:
    """Images and scenes of one end."""
    names = sight.images if sight else ()
    scenes = [data.image(name).scene_id for name in names]
    return " ".join(names), " ".join(filter(None, scenes))


def site_csv(data: SiteReportData) -> bytes:
    """A row for each event. No cell begins with a sign that a spreadsheet would compute."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for event in data.events:
        writer.writerow([_inert(cell) for cell in _row(data, event)])
    return out.getvalue().encode()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def site_kmz(data: SiteReportData) -> bytes:
    """A placemark for each event: from the bracket's first end on, until the thing is gone."""
    marks = "".join(_placemark(data, event) for event in data.events)
    kml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>{escape(data.name)}</name>{marks}</Document></kml>\n"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("doc.kml", _DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, kml)
    return out.getvalue()


def _placemark(
    data: SiteReportData,
    event: SiteEvent,
) -> str:
    """One event, its time span the bracket."""
    outlines = {feature.name: feature.rings for feature in data.features}
    rings = outlines.get(event.feature)
    if not rings:
        return ""
    start, end = _time(event.change.after_s), _time(event.change.until_s)
    span = f"<begin>{start}</begin>" if start else ""
    span += f"<end>{end}</end>" if end else ""
    shape = ""
    for number, ring in enumerate(rings):
        kind = "outer" if number == 0 else "inner"
        points = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in (*ring, ring[0]))
        shape += f"<{kind}BoundaryIs><LinearRing><coordinates>{points}</coordinates></LinearRing>"
        shape += f"</{kind}BoundaryIs>"
    cells = dict(zip(_COLUMNS, _row(data, event), strict=True))
    said = escape("; ".join(f"{key}: {value}" for key, value in cells.items() if value))
    return (
        f"<Placemark><name>{escape(f'{event.feature} {event.name}')}</name>"
        f"<description>{said}</description><TimeSpan>{span}</TimeSpan>"
        f"<Polygon>{shape}</Polygon></Placemark>"
    )
