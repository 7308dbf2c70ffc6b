"""The edge of the land's shadow across the ground: the sun stands at the ridge, seen from there.

The horizons of points of the line stand in the clue as numbers. Points of one line are shaded by
one ridge, whose error they share: so many points count as ``independent`` says, not as many as were
drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.clues.common import Comparison, LowHigh, Moment, log_normal
from noonmark.inference.clues.direct import DirectClue, averaged, averaged_bounds, normal_bounds
from noonmark.inference.clues.place_horizons import (
    HorizonField,
    PlaceHorizon,
    horizon_field,
    horizon_problems,
)
from noonmark.inference.clues.places import DistinctPlaces
from noonmark.inference.clues.spec import Common, FieldProblem, number, tables
from noonmark.inference.search.domain import BoxView
from noonmark.inference.sky import Sky, seen_elevation_deg

HALF_SHADOW_DEG = 0.15
"""The edge that people draw lies somewhere in the half-shadow: the sun's disc is 0.53 deg wide."""
_LOG_ANYWHERE = -float(np.log(90.0))


@dataclass(frozen=True)
class ShadeLine:
    """The line along which the land's shadow ends, on a slope, a plain or a town."""

    kind: ClassVar[str] = "shade_line"

    horizons: tuple[PlaceHorizon, ...] = tables(
        "the horizons of points on the line", of=PlaceHorizon
    )
    independent: float = number(
        "how many of the points err by themselves: 1 where one ridge shades all",
        low=1.0,
        high=1000.0,
        default=1.0,
    )
    common: Common = Common()


def problems(clue: ShadeLine) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    found = horizon_problems(clue.horizons)
    if clue.horizons and clue.independent > len(clue.horizons):
        most = f"at most {len(clue.horizons)}, the number of horizons"
        found.append(("independent", most, f"{clue.independent:g}"))
    return found


