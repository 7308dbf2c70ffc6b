"""Rates of ``check`` on claims drawn from the declared model: true points and regions, false times.

    python benchmarks/check_rates.py [--scenes 4000] [--seed 41] [--quick]

Each scene is a random place and instant in daylight with one of eight mixes of one to six clues,
drawn from their own declared errors and shares of mismeasurement (0.01, 0.1, 0.3; 30 % of the
scenes with mismeasured clues chosen to mislead), and 0, 2 or 8 clues that cannot vary at the claim.
A line per claim and share: how often each probability is below 0.05 and below 0.001.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binom

from noonmark.inference.check import INCONSISTENT_P, STRAINED_P, judge
from noonmark.inference.claims import claim_within
from noonmark.inference.clues.clock import ClockClue
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.daylight import SunUp
from noonmark.inference.clues.lit_face import LitFace
from noonmark.inference.clues.shadow_bearing import ShadowBearing
from noonmark.inference.clues.shadow_length import ShadowLength
from noonmark.inference.clues.spec import Common
from noonmark.inference.clues.sun_azimuth import SunAzimuth
from noonmark.inference.clues.sun_elevation import SunElevation
from noonmark.inference.clues.table import compile_all
from noonmark.inference.clues.window import Window
from noonmark.inference.search.domain import Domain, point_view
from noonmark.inference.sky import seen_elevation_deg
from noonmark.values import Place

MIXES = (
    ("elevation",),
    ("length",),
    ("elevation", "azimuth"),
    ("length", "bearing"),
    ("elevation", "wall"),
    ("length", "azimuth", "clock"),
    ("wall",),
    ("elevation", "azimuth", "length", "bearing", "wall", "clock"),
)
SHARES = (0.01, 0.1, 0.3)
VACUOUS = (0, 2, 8)
NOT_BEFORE_S = 1.6e9
HALF_DAY_S = 43200.0
CHANCE = 0.001
"""A rate whose count would be as high by a smaller chance than this does not hold."""


@dataclass(frozen=True)
class Scene:
    """The truth, and the clues drawn at it."""

    place: Place
    unix_s: float
    clues: tuple[Any, ...]
    vacuous: int
    share: float
    mismeasured: bool


@dataclass(frozen=True)
class Sun:
    """The sun at the truth [deg], how to draw, and whether mismeasured clues mislead."""

    azimuth_deg: float
    elevation_deg: float
    unix_s: float
    rng: np.random.Generator
    misleading: bool


def elevation(sun: Sun, bad: bool, common: Common) -> SunElevation:
    sigma = float(sun.rng.choice([0.5, 1.0, 2.0]))
    value = sun.elevation_deg + sigma * sun.rng.normal()
    if bad:
        misled = sun.misleading and sun.elevation_deg < 60.0
        value = sun.elevation_deg + 25.0 if misled else sun.rng.uniform(0.0, 90.0)
    return SunElevation(float(np.clip(value, -2.0, 90.0)), sigma, common=common)


def azimuth(sun: Sun, bad: bool, common: Common) -> SunAzimuth:
    sigma = float(sun.rng.choice([1.0, 2.0, 5.0]))
    off = sigma * sun.rng.normal()
    if bad:
        off = 170.0 if sun.misleading else sun.rng.uniform(0.0, 360.0)
    return SunAzimuth((sun.azimuth_deg + off) % 360.0, sigma, common=common)


def length(sun: Sun, bad: bool, common: Common) -> ShadowLength:
    height, sigma, rng = 1.7, 0.03, sun.rng
    measured_height = height + sigma * rng.normal()
    slope, lean = np.radians(rng.normal()), np.radians(rng.normal())
    tangent = max(math.tan(math.radians(sun.elevation_deg)) - math.tan(slope), 0.02)
    shadow = height * (1.0 / tangent + math.tan(lean)) + sigma * rng.normal()
    if bad:
        shadow = measured_height / math.tan(math.radians(rng.uniform(2.0, 88.0)))
    return ShadowLength(measured_height, max(shadow, 0.05), sigma, sigma, common=common)


def bearing(sun: Sun, bad: bool, common: Common) -> ShadowBearing:
    error = math.hypot(2.0, math.tan(math.radians(sun.elevation_deg)))
    off = sun.rng.uniform(0.0, 360.0) if bad else error * sun.rng.normal()
    return ShadowBearing((sun.azimuth_deg + 180.0 + off) % 360.0, 2.0, common=common)


def wall(sun: Sun, bad: bool, common: Common) -> LitFace:
    faced = float(sun.rng.uniform(0.0, 360.0))
    across = math.cos(math.radians(sun.azimuth_deg - faced))
    cosine = math.cos(math.radians(sun.elevation_deg)) * across
    grazing = 90.0 - math.degrees(math.acos(cosine))
    chance = 0.5 * math.erfc(-grazing / math.hypot(5.0, 1.5) / math.sqrt(2.0))
    if bad:
        chance = float(chance < 0.5) if sun.misleading else 0.5
    return LitFace(faced, 5.0, bool(sun.rng.random() < chance), common=common)


def clock(sun: Sun, bad: bool, common: Common) -> ClockClue:
    off = sun.rng.uniform(0.0, 86400.0) if bad else 300.0 * sun.rng.normal()
    return ClockClue(float((sun.unix_s + off) % 86400.0), 300.0, "UTC", common=common)


DRAW: dict[str, Callable[[Sun, bool, Common], Any]] = {
    "elevation": elevation,
    "azimuth": azimuth,
    "length": length,
    "bearing": bearing,
    "wall": wall,
    "clock": clock,
}


def draw(rng: np.random.Generator, number: int) -> Scene:
    """One scene; its mix goes by its number, so that all mixes are as frequent."""
    while True:
        lat = float(np.degrees(np.arcsin(rng.uniform(-0.8, 0.85))))
        lon = float(rng.uniform(-170.0, 170.0))
        unix_s = NOT_BEFORE_S + float(rng.uniform(0.0, 3e7))
        at = np.array([lat]), np.array([lon]), np.array([unix_s])
        sky = point_view(Domain(-90.0, -180.0, 90.0, 180.0, unix_s, 0.0), *at).sky(at_s=unix_s)
        seen = float(seen_elevation_deg(sky.elevation_deg())[0])
        if 6.0 < seen < 75.0:
            break
    sun = Sun(float(sky.azimuth_deg()[0]) % 360.0, seen, unix_s, rng, bool(rng.random() < 0.3))
    share = float(rng.choice(SHARES))
    vacuous = int(rng.choice(VACUOUS))
    clues, mismeasured = [], False
    for kind in MIXES[number % len(MIXES)]:
        bad = bool(rng.random() < share)
        mismeasured |= bad
        clues.append(DRAW[kind](sun, bad, Common(outlier=share)))
    for k in range(vacuous):
        certain = Common(outlier=0.0)
        window = Window(unix_s - 4e6, unix_s + 4e6, common=certain)
        clues.append(window if k % 2 else SunUp(common=Common(outlier=share)))
    return Scene(Place(lat, lon), unix_s, tuple(clues), vacuous, share, mismeasured)


@dataclass(frozen=True)
class Row:
    """One checked claim."""

    claim: str
    scene: Scene
    p_measured: float
    p_model: float
    cpu_s: float


def checked(name: str, scene: Scene, rng: np.random.Generator) -> Row:
    """The check of one claim about a scene."""
    lat, lon, unix_s = scene.place.lat_deg, scene.place.lon_deg, scene.unix_s
    radius_km = length_s = 0.0
    if name == "false time":
        unix_s += float(rng.choice([-1.0, 1.0]) * rng.uniform(1.5, 5.0)) * 3600.0
    if name == "true region":
        radius_km, length_s = 100.0, 3600.0
        lat = float(np.clip(lat + rng.uniform(-0.6, 0.6), -89.0, 89.0))
        unix_s += float(rng.uniform(-0.45, 0.45)) * length_s
    prior = Domain(-90.0, -180.0, 90.0, 180.0, unix_s - HALF_DAY_S, 2.0 * HALF_DAY_S)
    place = Place(lat, (lon + 180.0) % 360.0 - 180.0)
    first = unix_s - length_s / 2.0
    claim = claim_within(prior, place, radius_km, first, first + length_s)
    moments = [(Moment(),)] * len(scene.clues)
    clues = compile_all(scene.clues, moments)
    sound = compile_all(scene.clues, moments, outlier=0.0)
    started = time.process_time()
    told = judge(claim.domain, clues, sound)
    cpu_s = time.process_time() - started
    return Row(name, scene, told.measured.p, told.model.p, cpu_s)


def share_below(values: Sequence[float], limit: float) -> float:
    """How often a probability is below a limit; nan for none."""
    return float(np.mean(np.array(values) < limit)) if values else math.nan


def table(rows: Sequence[Row]) -> bool:
    """Print a line per claim and share; whether each printed rate holds, and what chance adds."""
    print("claim, share        n   p_measured   p_model      p_measured, none mismeasured")
    fine = True
    for name in dict.fromkeys(row.claim for row in rows):
        for share in SHARES:
            some = [row for row in rows if row.claim == name and row.scene.share == share]
            clean = [row.p_measured for row in some if not row.scene.mismeasured]
            lots = ([r.p_measured for r in some], [r.p_model for r in some], clean)
            cells = [
                f"{share_below(lot, STRAINED_P):.3f} {share_below(lot, INCONSISTENT_P):.4f}"
                for lot in lots
            ]
            print(f"{name:12} {share:4} {len(some):5d}   {'   '.join(cells)}")
            if name != "false time":
                fine &= holds(lots[1], INCONSISTENT_P) and holds(clean, STRAINED_P)
                fine &= holds(clean, INCONSISTENT_P)
    return fine


def holds(values: Sequence[float], limit: float) -> bool:
    """Whether a rate is at most what is promised: a count of probability 0.001 or less is not."""
    below = int((np.array(values) < limit).sum())
    return float(binom.sf(below - 1, max(len(values), 1), limit)) > CHANCE


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=41)
    parser.add_argument("--quick", action="store_true", help="160 scenes")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    rows = []
    for number in range(160 if options.quick else options.scenes):
        scene = draw(rng, number)
        rows += [checked(name, scene, rng) for name in ("true point", "true region", "false time")]
    fine = table(rows)
    for vacuous in VACUOUS:
        some = [r.p_model for r in rows if r.claim == "true point" and r.scene.vacuous == vacuous]
        print(f"true point, {vacuous} vacuous clues: p_model {share_below(some, STRAINED_P):.3f}")
    cpu_s = np.array([row.cpu_s for row in rows])
    print(f"CPU s a check: mean {cpu_s.mean():.3f}, 95 % {np.quantile(cpu_s, 0.95):.3f}, ", end="")
    print(f"most {cpu_s.max():.3f}")
    print("PASS" if fine else "FAIL")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
