"""A bent or split region of the sky as a few normal spots: small enough to print, true enough to pass on.

Method: expectation maximisation (Dempster, Laird and Rubin 1977) in the plane that touches the sky at the mean; the
number of parts by the Bayesian information criterion (Schwarz 1978) on the effective number of draws.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.sky import Spot, from_touching, spot, touching

Floats = NDArray[np.float64]

MOST: Final = 5
FLOOR_DEG2: Final = 1e-6


def mixture(vectors: Floats, weights: Floats, *, rng: np.random.Generator) -> list[Spot]:
    """The weighted directions (k, 3), in level axes, as one to five normal spots, the largest share first."""
    whole = spot(vectors, weights)
    middle = whole.vector
    pick = rng.choice(len(weights), size=600, p=weights)
    flat = touching(middle, vectors[pick])
    best: tuple[Floats, Floats, Floats] | None = None
    lowest = np.inf
    for parts in range(1, MOST + 1):
        fit = _fitted(flat, parts, rng)
        # A quarter of the resampled draws counts as independent.
        score = -0.25 * 2.0 * float(np.sum(np.log(_density(flat, *fit) + 1e-300))) + (6 * parts - 1) * np.log(150.0)
        if score < lowest - 2.0:
            best, lowest = fit, score
        elif parts > 2:
            break
    assert best is not None
    if len(best[0]) == 1:
        return [whole]
    found = [_spot_at(middle, share, centre, matrix) for share, centre, matrix in zip(*best, strict=True)]
    return sorted(found, key=lambda s: -s.share)


def _spot_at(middle: Floats, share: float, centre: Floats, matrix: Floats) -> Spot:
    """A part of the mixture as a spot of its own, its covariance turned into the plane that touches it."""
    values, axes = np.linalg.eigh(matrix)
    arms = (axes * np.sqrt(np.maximum(values, FLOOR_DEG2))).T
    points = np.concatenate([centre + arms, centre - arms, centre[None]])
    weights = np.array([0.25, 0.25, 0.25, 0.25, 0.0])
    there = spot(from_touching(middle, points), weights)
    return Spot(float(share), there.elevation_deg, there.azimuth_deg, there.covariance_deg2 * 2.0)


def _density(flat: Floats, shares: Floats, centres: Floats, matrices: Floats) -> Floats:
    return np.asarray(_terms(flat, shares, centres, matrices).sum(axis=1))


def _terms(flat: Floats, shares: Floats, centres: Floats, matrices: Floats) -> Floats:
    away = flat[:, None] - centres
    squared = np.einsum("npi,pij,npj->np", away, np.linalg.inv(matrices), away)
    found: Floats = shares * np.exp(-0.5 * squared) / (2.0 * np.pi * np.sqrt(np.linalg.det(matrices)))
    return found


def _fitted(flat: Floats, parts: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Shares (p,), centres (p, 2) and covariances (p, 2, 2) of a mixture of ``parts`` normal distributions."""
    total = np.cov(flat.T) + FLOOR_DEG2 * np.eye(2)
    values, axes = np.linalg.eigh(total)
    along = (flat - flat.mean(axis=0)) @ axes[:, 1]
    edges = np.quantile(along, (np.arange(parts) + 0.5) / parts)
    centres = np.array([flat[np.argmin(np.abs(along - e))] for e in edges])
    matrices = np.tile(total / parts, (parts, 1, 1))
    shares = np.full(parts, 1.0 / parts)
    for _ in range(1 if parts == 1 else 40):
        terms = _terms(flat, shares, centres, matrices) + 1e-300
        owed = terms / terms.sum(axis=1, keepdims=True)
        mass = owed.sum(axis=0) + 1e-9
        shares = mass / mass.sum()
        centres = (owed.T @ flat) / mass[:, None]
        away = flat[:, None] - centres
        matrices = np.einsum("np,npi,npj->pij", owed, away, away) / mass[:, None, None]
        # A part of a few draws must not shrink to a point.
        matrices = matrices + (FLOOR_DEG2 + 1e-3 * values[0]) * np.eye(2)
    return shares, centres, matrices


def region_level(spots: list[Spot], vector: Floats, *, rng: np.random.Generator, draws: int = 4000) -> float:
    """The smallest credible level whose region of highest density holds ``vector`` (3,), for a mixture of spots."""
    numbers = rng.multinomial(draws, [s.share / sum(t.share for t in spots) for s in spots])
    cloud = [
        from_touching(s.vector, rng.multivariate_normal([0.0, 0.0], s.covariance_deg2, size=int(n)))
        for s, n in zip(spots, numbers, strict=True)
    ]
    return float(np.mean(sky_density(spots, np.concatenate(cloud)) > sky_density(spots, vector[None])[0]))


def sky_density(spots: list[Spot], vectors: Floats) -> Floats:
    """The density of a mixture of spots at directions (k, 3), per square degree."""
    total = np.zeros(len(vectors))
    for s in spots:
        matrix = s.covariance_deg2 + FLOOR_DEG2 * np.eye(2)
        flat = touching(s.vector, vectors)
        squared = np.einsum("ni,ij,nj->n", flat, np.linalg.inv(matrix), flat)
        total += s.share * np.exp(-0.5 * squared) / (2.0 * np.pi * np.sqrt(np.linalg.det(matrix)))
    return total