@dataclass(frozen=True)
class ShadeLineModel:
    """The sun's middle against the horizons of the points that are within reach of a place.

    See :class:`noonmark.inference.clues.direct.Model`.
    """

    field: HorizonField
    independent: float
    moment: Moment

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        used = self._used(view)
        return averaged([(w, self._at(sky, used)) for w, sky in self.moment.skies(view)])

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`.

        Where a box may have more points within reach at one place than at another, the mean lies
        between the least and the greatest of those that may count.
        """
        found = DistinctPlaces(view)
        away, more = self.field.away_km(found.points_km), found.reach_km[:, None]
        sure = _spread(found, away + more <= self.field.reach_km)
        some = _spread(found, away - more <= self.field.reach_km)
        return averaged_bounds(
            [(w, self._over(sky, sure, some)) for w, sky in self.moment.skies(view)]
        )

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return self.moment.spread(view)

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        0 where no point is within reach.
        """
        used = self._used(view)
        sky = self._middle(view)
        loss = np.zeros(len(used))
        for k in range(self.field.count):
            pull = self._off(sky, k) / self._sigma(sky, k)
            loss += np.where(
                used[:, k],
                0.5 * pull**2,
                0.0,
            )
        return np.sqrt(2.0 * loss * self._each(used.sum(1)))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`.

        The mean elevation of the land against that of the sun.
        """
        which = np.flatnonzero(self._used(view)[0])
        if not which.size:
            return ()
        sky = self._middle(view)
        azimuth = sky.azimuth_deg()
        land = [float(self.field.elevation[k].at(azimuth)[0]) for k in which.tolist()]
        sun = float(seen_elevation_deg(sky.elevation_deg())[0])
        return (Comparison("ridge_elevation_deg", float(np.mean(land)), sun),)

    def _used(self, view: BoxView) -> NDArray[np.bool_]:
        """Which points are within reach of the middle of each box, (n, k)."""
        found = DistinctPlaces(view)
        return _spread(found, self.field.away_km(found.points_km) <= self.field.reach_km)

    def _each(self, count: NDArray[np.int_]) -> Floats:
        """What each of so many points counts."""
        return np.minimum(self.independent, count) / np.maximum(count, 1)

    def _middle(self, view: BoxView) -> Sky:
        skies = self.moment.skies(view)
        return skies[len(skies) // 2][1]

    def _off(self, sky: Sky, k: int) -> Floats:
        """How far [deg] the sun's middle stands above a point's horizon."""
        seen = seen_elevation_deg(sky.elevation_deg())
        return np.asarray(seen - self.field.elevation[k].at(sky.azimuth_deg()))

    def _sigma(self, sky: Sky, k: int) -> Floats:
        return np.hypot(self.field.sigma[k].at(sky.azimuth_deg()), HALF_SHADOW_DEG)

    def _at(self, sky: Sky, used: NDArray[np.bool_]) -> Floats:
        """ln of the likelihood at the middles."""
        total = np.zeros(len(used))
        for k in range(self.field.count):
            value = log_normal(self._off(sky, k), self._sigma(sky, k))
            total += np.where(used[:, k], value, 0.0)
        count = used.sum(1)
        return np.where(count > 0, total * self._each(count), _LOG_ANYWHERE)

    def _over(
        self,
        sky: Sky,
        sure: NDArray[np.bool_],
        some: NDArray[np.bool_],
    ) -> LowHigh:
        """Bounds of it over each box."""
        n = len(sure)
        sums = np.zeros((2, n))
        least = np.full(n, np.inf)
        most = np.full(n, -np.inf)
        for k in range(self.field.count):
            low, high = self._point_bounds(sky, k)
            counts = sure[:, k]
            may_count = some[:, k]
            sums += np.where(
                counts,
                [low, high],
                0.0,
            )
            least = np.where(
                may_count,
                np.minimum(least, low),
                least,
            )
            most = np.where(
                may_count,
                np.maximum(most, high),
                most,
            )
        count = sure.sum(1)
        is_plain = (sure == some).all(1) & (count > 0)
        each = self._each(count)
        low, high = self._loose((least, most), count, some.sum(1))
        return (
            np.where(
                is_plain,
                sums[0] * each,
                low,
            ),
            np.where(
                is_plain,
                sums[1] * each,
                high,
            ),
        )

    def _loose(
        self,
        points: LowHigh,
        fewest: NDArray[np.int_],
        most: NDArray[np.int_],
    ) -> LowHigh:
        """Bounds where a number of points may count, from those of any one of them."""
        low, high = points
        one = np.minimum(self.independent, np.maximum(fewest, 1))
        all_of_them = np.minimum(self.independent, np.maximum(most, 1))
        low = np.minimum(low * one, low * all_of_them)
        high = np.maximum(high * one, high * all_of_them)
        may_be_none = fewest == 0
        return (
            np.where(
                may_be_none,
                np.minimum(low, _LOG_ANYWHERE),
                low,
            ),
            np.where(
                may_be_none,
                np.maximum(high, _LOG_ANYWHERE),
                high,
            ),
        )

    def _point_bounds(self, sky: Sky, k: int) -> LowHigh:
        """Bounds of what one point says."""
        azimuth, turn = sky.azimuth_deg(), sky.azimuth_reach_deg()
        elevation, reach = sky.elevation_deg(), sky.reach_deg
        land = self.field.elevation[k].over(azimuth, turn)
        sigmas = self.field.sigma[k].over(azimuth, turn)
        lowest = np.maximum(elevation - reach, -90.0)
        highest = np.minimum(elevation + reach, 90.0)
        first = seen_elevation_deg(lowest) - land[1]
        last = seen_elevation_deg(highest) - land[0]
        one_end = abs(first)
        other_end = abs(last)
        nearest = np.minimum(one_end, other_end)
        may_be_met = (first <= 0.0) & (last >= 0.0)
        return normal_bounds(
            np.where(may_be_met, 0.0, nearest),
            np.maximum(one_end, other_end),
            np.hypot(sigmas[0], HALF_SHADOW_DEG),
            np.hypot(sigmas[1], HALF_SHADOW_DEG),
        )


def _spread(
    found: DistinctPlaces,
    which: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Rows of the distinct places (m, k) for every box (n, k)."""
    columns = [found.spread(which[:, k].astype(np.float64)) > 0.0 for k in range(which.shape[1])]
    return np.stack(columns, axis=1)


def compile_clue(clue: ShadeLine, index: int, moment: Moment) -> DirectClue:
    """The sun at the ridge, seen from each point; mistaken, it stood anywhere above the level."""
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=ShadeLineModel(horizon_field(clue.horizons), clue.independent, moment),
        outlier=clue.common.outlier,
        log_p_out=_LOG_ANYWHERE,
        lit=(moment,),
    )
