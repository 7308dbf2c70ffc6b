"""One or more clues of every kind, and views to hold them against, for the tests of what every clue owes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from noonmark.inference.clues.area import Area
from noonmark.inference.clues.camera_direction import CameraAlternative, CameraDirection, CameraFrame
from noonmark.inference.clues.candidates import Candidate, Candidates
from noonmark.inference.clues.clock import Clock, ZoneTable
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.daylight import Night, SunUp, Twilight
from noonmark.inference.clues.lit_face import LitFace
from noonmark.inference.clues.shadow_bearing import ShadowBearing
from noonmark.inference.clues.shadow_length import ShadowLength
from noonmark.inference.clues.shadow_track import ShadowTrack
from noonmark.inference.clues.shadow_turn import ShadowTurn
from noonmark.inference.clues.spec import Instant
from noonmark.inference.clues.sun_azimuth import SunAzimuth
from noonmark.inference.clues.sun_direction import Direction, SunDirection
from noonmark.inference.clues.sun_elevation import SunElevation
from noonmark.inference.clues.table import World, compile_one, moments
from noonmark.inference.clues.window import Window
from noonmark.inference.domain import Boxes, Domain, View, volume
from noonmark.masks import AreaMask
from noonmark.values import unix_s, utc

NOON = unix_s(utc("2024-05-10T12:00:00Z"))
DAY_S = 86400.0

_ROUND = ((2.0, 0.6), (0.6, 3.0))

SAMPLES: dict[str, Any] = {
    "shadow_length": ShadowLength(2.0, 3.1, 0.02, 0.05),
    "sun_elevation": SunElevation(41.0, 0.7),
    "sun_elevation sharp": SunElevation(6.0, 0.02),
    "sun_azimuth": SunAzimuth(97.0, 2.0),
    "sun_azimuth wide": SunAzimuth(350.0, 60.0),
    "sun_direction sigmas": SunDirection(200.0, 35.0, 8.0, 1.0),
    "sun_direction covariance": SunDirection(10.0, 20.0, covariance_deg2=_ROUND),
    "sun_direction alternatives": SunDirection(
        alternatives=(Direction(100.0, 30.0, _ROUND, 2.0), Direction(200.0, 85.0, ((100.0, -5.0), (-5.0, 9.0)), 1.0))
    ),
    "shadow_bearing": ShadowBearing(300.0, 2.0),
    "shadow_bearing either": ShadowBearing(300.0, 2.0, either_end=True, lean_sigma_deg=3.0),
    "shadow_turn": ShadowTurn(
        turn_deg=14.0, sigma_deg=1.0, length_ratio=0.9, length_ratio_sigma=0.03, between_s=3600.0
    ),
    "shadow_turn mirror": ShadowTurn(turn_deg=-20.0, sigma_deg=0.5, mirror="unknown", offsets_s=(0.0, 5400.0)),
    "shadow_turn vague": ShadowTurn(length_ratio=1.2, length_ratio_sigma=0.02, between_s=3600.0, between_sigma_s=300.0),
    "shadow_track": ShadowTrack(
        (1.0365, 1.0699, 1.1038, 1.1383), (0.4973, 0.5029, 0.5085, 0.5142), 0.001, offsets_s=(0.0, 180.0, 360.0, 540.0)
    ),
    "shadow_track mirror": ShadowTrack(
        (2.0, 2.1, 2.3, 2.6, 3.0),
        (0.1, 0.6, 1.2, 1.9, 2.9),
        0.05,
        offsets_s=tuple(1800.0 * k for k in range(5)),
        mirror="unknown",
    ),
    "camera_direction ring": CameraDirection(20.0, 40.0, _ROUND),
    "camera_direction spot": CameraDirection(20.0, 40.0, _ROUND, heading_deg=100.0, heading_sigma_deg=3.0),
    "camera_direction alternatives": CameraDirection(
        heading_deg=100.0,
        heading_sigma_deg=25.0,
        alternatives=(CameraAlternative(20.0, 40.0, _ROUND), CameraAlternative(200.0, 20.0, _ROUND, 0.5)),
    ),
    "camera_direction frames": CameraDirection(
        frames=(
            CameraFrame(20.0, 40.0, _ROUND, offset_s=0.0),
            CameraFrame(36.0, 43.0, _ROUND, offset_s=3600.0),
            CameraFrame(55.0, 45.0, _ROUND, offset_s=7200.0),
        )
    ),
    "lit_face": LitFace(120.0, 2.0, True),
    "lit_face shade": LitFace(-30.0, 2.0, False),
    "sun_up": SunUp(),
    "twilight": Twilight("nautical"),
    "night": Night("lamps"),
    "window": Window(NOON - 40000.0, NOON + 90000.0),
    "clock": Clock(41000.0, 60.0),
    "clock dial": Clock(11000.0, 60.0, hours=12),
    "clock dated": Clock(41000.0, 60.0, date=int(NOON // DAY_S)),
    "clock zone": Clock(41000.0, 60.0, zone="Europe/Oslo"),
    "area": Area("XX"),
    "area soft": Area("XX", sigma_km=200.0),
    "candidates": Candidates((Candidate(60.0, 10.0, 50.0), Candidate(-33.0, 151.0, 5.0, 3.0))),
}
NEEDS_THE_SUN = (
    "shadow_length", "sun_azimuth", "sun_direction sigmas", "shadow_bearing", "shadow_turn", "shadow_track",
    "camera_direction ring", "camera_direction spot", "camera_direction frames", "lit_face", "lit_face shade",
)  # fmt: skip


def _history(zone: str) -> SimpleNamespace:
    """Two made-up zones with summer time (one hour forward on 11 May 2024, 01:00 UTC) and some without."""
    offset = {"A/Plus8": 28800, "A/Plus6": 21600, "Europe/Oslo": 3600, "C/Minus5": -18000, "Sea": 0}[zone]
    if zone in ("Europe/Oslo", "C/Minus5"):
        changes = np.array([NOON + 13 * 3600.0, NOON + 150 * DAY_S], dtype=np.int64)
        return SimpleNamespace(at_s=changes, offset_s=np.array([offset, offset + 3600, offset]))
    return SimpleNamespace(at_s=np.zeros(0, np.int64), offset_s=np.array([offset]))


def world() -> World:
    """A made-up Earth: zones in blocks, two at once in one of them; one area across the antimeridian."""
    sets = (("Sea",), ("A/Plus8",), ("A/Plus8", "A/Plus6"), ("Europe/Oslo",), ("C/Minus5",), ("Europe/Oslo", "Sea"))
    rng = np.random.default_rng(3)
    index = np.repeat(np.repeat(rng.integers(0, len(sets), (18, 36)), 10, 0), 10, 1).astype(np.int16)
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
    from noonmark.inference.domain import first_boxes

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


def inside(domain: Domain, outer: Boxes, rng: np.random.Generator) -> View:
    """One random point inside each box, corners and edges often."""
    count = outer.size
    spot = rng.uniform(-1.0, 1.0, (4, count))
    corner = rng.choice([-1.0, 1.0], (4, count))
    spot = np.where(rng.random((4, count)) < 0.4, corner, spot)
    centre = outer.centre + spot * outer.half
    low = np.ceil(outer.centre[3] - outer.half[3] - 1e-9)
    days = np.floor(rng.random(count) * np.maximum(2.0 * outer.half[3], 1.0))
    centre[3] = low + np.minimum(days, np.maximum(2.0 * outer.half[3] - 1.0, 0.0)) + 0.5
    return View(domain, Boxes(centre, np.zeros_like(centre)))


__all__ = ["DOMAINS", "NEEDS_THE_SUN", "NOON", "SAMPLES", "boxes", "compiled", "inside", "resolved", "volume"]
