"""The track of a shadow's tip in a level plane: height, rotation and, if need be, handedness unknown.

Seen as complex numbers the measured tips z are one unknown number (height and rotation) times the tips w
of a unit pole. What is left when that number is chosen best is the angle between z and w as complex
vectors (Fubini-Study), and that angle is all the clue knows of place and time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.clues.direct import DirectClue, averaged
from noonmark.inference.clues.pencil import Need, Sweep, greatest_sine, least_sine, pair_sine, pencil, sweep
from noonmark.inference.clues.rises import low_sine, rises
from noonmark.inference.clues.series import instants_of, series_problems, shifted, shifts
from noonmark.inference.clues.spec import Common, Instant, Trouble, flag, number, numbers, text, times
from noonmark.inference.clues.tips import (
    LOWEST_SINE,
    Moves,
    Paths,
    Suns,
    Tips,
    bends,
    moves,
    paths,
    rest,
    rest_of_bends,
    rise_rates,
    shape_rates,
    tips,
)
from noonmark.inference.domain import Domain, View
from noonmark.inference.profile import FLOOR

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Bools = NDArray[np.bool_]

LEAST_COSINE_SQUARED = 0.0025
LOG_HEIGHTS = float(np.log(1e6))
"""The unknown height is log-uniform over six decades."""
FAR_NAT = 40.0
"""Cells that are this far below the best seen in the same search are not looked at more closely."""
ROUGH_TIPS = 5
"""Tips that are looked at first: most places and dates are wrong by so much that a few tell."""
LOW_SUN = 0.55
"""Where a cell's sun may stand lower than this (its sine), one over the tips tells more than the tips."""
_CHUNK = 24_000

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
    offsets_s: tuple[float, ...] = numbers("seconds of each tip after the scene's start", default=())
    mirror: str = text(
        '"no": x is to the right of y seen from above; "unknown": it may be to the left',
        choices=("no", "unknown"),
        default="no",
    )
    refraction: bool = flag("whether the air lifted the sun; false for made-up tracks", default=True)
    common: Common = Common()


def problems(clue: ShadowTrack) -> list[Trouble]:
    """What the fields say together that they can't mean."""
    count = len(clue.x_m)
    if count < 2:
        return [("x_m", "at least 2 tips", f"{count}")]
    if len(clue.y_m) != count:
        return [("y_m", f"{count} values, as many as x_m", f"{len(clue.y_m)}")]
    if all(abs(complex(x, y)) <= 3.0 * clue.sigma_m for x, y in zip(clue.x_m, clue.y_m, strict=True)):
        return [("sigma_m", "an error well below the length of the shadows", f"{clue.sigma_m:g}")]
    return series_problems(clue.at, clue.offsets_s, count)


def moments(clue: ShadowTrack) -> tuple[Instant, ...]:
    """The instant of each tip."""
    return instants_of(clue.at, clue.offsets_s, clue.common.when)


@dataclass(frozen=True)
class _Memory:
    """What spares work: the best value seen in each domain, and which cells of a view are far below it."""

    best: dict[Domain, float] = field(default_factory=dict)
    hopeless: WeakKeyDictionary[View, tuple[Bools, Floats]] = field(default_factory=WeakKeyDictionary)
    ways: WeakKeyDictionary[View, dict[float, Paths]] = field(default_factory=WeakKeyDictionary)


