"""One or more clues of every kind, and views to hold them against, for the tests of what every clue
owes.
"""

from __future__ import annotations

import functools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np

from noonmark.geometry.area_mask import AreaMask
from noonmark.inference.clues.area import Area
from noonmark.inference.clues.body_direction import BodyDirection
from noonmark.inference.clues.calendar_date import DateClue
from noonmark.inference.clues.camera_direction import (
    CameraAlternative,
    CameraDirection,
    CameraFrame,
)
from noonmark.inference.clues.candidates import CandidatePlace, Candidates
from noonmark.inference.clues.clock import ClockClue
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.daylight import Night, SunUp, Twilight
from noonmark.inference.clues.lit_face import LitFace
from noonmark.inference.clues.moon_phase import MoonPhaseClue
from noonmark.inference.clues.moon_tilt import MoonTilt
from noonmark.inference.clues.moon_up import MoonUp
from noonmark.inference.clues.place_horizons import PlaceHorizon
from noonmark.inference.clues.places import Places, WeightedPlace
from noonmark.inference.clues.ray import Ray
from noonmark.inference.clues.ridge import InTerrainShade, SunClearsRidge, SunLeavesRidge
from noonmark.inference.clues.searched_boxes import SearchedBox
from noonmark.inference.clues.shade_line import ShadeLine
from noonmark.inference.clues.shadow_bearing import ShadowBearing
from noonmark.inference.clues.shadow_length import ShadowLength
from noonmark.inference.clues.shadow_track import ShadowTrack
from noonmark.inference.clues.shadow_turn import ShadowTurn
from noonmark.inference.clues.spec import Instant
from noonmark.inference.clues.sun_azimuth import SunAzimuth
from noonmark.inference.clues.sun_direction import Direction, SunDirection
from noonmark.inference.clues.sun_elevation import SunElevation
from noonmark.inference.clues.sun_meridian import SunMeridian
from noonmark.inference.clues.table import World, compile_one, moments
from noonmark.inference.clues.traverse import Leg
from noonmark.inference.clues.window import Window
from noonmark.inference.clues.zone_table import ZoneTable
from noonmark.inference.search.domain import Boxes, BoxView, Domain
from noonmark.inference.search.volumes import volume
from noonmark.values import unix_s, utc

NOON = unix_s(utc("2024-05-10T12:00:00Z"))
DAY_S = 86400.0

_ROUND = ((2.0, 0.6), (0.6, 3.0))

_FACADE = (
    Leg(rise=-12.0, rise_sigma=0.15),
    Leg(18.0, 81.0, 0.0, 0.2, 1.0),
    Leg(rise=4.2, rise_sigma=0.1),
)

_WAVY = tuple(12.0 + 6.0 * math.sin(math.radians(5.0 * k)) for k in range(72))
_ERRORS = tuple(0.4 + 0.2 * math.cos(math.radians(5.0 * k)) for k in range(72))
RIDGES = (
    PlaceHorizon(40.0, 10.0, _WAVY, _ERRORS, 2e6),
    PlaceHorizon(10.0, 25.0, _WAVY[::-1], (0.5,), 2e6),
    PlaceHorizon(-25.0, 178.0, _WAVY, _ERRORS, 2e6),
)

