"""The setup of a search: its domain, from the prior and from the instants that clues carry.

All clues of one document share one place and one start, the instant from which offsets count. A
clue with ``at`` fixes its own instant, one with ``offset_s`` counts from the start, and one with
both fixes the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.errors import InputError
from noonmark.geometry.area_mask import AreaMask
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import Comparison, CompiledClue, Moment, log_normal
from noonmark.inference.clues.spec import Instant
from noonmark.inference.search.domain import DAY, LON, TOD, BoxView, Domain
from noonmark.inference.search.likelihood import TimeAxis
from noonmark.values import from_unix_s, rfc3339

REACH_SIGMAS = 5.0
"""How far a clock's error is followed: beyond, one in two million is lost."""


@dataclass(frozen=True)
class SearchSetup:
    """A domain, the moments of each clue in it, and the error of the clock that gave the start.

    ``clock`` is empty where the start is unknown, or known without error.
    """

    domain: Domain
    moments: tuple[tuple[Moment, ...], ...]
    clock: tuple[CompiledClue, ...] = ()


@dataclass(frozen=True)
class StartClue:
    """The start as a clock told it: a normal density of the box's own instant.

    The methods are those of :class:`noonmark.inference.search.likelihood.BoundedLikelihood` and
    :class:`noonmark.inference.clues.common.CompiledClue`.
    """

    start_s: float
    sigma_s: float
    index: int = -1
    kind: str = "start"
    freedom: int = 1
    time_axis: TimeAxis | None = None
    outlier: float = 0.0
    sunlit: tuple[Moment, ...] = ()

    def log_likelihood(self, view: BoxView) -> Floats:
        """ln of the density at the middle of each box."""
        return log_normal(view.unix_s - self.start_s, self.sigma_s)

    def bounds(self, view: BoxView) -> tuple[Floats, Floats]:
        """A lower and an upper bound over each box."""
        away = np.abs(view.unix_s - self.start_s)
        reach = self.spread(view).sum(0)
        low = log_normal(away + reach, self.sigma_s)
        high = log_normal(np.maximum(away - reach, 0.0), self.sigma_s)
        return low, high

    def spread(self, view: BoxView) -> Floats:
        """Seconds that each axis can move the instant, (4, n)."""
        half = view.boxes.half
        out = np.zeros_like(half)
        out[LON] = half[LON] * view.domain.shear_s_per_deg
        out[TOD] = half[TOD]
        out[DAY] = np.where(half[DAY] > 0.5, half[DAY] * DAY_S, 0.0)
        return out

    def log_outlier(self, view: BoxView) -> Floats:
        """Impossible everywhere: a clock's error is all in its sigma."""
        return np.full(view.boxes.size, FLOOR)

    def pull_sigma(self, view: BoxView) -> Floats:
        """How far each box's instant is from the start, in sigmas."""
        return np.abs(view.unix_s - self.start_s) / self.sigma_s

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """The start that the clock told, against the instant of one box."""
        return (Comparison("start_unix_s", self.start_s, float(view.unix_s[0])),)


@dataclass(frozen=True)
class PriorArea:
    """The rectangle and the optional mask of the prior's area; ``east_deg`` may pass 180."""

    south_deg: float = -90.0
    west_deg: float = -180.0
    north_deg: float = 90.0
    east_deg: float = 180.0
    mask: AreaMask | None = None

    def during(self, start_s: float, length_s: float) -> Domain:
        """The domain of this area and a window."""
        return Domain(
            self.south_deg,
            self.west_deg,
            self.north_deg,
            self.east_deg,
            start_s,
            length_s,
            self.mask,
        )


def search_setup(
    instants: Sequence[tuple[Instant, ...]],
    not_before_s: float | None,
    not_after_s: float | None,
    where: PriorArea,
) -> SearchSetup:
    """The domain and the moments. See the module's docstring for the rules.

    An empty group is a clue that is seen at no instant (an area, a window): it is given the start
    and does not ask for a time.
    """
    start_s, sigma_s = _known_start(instants)
    if start_s is None:
        return _with_unknown_start(instants, not_before_s, not_after_s, where)
    moments = tuple(
        tuple(_anchored(instant, start_s, sigma_s) for instant in group) or (Moment(),)
        for group in instants
    )
    first_s = start_s - REACH_SIGMAS * sigma_s
    if not_before_s is not None:
        first_s = max(first_s, not_before_s)
    last_s = start_s + REACH_SIGMAS * sigma_s
    if not_after_s is not None:
        last_s = min(last_s, not_after_s)
    if last_s < first_s:
        raise InputError(
            f"the clues begin at {rfc3339(from_unix_s(start_s))}, outside the window of the prior",
            code="at-outside-window",
            hint="widen prior.not_before and prior.not_after, or correct `at`",
        )
    clock = (StartClue(start_s, sigma_s),) if sigma_s > 0.0 else ()
    return SearchSetup(where.during(first_s, last_s - first_s), moments, clock)


def _with_unknown_start(
    instants: Sequence[tuple[Instant, ...]],
    not_before_s: float | None,
    not_after_s: float | None,
    where: PriorArea,
) -> SearchSetup:
    """The setup where the prior's window is all that is known of the time."""
    if not_before_s is None or not_after_s is None:
        raise InputError(
            "the clues do not say when they were seen, and the window is not closed",
            code="no-time",
            hint="give prior.not_before and prior.not_after, or `at` with every clue",
        )
    moments = tuple(
        tuple(_floating(instant) for instant in group) or (Moment(),) for group in instants
    )
    return SearchSetup(where.during(not_before_s, not_after_s - not_before_s), moments)


def _known_start(instants: Sequence[tuple[Instant, ...]]) -> tuple[float | None, float]:
    """The start [POSIX s] and its sigma, if the clues settle it.

    An instant with ``at`` and ``offset_s`` does, the one of the best clock first; so do the clues
    together if each has ``at``.
    """
    tied: list[tuple[float, float]] = []
    known: list[tuple[float, float]] = []
    unknown = False
    for group in instants:
        for instant in group:
            if instant.at_s is None:
                unknown = True
                continue
            known.append((instant.at_s, instant.at_sigma_s))
            if instant.offset_s is not None:
                tied.append((instant.at_s - instant.offset_s, instant.at_sigma_s))
    if tied:
        return min(tied, key=lambda start: start[1])
    if not known or unknown:
        return None, 0.0
    return min(at_s for at_s, _ in known), max(sigma_s for _, sigma_s in known)


def _floating(instant: Instant) -> Moment:
    """A moment where the start is unknown."""
    if instant.at_s is not None:
        return Moment(at_s=instant.at_s, sigma_s=instant.at_sigma_s)
    return Moment(offset_s=instant.offset_s or 0.0)


def _anchored(instant: Instant, start_s: float, sigma_s: float) -> Moment:
    """A moment where the start is known: it shares the error of the start's clock."""
    if instant.at_s is not None and instant.offset_s is None:
        after_s = instant.at_s - start_s
        fixed = instant.at_sigma_s == 0.0
    else:
        after_s = instant.offset_s or 0.0
        fixed = sigma_s == 0.0
    return Moment(at_s=start_s + after_s) if fixed else Moment(offset_s=after_s)
