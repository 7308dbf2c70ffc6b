"""A track of shadow tips as a model of place and instant, with what a search may skip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.clues.common import Comparison, LowHigh, Moment
from noonmark.inference.clues.direct import averaged, averaged_bounds
from noonmark.inference.clues.refracted_shadow import lowest_up
from noonmark.inference.clues.search_memory import Excluded, SearchMemory
from noonmark.inference.clues.series import shifted, shifts
from noonmark.inference.clues.sun_paths import Moves, Paths, moves, paths
from noonmark.inference.clues.tips import tips
from noonmark.inference.clues.track_bounds import FEW_TIPS, TrackBounds
from noonmark.inference.clues.track_cuts import LEFT_OUT, axis_rates
from noonmark.inference.clues.track_likelihood import SUN_DOWN, TrackLikelihood
from noonmark.inference.search.domain import BoxView

ROUGH_TIPS = 5
"""Tips that are looked at first: most places and dates are wrong by so much that a few tell."""
_CHUNK = 24_000


@dataclass(frozen=True)
class TrackModel:
    """A track: see :class:`noonmark.inference.clues.direct.Model`.

    The search asks for bounds of boxes again and again, of which all but a few lie far below the
    best. ``memory`` keeps the best seen, so that these cost a rough look only.
    """

    track: TrackLikelihood
    moments: tuple[Moment, ...]
    memory: SearchMemory = field(default_factory=SearchMemory)

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        Cells that the bounds have put far below the best seen are worth their upper bound, not the
        work.
        """
        known = self.memory.excluded.get(view)
        if known is None:
            value = self.track.value(self._squared_sines(view))
        else:
            value = known.high.copy()
            rows = np.flatnonzero(~known.cells)
            if rows.size:
                value[rows] = self.track.value(self._squared_sines(view, rows))
        self.memory.keep_best(view, value)
        return value

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`.

        Averaged over the shifts that a wrong clock allows; mostly there is one.
        """
        found = shifts(self.moments)
        if len(found) == 1:
            return self._bounds_at(view, found[0][1])
        return averaged_bounds([(w, self._bounds_at(view, seconds)) for w, seconds in found])

    def spread(self, view: BoxView) -> Floats:
        """By how much each axis changes the track's shape, (4, n).

        What turns and scales all tips alike costs nothing, so an hour may matter less than a day.
        Latitude moves with the first axis, hour angle with longitude and the time of day, and
        declination with the date; longitude, at one local time, moves the date as well.
        """
        reach = self.moments[0].spread(view)
        _, seconds = shifts(self.moments)[0]
        excluded = self.memory.excluded.get(view)
        # For an excluded cell any axis will do: only other clues may ask for a cut.
        rows = slice(None) if excluded is None else np.flatnonzero(~excluded.cells)
        rates = np.empty((3, view.boxes.size))
        rates[:] = 1.0 + LEFT_OUT * np.radians(reach.sum(axis=0))
        sun = self._paths(view, seconds).take(rows).suns(self._few)
        move = moves(view, self.moments).take(rows)
        refraction = self.track.refraction
        rates[:, rows] = axis_rates(sun, move, reach[:, rows], refraction=refraction)
        latitude, hour, date = rates
        axes = np.stack([latitude, hour + date, hour, date + 0.3 * hour])
        return reach * axes

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        By the shift of the clock and the handedness that fit best.
        """
        least = np.min([s2.min(axis=0) for _, s2 in self._squared_sines(view)], axis=0)
        return np.asarray(np.sqrt(2.0 * self.track.sharpness * least))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`: the root mean square of the tips.

        The track fits as well as it can when height and rotation are chosen best; what is left is
        the sine of the angle times the length of the track as a vector.
        """
        least = min(float(s2.min()) for _, s2 in self._squared_sines(view))
        residual = np.sqrt(least) * self.track.size / np.sqrt(len(self.moments))
        return (Comparison("rms_m", 0.0, float(residual)),)

    def _squared_sines(
        self, view: BoxView, rows: Rows | slice = slice(None)
    ) -> list[tuple[float, Floats]]:
        """(ln weight, squared sines (handednesses, n)) for each shift of the clock.

        ``rows`` are the cells to be looked at, all by default.
        """
        found = []
        for weight, seconds in shifts(self.moments):
            path = self._paths(view, seconds).take(rows)
            found.append((weight, self._path_sines(path)))
        return found

    def _path_sines(self, path: Paths) -> Floats:
        """Squared sines (handednesses, n) between the measured track and that of a unit pole.

        :data:`SUN_DOWN` where the sun is down at one of the instants.
        """
        n = path.lon_deg.size
        out = np.empty((len(self.track.goals), n))
        for part in _pieces(n, len(self.moments)):
            sun = path.take(part).suns()
            tip = tips(sun, np.zeros(1), refraction=self.track.refraction, slopes=False)
            up = (sun.up > lowest_up(refraction=self.track.refraction)).all(axis=0)
            out[:, part] = np.where(up, self.track.squared_sines(tip.at), SUN_DOWN)
        return out

    def _paths(self, view: BoxView, seconds: float) -> Paths:
        """The sun's path over a view, kept as long as the view lives."""
        # Bounds, values and spread of one view are asked for one after the other.
        known = self.memory.paths.setdefault(view, {})
        if seconds not in known:
            known[seconds] = paths(view, shifted(self.moments, seconds))
        return known[seconds]

    def _bounds_at(self, view: BoxView, seconds: float) -> LowHigh:
        """Bounds for one shift of the clock.

        Cells that are far below the best seen (or below a mismeasured track) get a rough look only.

        1. Some of the tips, in the form that suits the sun's elevation.
        2. For the cells that this leaves as candidates, all.
        3. Which cells are no candidates is kept, unless the clock may be wrong: then another shift
           of it may bring a cell back.
        """
        enough = self.memory.least_wanted(view.domain, self.track.floor)
        path = self._paths(view, seconds)
        move = moves(view, self.moments)
        rough = self._rough_highs(path, move, enough)
        candidates = rough + self.track.log_share >= enough
        low, high = self._close_bounds(path, move, rough, candidates, enough)
        excluded = np.asarray(~candidates.any(axis=0))
        if excluded.any() and len(shifts(self.moments)) == 1:
            self.memory.excluded[view] = Excluded(excluded, high)
        return np.minimum(low, high), high

    def _close_bounds(
        self, path: Paths, move: Moves, rough: Floats, candidates: Bools, enough: float
    ) -> LowHigh:
        """Lower and upper bounds (n,): from all tips where a cell is a candidate, else the rough.

        ``rough`` are upper bounds from a few tips, ``candidates`` says for which handednesses and
        cells they leave a chance, (handednesses, n) each.
        """
        share = self.track.log_share
        low = np.full(path.lon_deg.size, self.track.impossible)
        high = averaged([(share, row) for row in rough])
        rows = np.flatnonzero(candidates.any(axis=0))
        cutoff_sine = self.track.sine_of(enough)
        for piece in _pieces(rows.size, len(self.moments)):
            part = rows[piece]
            sun = path.take(part).suns()
            lows, highs = self._bounds.bounds(
                sun, move.take(part), candidates[:, part], cutoff_sine
            )
            highs = np.minimum(highs, rough[:, part])
            low[part] = averaged([(share, row) for row in lows])
            high[part] = averaged([(share, row) for row in highs])
        return low, high

    def _rough_highs(self, path: Paths, move: Moves, enough: float) -> Floats:
        """Upper bounds (handednesses, n) from a few tips; infinite where these would not help.

        They do not help a short track, nor before the search has seen a value that cells could be
        compared with.
        """
        count, n = len(self.moments), path.lon_deg.size
        rough = np.full((len(self.track.goals), n), np.inf)
        if count <= FEW_TIPS or not np.isfinite(enough):
            return rough
        some = np.unique(np.linspace(0, count - 1, ROUGH_TIPS).round().astype(np.intp))
        cutoff_sine = self.track.sine_of(enough)
        for part in _pieces(n, ROUGH_TIPS):
            sun = path.take(part).suns(some)
            rough[:, part] = self._bounds.rough_highs(sun, move.take(part), some, cutoff_sine)
        return rough

    @cached_property
    def _few(self) -> Rows:
        """Up to four instants of the track, its ends among them.

        They tell the rates at which its shape changes as well as all would.
        """
        count = len(self.moments)
        return np.array(sorted({0, count // 3, 2 * count // 3, count - 1}))

    @cached_property
    def _bounds(self) -> TrackBounds:
        """The bounds of this track over any cells.

        Only differences of the instants count, so a start that floats is as good as a known one.
        """
        times = [m.offset_s if m.at_s is None else m.at_s for m in self.moments]
        return TrackBounds(self.track, np.array(times))


def _pieces(n: int, count: int) -> Iterator[slice]:
    """The cells in pieces small enough that their arrays stay in the processor's cache.

    ``count`` is the number of instants that each cell takes.
    """
    step = max(64, _CHUNK // count)
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))
