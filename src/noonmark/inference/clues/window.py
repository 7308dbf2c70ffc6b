"""Not before, not after: a bound on the instant. An upload is an upper bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import Comparison, Moment
from noonmark.inference.clues.direct import DirectClue, instants, time_spread
from noonmark.inference.clues.spec import Common, FieldProblem, time
from noonmark.inference.search.domain import BoxView


@dataclass(frozen=True)
class Window:
    """The earliest and the latest instant; either may be missing. Times as POSIX seconds."""

    kind: ClassVar[str] = "window"

    not_before: float | None = time("the earliest instant, or a date: its beginning", default=None)
    not_after: float | None = time("the latest instant, or a date: its end", default=None)
    common: Common = Common(outlier=0.0)


def problems(clue: Window) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    first, last = window_s(clue)
    if first is None and last is None:
        return [("not_after", "not_before, not_after or both", "neither")]
    if first is not None and last is not None and last < first:
        return [("not_after", "a time later than not_before", "an earlier one")]
    return []


def window_s(clue: Window) -> tuple[float | None, float | None]:
    """The earliest and the latest instant [POSIX seconds] that the clue allows."""
    return clue.not_before, clue.not_after


@dataclass(frozen=True)
class WindowModel:
    """Certain inside the window, impossible outside.

    See :class:`noonmark.inference.clues.direct.Model`; the ends are POSIX seconds or infinite.
    """

    first_s: float
    last_s: float
    moment: Moment

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        middle, _, _ = instants(view, self.moment)
        return np.where((middle >= self.first_s) & (middle <= self.last_s), 0.0, FLOOR)

    def sound_bounds(self, view: BoxView) -> tuple[Floats, Floats]:
        """See :class:`noonmark.inference.clues.direct.Model`.

        A box is wholly inside the window, wholly outside, or astride an end.
        """
        _, first, last = instants(view, self.moment)
        wholly = (first >= self.first_s) & (last <= self.last_s)
        partly = (last >= self.first_s) & (first <= self.last_s)
        return np.where(wholly, 0.0, FLOOR), np.where(partly, 0.0, FLOOR)

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return time_spread(view, self.moment)

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return np.sqrt(-2.0 * self.sound(view))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`.

        The instant, and the nearest one that the window allows.
        """
        middle, _, _ = instants(view, self.moment)
        unix_s = float(middle[0])
        allowed_s = float(np.clip(unix_s, self.first_s, self.last_s))
        return (Comparison("unix_s", allowed_s, unix_s),)


def compile_clue(clue: Window, index: int, moment: Moment) -> DirectClue:
    """A hard window; with an outlier share, a soft one.

    Mistaken, any instant is as likely inside as outside.
    """
    first = -np.inf if clue.not_before is None else clue.not_before
    last = np.inf if clue.not_after is None else clue.not_after
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=WindowModel(first, last, moment),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(2.0)),
        freedom=0,
    )
