"""In which direction a file says that the camera looked: a claim, with an error that is ours.

No file states how wrong its compass was. The errors here are wide on purpose: that of a phone is
turned by steel, a car, a case with a magnet; an aircraft corrects its own by flying. Where the
file counts from magnetic north, or does not say from which, the declination is not known either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from noonmark.media.own_reader import StatedField

COMPASS_SIGMA_DEG, AIRCRAFT_SIGMA_DEG, DECLINATION_SIGMA_DEG = 15.0, 5.0, 10.0
_NORTH = {"T": "true", "M": "magnetic"}
_XMP = {
    "drone-dji:GimbalYawDegree": ("XMP GimbalYawDegree", "camera", AIRCRAFT_SIGMA_DEG),
    "drone-dji:FlightYawDegree": ("XMP FlightYawDegree", "aircraft", AIRCRAFT_SIGMA_DEG),
    "GPano:PoseHeadingDegrees": ("XMP PoseHeadingDegrees", "panorama", COMPASS_SIGMA_DEG),
}
"""Fields of XMP: how they are named here, what they turn, and how far they can be off."""


@dataclass(frozen=True)
class StatedDirection:
    """A bearing that a file states, clockwise from ``north`` ("true", "magnetic", "unknown").

    ``of`` is what looks there: "camera", "aircraft", or the middle of a "panorama". ``sigma_deg``
    is our assumption, with the declination in it where north is not the true one.
    """

    source: str
    azimuth_deg: float
    north: str
    of: str
    sigma_deg: float


def directions_of(fields: Sequence[StatedField]) -> tuple[StatedDirection, ...]:
    """Every direction that EXIF and XMP state, that of the camera first."""
    gps = {field.name: field.value for field in fields if field.part.endswith(" GPS")}
    found = []
    azimuth_deg = _azimuth_deg(gps.get("GPSImgDirection"))
    if azimuth_deg is not None:
        north = _NORTH.get(str(gps.get("GPSImgDirectionRef", "")).upper()[:1], "unknown")
        more_deg = 0.0 if north == "true" else DECLINATION_SIGMA_DEG
        sigma_deg = round(math.hypot(COMPASS_SIGMA_DEG, more_deg), 1)
        source = "EXIF GPSImgDirection"
        found.append(StatedDirection(source, azimuth_deg, north, "camera", sigma_deg))
    for field in fields:
        known = _XMP.get(field.name) if field.part == "XMP" else None
        azimuth_deg = _azimuth_deg(field.value) if known is not None else None
        if known is not None and azimuth_deg is not None:
            source, what, sigma_deg = known
            found.append(StatedDirection(source, azimuth_deg, "true", what, sigma_deg))
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.of != "camera", one.sigma_deg)))


def _azimuth_deg(value: Any) -> float | None:
    """A bearing within [0, 360) from whatever the file holds; None where it is none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value) or abs(value) > 360:
        return None
    return round(float(value) % 360.0, 4) % 360.0
