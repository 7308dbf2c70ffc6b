"""Works that take time, fitted to a series in numpy: the second implementation of ``works_loops``.

It does the work where numba is not installed, and a test holds the two together. Every point of
the grid, one day for the middle and one length, is a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from noonmark.arrays import Bools, Floats, Ints
from noonmark.inference.changes.works_loops import MOST_POINTS, POINT_DAYS


@dataclass(frozen=True)
class WorksGrid:
    """Points that are tried: gap, middle, length and log prior of each, (points,)."""

    gap: Ints
    middle: Floats
    length: Floats
    log_prior: Floats


def shares_done(t: Floats, middle: Floats, length: Floats) -> Floats:
    """The share of works that is done at each image, (points, n)."""
    since = t[None, :] - middle[:, None]
    line = np.clip(since / np.maximum(length, 1e-9)[:, None] + 0.5, 0.0, 1.0)
    return np.where(length[:, None] > 0, line, (since >= 0).astype(np.float64))


def state_shares(done: list[Floats]) -> Floats:
    """The share of the site in each state, (points, states, n), from the works' shares."""
    rest = np.ones_like(done[0])
    found = []
    for each in done:
        found.append(rest * (1.0 - each))
        rest = rest * each
    return np.stack([*found, rest], axis=1)


def solved(
    shares: Floats,
    x: Floats,
    z: Floats,
    w: Floats,
    prior: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Design, its coefficients, log determinant over the prior's, squares explained; by point."""
    points, states, n = shares.shape
    design = (shares[:, :, None, :] * x.T[None, None]).reshape(points, 3 * states, n)
    weighted = design * w
    precision = np.diag(np.tile(1.0 / prior, states))
    normal = weighted @ design.transpose(0, 2, 1) + precision
    right = weighted @ z
    beta = np.linalg.solve(normal, right)
    log_determinant = np.asarray(np.linalg.slogdet(normal)[1] + states * np.log(prior).sum())
    explained = np.asarray((beta * right).sum(axis=(1, 2)))
    return np.asarray(design), np.asarray(beta), log_determinant, explained


def held_by(
    shares: Floats,
    x: Floats,
    z: Floats,
    w: Floats,
    prior: Floats,
    shape: float,
) -> Floats:
    """Log marginal likelihood of each point but for a constant of the weights, (points,)."""
    _, _, log_determinant, explained = solved(
        shares,
        x,
        z,
        w,
        prior,
    )
    rest = np.maximum((w[:, None] * z**2).sum() - explained, 0.0)
    half = 0.5 * z.shape[1]
    power = shape + half * w.sum()
    return np.asarray(-half * log_determinant - power * np.log(shape + 0.5 * rest))


def grid_of(
    t: Floats,
    support: Bools,
    log_hazard: Floats,
    lengths: Floats,
    log_length: Floats,
) -> WorksGrid:
    """All points of an event."""
    rows = []
    for gap in np.flatnonzero(support).tolist():
        days = t[gap] - t[gap - 1]
        for length, log_p in zip(lengths.tolist(), log_length.tolist(), strict=True):
            points = 1 if length <= 0 else min(int(days / POINT_DAYS) + 1, MOST_POINTS)
            log_prior = log_hazard[gap] + log_p - np.log(points)
            for point in range(points):
                rows.append((gap, t[gap - 1] + days * (point + 0.5) / points, length, log_prior))
    table = np.array(rows)
    return WorksGrid(table[:, 0].astype(np.int64), table[:, 1], table[:, 2], table[:, 3])


@dataclass
class WorksPlace:
    """Where the events stand: middles (events,), and each one's share done, (1, n)."""

    middles: list[float]
    done: list[Floats]


def scan_event(
    k: int,
    t: Floats,
    place: WorksPlace,
    grid: WorksGrid,
    log_held: Callable[[Floats], Floats],
) -> tuple[Floats, float]:
    """Probability of each gap for event ``k``, the others held, (n,); what the log evidence gains.

    Moves ``place`` to the best point.
    """
    near = [-np.inf, *place.middles, np.inf]
    allowed = (grid.middle > near[k]) & (grid.middle < near[k + 2])
    tried = shares_done(t, grid.middle[allowed], grid.length[allowed])
    done = [np.broadcast_to(each, tried.shape) for each in place.done]
    done[k] = tried
    held = log_held(state_shares(done)) + grid.log_prior[allowed]
    best = int(held.argmax())
    place.middles[k], place.done[k] = float(grid.middle[allowed][best]), tried[best : best + 1]
    p = np.exp(np.maximum(held - held[best], -690.0))
    gain = np.log(p.sum()) + grid.log_prior[allowed][best]
    return np.bincount(grid.gap[allowed], p, minlength=len(t)) / p.sum(), float(gain)


def place_at(t: Floats, cuts: Ints) -> WorksPlace:
    """Events at once in the middles of gaps."""
    middles = 0.5 * (t[cuts - 1] + t[cuts])
    done = shares_done(t, middles, np.zeros(len(cuts)))
    return WorksPlace(middles.tolist(), list(done[:, None, :]))


def outlier_weights(square: Floats, dims: int, t_dof: float) -> Floats:
    """Weights of the t distribution for squared residuals, (n,), at most 1."""
    scale = max(float(np.median(square)) / max(dims - 0.66, 0.34), 1e-9)
    return np.asarray(np.minimum(1.0, (t_dof + dims) / (t_dof + square / scale)))


def fit_works(
    t: Floats,
    x: Floats,
    z: Floats,
    base: Floats,
    started: Floats,
    prior: Floats,
    tried: tuple[Floats, ...],
    cuts: Ints,
    support: Bools,
    settings: Floats,
) -> tuple[Floats, float, Floats]:
    """Do what ``works_loops.fit_works`` does; its arguments and answer are the same."""
    shape, image_weight, t_dof = settings[:3].tolist()
    place = place_at(t, cuts)
    grids = [grid_of(t, each, *tried) for each in support]
    gap_p, w, evidence = np.zeros((len(cuts), len(t))), started, 0.0
    for sweep in range(int(settings[3])):
        log_held = partial(held_by, x=x, z=z, w=w * image_weight, prior=prior, shape=shape)
        evidence = 0.0
        for k, grid in enumerate(grids):
            gap_p[k], gain = scan_event(
                k,
                t,
                place,
                grid,
                log_held,
            )
            evidence += gain
        shares = state_shares(place.done)
        evidence += float(log_held(shares)[0])
        if sweep < settings[4]:
            design, beta, _, _ = solved(
                shares,
                x,
                z,
                w * image_weight,
                prior,
            )
            square = ((z - design[0].T @ beta[0]) ** 2).sum(axis=1)
            w = base * outlier_weights(square, z.shape[1], t_dof)
    return gap_p, evidence, w
