"""Synthetic findings: sharp, two modes, a ring, across the antimeridian, over a pole, decades, nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from noonmark.inference.answer import LEVELS, Advice, Calendar, ClueFinding, Conflict, Mode, PlaceMap, Region
from noonmark.report import Findings, PlacedMode
from noonmark.report.calendar import _levels
from noonmark.values import Place, Span, unix_s
from noonmark.world.places import nearest_place
from noonmark.world.zones import local_times

NOON = datetime(2018, 8, 20, 1, 20, tzinfo=UTC)
LogDensity = Callable[[Any, Any], Any]


def _angle(lat: Any, lon: Any, lat0: float, lon0: float) -> Any:
    a, b = np.radians(lat), np.radians(lat0)
    cosine = np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(np.radians(lon - lon0))
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def blob(lat: float, lon: float, sigma_deg: float) -> LogDensity:
    return lambda a, o: -0.5 * (_angle(a, o, lat, lon) / sigma_deg) ** 2


def ring(lat: float, lon: float, radius_deg: float, sigma_deg: float) -> LogDensity:
    return lambda a, o: -0.5 * ((_angle(a, o, lat, lon) - radius_deg) / sigma_deg) ** 2


def place_map(lat_edges: Any, lon_edges: Any, log_density: LogDensity, share: float = 1.0) -> PlaceMap:
    lat, lon = (lat_edges[1:] + lat_edges[:-1]) / 2, (lon_edges[1:] + lon_edges[:-1]) / 2
    log = log_density(*np.meshgrid(lat, lon, indexing="ij"))
    cell = 6371.0072**2 * np.diff(np.sin(np.radians(lat_edges)))[:, None] * np.radians(np.diff(lon_edges))[None, :]
    mass = np.exp(log - log.max()) * cell
    mass *= share / mass.sum()
    density = mass / cell
    order = np.argsort(-density.ravel(), kind="stable")
    level = np.empty(mass.size)
    level[order] = np.cumsum(mass.ravel()[order])
    return PlaceMap(lat_edges, lon_edges, mass, density, level.reshape(mass.shape))


def world(log_density: LogDensity, step_deg: float = 1.0) -> PlaceMap:
    n = round(180 / step_deg)
    return place_map(np.linspace(-90, 90, n + 1), np.linspace(-180, 180, 2 * n + 1), log_density)


def regional(lat: float, lon: float, half_deg: float, log_density: LogDensity, share: float = 1.0) -> PlaceMap:
    wide = half_deg / np.cos(np.radians(lat))
    south, north = max(-90.0, lat - half_deg), min(90.0, lat + half_deg)
    return place_map(np.linspace(south, north, 81), np.linspace(lon - wide, lon + wide, 81), log_density, share)


def calendar(start: datetime, days: int, log_density: LogDensity, *, per_row: int = 1, step_s: int = 900) -> Calendar:
    rows = unix_s(start) + 86400.0 * per_row * np.arange(days // per_row)
    edges = np.arange(0.0, 86401.0, step_s)
    log = log_density(*np.meshgrid((rows - rows[0]) / 86400.0, (edges[1:] + edges[:-1]) / 2, indexing="ij"))
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    return Calendar(rows, per_row, edges, mass, _levels(mass))


def placed(mass: float, lat: float, lon: float, area_km2: float, when: datetime = NOON) -> PlacedMode:
    half = timedelta(minutes=20)
    mode = Mode(mass, Place(lat, lon), when, area_km2, Span(when - half, when + half), (0.3, -2.4))
    return PlacedMode(mode, nearest_place(lat, lon), tuple(local_times(lat, lon, unix_s(when))))


def morning(day: Any, tod: Any) -> Any:
    return -0.5 * ((tod - 4800 - 300 * np.sin(day / 5)) / 900) ** 2 - 0.5 * ((day - 19) / 6) ** 2


def build(name: str, **changes: Any) -> Findings:
    """One of the synthetic findings by name."""
    aug, spans = datetime(2018, 8, 1, tzinfo=UTC), (Span(NOON - timedelta(hours=1), NOON + timedelta(hours=1)),)
    many = tuple(Span(NOON + timedelta(days=182 * k), NOON + timedelta(days=182 * k, hours=1)) for k in range(20))
    spike = lambda day, tod: np.where((day == 19) & (np.abs(tod - 4950) < 450), 0.0, -1e3)  # noqa: E731
    seasons = lambda day, tod: (  # noqa: E731
        np.logaddexp(-0.5 * ((day % 365.24 - 110) / 4) ** 2, -0.5 * ((day % 365.24 - 235) / 4) ** 2)
        - 0.5 * ((tod - 43000) / 400) ** 2
    )
    table: dict[str, tuple[Any, list[Any], Any, list[Any], float, Any]] = {
        "sharp": (blob(41.8, 86, 0.4), [regional(41.8, 86, 2, blob(41.8, 86, 0.4))], morning,
                  [placed(0.97, 41.8, 86, 23e3)], 23e3, spans),
        "city": (blob(59.91, 10.75, 0.006), [regional(59.91, 10.75, 0.04, blob(59.91, 10.75, 0.006))], morning,
                 [placed(0.95, 59.91, 10.75, 5.0)], 5.0, spans),
        "two": (lambda a, o: np.logaddexp(blob(41.8, 86, 1)(a, o), blob(-31, 80, 1)(a, o)),
                [regional(41.8, 86, 5, blob(41.8, 86, 1), 0.5), regional(-31, 80, 5, blob(-31, 80, 1), 0.5)], morning,
                [placed(0.5, 41.8, 86, 9e4), placed(0.49, -31, 80, 9e4)], 1.8e5, spans),
        "ring": (ring(12, -40, 57, 1.2), [], spike, [placed(0.9, 60, -20, 9e6)], 9.1e6, spans),
        "antimeridian": (blob(-17, 180, 1), [regional(-17, 180, 5, blob(-17, 180, 1))], morning,
                         [placed(0.9, -17, 179.99, 1.3e5)], 1.3e5, spans),
        "pole": (blob(88.5, 30, 1.2), [place_map(np.linspace(80, 90, 41), np.linspace(-180, 180, 181),
                                                      blob(88.5, 30, 1.2))],
                 lambda d, t: 0 * d * t, [placed(0.9, 88.5, 30, 2.5e5)], 2.5e5, spans),
        "decades": (blob(59.91, 10.75, 0.3), [], seasons, [placed(0.9, 59.91, 10.75, 1e4)], 1e4, many),
    }  # fmt: skip
    if name == "nothing":
        empty = world(blob(0, 0, 5))
        zero = PlaceMap(empty.lat_edges_deg, empty.lon_edges_deg, empty.mass * 0, empty.mass * 0, empty.mass * 0 + 1)
        base: dict[str, Any] = {"place_map_world": zero, "place_maps_regional": (), "modes": ()}
        blank = calendar(aug, 31, morning)
        base["calendar"] = Calendar(blank.days, 1, blank.tod_edges_s, blank.mass * 0, blank.mass * 0 + 1)
        base["regions"] = tuple(Region(level, 0.0, (), 0) for level in LEVELS)
    else:
        density, maps, when, modes, area, found = table[name]
        days = 3652 if name == "decades" else 31
        base = {
            "place_map_world": world(density),
            "place_maps_regional": tuple(maps),
            "modes": tuple(modes),
            "calendar": calendar(aug, days, when),
            "regions": tuple(Region(x, area * x, found, 100) for x in LEVELS),
        }
    base |= {
        "question": {
            "prior": {"not_before": "2018-08-01T00:00:00Z", "area": "world"},
            "clue": [{"kind": "shadow_length", "height": 2.0}],
        },
        "clues_sha256": "ab" * 32,
        "command": "noonmark locate clues.toml --out answer --seed 0",
        "versions": {"noonmark": "0.1.0", "python": "3.11"},
        "clues": (
            ClueFinding(0, "shadow_length", 3.2, 0.4, 0.01, 8.1e6),
            ClueFinding(1, "sun_azimuth", 1.1, -2.4, 0.3, np.inf),
        ),
        "conflicts": (Conflict((0, 1), "the length needs the sun at 33 deg, the azimuth below 20 deg"),),
        "advice": (Advice("azimuth of a wall", 2.0, 4.2e4, 2.1), Advice("the date", None, 1.2e5, 1.2)),
        "answer": {"ok": True, "noonmark": "0.1.0"},
    }
    return Findings(**(base | changes))


NAMES = ("sharp", "city", "two", "ring", "antimeridian", "pole", "decades", "nothing")


@pytest.fixture(scope="session")
def make() -> Callable[..., Findings]:
    """Builds synthetic findings by name."""
    return build


@pytest.fixture(scope="session", params=NAMES)
def any_findings(request: pytest.FixtureRequest) -> Findings:
    """Each of the synthetic findings in turn."""
    return build(request.param)
