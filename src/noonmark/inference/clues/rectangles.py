"""The places of a view as rectangles of latitude and longitude, and how far they reach."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.search.domain import LON, BoxView, Z, latitude_deg

ELLIPSOID = 1.006
"""Covers the ellipsoid: a degree of latitude is 110.6 to 111.7 km, of the sphere 111.2 km."""


def rectangles(view: BoxView) -> tuple[Floats, Floats, Floats, Floats]:
    """South, north, west and east edge [deg] of each box, (n,) each; a point has no extent.

    East may pass 180 deg.
    """
    centre, half = view.boxes.centre, view.boxes.half
    south = latitude_deg(centre[Z] - half[Z])
    north = latitude_deg(centre[Z] + half[Z])
    west = centre[LON] - half[LON]
    east = centre[LON] + half[LON]
    return south, north, west, east


def place_spread(view: BoxView) -> Floats:
    """Degrees on the ground that each axis adds, (4, n).

    A degree of longitude is shorter by the cosine of the latitude; the widest in the box counts.
    """
    out = np.zeros((4, view.boxes.size))
    out[Z] = view.fixed_deg[Z]
    out[LON] = view.fixed_deg[LON] * _widest_cosine(view)
    return out


def reach_km(view: BoxView) -> Floats:
    """The greatest distance [km] from the middle of each box to a place in it, (n,).

    By way of the meridian and the widest circle of latitude, which is never shorter.
    """
    reach_deg = place_spread(view).sum(0)
    return np.asarray(reach_deg * np.radians(AUTHALIC_RADIUS_KM) * ELLIPSOID)


def _widest_cosine(view: BoxView) -> Floats:
    """Cosine of the latitude of each box that is nearest to the equator."""
    nearest = np.maximum(np.abs(view.lat_deg) - view.fixed_deg[Z], 0.0)
    return np.asarray(np.cos(np.radians(nearest)))
