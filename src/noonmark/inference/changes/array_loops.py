"""The posterior of a series in numpy alone: the second implementation of ``compiled_loops``.

It does the work where numba is not installed, and a test holds the two together. Notation:

x     (n, 3) one, cosine and sine of the year
z     (n, dims) whitened values less the prior's level
w     (n,) how much each image counts
F, G  log probabilities of the images before and after a cut, by the number of events
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.special import gammaln

from noonmark.arrays import Floats, Ints
from noonmark.inference.changes.compiled_loops import LOG_2PI
from noonmark.inference.changes.model import NEVER, SegmentModel

_IMPOSSIBLE = -1e290
_LEAST_EXPONENT = -700.0
"""The exponential of less is 0."""


def running_sums(terms: Floats) -> Floats:
    """Sums over the first 0, 1, .. n rows."""
    return np.concatenate([np.zeros_like(terms[:1]), np.cumsum(terms, axis=0)])


def rests(x: Floats, z: Floats, w: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """For every segment i .. j - 1: what its fit leaves of the squares, and the log determinant of
    its normal matrix over that of the prior. Each (pairs,).
    """
    i, j = np.triu_indices(len(z) + 1, 1)
    weighted = w[:, None] * x
    normal_sums = running_sums(weighted[:, :, None] * x[:, None, :])
    right_sums = running_sums(weighted[:, :, None] * z[:, None, :])
    square_sums = running_sums(w * (z**2).sum(axis=1))
    normal = normal_sums[j] - normal_sums[i] + np.diag(1.0 / prior)
    right = right_sums[j] - right_sums[i]
    explained = (right * np.linalg.solve(normal, right)).sum(axis=(1, 2))
    rest = np.maximum(square_sums[j] - square_sums[i] - explained, 0.0)
    return rest, np.linalg.slogdet(normal)[1] + np.log(prior).sum()


def table(x: Floats, z: Floats, w: Floats, model: SegmentModel) -> Floats:
    """Log marginal likelihood of images i .. j - 1 as one segment, (n + 1, n + 1)."""
    n, dims = z.shape
    rest, log_determinant = rests(x, z, w, model.prior_variance)
    i, j = np.triu_indices(n + 1, 1)
    weights = running_sums(w)
    count = 0.5 * dims * (weights[j] - weights[i])
    a = model.shape
    held = a * np.log(a) - gammaln(a) + gammaln(a + count)
    held -= (a + count) * np.log(a + 0.5 * rest) + count * LOG_2PI
    held -= 0.5 * dims * log_determinant
    allowed = (j - i >= model.shortest) | ((j == n) & (j - i >= model.shortest_last))
    found = np.full((n + 1, n + 1), NEVER)
    found[i[allowed], j[allowed]] = held[allowed]
    return found


def forward(found: Floats, log_hazard: Floats, most: int) -> Floats:
    """F[k, j]: log probability of images 0 .. j - 1 with k events among them."""
    f = [found[0]]
    for _ in range(most):
        terms = np.maximum((f[-1] + log_hazard)[:, None] + found, NEVER)
        f.append(np.maximum(np.logaddexp.reduce(terms, axis=0), NEVER))
    return np.stack(f)


def backward(found: Floats, log_hazard: Floats, most: int) -> Floats:
    """G[k, i]: log probability of images i .. n - 1 with k events among them."""
    g = [found[:, -1]]
    for _ in range(most - 1):
        terms = np.maximum(found + (log_hazard + g[-1])[None, :], NEVER)
        g.append(np.maximum(np.logaddexp.reduce(terms, axis=1), NEVER))
    return np.stack(g)


def likely_cuts(f: Floats, found: Floats, log_hazard: Floats) -> Ints:
    """Where the likeliest number of events lies, traced backward: [0, cuts .., n]."""
    most, n = f.shape[0] - 1, f.shape[1] - 1
    counts = np.arange(most + 1)
    best = int(np.argmax(f[:, n] + gammaln(counts + 1) - counts))
    cuts = [n]
    for k in range(best, 0, -1):
        end = cuts[-1]
        cuts.append(int(np.argmax(f[k - 1, :end] + log_hazard[:end] + found[:end, end])))
    return np.array([0, *cuts[::-1]])


def squared_residuals(x: Floats, z: Floats, w: Floats, prior: Floats, cuts: Ints) -> Floats:
    """Squared distance of each image from its segment's fit, over all directions."""
    square = np.zeros(len(z))
    for start, end in pairwise(cuts):
        here, to = x[start:end], z[start:end]
        weighted = here * w[start:end, None]
        beta = np.linalg.solve(weighted.T @ here + np.diag(1.0 / prior), weighted.T @ to)
        square[start:end] = ((to - here @ beta) ** 2).sum(axis=1)
    return square


def gap_shares(f: Floats, g: Floats, log_hazard: Floats) -> Floats:
    """Probability that event k of K falls into the gap before each image, (K + 1, K + 1, n)."""
    most, n = f.shape[0] - 1, f.shape[1] - 1
    shares = np.zeros((most + 1, most + 1, n))
    for total in range(1, most + 1):
        for k in range(1, total + 1):
            terms = f[k - 1] + log_hazard + g[total - k]
            shares[total, k] = _shares_of(terms[:n])
    return shares


def _shares_of(terms: Floats) -> Floats:
    """Probabilities of logarithms, (n,); none where all of them are impossible."""
    most = float(terms.max())
    if most <= _IMPOSSIBLE:
        return np.zeros_like(terms)
    p = np.exp(np.maximum(terms - most, _LEAST_EXPONENT))
    return np.asarray(p / p.sum())


def _outlier_weights(square: Floats, dims: int, t_dof: float) -> Floats:
    """Weights of images by their squared distances, (n,): less than 1 where one lies far off.

    These are the weights of Student's t with so many degrees of freedom. The median of the squares
    stands for their scale: that of chi-squared is about its dimensions less two thirds.
    """
    usual = max(dims - 0.66, 0.34)
    scale = max(float(np.median(square)) / usual, 1e-9)
    weights = (t_dof + dims) / (t_dof + square / scale)
    return np.minimum(1.0, weights)


def fit(
    x: Floats, z: Floats, base: Floats, log_hazard: Floats, model: SegmentModel
) -> tuple[Floats, Floats]:
    """Log evidence of 0 .. K events, and where each falls; outliers weighed down before."""
    dims, w, most = z.shape[1], base, model.most_events
    for left in range(model.passes, -1, -1):
        weight = w * model.image_weight
        found = table(x, z, weight, model)
        f = forward(found, log_hazard, most)
        if left:
            cuts = likely_cuts(f, found, log_hazard)
            square = squared_residuals(x, z, weight, model.prior_variance, cuts)
            w = base * _outlier_weights(square, dims, model.t_dof)
    return f[:, -1], gap_shares(f, backward(found, log_hazard, most), log_hazard)
