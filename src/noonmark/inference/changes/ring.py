"""The surroundings of a site: what the scene did on each date, and what the ground is like."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.inference.changes.model import SegmentModel, SeriesSet
from noonmark.inference.changes.posterior import harmonics

MAD_TO_SIGMA = 1.4826
FEWEST_BOXES = 20
FEWEST_IMAGES = 12
SEASON_SHARE = 0.4
"""The yearly wave of ground that may be bare or built, in parts of the ring's mean square: with the
whole of it, plants that grow otherwise for a year pass for events.
"""


@dataclass(frozen=True)
class HarmonicFit:
    """A level and one yearly harmonic for each series and band, outliers weighed down.

    ``coefficients`` (m, 3, bands); ``residuals`` (m, n, bands), NaN where nothing was seen.
    """

    coefficients: Floats
    residuals: Floats


@dataclass(frozen=True)
class RingStatistics:
    """What the ring says of each date: ``anomaly`` (n, bands) of the scene, ``weights`` (n,)."""

    anomaly: Floats
    weights: Floats


def fit_harmonics(series: SeriesSet, *, passes: int = 3) -> HarmonicFit:
    """Least squares with weights that fall as residuals grow, all series at once."""
    x = harmonics(series.t_days)
    values = np.where(series.seen[:, :, None], series.values, 0.0)
    weights = series.seen.astype(np.float64)
    for _ in range(passes):
        normal = np.einsum("mn,na,nb->mab", weights, x, x) + 1e-9 * np.eye(3)
        right = np.einsum("mn,na,mnd->mad", weights, x, values)
        coefficients = np.linalg.solve(normal, right)
        residuals = values - np.einsum("na,mad->mnd", x, coefficients)
        residuals = np.where(series.seen[:, :, None], residuals, np.nan)
        scale = robust_sigma(residuals, axis=1) + 1e-6
        square = np.nan_to_num((residuals**2 / scale[:, None, :] ** 2).mean(axis=2))
        weights = series.seen / (1.0 + square / 4.0)
    return HarmonicFit(coefficients, residuals)


def ring_statistics(series: SeriesSet) -> RingStatistics:
    """The median residual of the ring on each date, and weights for dates on which it scatters."""
    residuals = fit_harmonics(series).residuals
    enough = series.seen.sum(axis=0) >= 8
    anomaly = np.where(enough[:, None], masked_median(residuals, axis=0), 0.0)
    anomaly = np.nan_to_num(anomaly)
    spread = robust_sigma(residuals - anomaly, axis=0).mean(axis=1)
    spread = np.where(enough, spread, np.nan)
    usual = np.nanmedian(spread) if enough.any() else 1.0
    relative = np.where(np.isfinite(spread), spread / max(float(usual), 1e-9), 1.5)
    return RingStatistics(anomaly, np.minimum(1.0, 1.0 / np.maximum(relative, 0.3) ** 2))


def without_anomaly(series: SeriesSet, ring: RingStatistics) -> SeriesSet:
    """The series less what the whole scene did on each date."""
    return replace(series, values=series.values - ring.anomaly)


def segment_model(series: SeriesSet, spectra: Floats, *, dims: int = 3) -> SegmentModel:
    """The prior taken from the ring and a spectral library; ``spectra`` (m, bands).

    Bands are whitened by the covariance of the ring's residuals (the 5 % largest dropped, then
    enlarged by 15 %) and projected on the directions that most separate the library from the ring.
    """
    fitted = fit_harmonics(series)
    # 1. What makes the ring's residuals round, outliers left out.
    residuals = fitted.residuals[series.seen]
    far = np.abs(residuals - np.median(residuals, axis=0)).max(axis=1)
    near = residuals[far < np.quantile(far, 0.95)]
    bands = residuals.shape[1]
    covariance = np.atleast_2d(np.cov(near.T)) * 1.15 + 1e-12 * np.eye(bands)
    whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T
    # 2. The directions in which surfaces of the library lie farthest from the ring's level.
    level = np.median(fitted.coefficients[:, 0, :], axis=0)
    away = (spectra - level) @ whitening
    _, _, directions = np.linalg.svd(away, full_matrices=False)
    chosen = directions[:dims].T
    projection = whitening @ chosen
    # 3. How far levels and yearly waves of new ground may lie from the ring's.
    waves = fitted.coefficients[:, 1:, :] @ projection
    season = max(SEASON_SHARE * _mean_square(waves), 1e-3)
    levels = max(_mean_square(away @ chosen), 4.0)
    variance = np.array([levels, season, season])
    return SegmentModel(projection=projection, level=level, prior_variance=variance)


def _mean_square(values: Floats) -> float:
    """The mean of the squares."""
    return float(np.mean(values**2))


def quiet_boxes(series: SeriesSet, *, share: float = 0.9) -> Bools:
    """The boxes that scatter least about their own harmonic; the rest may hold events, (m,)."""
    residuals = fit_harmonics(series).residuals
    bands = residuals.shape[2]
    scale = robust_sigma(residuals.reshape(-1, bands), axis=0)
    loudness = np.nanmean(np.nan_to_num((residuals / (scale + 1e-9)) ** 2).clip(0, 25), axis=(1, 2))
    loudness = loudness * series.seen.shape[1] / np.maximum(series.seen.sum(axis=1), 1)
    return np.asarray(loudness <= np.quantile(loudness, share))


def robust_sigma(residuals: Floats, *, axis: int) -> Floats:
    """The standard deviation that the median size of residuals stands for; NaN are left out."""
    return MAD_TO_SIGMA * masked_median(np.abs(residuals), axis=axis)


def masked_median(values: Floats, *, axis: int) -> Floats:
    """Median of the values that are not NaN along an axis; NaN where there is none.

    Faster than numpy's own on many short rows.
    """
    ordered = np.sort(values, axis=axis)
    count = np.isfinite(ordered).sum(axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=axis)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[axis] - 1), axis=axis)
    return np.asarray(0.5 * (low + high).squeeze(axis))
