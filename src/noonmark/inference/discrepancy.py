"""How badly clues fit at places and instants, and how often a true place and instant fits worse.

Each clue adds one discrepancy D, whose distribution is known where the clue's place and instant are
the true ones; e is the share of mismeasurement that the clue declares:

- **Numbers**: v is the squared pull, chi-squared with d degrees of freedom. ``D = -2 ln{[(1-e)
  exp(-v/2) + e k] / [(1-e) + e k]}`` with k = :data:`MISMEASURED_K`; without e it is v itself. With
  chance e the clue is mismeasured, and D is taken to be at its cap whatever it shows: nothing is
  assumed of how mismeasured numbers are spread.
- **Seen or not seen**: pi is the chance of what was seen, ``b = e + (1-e) min(pi, 1-pi)``. ``D = -2
  ln b`` where pi < 1/2, else 0. With chance b it is as large, else 0.
- **Daylight** that even a mismeasured shadow proves is something seen with e = 0, once an instant.

Their sum T is compared with the distribution of the sum (a convolution on a grid; what is expected
is rounded up, what is found is rounded down, so that the probability is never too small). A clue
that cannot vary at a place and instant adds nothing to either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.common import CompiledClue, Moment
from noonmark.inference.search.domain import BoxView
from noonmark.inference.significance import chi2_tail

MISMEASURED_K = 0.02
"""The likelihood of a mismeasured number beside that of one that is not off at all.

It is fixed: taken from the clue at the place in question it would grow with the error.
"""

LEAST_P = 1e-12
"""Smaller probabilities are told as this one."""

_STEP = 0.05
"""The spacing of the grid on which discrepancies are added up."""

_TOP = 70.0
"""Where the distribution of a number without e is cut off, beside twice its degrees of freedom."""

_MOST_SQUARED = 1400.0
"""Larger squared pulls count as this one: exp(-700) is the least that a float can hold."""

EVEN = 0.5
"""What is seen with at least this chance is no discrepancy."""


@dataclass(frozen=True)
class Readings:
    """Clues at n places and instants.

    - ``freedom`` (k,): degrees of freedom of each clue; 0 for something seen or not seen.
    - ``squared`` (k, n): squared pulls without daylight; 0 for something seen or not seen.
    - ``chance`` (k, n): the chance of what was seen; 1 for numbers.
    - ``light`` (m, n): the chance that the sun shone, at each instant that a shadow proves.
    - ``clue_light`` (k, n): the same for all the instants of each clue together.
    """

    freedom: tuple[int, ...]
    squared: Floats
    chance: Floats
    light: Floats
    clue_light: Floats

    def take(self, columns: Sequence[int]) -> Readings:
        """The readings at some of the places and instants."""
        at = np.asarray(columns, dtype=np.intp)
        return Readings(
            self.freedom,
            self.squared[:, at],
            self.chance[:, at],
            self.light[:, at],
            self.clue_light[:, at],
        )

    def beside(self, other: Readings) -> Readings:
        """These places and instants and those of ``other``."""
        return Readings(
            self.freedom,
            np.hstack([self.squared, other.squared]),
            np.hstack([self.chance, other.chance]),
            np.hstack([self.light, other.light]),
            np.hstack([self.clue_light, other.clue_light]),
        )


def readings(clues: Sequence[CompiledClue], view: BoxView) -> Readings:
    """What clues compiled without outlier share say at n places and instants."""
    n = view.boxes.size
    log_light = _log_light(clues, view)
    squared = np.zeros((len(clues), n))
    chance = np.ones((len(clues), n))
    dark = np.zeros((len(clues), n))
    for k, clue in enumerate(clues):
        for moment in clue.sunlit:
            dark[k] += log_light[moment]
        if clue.freedom == 0:
            chance[k] = np.exp(np.minimum(clue.log_likelihood(view) - dark[k], 0.0))
        else:
            off = np.square(clue.pull_sigma(view)) + 2.0 * dark[k]
            squared[k] = np.clip(off, 0.0, _MOST_SQUARED)
    light = np.exp([*log_light.values()]).reshape(-1, n)
    freedom = tuple(clue.freedom for clue in clues)
    return Readings(freedom, squared, chance, light, np.exp(dark))


def _log_light(clues: Sequence[CompiledClue], view: BoxView) -> dict[Moment, Floats]:
    """ln of the chance that the sun shone, (n,), at each instant that any clue proves it of."""
    moments = dict.fromkeys(moment for clue in clues for moment in clue.sunlit)
    return {moment: _log_daylight(moment, view) for moment in moments}


def _log_daylight(moment: Moment, view: BoxView) -> Floats:
    """ln of the chance that the sun shone at an instant, averaged over its clock's error, (n,)."""
    parts = [w + sky.log_daylight for w, sky in moment.skies(view)]
    if len(parts) == 1:
        return parts[0]
    return np.asarray(np.logaddexp.reduce(np.stack(parts), axis=0))


