"""Sums over the images of a site that passes from state to state, compiled where numba is there.

At each event the site's share in the new state rises from 0 to 1 along a line. So all sums follow
from running sums of the images' terms, the terms times the day, and times its square.

states   (events + 1) of the site, each with a level and one yearly harmonic in every direction
works    (events, 2) the day on which each event is half done, and the days that it takes
spans    (events, 2) the images between the first and the last day of each event
"""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.inference.changes.compiled_loops import compiled

UNIT_DAYS = 100.0  # of the moments in time, so that their squares stay small
CORNER = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])  # of the six sums of x x'

Sums = tuple[Floats, Floats, Floats]  # days, terms of each image, their running moments in time
Place = tuple[Floats, Ints]  # works, spans
Scratch = tuple[Floats, Floats, Floats, Floats, Floats]


@compiled
def image_terms(x: Floats, z: Floats, w: Floats) -> Floats:
    """What each image adds to its state's sums: w x x' in six columns, w x z' in 3 dims."""
    n, dims = z.shape
    terms = np.empty((n, 6 + 3 * dims))
    for i in range(n):
        for a in range(3):
            for b in range(a, 3):
                terms[i, CORNER[a, b]] = w[i] * x[i, a] * x[i, b]
            for d in range(dims):
                terms[i, 6 + 3 * d + a] = w[i] * x[i, a] * z[i, d]
    return terms


@compiled
def running_moments(t: Floats, terms: Floats) -> Floats:
    """Sums of the terms, times the day, times its square, over the first images; (n + 1, 3, ..)."""
    sums = np.zeros((terms.shape[0] + 1, 3, terms.shape[1]))
    for i in range(terms.shape[0]):
        day = (t[i] - t[0]) / UNIT_DAYS
        for column in range(terms.shape[1]):
            term = terms[i, column]
            sums[i + 1, 0, column] = sums[i, 0, column] + term
            sums[i + 1, 1, column] = sums[i, 1, column] + day * term
            sums[i + 1, 2, column] = sums[i, 2, column] + day * day * term
    return sums


@compiled
def share_done(day: float, middle: float, length: float) -> float:
    """The share of works that is done on a day."""
    if length <= 0:
        return 1.0 if day >= middle else 0.0
    share: float = min(max((day - middle) / length + 0.5, 0.0), 1.0)
    return share


@compiled
def state_shares(day: float, works: Floats, shares: Floats) -> None:
    """Fill in the share of the site that is in each state on a day."""
    rest = 1.0
    for k in range(len(works)):
        done = share_done(day, works[k, 0], works[k, 1])
        shares[k] = rest * (1.0 - done)
        rest *= done
    shares[len(works)] = rest


@compiled
def images_during(
    t: Floats,
    gap: int,
    middle: float,
    length: float,
) -> tuple[int, int]:
    """The first image after works began, the first after they ended; the middle lies in a gap."""
    first = last = gap
    while first > 0 and t[first - 1] > middle - 0.5 * length:
        first -= 1
    while last < len(t) and t[last] < middle + 0.5 * length:
        last += 1
    return first, last


@compiled
def collect(series: Sums, place: Place, scratch: Scratch) -> None:
    """Fill in the sums of pairs of states, (states, states, 6), and of states, (states, 3 dims)."""
    works, spans = place
    shares, square, cross = scratch[0], scratch[1], scratch[2]
    square[:] = 0.0
    cross[:] = 0.0
    events, past = len(works), 0
    for k in range(events):
        first, last = spans[k, 0], spans[k, 1]
        add_state(
            k,
            past,
            first,
            series[2],
            square,
            cross,
        )
        if first >= past and (k + 1 == events or spans[k + 1, 0] >= last):
            add_line(
                k,
                first,
                last,
                series,
                works,
                square,
                cross,
            )
        else:  # works that overlap
            for i in range(max(past, first), last):
                state_shares(series[0][i], works, shares)
                add_image(series[1][i], shares, square, cross)
        past = max(past, last)
    add_state(
        events,
        past,
        len(series[0]),
        series[2],
        square,
        cross,
    )


@compiled
def add_state(
    k: int,
    first: int,
    last: int,
    sums: Floats,
    square: Floats,
    cross: Floats,
) -> None:
    """Add the images that show one state alone."""
    if last > first:
        for column in range(6):
            square[k, k, column] += sums[last, 0, column] - sums[first, 0, column]
        for column in range(cross.shape[1]):
            cross[k, column] += sums[last, 0, 6 + column] - sums[first, 0, 6 + column]


@compiled
def divide_cross(
    k: int,
    column: int,
    whole: float,
    after: float,
    cross: Floats,
) -> None:
    """Divide a sum between the states before and after event ``k``."""
    cross[k, column] += whole - after
    cross[k + 1, column] += after


@compiled
def divide_square(
    k: int,
    column: int,
    whole: float,
    after: float,
    both: float,
    square: Floats,
) -> None:
    """Divide a sum among the pairs of the states before and after event ``k``."""
    square[k, k, column] += whole - 2.0 * after + both
    square[k + 1, k, column] += after - both
    square[k + 1, k + 1, column] += both


@compiled
def add_line(
    k: int,
    first: int,
    last: int,
    series: Sums,
    works: Floats,
    square: Floats,
    cross: Floats,
) -> None:
    """Add the images during event ``k`` from the moments: its share is a line in time."""
    if last <= first:
        return
    upper, lower = series[2][last], series[2][first]
    slope = UNIT_DAYS / works[k, 1]
    start = 0.5 - (works[k, 0] - series[0][0]) / works[k, 1]
    for column in range(upper.shape[1]):
        whole, day = upper[0, column] - lower[0, column], upper[1, column] - lower[1, column]
        after = start * whole + slope * day
        if column >= 6:
            divide_cross(
                k,
                column - 6,
                whole,
                after,
                cross,
            )
        else:
            twice = upper[2, column] - lower[2, column]
            both = start * (after + slope * day) + slope * slope * twice
            divide_square(
                k,
                column,
                whole,
                after,
                both,
                square,
            )


@compiled
def add_image(
    term: Floats,
    shares: Floats,
    square: Floats,
    cross: Floats,
) -> None:
    """Add an image that shows several states at once."""
    for a in range(len(shares)):
        if shares[a] > 0.0:
            for b in range(a + 1):
                both = shares[a] * shares[b]
                for column in range(6):
                    square[a, b, column] += both * term[column]
            for column in range(cross.shape[1]):
                cross[a, column] += shares[a] * term[6 + column]
