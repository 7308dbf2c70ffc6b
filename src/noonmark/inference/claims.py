"""A claimed place and time as a domain, beside the prior of the question."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.geometry.area_mask import AreaMask, contains
from noonmark.geometry.earth import distance_km
from noonmark.inference.search.domain import Domain
from noonmark.values import Place

_KM_PER_DEG = 111.2

_POINT_DEG = 1e-4
"""Half the extent of a claimed point: 11 m, the least height that has a volume at a pole."""

_DISC_CELLS = 200
"""Rows and columns of the mask of a claimed disc."""


@dataclass(frozen=True)
class Claim:
    """What is claimed, and whether the prior of the question admits any of it.

    Where the prior admits some of a claimed region or span, ``domain`` is that part; where it
    admits nothing, ``domain`` is the claim as it was made.
    """

    domain: Domain
    inside_prior: bool


def claim_within(
    prior: Domain,
    place: Place | None,
    radius_km: float,
    start_s: float,
    end_s: float,
) -> Claim:
    """The claim of a disc round a place (a point for radius 0) and a span of POSIX seconds.

    Without a place only the time is claimed.
    """
    timed, in_time = _within_window(prior, start_s, end_s)
    if place is None:
        return Claim(timed, in_time)
    disc = _disc(timed, place, radius_km)
    if radius_km <= 0.0:
        return Claim(disc, in_time and bool(_admits(prior, place.lat_deg, place.lon_deg)))
    common = _common_part(prior, disc, place, radius_km)
    if common is None:
        return Claim(disc, False)
    return Claim(common, in_time)


def _within_window(prior: Domain, start_s: float, end_s: float) -> tuple[Domain, bool]:
    """The prior's area over the part of a span that its window admits, if it admits any."""
    first = max(start_s, prior.start_s)
    last = min(end_s, prior.end_s)
    inside = last >= first
    if not inside:
        first, last = start_s, end_s
    return replace(prior, start_s=first, length_s=last - first), inside


def _disc(timed: Domain, place: Place, radius_km: float) -> Domain:
    """A disc round a place as a rectangle with a mask; a rectangle alone for a point."""
    tall = max(radius_km / _KM_PER_DEG, _POINT_DEG)
    highest_lat = min(abs(place.lat_deg) + tall, 90.0)
    cosine = float(np.cos(np.radians(highest_lat)))
    wide = min(tall / max(cosine, 1e-6), 180.0)
    rectangle = replace(
        timed,
        south_deg=max(place.lat_deg - tall, -90.0),
        west_deg=place.lon_deg - wide,
        north_deg=min(place.lat_deg + tall, 90.0),
        east_deg=place.lon_deg + wide,
        mask=None,
    )
    if radius_km <= 0.0:
        return rectangle
    lat, lon = _cell_middles(rectangle)
    inside = distance_km(place.lat_deg, place.lon_deg, lat, lon) <= radius_km
    return _masked(rectangle, np.asarray(inside))


def _common_part(prior: Domain, disc: Domain, place: Place, radius_km: float) -> Domain | None:
    """The part of a disc that the prior's area admits; None where there is none."""
    south = max(disc.south_deg, prior.south_deg)
    north = min(disc.north_deg, prior.north_deg)
    west, east = _common_longitudes(prior, disc)
    if south >= north or west >= east:
        return None
    rectangle = replace(
        disc, south_deg=south, west_deg=west, north_deg=north, east_deg=east, mask=None
    )
    lat, lon = _cell_middles(rectangle)
    near = distance_km(place.lat_deg, place.lon_deg, lat, lon) <= radius_km
    inside = np.asarray(near) & _admits(prior, lat, lon)
    return _masked(rectangle, inside) if inside.any() else None


def _common_longitudes(prior: Domain, disc: Domain) -> tuple[float, float]:
    """West and east [deg] of what two ranges of longitude share; all of the disc's if two pieces.

    The east is not beyond the west where they share nothing.
    """
    found = []
    for turn in (-360.0, 0.0, 360.0):
        west = max(disc.west_deg, prior.west_deg + turn)
        east = min(disc.east_deg, prior.east_deg + turn)
        if west < east:
            found.append((west, east))
    if len(found) == 1:
        return found[0]
    return (disc.west_deg, disc.east_deg) if found else (0.0, 0.0)


def _admits(prior: Domain, lat_deg: Floats | float, lon_deg: Floats | float) -> Bools:
    """Whether the prior's area holds each place, in the shape of the arguments together."""
    lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
    inside = (lat >= prior.south_deg) & (lat <= prior.north_deg)
    if prior.width_deg < 360.0:
        inside &= (lon - prior.west_deg) % 360.0 <= prior.width_deg
    if prior.mask is not None:
        inside &= contains(prior.mask, lat, lon)
    return np.asarray(inside)


def _cell_middles(within: Domain) -> tuple[Floats, Floats]:
    """Latitudes (n, 1) and longitudes (1, n) [deg] of the middles of a mask's cells."""
    steps = (np.arange(_DISC_CELLS) + 0.5) / _DISC_CELLS
    lat = within.south_deg + (within.north_deg - within.south_deg) * steps
    lon = within.west_deg + within.width_deg * steps
    return lat[:, None], lon[None, :]


def _masked(rectangle: Domain, inside: Bools) -> Domain:
    """A rectangle with the mask of its cells that are inside."""
    turn = 360.0 * np.floor((rectangle.west_deg + 180.0) / 360.0)
    mask = AreaMask(
        rectangle.south_deg,
        rectangle.west_deg - turn,
        rectangle.north_deg,
        rectangle.east_deg - turn,
        inside,
    )
    return replace(rectangle, mask=mask)
