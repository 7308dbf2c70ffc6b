"""KMZ, GeoTIFF and CSV, read back by others' rules."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tifffile

from noonmark.report import ReportData, geofiles
from noonmark.report.local_clocks import local_clocks
from noonmark.report.page import report_html

KML = "{http://www.opengis.net/kml/2.2}"


def _document(found: ReportData) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(geofiles.kmz(found))) as archive:
        # The OGC standard: the first .kml at the root is the default document.
        assert archive.namelist() == ["doc.kml"]
        return ET.fromstring(archive.read("doc.kml"))


def test_the_kmz_holds_regions_and_modes_with_their_spans(any_findings: ReportData) -> None:
    root = _document(any_findings)
    assert root.tag == f"{KML}kml"
    styles = {s.get("id") for s in root.iter(f"{KML}Style")}
    used = {(s.text or "").lstrip("#") for s in root.iter(f"{KML}styleUrl")}
    assert used <= styles
    assert len(list(root.iter(f"{KML}TimeSpan"))) == len(any_findings.modes)
    for ring in root.iter(f"{KML}coordinates"):
        points = [tuple(map(float, p.split(","))) for p in (ring.text or "").split()]
        assert all(-180 <= p[0] <= 180 and -90 <= p[1] <= 90 for p in points)
        assert len(points) == 1 or points[0] == points[-1]


def test_a_broad_mode_has_no_pin_no_place_and_no_clock(make: Callable[..., ReportData]) -> None:
    """A point in a region of many millions of km2 would be taken for the answer."""
    found = make("ring")
    first = replace(found.modes[0], mode=replace(found.modes[0].mode, area_km2=29.5e6))
    broad = replace(found, modes=(first,))
    root = _document(broad)
    marks = list(root.iter(f"{KML}Placemark"))
    of_modes = [mark for mark in marks if mark.findtext(f"{KML}styleUrl") == "#mode"]
    assert of_modes and all(mark.find(f"{KML}Point") is None for mark in of_modes)
    page = report_html(broad, {}).decode()
    assert "no place stands out" in page
    assert local_clocks(broad) == []
    assert first.best_when.endswith(" UTC")
    small = replace(first, mode=replace(first.mode, area_km2=1e5))
    wide = replace(first, mode=replace(first.mode, area_km2=6e5))
    assert wide.best_when.endswith(" UTC")
    assert small.best_when == "20 August 2018, 01:20 UTC (00:20 UTC−1 at sea)"
    assert "likeliest" not in page


def test_kml_children_come_in_the_order_of_the_schema(make: Callable[..., ReportData]) -> None:
    """AbstractFeatureGroup is a sequence: name, open, description, TimeSpan, styleUrl, then the
    geometry.
    """
    order = [
        "name",
        "open",
        "description",
        "TimeSpan",
        "styleUrl",
        "Style",
        "Point",
        "MultiGeometry",
        "Folder",
        "Placemark",
    ]
    for parent in ("Document", "Folder", "Placemark"):
        for element in _document(make("two")).iter(f"{KML}{parent}"):
            ranks = [order.index(child.tag.removeprefix(KML)) for child in element]
            assert ranks == sorted(ranks)


def test_hostile_text_stays_text_in_kml(make: Callable[..., ReportData]) -> None:
    found = make("sharp")
    name = '</name><script>x</script>"\x00\x1b'
    nasty = replace(found.modes[0].nearest, name=name)  # type: ignore[type-var]
    root = _document(replace(found, modes=(replace(found.modes[0], nearest=nasty),)))
    assert not [e for e in root.iter() if e.tag.endswith("script")]


def test_the_geotiff_carries_its_place_on_earth(make: Callable[..., ReportData]) -> None:
    for name in ("ring", "sharp"):
        found = make(name)
        source = found.place_maps_regional[0] if name == "sharp" else found.place_map_world
        with tifffile.TiffFile(io.BytesIO(geofiles.geotiff(found))) as tif:
            page: Any = tif.pages[0]
            keys = page.geotiff_tags
            assert keys["GeographicTypeGeoKey"] == 4326 and keys["GTRasterTypeGeoKey"] == 1
            scale, tie = page.tags[33550].value, page.tags[33922].value
            data = page.asarray()
        assert data.dtype == np.float32 and data.shape == source.density_per_km2.shape
        assert tie[3:5] == (source.lon_edges_deg[0], source.lat_edges_deg[-1])
        assert scale[1] * data.shape[0] == pytest.approx(
            source.lat_edges_deg[-1] - source.lat_edges_deg[0]
        )
        assert np.allclose(data[::-1], source.density_per_km2, rtol=1e-6)


def test_the_times_are_the_spans_of_each_region(make: Callable[..., ReportData]) -> None:
    data = make("sharp")
    rows = list(csv.DictReader(io.StringIO(geofiles.times_csv(data).decode())))
    assert [float(r["credible_level"]) for r in rows] == sorted(
        (region.level for region in data.regions for _ in region.spans), reverse=True
    )
    for region in data.regions:
        told = [r["from_utc"] for r in rows if float(r["credible_level"]) == region.level]
        assert told == sorted(told) and len(told) == len(region.spans)
