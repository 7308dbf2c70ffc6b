"""Synthetic answers: sharp, two modes, a ring, over the antimeridian or a pole, decades, none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from noonmark.inference.answer import (
    LEVELS,
    Advice,
    AnswerSummary,
    Calendar,
    ClueFinding,
    Conflict,
    LikelySize,
    Mode,
    PlaceMap,
    Region,
    Remainder,
)
from noonmark.report import PlacedMode, ReportData
from noonmark.report.calendar_fold import cell_levels
from noonmark.report.told_times import told_times
from noonmark.values import Place, unix_s
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


def place_map(
    lat_edges: Any, lon_edges: Any, log_density: LogDensity, share: float = 1.0
) -> PlaceMap:
    lat, lon = (lat_edges[1:] + lat_edges[:-1]) / 2, (lon_edges[1:] + lon_edges[:-1]) / 2
    log = log_density(*np.meshgrid(lat, lon, indexing="ij"))
    cell = (
        6371.0072**2
        * np.diff(np.sin(np.radians(lat_edges)))[:, None]
        * np.radians(np.diff(lon_edges))[None, :]
    )
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


def regional(
    lat: float, lon: float, half_deg: float, log_density: LogDensity, share: float = 1.0
) -> PlaceMap:
    wide = half_deg / np.cos(np.radians(lat))
    south, north = max(-90.0, lat - half_deg), min(90.0, lat + half_deg)
    return place_map(
        np.linspace(south, north, 81), np.linspace(lon - wide, lon + wide, 81), log_density, share
    )


def calendar(
    start: datetime, days: int, log_density: LogDensity, *, per_row: int = 1, step_s: int = 900
) -> Calendar:
    rows = unix_s(start) + 86400.0 * per_row * np.arange(days // per_row)
    edges = np.arange(0.0, 86401.0, step_s)
    log = log_density(
        *np.meshgrid((rows - rows[0]) / 86400.0, (edges[1:] + edges[:-1]) / 2, indexing="ij")
    )
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    return Calendar(rows, per_row, edges, mass, cell_levels(mass))


def intervals(*spans: tuple[datetime, datetime]) -> Any:
    return np.array([[unix_s(start), unix_s(end)] for start, end in spans])


def placed(
    mass: float, lat: float, lon: float, area_km2: float, when: datetime = NOON
) -> PlacedMode:
    clocks = tuple(local_times(lat, lon, unix_s(when)))
    instants = intervals((when - timedelta(minutes=20), when + timedelta(minutes=20)))
    mode = Mode(mass, Place(lat, lon), when, area_km2, instants, (0.3, -2.4))
    return PlacedMode(mode, nearest_place(lat, lon), clocks, told_times(instants, clocks[0][0]))


def morning(day: Any, tod: Any) -> Any:
    return -0.5 * ((tod - 4800 - 300 * np.sin(day / 5)) / 900) ** 2 - 0.5 * ((day - 19) / 6) ** 2


AUGUST = datetime(2018, 8, 1, tzinfo=UTC)
SPANS = intervals((NOON - timedelta(hours=1), NOON + timedelta(hours=1)))


def half_years() -> Any:
    """Twenty spans of an hour, half a year apart."""
    starts = [NOON + timedelta(days=182 * k) for k in range(20)]
    return intervals(*((start, start + timedelta(hours=1)) for start in starts))


def spike(day: Any, tod: Any) -> Any:
    return np.where((day == 19) & (np.abs(tod - 4950) < 450), 0.0, -1e3)


def seasons(day: Any, tod: Any) -> Any:
    of_year = day % 365.24
    spring, autumn = -0.5 * ((of_year - 110) / 4) ** 2, -0.5 * ((of_year - 235) / 4) ** 2
    return np.logaddexp(spring, autumn) - 0.5 * ((tod - 43000) / 400) ** 2


def even(day: Any, tod: Any) -> Any:
    return 0 * day * tod


def either(first: LogDensity, second: LogDensity) -> LogDensity:
    return lambda lat, lon: np.logaddexp(first(lat, lon), second(lat, lon))


@dataclass(frozen=True)
class Kind:
    """Where, on which regional maps, when, with which modes and of which size."""

    density: LogDensity
    modes: tuple[PlacedMode, ...]
    area_km2: float
    maps: tuple[PlaceMap, ...] = ()
    when: LogDensity = morning
    days: int = 31
    instants: Any = field(default_factory=lambda: SPANS)


def single(lat: float, lon: float, sigma_deg: float, half_deg: float, mode: PlacedMode) -> Kind:
    """One blob with a regional map round it; its area is that of the mode."""
    density = blob(lat, lon, sigma_deg)
    maps = (regional(lat, lon, half_deg, density),)
    return Kind(density, (mode,), mode.mode.area_km2, maps)


def two_places() -> Kind:
    first, second = blob(41.8, 86, 1), blob(-31, 80, 1)
    modes = (placed(0.5, 41.8, 86, 9e4), placed(0.49, -31, 80, 9e4))
    maps = (regional(41.8, 86, 5, first, 0.5), regional(-31, 80, 5, second, 0.5))
    return Kind(either(first, second), modes, 1.8e5, maps)


def over_the_pole() -> Kind:
    density = blob(88.5, 30, 1.2)
    polar = place_map(np.linspace(80, 90, 41), np.linspace(-180, 180, 181), density)
    return Kind(density, (placed(0.9, 88.5, 30, 2.5e5),), 2.5e5, (polar,), even)


def decades() -> Kind:
    modes = (placed(0.9, 59.91, 10.75, 1e4),)
    density = blob(59.91, 10.75, 0.3)
    return Kind(density, modes, 1e4, (), seasons, 3652, half_years())


KINDS: dict[str, Callable[[], Kind]] = {
    "sharp": lambda: single(41.8, 86, 0.4, 2, placed(0.97, 41.8, 86, 23e3)),
    "city": lambda: single(59.91, 10.75, 0.006, 0.04, placed(0.95, 59.91, 10.75, 5.0)),
    "two": two_places,
    "ring": lambda: Kind(ring(12, -40, 57, 1.2), (placed(0.9, 60, -20, 9e6),), 9.1e6, (), spike),
    "antimeridian": lambda: single(-17, 180, 1, 5, placed(0.9, -17, 179.99, 1.3e5)),
    "pole": over_the_pole,
    "decades": decades,
}


def of_summary(modes: Any, regions: list[Region]) -> dict[str, Any]:
    """What is said of an answer, and its times as they are told in UTC."""
    return {
        "summary": AnswerSummary(
            tuple(regions),
            tuple(placed.mode for placed in modes),
            Remainder(0.0, 0.0, 0.0),
            510e6,
            place_given=False,
            time_given=False,
        ),
        "times": tuple(told_times(region.instants, None) for region in regions),
    }


def nothing() -> dict[str, Any]:
    """The maps, modes and times of an answer that fits nowhere."""
    empty = world(blob(0, 0, 5))
    none = empty.mass * 0
    blank = calendar(AUGUST, 31, morning)
    no_time = blank.mass * 0
    return {
        "place_map_world": PlaceMap(empty.lat_edges_deg, empty.lon_edges_deg, none, none, none + 1),
        "place_maps_regional": (),
        "modes": (),
        "calendar": Calendar(blank.days, 1, blank.tod_edges_s, no_time, no_time + 1),
        **of_summary((), [Region(level, 0.0, np.zeros((0, 2)), 0) for level in LEVELS]),
    }


def something(kind: Kind) -> dict[str, Any]:
    """The maps, modes and times of an answer that fits somewhere."""
    area_km2 = kind.area_km2
    return {
        "place_map_world": world(kind.density),
        "place_maps_regional": kind.maps,
        "modes": kind.modes,
        "calendar": calendar(AUGUST, kind.days, kind.when),
        **of_summary(kind.modes, [Region(x, area_km2 * x, kind.instants, 100) for x in LEVELS]),
    }


def said() -> dict[str, Any]:
    """The question, what each clue says, and how to get the answer again."""
    two_sizes = (LikelySize(4.2e4, 0.74), LikelySize(6200.0, 0.26))
    why = "the length needs the sun at 33 deg, the azimuth below 20 deg"
    return {
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
        "conflicts": (Conflict((0, 1), why),),
        "advice": (
            Advice("azimuth of a wall", 2.0, 2.1, "km2", 8e4, two_sizes, 3e4, 6e4),
            Advice("the date", None, 1.2, "s", 9e4, (LikelySize(8.9e4, 1.0),), 3600.0, 9e4),
        ),
        "answer": {"ok": True, "noonmark": "0.1.0"},
    }


def build(name: str, **changes: Any) -> ReportData:
    """One of the synthetic answers by name."""
    where_and_when = nothing() if name == "nothing" else something(KINDS[name]())
    return ReportData(**(where_and_when | said() | changes))


NAMES = ("sharp", "city", "two", "ring", "antimeridian", "pole", "decades", "nothing")


@pytest.fixture(scope="session")
def make() -> Callable[..., ReportData]:
    """Builds synthetic findings by name."""
    return build


@pytest.fixture(scope="session", params=NAMES)
def any_findings(request: pytest.FixtureRequest) -> ReportData:
    """Each of the synthetic findings in turn."""
    return build(request.param)
