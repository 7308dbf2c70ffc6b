"""The places of a view as rectangles of latitude and longitude, and how far their corners lie from the middle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.domain import LON, View, Z, latitude_deg

Floats = NDArray[np.float64]


def rectangles(view: View) -> tuple[Floats, Floats, Floats, Floats]:
    """South, north, west and east edge [deg] of each box; a point has no extent."""
    boxes = view.boxes
    south = latitude_deg(boxes.centre[Z] - boxes.half[Z])
    north = latitude_deg(boxes.centre[Z] + boxes.half[Z])
    return south, north, boxes.centre[LON] - boxes.half[LON], boxes.centre[LON] + boxes.half[LON]


def place_spread(view: View) -> Floats:
    """Degrees on the ground that each axis adds, (4, n)."""
    out = np.zeros((4, view.lat_deg.size))
    out[Z] = view.fixed_deg[Z]
    out[LON] = view.fixed_deg[LON] * _widest_cosine(view)
    return out


def reach_km(view: View) -> Floats:
    """The greatest distance [km] from the middle of each box to a place in it."""
    # 0.6 % covers the ellipsoid: a degree of latitude is 110.6 to 111.7 km, of the sphere 111.2.
    return np.asarray(place_spread(view).sum(0) * np.radians(AUTHALIC_RADIUS_KM) * 1.006)


def _widest_cosine(view: View) -> Floats:
    nearest = np.maximum(np.abs(view.lat_deg) - view.fixed_deg[Z], 0.0)
    return np.asarray(np.cos(np.radians(nearest)))
