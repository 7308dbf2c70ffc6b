"""Elevation tiles, the horizon of a place, and when the sun clears its ridges."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noonmark.actions.sun_day import date_at
from noonmark.values import Place, from_unix_s, unix_s

if TYPE_CHECKING:
    from noonmark.report.drawing import Drawing
    from noonmark.world.terrain.horizon import LandHorizon

_CHART_DEG = 0.25
_EYE_RANGE_M = (-100.0, 20_000.0)
"""From the bottom of a pit to a drone or an aeroplane, above the ground of the tiles."""
_GROUND_RANGE_M = (-500.0, 9000.0)
_HOUR_S = 3600.0
_PATH_STEP_S = 300.0


def _store(store: Path | None) -> Path:
    from noonmark.world.terrain.elevation_store import default_store

    return default_store() if store is None else store


def add_elevation(
    paths: Sequence[Path], *, store: Path | None = None, force: bool = False
) -> dict[str, Any]:
    """Keep elevation files (.hgt, .hgt.zip, GeoTIFF, PMTiles) as tiles of the user's own folder.

    Files are added one by one. Where one is refused, the error says which were kept before it.
    """
    from noonmark.errors import InputError
    from noonmark.world.terrain import elevation_store

    added: list[Any] = []
    for path in paths:
        try:
            added.append(elevation_store.add(path, _store(store), replace=force))
        except InputError as error:
            if added:
                names = ", ".join(tile.name for tile in added)
                error.hint = f"{error.hint}; kept before it: {names}"
            raise
    return {"ok": True, "tiles": [_tile_json(tile) for tile in added]}


def list_elevation(*, store: Path | None = None) -> dict[str, Any]:
    """The tiles that are kept."""
    from noonmark.world.terrain import elevation_store

    where = _store(store)
    held = elevation_store.tiles(where)
    return {"ok": True, "store": str(where), "tiles": [_tile_json(tile) for tile in held]}


def remove_elevation(name: str, *, store: Path | None = None) -> dict[str, Any]:
    """Take one tile away."""
    from noonmark.world.terrain import elevation_store

    return {"ok": True, "removed": elevation_store.remove(name, _store(store)).name}


def burn_summits(
    map_name: str, *, store: Path | None = None, maps: Path | None = None
) -> dict[str, Any]:
    """Raise the summits that a map states the altitude of in every tile that cuts them off.

    ``maps`` is the folder of maps. Raises InputError for an unknown map, and where the map has no
    summit with an altitude, or none of them lies on a tile.
    """
    from noonmark.actions.world_maps import map_named, world_folder
    from noonmark.errors import InputError
    from noonmark.world.landmarks.map_summits import map_summits
    from noonmark.world.terrain import elevation_store

    folder = world_folder(maps)
    stored = map_named(map_name, folder)
    summits = map_summits(stored, folder)
    where = _store(store)
    source = {"map": stored.name, "sha256": stored.sha256, "attribution": stored.attribution}
    near = [
        tile
        for tile in elevation_store.tiles(where)
        if any(elevation_store.lies_on(tile, one.lat_deg, one.lon_deg) for one in summits)
    ]
    if not near:
        raise InputError(
            f"none of the {len(summits)} summits with an altitude of {map_name!r} lies on a tile",
            code="elevation-missing",
            hint="noonmark elevation list shows where the tiles lie",
        )
    burnt = [elevation_store.burn_in(tile, where, summits, source) for tile in near]
    return {"ok": True, "summits": len(summits), "tiles": [_tile_json(tile) for tile in burnt]}


def _tile_json(tile: Any) -> dict[str, Any]:
    found = {key: value for key, value in asdict(tile).items() if value is not None}
    found["box"] = [tile.south_deg, tile.west_deg, tile.north_deg, tile.east_deg]
    return found


def place_horizon(
    place: Place,
    *,
    eye_m: float | None = None,
    altitude_m: float | None = None,
    store: Path | None = None,
) -> LandHorizon:
    """The horizon of one place from the tiles that are kept, every quarter of a degree.

    Ridges are raised by what tiles cut off them, in the mean.

    ``eye_m`` is the height of the eye above the ground (1.7 m), ``altitude_m`` that of the ground
    above the sea where the tiles are not to be asked. Raises InputError where no tile lies there,
    and for a height that no eye or ground has.
    """
    from noonmark.world.terrain.elevation_store import tiles
    from noonmark.world.terrain.ground import ground_about
    from noonmark.world.terrain.horizon import EYE_M, horizon, raised

    _check_range("--height", eye_m, *_EYE_RANGE_M)
    _check_range("--altitude-m", altitude_m, *_GROUND_RANGE_M)
    where = _store(store)
    at = (np.array([place.lat_deg]), np.array([place.lon_deg]))
    ground = ground_about(*at, tiles(where), where)
    found = horizon(
        ground,
        place.lat_deg,
        place.lon_deg,
        eye_m=EYE_M if eye_m is None else eye_m,
        altitude_m=altitude_m,
        directions=round(360.0 / _CHART_DEG),
    )
    return raised(found, ground.cell_m)


def _check_range(option: str, value: float | None, low: float, high: float) -> None:
    """Refuse a number of an option that is out of its range, or none at all."""
    from noonmark.errors import InputError

    if value is not None and not low <= value <= high:
        raise InputError(
            f"{option} {value:g} is not from {low:g} to {high:g} m",
            code="bad-value",
            hint="noonmark horizon --help says what each height is above",
        )


def horizon_clue(
    kind: str, found: Sequence[LandHorizon], *, at: str | None, reach_m: float
) -> dict[str, Any]:
    """A clue of a kind that holds horizons: a ridge's, a shade's, a line's.

    The horizons of the places stand in it as numbers, a half degree apart.
    """
    clue: dict[str, Any] = {"kind": kind}
    if at is not None:
        clue["at"] = at
    horizons = []
    for one in found:
        pairs = one.elevation_deg.reshape(-1, 2)
        sigmas = one.sigma_deg.reshape(-1, 2)
        horizons.append(
            {
                "lat_deg": one.lat_deg,
                "lon_deg": one.lon_deg,
                "reach_m": reach_m,
                "elevation_deg": np.round(pairs[:, 0], 2).tolist(),
                "sigma_deg": np.round(sigmas.max(1), 2).tolist(),
            }
        )
    clue["horizons"] = horizons
    return {"clue": [clue]}


def list_horizons(
    path: Path, *, eye_m: float | None = None, store: Path | None = None
) -> list[LandHorizon]:
    """The horizon of every place of a list, in its order."""
    from noonmark.actions.place_lists import read_place_list

    found = []
    for place in read_place_list(path).places:
        where = Place(place.lat_deg, place.lon_deg)
        found.append(place_horizon(where, eye_m=eye_m, store=store))
    return found


def line_horizons(path: Path, *, reach_m: float, store: Path | None = None) -> list[LandHorizon]:
    """The horizons of the points of a shadow's edge, their ``sigma_m`` and the reach counted in."""
    from noonmark.actions.place_lists import read_place_list
    from noonmark.world.terrain.elevation_store import tiles
    from noonmark.world.terrain.ground import ground_about
    from noonmark.world.terrain.line_points import line_point

    where, found = _store(store), []
    for place in read_place_list(path).places:
        at = (np.array([place.lat_deg]), np.array([place.lon_deg]))
        ground = ground_about(*at, tiles(where), where)
        found.append(line_point(ground, place.lat_deg, place.lon_deg, place.sigma_m, reach_m))
    return found


