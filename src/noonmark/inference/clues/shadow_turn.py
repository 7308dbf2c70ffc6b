"""Two shadows of one thing: how far the shadow turned, how its length changed, or both.

No height, no north and no clock are needed, only the time between. Joint over two instants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.clues.direct import DirectClue, averaged, normal_bounds
from noonmark.inference.clues.series import instants_of, series_problems, shifted, shifts
from noonmark.inference.clues.spec import Common, Instant, Trouble, number, numbers, text, times
from noonmark.inference.clues.tips import LOWEST_SINE, Moves, Tips, moves, rest, suns, tips
from noonmark.inference.domain import View
from noonmark.inference.profile import FLOOR

Floats = NDArray[np.float64]

_LOG_100 = float(np.log(100.0))


@dataclass(frozen=True)
class ShadowTurn:
    """The change from the first shadow to the second."""

    kind: ClassVar[str] = "shadow_turn"

    turn_deg: float | None = number(
        "turn of the shadow, clockwise seen from above", low=-180.0, high=180.0, default=None
    )
    sigma_deg: float | None = number("error of the turn", above=0.0, high=180.0, default=None)
    length_ratio: float | None = number(
        "length of the second shadow over the first", above=0.0, high=1000.0, default=None
    )
    length_ratio_sigma: float | None = number("error of the ratio", above=0.0, high=1000.0, default=None)
    between_s: float | None = number("seconds from the first to the second", above=0.0, high=86400.0, default=None)
    between_sigma_s: float = number("error of those seconds", low=0.0, high=43200.0, default=0.0)
    at: tuple[float, ...] = times("both instants, or the first, where known", default=())
    offsets_s: tuple[float, ...] = numbers("both instants in seconds after the scene's start", length=2, default=())
    mirror: str = text(
        '"unknown" if clockwise can\'t be told from its contrary', choices=("no", "unknown"), default="no"
    )
    slope_sigma_deg: float = number("unknown slope of the ground", low=0.0, high=45.0, default=1.0)
    lean_sigma_deg: float = number("unknown lean of the thing", low=0.0, high=45.0, default=1.0)
    common: Common = Common()


def problems(clue: ShadowTurn) -> list[Trouble]:
    """What the fields say together that they can't mean."""
    found: list[Trouble] = []
    pairs = (
        ("turn_deg", clue.turn_deg, "sigma_deg", clue.sigma_deg),
        ("length_ratio", clue.length_ratio, "length_ratio_sigma", clue.length_ratio_sigma),
    )
    for name, value, sigma_name, sigma in pairs:
        if value is not None and sigma is None:
            found.append((sigma_name, "a number above 0", "nothing"))
        if value is None and sigma is not None:
            found.append((name, f"a number (its error {sigma_name} is given)", "nothing"))
    if clue.turn_deg is None and clue.length_ratio is None:
        found.append(("turn_deg", "turn_deg, length_ratio or both", "neither"))
    if clue.between_s is None:
        return found + series_problems(clue.at, clue.offsets_s, 2)
    if clue.offsets_s or len(clue.at) > 1:
        found.append(("between_s", "one of between_s, offsets_s and two times", "more than one"))
    return found


def moments(clue: ShadowTurn) -> tuple[Instant, ...]:
    """The two instants."""
    offsets = clue.offsets_s if clue.between_s is None else (0.0, clue.between_s)
    return instants_of(clue.at, offsets, clue.common.when)


