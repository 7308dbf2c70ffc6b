"""The posterior of a series as plain loops, compiled by numba where it is installed.

``array_loops`` says the same in numpy; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from math import exp, log
from typing import Any, TypeVar, cast

import numpy as np

from noonmark.arrays import Floats, Ints

# Without the extra "sites" the loops still run, slowly.
_NUMBA: Any = import_module("numba") if find_spec("numba") else None
IS_COMPILED = _NUMBA is not None

NEVER = -1e300
LOG_2PI = 1.8378770664093453
STEPS = 64  # of the table of log gamma, in one unit
SMALLEST = -690.0  # of the logarithms whose exponentials are kept
FAINT = -40.0  # terms below this share of a sum (in nats) are left out
_HOW = {"fastmath": True, "error_model": "numpy"}
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function compiled, kept in a cache where a folder can be written."""
    if _NUMBA is None:
        return function
    try:
        return cast(Function, _NUMBA.njit(cache=True, **_HOW)(function))
    except RuntimeError:  # no folder for the cache
        return cast(Function, _NUMBA.njit(**_HOW)(function))


@compiled
def squared_sums(x: Floats, w: Floats) -> Floats:
    """Running sums of w x x', its upper half in six rows, (6, n + 1)."""
    sums = np.zeros((6, len(w) + 1))
    for i in range(len(w)):
        place = 0
        for a in range(3):
            for b in range(a, 3):
                sums[place, i + 1] = sums[place, i] + w[i] * x[i, a] * x[i, b]
                place += 1
    return sums


@compiled
def crossed_sums(x: Floats, z: Floats, w: Floats) -> Floats:
    """Running sums of w x z, three rows for each direction, (3 dims, n + 1)."""
    n, dims = z.shape
    sums = np.zeros((3 * dims, n + 1))
    for i in range(n):
        for d in range(dims):
            for a in range(3):
                sums[3 * d + a, i + 1] = sums[3 * d + a, i] + w[i] * x[i, a] * z[i, d]
    return sums


@compiled
def weight_sums(z: Floats, w: Floats) -> Floats:
    """Running sums of w z'z and of w, (2, n + 1)."""
    sums = np.zeros((2, len(w) + 1))
    for i in range(len(w)):
        sums[0, i + 1] = sums[0, i] + w[i] * np.sum(z[i] * z[i])
        sums[1, i + 1] = sums[1, i] + w[i]
    return sums


@compiled
def factors(
    a: float, b: float, c: float, d: float, e: float, f: float
) -> tuple[float, float, float, float, float]:
    """The L D L' factors of [[a b c] [b d e] [c e f]]: three of L, the last two of D."""
    l1, l2 = b / a, c / a
    second, u = d - l1 * b, e - l2 * b
    l3 = u / second
    return l1, l2, l3, second, f - l2 * c - u * l3


@compiled
def factor_from(i: int, xx: Floats, precision: Floats, held: Floats) -> None:
    """The L D L' factors of the normal matrices of segments i .. j - 1, for every j.

    ``held`` (8, n + 1): three rows of L, three of one over D, the determinant, and one for
    ``explain_from``. One row at a time, so that the compiler can do several segments at once.
    """
    for j in range(i + 1, xx.shape[1]):
        a = xx[0, j] - xx[0, i] + precision[0]
        l1, l2, l3, d, f = factors(
            a,
            xx[1, j] - xx[1, i],
            xx[2, j] - xx[2, i],
            xx[3, j] - xx[3, i] + precision[1],
            xx[4, j] - xx[4, i],
            xx[5, j] - xx[5, i] + precision[2],
        )
        held[0, j], held[1, j], held[2, j] = l1, l2, l3
        held[3, j], held[4, j], held[5, j] = 1.0 / a, 1.0 / d, 1.0 / f
        held[6, j] = a * d * f


