"""Ridge times, shade and its edge with the heights swapped: how often 90 % spans hold the truth.

python benchmarks/ridge_times.py [--quick]

The land is that of ../shared/data/world/dem: SRTM3 of Andorra and of the Riviera (93 m), and a tile
of Mapterhorn at Bad Schandau (24 m). The truth is seen on the whole tile; the analyst has every
second node of it, and asks for the same latitude and longitude.

The shipped error of heights, 25 m, is that of SRTM3 against summits. Halving errs less. So each row
is printed twice: with 25 m, and with the 90 % error of halved heights at the other place (what the
formula makes of an error that is known).
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from terrain import ANDORRA, DEM, RIVIERA, TILES, halved, lands, places, seen

from noonmark.actions.terrain import horizon_clue
from noonmark.geometry.horizon import sight_drop_m
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.shade_line import HALF_SHADOW_DEG
from noonmark.world.terrain import elevation_store, ground, horizon, ridge_times
from noonmark.world.terrain.line_points import line_point

SCHANDAU = "near-badschandau-z10-11.pmtiles"
START_S, DAY_S = 1704067200.0, 86400.0
POINT_SIGMA_M = 15.0
BANDS_M = (0.0, 400.0, 2000.0, 60_000.0)
ALONG_M = np.arange(0.0, 3000.0, 50.0)
AWAY_M = np.arange(60.0, 30_000.0, 25.0)


@dataclasses.dataclass(frozen=True, eq=False)
class Pair:
    """A place's horizons on the whole tile and on the halved one, and the start of a day."""

    true: Any
    told: Any
    start_s: float


@contextmanager
def height_sigma(sigma_m: float) -> Iterator[None]:
    """Take another error of heights than the shipped one for a while."""
    usual = horizon.HEIGHT_SIGMA_M
    horizon.HEIGHT_SIGMA_M = sigma_m
    try:
        yield
    finally:
        horizon.HEIGHT_SIGMA_M = usual


def pairs(box, full, half, count: int) -> list[Pair]:
    """Places of a box below 1,900 m, each with a random day of 2024."""
    rng = np.random.default_rng(17)
    return [
        Pair(seen(full, at), seen(half, at), START_S + DAY_S * float(rng.integers(366)))
        for at in places(box, full, count, rng)
    ]


def error_m(found: list[Pair]) -> float:
    """The sigma [m] whose 90 % range holds nine in ten of the errors of ridges, seen sideways."""
    off = []
    for pair in found:
        sunny = (pair.true.azimuth_deg > 50.0) & (pair.true.azimuth_deg < 310.0)
        tangent = np.radians(pair.true.elevation_deg - pair.told.elevation_deg)
        off.append(np.abs(tangent * pair.told.distance_m)[sunny])
    return float(np.quantile(np.concatenate(off), 0.9)) / ridge_times.SIGMAS_OF_90


def with_error(told: Any, sigma_m: float) -> Any:
    """A horizon with the error that heights of another sigma give it."""
    with height_sigma(sigma_m):
        return dataclasses.replace(told, sigma_deg=horizon.horizon_sigma_deg(told.distance_m))


def spans(found: list[Pair], sigma_m: float) -> np.ndarray:
    """A row a true crossing: how far [m] the ridge is, and whether the span holds it.

    Further columns: how far off the stated time is, and how wide the span [min].
    """
    rows = []
    for pair in found:
        told = with_error(pair.told, sigma_m)
        day = pair.start_s, pair.start_s + DAY_S
        stated = ridge_times.ridge_crossings(told, *day)
        for event in ridge_times.ridge_crossings(pair.true, *day):
            same = [one for one in stated if one.crossing == event.crossing]
            if not same:
                rows.append((event.ridge_m, 0.0, np.nan, np.nan))
                continue
            near = min(same, key=lambda one: abs(one.unix_s - event.unix_s))
            held = near.first_s <= event.unix_s <= near.last_s
            off_min = abs(near.unix_s - event.unix_s) / 60.0
            rows.append((near.ridge_m, float(held), off_min, (near.last_s - near.first_s) / 60.0))
    return np.array(rows)


