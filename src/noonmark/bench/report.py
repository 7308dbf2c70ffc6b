"""From an answer to what its figures and files are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.bench.answer import Answer
from noonmark.bench.contract import answer_json
from noonmark.bench.health import versions
from noonmark.inference.answer import PlaceMap
from noonmark.inference.posterior import Posterior
from noonmark.report.findings import Findings, PlacedMode
from noonmark.values import unix_s
from noonmark.world.places import nearest_place
from noonmark.world.zones import local_times

Floats = NDArray[np.float64]

REGIONAL_MODES = 4
REGIONAL_CELLS = 160
WIDEST_REGION_DEG = 70.0


def write_report(answer: Answer, out_dir: Path, *, command: str, force: bool = False) -> list[Path]:
    """All files of an answer under ``out_dir``: figures, maps, tables, the report."""
    from noonmark.report import write

    return list(write(out_dir, findings_of(answer, command=command), force=force))


def outlines(answer: Answer) -> Mapping[float, dict[str, Any]]:
    """The outline of each credible region as a GeoJSON geometry, by level."""
    from noonmark.report.regions import region_geometries

    return region_geometries(_drawn_on(answer.posterior))


def with_outlines(found: Findings) -> dict[str, Any]:
    """The JSON of ``noonmark locate --geojson``, its outlines from the maps that the findings hold already."""
    from noonmark.report.regions import region_geometries

    close = next((made for made in found.place_maps_regional[:1] if _holds_nearly_all(made)), found.place_map_world)
    shapes = region_geometries(close)
    credible = {
        f"{r.level:g}": {**found.answer["credible"][f"{r.level:g}"], "geojson": shapes[r.level]} for r in found.regions
    }
    return {**found.answer, "credible": credible}


def findings_of(answer: Answer, *, command: str, world: PlaceMap | None = None) -> Findings:
    """Everything a report is made from; ``world`` is a map to draw on instead of the whole Earth's."""
    post = answer.posterior
    return Findings(
        question=answer.question.raw,
        clues_sha256=answer.question.digest,
        command=command,
        versions=versions(),
        place_map_world=world_map(post) if world is None else world,
        place_maps_regional=regional_maps(post),
        calendar=post.calendar(),
        regions=post.regions(),
        modes=tuple(
            PlacedMode(
                mode,
                nearest_place(mode.place.lat_deg, mode.place.lon_deg),
                tuple(local_times(mode.place.lat_deg, mode.place.lon_deg, unix_s(mode.instant))),
            )
            for mode in post.modes
        ),
        clues=answer.findings,
        conflicts=answer.conflicts,
        advice=answer.advice,
        answer=answer_json(answer),
        truth=answer.truth(),
    )


def world_map(post: Posterior) -> PlaceMap:
    """The place marginal over the whole Earth, half a degree a cell."""
    return post.place_map(np.linspace(-90.0, 90.0, 361), np.linspace(-180.0, 180.0, 721))


def regional_maps(post: Posterior) -> tuple[PlaceMap, ...]:
    """A closer map round each of the first few modes that is small enough for one."""
    made: list[PlaceMap] = []
    for k in range(min(len(post.modes), REGIONAL_MODES)):
        south, west, north, east = post.mode_box(k)
        if max(north - south, east - west) > WIDEST_REGION_DEG:
            break
        if any(_within((south, west, north, east), m) for m in made):
            continue
        made.append(post.place_map(*edges_around(south, west, north, east)))
    return tuple(made)


def edges_around(south: float, west: float, north: float, east: float) -> tuple[Floats, Floats]:
    """Cell edges over a box with a margin round it."""
    tall, wide = max(north - south, 1e-4), max(east - west, 1e-4)
    low, high = max(south - 0.35 * tall, -90.0), min(north + 0.35 * tall, 90.0)
    left, right = west - 0.35 * wide, east + 0.35 * wide
    if right - left > 360.0:
        left, right = west, west + 360.0
    return np.linspace(low, high, REGIONAL_CELLS + 1), np.linspace(left, right, REGIONAL_CELLS + 1)


def _within(box: tuple[float, float, float, float], made: PlaceMap) -> bool:
    south, west, north, east = box
    lat, lon = made.lat_edges_deg, made.lon_edges_deg
    return bool(lat[0] <= south and north <= lat[-1] and lon[0] <= west and east <= lon[-1])


def _drawn_on(post: Posterior) -> PlaceMap:
    """The map whose contours are the outlines: the closest one that holds nearly everything."""
    for made in regional_maps(post)[:1]:
        if _holds_nearly_all(made):
            return made
    return world_map(post)


def _holds_nearly_all(made: PlaceMap) -> bool:
    return bool(made.mass.sum() > 0.995)