SAMPLES: dict[str, Any] = {
    "shadow_length": ShadowLength(2.0, 3.1, 0.02, 0.05),
    "shadow_length slope": ShadowLength(
        2.0, 3.1, 0.02, 0.05, slope_deg=12.0, slope_rises_deg=100.0, lean_deg=5.0, leans_deg=10.0
    ),
    "shadow_length moonlight": ShadowLength(2.0, 1.2, 0.002, 0.005, 0.1, 0.1, light="moon"),
    "shadow_bearing moonlight": ShadowBearing(300.0, 2.0, light="moon"),
    "sun_meridian": SunMeridian(300.0),
    "sun_elevation": SunElevation(41.0, 0.7),
    "sun_elevation sharp": SunElevation(6.0, 0.02),
    "sun_azimuth": SunAzimuth(97.0, 2.0),
    "sun_azimuth wide": SunAzimuth(350.0, 60.0),
    "sun_direction sigmas": SunDirection(200.0, 35.0, 8.0, 1.0),
    "sun_direction covariance": SunDirection(10.0, 20.0, covariance_deg2=_ROUND),
    "sun_direction alternatives": SunDirection(
        alternatives=(
            Direction(100.0, 30.0, _ROUND, 2.0),
            Direction(200.0, 85.0, ((100.0, -5.0), (-5.0, 9.0)), 1.0),
        )
    ),
    "shadow_bearing": ShadowBearing(300.0, 2.0),
    "shadow_bearing either": ShadowBearing(300.0, 2.0, either_end=True, lean_sigma_deg=3.0),
    "shadow_turn": ShadowTurn(
        turn_deg=14.0, sigma_deg=1.0, length_ratio=0.9, length_ratio_sigma=0.03, between_s=3600.0
    ),
    "shadow_turn mirror": ShadowTurn(
        turn_deg=-20.0, sigma_deg=0.5, mirror="unknown", offsets_s=(0.0, 5400.0)
    ),
    "shadow_turn vague": ShadowTurn(
        length_ratio=1.2, length_ratio_sigma=0.02, between_s=3600.0, between_sigma_s=300.0
    ),
    "shadow_track": ShadowTrack(
        (1.0365, 1.0699, 1.1038, 1.1383),
        (0.4973, 0.5029, 0.5085, 0.5142),
        0.001,
        offsets_s=(0.0, 180.0, 360.0, 540.0),
    ),
    "shadow_track mirror": ShadowTrack(
        (2.0, 2.1, 2.3, 2.6, 3.0),
        (0.1, 0.6, 1.2, 1.9, 2.9),
        0.05,
        offsets_s=tuple(1800.0 * k for k in range(5)),
        mirror="unknown",
    ),
    "camera_direction ring": CameraDirection(20.0, 40.0, _ROUND),
    "camera_direction spot": CameraDirection(
        20.0, 40.0, _ROUND, heading_deg=100.0, heading_sigma_deg=3.0
    ),
    "camera_direction alternatives": CameraDirection(
        heading_deg=100.0,
        heading_sigma_deg=25.0,
        alternatives=(
            CameraAlternative(20.0, 40.0, _ROUND),
            CameraAlternative(200.0, 20.0, _ROUND, 0.5),
        ),
    ),
    "camera_direction frames": CameraDirection(
        frames=(
            CameraFrame(20.0, 40.0, _ROUND, offset_s=0.0),
            CameraFrame(36.0, 43.0, _ROUND, offset_s=3600.0),
            CameraFrame(55.0, 45.0, _ROUND, offset_s=7200.0),
        )
    ),
    "ray": Ray(_FACADE, north="true"),
    "ray rough": Ray(
        (Leg(rise=-12.0, rise_sigma=2.5), Leg(18.0, 81.0, 0.0, 4.0, 2.0)), north="true"
    ),
    "ray edge": Ray(
        (Leg(rise=-162.0, rise_sigma=3.0), Leg(51.0, 242.3, 0.0, 2.0, 1.0)),
        north="magnetic",
        north_offset_deg=-4.0,
        edge_bearing_deg=152.3,
    ),
    "ray moonlight": Ray(_FACADE, north="true", light="moon"),
    "lit_face": LitFace(120.0, 2.0, True),
    "lit_face shade": LitFace(-30.0, 2.0, False),
    "sun_up": SunUp(),
    "twilight": Twilight("nautical"),
    "night": Night("lamps"),
    "body_direction": BodyDirection("moon", 100.0, 4.0, 30.0, 0.5),
    "body_direction azimuth": BodyDirection("venus", azimuth_deg=250.0, azimuth_sigma_deg=2.0),
    "body_direction elevation": BodyDirection(
        "jupiter", elevation_deg=6.0, elevation_sigma_deg=0.05
    ),
    "moon_phase": MoonPhaseClue(lit=0.1, lit_sigma=0.03),
    "moon_phase growing": MoonPhaseClue(phase_angle_deg=150.0, sigma_deg=2.0, growing=True),
    "moon_tilt": MoonTilt(65.0, 3.0),
    "moon_tilt wide": MoonTilt(-170.0, 60.0),
    "moon_up": MoonUp(),
    "window": Window(NOON - 40000.0, NOON + 90000.0),
    "clock": ClockClue(41000.0, 60.0),
    "clock dial": ClockClue(11000.0, 60.0, hours=12),
    "clock dated": ClockClue(41000.0, 60.0, date=int(NOON // DAY_S)),
    "clock zone": ClockClue(41000.0, 60.0, zone="Europe/Oslo"),
    "clock mean solar": ClockClue(41000.0, 60.0, zone="mean_solar"),
    "clock sundial": ClockClue(41000.0, 60.0, zone="apparent_solar"),
    "clock sundial dated": ClockClue(41000.0, 60.0, zone="apparent_solar", date=int(NOON // DAY_S)),
    "date": DateClue(weekday="friday", days=((501, 520),), zone="local"),
    "date soft": DateClue(days=((401, 420), (1220, 105)), edge_days=5.0, years=(2024.0,)),
    "area": Area("XX"),
    "area soft": Area("XX", sigma_km=200.0),
    "candidates": Candidates(
        (CandidatePlace(60.0, 10.0, 50.0), CandidatePlace(-33.0, 151.0, 5.0, 3.0))
    ),
    "sun_clears_ridge": SunClearsRidge(RIDGES),
    "sun_leaves_ridge": SunLeavesRidge(RIDGES[:1]),
    "in_terrain_shade": InTerrainShade(RIDGES),
    "in_terrain_shade lit": InTerrainShade(RIDGES, shade=False),
    "shade_line": ShadeLine(RIDGES, 2.0),
    "shade_line near": ShadeLine((PlaceHorizon(40.0, 10.0, _WAVY, _ERRORS, 9e5), *RIDGES[1:])),
    "places": Places(
        (WeightedPlace(60.0, 10.0, 50e3, 0.3), WeightedPlace(-33.0, 151.0, 300e3, 0.5)), 0.2
    ),
    "places searched": Places(
        (WeightedPlace(60.0, 10.0, 200e3, 0.3), WeightedPlace(-17.0, 179.9, 100e3, 0.4)),
        0.2,
        (SearchedBox(50.0, -5.0, 70.0, 30.0), SearchedBox(-30.0, 170.0, 10.0, 200.0)),
        0.1,
    ),
}
SOLAR_CLOCKS = ("clock mean solar", "clock sundial", "clock sundial dated")
NEEDS_THE_SUN = (
    "shadow_length",
    "shadow_length slope",
    "sun_meridian",
    "sun_azimuth",
    "sun_direction sigmas",
    "shadow_bearing",
    "shadow_turn",
    "shadow_track",
    "camera_direction ring",
    "camera_direction spot",
    "camera_direction frames",
    "lit_face",
    "lit_face shade",
    "ray",
    "ray rough",
    "ray edge",
)


def _history(zone: str) -> SimpleNamespace:
    """Two made-up zones with summer time (one hour forward on 11 May 2024, 01:00 UTC) and some
    without; one that keeps solar time, and one that gives it up at that change.
    """
    if zone in ("D/Solar", "E/Solar"):
        until = NOON + (1e9 if zone == "D/Solar" else 13 * 3600.0)
        changes = np.array([until] if zone == "E/Solar" else [], dtype=np.int64)
        offsets = np.array([3400, 3600][: changes.size + 1])
        return SimpleNamespace(at_s=changes, offset_s=offsets, mean_until_s=until)
    offset = {
        "A/Plus8": 28800,
        "A/Plus6": 21600,
        "Europe/Oslo": 3600,
        "C/Minus5": -18000,
        "Sea": 0,
    }[zone]
    if zone in ("Europe/Oslo", "C/Minus5"):
        changes = np.array([NOON + 13 * 3600.0, NOON + 150 * DAY_S], dtype=np.int64)
        return SimpleNamespace(
            at_s=changes, offset_s=np.array([offset, offset + 3600, offset]), mean_until_s=-np.inf
        )
    return SimpleNamespace(
        at_s=np.zeros(0, np.int64), offset_s=np.array([offset]), mean_until_s=-np.inf
    )


def world() -> World:
    """A made-up Earth: zones in blocks, two at once in one of them; one area across the
    antimeridian.
    """
    sets = (
        ("Sea",),
        ("A/Plus8",),
        ("A/Plus8", "A/Plus6"),
        ("Europe/Oslo",),
        ("C/Minus5",),
        ("Europe/Oslo", "Sea"),
        ("D/Solar",),
        ("E/Solar", "A/Plus6"),
    )
    rng = np.random.default_rng(3)
    index = np.repeat(np.repeat(rng.integers(0, len(sets), (18, 36)), 10, 0), 10, 1).astype(
        np.int16
    )
    inside = np.zeros((60, 100), dtype=bool)
    inside[5:50, 20:90] = True
    inside[20:30, 40:60] = False
    mask = AreaMask(-20.0, 150.0, 40.0, 250.0, inside)
    return World(ZoneTable(index, sets, _history), lambda raw: mask)


def resolved(clue: Any, at_s: float | None = None) -> tuple[Moment, ...]:
    """A clue's instants as moments: floating, or from a known start."""

    def one(instant: Instant) -> Moment:
        if instant.at_s is not None:
            return Moment(instant.at_s, 0.0, instant.at_sigma_s)
        if at_s is not None:
            return Moment(at_s + (instant.offset_s or 0.0))
        return Moment(None, instant.offset_s or 0.0)

    return tuple(one(instant) for instant in moments(clue))


@functools.cache
def compiled(name: str, *, at_s: float | None = None, outlier: float | None = None) -> Any:
    """The sample of that name as evidence."""
    clue = SAMPLES[name]
    return compile_one(clue, 0, resolved(clue, at_s), WORLD, outlier=outlier)


WORLD = world()

DOMAINS = {
    "instant": Domain(-90.0, -180.0, 90.0, 180.0, NOON, 0.0),
    "hours": Domain(-90.0, -180.0, 90.0, 180.0, NOON - 7200.0, 14400.0),
    "days": Domain(-90.0, -180.0, 90.0, 180.0, NOON - 40 * DAY_S, 200 * DAY_S),
    "across": Domain(-60.0, 150.0, 20.0, 220.0, NOON - DAY_S, 3 * DAY_S),
}


def boxes(domain: Domain, rng: np.random.Generator, count: int) -> Boxes:
    """Random boxes of all sizes inside a domain, some at the poles and at its edges."""
    from noonmark.inference.search.first_boxes import first_boxes

    first = first_boxes(domain)
    chosen = first.take(rng.integers(0, first.size, count))
    centre, half = chosen.centre.copy(), chosen.half.copy()
    for axis in range(3):
        cuts = rng.integers(0, 12, count)
        small = half[axis] * 0.5**cuts
        room = half[axis] - small
        edge = rng.choice([-1.0, 0.0, 1.0], count)
        where = np.where(rng.random(count) < 0.3, edge, rng.uniform(-1.0, 1.0, count))
        centre[axis] += where * room
        half[axis] = small
    for _ in range(6):
        cut = (half[3] > 0.5) & (rng.random(count) < 0.6)
        half[3] = np.where(cut, half[3] / 2.0, half[3])
        centre[3] += np.where(cut, half[3] * rng.choice([-1.0, 1.0], count), 0.0)
    return Boxes(centre, half)


def inside(domain: Domain, outer: Boxes, rng: np.random.Generator) -> BoxView:
    """One random point inside each box, corners and edges often."""
    count = outer.size
    spot = rng.uniform(-1.0, 1.0, (4, count))
    corner = rng.choice([-1.0, 1.0], (4, count))
    spot = np.where(rng.random((4, count)) < 0.4, corner, spot)
    centre = outer.centre + spot * outer.half
    low = np.ceil(outer.centre[3] - outer.half[3] - 1e-9)
    days = np.floor(rng.random(count) * np.maximum(2.0 * outer.half[3], 1.0))
    centre[3] = low + np.minimum(days, np.maximum(2.0 * outer.half[3] - 1.0, 0.0)) + 0.5
    return BoxView(domain, Boxes(centre, np.zeros_like(centre)))


__all__ = [
    "DOMAINS",
    "NEEDS_THE_SUN",
    "NOON",
    "SAMPLES",
    "boxes",
    "compiled",
    "inside",
    "resolved",
    "volume",
]
