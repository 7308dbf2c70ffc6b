"""What to measure next: for each measurement that could be made, what it is expected to leave.

Readings are simulated from the answer itself. Each becomes the very clue that a question would hold
(its error, outlier share, air, slope and lean), which weighs draws of the answer; what remains is
the size of the smallest set of places, or of times, that then holds 90 % of the weight.

**Method**: expected information of an experiment (Lindley, "On a measure of the information
provided by an experiment", 1956); sizes by :mod:`noonmark.inference.remaining`.

**Accuracy**: ``python benchmarks/advice_promise.py`` carries measurements out; docs/accuracy.md.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.answer import Advice, Sample
from noonmark.inference.instants import length_s
from noonmark.inference.likely_sizes import likely_sizes
from noonmark.inference.measurements import SHORT_S, Measurement, measurements
from noonmark.inference.posterior import Posterior
from noonmark.inference.rect_density import GridDensity
from noonmark.inference.remaining import PER_CELL, PointSizes, left_share, pooled
from noonmark.inference.search.domain import BoxView, sine_authalic

DRAWS = 8000
DRAWS_AT_AN_INSTANT = 4000
"""Draws of the answer from which sizes are worked out; fewer do where the instant is known."""

OUTCOMES = 24
OUTCOMES_IN_CELLS = 12
"""Simulated readings of each measurement; fewer do where points are pooled in cells."""

EVERY = 3
ALIKE = 1.25
"""Every third reading is worked out, and those between two whose sizes are not alike."""

_NOTHING = 1e-9
"""A share that is left counts as no less, so that it has a logarithm."""

LEAST_BITS = 0.05
"""Measurements of less information are not advised."""

SIZE_ERROR = 1.05
"""Sizes told from draws are right to so many times, about: the range is that much wider either way.

