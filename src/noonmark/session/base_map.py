"""The base map under the answers: coasts, borders, land and places, as the page draws them."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from noonmark.arrays import Floats
from noonmark.errors import InputError

Box = tuple[float, float, float, float]
"""South, west, north, east [deg]."""
Line = tuple[list[float], Box]
"""Longitudes and latitudes [deg] in turn, and the box around them."""
SCALES = ("world", "region")
MOST_POINTS = 50_000
MOST_PLACES = 500


def basemap(scale: str, box: tuple[float, float, float, float] | None = None) -> dict[str, Any]:
    """Coasts, borders and land as flat lists of longitude and latitude, cut at the antimeridian.

    With ``box`` (south, west, north, east) only what reaches into it, which may cross the
    antimeridian.
    """
    if scale not in SCALES:
        raise InputError(
            f"there is no base map {scale[:40]!r}", code="bad-request", hint="world or region"
        )
    parts: dict[str, Any] = {}
    for name, lines in _base_lines(scale).items():
        parts[name] = [line for line, around in lines if box is None or _meets(around, box)]
    parts["source"] = "Natural Earth, public domain; borders de facto, no judgement"
    return parts


@cache
def _base_lines(scale: str) -> dict[str, list[Line]]:
    """Every line and ring of a scale, each with its box around it."""
    from noonmark.world import coast

    whole_earth = scale == "world"
    found = coast.lines("world" if whole_earth else "region")
    digits = 2 if whole_earth else 3
    parts: dict[str, list[Line]] = {}
    for name, keep in (("coast", ~found.border), ("borders", found.border)):
        lat, lon, start = coast.chosen(found, keep)
        parts[name] = []
        for first, end in pairwise(start.tolist()):
            parts[name] += _cut(lon[first:end], lat[first:end], digits)
    parts["land"] = _land_rings(coast.land_rings(), whole_earth=whole_earth, digits=digits)
    return parts


def _land_rings(
    land: Any,
    *,
    whole_earth: bool,
    digits: int,
) -> list[Line]:
    """The rings of land; for the whole Earth every eighth point, without the smallest islands."""
    step = 8 if whole_earth else 1
    rings = []
    for first, end in pairwise(land.start.tolist()):
        if whole_earth and end - first < 4 * step:
            continue
        lon, lat = land.lon_deg[first:end:step], land.lat_deg[first:end:step]
        rings.append(_flat(lon, lat, digits))
    return rings


def _meets(one: Box, other: Box) -> bool:
    """Whether two boxes overlap on the round Earth."""
    if one[2] < other[0] or one[0] > other[2]:
        return False
    for turn_deg in (-360.0, 0.0, 360.0):
        west, east = one[1] + turn_deg, one[3] + turn_deg
        if west <= other[3] and east >= other[1]:
            return True
    return False


def _cut(
    lon: Floats,
    lat: Floats,
    digits: int,
) -> list[Line]:
    """A line with running longitudes [deg], cut at the antimeridian, back in [-180, 180]."""
    turn = np.floor((lon + 180.0) / 360.0)
    at = np.flatnonzero(np.diff(turn)) + 1
    pieces = []
    for x, y, t in zip(np.split(lon, at), np.split(lat, at), np.split(turn, at), strict=True):
        if x.size > 1:
            pieces.append(_flat(x - 360.0 * t, y, digits))
    return pieces


def _flat(
    lon: Floats,
    lat: Floats,
    digits: int,
) -> Line:
    """Longitudes and latitudes [deg] in turn, rounded, and the box around them."""
    pairs: list[float] = np.round(np.column_stack([lon, lat]), digits).ravel().tolist()
    south, west = float(lat.min()), float(lon.min())
    north, east = float(lat.max()), float(lon.max())
    return pairs, (south, west, north, east)


def area_outline(area: str) -> dict[str, Any]:
    """The outline of a country or of a GeoJSON file, each ring a flat list of longitude and
    latitude that ends where it began; longitudes run on past 180.
    """
    from noonmark.world.areas import area_rings

    found = area_rings(area)
    step = 1 + found.lon_deg.size // MOST_POINTS
    rings = []
    for first, end in pairwise(found.start.tolist()):
        some = np.r_[first:end:step, first]
        rings.append(_flat(found.lon_deg[some], found.lat_deg[some], 3)[0])
    return {"rings": rings}


def places(box: tuple[float, float, float, float], limit: int) -> dict[str, Any]:
    """The largest settlements in a box: south, west, north, east [deg]."""
    from noonmark.world.places import places_within
    from noonmark.world.zones import zones_at

    found = places_within(box, min(max(limit, 1), MOST_PLACES))
    named = []
    for place in found:
        zones = zones_at(place.lat_deg, place.lon_deg)
        named.append(
            {
                "name": place.name,
                "country": place.country_code,
                "lat": round(place.lat_deg, 4),
                "lon": round(place.lon_deg, 4),
                "population": place.people,
                "capital": place.capital,
                "zone": next(iter(zones), "UTC"),
            }
        )
    return {"places": named}