@compiled
def explain_from(i: int, xz: Floats, held: Floats) -> None:
    """The sums of squares that the fits of segments i .. j - 1 explain, into row 7 of ``held``."""
    held[7, i + 1 :] = 0.0
    for q in range(0, xz.shape[0], 3):
        for j in range(i + 1, xz.shape[1]):
            r0 = xz[q, j] - xz[q, i]
            r1 = xz[q + 1, j] - xz[q + 1, i] - held[0, j] * r0
            r2 = xz[q + 2, j] - xz[q + 2, i] - held[1, j] * r0 - held[2, j] * r1
            held[7, j] += r0 * r0 * held[3, j] + r1 * r1 * held[4, j] + r2 * r2 * held[5, j]


@compiled
def between_steps(log_gamma: Floats, count: float) -> float:
    """The table of log gamma at a count, between two of its steps."""
    scaled = count * STEPS
    step = int(scaled)
    part = scaled - step
    value: float = log_gamma[step] * (1.0 - part) + log_gamma[step + 1] * part
    return value


@compiled
def segment(
    squares: float, count: float, determinant: float, half: float, shape: float, log_gamma: Floats
) -> float:
    """Log marginal likelihood of one segment, but for a constant; ``squares`` not explained."""
    tail: float = (shape + count) * log(shape + 0.5 * max(squares, 0.0))
    head: float = between_steps(log_gamma, count) - half * log(determinant)
    return head - tail - count * LOG_2PI


@compiled
def table(
    x: Floats,
    z: Floats,
    w: Floats,
    prior: Floats,
    shape: float,
    log_gamma: Floats,
    shortest: int,
    shortest_last: int,
) -> Floats:
    """Log marginal likelihood of images i .. j - 1 as one segment, (n + 1, n + 1)."""
    n, dims = z.shape
    half = 0.5 * dims
    xx, xz, zz = squared_sums(x, w), crossed_sums(x, z, w), weight_sums(z, w)
    held = np.zeros((8, n + 1))
    found = np.full((n + 1, n + 1), NEVER)
    constant = shape * log(shape) - log_gamma[0] - half * np.sum(np.log(prior))
    for i in range(n):
        factor_from(i, xx, 1.0 / prior, held)
        explain_from(i, xz, held)
        for j in range(i + shortest_last, n + 1):
            if j - i >= shortest or j == n:
                squares = zz[0, j] - zz[0, i] - held[7, j]
                count = half * (zz[1, j] - zz[1, i])
                found[i, j] = constant + segment(squares, count, held[6, j], half, shape, log_gamma)
    return found


@compiled
def log_sum(terms: Floats, count: int) -> float:
    """Logarithm of the sum of the exponentials of the first ``count`` terms."""
    top = NEVER
    for i in range(count):
        top = max(top, terms[i])
    if top < -1e290:
        return NEVER
    total = 0.0
    for i in range(count):
        below = terms[i] - top
        if below > FAINT:
            total += exp(below)
    return top + log(total)


@compiled
def forward(found: Floats, log_hazard: Floats, most: int) -> Floats:
    """F[k, j]: log probability of images 0 .. j - 1 with k events among them."""
    n = found.shape[0] - 1
    across = found.T.copy()
    f = np.full((most + 1, n + 1), NEVER)
    f[0, 1:] = found[0, 1:]
    terms = np.empty(n + 1)
    for k in range(1, most + 1):
        for j in range(k + 1, n + 1):
            for i in range(k, j):
                terms[i - k] = f[k - 1, i] + log_hazard[i] + across[j, i]
            f[k, j] = log_sum(terms, j - k)
    return f


@compiled
def backward(found: Floats, log_hazard: Floats, most: int) -> Floats:
    """G[k, i]: log probability of images i .. n - 1 with k events among them."""
    n = found.shape[0] - 1
    g = np.full((most, n + 1), NEVER)
    g[0, :n] = found[:n, n]
    terms = np.empty(n + 1)
    for k in range(1, most):
        for i in range(n - 1, -1, -1):
            for j in range(i + 1, n):
                terms[j - i - 1] = found[i, j] + log_hazard[j] + g[k - 1, j]
            g[k, i] = log_sum(terms, n - i - 1)
    return g


