"""The ``area`` of a clue file as a mask.

It is the world, land, a country, a GeoJSON file, a circle or a box.
Masks are generous: a cell that the outline only touches is inside, because no clue can bring back
a strip of shore that the prior wrongly leaves out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from noonmark.arrays import Bools
from noonmark.constants import EARTH_MEAN_RADIUS_KM
from noonmark.errors import InputError, Problem
from noonmark.geometry.area_mask import AreaMask, everywhere
from noonmark.world import coast, places, raster
from noonmark.world.geojson import rings_of_file
from noonmark.world.raster import Bounds, Rings

_LONG_SIDE = 1500
_MOST_CELLS = 3_000_000
_CIRCLE_KEYS = frozenset({"lat_deg", "lon_deg", "radius_km"})
_BOX_KEYS = frozenset({"south", "west", "north", "east"})
_LIMITS_DEG = {
    "lat_deg": 90.0,
    "lon_deg": 180.0,
    "south": 90.0,
    "north": 90.0,
    "west": 180.0,
    "east": 180.0,
}
_LARGEST_RADIUS_KM = 20_038.0
_CIRCLE_SLACK = 1.005


def area_mask(
    area: object,
    *,
    folder: Path | None = None,
    path: str = "prior.area",
) -> AreaMask:
    """The mask of ``area`` as a clue file writes it.

    Relative file names start in ``folder``; ``path`` is where the value stands in the clue file,
    for error messages. Raises :class:`InputError` (``bad-area``) with all problems.

    A circle needs ``lat_deg``, ``lon_deg`` and ``radius_km``; a box needs ``south``, ``west``,
    ``north`` and ``east``.
    """
    if isinstance(area, Mapping):
        return _from_table(area, path)
    if not isinstance(area, str) or not area:
        raise _wrong(path, area)
    if area == "world":
        return everywhere()
    if area == "land":
        return coast.land_mask()
    return mask_of(area_rings(area, folder=folder, path=path))


def area_rings(
    area: str,
    *,
    folder: Path | None = None,
    path: str = "prior.area",
) -> Rings:
    """The outline of a country or of a GeoJSON file as unwrapped rings.

    Raises :class:`InputError` (``bad-area``) for any other area; ``folder`` and ``path`` as in
    :func:`area_mask`.
    """
    if len(area) == 2 and area.isascii() and area.isalpha():
        return coast.country_polygon(area)
    if "." in area or "/" in area or "\\" in area:
        return rings_of_file((folder or Path()) / area, path=path)
    raise _wrong(path, area)


def mask_of(rings: Rings) -> AreaMask:
    """The mask of unwrapped rings (even-odd).

    A small area has at least 1,500 cells along its longer side.

    A margin of about a metre is added, so that an area without width still has a cell.
    """
    south, west, north, east = raster.extent(rings)
    # An area thinner than a metre still gets a cell.
    pad = 1e-5
    south = max(-90.0, south - pad)
    north = min(90.0, north + pad)
    if east - west < 360.0 - 2.0 * pad:
        west = west - pad
        east = east + pad
    bounds = _wrap((south, west, north, east))
    filled = raster.fill(rings, bounds, _shape(bounds))
    return AreaMask(*bounds, raster.touch(rings, bounds, filled))


def circle_mask(
    lat_deg: float,
    lon_deg: float,
    radius_km: float,
) -> AreaMask:
    """Places within a great-circle distance; cells that the circle touches are inside.

    **Accuracy**: distances on a sphere differ from the ellipsoid's by up to 0.5 %, so the circle is
    drawn 0.5 % wider.

    radius_km: more than 0; a circle of more than half the Earth's circumference is everywhere.
    """
    angle = min(math.radians(180.0), radius_km * _CIRCLE_SLACK / EARTH_MEAN_RADIUS_KM)
    bounds = _wrap(_circle_bounds(lat_deg, lon_deg, angle))
    south, west, north, east = bounds
    rows, columns = _shape(bounds)
    cell_lat = (north - south) / rows
    cell_lon = (east - west) / columns
    # Cells are widest where the box comes nearest to the Equator.
    nearest_deg = min(max(0.0, south), north)
    cell_width = cell_lon * math.cos(math.radians(nearest_deg))
    half_cell = math.radians(math.hypot(cell_lat, cell_width)) / 2.0
    inside = _cells_within(
        bounds, (rows, columns), lat_deg, lon_deg, min(math.pi, angle + half_cell)
    )
    return AreaMask(*bounds, inside, stated_km2=_cap_km2(radius_km))


def _cap_km2(radius_km: float) -> float:
    """The area of the Earth's surface within a great-circle distance."""
    angle = min(math.pi, radius_km / EARTH_MEAN_RADIUS_KM)
    return 4.0 * math.pi * EARTH_MEAN_RADIUS_KM**2 * math.sin(angle / 2.0) ** 2


