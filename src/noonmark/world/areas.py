"""The contract's ``area`` as a mask: the world, land, a country, a GeoJSON file, a circle or a box.

Masks are generous: a cell that the outline only touches is inside, because a prior that wrongly leaves out
a strip of shore can never be mended by the evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from noonmark.errors import InputError, Problem
from noonmark.masks import AreaMask, everywhere
from noonmark.world import coast, raster
from noonmark.world.geojson import rings_of_file
from noonmark.world.raster import Rings

Bounds = tuple[float, float, float, float]
_EARTH_KM = 6371.0088
_LONG_SIDE = 1500
_MOST_CELLS = 3_000_000
_CIRCLE_KEYS = frozenset({"lat_deg", "lon_deg", "radius_km"})
_BOX_KEYS = frozenset({"south", "west", "north", "east"})


def area_mask(area: object, *, folder: Path | None = None, path: str = "prior.area") -> AreaMask:
    """The mask of ``area`` as the contract writes it; ``folder`` is where relative file names start.

    ``path`` is where the value stands in the clue file, for error messages.
    """
    if isinstance(area, Mapping):
        return _from_table(area, path)
    if not isinstance(area, str) or not area:
        raise _wrong(path, area)
    if area == "world":
        return everywhere()
    if area == "land":
        return coast.land_mask()
    if len(area) == 2 and area.isascii() and area.isalpha():
        return mask_of(coast.country_polygon(area))
    if "." in area or "/" in area or "\\" in area:
        return mask_of(rings_of_file((folder or Path()) / area, path=path))
    raise _wrong(path, area)


def mask_of(rings: Rings) -> AreaMask:
    """The mask of unwrapped rings (even-odd), with at least 1,500 cells along the longer side of a small area."""
    south, west, north, east = raster.extent(rings)
    # An area thinner than a metre still gets a cell.
    pad = 1e-5
    south, north = max(-90.0, south - pad), min(90.0, north + pad)
    if east - west < 360.0 - 2.0 * pad:
        west, east = west - pad, east + pad
    bounds = _wrap((south, west, north, east))
    shape = _shape(bounds)
    return AreaMask(*bounds, raster.touch(rings, bounds, raster.fill(rings, bounds, shape)))


def circle_mask(lat_deg: float, lon_deg: float, radius_km: float) -> AreaMask:
    """Places within a great-circle distance; cells that the circle touches are inside.

    **Accuracy** distances on a sphere differ from the ellipsoid's by up to 0.5 %, so the circle is drawn 0.5 % wider.
    """
    angle = min(math.radians(180.0), radius_km * 1.005 / _EARTH_KM)
    reach = math.degrees(angle)
    south, north = max(-90.0, lat_deg - reach), min(90.0, lat_deg + reach)
    if lat_deg - reach <= -90.0 or lat_deg + reach >= 90.0:
        west, east = -180.0, 180.0
    else:
        half = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(lat_deg)))))
        west, east = (-180.0, 180.0) if half >= 180.0 else (lon_deg - half, lon_deg + half)
    bounds = _wrap((south, west, north, east))
    n, m = _shape(bounds)
    lat = np.radians(bounds[0] + (np.arange(n) + 0.5) * (bounds[2] - bounds[0]) / n)
    lon = np.radians(bounds[1] + (np.arange(m) + 0.5) * (bounds[3] - bounds[1]) / m - lon_deg)
    # Haversines keep metres at short range, where a cosine would not.
    lat0 = math.radians(lat_deg)
    hav = np.sin((lat - lat0) / 2.0)[:, None] ** 2 + np.outer(np.cos(lat) * math.cos(lat0), np.sin(lon / 2.0) ** 2)
    half_cell = math.radians(math.hypot((bounds[2] - bounds[0]) / n, (bounds[3] - bounds[1]) / m)) / 2.0
    return AreaMask(*bounds, hav <= math.sin(min(math.pi, angle + half_cell) / 2.0) ** 2)


def box_mask(south: float, west: float, north: float, east: float) -> AreaMask:
    """A box of latitude and longitude; ``west`` above ``east`` crosses the antimeridian."""
    width = east - west if east > west else east - west + 360.0
    return AreaMask(*_wrap((south, west, north, west + width)), np.ones((1, 1), bool))


def _wrap(bounds: Bounds) -> Bounds:
    """The same box with ``west`` in [-180, 180)."""
    south, west, north, east = bounds
    turn = 360.0 * math.floor((west + 180.0) / 360.0)
    return south, west - turn, north, min(east - turn, west - turn + 360.0)


def _shape(bounds: Bounds) -> tuple[int, int]:
    """Rows and columns: roughly square cells on the ground, fine enough, and not too many."""
    south, west, north, east = bounds
    middle = 0.0 if south * north < 0.0 else min(abs(south), abs(north))
    high, wide = north - south, (east - west) * math.cos(math.radians(min(middle, 85.0)))
    cell = max(high, wide) / _LONG_SIDE
    if high * wide / 4.0**2 > 1.0:
        # Large areas get as many cells as memory and a tenth of a second allow.
        cell = min(cell, math.sqrt(high * wide / _MOST_CELLS))
    return max(1, math.ceil(high / cell)), max(1, math.ceil(wide / cell))


def _from_table(area: Mapping[str, Any], path: str) -> AreaMask:
    keys = set(area)
    wanted = _CIRCLE_KEYS if keys & _CIRCLE_KEYS or not keys & _BOX_KEYS else _BOX_KEYS
    problems = [
        Problem("bad-area", f"{path}.{key}", f"one of {', '.join(sorted(wanted))}", "an unknown key")
        for key in sorted(keys - wanted)
    ]
    limits = {"lat_deg": 90.0, "lon_deg": 180.0, "south": 90.0, "north": 90.0, "west": 180.0, "east": 180.0}
    for key in sorted(wanted):
        value = area.get(key)
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if key not in area:
            problems.append(Problem("bad-area", f"{path}.{key}", "a number", "nothing"))
        elif not number:
            problems.append(Problem("bad-area", f"{path}.{key}", "a number", _short(value)))
        elif key == "radius_km" and not 0.0 < float(area[key]) <= 20_038.0:
            problems.append(Problem("bad-area", f"{path}.{key}", "more than 0 and at most 20038 km", _short(value)))
        elif key in limits and abs(float(area[key])) > limits[key]:
            problems.append(
                Problem("bad-area", f"{path}.{key}", f"from -{limits[key]:g} to {limits[key]:g}", _short(value))
            )
    if not problems and wanted is _BOX_KEYS:
        if area["south"] >= area["north"]:
            found = f"south {area['south']} and north {area['north']}"
            problems.append(Problem("bad-area", path, "south below north", found))
        if area["west"] == area["east"]:
            problems.append(Problem("bad-area", path, "west and east that differ", f"{area['west']} twice"))
    if problems:
        raise InputError.of(problems, hint="{ lat_deg, lon_deg, radius_km } or { south, west, north, east }")
    if wanted is _CIRCLE_KEYS:
        return circle_mask(float(area["lat_deg"]), float(area["lon_deg"]), float(area["radius_km"]))
    return box_mask(float(area["south"]), float(area["west"]), float(area["north"]), float(area["east"]))


def _wrong(path: str, found: object) -> InputError:
    problem = Problem(
        "bad-area", path, '"world", "land", a country code, a GeoJSON file, a circle or a box', _short(found)
    )
    return InputError.of([problem], hint='area = "NO", or area = "search.geojson"')


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
