"""Two recordings of one event laid over each other by their sound.

1. The loudness of 14 bands of pitch is correlated at every shift (:mod:`noonmark.media.loudness`).
2. The best shift counts where it stands far above what unlike sound gives, and clearly above the
   next best: a sound that repeats itself has no one shift.
3. Pieces of the samples are compared near that shift, each pitch weighted alike (GCC-PHAT: Knapp
   and Carter, The generalized correlation method for estimation of time delay, 1976). Their
   scatter gives the range; a slope over time is clocks that run at unlike speed.

**Accuracy** docs/align.md, ``python benchmarks/media_align.py``. **Authority**
tests/media/test_align.py: pairs made with a known shift.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from noonmark.media.loudness import (
    LEAST_OVERLAP_S,
    RATE_HZ,
    STEP_HZ,
    BestShift,
    LoudnessShape,
    best_shift,
    vertex,
)

LEAST_PEAK = 7.0
"""A peak stands this many times the scatter of all shifts above them; unlike sound reaches 5."""
LEAST_LEAD = 1.35
"""And this many times as high as the best shift that lies elsewhere."""
FLOOR_S = 0.010
"""No offset is stated better: coders shift sound by some ms, and files round its start."""
LEAST_ALIKE = 0.1
"""Samples of one event are at least so alike where they agree, whatever microphone and coder.