def _circle_bounds(
    lat_deg: float,
    lon_deg: float,
    angle: float,
) -> Bounds:
    """The box around a circle of ``angle`` [rad]; the whole turn where it holds a pole.

    The widest parallel of a circle is not that of its centre: its half width is asin(sin(angle) /
    cos(latitude)).
    """
    reach_deg = math.degrees(angle)
    south = max(-90.0, lat_deg - reach_deg)
    north = min(90.0, lat_deg + reach_deg)
    if lat_deg - reach_deg <= -90.0 or lat_deg + reach_deg >= 90.0:
        return south, -180.0, north, 180.0
    sine = math.sin(angle) / math.cos(math.radians(lat_deg))
    half_deg = math.degrees(math.asin(min(1.0, sine)))
    if half_deg >= 180.0:
        return south, -180.0, north, 180.0
    return south, lon_deg - half_deg, north, lon_deg + half_deg


def _cells_within(
    bounds: Bounds,
    shape: tuple[int, int],
    lat_deg: float,
    lon_deg: float,
    angle: float,
) -> Bools:
    """The cells (n, m) of a raster whose centres are within ``angle`` [rad] of a place.

    Haversines keep metres at short range, where a cosine would not. Those of latitude are set
    against those of longitude: a row says how far a column may be away.

    bounds: south, west, north, east [deg] of the raster.
    shape: rows and columns.
    """
    south, west, north, east = bounds
    rows, columns = shape
    # The centres of the cells.
    row = np.arange(rows) + 0.5
    column = np.arange(columns) + 0.5
    lat = np.radians(south + row * (north - south) / rows)
    lon = np.radians(west + column * (east - west) / columns - lon_deg)
    lat0 = math.radians(lat_deg)
    reach = math.sin(angle / 2.0) ** 2
    left = reach - np.sin((lat - lat0) / 2.0) ** 2
    # At a pole no longitude is away.
    farthest = left / np.maximum(np.cos(lat) * math.cos(lat0), 1e-300)
    return np.asarray(np.sin(lon / 2.0) ** 2 <= farthest[:, None])


def box_mask(
    south: float,
    west: float,
    north: float,
    east: float,
) -> AreaMask:
    """A box of latitude and longitude; ``west`` above ``east`` crosses the antimeridian.

    The mask has one cell; its edges are those of the box.
    """
    width = east - west if east > west else east - west + 360.0
    return AreaMask(*_wrap((south, west, north, west + width)), np.ones((1, 1), bool))


def _wrap(bounds: Bounds) -> Bounds:
    """The same box with ``west`` in [-180, 180).

    The box may then reach past 180 in the east.
    """
    south, west, north, east = bounds
    turn = 360.0 * math.floor((west + 180.0) / 360.0)
    return south, west - turn, north, min(east - turn, west - turn + 360.0)


