"""The direction of the sun in the frame of a camera whose heading is known or not.

One frame of unknown heading knows the sun's elevation. Several frames that share one unknown
heading know how the sun turned between them; the heading is then integrated over in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.averaged_series import AveragedSeries
from noonmark.inference.clues.common import (
    HEMISPHERE_DEG2,
    CompiledClue,
    Moment,
    SkyClue,
    log_normal,
    ring_clue,
)
from noonmark.inference.clues.direct import DirectClue, PictureModel
from noonmark.inference.clues.direction_mixture import direction_mixture
from noonmark.inference.clues.direction_normals import Covariance, DirectionComponent, with_air
from noonmark.inference.clues.series import shifted_series
from noonmark.inference.clues.shared_heading import (
    FrameDirection,
    SharedHeadingModel,
    airless_direction,
)
from noonmark.inference.clues.spec import (
    Common,
    FieldProblem,
    Instant,
    matrix,
    number,
    tables,
    time,
)
from noonmark.inference.sky import elevation_nodes

_RELATIVE = "bearing of the sun from the optical axis, clockwise"
_COVARIANCE = "covariance of (azimuth x cos(elevation), elevation)"
_LOG_P_OUT = -float(np.log(HEMISPHERE_DEG2))
"""ln of the density of a mismeasured direction: anywhere above the horizon."""


@dataclass(frozen=True)
class CameraAlternative:
    """One of several directions between which the marks could not decide."""

    relative_azimuth_deg: float = number(_RELATIVE, low=-360.0, high=360.0)
    elevation_deg: float = number("elevation of the sun's centre as seen", low=-2.0, high=90.0)
    covariance_deg2: Covariance = matrix(_COVARIANCE)
    weight: float = number("how likely this one is beside the others", above=0.0, default=1.0)


@dataclass(frozen=True)
class CameraFrame:
    """One of several frames of a camera that kept its heading."""

    relative_azimuth_deg: float = number(_RELATIVE, low=-360.0, high=360.0)
    elevation_deg: float = number("elevation of the sun's centre as seen", low=-2.0, high=90.0)
    covariance_deg2: Covariance = matrix(_COVARIANCE)
    at: float | None = time("its instant, where known", default=None)
    offset_s: float | None = number(
        "seconds after the scene's start", low=-4e9, high=4e9, default=None
    )


@dataclass(frozen=True)
class CameraDirection:
    """One direction, several alternatives, or several frames; and the heading if it is known."""

    kind: ClassVar[str] = "camera_direction"

    relative_azimuth_deg: float | None = number(_RELATIVE, low=-360.0, high=360.0, default=None)
    elevation_deg: float | None = number(
        "elevation of the sun's centre as seen", low=-2.0, high=90.0, default=None
    )
    covariance_deg2: Covariance | None = matrix(_COVARIANCE, default=None)
    heading_deg: float | None = number(
        "bearing of the optical axis", low=-180.0, high=360.0, default=None
    )
    heading_sigma_deg: float | None = number("its error", above=0.0, high=180.0, default=None)
    alternatives: tuple[CameraAlternative, ...] = tables(
        "directions not told apart", of=CameraAlternative, default=()
    )
    frames: tuple[CameraFrame, ...] = tables(
        "frames that share one heading", of=CameraFrame, default=()
    )
    common: Common = Common()


def problems(clue: CameraDirection) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    found: list[FieldProblem] = []
    names = ("relative_azimuth_deg", "elevation_deg", "covariance_deg2")
    given = [name for name in names if getattr(clue, name) is not None]
    several = [name for name in ("alternatives", "frames") if getattr(clue, name)]
    if several and (given or len(several) > 1):
        found.append((several[0], "one of a direction, alternatives and frames", "more than one"))
    if not several:
        needed = names[1:] if clue.heading_deg is None else names
        found += [(name, "a value", "nothing") for name in needed if name not in given]
    if (clue.heading_deg is None) != (clue.heading_sigma_deg is None):
        wanted = "both or neither of heading_deg and heading_sigma_deg"
        found.append(("heading_sigma_deg", wanted, "one of them"))
    if clue.frames and len(clue.frames) < 2:
        found.append(("frames", "at least 2 frames", "1"))
    if len({frame.at is None for frame in clue.frames}) > 1:
        found.append(("frames", "at for all frames or for none", "for some"))
    return found


def moments(clue: CameraDirection) -> tuple[Instant, ...]:
    """The instant of each frame."""
    if not clue.frames:
        return (clue.common.when,)
    return tuple(_instant(frame, clue.common.when) for frame in clue.frames)


def _instant(frame: CameraFrame, when: Instant) -> Instant:
    """The instant of one frame: its own time, or its offset from the clue's."""
    own_offset = frame.offset_s or 0.0
    offset = (when.offset_s or 0.0) + own_offset
    if frame.at is not None:
        return Instant(frame.at, when.at_sigma_s, None)
    if when.at_s is None:
        return Instant(None, when.at_sigma_s, offset)
    return Instant(when.at_s + own_offset, when.at_sigma_s, offset)


