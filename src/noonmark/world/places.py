"""Names for places: GeoNames settlements of 15,000 people and up, and every capital."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import EARTH_MEAN_RADIUS_KM
from noonmark.world import store

_DIRECTIONS = (
    "north",
    "north-east",
    "east",
    "south-east",
    "south",
    "south-west",
    "west",
    "north-west",
)

_LIKENESS_ERROR = 1e-6
"""Cosines of angles in single precision are off by less."""


@dataclass(frozen=True)
class NearestPlace:
    """A settlement and how the asked place lies from it.

    ``bearing`` is one of eight words such as "north-east", and "" within 1 km.
    """

    name: str
    country_code: str
    country: str
    distance_km: float
    bearing: str

    def __str__(self) -> str:
        """The place in words, such as "30 km north-east of Bergen, Norway"."""
        settlement = f"{self.name}, {self.country}"
        if self.distance_km < 3.0:
            return settlement
        distance = _round_km(self.distance_km)
        return f"{distance} km {self.bearing} of {settlement}"


@dataclass(frozen=True)
class NamedPlace:
    """A settlement to label a map with."""

    name: str
    country_code: str
    lat_deg: float
    lon_deg: float
    people: int
    capital: bool


@dataclass(frozen=True, eq=False)
class _Gazetteer:
    """All settlements, most people first; ``country`` is an index into ``codes``.

    ``unit`` (n, 3) are unit vectors in single precision.
    """

    names: list[str]
    codes: list[str]
    countries: list[str]
    country: NDArray[np.uint8]
    lat_deg: Floats
    lon_deg: Floats
    people: NDArray[np.int64]
    capital: NDArray[np.bool_]
    unit: NDArray[np.float32]


@cache
def _gazetteer() -> _Gazetteer:
    """The shipped table of settlements, decoded once."""
    table = store.arrays("places.npz")
    lat = store.wide(table["lat"]) / 1000.0 - 90.0
    lon = store.wide(table["lon"]) / 1000.0 - 180.0
    capital = np.zeros(lat.size, bool)
    capital[table["capital"]] = True
    return _Gazetteer(
        names=store.text(table, "names").split("\n"),
        codes=[code.decode() for code in table["codes"]],
        countries=store.text(table, "country_names").split("\n"),
        country=table["country"],
        lat_deg=lat,
        lon_deg=lon,
        people=np.rint(2.0 ** (table["people_log"] / 8.0)).astype(np.int64),
        capital=capital,
        unit=_unit(lat, lon).astype(np.float32),
    )


def nearest_place(lat_deg: float, lon_deg: float) -> NearestPlace:
    """The nearest settlement, and how the place lies from it.

    **Accuracy**: distances are on a sphere, good to 0.5 %.
    """
    found = _gazetteer()
    nearest, chord = _nearest_chord(found, lat_deg, lon_deg)
    half_angle = float(np.arcsin(min(1.0, chord / 2.0)))
    distance_km = 2.0 * EARTH_MEAN_RADIUS_KM * half_angle
    code = int(found.country[nearest])
    bearing = ""
    if distance_km >= 1.0:
        bearing = _direction_word(found.lat_deg[nearest], found.lon_deg[nearest], lat_deg, lon_deg)
    return NearestPlace(
        name=found.names[nearest],
        country_code=found.codes[code],
        country=found.countries[code],
        distance_km=distance_km,
        bearing=bearing,
    )


def code_of_country(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country's English name in any case; None for others.

    A beginning will do where only one country has it.
    """
    found = _gazetteer()
    wanted = name.strip().casefold()
    names = {told.casefold(): code for told, code in zip(found.countries, found.codes, strict=True)}
    begun = [code for told, code in names.items() if told.startswith(wanted)]
    return names.get(wanted) or (begun[0] if wanted and len(begun) == 1 else None)


def _nearest_chord(
    found: _Gazetteer,
    lat_deg: float,
    lon_deg: float,
) -> tuple[int, float]:
    """The index of the nearest settlement and its chord on the unit sphere.

    Single precision finds those that may be it, double precision the nearest of them.

    A chord on the unit sphere grows with the distance, and needs no arctangent to compare.
    """
    here = _unit(np.float64(lat_deg), np.float64(lon_deg))
    likeness = found.unit @ here.astype(np.float32)
    close = np.flatnonzero(likeness >= likeness.max() - _LIKENESS_ERROR)
    offset = _unit(found.lat_deg[close], found.lon_deg[close]) - here
    chord = np.linalg.norm(offset, axis=-1)
    return int(close[np.argmin(chord)]), float(chord.min())


def places_within(bounds: tuple[float, float, float, float], limit: int) -> list[NamedPlace]:
    """Up to ``limit`` settlements in (south, west, north, east) [deg], most people first.

    ``east`` may pass 180; the longitudes returned lie in [west, west + 360).

    A box of 360 deg or more holds all longitudes.
    """
    found = _gazetteer()
    south, west, north, east = bounds
    width = 360.0
    if east - west < 360.0:
        width = (east - west) % 360.0
    in_band = (found.lat_deg >= south) & (found.lat_deg <= north)
    east_of_west = np.mod(found.lon_deg - west, 360.0)
    inside = in_band & (east_of_west <= width)
    # The table is sorted by people, so the first ones are the largest.
    chosen = np.flatnonzero(inside)[:limit]
    return [_named_place(found, int(k), west) for k in chosen]


def _named_place(
    found: _Gazetteer,
    k: int,
    west_deg: float,
) -> NamedPlace:
    """One settlement, its longitude counted from ``west_deg``."""
    return NamedPlace(
        name=found.names[k],
        country_code=found.codes[int(found.country[k])],
        lat_deg=float(found.lat_deg[k]),
        lon_deg=west_deg + float((found.lon_deg[k] - west_deg) % 360.0),
        people=int(found.people[k]),
        capital=bool(found.capital[k]),
    )


def _unit(lat_deg: Floats | np.float64, lon_deg: Floats | np.float64) -> Floats:
    """Unit vectors (..., 3) of places on a sphere.

    x points at latitude 0 and longitude 0, y at longitude 90 east, z at the north pole.
    """
    lat = np.radians(lat_deg)
    lon = np.radians(lon_deg)
    level = np.cos(lat)
    x = level * np.cos(lon)
    y = level * np.sin(lon)
    return np.stack([x, y, np.sin(lat)], axis=-1)


def _direction_word(
    lat0_deg: float,
    lon0_deg: float,
    lat1_deg: float,
    lon1_deg: float,
) -> str:
    """The direction of the second place from the first, one of eight words.

    Both places are on a sphere; the direction is that of the great circle at the first place.
    """
    lat0 = np.radians(lat0_deg)
    lat1 = np.radians(lat1_deg)
    turn = np.radians(lon1_deg - lon0_deg)
    east = np.sin(turn) * np.cos(lat1)
    along = np.sin(lat0) * np.cos(lat1) * np.cos(turn)
    north = np.cos(lat0) * np.sin(lat1) - along
    bearing_deg = float(np.degrees(np.arctan2(east, north)))
    return _DIRECTIONS[round(bearing_deg / 45.0) % 8]


def _round_km(distance_km: float) -> str:
    """A distance [km] rounded to about two figures, with commas between thousands."""
    step_km = 50
    for below_km, finer_km in ((30, 1), (100, 5), (1000, 10)):
        if distance_km < below_km:
            step_km = finer_km
            break
    rounded_km = round(distance_km / step_km) * step_km
    return f"{rounded_km:,}"
