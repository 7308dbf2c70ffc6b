"""The sun against known land: it clears a ridge, leaves one, or the land hides it.

The horizons of the places that come into question stand in the clue as numbers, each with its
error. Where none is within reach the clue says nothing: it counts as a mismeasured one.

The error of a time is not a field. It follows, at each place and on each day, from the error of the
ridge and from how fast the sun moves away from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.common import Comparison, LowHigh, Moment, log_normal
from noonmark.inference.clues.direct import DirectClue, averaged, averaged_bounds, normal_bounds
from noonmark.inference.clues.edges import log_phi
from noonmark.inference.clues.place_horizons import (
    HorizonField,
    PlaceHorizon,
    Rows,
    horizon_field,
    horizon_problems,
)
from noonmark.inference.clues.places import DistinctPlaces
from noonmark.inference.clues.spec import Common, FieldProblem, flag, tables
from noonmark.inference.search.domain import BoxView
from noonmark.inference.sky import Sky, seen_elevation_deg

SEMI_DIAMETER_DEG = 0.266
_STEP_S = 180.0
_SOFT_TURN_DEG = 0.05
"""The sun must rise above the ridge, or sink, by about this in six minutes."""
_LOG_ANYWHERE = -float(np.log(90.0))
_LOG_EVEN = -float(np.log(2.0))
_SOFT_DAY_DEG = 0.5


@dataclass(frozen=True)
class SunClearsRidge:
    """The first sun of the day on a place, or out from behind a summit: the upper limb appears."""

    kind: ClassVar[str] = "sun_clears_ridge"

    horizons: tuple[PlaceHorizon, ...] = tables(
        "the horizons of the places in question", of=PlaceHorizon
    )
    common: Common = Common()


@dataclass(frozen=True)
class SunLeavesRidge:
    """The last sun on a place, or in behind a summit: the upper limb disappears."""

    kind: ClassVar[str] = "sun_leaves_ridge"

    horizons: tuple[PlaceHorizon, ...] = tables(
        "the horizons of the places in question", of=PlaceHorizon
    )
    common: Common = Common()


@dataclass(frozen=True)
class InTerrainShade:
    """The place lies in the shade of the land by day, or in the sun."""

    kind: ClassVar[str] = "in_terrain_shade"

    horizons: tuple[PlaceHorizon, ...] = tables(
        "the horizons of the places in question", of=PlaceHorizon
    )
    shade: bool = flag("true if the land hides the sun, false if the sun shines", default=True)
    common: Common = Common()


RidgeClue = SunClearsRidge | SunLeavesRidge | InTerrainShade


def problems(clue: RidgeClue) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    return horizon_problems(clue.horizons)


class RidgeRule(Protocol):
    """What is said of the sun's upper limb against one horizon."""

    @property
    def log_unknown(self) -> float:
        """ln of the likelihood where no horizon is known."""
        ...

    def at(self, skies: Skies, field: HorizonField, k: int) -> Floats:
        """ln of the likelihood at the middles, (n,)."""
        ...

    def bounds(self, skies: Skies, field: HorizonField, k: int) -> LowHigh:
        """Bounds of it over each box, (n,) each."""
        ...


@dataclass(frozen=True, eq=False)
class Limb:
    """The upper limb at one instant: azimuth, elevation as seen, and their reaches over a box."""

    azimuth_deg: Floats
    low_deg: Floats
    middle_deg: Floats
    high_deg: Floats
    azimuth_reach_deg: Floats

    def above(self, field: HorizonField, k: int) -> Floats:
        """How far [deg] it stands above a horizon, (n,)."""
        return self.middle_deg - field.elevation[k].at(self.azimuth_deg)

    def above_range(self, field: HorizonField, k: int) -> LowHigh:
        """The least and the most of that over each box."""
        low, high = field.elevation[k].over(self.azimuth_deg, self.azimuth_reach_deg)
        return self.low_deg - high, self.high_deg - low

    def take(self, rows: Rows) -> Limb:
        """The limb of some of the boxes."""
        return Limb(
            self.azimuth_deg[rows],
            self.low_deg[rows],
            self.middle_deg[rows],
            self.high_deg[rows],
            self.azimuth_reach_deg[rows],
        )


