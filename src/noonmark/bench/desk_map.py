"""Maps and calendars as the page draws them: grids of bytes in base64, and the base map under them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.bench.report import WIDEST_REGION_DEG, edges_around
from noonmark.errors import InputError
from noonmark.inference.answer import Calendar, PlaceMap
from noonmark.inference.domain import Domain, latitude_deg
from noonmark.inference.posterior import Posterior
from noonmark.report.regions import Maps, all_regions, multipolygon, shared_levels
from noonmark.report.sun_day import SunDay, path, sun_days
from noonmark.values import Place, from_unix_s, local, rfc3339, unix_s, utc

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
DAY_S = 86400.0
FINE_MIN = 1
MOST_SUN_ROWS = 400
MOST_PLACES = 500
SCALES = ("world", "region")


def map_json(maps: Maps, modes: Sequence[Any]) -> dict[str, Any]:
    """The world, the closer map of the first mode where there is one, and the outlines of the regions."""
    world, fines = maps
    peak = max([float(np.nanmax(m.density_per_km2)) for m in (world, *fines)])
    contours = {f"{level:g}": multipolygon(shapes) for level, shapes in all_regions(maps).items()}
    return {
        "world": _grid(world, peak),
        "region": _grid(fines[0], peak) if fines else None,
        "contours": contours,
        "modes": list(modes),
    }


def half_degrees(post: Posterior) -> PlaceMap:
    """The place marginal over the prior's area, in cells of half a degree that lie as those of the Earth's map."""
    south, north = _halves(post.domain.south_deg, post.domain.north_deg)
    west, east = _halves(post.domain.west_deg, post.domain.east_deg)
    if east - west >= 360.0:
        west, east = -180.0, 180.0
    return post.place_map(
        np.linspace(south, north, round((north - south) * 2.0) + 1),
        np.linspace(west, east, round((east - west) * 2.0) + 1),
    )


def _halves(low: float, high: float) -> tuple[float, float]:
    first, last = np.floor(low * 2.0 + 1e-9) / 2.0, np.ceil(high * 2.0 - 1e-9) / 2.0
    return float(first), float(max(last, first + 0.5))


def close_map(post: Posterior) -> PlaceMap | None:
    """A closer map of all of the 99 % region; None where that is too wide for one."""
    places = post.places
    rows, columns = np.nonzero(places.levels() <= 0.99)
    if not rows.size:
        return None
    south, north = latitude_deg(np.array([places.rows[rows.min()], places.rows[rows.max() + 1]]))
    west, east = places.columns[columns.min()], places.columns[columns.max() + 1]
    if max(north - south, east - west) > WIDEST_REGION_DEG:
        return None
    return post.place_map(*edges_around(float(south), float(west), float(north), float(east)))


def _grid(made: PlaceMap, peak: float) -> dict[str, Any]:
    density = np.nan_to_num(made.density_per_km2, nan=0.0)[::-1] / max(peak, 1e-300)
    lat, lon = made.lat_edges_deg, made.lon_edges_deg
    edges = {"south": lat[0], "west": lon[0], "north": lat[-1], "east": lon[-1]}
    size = {"rows": made.mass.shape[0], "columns": made.mass.shape[1]}
    return {
        **{k: float(v) for k, v in edges.items()},
        **size,
        "values": _floats(density),
        "level": _levels(made.level[::-1]),
    }


def _floats(values: Floats) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")


def _levels(level: Floats) -> str:
    """Credible levels in 1/255, rounded up: 128 and less lies inside the 50 % region."""
    whole = np.ceil(np.clip(np.nan_to_num(level, nan=1.0), 0.0, 1.0) * 255.0 - 1e-6)
    return base64.b64encode(whole.astype(np.uint8).tobytes()).decode("ascii")


def calendar_json(found: Calendar, domain: Domain, place: Place) -> dict[str, Any]:
    """The calendar with a row for each date (or span of dates) and columns over the whole UTC day."""
    days, step_days, step_min, mass = _whole_days(found, domain.start_s + domain.length_s)
    peak = max(float(mass.max()), 1e-300)
    sun = sun_rows(place, days.tolist()) if days.size <= MOST_SUN_ROWS else []
    last = float(days[-1]) + (step_days - 1) * DAY_S
    return {
        "dates": [_date(float(days[0])), _date(last)],
        "rows": mass.shape[0],
        "columns": mass.shape[1],
        "step_days": step_days,
        "step_min": step_min,
        "values": _floats(mass / peak),
        "level": _levels(_ranked(mass)),
        "zone": "UTC",
        "place": [place.lat_deg, place.lon_deg],
        "sun": sun,
    }


def _whole_days(found: Calendar, end_s: float) -> tuple[Floats, int, int, Floats]:
    """Midnights of the rows, days a row, minutes a column, mass; a short window is spread over its days."""
    edges, mass = found.tod_edges_s, found.mass
    if np.isclose(edges[0], 0.0) and np.isclose(edges[-1], DAY_S):
        # The table may have rows to spare behind the window's last date.
        rows = max(1, int((found.days < end_s).sum()))
        return found.days[:rows], found.days_per_row, round(float(edges[1] - edges[0]) / 60.0), mass[:rows]
    count = max(1, int(np.ceil(edges[-1] / DAY_S)))
    columns = int(DAY_S / 60.0 / FINE_MIN)
    total = np.append(0.0, np.cumsum(mass[0]))
    spread = np.diff(np.interp(np.linspace(0.0, count * DAY_S, count * columns + 1), edges, total))
    if not spread.any():  # an instant: all of it in its own minute
        spread[min(int(edges[0] // (60.0 * FINE_MIN)), spread.size - 1)] = 1.0
    days = float(found.days[0]) + np.arange(count) * DAY_S
    return np.asarray(days), 1, FINE_MIN, np.asarray(spread.reshape(count, columns))


def _ranked(mass: Floats) -> Floats:
    """Credible levels of cells; equal masses share the middle of theirs."""
    level, warm = np.ones(mass.shape), mass > 0.0
    if warm.any():
        level[warm] = shared_levels(np.asarray(np.round(np.log(mass[warm]), 9)), np.asarray(mass[warm]))
    return level


def sun_rows(place: Place, midnights_s: Sequence[float]) -> list[dict[str, Any]]:
    """Dawn, sunrise, noon, sunset and dusk at a place for each date, as RFC 3339 in UTC."""
    days = sun_days(place.lat_deg, place.lon_deg, midnights_s)
    return [{"date": _date(at), **_times(day)} for at, day in zip(midnights_s, days, strict=True)]


def sunline(place: Place, date: str, zone: str) -> dict[str, Any]:
    """The sun over one date of a zone: its times, and [minute, azimuth, elevation] every ten minutes."""
    if zone == "UTC":
        start = utc(f"{date}T00:00:00Z")
    else:
        # Where midnight does not exist that day, the day begins an hour later.
        starts = local(f"{date}T00:00:00", zone=zone) or local(f"{date}T01:00:00", zone=zone)
        if not starts:
            raise InputError(f"{date} does not exist in {zone}", code="bad-time", hint="2018-08-20")
        start = starts[0]
    at = unix_s(start)
    day = sun_days(place.lat_deg, place.lon_deg, [np.floor((at + DAY_S / 2.0) / DAY_S) * DAY_S])[0]
    return {"start": rfc3339(start), "times": _times(day), "path": path(place.lat_deg, place.lon_deg, at)}


def _times(day: SunDay) -> dict[str, str | None]:
    named = {"dawn": day.dawn_s, "sunrise": day.sunrise_s, "noon": day.noon_s, "sunset": day.sunset_s}
    named["dusk"] = day.dusk_s
    return {name: None if at is None else rfc3339(from_unix_s(round(at))) for name, at in named.items()}


def _date(at_s: float) -> str:
    return rfc3339(from_unix_s(at_s))[:10]


def basemap(scale: str, box: tuple[float, float, float, float] | None = None) -> dict[str, Any]:
    """Coasts, borders and land as flat lists of longitude and latitude, cut at the antimeridian.

    With ``box`` (south, west, north, east) only what reaches into it, which may cross the antimeridian.
    """
    if scale not in SCALES:
        raise InputError(f"there is no base map {scale[:40]!r}", code="bad-request", hint="world or region")
    parts = {
        name: [line for line, around in lines if box is None or _meets(around, box)]
        for name, lines in _base_lines(scale).items()
    }
    return {**parts, "source": "Natural Earth, public domain; borders de facto, no judgement"}


@cache
def _base_lines(scale: str) -> dict[str, list[tuple[list[float], Box]]]:
    """Every line and ring of a scale, each with its box."""
    from noonmark.world import coast

    found = coast.lines("world" if scale == "world" else "region")
    digits = 2 if scale == "world" else 3
    parts: dict[str, list[tuple[list[float], Box]]] = {}
    for name, keep in (("coast", ~found.border), ("borders", found.border)):
        lat, lon, start = coast.chosen(found, keep)
        parts[name] = [p for a, b in pairwise(start.tolist()) for p in _cut(lon[a:b], lat[a:b], digits)]
    land = coast.land_rings()
    step = 8 if scale == "world" else 1
    parts["land"] = [
        _flat(land.lon_deg[a:b:step], land.lat_deg[a:b:step], digits)
        for a, b in pairwise(land.start.tolist())
        if b - a >= 4 * step or scale != "world"
    ]
    return parts


def _meets(one: Box, other: Box) -> bool:
    """Whether two boxes overlap on the round Earth."""
    if one[2] < other[0] or one[0] > other[2]:
        return False
    return any(one[1] + turn <= other[3] and one[3] + turn >= other[1] for turn in (-360.0, 0.0, 360.0))


def _cut(lon: Floats, lat: Floats, digits: int) -> list[tuple[list[float], Box]]:
    """A line with running longitudes, cut where it crosses the antimeridian, back in [-180, 180]."""
    turn = np.floor((lon + 180.0) / 360.0)
    at = np.flatnonzero(np.diff(turn)) + 1
    pieces = []
    for x, y, t in zip(np.split(lon, at), np.split(lat, at), np.split(turn, at), strict=True):
        if x.size > 1:
            pieces.append(_flat(x - 360.0 * t, y, digits))
    return pieces


def _flat(lon: Floats, lat: Floats, digits: int) -> tuple[list[float], Box]:
    pairs: list[float] = np.round(np.column_stack([lon, lat]), digits).ravel().tolist()
    return pairs, (float(lat.min()), float(lon.min()), float(lat.max()), float(lon.max()))


def places(box: tuple[float, float, float, float], limit: int) -> dict[str, Any]:
    """The largest settlements in a box: south, west, north, east."""
    from noonmark.world.places import places_within
    from noonmark.world.zones import zones_at

    found = places_within(box, min(max(limit, 1), MOST_PLACES))
    named = [
        {
            "name": p.name,
            "country": p.country_code,
            "lat": round(p.lat_deg, 4),
            "lon": round(p.lon_deg, 4),
            "population": p.people,
            "capital": p.capital,
            "zone": next(iter(zones_at(p.lat_deg, p.lon_deg)), "UTC"),
        }
        for p in found
    ]
    return {"places": named}
