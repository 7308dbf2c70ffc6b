"""From the instants that clues carry to the domain of the search: what is known of the time, and how well.

All clues of one document share one place and one scene start. A clue with ``at`` fixes its own
instant, one with ``offset_s`` hangs on the start, one with both ties the start down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import InputError
from noonmark.inference.clues.common import Moment, Reading, Sounding, log_normal
from noonmark.inference.clues.spec import Instant
from noonmark.inference.domain import DAY, DAY_S, LON, TOD, Domain, View
from noonmark.masks import AreaMask
from noonmark.values import from_unix_s, rfc3339

Floats = NDArray[np.float64]

REACH_SIGMAS = 5.0
"""How far a clock's error is followed: beyond, one in two million is lost."""


@dataclass(frozen=True)
class Scene:
    """A domain, the moments of each clue in it, and the error of the clock that gave the start, if any."""

    domain: Domain
    moments: tuple[tuple[Moment, ...], ...]
    clock: tuple[Sounding, ...] = ()


@dataclass(frozen=True)
class StartClue:
    """The scene's start as a clock told it: a normal density of the box's own instant."""

    start_s: float
    sigma_s: float
    index: int = -1
    kind: str = "start"
    freedom: int = 1

    def log_likelihood(self, view: View) -> Floats:
        """See :class:`noonmark.inference.grid.Evidence`."""
        return log_normal(view.unix_s - self.start_s, self.sigma_s)

    def bounds(self, view: View) -> tuple[Floats, Floats]:
        """See :class:`noonmark.inference.grid.Evidence`."""
        away = np.abs(view.unix_s - self.start_s)
        reach = self.spread(view).sum(0)
        return log_normal(away + reach, self.sigma_s), log_normal(np.maximum(away - reach, 0.0), self.sigma_s)

    def spread(self, view: View) -> Floats:
        """See :class:`noonmark.inference.grid.Evidence`: seconds along each axis."""
        half = view.boxes.half
        out = np.zeros_like(half)
        out[LON] = half[LON] * view.domain.shear_s_per_deg
        out[TOD] = half[TOD]
        out[DAY] = np.where(half[DAY] > 0.5, half[DAY] * DAY_S, 0.0)
        return out

    def log_outlier(self, view: View) -> Floats:
        """A clock's error is all in its sigma: never an outlier."""
        return np.full(view.lat_deg.size, -69.0)

    def pull_sigma(self, view: View) -> Floats:
        """See :class:`noonmark.inference.clues.common.Sounding`."""
        return np.abs(view.unix_s - self.start_s) / self.sigma_s

    def readings(self, view: View) -> tuple[Reading, ...]:
        """See :class:`noonmark.inference.clues.common.Sounding`."""
        return (Reading("start_unix_s", self.start_s, float(view.unix_s[0])),)


@dataclass(frozen=True)
class Bounds:
    """The rectangle and the optional mask of the prior's area; ``east_deg`` may pass 180."""

    south_deg: float = -90.0
    west_deg: float = -180.0
    north_deg: float = 90.0
    east_deg: float = 180.0
    mask: AreaMask | None = None


def scene(
    instants: Sequence[tuple[Instant, ...]], not_before_s: float | None, not_after_s: float | None, where: Bounds
) -> Scene:
    """The domain and the moments. See the module's docstring for the rules.

    An empty group is a clue that is seen at no instant (an area, a window): it hangs on the start
    and does not ask for a time.
    """
    start, sigma = _known_start(instants)
    if start is None:
        if not_before_s is None or not_after_s is None:
            raise InputError(
                "the clues do not say when they were seen, and the window is not closed",
                code="no-time",
                hint="give prior.not_before and prior.not_after, or `at` with every clue",
            )
        moments = tuple(tuple(_floating(i) for i in group) or (Moment(),) for group in instants)
        return Scene(_domain(where, not_before_s, not_after_s - not_before_s), moments)
    moments = tuple(tuple(_anchored(i, start, sigma) for i in group) or (Moment(),) for group in instants)
    first = max(start - REACH_SIGMAS * sigma, -np.inf if not_before_s is None else not_before_s)
    last = min(start + REACH_SIGMAS * sigma, np.inf if not_after_s is None else not_after_s)
    if last < first:
        raise InputError(
            f"the clues begin at {rfc3339(from_unix_s(start))}, outside the window of the prior",
            code="at-outside-window",
            hint="widen prior.not_before and prior.not_after, or correct `at`",
        )
    clock = (StartClue(start, sigma),) if sigma > 0.0 else ()
    return Scene(_domain(where, first, last - first), moments, clock)


def _domain(where: Bounds, start_s: float, length_s: float) -> Domain:
    return Domain(where.south_deg, where.west_deg, where.north_deg, where.east_deg, start_s, length_s, where.mask)


def _known_start(instants: Sequence[tuple[Instant, ...]]) -> tuple[float | None, float]:
    """The scene's start [s] and its sigma, if the clues settle it."""
    every = [i for group in instants for i in group]
    tied = [i for i in every if i.at_s is not None and i.offset_s is not None]
    if tied:
        best = min(tied, key=lambda i: i.at_sigma_s)
        assert best.at_s is not None and best.offset_s is not None
        return best.at_s - best.offset_s, best.at_sigma_s
    known = [i for i in every if i.at_s is not None]
    if not known or len(known) < len(every):
        return None, 0.0
    return min(i.at_s for i in known if i.at_s is not None), max(i.at_sigma_s for i in known)


def _floating(instant: Instant) -> Moment:
    if instant.at_s is not None:
        return Moment(at_s=instant.at_s, sigma_s=instant.at_sigma_s)
    return Moment(offset_s=instant.offset_s or 0.0)


def _anchored(instant: Instant, start: float, sigma: float) -> Moment:
    """A moment of a scene whose start is known: it shares the error of the start's clock."""
    if instant.at_s is not None and instant.offset_s is None:
        after = instant.at_s - start
        fixed = instant.at_sigma_s == 0.0
    else:
        after = instant.offset_s or 0.0
        fixed = sigma == 0.0
    return Moment(at_s=start + after) if fixed else Moment(offset_s=after)