@dataclass(frozen=True)
class _Track:
    """ln p(tips | place, start) as a function of the squared sine s2 of the angle:
    ``top - sharpness s2 - ln max(1 - s2, LEAST_COSINE_SQUARED)``."""

    goals: tuple[Complexes, ...]
    moments: tuple[Moment, ...]
    top: float
    sharpness: float
    refraction: bool
    floor: float = -np.inf
    memory: _Memory = field(default_factory=lambda: _Memory())

    def sound(self, view: View) -> Floats:
        hopeless = self.memory.hopeless.get(view)
        if hopeless is None:
            value = self._value(self._sines(view))
        else:
            # Cells that the bounds have put far below the best seen are worth their upper bound, not the work.
            value, rows = hopeless[1].copy(), np.flatnonzero(~hopeless[0])
            if rows.size:
                value[rows] = self._value(self._sines(view, rows))
        if view.lat_deg.size and view.boxes.half.any():
            best = self.memory.best.get(view.domain, -np.inf)
            self.memory.best[view.domain] = max(best, float(value.max()))
        return value

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        parts = [self._bounds_at(view, seconds) for _, seconds in shifts(self.moments)]
        if len(parts) == 1:
            return parts[0]
        weights = [weight for weight, _ in shifts(self.moments)]
        return (
            averaged([(w, p[0]) for w, p in zip(weights, parts, strict=True)]),
            averaged([(w, p[1]) for w, p in zip(weights, parts, strict=True)]),
        )

    def spread(self, view: View) -> Floats:
        """By how much each axis changes the track's shape, not just the sun's place: what turns and scales all
        tips alike costs nothing, so an hour may matter less than a day."""
        count = len(self.moments)
        few = np.array(sorted({0, count // 3, 2 * count // 3, count - 1}))
        reach = self.moments[0].spread(view)
        _, seconds = shifts(self.moments)[0]
        hopeless = self.memory.hopeless.get(view)
        # Of cells that are far below the best any axis will do: only other clues may ask for a cut.
        rows = slice(None) if hopeless is None else np.flatnonzero(~hopeless[0])
        rate = np.ones((3, view.lat_deg.size))
        sun = self._way(view, seconds).take(rows).suns(few)
        rate[:, rows] = shape_rates(sun, refraction=self.refraction)
        # What the derivatives leave out grows with the whole reach, along every axis.
        rate += 1.5 * np.radians(reach.sum(axis=0))
        # Across the horizon a shape means little: what counts is to get off it, and to be small.
        astride = sun.up.min(axis=0) < np.sin(np.minimum(moves(view, self.moments).take(rows).rise(sun), 1.5))
        rate[:, rows] = np.where(astride, rise_rates(sun) + 0.3, rate[:, rows])
        return np.asarray(reach * np.stack([rate[0], rate[1] + rate[2], rate[1], rate[2] + 0.3 * rate[1]]))

    def pull_sigma(self, view: View) -> Floats:
        least = np.min([s2.min(axis=0) for _, s2 in self._sines(view)], axis=0)
        return np.asarray(np.sqrt(2.0 * self.sharpness * least))

    def readings(self, view: View) -> tuple[Reading, ...]:
        least = min(float(s2.min()) for _, s2 in self._sines(view))
        residual = np.sqrt(least) * self._size / np.sqrt(len(self.moments))
        return (Reading("rms_m", 0.0, float(residual)),)

    @property
    def _times_s(self) -> Floats:
        return np.array([m.offset_s if m.at_s is None else m.at_s for m in self.moments])

    @property
    def _size(self) -> float:
        return float(np.linalg.norm(self.goals[0]))

    @property
    def _impossible(self) -> float:
        """Below every daytime, so that night never fits better than a wrong place."""
        return self.top - self.sharpness + FLOOR

    def _value(self, sines: list[tuple[float, Floats]]) -> Floats:
        share = -float(np.log(len(self.goals)))
        parts = []
        for weight, s2 in sines:
            for row in s2:
                value = self.top - self.sharpness * row - np.log(np.maximum(1.0 - row, LEAST_COSINE_SQUARED))
                parts.append((weight + share, np.where(row > 1.5, self._impossible, value)))
        return averaged(parts)

    def _sines(self, view: View, rows: NDArray[np.intp] | slice = slice(None)) -> list[tuple[float, Floats]]:
        """(ln weight, squared sines (handednesses, n)) for each shift of the clock; 2 where the sun is down."""
        found = []
        for weight, seconds in shifts(self.moments):
            way = self._way(view, seconds).take(rows)
            out = np.empty((len(self.goals), way.lon_deg.size))
            for part in _pieces(way.lon_deg.size, len(self.moments)):
                sun = way.take(part).suns()
                tip = tips(sun, np.zeros(1), refraction=self.refraction, slopes=False)
                size2 = np.sum(np.square(tip.at.real) + np.square(tip.at.imag), axis=0)
                for k, goal in enumerate(self.goals):
                    along = np.einsum("m,mn->n", goal.conj(), tip.at) / self._size
                    s2 = np.maximum(1.0 - (along.real**2 + along.imag**2) / size2, 0.0)
                    out[k, part] = np.where((sun.up > 0.0).all(axis=0), s2, 2.0)
            found.append((weight, out))
        return found

    def _way(self, view: View, seconds: float) -> Paths:
        """The sun's way over a view, kept as long as the view lives."""
        known = self.memory.ways.setdefault(view, {})
        if seconds not in known:
            known[seconds] = paths(view, shifted(self.moments, seconds))
        return known[seconds]

    def _bounds_at(self, view: View, seconds: float) -> tuple[Floats, Floats]:
        """Bounds; cells that are far below the best seen (or below a mismeasured track) get a rough look only.

        First some of the tips, in the form that suits the sun's elevation; then, for the cells that this leaves in
        the race, all.
        """
        n, count, hands = view.lat_deg.size, len(self.moments), len(self.goals)
        enough = max(self.memory.best.get(view.domain, -np.inf) - FAR_NAT, self.floor)
        way, move = self._way(view, seconds), moves(view, self.moments)
        rough = np.full((hands, n), np.inf)
        need = float(np.sqrt(max(self.top - enough, 0.0) / self.sharpness))
        if count > ROUGH_TIPS + 2 and np.isfinite(enough):
            some = np.unique(np.linspace(0, count - 1, ROUGH_TIPS).round().astype(np.intp))
            for part in _pieces(n, ROUGH_TIPS):
                rough[:, part] = self._rough_highs(way.take(part).suns(some), move.take(part), some, need)
        share = -float(np.log(hands))
        racing = rough + share >= enough
        rows = np.flatnonzero(racing.any(axis=0))
        low, high = np.full(n, self._impossible), averaged([(share, row) for row in rough])
        for piece in _pieces(rows.size, count):
            part_rows = rows[piece]
            lows, highs = self._highs(way.take(part_rows).suns(), move.take(part_rows), racing[:, part_rows], need)
            highs = np.minimum(highs, rough[:, part_rows])
            low[part_rows] = averaged([(share, row) for row in lows])
            high[part_rows] = averaged([(share, row) for row in highs])
        if rows.size < n and len(shifts(self.moments)) == 1:
            self.memory.hopeless[view] = (np.asarray(~racing.any(axis=0)), high)
        return np.minimum(low, high), high

    def _rough_highs(self, sun: Suns, move: Moves, some: NDArray[np.intp], need: float) -> Floats:
        """Upper bounds (handednesses, n) from some of the tips; a sine above ``need`` is out of the race."""
        tip = tips(sun, move.rise(sun), refraction=self.refraction, slopes=False)
        down = (tip.highest <= 0.0).any(axis=0)
        low = tip.lowest.min(axis=0) < LOW_SUN
        near = np.zeros((len(self.goals), low.size))
        rows = np.flatnonzero(low & ~down)
        if rows.size:
            near[:, rows] = self._near_low(sun.take(rows), move.take(rows), tip.take(rows), some, need)
        rows = np.flatnonzero(~low)
        if rows.size:
            near[:, rows] = self._near_high(sun.take(rows), move.take(rows), some, need)[0]
        swept = sweep(sun, move, tip.highest, np.diff(self._times_s[some]))
        for k, goal in enumerate(self.goals):
            near[k] = np.maximum(near[k], self._near_ends(tip, move, swept, goal))
        return np.where(down, self._impossible, self._most(near))

    def _highs(self, sun: Suns, move: Moves, racing: Bools, need: float) -> tuple[Floats, Floats]:
        """Lower and upper bounds (handednesses, n) from all tips; for handednesses out of the race, only what costs
        nothing."""
        every = np.arange(len(self.moments))
        near, far, tip = self._near_high(sun, move, every, need, racing)
        down = (tip.highest <= 0.0).any(axis=0)
        rows = np.flatnonzero((tip.lowest.min(axis=0) < LOW_SUN) & ~down)
        if rows.size:
            low = self._near_low(sun.take(rows), move.take(rows), tip.take(rows), every, need, racing)
            near[:, rows] = np.maximum(near[:, rows], low)
        if every.size <= ROUGH_TIPS + 2:
            swept = sweep(sun, move, tip.highest, np.diff(self._times_s))
            for k, goal in enumerate(self.goals):
                near[k] = np.maximum(near[k], self._near_ends(tip, move, swept, goal))
        lows = np.where((tip.lowest > 0.0).all(axis=0), self._least(far), self._impossible)
        lows[~racing.any(axis=1)] = self._impossible
        return lows, np.where(down, self._impossible, self._most(near))

    def _near_high(
        self, sun: Suns, move: Moves, some: NDArray[np.intp], need: float, racing: Bools | None = None
    ) -> tuple[Floats, Floats, Tips]:
        """Lower and upper bounds of the sine (handednesses, n) by the tips themselves, and these."""
        tip = tips(sun, move.rise(sun), refraction=self.refraction)
        sure = (tip.lowest > LOWEST_SINE).all(axis=0)
        family = pencil(tip.at, tip.jacobian, move.half, np.sqrt(np.square(rest(tip, move)).sum(axis=0)))
        left_of_bends = np.sqrt(np.square(rest_of_bends(tip, move)).sum(axis=0))

        def bending(weights: Complexes, rows: NDArray[np.intp]) -> Floats:
            return bends(sun.take(rows), weights, refraction=self.refraction)

        near, far = np.zeros((len(self.goals), sure.size)), np.ones((len(self.goals), sure.size))
        for k, goal in enumerate(self.goals):
            if racing is None or racing[k].any():
                size = float(np.linalg.norm(goal[some]))
                share = size / self._size
                enough = Need(need / share, only=racing is None)
                least = least_sine(family, goal[some] / size, bending, left_of_bends, enough)
                near[k] = np.where(sure, least, 0.0) * share
                if racing is not None:
                    far[k] = np.where(sure, greatest_sine(family, goal / size), 1.0)
        return near, far, tip

    def _near_low(
        self, sun: Suns, move: Moves, tip: Tips, some: NDArray[np.intp], need: float, racing: Bools | None = None
    ) -> Floats:
        """Lower bounds of the sine (handednesses, n) by one over the tips: for a low sun."""
        risen = rises(sun, move, tip.lowest, tip.highest, refraction=self.refraction)
        near = np.zeros((len(self.goals), tip.lowest.shape[1]))
        for k, goal in enumerate(self.goals):
            if racing is None or racing[k].any():
                size = float(np.linalg.norm(goal[some]))
                share = size / self._size
                enough = Need(need / share, only=racing is None)
                near[k] = low_sine(risen, goal[some] / size, move.half, enough) * share
        return near

    def _near_ends(self, tip: Tips, move: Moves, swept: Sweep, goal: Complexes) -> Floats:
        """A lower bound of the sine (n,) by the first and last tip."""
        ends = float(np.hypot(abs(goal[0]), abs(goal[-1])))
        return pair_sine(tip, (0, -1), goal / self._size, move.reach, swept) * (ends / self._size)

    def _most(self, sine: Floats) -> Floats:
        """The greatest value for a sine of at least this: the function is convex, so at one of the ends."""
        s2 = np.square(sine)
        at_once = self.top - self.sharpness * s2 - np.log(np.maximum(1.0 - s2, LEAST_COSINE_SQUARED))
        at_last = self.top - self.sharpness * (1.0 - LEAST_COSINE_SQUARED) - np.log(LEAST_COSINE_SQUARED)
        return np.asarray(np.maximum(at_once, at_last))

    def _least(self, sine: Floats) -> Floats:
        """A lower bound for a sine of at most this."""
        return self.top - self.sharpness * np.square(sine)


def _pieces(n: int, count: int) -> Iterator[slice]:
    """The cells in pieces small enough that their arrays stay in the cache."""
    step = max(64, _CHUNK // count)
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def compile_clue(clue: ShadowTrack, index: int, moments: tuple[Moment, ...]) -> DirectClue:
    """The track as a density of its 2n numbers.

    **Method.** With z = a w + noise, a log-uniform in height and uniform in rotation, the integral over a is
    (2 pi sigma^2)^(1-n) exp(-|z|^2 sin^2 / 2 sigma^2) / (2 pi Lambda |z|^2 cos^2), Lambda the width of the
    prior in ln(height), as long as the shadows are long beside their errors. Handednesses are averaged.
    """
    track = np.array(clue.x_m) + 1j * np.array(clue.y_m)
    count, size2 = track.size, float(np.sum(np.abs(track) ** 2))
    variance = clue.sigma_m**2
    top = -(count - 1) * np.log(2.0 * np.pi * variance) - np.log(2.0 * np.pi * LOG_HEIGHTS * size2)
    goals = (track,) if clue.mirror == "no" else (track, track.conj())
    # Mismeasured: each tip anywhere within twice the longest shadow.
    log_p_out = -count * float(np.log(np.pi * 4.0 * np.max(np.abs(track)) ** 2))
    model = _Track(goals, moments, float(top), size2 / (2.0 * variance), clue.refraction, log_p_out - BELOW_OUTLIER_NAT)
    freedom = max(2 * count - 5, 1)
    return DirectClue(index, clue.kind, model, clue.common.outlier, log_p_out, (moments[0], moments[-1]), freedom)
