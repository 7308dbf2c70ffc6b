"""The direction of the sun in the sky of the place, with a covariance; one, or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.inference.clues.common import HEMISPHERE_DEG2, Moment
from noonmark.inference.clues.direct import DirectClue, PictureModel
from noonmark.inference.clues.direction_mixture import direction_mixture
from noonmark.inference.clues.direction_normals import Covariance, DirectionComponent
from noonmark.inference.clues.spec import Common, FieldProblem, matrix, number, tables


@dataclass(frozen=True)
class Direction:
    """One of several directions between which the measurement could not decide."""

    azimuth_deg: float = number(
        "bearing of the sun, clockwise from true north", low=-180.0, high=360.0
    )
    elevation_deg: float = number("elevation of the sun's centre as seen", low=-2.0, high=90.0)
    covariance_deg2: Covariance = matrix("covariance of (azimuth x cos(elevation), elevation)")
    weight: float = number("how likely this one is beside the others", above=0.0, default=1.0)


@dataclass(frozen=True)
class SunDirection:
    """Azimuth and elevation, with their sigmas or a covariance; or a list of alternatives."""

    kind: ClassVar[str] = "sun_direction"

    azimuth_deg: float | None = number(
        "bearing of the sun, clockwise from true north", low=-180.0, high=360.0, default=None
    )
    elevation_deg: float | None = number(
        "elevation of the sun's centre as seen", low=-2.0, high=90.0, default=None
    )
    azimuth_sigma_deg: float | None = number(
        "error of the azimuth", above=0.0, high=180.0, default=None
    )
    elevation_sigma_deg: float | None = number(
        "error of the elevation", above=0.0, high=90.0, default=None
    )
    covariance_deg2: Covariance | None = matrix(
        "covariance of (azimuth x cos(elevation), elevation), instead of the two sigmas",
        default=None,
    )
    alternatives: tuple[Direction, ...] = tables(
        "directions that could not be told apart", of=Direction, default=()
    )
    common: Common = Common()


def problems(clue: SunDirection) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    single = clue.azimuth_deg is not None or clue.elevation_deg is not None
    if clue.alternatives:
        return [("alternatives", "either one direction or alternatives", "both")] if single else []
    found = []
    for name in ("azimuth_deg", "elevation_deg"):
        if getattr(clue, name) is None:
            found.append((name, "a number", "nothing"))
    return found + error_problems(
        clue.azimuth_sigma_deg, clue.elevation_sigma_deg, clue.covariance_deg2
    )


def error_problems(
    azimuth_sigma_deg: float | None,
    elevation_sigma_deg: float | None,
    covariance_deg2: Covariance | None,
    azimuth_name: str = "azimuth_sigma_deg",
) -> list[FieldProblem]:
    """Either both sigmas or a covariance."""
    if covariance_deg2 is not None:
        if azimuth_sigma_deg is None and elevation_sigma_deg is None:
            return []
        return [("covariance_deg2", "either sigmas or a covariance", "both")]
    given = ((azimuth_name, azimuth_sigma_deg), ("elevation_sigma_deg", elevation_sigma_deg))
    return [
        (name, "a number above 0 (or covariance_deg2)", "nothing")
        for name, value in given
        if value is None
    ]


def compile_clue(clue: SunDirection, index: int, moment: Moment) -> DirectClue:
    """The density of the direction, or of the alternatives by their weights."""
    if clue.alternatives:
        parts = tuple(
            DirectionComponent(a.weight, a.azimuth_deg, a.elevation_deg, a.covariance_deg2)
            for a in clue.alternatives
        )
        picture = direction_mixture(parts)
    else:
        picture = direction_mixture((_single(clue),), bent=clue.covariance_deg2 is None)
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=PictureModel(picture, moment),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(HEMISPHERE_DEG2)),
        lit=(moment,),
        freedom=2,
    )


def _single(clue: SunDirection) -> DirectionComponent:
    """The one direction of a clue, with its sigmas as a covariance."""
    azimuth, elevation = clue.azimuth_deg or 0.0, clue.elevation_deg or 0.0
    covariance = clue.covariance_deg2 or covariance_of(
        clue.azimuth_sigma_deg, clue.elevation_sigma_deg, elevation
    )
    return DirectionComponent(1.0, azimuth, elevation, covariance)


def covariance_of(
    azimuth_sigma_deg: float | None, elevation_sigma_deg: float | None, elevation_deg: float
) -> Covariance:
    """The covariance [deg2] of independent errors of azimuth and elevation.

    Its first axis is change of azimuth x cos(elevation), see
    :class:`noonmark.inference.clues.direction_normals.DirectionComponent`.
    """
    across = (azimuth_sigma_deg or 1.0) * max(float(np.cos(np.radians(elevation_deg))), 1e-3)
    return (across**2, 0.0), (0.0, (elevation_sigma_deg or 1.0) ** 2)