@dataclass(frozen=True, eq=False)
class Skies:
    """The limb at the instant, and three minutes before and after."""

    now: Limb
    before: Limb
    after: Limb

    def take(self, rows: Rows) -> Skies:
        """Those of some of the boxes."""
        return Skies(self.now.take(rows), self.before.take(rows), self.after.take(rows))


def _limb(sky: Sky) -> Limb:
    """The upper limb of a sky."""
    elevation, reach = sky.elevation_deg(), sky.reach_deg
    return Limb(
        azimuth_deg=sky.azimuth_deg(),
        low_deg=seen_elevation_deg(np.maximum(elevation - reach, -90.0)) + SEMI_DIAMETER_DEG,
        middle_deg=seen_elevation_deg(elevation) + SEMI_DIAMETER_DEG,
        high_deg=seen_elevation_deg(np.minimum(elevation + reach, 90.0)) + SEMI_DIAMETER_DEG,
        azimuth_reach_deg=sky.azimuth_reach_deg(),
    )


@dataclass(frozen=True)
class CrossingRule:
    """The limb stands at the ridge, and moves up (``way`` 1) or down (-1) past it."""

    way: float
    log_unknown: float = _LOG_ANYWHERE

    def at(self, skies: Skies, field: HorizonField, k: int) -> Floats:
        """See :class:`RidgeRule`."""
        sigma = field.sigma[k].at(skies.now.azimuth_deg)
        turn = skies.after.above(field, k) - skies.before.above(field, k)
        moves = log_phi(self.way * turn / _SOFT_TURN_DEG)
        return log_normal(skies.now.above(field, k), sigma) + moves

    def bounds(self, skies: Skies, field: HorizonField, k: int) -> LowHigh:
        """See :class:`RidgeRule`."""
        sigmas = field.sigma[k].over(skies.now.azimuth_deg, skies.now.azimuth_reach_deg)
        first, last = skies.now.above_range(field, k)
        crosses = (first <= 0.0) & (last >= 0.0)
        least = np.minimum(abs(first), abs(last))
        most = np.maximum(abs(first), abs(last))
        low, high = normal_bounds(np.where(crosses, 0.0, least), most, *sigmas)
        before = skies.before.above_range(field, k)
        after = skies.after.above_range(field, k)
        slow, fast = after[0] - before[1], after[1] - before[0]
        if self.way < 0.0:
            slow, fast = -fast, -slow
        return low + log_phi(slow / _SOFT_TURN_DEG), high + log_phi(fast / _SOFT_TURN_DEG)


@dataclass(frozen=True)
class ShadeRule:
    """The land hides the limb by day, or does not."""

    shade: bool
    log_unknown: float = _LOG_EVEN

    def at(self, skies: Skies, field: HorizonField, k: int) -> Floats:
        """See :class:`RidgeRule`."""
        above = skies.now.above(field, k)
        sigma = field.sigma[k].at(skies.now.azimuth_deg)
        if not self.shade:
            return log_phi(above / sigma)
        return log_phi(-above / sigma) + log_phi(skies.now.middle_deg / _SOFT_DAY_DEG)

    def bounds(self, skies: Skies, field: HorizonField, k: int) -> LowHigh:
        """See :class:`RidgeRule`."""
        sigmas = field.sigma[k].over(skies.now.azimuth_deg, skies.now.azimuth_reach_deg)
        first, last = skies.now.above_range(field, k)
        if self.shade:
            low, high = _phi_bounds(-last, -first, sigmas)
            day = (skies.now.low_deg, skies.now.high_deg)
            return low + log_phi(day[0] / _SOFT_DAY_DEG), high + log_phi(day[1] / _SOFT_DAY_DEG)
        return _phi_bounds(first, last, sigmas)


def _phi_bounds(low: Floats, high: Floats, sigmas: LowHigh) -> LowHigh:
    """Bounds of ln of the normal distribution at values over sigmas, each within a range."""
    fine, coarse = sigmas
    least = np.minimum(low / fine, low / coarse)
    most = np.maximum(high / fine, high / coarse)
    return log_phi(least), log_phi(most)


