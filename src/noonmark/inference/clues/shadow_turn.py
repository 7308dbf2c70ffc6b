"""Two shadows of one thing: how far the shadow turned, how its length changed, or both.

No height, no north and no clock are needed, only the time between. The clue is joint over both
instants: neither shadow alone says anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.inference.clues.averaged_series import AveragedSeries, Series
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.series import instants_of, series_problems, shifted, shifts
from noonmark.inference.clues.shadow_noise import ShadowNoise
from noonmark.inference.clues.spec import (
    Common,
    FieldProblem,
    Instant,
    number,
    numbers,
    text,
    times,
)
from noonmark.inference.clues.turn_model import LengthChange, TurnAngle, TurnModel

_LOG_100 = float(np.log(100.0))


@dataclass(frozen=True)
class ShadowTurn:
    """The change from the first shadow to the second."""

    kind: ClassVar[str] = "shadow_turn"

    turn_deg: float | None = number(
        "turn of the shadow, clockwise seen from above", low=-180.0, high=180.0, default=None
    )
    sigma_deg: float | None = number("error of the turn", above=0.0, high=180.0, default=None)
    length_ratio: float | None = number(
        "length of the second shadow over the first", above=0.0, high=1000.0, default=None
    )
    length_ratio_sigma: float | None = number(
        "error of the ratio", above=0.0, high=1000.0, default=None
    )
    between_s: float | None = number(
        "seconds from the first to the second", above=0.0, high=86400.0, default=None
    )
    between_sigma_s: float = number("error of those seconds", low=0.0, high=43200.0, default=0.0)
    at: tuple[float, ...] = times("both instants, or the first, where known", default=())
    offsets_s: tuple[float, ...] = numbers(
        "both instants in seconds after the scene's start", length=2, default=()
    )
    mirror: str = text(
        '"unknown" if clockwise can\'t be told from its contrary',
        choices=("no", "unknown"),
        default="no",
    )
    slope_sigma_deg: float = number("unknown slope of the ground", low=0.0, high=45.0, default=1.0)
    lean_sigma_deg: float = number("unknown lean of the thing", low=0.0, high=45.0, default=1.0)
    common: Common = Common()


def problems(clue: ShadowTurn) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    found: list[FieldProblem] = []
    pairs = (
        ("turn_deg", clue.turn_deg, "sigma_deg", clue.sigma_deg),
        ("length_ratio", clue.length_ratio, "length_ratio_sigma", clue.length_ratio_sigma),
    )
    for name, value, sigma_name, sigma in pairs:
        if value is not None and sigma is None:
            found.append((sigma_name, "a number above 0", "nothing"))
        if value is None and sigma is not None:
            found.append((name, f"a number (its error {sigma_name} is given)", "nothing"))
    if clue.turn_deg is None and clue.length_ratio is None:
        found.append(("turn_deg", "turn_deg, length_ratio or both", "neither"))
    if clue.between_s is None:
        return found + series_problems(clue.at, clue.offsets_s, 2)
    if clue.offsets_s or len(clue.at) > 1:
        found.append(("between_s", "one of between_s, offsets_s and two times", "more than one"))
    return found


def moments(clue: ShadowTurn) -> tuple[Instant, ...]:
    """The two instants."""
    offsets = clue.offsets_s if clue.between_s is None else (0.0, clue.between_s)
    return instants_of(clue.at, offsets, clue.common.when)


def compile_clue(clue: ShadowTurn, index: int, moments: Series) -> DirectClue:
    """The change between two shadows, with what unknown slope and lean do to it."""
    turn, length = None, None
    log_p_out, freedom = 0.0, 0
    if clue.turn_deg is not None:
        turn = TurnAngle(clue.turn_deg, clue.sigma_deg or 1.0, clue.mirror == "unknown")
        log_p_out -= float(np.log(360.0))
        freedom += 1
    if clue.length_ratio is not None:
        length = LengthChange(clue.length_ratio, clue.length_ratio_sigma or 1.0)
        # Mismeasured: any ratio from a tenth to ten, alike in its logarithm.
        log_p_out -= float(np.log(clue.length_ratio * _LOG_100))
        freedom += 1
    noise = ShadowNoise(clue.slope_sigma_deg, clue.lean_sigma_deg)
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=AveragedSeries(
            model=TurnModel(turn, length, noise),
            series=moments,
            choices=_pairs(moments, clue.between_sigma_s),
        ),
        outlier=clue.common.outlier,
        log_p_out=log_p_out,
        lit=moments,
        freedom=freedom,
    )


def _pairs(moments: Series, between_sigma_s: float) -> tuple[tuple[float, Series], ...]:
    """The pairs of instants that clock and stopwatch allow, each with the ln of its weight.

    A wrong clock shifts both instants together, a wrong stopwatch the second alone.
    """
    stopwatch = shifts((Moment(0.0, 0.0, between_sigma_s),))
    found = []
    for weight, seconds in shifts(moments):
        first, second = shifted(moments, seconds)
        for late_weight, late_s in stopwatch:
            pair = (first, *shifted((second,), late_s))
            found.append((weight + late_weight, pair))
    return tuple(found)