@dataclass(frozen=True)
class _Turn:
    clue: ShadowTurn
    moments: tuple[Moment, ...]

    def sound(self, view: View) -> Floats:
        return averaged([(weight, self._at(view, pair)) for weight, pair in self._pairs()])

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        parts = [(weight, self._bounds(view, pair)) for weight, pair in self._pairs()]
        return averaged([(w, b[0]) for w, b in parts]), averaged([(w, b[1]) for w, b in parts])

    def spread(self, view: View) -> Floats:
        return self.moments[0].spread(view)

    def pull_sigma(self, view: View) -> Floats:
        return np.asarray(np.min([self._off(view, pair) for _, pair in self._pairs()], axis=0))

    def readings(self, view: View) -> tuple[Reading, ...]:
        tip = self._tips(view, self.moments)
        change = np.log(tip.at[1, 0] / tip.at[0, 0])
        found = []
        if self.clue.turn_deg is not None:
            found.append(Reading("turn_deg", self.clue.turn_deg, float(-np.degrees(change.imag))))
        if self.clue.length_ratio is not None:
            found.append(Reading("length_ratio", self.clue.length_ratio, float(np.exp(change.real))))
        return tuple(found)

    def _pairs(self) -> list[tuple[float, tuple[Moment, ...]]]:
        """The pairs of instants that clock and stopwatch allow, with ln weights."""
        late = shifts((Moment(0.0, 0.0, self.clue.between_sigma_s),))
        found = []
        for weight, seconds in shifts(self.moments):
            first, second = shifted(self.moments, seconds)
            found += [(weight + w, (first, *shifted((second,), s))) for w, s in late]
        return found

    def _tips(self, view: View, pair: tuple[Moment, ...], reach: Floats | float = 0.0) -> Tips:
        return tips(suns(view, pair), np.asarray(reach), refraction=True)

    def _noise(self, w: NDArray[np.complex128]) -> tuple[Floats, Floats]:
        """Sigmas that slope and lean add to the turn [deg] and to the relative length [1].

        A slope g in any direction changes each length by g . w; a lean m shifts both tips by m, which counts
        by 1 / |w| in length and in bearing. What both shadows share drops out.
        """
        lean = np.tan(np.radians(self.clue.lean_sigma_deg)) * np.abs(1.0 / w[1] - 1.0 / w[0])
        slope = np.tan(np.radians(self.clue.slope_sigma_deg)) * np.abs(w[1] - w[0])
        return np.minimum(np.degrees(lean), 180.0), np.hypot(lean, slope)

    def _residuals(
        self, view: View, pair: tuple[Moment, ...]
    ) -> tuple[list[tuple[list[Floats], Floats]], NDArray[np.bool_]]:
        """For each number measured: (its deviations, one for each handedness; sigma), and whether the sun is up."""
        tip = self._tips(view, pair)
        change = np.log(tip.at[1] / tip.at[0])
        turn_noise, length_noise = self._noise(tip.at)
        clue = self.clue
        found: list[tuple[list[Floats], Floats]] = []
        if clue.turn_deg is not None:
            turns = [clue.turn_deg, -clue.turn_deg][: 1 + (clue.mirror == "unknown")]
            offs: list[Floats] = [(t + np.degrees(change.imag) + 180.0) % 360.0 - 180.0 for t in turns]
            found.append((offs, np.hypot(clue.sigma_deg or 1.0, turn_noise)))
        if clue.length_ratio is not None:
            ratio = np.exp(change.real)
            found.append(([clue.length_ratio - ratio], np.hypot(clue.length_ratio_sigma or 1.0, ratio * length_noise)))
        return found, np.asarray((tip.lowest > 0.0).all(axis=0))

    def _at(self, view: View, pair: tuple[Moment, ...]) -> Floats:
        found, up = self._residuals(view, pair)
        total = np.zeros(view.lat_deg.size)
        for offs, sigma in found:
            parts = [(-float(np.log(len(offs))), -0.5 * np.square(off / sigma)) for off in offs]
            total += averaged(parts) - np.log(sigma) - 0.9189385332046727
        return np.where(up, np.maximum(total, FLOOR), FLOOR)

    def _off(self, view: View, pair: tuple[Moment, ...]) -> Floats:
        found, up = self._residuals(view, pair)
        total = sum((np.min(np.square(offs), axis=0) / np.square(sigma) for offs, sigma in found), np.zeros(1))
        return np.sqrt(np.where(up, np.minimum(total, -2.0 * FLOOR), -2.0 * FLOOR))

    def _bounds(self, view: View, pair: tuple[Moment, ...]) -> tuple[Floats, Floats]:
        move = moves(view, pair)
        tip = self._tips(view, pair, move.reach)
        sure = (tip.lowest > LOWEST_SINE).all(axis=0) & (tip.highest < 0.9998).all(axis=0)
        down = (tip.highest <= 0.0).any(axis=0)
        low, high = np.zeros(sure.size), np.zeros(sure.size)
        change = np.log(tip.at[1] / tip.at[0])
        sway = _sway(tip, move)
        sigmas = self._noise_bounds(tip, move)
        clue = self.clue
        if clue.turn_deg is not None:
            turns = [clue.turn_deg, -clue.turn_deg][: 1 + (clue.mirror == "unknown")]
            own = clue.sigma_deg or 1.0
            sigma = [np.hypot(own, np.minimum(np.degrees(s), 180.0)) for s in (sigmas[0], sigmas[1])]
            parts = []
            for turn in turns:
                off = np.abs((turn + np.degrees(change.imag) + 180.0) % 360.0 - 180.0)
                near, far = np.maximum(off - np.degrees(sway[1]), 0.0), np.minimum(off + np.degrees(sway[1]), 180.0)
                parts.append((-float(np.log(len(turns))), normal_bounds(near, far, sigma[0], sigma[1])))
            low += averaged([(w, b[0]) for w, b in parts])
            high += averaged([(w, b[1]) for w, b in parts])
        if clue.length_ratio is not None:
            own = clue.length_ratio_sigma or 1.0
            least, most = (np.exp(np.clip(change.real + s, -50.0, 50.0)) for s in (-sway[0], sway[0]))
            near = np.maximum(np.maximum(clue.length_ratio - most, least - clue.length_ratio), 0.0)
            far = np.maximum(np.abs(clue.length_ratio - most), np.abs(least - clue.length_ratio))
            bounded = normal_bounds(near, far, np.hypot(own, least * sigmas[2]), np.hypot(own, most * sigmas[3]))
            low += bounded[0]
            high += bounded[1]
        low = np.where(sure, np.maximum(low, FLOOR), FLOOR)
        high = np.where(down, FLOOR, np.where(sure, np.maximum(high, FLOOR), self._most()))
        return low, high

    def _noise_bounds(self, tip: Tips, move: Moves) -> tuple[Floats, Floats, Floats, Floats]:
        """Least and greatest of the lean's sigma [rad] and of the relative length's."""
        w, h = tip.at, move.half
        left = rest(tip, move)
        apart_slope = _swing(np.abs(tip.jacobian[:, 1] - tip.jacobian[:, 0]), h) + left.sum(axis=0)
        inverse = tip.jacobian / (w * w)
        # tan(e) as a complex number bends by at most 3 / cos(e)^3, as the shadow does by 3 / sin(e)^3.
        level = np.sqrt(np.maximum(1.0 - tip.highest**2, 1e-9))
        left = 1.5 * np.square(move.reach) / level**3 + move.apart / level**2
        apart_lean = _swing(np.abs(inverse[:, 1] - inverse[:, 0]), h) + left.sum(axis=0)
        lean_size, slope_size = np.abs(1.0 / w[1] - 1.0 / w[0]), np.abs(w[1] - w[0])
        lean, slope = (np.tan(np.radians(s)) for s in (self.clue.lean_sigma_deg, self.clue.slope_sigma_deg))
        lean_low, lean_high = (lean * np.maximum(lean_size + s, 0.0) for s in (-apart_lean, apart_lean))
        slope_low, slope_high = (slope * np.maximum(slope_size + s, 0.0) for s in (-apart_slope, apart_slope))
        return lean_low, lean_high, np.hypot(lean_low, slope_low), np.hypot(lean_high, slope_high)

    def _most(self) -> float:
        clue = self.clue
        sigmas = [s for s in (clue.sigma_deg, clue.length_ratio_sigma) if s is not None]
        return float(sum(-np.log(s) - 0.9189385332046727 for s in sigmas))


