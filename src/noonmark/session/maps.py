"""Maps and calendars as the page draws them: grids of bytes in base64, and the base map."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from noonmark.actions.place_maps import WIDEST_REGION_DEG, edges_around
from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.errors import InputError
from noonmark.inference.answer import Calendar, PlaceMap
from noonmark.inference.posterior import Posterior
from noonmark.inference.search.domain import Domain, latitude_deg
from noonmark.report.regions import Maps, all_regions, multipolygon, shared_levels
from noonmark.report.sun_day import SunDay, path, sun_days
from noonmark.values import Place, from_unix_s, rfc3339, unix_s, utc
from noonmark.world.local_time import local
from noonmark.world.zones import zones_at

FINE_MIN = 1
MOST_SUN_ROWS = 400


def map_json(maps: Maps, modes: Sequence[Any]) -> dict[str, Any]:
    """The world, the closer map of the first mode where there is one, and the outlines of the
    regions.
    """
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
    """The place marginal over the prior's area, in cells of half a degree that lie as those of the
    Earth's map.
    """
    south, north = _halves(post.domain.south_deg, post.domain.north_deg)
    west, east = _halves(post.domain.west_deg, post.domain.east_deg)
    if east - west >= 360.0:
        west, east = -180.0, 180.0
    return post.place_map(
        np.linspace(south, north, round((north - south) * 2.0) + 1),
        np.linspace(west, east, round((east - west) * 2.0) + 1),
    )


def _halves(low: float, high: float) -> tuple[float, float]:
    """Two bounds [deg], moved outwards to halves of a degree."""
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
    """A map as the page reads it: rows from north to south, densities as shares of the peak."""
    density = np.nan_to_num(made.density_per_km2, nan=0.0)[::-1] / max(peak, 1e-300)
    rows, columns = made.mass.shape
    return {
        "south": float(made.lat_edges_deg[0]),
        "west": float(made.lon_edges_deg[0]),
        "north": float(made.lat_edges_deg[-1]),
        "east": float(made.lon_edges_deg[-1]),
        "rows": rows,
        "columns": columns,
        "values": _floats(density),
        "level": _levels(made.level[::-1]),
    }


def _floats(values: Floats) -> str:
    """Numbers as float32, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")


def _levels(level: Floats) -> str:
    """Credible levels in 1/255, rounded up: 128 and less lies inside the 50 % region."""
    whole = np.ceil(np.clip(np.nan_to_num(level, nan=1.0), 0.0, 1.0) * 255.0 - 1e-6)
    return base64.b64encode(whole.astype(np.uint8).tobytes()).decode("ascii")


def calendar_json(
    found: Calendar,
    domain: Domain,
    place: Place | None,
) -> dict[str, Any]:
    """The calendar: a row for each date or span of dates, columns over the whole UTC day.

    ``place`` is where its sun and its local clock are; None where the answer has no one place.
    """
    days, step_days, step_min, mass = _whole_days(found, domain.start_s + domain.length_s)
    peak = max(float(mass.max()), 1e-300)
    few_rows = days.size <= MOST_SUN_ROWS
    sun = sun_rows(place, days.tolist()) if place is not None and few_rows else []
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
        "place": None if place is None else [place.lat_deg, place.lon_deg],
        "place_zone": None if place is None else _one_zone(place),
        "sun": sun,
    }


def _one_zone(place: Place) -> str | None:
    """The zone whose clocks are in use at a place; None where there is none or more than one."""
    names = zones_at(place.lat_deg, place.lon_deg)
    return names[0] if len(names) == 1 else None


