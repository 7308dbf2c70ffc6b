"""Maps of a posterior over places: the whole Earth, round its modes, and region outlines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.answer import PlaceMap
from noonmark.inference.posterior import Posterior

REGIONAL_MODES = 4
REGIONAL_CELLS = 160
WIDEST_REGION_DEG = 70.0
WIDEST_CAP_DEG = 35.0
"""A closer map round a pole reaches so far from it at most."""

POLE_DEG = 89.99
"""A region that goes so far holds the pole."""


def outlines(post: Posterior) -> Mapping[float, dict[str, Any]]:
    """The outline of each credible region as a GeoJSON geometry, by level."""
    from noonmark.report.regions import region_geometries  # draws contours: only where asked for

    return region_geometries(_drawn_on(post))


def world_map(post: Posterior) -> PlaceMap:
    """The place marginal over the whole Earth, half a degree a cell."""
    return post.place_map(np.linspace(-90.0, 90.0, 361), np.linspace(-180.0, 180.0, 721))


def regional_maps(post: Posterior) -> tuple[PlaceMap, ...]:
    """A closer map round each of the first few modes that is small enough for one."""
    made: list[PlaceMap] = []
    for k in range(min(len(post.modes), REGIONAL_MODES)):
        south, west, north, east = post.mode_box(k)
        if _too_wide(south, west, north, east):
            break
        if any(_within((south, west, north, east), m) for m in made):
            continue
        made.append(post.place_map(*edges_around(south, west, north, east)))
    return tuple(made)


def _too_wide(
    south: float,
    west: float,
    north: float,
    east: float,
) -> bool:
    """Whether a box [deg] is too wide for a closer map.

    A cap round a pole spans all longitudes and is not: its map is azimuthal.
    """
    if north >= POLE_DEG or south <= -POLE_DEG:
        return north - south > WIDEST_CAP_DEG
    return max(north - south, east - west) > WIDEST_REGION_DEG


def edges_around(south: float, west: float, north: float, east: float) -> tuple[Floats, Floats]:
    """Cell edges over a box with a margin round it."""
    tall, wide = max(north - south, 1e-4), max(east - west, 1e-4)
    low, high = max(south - 0.35 * tall, -90.0), min(north + 0.35 * tall, 90.0)
    left, right = west - 0.35 * wide, east + 0.35 * wide
    if right - left > 360.0:
        left, right = west, west + 360.0
    return np.linspace(low, high, REGIONAL_CELLS + 1), np.linspace(left, right, REGIONAL_CELLS + 1)


def _within(box: tuple[float, float, float, float], made: PlaceMap) -> bool:
    south, west, north, east = box
    lat, lon = made.lat_edges_deg, made.lon_edges_deg
    return bool(lat[0] <= south and north <= lat[-1] and lon[0] <= west and east <= lon[-1])


def _drawn_on(post: Posterior) -> PlaceMap:
    """The map whose contours are the outlines: the closest one that holds nearly everything."""
    for made in regional_maps(post)[:1]:
        if holds_nearly_all(made):
            return made
    return world_map(post)


def holds_nearly_all(made: PlaceMap) -> bool:
    """Whether a map holds nearly all of the probability, so that its contours can stand for it."""
    return bool(made.mass.sum() > 0.995)
