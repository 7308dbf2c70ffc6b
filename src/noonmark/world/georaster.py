"""Where the pixels of a GeoTIFF lie on the Earth, and the picture laid out for a Mercator map.

North-up rasters are read in geographic degrees (EPSG 4326, and WGS 84 without a code) and in Web
Mercator (EPSG 3857), which drone software and satellite services write. Method: OGC 19-008r4
(GeoTIFF), Snyder 1987, p. 41.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.constants import WGS84_SEMI_MAJOR_M
from noonmark.errors import InputError

_LIMIT_DEG = 85.0511
# The keys of GeoTIFF that name the coordinate system.
_MODEL, _GEOGRAPHIC, _PROJECTED = 1024, 2048, 3072
_WGS84, _WGS84_3D, _WEB_MERCATOR = 4326, 4979, 3857


@dataclass(frozen=True, eq=False)
class Placed:
    """A picture (h, w, 4) whose rows are evenly spaced in Mercator, and its edges [deg].

    East may pass 180.
    """

    rgba: NDArray[np.uint8]
    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float


def placed(
    rgba: NDArray[np.uint8],
    size_px: tuple[int, int],
    tags: Mapping[str, Any],
) -> Placed:
    """The picture with its edges on the Earth.

    ``size_px`` is width and height of the file, which ``rgba`` may be a smaller copy of. ``tags``
    holds the GeoTIFF's ``scale``, ``tie`` point and ``keys``. Raises :class:`InputError`
    (``bad-layer``).
    """
    scale, tie, keys = (list(tags.get(name) or ()) for name in ("scale", "tie", "keys"))
    if len(scale) < 2 or len(tie) < 6 or not (scale[0] > 0.0 and scale[1] > 0.0):
        raise _bad("it does not say where on the Earth it lies, or it is turned")
    x_scale, y_scale = scale[:2]
    width_px, height_px = size_px
    left = tie[3] - tie[0] * x_scale
    top = tie[4] + tie[1] * y_scale
    right = left + width_px * x_scale
    bottom = top - height_px * y_scale
    if _system(keys) == _WEB_MERCATOR:
        return _checked(
            Placed(
                rgba,
                south_deg=_mercator_lat_deg(bottom),
                west_deg=_mercator_lon_deg(left),
                north_deg=_mercator_lat_deg(top),
                east_deg=_mercator_lon_deg(right),
            )
        )
    return _mercator(_checked(Placed(rgba, bottom, left, top, right)))


def _mercator_lat_deg(y_m: float) -> float:
    """The latitude [deg] of a Web Mercator northing."""
    return float(np.degrees(np.arctan(np.sinh(y_m / WGS84_SEMI_MAJOR_M))))


def _mercator_lon_deg(x_m: float) -> float:
    """The longitude [deg] of a Web Mercator easting."""
    return float(np.degrees(x_m / WGS84_SEMI_MAJOR_M))


def _system(keys: list[int]) -> int:
    """The EPSG code of the coordinates, 4326 or 3857.

    ``keys`` is the GeoKeyDirectory: a header, then four numbers a key, of which the second is 0
    where the fourth is the value itself.
    """
    table = {}
    for k in range(4, len(keys) - 3, 4):
        if keys[k + 1] == 0:
            table[keys[k]] = keys[k + 3]
    if table.get(_MODEL) == 2 and table.get(_GEOGRAPHIC, _WGS84) in (_WGS84, _WGS84_3D):
        return _WGS84
    if table.get(_MODEL) == 1 and table.get(_PROJECTED) == _WEB_MERCATOR:
        return _WEB_MERCATOR
    code = table.get(_PROJECTED) or table.get(_GEOGRAPHIC) or "unknown"
    raise _bad(f"its coordinates are of the system EPSG {code}; EPSG 4326 and 3857 are read")


def _checked(found: Placed) -> Placed:
    """The same, if its edges lie on the Earth.

    A little slack lets pixels hang over a pole or the antimeridian.
    """
    south = found.south_deg
    north = found.north_deg
    wide = found.east_deg - found.west_deg
    on_earth = -90.5 <= south < north <= 90.5 and 0.0 < wide <= 360.5
    if not (on_earth and -540.0 <= found.west_deg <= 540.0):
        raise _bad("its edges do not lie on the Earth")
    return found


def _mercator(found: Placed) -> Placed:
    """Rows of latitude laid out anew in Mercator, cut at its own limits.

    Each row of the new picture is the nearest row of the old one.
    """
    north = min(found.north_deg, _LIMIT_DEG)
    south = max(found.south_deg, -_LIMIT_DEG)
    if north <= south:
        raise _bad("it lies wholly beyond 85 degrees, where a Mercator map ends")
    rows = found.rgba.shape[0]
    # 1. The middles of the new rows, evenly spaced in Mercator (Snyder 1987, 7-2), in latitude.
    top, bottom = np.arctanh(np.sin(np.radians([north, south])))
    middles = np.linspace(top, bottom, 2 * rows + 1)[1::2]
    lat_deg = np.degrees(np.arcsin(np.tanh(middles)))
    high_deg = found.north_deg - found.south_deg
    row = (found.north_deg - lat_deg) / high_deg * rows
    # 2. The old row that each of them falls into.
    picked = np.clip(row.astype(np.intp), 0, rows - 1)
    return Placed(
        np.ascontiguousarray(found.rgba[picked]),
        south_deg=south,
        west_deg=found.west_deg,
        north_deg=north,
        east_deg=found.east_deg,
    )


def _bad(why: str) -> InputError:
    """The error for a GeoTIFF that can't be used."""
    return InputError(
        f"the GeoTIFF can't be laid on the map: {why}",
        code="bad-layer",
        hint="export it as EPSG 4326",
    )