Without it two recordings of unlike shots agree, because each shot sounds at every pitch at once:
of 2,352 pairs of unlike scenes 15 were found, of which none had 3 pieces so alike.
"""
LEAST_DRIFT_S = 20.0
"""Over less than this no drift is stated."""
COPY_ALIKE = 0.97
SOUND_M_PER_S = 343.0

_PIECE_S = 4.0
_SHORTEST_S = 0.5
_MOST_PIECES = 60
_LEAST_PIECES = 3
_LEAST_SHARE = 0.4
_REACH_S = 0.06
_TOGETHER_S = 0.008
_MOST_DRIFT = 400e-6
_LOWEST_HZ, _HIGHEST_HZ = 150, 3600
_FAINTEST = 1e-6
_UNKNOWN_S = 0.0005
"""Added to a scatter that few pieces may show too small."""


@dataclass(frozen=True)
class CommonSound:
    """Where the sound of a second recording lies in a first, in s.

    A sound at t in the second is at ``t + offset_s`` in the first, within ``range_s`` either way
    over the whole of what they share (``overlap_s``). Over time the offset grows by ``drift_ppm``
    millionths, within ``drift_range_ppm``; ``offset_s`` is that of the middle. ``peak`` and
    ``lead`` are what the shift was accepted by. ``alike`` is the correlation of the samples
    themselves, 1 for a copy; ``pieces`` counts those that agree.
    """

    offset_s: float
    range_s: float
    overlap_s: float
    drift_ppm: float
    drift_range_ppm: float
    peak: float
    lead: float
    alike: float
    pieces: int

    @property
    def drifts(self) -> bool:
        """Whether the two clocks are seen to run at unlike speed."""
        return abs(self.drift_ppm) > self.drift_range_ppm

    @property
    def is_copy(self) -> bool:
        """Whether the sound is so alike that the two may be one recording, copied."""
        return self.alike >= COPY_ALIKE


@dataclass(frozen=True)
class NoCommonSound:
    """That no shift can be stated, and why: ``why`` is one clause in words."""

    why: str
    peak: float
    lead: float


@dataclass(frozen=True)
class SoundPieces:
    """Pieces of what two recordings share: float64 (n,) each.

    ``times_s`` is the middle of each in the first, ``lags_s`` by how much later than the shift says
    it is there, ``alike`` how alike its samples are.
    """

    times_s: Any
    lags_s: Any
    alike: Any


@dataclass(frozen=True)
class DriftLine:
    """A line of lag over time: ``lag_s`` in the middle, ``slope`` [s/s] and its range; scatter."""

    lag_s: float
    slope: float
    slope_range: float
    scatter_s: float


def common_sound(first: LoudnessShape, second: LoudnessShape) -> CommonSound | NoCommonSound:
    """Where the sound of the second recording lies in the first, or that no shift can be stated."""
    if min(len(first.bands), len(second.bands)) <= LEAST_OVERLAP_S * STEP_HZ:
        return NoCommonSound(f"one has less than {LEAST_OVERLAP_S:g} s of sound", 0.0, 0.0)
    best = best_shift(first, second)
    if best.peak < LEAST_PEAK:
        return NoCommonSound("no common sound found", best.peak, best.lead)
    if best.lead < LEAST_LEAD:
        why = "several shifts fit about as well: the sound repeats"
        return NoCommonSound(why, best.peak, best.lead)
    return _refined(first.samples, second.samples, best)


def _refined(first: Any, second: Any, best: BestShift) -> CommonSound | NoCommonSound:
    """The offset by pieces of the samples near a shift, if enough of them agree there."""
    begin_s = max(0.0, best.shift_s)
    end_s = min(len(first) / RATE_HZ, best.shift_s + len(second) / RATE_HZ)
    overlap_s = end_s - begin_s
    pieces = _agreeing(_pieces(first, second, best.shift_s, (begin_s, end_s)))
    alike = float(np.median(pieces.alike)) if len(pieces.alike) else 0.0
    if alike < LEAST_ALIKE:
        why = "loudness agrees at one shift, the sound itself does not"
        return NoCommonSound(why, best.peak, best.lead)
    line = _line(pieces, (begin_s + end_s) / 2)
    return CommonSound(
        offset_s=best.shift_s + line.lag_s,
        range_s=FLOOR_S + 2 * line.scatter_s + abs(line.slope) * overlap_s / 2,
        overlap_s=overlap_s,
        drift_ppm=1e6 * line.slope,
        drift_range_ppm=1e6 * line.slope_range,
        peak=best.peak,
        lead=best.lead,
        alike=alike,
        pieces=len(pieces.times_s),
    )


def _pieces(first: Any, second: Any, shift_s: float, shared_s: tuple[float, float]) -> SoundPieces:
    """What the pieces of a shared stretch say, each overlapping the next by half."""
    begin_s, end_s = shared_s
    length_s = min(_PIECE_S, (end_s - begin_s) / 3)
    steps = int((end_s - begin_s - length_s) / (length_s / 2)) + 1
    found = []
    for start_s in np.linspace(begin_s, end_s - length_s, min(_MOST_PIECES, steps)):
        a_at = max(0, round(start_s * RATE_HZ))
        b_at = max(0, round((start_s - shift_s) * RATE_HZ))
        size = min(round(length_s * RATE_HZ), len(first) - a_at, len(second) - b_at)
        if size < _SHORTEST_S * RATE_HZ:
            continue
        lag_s, likeness = _delay(first[a_at : a_at + size], second[b_at : b_at + size])
        rounding_s = (a_at - b_at) / RATE_HZ - shift_s
        found.append((start_s + length_s / 2, lag_s + rounding_s, likeness))
    times_s, lags_s, alike = np.array(found, np.float64).reshape(-1, 3).T
    return SoundPieces(times_s, lags_s, alike)


def _delay(first: Any, second: Any) -> tuple[float, float]:
    """By how much a piece comes later in the first [s], and how alike the samples are there."""
    size = next_fast_len(2 * len(first), real=True)
    a, b = _spectrum(first, size), _spectrum(second, size)
    cross = a * np.conj(b)
    strength = np.abs(cross)
    faint = 1e-9 + _FAINTEST * strength.max()
    reach = round(_REACH_S * RATE_HZ)
    lags = np.arange(-reach, reach + 1)
    height = irfft(cross / np.maximum(strength, faint), size)[lags % size]
    at = int(height.argmax())
    near = irfft(cross, size)[lags % size][max(0, at - 3) : at + 4]
    whole = 2 / size * float(np.linalg.norm(a) * np.linalg.norm(b))
    alike = float(np.abs(near).max()) / whole if whole else 0.0
    return (lags[at] + vertex(height, at)) / RATE_HZ, alike


def _spectrum(samples: Any, size: int) -> Any:
    """The spectrum of a piece, without the pitches that microphones and coders leave out."""
    pitch_hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    heard = (pitch_hz > _LOWEST_HZ) & (pitch_hz < _HIGHEST_HZ)
    return np.where(heard, rfft(samples * np.hanning(len(samples)), size), 0)


def _agreeing(pieces: SoundPieces) -> SoundPieces:
    """The pieces on the line that holds most of them; none where it holds less than two fifths.

    By chance several lags of many meet.
    """
    times_s, lags_s = pieces.times_s, pieces.lags_s
    most = np.zeros(len(lags_s), bool)
    lines = [(i, 0.0) for i in range(len(lags_s))]
    for i, j in combinations(range(len(lags_s)), 2):
        lines.append((i, (lags_s[j] - lags_s[i]) / (times_s[j] - times_s[i])))
    for i, slope in lines:
        if abs(slope) > _MOST_DRIFT:
            continue
        off_s = lags_s - lags_s[i] - slope * (times_s - times_s[i])
        near = np.abs(off_s) < _TOGETHER_S
        if near.sum() > most.sum():
            most = near
    if most.sum() < max(_LEAST_PIECES, _LEAST_SHARE * len(lags_s)):
        most[:] = False
    return SoundPieces(times_s[most], lags_s[most], pieces.alike[most])


def _line(pieces: SoundPieces, middle_s: float) -> DriftLine:
    """The line through pieces; a slope within its own range is none."""
    at_s = pieces.times_s - middle_s
    slope, lag_s = np.polyfit(at_s, pieces.lags_s, 1)
    lever_s = float(np.std(at_s)) * np.sqrt(len(at_s))
    slope_range = 3 * (_scatter_s(pieces.lags_s - lag_s - slope * at_s) + _UNKNOWN_S) / lever_s
    if abs(slope) <= slope_range or np.ptp(at_s) < LEAST_DRIFT_S:
        lag_s, slope = np.median(pieces.lags_s), 0.0
    scatter_s = _scatter_s(pieces.lags_s - lag_s - slope * at_s)
    return DriftLine(float(lag_s), float(slope), float(slope_range), scatter_s)


def _scatter_s(off_s: Any) -> float:
    """The root of the mean square of what is off a line, in s."""
    return float(np.sqrt(np.mean(off_s**2)))