@compiled
def likely_cuts(f: Floats, found: Floats, log_hazard: Floats) -> Ints:
    """Where the likeliest number of events lies, traced backward: [0, cuts .., n]."""
    most, n = f.shape[0] - 1, f.shape[1] - 1
    best, log_factorial, top = 0, 0.0, f[0, n]
    for k in range(1, most + 1):
        log_factorial += log(float(k))
        held = f[k, n] + log_factorial - k
        if held > top:
            best, top = k, held
    cuts = np.zeros(best + 2, np.int64)
    cuts[best + 1] = end = n
    for k in range(best, 0, -1):
        place, high = k, NEVER
        for i in range(k, end):
            held = f[k - 1, i] + log_hazard[i] + found[i, end]
            if held > high:
                place, high = i, held
        cuts[k] = end = place
    return cuts


@compiled
def squared_residuals(
    x: Floats,
    z: Floats,
    w: Floats,
    prior: Floats,
    cuts: Ints,
) -> Floats:
    """Squared distance of each image from its segment's fit, over all directions."""
    found = np.zeros(len(z))
    for s in range(len(cuts) - 1):
        start, end = cuts[s], cuts[s + 1]
        here, there = x[start:end].copy(), z[start:end].copy()
        weighted = here * w[start:end].copy().reshape((-1, 1))
        normal = weighted.T @ here + np.diag(1.0 / prior)
        off = there - here @ np.linalg.solve(normal, weighted.T @ there)
        found[start:end] = np.sum(off * off, axis=1)
    return found


@compiled
def gap_shares(f: Floats, g: Floats, log_hazard: Floats) -> Floats:
    """Probability that event k of K falls into the gap before each image, (K + 1, K + 1, n)."""
    most, n = f.shape[0] - 1, f.shape[1] - 1
    shares = np.zeros((most + 1, most + 1, n))
    terms = np.empty(n)
    for total in range(1, most + 1):
        for k in range(1, total + 1):
            for i in range(n):
                terms[i] = f[k - 1, i] + log_hazard[i] + g[total - k, i]
            whole = log_sum(terms, n)
            if whole > -1e290:
                for i in range(n):
                    if terms[i] - whole > SMALLEST:
                        shares[total, k, i] = exp(terms[i] - whole)
    return shares


@compiled
def fit(
    x: Floats,
    z: Floats,
    base: Floats,
    log_hazard: Floats,
    prior: Floats,
    log_gamma: Floats,
    settings: Floats,
) -> tuple[Floats, Floats]:
    """Log evidence of 0 .. K events, and where each falls; outliers weighed down before.

    ``settings``: shape, image weight, degrees of freedom, most events, shortest, last, passes.
    """
    shape, image_weight, t_dof = settings[0], settings[1], settings[2]
    most, shortest, last = int(settings[3]), int(settings[4]), int(settings[5])
    dims = z.shape[1]
    w = base.copy()
    for left in range(int(settings[6]), -1, -1):
        weight = w * image_weight
        found = table(
            x,
            z,
            weight,
            prior,
            shape,
            log_gamma,
            shortest,
            last,
        )
        f = forward(found, log_hazard, most)
        if left:
            cuts = likely_cuts(f, found, log_hazard)
            square = squared_residuals(
                x,
                z,
                weight,
                prior,
                cuts,
            )
            # The median of chi squared with d degrees of freedom is about d - 2/3.
            scale = max(np.median(square) / max(dims - 0.66, 0.34), 1e-9)
            w = base * np.minimum(1.0, (t_dof + dims) / (t_dof + square / scale))
    g = backward(found, log_hazard, most)
    return f[:, -1].copy(), gap_shares(f, g, log_hazard)