def _swing(size: Floats, half: Floats) -> Floats:
    """The sum over the moves of a derivative's size times the half extent, (n,)."""
    return np.asarray((size * half).sum(axis=0))


def _sway(tip: Tips, move: Moves) -> tuple[Floats, Floats]:
    """How far ln(length ratio) and the turn [rad] can stray within each cell.

    Along any path of speed 1 the second derivative of ln w is below 3 / (sin(e) cos(e))^2.
    """
    slope = tip.jacobian[:, 1] / tip.at[1] - tip.jacobian[:, 0] / tip.at[0]
    low = np.maximum(tip.lowest, LOWEST_SINE)
    steep = low * np.sqrt(np.maximum(1.0 - tip.highest**2, 1e-9))
    left = (1.5 * np.square(move.reach) / steep**2 + move.apart / steep).sum(axis=0)
    return _swing(np.abs(slope.real), move.half) + left, _swing(np.abs(slope.imag), move.half) + left


def compile_clue(clue: ShadowTurn, index: int, moments: tuple[Moment, ...]) -> DirectClue:
    """The change between two shadows, with what unknown slope and lean do to it."""
    log_p_out, freedom = 0.0, 0
    if clue.turn_deg is not None:
        log_p_out -= float(np.log(360.0))
        freedom += 1
    if clue.length_ratio is not None:
        # Mismeasured: any ratio from a tenth to ten, alike in its logarithm.
        log_p_out -= float(np.log(clue.length_ratio * _LOG_100))
        freedom += 1
    return DirectClue(index, clue.kind, _Turn(clue, moments), clue.common.outlier, log_p_out, moments, freedom)
