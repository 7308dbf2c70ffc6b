"""What a site comes to for other programs: GeoJSON with time, KMZ with time spans, CSV.

Events by readings, the steps between areas that people drew, and below them the machine's proposals
that people have read, each part of a bracket by itself and marked in ``basis`` as no finding. What
nobody read is not given to these.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from noonmark.report.site_data import SiteReportData
from noonmark.sites.growth import AreaStep
from noonmark.sites.rings import Rings
from noonmark.sites.timeline import Sight, SiteEvent
from noonmark.values import from_unix_s, rfc3339

_COLUMNS = (
    "feature", "event", "later_than", "no_later_than", "image_before", "scene_before",
    "image_after", "scene_after", "between_could_not", "readers_before", "readers_after", "settled",
    "basis", "read_before", "read_after", "part_p", "level", "injected", "found", "held",
    "change_m2", "change_least_m2", "change_most_m2",
)  # fmt: skip
_READINGS = "readings"
_AREAS = "areas that people drew"
_PROPOSED = "proposed by the machine and read by people; not a finding"
_NUMBER = re.compile(r"-?[0-9]+")
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class SiteFileRow:
    """One event, step of area, or part of a proposal's bracket: its cells by column; ``start`` and
    ``end`` of its time, None where open.
    """

    title: str
    start: str | None
    end: str | None
    is_settled: bool
    cells: Mapping[str, str]


def _rows(data: SiteReportData) -> Iterator[SiteFileRow]:
    """The events, the steps of area, then the proposals that were read."""
    for event in data.events:
        yield _event_row(data, event)
    for step in data.steps:
        yield _step_row(data, step)
    for proposal in data.proposals:
        for part in proposal["parts"]:
            yield _proposal_row(data, proposal, part)


def _event_row(data: SiteReportData, event: SiteEvent) -> SiteFileRow:
    """An event by readings."""
    hidden = [f"{'+'.join(sight.images)}:{'+'.join(sight.why)}" for sight in event.could_not]
    start, end = _time(event.change.after_s), _time(event.change.until_s)
    image_before, scene_before = _image_cells(data, event.before.images if event.before else ())
    image_after, scene_after = _image_cells(data, event.after.images if event.after else ())
    cells = {
        "feature": event.feature,
        "event": event.name,
        "later_than": start or "",
        "no_later_than": end or "",
        "image_before": image_before,
        "scene_before": scene_before,
        "image_after": image_after,
        "scene_after": scene_after,
        "between_could_not": " ".join(hidden),
        "readers_before": _readers(event.before),
        "readers_after": _readers(event.after),
        "settled": "no" if event.conflicts else "yes",
        "basis": _READINGS,
    }
    return SiteFileRow(f"{event.feature} {event.name}", start, end, not event.conflicts, cells)


def _step_row(data: SiteReportData, step: AreaStep) -> SiteFileRow:
    """A step between two areas; settled where their bounds do not overlap."""
    start, end = _time(step.before.start_s), _time(step.after.end_s)
    image_before, scene_before = _image_cells(data, [step.before.image])
    image_after, scene_after = _image_cells(data, [step.after.image])
    change, least, most = step.change_m2
    name = "area within the bounds"
    if step.is_sure:
        name = "grown" if change > 0 else "shrunk"
    cells = {
        "feature": step.before.feature,
        "event": name,
        "later_than": start or "",
        "no_later_than": end or "",
        "image_before": image_before,
        "scene_before": scene_before,
        "image_after": image_after,
        "scene_after": scene_after,
        "settled": "yes" if step.is_sure else "no",
        "basis": _AREAS,
        "change_m2": f"{change:.0f}",
        "change_least_m2": f"{least:.0f}",
        "change_most_m2": f"{most:.0f}",
    }
    return SiteFileRow(f"{step.before.feature} {name}", start, end, step.is_sure, cells)


def _proposal_row(
    data: SiteReportData,
    proposal: Mapping[str, Any],
    part: Mapping[str, Any],
) -> SiteFileRow:
    """One part of the bracket of a proposal."""
    before, after = part["from"], part["to"]
    start = rfc3339(data.image(before["image"]).taken.start)
    last = data.image(after["image"]).taken
    end = rfc3339(last.end or last.start)
    image_before, scene_before = _image_cells(data, [before["image"]])
    image_after, scene_after = _image_cells(data, [after["image"]])
    counts = proposal["injected"]
    name = f"event {proposal['order']} visible, proposed"
    cells = {
        "feature": proposal["feature"],
        "event": name,
        "later_than": start,
        "no_later_than": end,
        "image_before": image_before,
        "scene_before": scene_before,
        "image_after": image_after,
        "scene_after": scene_after,
        "between_could_not": " ".join(part["could_not"]),
        "settled": "no",
        "basis": _PROPOSED,
        "read_before": ", ".join(before["read"]),
        "read_after": ", ".join(after["read"]),
        "part_p": f"{part['p']:.3f}",
        "level": f"{proposal['level']:g}",
        "injected": str(counts["n"]),
        "found": str(counts["found"]),
        "held": str(counts["held"]),
    }
    return SiteFileRow(f"{proposal['feature']} {name}", start, end, False, cells)


def _time(at_s: float) -> str | None:
    return rfc3339(from_unix_s(at_s)) if math.isfinite(at_s) else None


def _readers(sight: Sight | None) -> str:
    return "" if sight is None else str(sight.readers)


def _image_cells(data: SiteReportData, names: Any) -> tuple[str, str]:
    """Images and scenes of one end."""
    scenes = [data.image(name).scene_id for name in names]
    return " ".join(names), " ".join(filter(None, scenes))


def site_geojson(data: SiteReportData) -> bytes:
    """A feature for each event, step of area and part of a proposal; its bracket is ``start`` and
    ``end``.
    """
    outlines = {feature.name: feature.rings for feature in data.features}
    features = [
        {
            "type": "Feature",
            "geometry": _geometry(outlines[row.cells["feature"]]),
            "properties": {
                **{name: row.cells.get(name, "") for name in _COLUMNS},
                "start": row.start,
                "end": row.end,
                "settled": row.is_settled,
            },
        }
        for row in _rows(data)
        if row.cells["feature"] in outlines
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _geometry(rings: Rings) -> dict[str, Any]:
    """Rings as a Polygon; the first is the outer one."""
    closed = [[list(point) for point in (*ring, ring[0])] for ring in rings]
    return {"type": "Polygon", "coordinates": closed}


def site_csv(data: SiteReportData) -> bytes:
    """A row for each event, step of area and part of a proposal. No cell but a number begins with a
    sign that a spreadsheet would compute.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in _rows(data):
        writer.writerow([_inert(row.cells.get(name, "")) for name in _COLUMNS])
    return out.getvalue().encode()


