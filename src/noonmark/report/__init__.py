"""From findings to files: figures, regions for other programs, and one page that tells all of it.

``write(out_dir, findings, force=...)`` is the whole room. Nothing of it is imported until it is needed.
"""

from __future__ import annotations

from pathlib import Path

from noonmark.report.findings import Findings, PlacedMode

__all__ = ["FILES", "Findings", "PlacedMode", "render", "write"]

FILES = (
    "answer.json",
    "map.png",
    "calendar.png",
    "regions.geojson",
    "answer.kmz",
    "posterior.tif",
    "times.csv",
    "report.html",
)


def render(findings: Findings) -> dict[str, bytes]:
    """Every file of the answer by name, in the order of ``FILES``: a pure function of the findings."""
    import json

    from noonmark.report.calendar import draw_calendar
    from noonmark.report.geofiles import geojson, geotiff, kmz, times_csv
    from noonmark.report.mapsheet import draw_map
    from noonmark.report.page import report_html
    from noonmark.report.regions import all_regions, harmonised

    maps = harmonised(findings)
    regions = all_regions(maps)
    pictures = {"map.png": draw_map(findings, maps), "calendar.png": draw_calendar(findings)}
    answer = json.dumps(dict(findings.answer), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return {
        "answer.json": answer.encode(),
        **pictures,
        "regions.geojson": geojson(findings, regions),
        "answer.kmz": kmz(findings, regions),
        "posterior.tif": geotiff(findings),
        "times.csv": times_csv(findings.calendar),
        "report.html": report_html(findings, pictures),
    }


def write(out_dir: Path, findings: Findings, *, force: bool) -> list[Path]:
    """Writes all files of ``FILES`` into ``out_dir``, all or none; returns their paths.

    An existing folder is refused (``output-exists``) unless ``force``, and then only replaced if it holds nothing but
    an earlier answer. A full disk leaves nothing behind (``disk-full``).
    """
    from noonmark.report.outdir import check_free, write_folder

    check_free(out_dir, force=force)
    return write_folder(out_dir, render(findings), force=force)
