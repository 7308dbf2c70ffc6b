"""The direction of the moon, Venus or Jupiter in the sky of the place; or one angle of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from noonmark.geometry.moon import EPHEMERIS_SIGMA_DEG, Body
from noonmark.inference.clues import sun_azimuth, sun_direction, sun_elevation
from noonmark.inference.clues.common import CompiledClue, Moment
from noonmark.inference.clues.spec import Common, FieldProblem, number, text


@dataclass(frozen=True)
class BodyDirection:
    """Azimuth and elevation of a body of the sky, or either alone."""

    kind: ClassVar[str] = "body_direction"

    body: Body = text("which body", choices=("moon", "venus", "jupiter"), default="moon")
    azimuth_deg: float | None = number(
        "its bearing, clockwise from true north", low=-180.0, high=360.0, default=None
    )
    azimuth_sigma_deg: float | None = number(
        "error of the azimuth", above=0.0, high=180.0, default=None
    )
    elevation_deg: float | None = number(
        "elevation of its centre as seen", low=-2.0, high=90.0, default=None
    )
    elevation_sigma_deg: float | None = number(
        "error of the elevation", above=0.0, high=90.0, default=None
    )
    common: Common = Common()


def problems(clue: BodyDirection) -> list[FieldProblem]:
    """What the fields can't mean together: at least one angle, each with its error."""
    found = []
    if clue.azimuth_deg is None and clue.elevation_deg is None:
        found.append(("azimuth_deg", "an azimuth, an elevation, or both", "nothing"))
    for angle in ("azimuth", "elevation"):
        value, sigma = getattr(clue, f"{angle}_deg"), getattr(clue, f"{angle}_sigma_deg")
        if value is not None and sigma is None:
            found.append((f"{angle}_sigma_deg", "a number above 0", "nothing"))
        if value is None and sigma is not None:
            found.append((f"{angle}_sigma_deg", f"a number only beside {angle}_deg", "one without"))
    return found


def compile_clue(
    clue: BodyDirection,
    index: int,
    moment: Moment,
) -> CompiledClue:
    """What the sun's own kinds make of it, in the sky of that body.

    What they call daylight is here that the body is up. The error of its computed place is added.
    """
    body = replace(moment, body=clue.body)
    azimuth, elevation = clue.azimuth_deg, clue.elevation_deg
    across, along = (_widened(clue, name) for name in ("azimuth", "elevation"))
    made: CompiledClue
    if elevation is None:
        of_azimuth = sun_azimuth.SunAzimuth(azimuth or 0.0, across, clue.common)
        made = sun_azimuth.compile_clue(of_azimuth, index, body)
        return replace(
            made,
            kind=clue.kind,
        )
    if azimuth is None:
        of_elevation = sun_elevation.SunElevation(elevation, along, clue.common)
        return replace(sun_elevation.compile_clue(of_elevation, index, body), kind=clue.kind)
    both = sun_direction.SunDirection(azimuth, elevation, across, along, common=clue.common)
    return replace(sun_direction.compile_clue(both, index, body), kind=clue.kind)


def _widened(
    clue: BodyDirection,
    angle: str,
) -> float:
    """The error of an angle [deg] with that of the body's computed place."""
    sigma = getattr(clue, f"{angle}_sigma_deg") or 1.0
    own = EPHEMERIS_SIGMA_DEG[clue.body]
    return float(np.hypot(sigma, own))