def compile_clue(clue: CameraDirection, index: int, moments: tuple[Moment, ...]) -> CompiledClue:
    """A density where the heading is known, a ring where it is not, a joint clue of frames."""
    if clue.frames:
        return _compiled_frames(clue, index, moments)
    if clue.heading_deg is None:
        return _compiled_ring(clue, index, moments[0])
    sigma = clue.heading_sigma_deg or 0.0
    turned = tuple(_turned(choice, clue.heading_deg, sigma) for choice in _choices(clue))
    model = PictureModel(direction_mixture(turned), moments[0])
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=model,
        outlier=clue.common.outlier,
        log_p_out=_LOG_P_OUT,
        lit=(moments[0],),
        freedom=2,
    )


def _compiled_frames(clue: CameraDirection, index: int, moments: tuple[Moment, ...]) -> DirectClue:
    """Several frames that share one heading, integrated over."""
    count = len(clue.frames)
    directions = []
    for frame in clue.frames:
        direction = FrameDirection(
            frame.relative_azimuth_deg, frame.elevation_deg, frame.covariance_deg2
        )
        directions.append(airless_direction(direction))
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=AveragedSeries(
            model=SharedHeadingModel(
                directions=tuple(directions),
                heading_deg=clue.heading_deg,
                heading_sigma_deg=clue.heading_sigma_deg,
            ),
            series=moments,
            choices=shifted_series(moments),
        ),
        outlier=clue.common.outlier,
        log_p_out=count * _LOG_P_OUT,
        lit=(moments[0], moments[-1]),
        freedom=2 * count - (clue.heading_deg is None),
    )


def _compiled_ring(clue: CameraDirection, index: int, moment: Moment) -> SkyClue:
    """One frame of unknown heading: the sun's elevation."""
    choices = _choices(clue)
    return ring_clue(
        index,
        clue.kind,
        moment,
        _ring(choices),
        outlier=clue.common.outlier,
        log_p_out=_LOG_P_OUT,
        measured=(("elevation_deg", choices[0].elevation_deg),),
    )


def _choices(clue: CameraDirection) -> tuple[CameraAlternative, ...]:
    """The directions that the sun may have, one or several."""
    if clue.alternatives:
        return clue.alternatives
    covariance = clue.covariance_deg2 or ((1.0, 0.0), (0.0, 1.0))
    azimuth, elevation = clue.relative_azimuth_deg or 0.0, clue.elevation_deg or 0.0
    return (CameraAlternative(azimuth, elevation, covariance),)


def _turned(choice: CameraAlternative, heading_deg: float, sigma_deg: float) -> DirectionComponent:
    """A direction in the camera's frame as one in the sky, the heading's error added."""
    (a, b), (c, d) = choice.covariance_deg2
    a += (sigma_deg * float(np.cos(np.radians(choice.elevation_deg)))) ** 2
    azimuth = (heading_deg + choice.relative_azimuth_deg) % 360.0
    return DirectionComponent(choice.weight, azimuth, choice.elevation_deg, ((a, b), (c, d)))


def _ring(choices: tuple[CameraAlternative, ...]) -> Floats:
    """ln of the density [per deg2] of a direction whose azimuth may be any.

    It is the elevation's density over 360 deg.
    """
    variances = [float(with_air(c.covariance_deg2, c.elevation_deg)[1, 1]) for c in choices]
    narrowest = float(np.sqrt(min(variances)))
    _, seen = elevation_nodes(float(np.clip(narrowest / 12.0, 0.002, 0.1)))
    whole = sum(c.weight for c in choices)
    parts = []
    for choice, variance in zip(choices, variances, strict=True):
        cosine = float(np.cos(np.radians(choice.elevation_deg)))
        around = 360.0 * max(cosine, 1e-3)
        share = np.log(choice.weight / whole / around)
        density = log_normal(choice.elevation_deg - seen, float(np.sqrt(variance)))
        parts.append(share + np.maximum(density, FLOOR))
    return np.asarray(np.logaddexp.reduce(np.stack(parts), axis=0))
