"""Names for places: GeoNames settlements of 15,000 people and up, and every capital."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from noonmark.world import store

Floats = NDArray[np.float64]
_EARTH_KM = 6371.0088
_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True)
class NearestPlace:
    """A settlement and how the asked place lies from it: ``bearing`` in words, "north-east"; "" within 1 km."""

    name: str
    country_code: str
    country: str
    distance_km: float
    bearing: str

    def __str__(self) -> str:
        if self.distance_km < 3.0:
            return f"{self.name}, {self.country}"
        return f"{_round_km(self.distance_km)} km {self.bearing} of {self.name}, {self.country}"


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
    """The nearest settlement on a sphere (0.5 % of the distance), and where the place lies from it."""
    found = _gazetteer()
    here = _unit(np.float64(lat_deg), np.float64(lon_deg))
    # Single precision tells candidates apart to a kilometre; the winner is measured in double.
    close = np.argpartition(-(found.unit @ here.astype(np.float32)), 8)[:8]
    chord = np.linalg.norm(_unit(found.lat_deg[close], found.lon_deg[close]) - here, axis=-1)
    k = int(close[np.argmin(chord)])
    distance_km = 2.0 * _EARTH_KM * float(np.arcsin(min(1.0, float(chord.min()) / 2.0)))
    code = int(found.country[k])
    bearing = _wind(found.lat_deg[k], found.lon_deg[k], lat_deg, lon_deg) if distance_km >= 1.0 else ""
    return NearestPlace(found.names[k], found.codes[code], found.countries[code], distance_km, bearing)


def places_within(bounds: tuple[float, float, float, float], limit: int) -> list[NamedPlace]:
    """Up to ``limit`` settlements in (south, west, north, east) [deg], most people first.

    ``east`` may pass 180; the longitudes returned lie in [west, west + 360).
    """
    found = _gazetteer()
    south, west, north, east = bounds
    width = 360.0 if east - west >= 360.0 else (east - west) % 360.0
    inside = (found.lat_deg >= south) & (found.lat_deg <= north) & (np.mod(found.lon_deg - west, 360.0) <= width)
    return [
        NamedPlace(
            found.names[k],
            found.codes[int(found.country[k])],
            float(found.lat_deg[k]),
            west + float((found.lon_deg[k] - west) % 360.0),
            int(found.people[k]),
            bool(found.capital[k]),
        )
        for k in np.flatnonzero(inside)[:limit]
    ]


def country_name(code: str) -> str:
    """The English short name of a country that has a settlement here; the code itself otherwise."""
    found = _gazetteer()
    return found.countries[found.codes.index(code)] if code in found.codes else code


def _unit(lat_deg: Floats | np.float64, lon_deg: Floats | np.float64) -> Floats:
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def _wind(lat0_deg: float, lon0_deg: float, lat1_deg: float, lon1_deg: float) -> str:
    """The wind that blows towards the second place from the first, of eight."""
    lat0, lat1, turn = np.radians(lat0_deg), np.radians(lat1_deg), np.radians(lon1_deg - lon0_deg)
    east = np.sin(turn) * np.cos(lat1)
    north = np.cos(lat0) * np.sin(lat1) - np.sin(lat0) * np.cos(lat1) * np.cos(turn)
    return _WINDS[round(float(np.degrees(np.arctan2(east, north))) / 45.0) % 8]


def _round_km(distance_km: float) -> str:
    step = 1 if distance_km < 30 else 5 if distance_km < 100 else 10 if distance_km < 1000 else 50
    return f"{round(distance_km / step) * step:,}".replace(",", "\u2009")