def clue_pulls(found: list[Pair], sigma_m: float) -> np.ndarray:
    """How many sigmas the limb stands off the ridge of a clue when it truly cleared or left it."""
    pulls = []
    for pair in found:
        (clue,) = horizon_clue(
            "sun_clears_ridge", [with_error(pair.told, sigma_m)], at=None, reach_m=300.0
        )["clue"]
        land, sigma = (np.array(clue["horizons"][0][key]) for key in ("elevation_deg", "sigma_deg"))
        every = np.arange(land.size) * 360.0 / land.size
        for event in ridge_times.ridge_crossings(pair.true, pair.start_s, pair.start_s + DAY_S):
            azimuth, elevation = sun_at(pair.true.lat_deg, pair.true.lon_deg, event.unix_s)
            limb = elevation + ridge_times.SEMI_DIAMETER_DEG
            off = limb - np.interp(azimuth, every, land, period=360.0)
            pulls.append(off / np.interp(azimuth, every, sigma, period=360.0))
    return np.array(pulls)


def shade_shares(found: list[Pair], sigma_m: float) -> list[tuple[float, float, int]]:
    """By the stated probability of shade: its mean, the share truly shaded, and how many.

    Every twentieth minute of the days counts while the sun is above a level horizon.
    """
    stated, true = [], []
    for pair in found:
        t = pair.start_s + np.arange(0.0, DAY_S, 1200.0)
        _, elevation = sun_at(pair.true.lat_deg, pair.true.lon_deg, t)
        day = t[elevation > 0.0]
        stated.append(ridge_times.in_shade(with_error(pair.told, sigma_m), day))
        true.append(ridge_times.in_shade(with_error(pair.true, 0.0), day) > 0.5)
    says, is_so = np.concatenate(stated), np.concatenate(true)
    rows = []
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        here = (says >= low) & (says < high)
        rows.append((float(says[here].mean()), float(is_so[here].mean()), int(here.sum())))
    return rows


def sun_at(lat_deg: float, lon_deg: float, unix_s) -> tuple[Any, Any]:
    """Azimuth and elevation of the sun's middle [deg]."""
    sun = sun_topocentric(lat_deg, lon_deg, np.asarray(unix_s), altitude_m=1000.0)
    return np.asarray(sun.azimuth_deg), np.asarray(sun.elevation_deg)


def above_land(land: ground.Ground, lat, lon, azimuth: float, elevation: float):
    """How far [deg] a direction stands above the land, for points (n,) on the ground."""
    eye = land.at(lat, lon)[:, None] + 0.1
    far_lat, far_lon = zip(
        *(
            horizon.destination(a, o, np.array(azimuth), AWAY_M)
            for a, o in zip(lat, lon, strict=True)
        ),
        strict=True,
    )
    high = land.at(np.array(far_lat), np.array(far_lon)) - eye - sight_drop_m(AWAY_M)
    return elevation - np.degrees(np.arctan(np.nanmax(high / AWAY_M, axis=1)))


def edge_point(land, at: tuple[float, float], rng) -> tuple[float, float, float, float] | None:
    """A point where shade ends on a line from a place, as it is drawn: and the sun's direction.

    None where no shade ends on that line.
    """
    unix_s = START_S + DAY_S * float(rng.uniform(0.0, 366.0))
    azimuth, elevation = (float(v) for v in sun_at(*at, unix_s))
    way, drawn = float(rng.uniform(0.0, 360.0)), float(rng.normal(0.0, HALF_SHADOW_DEG))
    if not 2.0 < elevation < 40.0:
        return None
    reach = ALONG_M
    for _ in range(3):
        lat, lon = horizon.destination(*at, np.array(way), reach)
        above = above_land(land, lat, lon, azimuth, elevation + drawn)
        flips = np.flatnonzero(np.diff(np.signbit(above)))
        if not flips.size or not np.isfinite(above).all():
            return None
        reach = np.linspace(reach[flips[0]], reach[flips[0] + 1], 9)
    return float(lat[flips[0]]), float(lon[flips[0]]), azimuth, elevation


def edge_points(box, full, count: int) -> list[tuple[float, float, float, float]]:
    """So many points of edges of shade in a box, written down some metres beside themselves."""
    rng = np.random.default_rng(23)
    found: list[tuple[float, float, float, float]] = []
    while len(found) < count:
        (at,) = places(box, full, 1, rng)
        point = edge_point(full, at, rng)
        if point is None:
            continue
        lat, lon, azimuth, elevation = point
        north, east = rng.normal(0.0, POINT_SIGMA_M, 2)
        lat += north / 111_195.0
        lon += east / (111_195.0 * np.cos(np.radians(lat)))
        found.append((float(lat), float(lon), azimuth, elevation))
    return found


