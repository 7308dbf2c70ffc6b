"""A photo put on a grid whose rows run from west to east, by its control points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import map_coordinates

from noonmark.arrays import Floats
from noonmark.errors import InputError
from noonmark.sites.control_points import ControlFit
from noonmark.sites.site_folder import Site


def window_px(
    site: Site,
    fit: ControlFit,
    margin_m: float,
) -> list[float]:
    """The part of the photo that shows the site and a margin: left, top, right, bottom [px]."""
    west, south, east, north = _box_m(site, fit, margin_m)
    corners = fit.pixels(np.array([[west, south], [west, north], [east, north], [east, south]]))
    if not np.isfinite(corners).all():
        raise _outside()
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return [float(left), float(top), float(right), float(bottom)]


def _box_m(
    site: Site,
    fit: ControlFit,
    margin_m: float,
) -> tuple[float, float, float, float]:
    """The site's box on the ground with a margin: west, south, east, north [m]."""
    points = [point for feature in site.features for ring in feature.rings for point in ring]
    ground = fit.metres(np.array(points))
    west, south = ground.min(axis=0) - margin_m
    east, north = ground.max(axis=0) + margin_m
    return float(west), float(south), float(east), float(north)


def placed(
    site: Site,
    fit: ControlFit,
    value: Mapping[str, Any],
    *,
    margin_m: float,
    most_px: int,
) -> dict[str, Any]:
    """What the decoder made of the photo, on a grid: ``values`` (bands, rows, cols) with NaN where
    the photo shows nothing, ``grid``, ``pixel_m`` and ``outlines`` in pixels.

    ``value`` has ``values`` of a part of the photo, ``corner`` of that part [px], and ``shrink``,
    the pixels of the photo in one of the part's, across and down.
    """
    shrink, corner = np.array(value["shrink"]), np.array(value["corner"])
    grid = _grid(site, fit, float(shrink.mean()), margin_m=margin_m, most_px=most_px)
    at = (fit.pixels(grid.centres()) - corner) / shrink - 0.5
    bands = [_sampled(band, at) for band in value["values"]]
    values = np.stack(bands).reshape(-1, grid.rows, grid.cols)
    if not np.isfinite(values).any():
        raise _outside()
    outlines = {
        feature.name: [
            grid.pixels(fit.metres(np.array(ring))).tolist()
            for ring in feature.rings
        ]
        for feature in site.features
    }  # fmt: skip
    return {
        **value,
        "values": values.astype(np.float32),
        "grid": {
            "crs": fit.crs,
            "transform": [grid.pixel_m, 0.0, grid.west, 0.0, -grid.pixel_m, grid.north],
            "rows": grid.rows,
            "cols": grid.cols,
        },
        "pixel_m": grid.pixel_m,
        "outlines": outlines,
        "warped": True,
    }


@dataclass(frozen=True)
class _GroundGrid:
    """Pixels of ``pixel_m`` from a corner in the north-west [m]."""

    west: float
    north: float
    pixel_m: float
    rows: int
    cols: int

    def centres(self) -> Floats:
        """Metres east and north of the middles of all pixels, (rows * cols, 2)."""
        across = self.west + (np.arange(self.cols) + 0.5) * self.pixel_m
        down = self.north - (np.arange(self.rows) + 0.5) * self.pixel_m
        return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)

    def pixels(
        self,
        metres: Floats,
    ) -> Floats:
        """Metres east and north, (n, 2), as (x, y) of the grid [px]."""
        east, north = metres.T
        return np.column_stack([east - self.west, self.north - north]) / self.pixel_m


def _grid(
    site: Site,
    fit: ControlFit,
    shrink: float,
    *,
    margin_m: float,
    most_px: int,
) -> _GroundGrid:
    """The grid around a site, its pixels as large as those of the photo in the middle."""
    west, south, east, north = _box_m(site, fit, margin_m)
    middle = fit.pixels(np.array([[(west + east) / 2, (south + north) / 2]]))
    least_m = math.sqrt((east - west) * (north - south) / most_px)
    pixel_m = max(fit.pixel_m(middle) * shrink, least_m)
    rows = math.ceil((north - south) / pixel_m)
    cols = math.ceil((east - west) / pixel_m)
    return _GroundGrid(west, north, pixel_m, rows, cols)


def _sampled(
    band: Floats,
    at: Floats,
) -> Floats:
    """A band (rows, cols) between its pixels at (n, 2) of (x, y); NaN outside."""
    rows, cols = band.shape
    x, y = at.T
    inside = (x >= -0.5) & (x <= cols - 0.5) & (y >= -0.5) & (y <= rows - 0.5)
    found = map_coordinates(band, [np.nan_to_num(y), np.nan_to_num(x)], order=1, mode="nearest")
    return np.asarray(np.where(inside, found, np.nan))


def _outside() -> InputError:
    return InputError(
        "by its control points the photo does not show the site",
        code="site-outside",
        hint="check the points: x,y from the top left, longitude before latitude",
    )
