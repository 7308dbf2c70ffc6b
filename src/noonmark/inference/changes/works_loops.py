"""Works that take time, fitted to a series as plain loops, compiled by numba where it is installed.

``works_arrays`` says the same in numpy; a test holds the two together. What is summed over images
stands in ``works_sums``, with the names that both use.
"""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np

from noonmark.arrays import Bools, Floats, Ints
from noonmark.inference.changes.compiled_loops import NEVER, compiled
from noonmark.inference.changes.works_sums import (
    CORNER,
    Place,
    Scratch,
    Sums,
    collect,
    image_terms,
    images_during,
    running_moments,
    state_shares,
)

POINT_DAYS = 12.0  # between two middles that are tried inside one gap
MOST_POINTS = 6  # in one gap

Tried = tuple[Floats, Floats, Floats]  # log hazard of gaps, lengths, their log probability


@compiled
def reduce_right(lower: Floats, right: Floats, row: int) -> float:
    """One row of the solution with a lower triangle, over all directions; its square."""
    total = 0.0
    for d in range(right.shape[1]):
        value = right[row, d]
        for c in range(row):
            value -= lower[row, c] * right[c, d]
        right[row, d] = value / lower[row, row]
        total += right[row, d] * right[row, d]
    return total


@compiled
def factor_row(
    square: Floats,
    a: int,
    r: int,
    lower: Floats,
) -> float:
    """Row ``r`` of state ``a`` of the Cholesky factor, left of its diagonal; their squares' sum."""
    row, total = 3 * a + r, 0.0
    for b in range(a + 1):
        for q in range(3 if b < a else r):
            column = 3 * b + q
            value = square[a, b, CORNER[r, q]]
            for c in range(column):
                value -= lower[row, c] * lower[column, c]
            lower[row, column] = value / lower[column, column]
            total += lower[row, column] * lower[row, column]
    return total


@compiled
def explain(prior: Floats, scratch: Scratch) -> tuple[float, float]:
    """Log determinant of the normal matrix over the prior's, and the squares that the fit explains.

    Fills in the Cholesky factor and the half solved right side, (3 states, dims).
    """
    square, cross, lower, right = scratch[1], scratch[2], scratch[3], scratch[4]
    determinant, explained = 1.0, 0.0
    for a in range(len(square)):
        for r in range(3):
            row = 3 * a + r
            value = square[a, a, CORNER[r, r]] + 1.0 / prior[r]
            value -= factor_row(square, a, r, lower)
            determinant *= value * prior[r]
            lower[row, row] = sqrt(value)
            for d in range(right.shape[1]):
                right[row, d] = cross[a, 3 * d + r]
            explained += reduce_right(lower, right, row)
    return log(determinant), explained


