"""A bent or split region of the sky as a mixture of a few normal distributions.

It is small enough to print, and close enough to the draws to pass on. Method: expectation
maximisation (Dempster, Laird and Rubin 1977) in the plane that touches the sky at the mean; the
number of parts by the Bayesian information criterion (Schwarz 1978) on the effective number of
draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.sky import SkyDirection, from_touching, mean_direction, touching

MOST: Final = 5
FLOOR_DEG2: Final = 1e-6
RESAMPLED: Final = 600
# A quarter of the resampled draws counts as independent.
INDEPENDENT_SHARE: Final = 0.25
NUMBERS_PER_PART: Final = 6  # share, centre (2), covariance (3)
ROUNDS: Final = 40


@dataclass(frozen=True)
class _Fit:
    """A mixture on the chart: shares (p,), centres (p, 2) [deg], covariances (p, 2, 2) [deg2]."""

    shares: Floats
    centres: Floats
    matrices: Floats


def mixture(
    vectors: Floats,
    weights: Floats,
    *,
    rng: np.random.Generator,
) -> list[SkyDirection]:
    """Weighted directions (k, 3) as one to five normal parts, the largest share first.

    The directions are unit vectors in level axes: right, forward, up.

    A second part is added only where the information criterion falls by more than 2.
    """
    whole = mean_direction(vectors, weights)
    middle = whole.vector
    pick = rng.choice(len(weights), size=RESAMPLED, p=weights)
    best = _best_fit(touching(middle, vectors[pick]))
    if len(best.shares) == 1:
        return [whole]
    found = []
    for share, centre, matrix in zip(best.shares, best.centres, best.matrices, strict=True):
        found.append(_part_at(middle, share, centre, matrix))
    return sorted(found, key=lambda part: -part.share)


def _best_fit(flat: Floats) -> _Fit:
    """The mixture of points (n, 2) of the lowest information criterion.

    The search stops at the first number of parts above two that does not help.
    """
    best = _fitted(flat, 1)
    lowest = _criterion(flat, best)
    for parts in range(2, MOST + 1):
        fit = _fitted(flat, parts)
        score = _criterion(flat, fit)
        if score < lowest - 2.0:
            best, lowest = fit, score
        elif parts > 2:
            break
    return best


def _criterion(flat: Floats, fit: _Fit) -> float:
    """The Bayesian information criterion of a mixture, for the independent share of the draws.

    A lower one is better.
    """
    density = _terms(flat, fit).sum(axis=1)
    log_likelihood = float(np.sum(np.log(density + 1e-300)))
    numbers = NUMBERS_PER_PART * len(fit.shares) - 1
    independent = INDEPENDENT_SHARE * RESAMPLED
    return float(-INDEPENDENT_SHARE * 2.0 * log_likelihood + numbers * np.log(independent))


def _part_at(
    middle: Floats,
    share: float,
    centre: Floats,
    matrix: Floats,
) -> SkyDirection:
    """A part of the mixture, its covariance turned into the plane that touches the sky there.

    Four points one sigma from the centre, along the axes of the covariance, carry it over; their
    covariance is half the one that they stand for.
    """
    values, axes = np.linalg.eigh(matrix)
    arms = (axes * np.sqrt(np.maximum(values, FLOOR_DEG2))).T
    points = np.concatenate([centre + arms, centre - arms, centre[None]])
    weights = np.array([0.25, 0.25, 0.25, 0.25, 0.0])
    there = mean_direction(from_touching(middle, points), weights)
    return SkyDirection(
        share=float(share),
        elevation_deg=there.elevation_deg,
        azimuth_deg=there.azimuth_deg,
        covariance_deg2=there.covariance_deg2 * 2.0,
    )


def _terms(flat: Floats, fit: _Fit) -> Floats:
    """The density (n, p) of each part at points (n, 2), times its share.

    A part's density is that of a normal distribution in two dimensions, per square degree.
    """
    away = flat[:, None] - fit.centres
    inverse = np.linalg.inv(fit.matrices)
    squared = np.einsum("npi,pij,npj->np", away, inverse, away)
    area = 2.0 * np.pi * np.sqrt(np.linalg.det(fit.matrices))
    found: Floats = fit.shares * np.exp(-0.5 * squared) / area
    return found


def _fitted(flat: Floats, parts: int) -> _Fit:
    """A mixture of ``parts`` normal distributions of points (n, 2), by expectation maximisation."""
    fit, least = _first_fit(flat, parts)
    for _ in range(1 if parts == 1 else ROUNDS):
        fit = _improved(flat, fit, least)
    return fit


def _first_fit(flat: Floats, parts: int) -> tuple[_Fit, Floats]:
    """Equal parts spread along the longest axis, and the least covariance (2, 2) of a part.

    A part of a few draws must not shrink to a point.

    The centres are the points nearest to evenly spaced quantiles along the longest axis.
    """
    total = np.cov(flat.T) + FLOOR_DEG2 * np.eye(2)
    values, axes = np.linalg.eigh(total)
    along = (flat - flat.mean(axis=0)) @ axes[:, 1]
    shares_before = (np.arange(parts) + 0.5) / parts
    edges = np.quantile(along, shares_before)
    nearest = []
    for edge in edges:
        nearest.append(np.argmin(np.abs(along - edge)))
    centres = flat[nearest]
    matrices = np.tile(total / parts, (parts, 1, 1))
    shares = np.full(parts, 1.0 / parts)
    least = (FLOOR_DEG2 + 1e-3 * values[0]) * np.eye(2)
    return _Fit(shares, centres, matrices), least


def _improved(
    flat: Floats,
    fit: _Fit,
    least: Floats,
) -> _Fit:
    """The mixture after one round of expectation and maximisation.

    Expectation: how much of each point each part owns. Maximisation: share, centre and covariance
    of what it owns.
    """
    terms = _terms(flat, fit) + 1e-300
    owed = terms / terms.sum(axis=1, keepdims=True)
    mass = owed.sum(axis=0) + 1e-9
    centres = (owed.T @ flat) / mass[:, None]
    away = flat[:, None] - centres
    matrices = np.einsum("np,npi,npj->pij", owed, away, away) / mass[:, None, None]
    return _Fit(mass / mass.sum(), centres, matrices + least)


def sky_density(parts: list[SkyDirection], vectors: Floats) -> Floats:
    """The density (k,) per square degree of a mixture at directions (k, 3) in level axes.

    parts: the mixture; its shares need not sum to 1.
    """
    total = np.zeros(len(vectors))
    for part in parts:
        matrix = part.covariance_deg2 + FLOOR_DEG2 * np.eye(2)
        flat = touching(part.vector, vectors)
        squared = np.einsum("ni,ij,nj->n", flat, np.linalg.inv(matrix), flat)
        area = 2.0 * np.pi * np.sqrt(np.linalg.det(matrix))
        total += part.share * np.exp(-0.5 * squared) / area
    return total