def horizon_json(found: LandHorizon) -> dict[str, Any]:
    """A horizon as one JSON object; directions run clockwise from true north."""
    return {
        "ok": True,
        "place": {"lat_deg": found.lat_deg, "lon_deg": found.lon_deg},
        "altitude_m": round(found.altitude_m, 1),
        "eye_m": found.eye_m,
        "azimuth_step_deg": 360.0 / found.azimuth_deg.size,
        "elevation_deg": np.round(found.elevation_deg, 3).tolist(),
        "sigma_deg": np.round(found.sigma_deg, 3).tolist(),
        "distance_m": np.round(found.distance_m).tolist(),
        "unsure_share": round(float(found.unsure.mean()), 4),
    }


def ridge_day(found: LandHorizon, text: str) -> dict[str, Any]:
    """When the sun clears the ridges about a place and leaves them, on a date of its clocks."""
    from noonmark.actions.sun_position import local_times
    from noonmark.world.terrain.ridge_times import ridge_crossings

    place = Place(found.lat_deg, found.lon_deg)
    day = date_at(text, place)
    start_s, end_s = _day_s(place, day)
    events = []
    for event in ridge_crossings(found, start_s, end_s):
        row = asdict(event)
        for name in ("unix_s", "first_s", "last_s"):
            row[name.replace("unix_s", "utc").replace("_s", "")] = from_unix_s(row.pop(name))
        row["local"] = [vars(local) for local in local_times(place, row["utc"])]
        events.append(row)
    return {"ok": True, "place": vars(place), "date": day.isoformat(), "crossings": events}