@compiled
def squared_residuals(
    t: Floats,
    x: Floats,
    z: Floats,
    works: Floats,
    lower: Floats,
    right: Floats,
) -> Floats:
    """Squared distance of each image from the fit, from what ``explain`` left behind."""
    rows, dims = right.shape
    beta = np.zeros((rows, dims))
    for d in range(dims):
        for row in range(rows - 1, -1, -1):
            value = right[row, d]
            for c in range(row + 1, rows):
                value -= lower[c, row] * beta[c, d]
            beta[row, d] = value / lower[row, row]
    found, shares = np.zeros(len(t)), np.zeros(len(works) + 1)
    for i in range(len(t)):
        state_shares(t[i], works, shares)
        for d in range(dims):
            off = z[i, d]
            for row in range(rows):
                off -= shares[row // 3] * x[i, row % 3] * beta[row, d]
            found[i] += off * off
    return found


@compiled
def log_add(one: float, other: float) -> float:
    """Logarithm of the sum of two exponentials."""
    high, low = max(one, other), min(one, other)
    if low < high - 40.0:
        return high
    return high + log(1.0 + exp(low - high))


@compiled
def points_in(days: float, length: float) -> int:
    """How many middles are tried inside a gap."""
    return 1 if length <= 0 else min(max(int(days / POINT_DAYS) + 1, 1), MOST_POINTS)


@compiled
def held_by(
    series: Sums,
    place: Place,
    scratch: Scratch,
    prior: Floats,
    weighing: Floats,
) -> float:
    """Log marginal likelihood of the series but for a constant of the weights.

    ``weighing``: half the directions, shape, weights' sum in observations, weighted squares.
    """
    collect(series, place, scratch)
    log_determinant, explained = explain(prior, scratch)
    rest = max(weighing[3] - explained, 0.0)
    power = weighing[1] + weighing[2]
    value: float = -weighing[0] * log_determinant - power * log(weighing[1] + 0.5 * rest)
    return value


@compiled
def put(
    place: Place,
    k: int,
    day: float,
    length: float,
    first: int,
    last: int,
) -> None:
    """Move event ``k``."""
    works, spans = place
    works[k, 0], works[k, 1] = day, length
    spans[k, 0], spans[k, 1] = first, last


@compiled
def try_gap(
    k: int,
    gap: int,
    series: Sums,
    place: Place,
    scratch: Scratch,
    prior: Floats,
    weighing: Floats,
    tried: Tried,
    best: Floats,
) -> float:
    """Log probability that event ``k`` is half done in a gap; ``best`` where a point leads.

    ``best``: log probability, its prior's part, day, length, span, and the days that bound it.
    """
    t, lengths = series[0], tried[1]
    days, total = t[gap] - t[gap - 1], NEVER
    for which in range(len(lengths)):
        length = lengths[which]
        points = points_in(days, length)
        log_prior = tried[0][gap] + tried[2][which] - log(float(points))
        for point in range(points):
            day = t[gap - 1] + days * (point + 0.5) / points
            if best[6] < day < best[7]:
                first, last = images_during(t, gap, day, length)
                put(
                    place,
                    k,
                    day,
                    length,
                    first,
                    last,
                )
                held = log_prior + held_by(
                    series,
                    place,
                    scratch,
                    prior,
                    weighing,
                )
                total = log_add(total, held)
                if held > best[0]:
                    best[0], best[1], best[2], best[3] = held, log_prior, day, length
                    best[4], best[5] = first, last
    return total


@compiled
def scan_event(
    k: int,
    series: Sums,
    place: Place,
    scratch: Scratch,
    prior: Floats,
    weighing: Floats,
    support: Bools,
    tried: Tried,
    logs: Floats,
) -> Floats:
    """Try event ``k`` at every gap of ``support`` and every length, the others held.

    Fills in ``logs`` (n,), and moves ``place`` to the best, which comes back.
    """
    works = place[0]
    best = np.array([NEVER, 0.0, 0.0, 0.0, 0.0, 0.0, NEVER, -NEVER])
    if k > 0:
        best[6] = works[k - 1, 0]
    if k + 1 < len(works):
        best[7] = works[k + 1, 0]
    for gap in range(len(logs)):
        logs[gap] = NEVER
        if support[gap]:
            logs[gap] = try_gap(
                k,
                gap,
                series,
                place,
                scratch,
                prior,
                weighing,
                tried,
                best,
            )
    put(
        place,
        k,
        best[2],
        best[3],
        int(best[4]),
        int(best[5]),
    )
    return best


@compiled
def weigh(
    dims: int,
    shape: float,
    z: Floats,
    w: Floats,
) -> Floats:
    """The numbers that ``held_by`` needs of the weights."""
    squares = 0.0
    for i in range(len(w)):
        for d in range(dims):
            squares += w[i] * z[i, d] * z[i, d]
    return np.array([0.5 * dims, shape, 0.5 * dims * np.sum(w), squares])


@compiled
def make_scratch(events: int, dims: int) -> Scratch:
    """Shares, sums of pairs, of states, Cholesky factor, right side: written at every point."""
    rows = 3 * (events + 1)
    return (
        np.zeros(events + 1),
        np.zeros((events + 1, events + 1, 6)),
        np.zeros((events + 1, 3 * dims)),
        np.zeros((rows, rows)),
        np.zeros((rows, dims)),
    )


@compiled
def normalised(logs: Floats) -> float:
    """Make probabilities of logarithms in place; the logarithm of their sum."""
    top = logs.max()
    total = 0.0
    for i in range(len(logs)):
        logs[i] = exp(max(logs[i] - top, -690.0)) if logs[i] > -1e290 else 0.0
        total += logs[i]
    for i in range(len(logs)):
        logs[i] /= total
    held: float = top + log(total)
    return held


@compiled
def sweep_events(
    series: Sums,
    place: Place,
    scratch: Scratch,
    prior: Floats,
    weighing: Floats,
    support: Bools,
    tried: Tried,
    gap_p: Floats,
) -> float:
    """Try each event in turn, fill in ``gap_p`` (events, n); the log evidence."""
    more = 0.0
    for k in range(len(gap_p)):
        best = scan_event(
            k,
            series,
            place,
            scratch,
            prior,
            weighing,
            support[k],
            tried,
            gap_p[k],
        )
        more += normalised(gap_p[k]) - best[0] + best[1]
    held: float = more + held_by(
        series,
        place,
        scratch,
        prior,
        weighing,
    )
    return held


@compiled
def place_at(t: Floats, cuts: Ints) -> Place:
    """Events at once in the middles of gaps."""
    works, spans = np.zeros((len(cuts), 2)), np.zeros((len(cuts), 2), np.int64)
    for k in range(len(cuts)):
        works[k, 0] = 0.5 * (t[cuts[k] - 1] + t[cuts[k]])
        spans[k, 0] = spans[k, 1] = cuts[k]
    return works, spans


@compiled
def fit_works(
    t: Floats,
    x: Floats,
    z: Floats,
    base: Floats,
    started: Floats,
    prior: Floats,
    tried: Tried,
    cuts: Ints,
    support: Bools,
    settings: Floats,
) -> tuple[Floats, float, Floats]:
    """Where each event is half done, (events, n); the log evidence; the weights of the images.

    ``base`` weights before outliers are weighed down, ``started`` those to start with; ``cuts``
    (events,) where each event is looked for first, ``support`` (events, n) the gaps that are tried.
    ``settings``: shape, image weight, degrees of freedom, sweeps, sweeps that weigh outliers.
    """
    dims, place = z.shape[1], place_at(t, cuts)
    scratch = make_scratch(len(cuts), dims)
    gap_p, w, evidence = np.zeros(support.shape), started.copy(), 0.0
    for sweep in range(int(settings[3])):
        terms = image_terms(x, z, w * settings[1])
        series = (t, terms, running_moments(t, terms))
        weighing = weigh(dims, settings[0], z, w * settings[1])
        evidence = sweep_events(
            series,
            place,
            scratch,
            prior,
            weighing,
            support,
            tried,
            gap_p,
        )
        if sweep < settings[4]:
            square = squared_residuals(
                t,
                x,
                z,
                place[0],
                scratch[3],
                scratch[4],
            )
            scale = max(np.median(square) / max(dims - 0.66, 0.34), 1e-9)
            w = base * np.minimum(1.0, (settings[2] + dims) / (settings[2] + square / scale))
    return gap_p, evidence, w
