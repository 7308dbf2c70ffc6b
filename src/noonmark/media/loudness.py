"""How the loudness of a recording moves, and at which shift that of two recordings agrees best.

What rises and falls is compared, not how loud it is: level, microphone, coder and steady noise drop
out.

    1 the power of 14 bands of pitch, 100 times a second
    2 its logarithm, above what each band has at its quietest
    3 less its mean over 1.5 s about each step
    4 over its spread in 6 s about each step, cut off at 3 spreads
    5 the correlation of all bands at every shift, against the energy that both have there
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import uniform_filter1d

RATE_HZ = 8000
STEP_HZ = 100
LEAST_OVERLAP_S = 3.0

_WINDOW = 512
_HOP = RATE_HZ // STEP_HZ
_BANDS_HZ = np.geomspace(150.0, 3700.0, 15)
_QUIETEST = 1e4
"""Power of a band below which nothing is told apart: the last bits of 16-bit samples."""
_NEAR_STEPS, _WIDE_STEPS = 150, 600
_LEAST_SPREAD = 0.1
_MOST_SPREADS = 3.0
_ELSEWHERE_STEPS = 25
_SILENT = 0.05
"""A stretch with less than this share of the usual energy of a shape counts as that much."""
_STEPS_AT_ONCE = 4096


@dataclass(frozen=True)
class LoudnessShape:
    """A recording as it is compared: its ``samples``, int16 (n,) at 8 kHz, and its ``bands``.

    ``bands``, float32 (steps, 14), say how the loudness of 14 bands of pitch moves, 100 steps a
    second; silence is 0.
    """

    samples: NDArray[np.int16]
    bands: NDArray[np.float32]


@dataclass(frozen=True)
class BestShift:
    """The shift at which two shapes agree best, in s, and how sure that is.

    ``peak`` is its height in scatters of all shifts, ``lead`` its height over that of the best
    shift a quarter of a second or more away.
    """

    shift_s: float
    peak: float
    lead: float


def loudness_shape(samples: NDArray[np.int16]) -> LoudnessShape:
    """The samples of a recording, int16 (n,) at 8 kHz, with their bands."""
    power = _band_power(samples)
    if not len(power):
        return LoudnessShape(samples, power)
    quiet = np.quantile(power, 0.1, axis=0)
    loud = np.log(power + np.maximum(quiet, _QUIETEST))
    loud -= _smooth(loud, _NEAR_STEPS)
    spread = np.sqrt(_smooth(loud**2, _WIDE_STEPS))
    moved = loud / np.maximum(spread, _LEAST_SPREAD)
    clipped = np.clip(moved, -_MOST_SPREADS, _MOST_SPREADS)
    return LoudnessShape(samples, clipped.astype(np.float32))


def _band_power(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """The power of each band at each step, float32 (steps, 14)."""
    count = max(0, (len(samples) - _WINDOW) // _HOP + 1)
    power = np.zeros((count, len(_BANDS_HZ) - 1), np.float32)
    taper = np.hanning(_WINDOW).astype(np.float32)
    pitch_hz = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)
    edges = np.searchsorted(pitch_hz, _BANDS_HZ)
    for start in range(0, count, _STEPS_AT_ONCE):
        steps = np.arange(start, min(count, start + _STEPS_AT_ONCE))
        at = steps[:, None] * _HOP + np.arange(_WINDOW)
        spectrum = rfft(samples[at] * taper, axis=1)
        strength = np.abs(spectrum) ** 2
        power[steps] = np.add.reduceat(strength, edges, axis=1)[:, :-1]
    return power


def _smooth(values: Any, steps: int) -> Any:
    """The mean over some steps about each."""
    return uniform_filter1d(values, steps, axis=0, mode="nearest")


def best_shift(first: LoudnessShape, second: LoudnessShape) -> BestShift:
    """By how much later than the second's start its sound is in the first, where they agree best.

    Only shifts with 3 s or more in common are tried.
    """
    height = _agreement(first.bands, second.bands)
    at = int(height.argmax())
    top = float(height[at])
    middle = float(np.median(height))
    scatter = 1.4826 * float(np.median(np.abs(height - middle)))
    if scatter <= 0:
        return BestShift(0.0, 0.0, 0.0)
    elsewhere = height.copy()
    elsewhere[max(0, at - _ELSEWHERE_STEPS) : at + _ELSEWHERE_STEPS + 1] = -np.inf
    rival = max(float(elsewhere.max()), scatter)
    shift = at + vertex(height, at) - (len(second.bands) - _least_steps())
    return BestShift(shift / STEP_HZ, (top - middle) / scatter, top / rival)


def _least_steps() -> int:
    return round(LEAST_OVERLAP_S * STEP_HZ)


def _agreement(first: Any, second: Any) -> Any:
    """The correlation at each shift, times the root of what is common there.

    So it scatters alike at every shift where the sound is unlike.
    """
    shifts = np.arange(_least_steps() - len(second), len(first) - _least_steps() + 1)
    begins = np.maximum(shifts, 0)
    ends = np.minimum(len(first), shifts + len(second))
    common = ends - begins
    least = common * first.shape[1] * _SILENT
    energy_first = np.maximum(least, _energy(first, begins, ends))
    energy_second = np.maximum(least, _energy(second, begins - shifts, ends - shifts))
    total = _correlation(first, second, shifts)
    return total / np.sqrt(energy_first * energy_second) * np.sqrt(common)


def _correlation(first: Any, second: Any, shifts: Any) -> Any:
    """The sum of products of all bands at each shift."""
    size = next_fast_len(len(first) + len(second), real=True)
    total = np.zeros(len(shifts))
    for band in range(first.shape[1]):
        a = rfft(first[:, band], size)
        b = rfft(second[:, band], size)
        total += irfft(a * np.conj(b), size)[shifts % size]
    return total


def _energy(bands: Any, begins: Any, ends: Any) -> Any:
    """The energy of a shape from some steps to others."""
    each = (bands.astype(np.float64) ** 2).sum(axis=1)
    upto = np.concatenate([[0.0], np.cumsum(each)])
    return upto[ends] - upto[begins]


def vertex(height: Any, at: int) -> float:
    """How far the top of the parabola through a peak and its neighbours lies from it, in steps."""
    if not 0 < at < len(height) - 1:
        return 0.0
    left, top, right = (float(value) for value in height[at - 1 : at + 2])
    bend = left - 2 * top + right
    if bend >= 0:
        return 0.0
    return min(0.5, max(-0.5, 0.5 * (left - right) / bend))
