"""The report of a site: a folder with a page, files for other programs, and what re-derives it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import site_read_proposals, site_readings
from noonmark.actions.installed_versions import versions

if TYPE_CHECKING:
    from noonmark.sites.chips import Chip
    from noonmark.sites.images import SiteImage

_CHECKER = "check_readings.py"
_CHECKED = ("images.json", "readings.jsonl", "events.json")


def report_site(
    folder: Path,
    out: Path,
    *,
    force: bool = False,
) -> dict[str, Any]:
    """Write the report of a site into a new folder.

    It holds the page, the events as GeoJSON, KMZ and CSV, and with the readings and the list of
    images the program that derives every bracket anew. Pixels that may not be handed on stay out.
    """
    from noonmark.report import site_files, site_page
    from noonmark.report.output_folder import check_free, write_folder
    from noonmark.sites import site_folder

    check_free(out, force=force)
    site_folder.open_site(folder)
    events = site_readings.site_events(folder)
    contents = _rederived(folder)
    data = _data(folder, {}, contents)
    contents |= {
        "events.geojson": site_files.site_geojson(data),
        "events.kmz": site_files.site_kmz(data),
        "events.csv": site_files.site_csv(data),
    }
    pictures = _pictures(folder, data.images)
    contents["report.html"] = site_page.site_report_html(_data(folder, pictures, contents))
    contents["SHA256SUMS"] = "".join(
        f"{digest}  {name}\n" for name, digest in _digests(contents).items()
    ).encode()
    write_folder(out, contents, force=force)
    return {
        "ok": True,
        "out": str(out),
        "files": sorted(contents),
        "events": len(events["events"]),
        "conflicts": len(events["conflicts"]),
        "pictures": len(pictures),
        "without_pixels": len(data.images) - len(pictures),
    }


def _rederived(folder: Path) -> dict[str, bytes]:
    """The files from which a stranger derives the events, and the program that does it."""
    held = {_CHECKER: resources.files("noonmark.sites").joinpath(_CHECKER).read_bytes()}
    for name in _CHECKED:
        path = folder / name
        held[name] = path.read_bytes() if path.exists() else b""
    return held


def _digests(contents: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file, by name."""
    return {name: hashlib.sha256(raw).hexdigest() for name, raw in sorted(contents.items())}


def _data(
    folder: Path,
    pictures: Mapping[str, bytes],
    contents: Mapping[str, bytes],
) -> Any:
    """What the report draws."""
    from noonmark.report.site_data import SiteReportData
    from noonmark.sites import growth, images, readings, site_folder, timeline

    site = site_folder.open_site(folder)
    found = images.read(folder)
    said = readings.read(folder)
    areas = growth.areas(found, said)
    agreement = site_readings.site_agreement(folder)
    return SiteReportData(
        name=site.name,
        features=site.features,
        images=found,
        timelines=tuple(timeline.timelines(found, said)),
        areas=tuple(areas),
        steps=tuple(growth.steps(areas)),
        pictures=pictures,
        manifest=_digests(contents),
        agreement=agreement,
        versions=versions(),
        proposals=site_read_proposals.read_proposals(folder),
    )


def _pictures(
    folder: Path,
    found: Sequence[SiteImage],
) -> dict[str, bytes]:
    """PNGs of the images whose pixels may be handed on, those of one series with one stretch."""
    from noonmark.report import site_pictures
    from noonmark.sites import stack

    series: dict[str, list[tuple[str, Chip, Sequence[str]]]] = {}
    for image in found:
        if image.redistribute:
            key = image.stack or image.id
            chip = stack.chip_of(folder, image)
            series.setdefault(key, []).append((image.id, chip, image.chip["bands"]))
    return site_pictures.pictures(series)
