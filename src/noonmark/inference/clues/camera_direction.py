"""The direction of the sun in the frame of a camera whose heading is known or not: a spot, a ring, or a joint clue.

One frame of unknown heading knows the sun's elevation. Several frames that share one unknown heading know
how the sun turned between them; the heading is then integrated over in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import HEMISPHERE_DEG2, Moment, Sounding, log_normal, ring_clue
from noonmark.inference.clues.direct import DirectClue, Pictured
from noonmark.inference.clues.headings import Frames, Sight
from noonmark.inference.clues.spec import Common, Instant, Trouble, matrix, number, tables, time
from noonmark.inference.clues.spot import Component, Covariance, spot, with_air
from noonmark.inference.profile import FLOOR
from noonmark.inference.sky import elevation_nodes

Floats = NDArray[np.float64]

_RELATIVE = "bearing of the sun from the optical axis, clockwise"
_COVARIANCE = "covariance of (azimuth x cos(elevation), elevation)"


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
    offset_s: float | None = number("seconds after the scene's start", low=-4e9, high=4e9, default=None)


@dataclass(frozen=True)
class CameraDirection:
    """One direction, several alternatives, or several frames; and the heading if it is known."""

    kind: ClassVar[str] = "camera_direction"

    relative_azimuth_deg: float | None = number(_RELATIVE, low=-360.0, high=360.0, default=None)
    elevation_deg: float | None = number("elevation of the sun's centre as seen", low=-2.0, high=90.0, default=None)
    covariance_deg2: Covariance | None = matrix(_COVARIANCE, default=None)
    heading_deg: float | None = number("bearing of the optical axis", low=-180.0, high=360.0, default=None)
    heading_sigma_deg: float | None = number("its error", above=0.0, high=180.0, default=None)
    alternatives: tuple[CameraAlternative, ...] = tables("directions not told apart", of=CameraAlternative, default=())
    frames: tuple[CameraFrame, ...] = tables("frames that share one heading", of=CameraFrame, default=())
    common: Common = Common()


def problems(clue: CameraDirection) -> list[Trouble]:
    """What the fields say together that they can't mean."""
    found: list[Trouble] = []
    names = ("relative_azimuth_deg", "elevation_deg", "covariance_deg2")
    given = [name for name in names if getattr(clue, name) is not None]
    several = [name for name in ("alternatives", "frames") if getattr(clue, name)]
    if several and (given or len(several) > 1):
        found.append((several[0], "one of a direction, alternatives and frames", "more than one"))
    if not several:
        needed = names[1:] if clue.heading_deg is None else names
        found += [(name, "a value", "nothing") for name in needed if name not in given]
    if (clue.heading_deg is None) != (clue.heading_sigma_deg is None):
        found.append(("heading_sigma_deg", "both or neither of heading_deg and heading_sigma_deg", "one of them"))
    if clue.frames and len(clue.frames) < 2:
        found.append(("frames", "at least 2 frames", "1"))
    if len({frame.at is None for frame in clue.frames}) > 1:
        found.append(("frames", "at for all frames or for none", "for some"))
    return found


def moments(clue: CameraDirection) -> tuple[Instant, ...]:
    """The instant of each frame."""
    if not clue.frames:
        return (clue.common.when,)
    when = clue.common.when
    base = when.offset_s or 0.0
    found = []
    for frame in clue.frames:
        offset = base + (frame.offset_s or 0.0)
        at = frame.at if frame.at is not None else when.at_s
        if frame.at is None and at is not None:
            at += frame.offset_s or 0.0
        found.append(Instant(at, when.at_sigma_s, offset if at is None or frame.at is None else None))
    return tuple(found)


def compile_clue(clue: CameraDirection, index: int, moments: tuple[Moment, ...]) -> Sounding:
    """A spot where the heading is known, a ring where it is not, a joint clue of several frames."""
    log_p_out = -float(np.log(HEMISPHERE_DEG2))
    if clue.frames:
        sights = tuple(Sight(f.relative_azimuth_deg, f.elevation_deg, f.covariance_deg2) for f in clue.frames)
        model = Frames(sights, moments, clue.heading_deg, clue.heading_sigma_deg)
        lit = (moments[0], moments[-1])
        count = len(sights)
        freedom = 2 * count - (clue.heading_deg is None)
        return DirectClue(index, clue.kind, model, clue.common.outlier, count * log_p_out, lit, freedom)
    choices = clue.alternatives or (_single(clue),)
    if clue.heading_deg is None:
        values = _ring(choices)
        measured = (("elevation_deg", choices[0].elevation_deg),)
        outlier = clue.common.outlier
        return ring_clue(index, clue.kind, moments[0], values, outlier=outlier, log_p_out=log_p_out, measured=measured)
    heading, sigma = clue.heading_deg, clue.heading_sigma_deg or 0.0
    picture = spot(tuple(_turned(choice, heading, sigma) for choice in choices))
    picture_model = Pictured(picture, moments[0])
    return DirectClue(index, clue.kind, picture_model, clue.common.outlier, log_p_out, (moments[0],), 2)


def _single(clue: CameraDirection) -> CameraAlternative:
    covariance = clue.covariance_deg2 or ((1.0, 0.0), (0.0, 1.0))
    return CameraAlternative(clue.relative_azimuth_deg or 0.0, clue.elevation_deg or 0.0, covariance)


def _turned(choice: CameraAlternative, heading_deg: float, sigma_deg: float) -> Component:
    """A direction in the camera's frame as one in the sky, the heading's error added."""
    (a, b), (c, d) = choice.covariance_deg2
    a += (sigma_deg * float(np.cos(np.radians(choice.elevation_deg)))) ** 2
    azimuth = (heading_deg + choice.relative_azimuth_deg) % 360.0
    return Component(choice.weight, azimuth, choice.elevation_deg, ((a, b), (c, d)))


def _ring(choices: tuple[CameraAlternative, ...]) -> Floats:
    """ln of the density [per deg2] of a direction whose azimuth may be any: its elevation's, over 360 deg."""
    variances = [float(with_air(c.covariance_deg2, c.elevation_deg)[1, 1]) for c in choices]
    narrowest = float(np.sqrt(min(variances)))
    _, seen = elevation_nodes(float(np.clip(narrowest / 12.0, 0.002, 0.1)))
    whole = sum(c.weight for c in choices)
    parts = []
    for choice, variance in zip(choices, variances, strict=True):
        around = 360.0 * max(float(np.cos(np.radians(choice.elevation_deg))), 1e-3)
        share = np.log(choice.weight / whole / around)
        parts.append(share + np.maximum(log_normal(choice.elevation_deg - seen, float(np.sqrt(variance))), FLOOR))
    return np.asarray(np.logaddexp.reduce(np.stack(parts), axis=0))