Many measurements leave much the same size whatever they read, and a range of one size holds none.
"""

LEAST_POSSIBLE = 0.1
"""A measurement that needs the sun is left out where it is up at a smaller share of the draws."""


def advice(
    answer: Posterior,
    *,
    rng: np.random.Generator,
    draws: Sample | None = None,
) -> tuple[Advice, ...]:
    """The measurements worth making: those that leave least first.

    See :class:`noonmark.inference.answer.Advice`. Sizes are of times where the place was given, of
    places otherwise; there is none where both were given. ``draws`` of the answer are used if there
    are enough of them.
    """
    place_given, has_times = answer.summary.place_given, answer.domain.length_s > SHORT_S
    if place_given and not has_times:
        return ()
    wanted = DRAWS if answer.domain.length_s > 0.0 else DRAWS_AT_AN_INSTANT
    if draws is None or draws.unix_s.size < wanted:
        draws = answer.sample(wanted, rng=rng)
    view = answer.view_of(draws)
    of_times = place_given and has_times
    told = answer.told_region
    now = length_s(told.instants) if of_times else told.area_km2
    sizes = _time_sizes(answer, view) if of_times else _place_sizes(answer, view, rng)
    found: list[Advice] = []
    for measurement in measurements(view):
        if measurement.possible.mean() < LEAST_POSSIBLE:
            continue
        bits, shares = _outcomes(measurement, view, sizes, rng)
        if bits > LEAST_BITS:
            found.append(_advice(measurement, bits, now, shares, of_times=of_times))
    return tuple(sorted(found, key=lambda one: (one.share, -one.information_bits)))


def _advice(
    measurement: Measurement,
    bits: float,
    now: float,
    shares: Floats,
    *,
    of_times: bool,
) -> Advice:
    """The advice from what simulated readings leave, as shares of what there is now."""
    sizes = now * shares
    likely = likely_sizes(sizes)
    told = [one.size for one in likely]
    last = sizes.size - 1
    low, high = np.interp((0.1 * last, 0.9 * last), np.arange(last + 1), np.sort(sizes)).tolist()
    return Advice(
        measurement.name,
        measurement.sigma_deg,
        bits,
        unit="s" if of_times else "km2",
        now=now,
        likely=likely,
        low=min(low, *told) / SIZE_ERROR,
        high=max(high, *told) * SIZE_ERROR,
    )


def _place_sizes(
    answer: Posterior,
    view: BoxView,
    rng: np.random.Generator,
) -> tuple[PointSizes, ...]:
    """The area that each draw stands for, up to one factor; pooled in cells in a window.

    At a known instant the density of places is the likelihood itself.
    """
    if answer.domain.length_s == 0.0:
        log_density = answer.log_likelihood_of(view)
        return (PointSizes(np.exp(log_density.max() - log_density)),)
    density = _density_at(answer.places, sine_authalic(view.lat_deg), view.lon_deg)
    size = 1.0 / density / density.size
    if answer.domain.length_s <= SHORT_S:
        return (PointSizes(size),)
    return tuple(
        pooled(size, view.lat_deg, view.lon_deg, rng, per_cell=points) for points in PER_CELL
    )


def _time_sizes(
    answer: Posterior,
    view: BoxView,
) -> tuple[PointSizes, ...]:
    """The length of time [s] that each draw stands for."""
    domain = answer.domain
    if domain.daily:
        after_s = view.unix_s - domain.first_s
        density = _density_at(answer.times, after_s // DAY_S, after_s % DAY_S)
    else:
        after_s = view.unix_s - domain.start_s
        density = _density_at(answer.times, np.zeros_like(after_s), after_s)
    return (PointSizes(1.0 / density / density.size),)


def _density_at(density: GridDensity, row: Floats, column: Floats) -> Floats:
    """Mass per measure of the cells that hold points, (n,): never less than that of some cell."""
    i = _cells(density.rows, row)
    j = _cells(density.columns, column)
    found = (density.mass / np.maximum(density.measure, 1e-12))[i, j]
    return np.asarray(np.maximum(found, found[found > 0.0].min()))


def _cells(edges: Floats, values: Floats) -> NDArray[np.intp]:
    """The cell between edges (k + 1,) that is nearest to each value, (n,)."""
    after = np.searchsorted(edges, values, side="right")
    return np.clip(after - 1, 0, edges.size - 2)


def _outcomes(
    measurement: Measurement,
    view: BoxView,
    sizes: tuple[PointSizes, ...],
    rng: np.random.Generator,
) -> tuple[float, Floats]:
    """Information [bit] of a measurement, and the shares that simulated readings leave, (k,)."""
    count = OUTCOMES if sizes[0].cell is None else OUTCOMES_IN_CELLS
    readings, times = _distinct(measurement.readings(count, rng))
    found = outcomes_between(
        readings.size,
        lambda k: _outcome(
            measurement.compiled(float(readings[k])).log_likelihood,
            view,
            sizes,
        ),
    )
    bits, log_shares = np.repeat(found, times, axis=0).T
    return max(float(bits.mean()), 0.0), np.exp(log_shares)


def _distinct(ascending: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The different ones of some ascending values, (k,), and how often each comes, (k,)."""
    first = np.flatnonzero(np.append(True, ascending[1:] > ascending[:-1]))
    return ascending[first], np.diff(np.append(first, ascending.size))


def outcomes_between(
    count: int,
    outcome: Callable[[int], tuple[float, float]],
) -> Floats:
    """The outcomes of readings in ascending order, (count, 2): information, and ln of the share.

    Every third is worked out, and the last. Between two that leave sizes no further apart than
    ``ALIKE`` times, both numbers are taken as straight; between others, all are worked out.
    """
    found = np.empty((count, 2))
    known = [*range(0, count - 1, EVERY), count - 1]
    for k in known:
        found[k] = outcome(k)
    for first, last in pairwise(known):
        rest = np.arange(first + 1, last)
        rise = found[last] - found[first]
        found[rest] = found[first] + np.outer((rest - first) / (last - first), rise)
        if abs(rise[1]) > np.log(ALIKE):
            for k in rest.tolist():
                found[k] = outcome(k)
    return found


def _outcome(
    log_likelihood: Callable[[BoxView], Floats],
    view: BoxView,
    sizes: tuple[PointSizes, ...],
) -> tuple[float, float]:
    """Information [bit] of one reading, and ln of the share of the present size that it leaves."""
    log_weight = log_likelihood(view)
    log_weight = log_weight - log_weight.max()
    weight = np.exp(log_weight)
    total = float(weight.sum())
    # The mean of log2 of what each share has grown by, over the shares.
    gained = (float(weight @ log_weight) / total - np.log(total / weight.size)) / np.log(2.0)
    left = left_share(sizes, weight, log_weight)
    return gained, float(np.log(max(left, _NOTHING)))
