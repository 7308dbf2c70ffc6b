"""Points of greatest likelihood near boxes, by the cross-entropy method: many climbs at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.constants import DAY_S
from noonmark.inference.search.domain import Boxes, Domain

ClimbValue = Callable[[Rows, Floats], Floats]
"""What climbs raise: for climbs (k,) and points of each (k, n, 3) the values (k, n).

A point is a latitude, a longitude and an instant; a value is ln of a likelihood, -inf outside the
domain.
"""

_ROUNDS = 16
_DRAWS = 80
"""Draws in each round."""

_KEPT = _DRAWS // 5
"""Draws to which the next round's distribution is fitted."""

_ALIKE_NAT = 3e-5
"""A climb ends when the best draws differ by less: what is left to gain is less still."""

_SEED = 20

_LEAST_REACH = (1e-7, 1e-7, 1e-3)
"""The least standard deviation of the first draws: degrees, degrees, seconds."""


def best_points_near(
    domain: Domain,
    boxes: Boxes,
    value: ClimbValue,
    starts: Floats,
    start_values: Floats,
) -> Floats:
    """The best latitude, longitude and instant found near each of k boxes, (k, 3).

    A point may lie outside its box, but not where the likelihood is 0. The climb of each box begins
    at its row of ``starts`` (k, 3), whose values are known, (k,).

    **Method**: the cross-entropy method (Rubinstein 1999), seeded, so repeatable. A normal
    distribution about the box is fitted to its best draws again and again; it takes their shape,
    and so follows narrow ridges that are not along an axis. All climbs take a round together, from
    the same random numbers.
    """
    rng = np.random.default_rng(_SEED)
    climbs = np.arange(boxes.size)
    best = starts.copy()
    best_value = start_values.copy()
    middle = starts.copy()
    covariance = _first_covariances(domain, boxes)
    for _ in range(_ROUNDS):
        noise = rng.standard_normal((_DRAWS, 3))
        draws = _draws(domain, middle[climbs], covariance[climbs], noise)
        draws, values = _best_draws(draws, value(climbs, draws))
        better = values[:, 0] > best_value[climbs]
        best[climbs[better]] = draws[better, 0]
        best_value[climbs[better]] = values[better, 0]
        # Of the best draws those outside the domain are no use to the fit.
        kept = np.isfinite(values)
        fits = kept.sum(axis=1) > 3
        fitted = climbs[fits]
        middle[fitted], covariance[fitted] = _normal_fits(draws[fits], kept[fits])
        covariance[climbs[~fits]] *= 0.25
        climbs = climbs[~_ended(values, kept)]
        if not climbs.size:
            break
    return best


def _ended(
    values: Floats,
    kept: Bools,
) -> Bools:
    """Whether the best draws of each climb are alike, and none is outside the domain, (k,)."""
    all_kept = np.asarray(kept.all(axis=1))
    finite = np.where(all_kept[:, None], values, 0.0)
    gained = finite[:, 0] - finite[:, -1]
    return np.asarray(all_kept & (gained < _ALIKE_NAT))


def _draws(
    domain: Domain,
    middle: Floats,
    covariance: Floats,
    noise: Floats,
) -> Floats:
    """Latitudes, longitudes and instants from normal distributions, (k, n, 3).

    ``middle`` (k, 3) and ``covariance`` (k, 3, 3) are theirs, ``noise`` (n, 3) is standard normal.
    """
    square, axes = np.linalg.eigh(covariance)
    factor = axes * np.sqrt(np.abs(square))[:, None, :]
    draws = middle[:, None, :] + noise @ factor.transpose(0, 2, 1)
    draws[:, :, 0] = np.clip(draws[:, :, 0], domain.south_deg, domain.north_deg)
    return np.asarray(draws)


def _best_draws(
    draws: Floats,
    values: Floats,
) -> tuple[Floats, Floats]:
    """The draws of each climb that are kept, best first, (k, kept, 3), and their values."""
    order = np.argsort(-values, axis=1)[:, :_KEPT]
    return (
        np.take_along_axis(draws, order[:, :, None], axis=1),
        np.take_along_axis(values, order, axis=1),
    )


def _normal_fits(
    draws: Floats,
    kept: Bools,
) -> tuple[Floats, Floats]:
    """The mean (k, 3) and the covariance (k, 3, 3) of the kept of some draws (k, n, 3).

    The covariance is a little wider along each axis, so that it stays regular.
    """
    count = np.count_nonzero(kept, axis=1)
    weight = kept[:, :, None].astype(np.float64)
    middle = (weight * draws).sum(axis=1) / count[:, None]
    away = weight * (draws - middle[:, None, :])
    covariance = away.transpose(0, 2, 1) @ away / (count - 1)[:, None, None]
    axes = np.arange(3)
    covariance[:, axes, axes] *= 1.0 + 1e-4
    return middle, covariance


def _first_covariances(
    domain: Domain,
    boxes: Boxes,
) -> Floats:
    """Independent normal errors of 1.5 times the extent of each box.

    (k, 3, 3) on latitude [deg], longitude [deg] and time [s]; the time has none if it is known.
    """
    half_z, half_lon, half_tod, half_day = boxes.half
    reach_s = half_tod + domain.shear_s_per_deg * half_lon
    reach_s = reach_s + np.where(half_day > 0.5, DAY_S * half_day, 0.0)
    reach = np.stack([np.degrees(half_z), half_lon, reach_s], axis=1)
    square = np.square(1.5 * np.maximum(reach, _LEAST_REACH))
    if domain.length_s == 0.0:
        square[:, 2] = 0.0
    return np.asarray(square[:, :, None] * np.eye(3))
