"""Events injected into series of the ring: what a change here would have looked like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.inference.changes.library import SpectralLibrary
from noonmark.inference.changes.model import YEAR_DAYS, SeriesSet
from noonmark.inference.changes.ring import fit_harmonics, robust_sigma

STAGES = ("built", "cleared-then-built", "demolished")
LONGEST_WORKS_DAYS = 120.0
BUILT_SHARE = 0.7  # of one-stage events; the rest end as bare ground


@dataclass(frozen=True)
class Injected:
    """Series with events of known dates.

    ``stage`` (m,) index into ``STAGES``; ``works_days`` (m,) how long each took, 0 for a step;
    ``visible_day`` (m, 2) half-way through the first and second works, NaN where there is none;
    ``box`` (m,) the series of the ring that each was put into.
    """

    series: SeriesSet
    stage: Ints
    works_days: Floats
    visible_day: Floats
    box: Ints


def inject(
    ring: SeriesSet,
    library: SpectralLibrary,
    rng: np.random.Generator,
    *,
    each: int,
    steps: float = 0.5,
    share: tuple[float, float] = (0.5, 1.0),
) -> Injected:
    """``each`` events of every stage; a share ``steps`` of them at once, the others over 0-120 d.

    An event takes ``share`` of the site. Noise is the box's own: haze from its first band's
    residual, a gain that flickers, and its gross outliers in full.
    """
    count = each * len(STAGES)
    stage = np.repeat(np.arange(len(STAGES)), each)
    box = rng.permutation(np.arange(count) % len(ring.values))
    is_step = np.arange(count) % each < round(steps * each)
    works = np.where(is_step, 0.0, rng.uniform(0, LONGEST_WORKS_DAYS, count))
    begins = _starts(ring.t_days, rng, count)
    mixed = _column(rng.uniform(*share, count))
    before = ring.values[box]
    done = [_done(ring.t_days, start, works) for start in begins]
    changed = _changed(ring, library, rng, box, stage, done)
    values = _mixed(before, changed, mixed)
    second = np.where(stage == 1, begins[1], np.nan)
    visible = np.stack([begins[0], second], axis=1) + works[:, None] / 2
    return Injected(SeriesSet(ring.t_days, values, ring.seen[box]), stage, works, visible, box)


def _changed(
    ring: SeriesSet,
    library: SpectralLibrary,
    rng: np.random.Generator,
    box: Ints,
    stage: Ints,
    done: list[Floats],
) -> Floats:
    """What the changed part of each site shows, (m, n, bands); ``done`` of both works."""
    bare, built = _surfaces(ring, library, rng, box)
    two_stage, is_fall = _column(stage == 1), _column(stage == 2)
    cover = np.where(_column(rng.random(len(box)) < BUILT_SHARE), built, bare)
    cover = np.where(two_stage, _mixed(bare, built, done[1]), cover)
    cover = np.where(is_fall, bare, cover)
    earlier = np.where(is_fall, built, ring.values[box])
    return _mixed(earlier, cover, done[0])


def _mixed(first: Floats, second: Floats, share: Floats) -> Floats:
    """One surface, and a share of another in it."""
    return np.asarray((1 - share) * first + share * second)


def _column(values: Any) -> Any:
    """One value for each series, over its images and bands."""
    return values[:, None, None]


def true_gaps(injected: Injected, order: int) -> Ints:
    """Index of the first image that shows the place after event ``order`` was visible, (m,).

    -1 where there is none.
    """
    day = injected.visible_day[:, order - 1]
    after = injected.series.seen & (injected.series.t_days[None, :] >= day[:, None])
    found = np.where(after.any(axis=1), after.argmax(axis=1), -1)
    first = injected.series.seen.argmax(axis=1)
    return np.where(found > first, found, -1)


def _starts(t: Floats, rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Days on which the works begin: well inside the series, the second 60-250 d after."""
    span = float(t[-1] - t[0])
    early, late = t[0] + min(365.0, 0.2 * span), t[-1] - min(200.0, 0.2 * span)
    start = rng.uniform(early, late, count)
    return start, start + rng.uniform(60, 250, count)


def _done(t: Floats, start: Floats, works: Floats) -> Floats:
    """Share of the works that is done on each date, (m, n, 1)."""
    since = t[None, :] - start[:, None]
    slow = np.clip(since / np.maximum(works, 1e-9)[:, None], 0.0, 1.0)
    return np.where(works[:, None] > 0, slow, since >= 0)[:, :, None].astype(np.float64)


def _surfaces(
    ring: SeriesSet, library: SpectralLibrary, rng: np.random.Generator, box: Ints
) -> tuple[Floats, Floats]:
    """Bare ground and roofs as this site would show them, each (m, n, bands)."""
    noise = _noise(ring, library)[box]
    if not library.gain:
        level = rng.uniform(-0.5, 0.5, (2, len(box), 1, 1)) * library.shift
        return library.bare + level[0] + noise, library.built + level[1] + noise
    phase = 2 * np.pi * ring.t_days / YEAR_DAYS - rng.uniform(0, 2 * np.pi, (len(box), 1))
    season = _column(rng.uniform(0, 0.12, len(box))) * np.cos(phase)[:, :, None] + 1
    bare = library.bare * _flicker(rng, noise.shape, brightest=1.4) * season
    built = library.built * _flicker(rng, noise.shape, brightest=1.6) * season
    return bare + noise, built + noise


def _flicker(rng: np.random.Generator, shape: tuple[int, ...], *, brightest: float) -> Floats:
    """Gain of each series, and how it flickers from image to image and a little between bands."""
    count, n, bands = shape
    image = 0.05 * rng.standard_normal((count, n, 1))
    band = 0.02 * rng.standard_normal((count, n, bands))
    return np.asarray((1 + image + band) * rng.uniform(0.8, brightest, (count, 1, 1)))


def _noise(ring: SeriesSet, library: SpectralLibrary) -> Floats:
    """What each box's residuals add to another surface, (boxes, n, bands)."""
    own = fit_harmonics(ring).residuals
    if library.haze is None:
        return np.nan_to_num(own)
    scale = robust_sigma(own, axis=1) + 1e-6
    gross = (np.abs(own) / scale[:, None, :]).max(axis=2) > 4
    return np.nan_to_num(np.where(gross[:, :, None], own, own[:, :, :1] * library.haze))
