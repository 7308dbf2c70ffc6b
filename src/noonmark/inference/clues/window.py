"""Not before, not after: a bound on the instant. An upload is an upper bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.clues.direct import DirectClue, instants, time_spread
from noonmark.inference.clues.spec import Common, Trouble, time
from noonmark.inference.domain import View
from noonmark.inference.profile import FLOOR

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """The earliest and the latest instant; either may be missing. Times as POSIX seconds."""

    kind: ClassVar[str] = "window"

    not_before: float | None = time("the earliest instant", default=None)
    not_after: float | None = time("the latest instant", default=None)
    common: Common = Common(outlier=0.0)


def problems(clue: Window) -> list[Trouble]:
    """What the fields say together that they can't mean."""
    if clue.not_before is None and clue.not_after is None:
        return [("not_after", "not_before, not_after or both", "neither")]
    if clue.not_before is not None and clue.not_after is not None and clue.not_after < clue.not_before:
        return [("not_after", "a time later than not_before", "an earlier one")]
    return []


@dataclass(frozen=True)
class _Between:
    first_s: float
    last_s: float
    moment: Moment

    def sound(self, view: View) -> Floats:
        middle, _, _ = instants(view, self.moment)
        return np.where((middle >= self.first_s) & (middle <= self.last_s), 0.0, FLOOR)

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        _, first, last = instants(view, self.moment)
        wholly = (first >= self.first_s) & (last <= self.last_s)
        partly = (last >= self.first_s) & (first <= self.last_s)
        return np.where(wholly, 0.0, FLOOR), np.where(partly, 0.0, FLOOR)

    def spread(self, view: View) -> Floats:
        return time_spread(view, self.moment)

    def pull_sigma(self, view: View) -> Floats:
        return np.sqrt(-2.0 * self.sound(view))

    def readings(self, view: View) -> tuple[Reading, ...]:
        middle = float(instants(view, self.moment)[0][0])
        return (Reading("unix_s", float(np.clip(middle, self.first_s, self.last_s)), middle),)


def compile_clue(clue: Window, index: int, moment: Moment) -> DirectClue:
    """A hard window; with an outlier share, a soft one."""
    first = -np.inf if clue.not_before is None else clue.not_before
    last = np.inf if clue.not_after is None else clue.not_after
    model = _Between(first, last, moment)
    return DirectClue(index, clue.kind, model, clue.common.outlier, -float(np.log(2.0)))