def _inert(cell: str) -> str:
    is_computed = cell[:1] in ("=", "+", "-", "@", "\t") and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_computed else cell


def site_kmz(data: SiteReportData) -> bytes:
    """A placemark for each event, its time span the bracket; steps of area and proposals in folders
    that say so.
    """
    outlines = {feature.name: feature.rings for feature in data.features}
    drawn = {_READINGS: "", _AREAS: "", _PROPOSED: ""}
    for row in _rows(data):
        if rings := outlines.get(row.cells["feature"]):
            drawn[row.cells["basis"]] += _placemark(row, rings)
    folders = "".join(
        f"<Folder><name>{escape(basis)}</name>{marks}</Folder>"
        for basis, marks in drawn.items()
        if marks and basis != _READINGS
    )
    kml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>{escape(data.name)}</name>{drawn[_READINGS]}{folders}</Document></kml>\n"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("doc.kml", _DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, kml)
    return out.getvalue()


def _placemark(row: SiteFileRow, rings: Rings) -> str:
    """One row as a placemark."""
    span = f"<begin>{row.start}</begin>" if row.start else ""
    span += f"<end>{row.end}</end>" if row.end else ""
    shape = ""
    for number, ring in enumerate(rings):
        kind = "outer" if number == 0 else "inner"
        points = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in (*ring, ring[0]))
        shape += f"<{kind}BoundaryIs><LinearRing><coordinates>{points}</coordinates></LinearRing>"
        shape += f"</{kind}BoundaryIs>"
    said = escape("; ".join(f"{key}: {value}" for key, value in row.cells.items() if value))
    return (
        f"<Placemark><name>{escape(row.title)}</name>"
        f"<description>{said}</description><TimeSpan>{span}</TimeSpan>"
        f"<Polygon>{shape}</Polygon></Placemark>"
    )