@dataclass(frozen=True)
class RidgeModel:
    """A rule held against the horizons of a clue.

    See :class:`noonmark.inference.clues.direct.Model`.
    """

    field: HorizonField
    rule: RidgeRule
    moment: Moment

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        found = DistinctPlaces(view)
        which = self.field.nearest(found.each_km)
        parts = []
        for weight, skies in self._skies(view):
            values = np.full(which.size, self.rule.log_unknown)
            for k in np.unique(which[which >= 0]):
                rows = np.flatnonzero(which == k)
                values[rows] = self.rule.at(skies.take(rows), self.field, int(k))
            parts.append((weight, values))
        return averaged(parts)

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`.

        A box is bounded by every horizon that may be the nearest to a place in it.
        """
        found = DistinctPlaces(view)
        some, none = self.field.possible(found.points_km, found.reach_km)
        unknown = found.spread(none.astype(np.float64)) > 0.0
        parts = []
        for weight, skies in self._skies(view):
            low = np.where(unknown, self.rule.log_unknown, np.inf)
            high = np.where(unknown, self.rule.log_unknown, -np.inf)
            for k in np.flatnonzero(some.any(0)).tolist():
                rows = np.flatnonzero(found.spread(some[:, k].astype(np.float64)) > 0.0)
                lower, upper = self.rule.bounds(skies.take(rows), self.field, k)
                low[rows] = np.minimum(low[rows], lower)
                high[rows] = np.maximum(high[rows], upper)
            parts.append((weight, (low, high)))
        return averaged_bounds(parts)

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return self.moment.spread(view)

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        0 where no horizon is known.
        """
        which = self.field.nearest(DistinctPlaces(view).each_km)
        pulls = np.zeros(which.size)
        skies = self._skies(view)
        _, middle = skies[len(skies) // 2]
        for k in np.unique(which[which >= 0]).tolist():
            rows = np.flatnonzero(which == k)
            part = middle.take(rows)
            sigma = self.field.sigma[k].at(part.now.azimuth_deg)
            best = 0.0 if isinstance(self.rule, ShadeRule) else log_normal(0.0 * sigma, sigma)
            loss = best - self.rule.at(part, self.field, k)
            pulls[rows] = np.sqrt(2.0 * np.maximum(loss, 0.0))
        return pulls

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`.

        The elevation of the land against that of the sun's upper limb.
        """
        k = int(self.field.nearest(DistinctPlaces(view).each_km)[0])
        if k < 0:
            return ()
        skies = self._skies(view)
        limb = skies[len(skies) // 2][1].now
        land = float(self.field.elevation[k].at(limb.azimuth_deg)[0])
        return (Comparison("ridge_elevation_deg", land, float(limb.middle_deg[0])),)

    def _skies(self, view: BoxView) -> list[tuple[float, Skies]]:
        """ln of the weight and the limb, for each instant that must be averaged over."""
        series = []
        for moment in (self.moment, _moved(self.moment, -_STEP_S), _moved(self.moment, _STEP_S)):
            series.append([(w, _limb(sky)) for w, sky in moment.skies(view)])
        now, before, after = series
        found = []
        for (weight, limb), (_, earlier), (_, later) in zip(now, before, after, strict=True):
            found.append((weight, Skies(limb, earlier, later)))
        return found


def _moved(moment: Moment, seconds: float) -> Moment:
    """The moment so much later."""
    if moment.at_s is not None:
        return replace(moment, at_s=moment.at_s + seconds)
    return replace(moment, offset_s=moment.offset_s + seconds)


def compile_crossing(
    clue: SunClearsRidge | SunLeavesRidge, index: int, moment: Moment
) -> DirectClue:
    """The limb at the ridge; mistaken, it stood anywhere above a level horizon."""
    way = 1.0 if isinstance(clue, SunClearsRidge) else -1.0
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=RidgeModel(horizon_field(clue.horizons), CrossingRule(way), moment),
        outlier=clue.common.outlier,
        log_p_out=_LOG_ANYWHERE,
        lit=(moment,),
    )


def compile_shade(clue: InTerrainShade, index: int, moment: Moment) -> DirectClue:
    """Shade or sun; mistaken, one is as likely as the other."""
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=RidgeModel(horizon_field(clue.horizons), ShadeRule(clue.shade), moment),
        outlier=clue.common.outlier,
        log_p_out=_LOG_EVEN,
        lit=() if clue.shade else (moment,),
        freedom=0,
    )