def minute_words(moment: datetime) -> str:
    """10:03, to the nearest minute, on the clock of an instant that knows its offset."""
    from noonmark.report.time_words import rounded

    return f"{rounded(moment, seconds=False).astimezone(moment.tzinfo):%H:%M}"


def _day_s(place: Place, day: date) -> tuple[float, float]:
    """The start and the end [POSIX s] of a date on the clocks of a place."""
    from noonmark.actions.sun_day import sun_date

    found = sun_date(place, day)
    return unix_s(found.start), unix_s(found.end)


def horizon_files(found: LandHorizon, title: str, text: str | None = None) -> dict[str, bytes]:
    """horizon.png and horizon.svg, with the sun's path where a date is given."""
    from noonmark.report.drawing_png import picture
    from noonmark.report.drawing_svg import svg

    drawing = _drawn(found, title, text)
    stream = io.BytesIO()
    picture(drawing).save(stream, "PNG")
    return {"horizon.png": stream.getvalue(), "horizon.svg": svg(drawing).encode()}


def _drawn(found: LandHorizon, title: str, text: str | None) -> Drawing:
    """The chart of a horizon."""
    from noonmark.report.horizon_chart import HorizonLine, SunPath, horizon_chart

    line = HorizonLine(found.azimuth_deg, found.elevation_deg, found.sigma_deg)
    if text is None:
        return horizon_chart(title, line)
    from noonmark.geometry.sun import sun_topocentric

    place = Place(found.lat_deg, found.lon_deg)
    start_s, end_s = _day_s(place, date_at(text, place))
    t = np.arange(start_s, end_s, _PATH_STEP_S)
    sun = sun_topocentric(place.lat_deg, place.lon_deg, t)
    azimuth, elevation = np.asarray(sun.azimuth_deg), np.asarray(sun.elevation_deg)
    hours = []
    for k in np.flatnonzero(np.mod(t - start_s, _HOUR_S) == 0.0):
        label = f"{int((t[k] - start_s) // _HOUR_S)} h"
        hours.append((float(azimuth[k]), float(elevation[k]), label))
    return horizon_chart(title, line, SunPath(azimuth, elevation, hours))


def horizon_notes(found: LandHorizon) -> list[str]:
    """What limits a horizon, in words."""
    notes = []
    if found.on_filled:
        notes.append(
            f"the tile has no height here: {found.altitude_m:.0f} m was filled in from about;"
            " --altitude-m gives the ground's own"
        )
    share = float(found.unsure.mean())
    if share:
        notes.append(
            f"in {100 * share:.1f} % of directions the ridge was filled in, or ground that no tile"
            " holds could stand above it"
        )
    return notes


def write_files(
    out: Path, data: dict[str, Any], files: dict[str, bytes], *, force: bool
) -> list[str]:
    """A folder with the JSON answer and the chart; what was written, in words."""
    from noonmark.actions.json_text import json_line

    name = "ridge.json" if "crossings" in data else "horizon.json"
    return write_named(out, {name: json_line(data).encode(), **files}, force=force)


def write_named(out: Path, files: dict[str, bytes], *, force: bool) -> list[str]:
    """A folder with some files; what was written, in words."""
    from noonmark.report.output_folder import write_folder

    return [f"wrote {path}" for path in write_folder(out, files, force=force)]
