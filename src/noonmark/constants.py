"""Physical and calendar constants that more than one package uses. One name, one value."""

from __future__ import annotations

DAY_S = 86400.0
"""Seconds in a civil day without leap seconds."""

EARTH_MEAN_RADIUS_KM = 6371.0088
"""The mean radius R1 of the ellipsoid (IUGG; Moritz, Geodetic Reference System 1980, 2000)."""

WGS84_SEMI_MAJOR_M = 6378137.0
"""The semi-major axis of WGS84 (NGA.STND.0036); also the sphere of the Web Mercator projection."""

LARGEST_WITH_POINT_KM2, LARGEST_WITH_TOWN_KM2 = 3e6, 1e5
"""The largest piece of an answer that has a point of its own, and the largest for which a town
tells where it is: every form of an answer, the terminal's, the report's and the page's, keeps to
the same."""

LARGEST_LOCAL_KM2 = 500_000.0
"""A larger piece of an answer has no one clock: its times are told in UTC."""

FIRST_YEAR, LAST_YEAR = 1600, 2100
"""The years served: the sun and the Earth's turning have been held against other sources there."""
