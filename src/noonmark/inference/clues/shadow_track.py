"""The track of a shadow's tip in a level plane.

Height, rotation and, if need be, handedness are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.series import instants_of, series_problems
from noonmark.inference.clues.spec import (
    Common,
    FieldProblem,
    Instant,
    flag,
    number,
    numbers,
    text,
    times,
)
from noonmark.inference.clues.track_likelihood import TrackLikelihood
from noonmark.inference.clues.track_model import TrackModel

LOG_HEIGHTS = float(np.log(1e6))
"""The unknown height is log-uniform over six decades."""
BELOW_OUTLIER_NAT = 25.0
"""What fits worse than a mismeasured track by so much (ln) need not be known more closely."""


@dataclass(frozen=True)
class ShadowTrack:
    """Tips, the foot at the origin, in any rotation; times or time differences."""

    kind: ClassVar[str] = "shadow_track"

    x_m: tuple[float, ...] = numbers("first coordinate of each tip, from the foot of the thing")
    y_m: tuple[float, ...] = numbers("second coordinate of each tip")
    sigma_m: float = number("error of each coordinate, one standard deviation", above=0.0)
    at: tuple[float, ...] = times("the instant of each tip, or of offset 0", default=())
    offsets_s: tuple[float, ...] = numbers(
        "seconds of each tip after the scene's start", default=()
    )
    mirror: str = text(
        '"no": x is to the right of y seen from above; "unknown": it may be to the left',
        choices=("no", "unknown"),
        default="no",
    )
    refraction: bool = flag(
        "whether the air lifted the sun; false for made-up tracks", default=True
    )
    common: Common = Common()


def problems(clue: ShadowTrack) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    count = len(clue.x_m)
    if count < 2:
        return [("x_m", "at least 2 tips", f"{count}")]
    if len(clue.y_m) != count:
        return [("y_m", f"{count} values, as many as x_m", f"{len(clue.y_m)}")]
    lengths = [abs(complex(x, y)) for x, y in zip(clue.x_m, clue.y_m, strict=True)]
    if all(length <= 3.0 * clue.sigma_m for length in lengths):
        return [("sigma_m", "an error well below the length of the shadows", f"{clue.sigma_m:g}")]
    return series_problems(clue.at, clue.offsets_s, count)


def moments(clue: ShadowTrack) -> tuple[Instant, ...]:
    """The instant of each tip."""
    return instants_of(clue.at, clue.offsets_s, clue.common.when)


def compile_clue(clue: ShadowTrack, index: int, moments: tuple[Moment, ...]) -> DirectClue:
    """The track as a density of its 2n numbers.

    **Method.** With z = a w + noise, a log-uniform in height and uniform in rotation, the integral
    over a is (2 pi sigma^2)^(1-n) exp(-|z|^2 sin^2 / 2 sigma^2) / (2 pi Lambda |z|^2 cos^2), Lambda
    the width of the prior in ln(height), as long as the shadows are long beside their errors.
    Handednesses are averaged.
    """
    track = np.array(clue.x_m) + 1j * np.array(clue.y_m)
    count, size2 = track.size, float(np.sum(np.abs(track) ** 2))
    variance = clue.sigma_m**2
    top = -(count - 1) * np.log(2.0 * np.pi * variance)
    top = top - np.log(2.0 * np.pi * LOG_HEIGHTS * size2)
    # Mismeasured: each tip anywhere within twice the longest shadow.
    longest = np.max(np.abs(track))
    log_p_out = -count * float(np.log(np.pi * 4.0 * longest**2))
    likelihood = TrackLikelihood(
        goals=(track,) if clue.mirror == "no" else (track, track.conj()),
        top=float(top),
        sharpness=size2 / (2.0 * variance),
        refraction=clue.refraction,
        floor=log_p_out - BELOW_OUTLIER_NAT,
    )
    # A track tells local solar time more finely than any clock tells UTC.
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=TrackModel(likelihood, moments),
        outlier=clue.common.outlier,
        log_p_out=log_p_out,
        lit=(moments[0], moments[-1]),
        freedom=max(2 * count - 5, 1),
        time_axis="solar",
    )
