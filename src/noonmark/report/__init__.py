"""The files of an answer: figures, regions for other programs, and one page that explains it.

``render`` makes them, ``write`` writes them into a folder. The modules that draw are imported when
first used.
"""

from __future__ import annotations

from pathlib import Path

from noonmark.report.report_data import PlacedMode, ReportData

__all__ = ["FILES", "PlacedMode", "ReportData", "render", "write"]

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


def render(data: ReportData) -> dict[str, bytes]:
    """Every file of the answer by name, in the order of ``FILES``: a pure function of the data.

    The pictures are drawn once and used for their files and in the page. Equal data give equal
    bytes: no clock, no random numbers, no locale.
    """
    import json

    from noonmark.report.calendar_chart import draw_calendar
    from noonmark.report.geofiles import geojson, geotiff, kmz, times_csv
    from noonmark.report.mapsheet import draw_map
    from noonmark.report.page import report_html
    from noonmark.report.regions import all_regions, harmonised

    maps = harmonised(data)
    regions = all_regions(maps)
    pictures = {"map.png": draw_map(data, maps), "calendar.png": draw_calendar(data)}
    answer = json.dumps(dict(data.answer), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return {
        "answer.json": answer.encode(),
        **pictures,
        "regions.geojson": geojson(data, regions),
        "answer.kmz": kmz(data, regions),
        "posterior.tif": geotiff(data),
        "times.csv": times_csv(data),
        "report.html": report_html(data, pictures),
    }


def write(
    out_dir: Path,
    data: ReportData,
    *,
    force: bool,
) -> list[Path]:
    """Writes all files of ``FILES`` into ``out_dir``, all or none; returns their paths.

    An existing folder is refused (``output-exists``) unless ``force``, and then only replaced if it
    holds nothing but an earlier answer. A full disk leaves nothing behind (``disk-full``).
    """
    from noonmark.report.output_folder import check_free, write_folder

    check_free(out_dir, force=force)
    return write_folder(out_dir, render(data), force=force)