def _whole_days(found: Calendar, end_s: float) -> tuple[Floats, int, int, Floats]:
    """Midnights of the rows [s], days a row, minutes a column, mass.

    A window shorter than a day is spread over its days.
    """
    edges_s = found.tod_edges_s
    if not (np.isclose(edges_s[0], 0.0) and np.isclose(edges_s[-1], DAY_S)):
        days, mass = _spread_over_days(found)
        return days, 1, FINE_MIN, mass
    # The table may have rows to spare behind the window's last date.
    rows = max(1, int((found.days < end_s).sum()))
    step_min = round(float(edges_s[1] - edges_s[0]) / 60.0)
    return found.days[:rows], found.days_per_row, step_min, found.mass[:rows]


def _spread_over_days(found: Calendar) -> tuple[Floats, Floats]:
    """Midnights [s] and mass (days, minutes) of a calendar with one row of its own length."""
    edges_s = found.tod_edges_s
    count = max(1, int(np.ceil(edges_s[-1] / DAY_S)))
    columns = int(DAY_S / 60.0 / FINE_MIN)
    total = np.append(0.0, np.cumsum(found.mass[0]))
    wanted_s = np.linspace(0.0, count * DAY_S, count * columns + 1)
    spread = np.diff(np.interp(wanted_s, edges_s, total))
    if not spread.any():  # an instant: all of it in its own minute
        spread[min(int(edges_s[0] // (60.0 * FINE_MIN)), spread.size - 1)] = 1.0
    days_s = float(found.days[0]) + np.arange(count) * DAY_S
    return np.asarray(days_s), np.asarray(spread.reshape(count, columns))


def _ranked(mass: Floats) -> Floats:
    """Credible levels of cells; equal masses share the middle of theirs."""
    level, warm = np.ones(mass.shape), mass > 0.0
    if warm.any():
        level[warm] = shared_levels(
            np.asarray(np.round(np.log(mass[warm]), 9)), np.asarray(mass[warm])
        )
    return level


def sun_rows(place: Place, midnights_s: Sequence[float]) -> list[dict[str, Any]]:
    """Dawn, sunrise, noon, sunset and dusk at a place for each date, as RFC 3339 in UTC."""
    days = sun_days(place.lat_deg, place.lon_deg, midnights_s)
    return [{"date": _date(at), **_times(day)} for at, day in zip(midnights_s, days, strict=True)]


def sunline(
    place: Place,
    date: str,
    zone: str,
) -> dict[str, Any]:
    """The sun over one date of a zone: its times, and [minute, azimuth, elevation] every ten
    minutes.
    """
    start = _day_start(date, zone)
    start_s = unix_s(start)
    nearest_midnight_s = float(np.floor((start_s + DAY_S / 2.0) / DAY_S) * DAY_S)
    (day,) = sun_days(place.lat_deg, place.lon_deg, [nearest_midnight_s])
    return {
        "start": rfc3339(start),
        "times": _times(day),
        "path": path(place.lat_deg, place.lon_deg, start_s),
    }


def _day_start(date: str, zone: str) -> datetime:
    """The instant at which a date begins on the clocks of a zone."""
    if zone == "UTC":
        return utc(f"{date}T00:00:00Z")
    # Where midnight does not exist that day, the day begins an hour later.
    for time in ("00:00:00", "01:00:00"):
        starts = local(f"{date}T{time}", zone=zone)
        if starts:
            return starts[0]
    raise InputError(f"{date} does not exist in {zone}", code="bad-time", hint="2018-08-20")


def _times(day: SunDay) -> dict[str, str | None]:
    """The events of a day as RFC 3339."""
    return {
        "dawn": _second(day.dawn_s),
        "sunrise": _second(day.sunrise_s),
        "noon": _second(day.noon_s),
        "sunset": _second(day.sunset_s),
        "dusk": _second(day.dusk_s),
    }


def _second(at_s: float | None) -> str | None:
    """An instant to the second, as RFC 3339; None for an event that did not happen."""
    return None if at_s is None else rfc3339(from_unix_s(round(at_s)))


def _date(at_s: float) -> str:
    """The UTC date of an instant."""
    return rfc3339(from_unix_s(at_s))[:10]