def _shape(bounds: Bounds) -> tuple[int, int]:
    """Rows and columns: roughly square cells on the ground, fine enough, and not too many.

    A small area has ``_LONG_SIDE`` cells along its longer side; a large one has cells of the size
    that ``_MOST_CELLS`` allow.
    """
    south, west, north, east = bounds
    # The latitude nearest to the equator, where the area is widest.
    nearest = 0.0
    if south * north >= 0.0:
        nearest = min(abs(south), abs(north))
    high = north - south
    wide = (east - west) * math.cos(math.radians(min(nearest, 85.0)))
    cell = max(high, wide) / _LONG_SIDE
    if high * wide / 4.0**2 > 1.0:
        # Areas above 16 square degrees get as many cells as memory and a tenth of a second allow.
        cell = min(cell, math.sqrt(high * wide / _MOST_CELLS))
    rows = math.ceil(high / cell)
    columns = math.ceil(wide / cell)
    return max(1, rows), max(1, columns)


def _from_table(area: Mapping[str, Any], path: str) -> AreaMask:
    """The mask of a circle or a box; all problems in one InputError.

    Keys decide whether it is a circle or a box; a table with keys of neither is read as a circle.
    """
    keys = set(area)
    is_circle = bool(keys & _CIRCLE_KEYS) or not keys & _BOX_KEYS
    wanted = _CIRCLE_KEYS if is_circle else _BOX_KEYS
    problems = []
    for key in sorted(keys - wanted):
        expected = f"one of {', '.join(sorted(wanted))}"
        problems.append(Problem("bad-area", f"{path}.{key}", expected, "an unknown key"))
    for key in sorted(wanted):
        problems += _number_problems(area, key, f"{path}.{key}")
    if not problems and not is_circle:
        problems = _box_problems(area, path)
    if problems:
        hint = "{ lat_deg, lon_deg, radius_km } or { south, west, north, east }"
        raise InputError.of(problems, hint=hint)
    number = {key: float(area[key]) for key in wanted}
    if is_circle:
        return circle_mask(number["lat_deg"], number["lon_deg"], number["radius_km"])
    return box_mask(number["south"], number["west"], number["north"], number["east"])


def _number_problems(
    area: Mapping[str, Any],
    key: str,
    where: str,
) -> list[Problem]:
    """What is wrong with one number of a circle or a box.

    ``where`` is the path of the number, such as ``prior.area.radius_km``.
    """
    if key not in area:
        return [Problem("bad-area", where, "a number", "nothing")]
    value = area[key]
    if not _is_number(value):
        expected = "a number"
    elif key == "radius_km" and not 0.0 < float(value) <= _LARGEST_RADIUS_KM:
        expected = "more than 0 and at most 20038 km"
    elif key in _LIMITS_DEG and abs(float(value)) > _LIMITS_DEG[key]:
        expected = f"from -{_LIMITS_DEG[key]:g} to {_LIMITS_DEG[key]:g}"
    else:
        return []
    return [Problem("bad-area", where, expected, _short(value))]


def _is_number(value: object) -> bool:
    """Whether a value is a finite number; True and False are none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value)


def _box_problems(area: Mapping[str, Any], path: str) -> list[Problem]:
    """What is wrong with a box whose four numbers are fine by themselves.

    A box whose west lies above its east crosses the antimeridian, and is fine.
    """
    problems = []
    if area["south"] >= area["north"]:
        found = f"south {area['south']} and north {area['north']}"
        problems.append(Problem("bad-area", path, "south below north", found))
    if area["west"] == area["east"]:
        found = f"{area['west']} twice"
        problems.append(Problem("bad-area", path, "west and east that differ", found))
    return problems


def _wrong(path: str, found: object) -> InputError:
    """The error for an ``area`` of no known form."""
    expected = '"world", "land", a country code, a GeoJSON file, a circle or a box'
    problem = Problem("bad-area", path, expected, _short(found))
    code = places.code_of_country(found) if isinstance(found, str) else None
    return InputError.of([problem], hint=f'area = "{code or "NO"}", or area = "search.geojson"')


def _short(value: object) -> str:
    """A value as Python writes it, cut to 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