def line_pulls(points, half, sigma_m: float) -> np.ndarray:
    """How many sigmas the sun stands off the ridge as the clue of a line has it, a point each."""
    pulls = []
    for lat, lon, azimuth, elevation in points:
        with height_sigma(sigma_m):
            told = line_point(half, lat, lon, POINT_SIGMA_M, 0.0, directions=720)
        ridge = np.interp(azimuth, told.azimuth_deg, told.sigma_deg, period=360.0)
        off = elevation - float(told.at(np.array(azimuth)))
        pulls.append(off / np.hypot(float(ridge), HALF_SHADOW_DEG))
    return np.array(pulls)


def of(held: np.ndarray) -> str:
    """How many of how many, and the share."""
    return f"{int(held.sum())} of {held.size} ({100.0 * held.mean():.0f} %)"


def tell(name: str, found: list[Pair], points, half, sigma_m: float) -> np.ndarray:
    """Print the rows of one land and one error of heights; which spans held the truth."""
    rows = spans(found, sigma_m)
    held = rows[:, 1] > 0.5
    bands = []
    for near, far in pairwise(BANDS_M):
        here = (rows[:, 0] >= near) & (rows[:, 0] < far)
        bands.append(f"from {near:.0f} m {of(held[here])}")
    off_min, wide_min = np.nanmedian(rows[:, 2]), np.nanmedian(rows[:, 3])
    print(f"{name}, error of heights {sigma_m:.0f} m")
    print(f"  90 % spans of times hold {of(held)}: {', '.join(bands)}")
    print(f"  times off by {off_min:.1f} min, spans {wide_min:.0f} min wide (medians)")
    inside = ridge_times.SIGMAS_OF_90
    print(
        f"  sun_clears_ridge, sun_leaves_ridge: {of(np.abs(clue_pulls(found, sigma_m)) < inside)}"
    )
    shares = shade_shares(found, sigma_m)
    said = [f"said {100 * a:.0f} % is {100 * b:.0f} % (of {n})" for a, b, n in shares]
    print(f"  in_terrain_shade: {', '.join(said)}")
    print(f"  shade_line: {of(np.abs(line_pulls(points, half, sigma_m)) < inside)}", flush=True)
    return held


def schandau(store: Path) -> tuple[tuple[float, ...], ground.Ground, ground.Ground]:
    """The middle of the tile of Bad Schandau, and its ground in full and halved."""
    tile = elevation_store.add(DEM / SCHANDAU, store)
    heights, gaps = elevation_store.load(tile, store)
    steps = tile.lat_step_deg, tile.lon_step_deg
    full = ground.Ground(np.array(heights), np.array(gaps), tile.north_deg, tile.west_deg, *steps)
    high = 0.25 * (tile.north_deg - tile.south_deg)
    wide = 0.25 * (tile.east_deg - tile.west_deg)
    box = (
        tile.south_deg + high, tile.north_deg - high, tile.west_deg + wide, tile.east_deg - wide
    )  # fmt: skip
    return box, full, halved(full)


def main() -> int:
    """The rows; the last line is the figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    count = 16 if parser.parse_args().quick else 96
    if not DEM.is_dir():
        print("../shared/data/world/dem is absent: nothing to run on")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        for name in TILES:
            elevation_store.add(DEM / name, store)
        grounds = {
            "Andorra": (ANDORRA, *lands(ANDORRA, store)),
            "Riviera": (RIVIERA, *lands(RIVIERA, store)),
            "Bad Schandau": schandau(Path(folder) / "fine"),
        }
    found = {name: pairs(*land, count) for name, land in grounds.items()}
    learnt = {name: error_m(rows) for name, rows in found.items()}
    for name, sigma_m in learnt.items():
        print(f"error of halved heights on ridges, {name}: {sigma_m:.1f} m")
    elsewhere = {"Andorra": learnt["Riviera"], "Riviera": learnt["Andorra"]}
    held = []
    for name, (box, full, half) in grounds.items():
        points = edge_points(box, full, count // 2)
        tell(name, found[name], points, half, horizon.HEIGHT_SIGMA_M)
        if name in elsewhere:
            held.append(tell(name, found[name], points, half, elsewhere[name]))
    share = 100.0 * float(np.concatenate(held).mean())
    print(f"spans hold {share:.0f} % with the error learnt at the other place, target 86 to 94 %")
    return 0 if 86.0 <= share <= 94.0 else 1


if __name__ == "__main__":
    sys.exit(main())
