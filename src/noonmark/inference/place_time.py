"""One place and instant, and many of them on the axes of a box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.search.domain import (
    LON,
    BoxView,
    Domain,
    Z,
    instants_s,
    latitude_deg,
    point_view,
)
from noonmark.values import Place


@dataclass(frozen=True)
class PlaceTime:
    """A place, whose longitude may be in any turn, and an instant [POSIX s]."""

    lat_deg: float
    lon_deg: float
    unix_s: float

    def view(self, domain: Domain) -> BoxView:
        """A view of this point alone."""
        return point_view(
            domain,
            np.array([self.lat_deg]),
            np.array([self.lon_deg]),
            np.array([self.unix_s]),
        )

    def place(self) -> Place:
        """The place, its longitude in [-180, 180)."""
        lat_deg = float(np.clip(self.lat_deg, -90.0, 90.0))
        return Place(lat_deg, float((self.lon_deg + 180.0) % 360.0 - 180.0))


def points(domain: Domain, centre: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude [deg], longitude [deg] and POSIX seconds of points given on the axes of a box.

    ``centre`` (4, n).
    """
    return latitude_deg(centre[Z]), centre[LON].copy(), instants_s(domain, centre)