def discrepancies(told: Readings, shares: Sequence[float]) -> Floats:
    """T at each place and instant, (n,), for the shares of mismeasurement of each clue (k,).

    A share of 1 forgives a clue: only the daylight that it proves remains.
    """
    total = np.zeros(told.squared.shape[1])
    for k, share in enumerate(shares):
        if share >= 1.0:
            continue
        if told.freedom[k]:
            total += _number_discrepancy(told.squared[k], share)
        else:
            total += _seen_discrepancy(told.chance[k], share)
    for light in told.light:
        total += _seen_discrepancy(light, 0.0)
    return total


def _number_discrepancy(squared: Floats, share: float) -> Floats:
    """D of a number from its squared pull, (n,)."""
    if share == 0.0:
        return squared
    cap = share * MISMEASURED_K
    sound = 1.0 - share
    mixture = (sound * np.exp(-0.5 * squared) + cap) / (sound + cap)
    return np.asarray(-2.0 * np.log(mixture))


def _seen_discrepancy(chance: Floats, share: float) -> Floats:
    """D of something seen or not seen, from the chance of what was seen, (n,)."""
    odds = _odds(chance, share)
    counts = (chance < EVEN) & (odds < EVEN)
    return np.where(counts, -2.0 * np.log(np.maximum(odds, LEAST_P)), 0.0)


def _odds(chance: Floats, share: float) -> Floats:
    """b: the chance that the less likely of the two is seen, mismeasured or not, (n,)."""
    return np.asarray(share + (1.0 - share) * np.minimum(chance, 1.0 - chance))


def tail_probability(told: Readings, shares: Sequence[float], column: int) -> float:
    """P(T at a true place and instant >= T found) for one place and instant of ``told``."""
    at = told.take([column])
    found = float(discrepancies(at, shares)[0])
    if found <= 1e-9:
        return 1.0
    numbers: list[tuple[int, float]] = []
    odds: list[float] = [float(light) for light in _odds(at.light[:, 0], 0.0)]
    for k, share in enumerate(shares):
        if share >= 1.0:
            continue
        if at.freedom[k]:
            numbers.append((at.freedom[k], share))
        else:
            odds.append(float(_odds(at.chance[k], share)[0]))
    odds = [b for b in odds if LEAST_P < b < EVEN]
    if not odds and not any(share for _, share in numbers):
        firm = sum(freedom for freedom, _ in numbers)
        return max(chi2_tail(found, firm), LEAST_P) if firm else LEAST_P
    steps = math.floor(found / _STEP + 1e-9)
    tail = _seen_tail(_numbers_tail(tuple(sorted(numbers))), odds, steps)
    return max(tail, LEAST_P)


def _seen_tail(numbers: Floats, odds: Sequence[float], steps: int) -> float:
    """P(sum >= steps on the grid), with each thing seen or not seen added to the numbers' tail.

    ``numbers`` (m,) is P(sum of the numbers >= j steps).
    """
    tail = np.zeros(steps + 1)
    known = min(numbers.size, steps + 1)
    tail[:known] = numbers[:known]
    for b in odds:
        shift = min(math.ceil(-2.0 * math.log(b) / _STEP), steps + 1)
        moved = np.append(np.ones(shift), tail[: steps + 1 - shift])
        tail = (1.0 - b) * tail + b * moved
    return min(float(tail[-1]), 1.0)


@lru_cache(maxsize=512)
def _numbers_tail(numbers: tuple[tuple[int, float], ...]) -> Floats:
    """P(sum of D >= j steps), (m,), of numbers given by their freedom and share."""
    firm = sum(freedom for freedom, share in numbers if share == 0.0)
    chances = _number_chances(firm, 0.0) if firm else np.ones(1)
    for freedom, share in numbers:
        if share > 0.0:
            chances = np.convolve(chances, _number_chances(freedom, share))
    tail = np.minimum(np.cumsum(chances[::-1])[::-1], 1.0)
    tail.flags.writeable = False
    return tail


@lru_cache(maxsize=512)
def _number_chances(freedom: int, share: float) -> Floats:
    """The distribution of D of a number on the grid, each chance at the grid value above it.

    Without a share it is that of chi-squared; with one, what a mismeasured clue adds is at the cap.
    """
    floor = share * MISMEASURED_K
    sound = 1.0 - share
    cap = -2.0 * math.log(floor / (sound + floor)) if share else _TOP + 2.0 * freedom
    grid = np.minimum(np.arange(math.ceil(cap / _STEP)) * _STEP, cap)
    mixture = (np.exp(-0.5 * grid) * (sound + floor) - floor) / sound
    squared = grid if share == 0.0 else -2.0 * np.log(np.maximum(mixture, 1e-300))
    beyond = [chi2_tail(value, freedom) for value in squared.tolist()]
    below = sound * (1.0 - np.array(beyond))
    return np.append(np.diff(below, prepend=0.0), 1.0 - below[-1])
