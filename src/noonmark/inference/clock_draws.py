"""Long windows over wide areas, where a clock without a date was seen: the answer is drawn.

A search would cut years of days times all longitudes to seconds. Instead place and date are drawn
from the prior, and the instant from the clock: any offset from UTC in use there and then turns the
reading into one. The other clues, and the clock's own error, weigh the points (importance
sampling): docs/decisions/0019-drawn-where-too-large.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.constants import DAY_S
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.clues.clock_model import ClockModel
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.search.bounding import inside
from noonmark.inference.search.branch_and_bound import Leaves, leaves_of_points
from noonmark.inference.search.domain import (
    BoxView,
    Domain,
    latitude_deg,
    point_view,
    sine_authalic,
)
from noonmark.inference.search.first_boxes import first_boxes
from noonmark.inference.search.frontier import log_sum
from noonmark.inference.search.likelihood import log_likelihoods
from noonmark.inference.search.volumes import holds
from noonmark.inference.search.weighted_points import (
    WeightedPoints,
    chunks,
    enough_points,
    kept,
)

LONG_S = 400.0 * DAY_S
"""Windows up to this are searched."""

WIDE_KM2 = 1e6
"""Areas up to this are searched: a known place costs little however long the window."""

SHARP_S = 3600.0
"""A clock of a greater error than this narrows the day too little to be drawn from."""

_ANY_TIME = 0.1
"""The share of points whose instant is drawn from the prior, for clocks that are mismeasured."""


def drawn_leaves(domain: Domain, clues: Sequence[CompiledClue]) -> Leaves | None:
    """The leaves of an answer drawn by a clock; None where there is none, or too few points fit."""
    if domain.length_s <= LONG_S or _area_km2(domain) <= WIDE_KM2:
        return None
    clock = next((model for clue in clues if (model := _dial(clue)) is not None), None)
    if clock is None:
        return None
    found = enough_points(_ClockDraws(domain, clues, clock).draw)
    if found is None:
        return None
    _, log_volume, _ = inside(domain, first_boxes(domain))
    return leaves_of_points(domain, found, log_sum(log_volume))


def _area_km2(domain: Domain) -> float:
    """The area of the domain's rectangle."""
    south, north = sine_authalic(np.array([domain.south_deg, domain.north_deg])).tolist()
    return float(AUTHALIC_RADIUS_KM**2 * np.radians(domain.width_deg) * (north - south))


def _dial(clue: CompiledClue) -> ClockModel | None:
    """The model of a sharp clock without a date, seen at the scene's start or an offset from it."""
    if not isinstance(clue, DirectClue) or not isinstance(clue.model, ClockModel):
        return None
    model = clue.model
    floating = model.moment.at_s is None
    return model if floating and model.period_s and model.sigma_s <= SHARP_S else None


@dataclass
class _ClockDraws:
    """Points whose instants come from a clock; each lot has random numbers of its own."""

    domain: Domain
    clues: Sequence[CompiledClue]
    clock: ClockModel
    lots: int = field(default=0)

    def draw(self, count: int) -> WeightedPoints:
        """``count`` points, with their likelihoods and weights."""
        self.lots += 1
        rng = np.random.default_rng([count, self.lots])
        centre = np.empty((4, count))
        value = np.empty(count)
        log_chance = np.empty(count)
        for part in chunks(count):
            view, told = self._points(part.stop - part.start, rng)
            centre[:, part] = view.boxes.centre
            likelihood = log_likelihoods(view, self.clues)
            value[part] = np.where(holds(self.domain, view), likelihood, -np.inf)
            log_chance[part] = self._log_chance(view, told)
        log_volume = np.log(_area_km2(self.domain) * self.domain.length_s)
        return kept(centre, value, value + log_volume - log_chance)

    def _points(self, count: int, rng: np.random.Generator) -> tuple[BoxView, Bools]:
        """Points, and whether any clock is in use at each."""
        domain = self.domain
        south, north = sine_authalic(np.array([domain.south_deg, domain.north_deg])).tolist()
        lat_deg = latitude_deg(rng.uniform(south, north, count))
        lon_deg = rng.uniform(domain.west_deg, domain.east_deg, count)
        unix_s = rng.uniform(domain.start_s, domain.end_s, count)
        prior = point_view(domain, lat_deg, lon_deg, unix_s)
        offset_s, told = self._offsets(prior, rng)
        by_clock = told & (rng.random(count) >= _ANY_TIME)
        shown_s = self._nearest_reading(unix_s + offset_s, rng)
        unix_s = np.where(by_clock, shown_s - offset_s, unix_s)
        return point_view(domain, lat_deg, lon_deg, unix_s), told

    def _offsets(self, view: BoxView, rng: np.random.Generator) -> tuple[Floats, Bools]:
        """How far a clock in use at each point is before the scene's start [s]; one of several.

        And whether there is any.
        """
        after_s = self.clock.moment.offset_s
        greatest = np.full(view.boxes.size, -np.inf)
        offset_s = np.zeros(view.boxes.size)
        for rows, log_share, offset in self.clock.clocks.offsets(view, view.unix_s + after_s):
            score = log_share + rng.gumbel(size=rows.size)
            better = score > greatest[rows]
            greatest[rows[better]] = score[better]
            offset_s[rows[better]] = offset[better] + after_s
        return offset_s, np.isfinite(greatest)

    def _nearest_reading(self, local_s: Floats, rng: np.random.Generator) -> Floats:
        """A local time at which the dial shows the reading, error and all, on the same turn."""
        period_s = self.clock.period_s
        turn_s = np.floor(local_s / period_s) * period_s
        error_s = self.clock.sigma_s * rng.standard_normal(local_s.size)
        return np.asarray(turn_s + self.clock.reading_s % period_s + error_s)

    def _log_chance(self, view: BoxView, told: Bools) -> Floats:
        """ln of the density of points, as a multiple of the prior's."""
        by_clock = (1.0 - _ANY_TIME) * self.clock.period_s * np.exp(self.clock.sound(view))
        return np.log(np.where(told, by_clock + _ANY_TIME, 1.0))
