"""The sheet of the best places: local maps drawn from the maps that the answer was found on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from noonmark.actions.finished_files import finished
from noonmark.actions.world_maps import world_folder
from noonmark.errors import InputError

if TYPE_CHECKING:
    from noonmark.world.landmarks.local_map import LocalMap

SHEET_PLACES: Final = 12
"""So many places are drawn, of those that are told clause by clause."""
_FORMS = (".html", ".pdf")


def check_sheet_name(out: Path, *, force: bool = False) -> None:
    """Raise InputError where a sheet can't be written there: another ending, or it is there."""
    if out.suffix.lower() not in _FORMS:
        raise InputError(
            f"--sheet: expected a name that ends in .html or .pdf, got {out.name!r}",
            code="usage",
            hint=f"--sheet {out.stem or 'places'}.html",
        )
    if out.exists() and not force:
        raise InputError(
            f"{out} exists already", code="output-exists", hint="give another name, or --force"
        )


def write_place_sheet(
    answer: Mapping[str, Any],
    out: Path,
    *,
    store: Path | None = None,
    force: bool = False,
) -> Path:
    """Write the most probable places as HTML or PDF, by the ending of ``out``.

    ``answer`` is what ``find_places`` gave; its maps are opened again. Equal answers on equal maps
    give equal bytes.
    """
    check_sheet_name(out, force=force)
    places = [place for place in answer["places"][:SHEET_PLACES] if "clauses" in place]
    maps = _local_maps(answer, places, store)
    if out.suffix.lower() == ".pdf":
        from noonmark.report.place_sheet_pdf import place_sheet_pdf

        data = place_sheet_pdf(answer, places, maps)
    else:
        from noonmark.report.place_sheet import place_sheet_html

        data = place_sheet_html(answer, places, maps)
    with finished(out) as part:
        part.write_bytes(data)
    return out


def _local_maps(
    answer: Mapping[str, Any],
    places: Sequence[Mapping[str, Any]],
    store: Path | None,
) -> list[LocalMap]:
    """The local map of each place."""
    from noonmark.report.place_drawing import half_m
    from noonmark.world.landmarks.local_map import local_map
    from noonmark.world.landmarks.map_store import stored_maps
    from noonmark.world.landmarks.map_tile import OpenMaps

    folder = world_folder(store)
    asked = {each["osm_sha256"] for each in answer["maps"]}
    maps = OpenMaps([m for m in stored_maps(folder) if m.sha256 in asked], folder)
    found = []
    for place in places:
        things = [told["thing"] for told in place["clauses"] if told["thing"] is not None]
        wanted = {place["osm"], *(thing["osm"] for thing in things)}
        at = place["anchor_lat_deg"], place["anchor_lon_deg"]
        found.append(local_map(maps, *at, half_m(place, answer["clauses"]), wanted))
    return found
