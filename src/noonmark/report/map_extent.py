"""What a regional map shows, where a place falls on it, and which place each pixel is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.answer import PlaceMap
from noonmark.report.grids import between, centres
from noonmark.report.projections import azimuthal, azimuthal_inverse
from noonmark.world.places import nearest_place

KM_PER_DEG = 111.2
# The radius that turns half a width into degrees: how far around a map is looked for what to draw.
_RADIUS_KM = 6371.0
_SMALLEST_HALF_KM = 0.2
_LARGEST_HALF_KM = 9000.0
_STEP_PX = 8
# So near to a pole, longitude changes too fast to be interpolated.
_POLAR_DEG = 80.0


@dataclass(frozen=True)
class MapExtent:
    """What a regional map shows.

    ``centre`` (lat, lon deg) of the projection; ``middle_km`` (east, north of it) and ``half_km``
    the middle and half the width of the picture; its size in pixels.
    """

    centre: tuple[float, float]
    middle_km: tuple[float, float]
    half_km: float
    width_px: int
    height_px: int

    @property
    def px_per_km(self) -> float:
        """The scale of the map."""
        return self.width_px / 2.0 / self.half_km

    def to_pixels(
        self,
        lat: Floats,
        lon: Floats,
    ) -> Floats:
        """Places [deg] as points (k, 2) [px].

        NaN near the antipode of the centre.
        """
        x_km, y_km = azimuthal(lat, lon, self.centre)
        east_km, north_km = self.middle_km
        scale = self.px_per_km
        x_px = self.width_px / 2.0 + (x_km - east_km) * scale
        y_px = self.height_px / 2.0 - (y_km - north_km) * scale
        return np.column_stack([x_px, y_px])

    def holds(
        self,
        x: float,
        y: float,
    ) -> bool:
        """Whether a point [px] lies on the map."""
        return 0 <= x <= self.width_px and 0 <= y <= self.height_px

    def degrees(self, half_widths: float) -> float:
        """The angle [deg] at the Earth's middle of so many half widths of the map."""
        return math.degrees(self.half_km * half_widths / _RADIUS_KM)

    @property
    def half_height_deg(self) -> float:
        """The angle [deg] at the Earth's middle of half the height of the map."""
        half_km = self.half_km * self.height_px / self.width_px
        return math.degrees(half_km / _RADIUS_KM)


def lon_reach_deg(
    reach_deg: float,
    highest_deg: float,
    *,
    whole_above_deg: float,
) -> float:
    """The degrees of longitude that ``reach_deg`` of arc spans at the highest latitude of a map.

    180 above ``whole_above_deg`` of latitude, where meridians come together.
    """
    if highest_deg > whole_above_deg:
        return 180.0
    return min(180.0, reach_deg / math.cos(math.radians(highest_deg)))


def extent_of(
    place_map: PlaceMap,
    width_px: int,
    height_px: int,
) -> MapExtent:
    """The extent that holds the 99 % region with a margin, and the nearest town if close by.

    The town is shown if it lies within four times the half width that the region needs: a name
    tells a reader more than degrees do. The region has a margin of 30 %.
    """
    lat, lon, mass = _region_cells(place_map)
    centre = _weighted_centre(lat, lon, mass)
    x, y = azimuthal(lat, lon, centre)
    cell_deg = float(np.ptp(place_map.lat_edges_deg)) / place_map.level.shape[0]
    margin_km = cell_deg * KM_PER_DEG / 2.0
    west, east = x.min() - margin_km, x.max() + margin_km
    south, north = y.min() - margin_km, y.max() + margin_km
    half_wide = (east - west) / 2.0
    half_tall = (north - south) / 2.0 * width_px / height_px
    region_km = max(half_wide, half_tall, _SMALLEST_HALF_KM)
    town_km = nearest_place(*centre).distance_km * 1.25 * width_px / height_px
    half_km = region_km * 1.3
    if town_km < region_km * 4.0:
        half_km = max(half_km, town_km)
    return MapExtent(
        centre=centre,
        middle_km=(float(west + east) / 2.0, float(south + north) / 2.0),
        half_km=float(min(half_km, _LARGEST_HALF_KM)),
        width_px=width_px,
        height_px=height_px,
    )


def _region_cells(place_map: PlaceMap) -> tuple[Floats, Floats, Floats]:
    """Latitudes, longitudes [deg] and masses of the cells of the 99 % region.

    Of the likeliest cells where the map holds none of it.
    """
    inside = place_map.level <= 0.99
    if not inside.any():
        inside = place_map.mass >= place_map.mass.max()
    row, column = np.nonzero(inside)
    lat = centres(place_map.lat_edges_deg)[row]
    lon = centres(place_map.lon_edges_deg)[column]
    return lat, lon, place_map.mass[row, column]


def _weighted_centre(
    lat: Floats,
    lon: Floats,
    weight: Floats,
) -> tuple[float, float]:
    """The direction (lat, lon deg) of the weighted mean of places on the sphere.

    ``lat``, ``lon`` [deg] and ``weight`` are (n,). A mean of longitudes would fail at the
    antimeridian and at the poles.
    """
    squeeze = np.cos(np.radians(lat))
    x = squeeze * np.cos(np.radians(lon))
    y = squeeze * np.sin(np.radians(lon))
    z = np.sin(np.radians(lat))
    mean_x, mean_y, mean_z = weight @ np.column_stack([x, y, z])
    lat_deg = np.degrees(np.arctan2(mean_z, np.hypot(mean_x, mean_y)))
    lon_deg = np.degrees(np.arctan2(mean_y, mean_x))
    return float(lat_deg), float(lon_deg)


def pixel_places(extent: MapExtent) -> tuple[Floats, Floats]:
    """Latitude and longitude of every pixel (h, w).

    Computed every 8 px and interpolated, unless a pole is near.
    """
    height, width = extent.height_px, extent.width_px
    near_pole = abs(extent.centre[0]) + extent.degrees(1.6) > _POLAR_DEG
    if near_pole:
        lat, lon = _grid_places(extent, 1)
        return lat[:height, :width], lon[:height, :width]
    lat, lon = _grid_places(extent, _STEP_PX)
    rows = np.arange(height) / _STEP_PX
    columns = np.arange(width) / _STEP_PX
    return between(lat, rows, columns), between(lon, rows, columns)


def _grid_places(
    extent: MapExtent,
    step: int,
) -> tuple[Floats, Floats]:
    """Latitude and longitude of every ``step``-th pixel and one beyond the last.

    Both are (rows, columns), from the top left corner of the map.
    """
    x_px = _every_px(extent.width_px, step)
    y_px = _every_px(extent.height_px, step)
    scale = extent.px_per_km
    east_km, north_km = extent.middle_km
    x_km = (x_px + 0.5 - extent.width_px / 2.0) / scale + east_km
    y_km = (extent.height_px / 2.0 - y_px - 0.5) / scale + north_km
    return azimuthal_inverse(x_km[None, :], y_km[:, None], extent.centre)


def _every_px(
    pixels: int,
    step: int,
) -> Floats:
    """The number (n,) of every ``step``-th pixel and of one beyond the last."""
    steps = math.ceil(pixels / step) + 1
    return np.arange(steps, dtype=float) * step
