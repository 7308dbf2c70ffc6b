"""The track of a shadow's tip in a level plane: height, rotation and, if need be, handedness unknown.

Seen as complex numbers the measured tips z are one unknown number (height and rotation) times the tips w
of a unit pole. What is left when that number is chosen best is the angle between z and w as complex
vectors (Fubini-Study), and that angle is all the clue knows of place and time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.clues.direct import DirectClue, averaged
from noonmark.inference.clues.pencil import least_distance, pair_sine
from noonmark.inference.clues.series import instants_of, series_problems, shifted, shifts
from noonmark.inference.clues.spec import Common, Instant, Trouble, flag, number, numbers, text, times
from noonmark.inference.clues.tips import LOWEST_SINE, bends, moves, rest, rest_of_bends, suns, tips
from noonmark.inference.domain import Boxes, View
from noonmark.inference.profile import FLOOR

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

LEAST_COSINE_SQUARED = 0.0025
LOG_HEIGHTS = float(np.log(1e6))
"""The unknown height is log-uniform over six decades."""
_CHUNK = 8_000


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
class _Track:
    """ln p(tips | place, start) as a function of the squared sine s2 of the angle:
    ``top - sharpness s2 - ln max(1 - s2, LEAST_COSINE_SQUARED)``."""

    goals: tuple[Complexes, ...]
    moments: tuple[Moment, ...]
    top: float
    sharpness: float
    refraction: bool

    def sound(self, view: View) -> Floats:
        return self._value(self._sines(view))

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        parts = [self._bounds_at(view, seconds) for _, seconds in shifts(self.moments)]
        weights = [weight for weight, _ in shifts(self.moments)]
        return (
            averaged([(w, p[0]) for w, p in zip(weights, parts, strict=True)]),
            averaged([(w, p[1]) for w, p in zip(weights, parts, strict=True)]),
        )

    def spread(self, view: View) -> Floats:
        return self.moments[0].spread(view)

    def pull_sigma(self, view: View) -> Floats:
        least = np.min([s2.min(axis=0) for _, s2 in self._sines(view)], axis=0)
        return np.asarray(np.sqrt(2.0 * self.sharpness * least))

    def readings(self, view: View) -> tuple[Reading, ...]:
        least = min(float(s2.min()) for _, s2 in self._sines(view))
        residual = np.sqrt(least) * self._size / np.sqrt(len(self.moments))
        return (Reading("rms_m", 0.0, float(residual)),)

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

    def _sines(self, view: View) -> list[tuple[float, Floats]]:
        """(ln weight, squared sines (handednesses, n)) for each shift of the clock; 2 where the sun is down."""
        found = []
        for weight, seconds in shifts(self.moments):
            out = np.empty((len(self.goals), view.lat_deg.size))
            for part, piece in _pieces(view, len(self.moments)):
                sun = suns(piece, shifted(self.moments, seconds))
                tip = tips(sun, np.zeros(1), refraction=self.refraction, slopes=False)
                size2 = np.sum(np.square(tip.at.real) + np.square(tip.at.imag), axis=0)
                for k, goal in enumerate(self.goals):
                    along = np.einsum("m,mn->n", goal.conj(), tip.at) / self._size
                    s2 = np.maximum(1.0 - (along.real**2 + along.imag**2) / size2, 0.0)
                    out[k, part] = np.where((sun.up > 0.0).all(axis=0), s2, 2.0)
            found.append((weight, out))
        return found

    def _bounds_at(self, view: View, seconds: float) -> tuple[Floats, Floats]:
        low, high = np.empty(view.lat_deg.size), np.empty(view.lat_deg.size)
        when = shifted(self.moments, seconds)
        for part, piece in _pieces(view, len(when)):
            low[part], high[part] = self._bounds_of(piece, when)
        return low, high

    def _bounds_of(self, view: View, when: tuple[Moment, ...]) -> tuple[Floats, Floats]:
        move = moves(view, when)
        sun = suns(view, when)
        tip = tips(sun, move.reach, refraction=self.refraction)
        sure = (tip.lowest > LOWEST_SINE).all(axis=0)
        down = (tip.highest <= 0.0).any(axis=0)
        left = np.sqrt(np.square(rest(tip, move)).sum(axis=0))
        left_of_bends = np.sqrt(np.square(rest_of_bends(tip, move)).sum(axis=0))

        def bent(weights: Complexes) -> Floats:
            return bends(sun, weights, refraction=self.refraction)

        lows, highs = [], []
        for goal in self.goals:
            unit = goal / self._size
            near, far = least_distance(tip, unit, move.half, left, bent, left_of_bends)
            near = np.where(sure, near, 0.0)
            ends = (0, -1)
            share = (abs(unit[0]) ** 2 + abs(unit[-1]) ** 2) ** 0.5
            near = np.maximum(near, share * pair_sine(tip, ends, unit, move.reach))
            lows.append(self._least(np.where(sure, far, 1.0)))
            highs.append(self._most(near))
        share_log = -float(np.log(len(self.goals)))
        low = averaged([(share_log, v) for v in lows])
        high = averaged([(share_log, v) for v in highs])
        low = np.where((tip.lowest > 0.0).all(axis=0), low, self._impossible)
        return low, np.where(down, self._impossible, high)

    def _most(self, sine: Floats) -> Floats:
        """The greatest value for a sine of at least this: the function is convex, so at one of the ends."""
        s2 = np.square(sine)
        at_once = self.top - self.sharpness * s2 - np.log(np.maximum(1.0 - s2, LEAST_COSINE_SQUARED))
        at_last = self.top - self.sharpness * (1.0 - LEAST_COSINE_SQUARED) - np.log(LEAST_COSINE_SQUARED)
        return np.asarray(np.maximum(at_once, at_last))

    def _least(self, sine: Floats) -> Floats:
        """A lower bound for a sine of at most this."""
        return self.top - self.sharpness * np.square(sine)


def _pieces(view: View, count: int) -> Iterator[tuple[slice, View]]:
    """The view in pieces small enough that their arrays stay in the cache."""
    step = max(64, _CHUNK // count)
    n = view.boxes.size
    if n <= step:
        yield slice(0, n), view
        return
    for start in range(0, n, step):
        part = slice(start, min(start + step, n))
        yield part, View(view.domain, Boxes(view.boxes.centre[:, part], view.boxes.half[:, part]))


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
    model = _Track(goals, moments, float(top), size2 / (2.0 * variance), clue.refraction)
    # Mismeasured: each tip anywhere within twice the longest shadow.
    log_p_out = -count * float(np.log(np.pi * 4.0 * np.max(np.abs(track)) ** 2))
    freedom = max(2 * count - 5, 1)
    return DirectClue(index, clue.kind, model, clue.common.outlier, log_p_out, (moments[0], moments[-1]), freedom)
