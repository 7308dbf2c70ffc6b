"""Where the pixels of a GeoTIFF lie on the Earth, and the picture laid out for a Mercator map.

Read are north-up rasters in geographic degrees (EPSG 4326, and WGS 84 without a code) and in the web's Mercator (3857):
what drone software and satellite services write for a screen. Method: OGC 19-008r4 (GeoTIFF), Snyder 1987, p. 41.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import InputError

_RADIUS_M = 6378137.0
_LIMIT_DEG = 85.0511
_MODEL, _GEOGRAPHIC, _PROJECTED = 1024, 2048, 3072


@dataclass(frozen=True, eq=False)
class Placed:
    """A picture (h, w, 4) whose rows are evenly spaced in Mercator, and its edges [deg]; east may pass 180."""

    rgba: NDArray[np.uint8]
    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float


def placed(rgba: NDArray[np.uint8], size_px: tuple[int, int], tags: Mapping[str, Any]) -> Placed:
    """The picture with its edges. ``size_px`` is that of the file, which ``rgba`` may be a smaller copy of."""
    scale, tie, keys = (list(tags.get(name) or ()) for name in ("scale", "tie", "keys"))
    if len(scale) < 2 or len(tie) < 6 or not (scale[0] > 0.0 and scale[1] > 0.0):
        raise _bad("it does not say where on the Earth it lies, or it is turned")
    left, top = tie[3] - tie[0] * scale[0], tie[4] + tie[1] * scale[1]
    right, bottom = left + size_px[0] * scale[0], top - size_px[1] * scale[1]
    system = _system(keys)
    if system == 3857:
        south, north = (float(np.degrees(np.arctan(np.sinh(y / _RADIUS_M)))) for y in (bottom, top))
        west, east = (float(np.degrees(x / _RADIUS_M)) for x in (left, right))
        return _checked(Placed(rgba, south, west, north, east))
    found = _checked(Placed(rgba, bottom, left, top, right))
    return _mercator(found)


def _system(keys: list[int]) -> int:
    """The EPSG code of the coordinates, 4326 or 3857."""
    table = {keys[k]: keys[k + 3] for k in range(4, len(keys) - 3, 4) if keys[k + 1] == 0}
    if table.get(_MODEL) == 2 and table.get(_GEOGRAPHIC, 4326) in (4326, 4979):
        return 4326
    if table.get(_MODEL) == 1 and table.get(_PROJECTED) == 3857:
        return 3857
    code = table.get(_PROJECTED) or table.get(_GEOGRAPHIC) or "unknown"
    raise _bad(f"its coordinates are of the system EPSG {code}; EPSG 4326 and 3857 are read")


def _checked(found: Placed) -> Placed:
    south, north = found.south_deg, found.north_deg
    wide = found.east_deg - found.west_deg
    if not (-90.5 <= south < north <= 90.5 and 0.0 < wide <= 360.5 and -540.0 <= found.west_deg <= 540.0):
        raise _bad("its edges do not lie on the Earth")
    return found


def _mercator(found: Placed) -> Placed:
    """Rows of latitude laid out anew in Mercator, cut at its own limits."""
    north, south = min(found.north_deg, _LIMIT_DEG), max(found.south_deg, -_LIMIT_DEG)
    if north <= south:
        raise _bad("it lies wholly beyond 85 degrees, where a Mercator map ends")
    rows = found.rgba.shape[0]
    ends = np.arctanh(np.sin(np.radians([north, south])))
    lat = np.degrees(np.arcsin(np.tanh(np.linspace(ends[0], ends[1], 2 * rows + 1)[1::2])))
    row = (found.north_deg - lat) / (found.north_deg - found.south_deg) * rows
    picked = np.clip(row.astype(np.intp), 0, rows - 1)
    return Placed(np.ascontiguousarray(found.rgba[picked]), south, found.west_deg, north, found.east_deg)


def _bad(why: str) -> InputError:
    return InputError(f"the GeoTIFF can't be laid on the map: {why}", code="bad-layer", hint="export it as EPSG 4326")
