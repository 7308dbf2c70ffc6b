"""The point of greatest likelihood near a box, by the cross-entropy method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.place_time import PlaceTime, points
from noonmark.inference.search.domain import Boxes, Domain

LogLikelihood = Callable[[Floats, Floats, Floats], Floats]
"""ln of the likelihood at latitudes, longitudes and instants; -inf outside the domain."""

_ROUNDS = 16
_DRAWS = 80
"""Draws in each round."""

_KEPT = _DRAWS // 5
"""Draws to which the next round's distribution is fitted."""

_ALIKE_NAT = 3e-5
"""The search ends when the best draws differ by less: what is left to gain is less still."""

_SEED = 20

_LEAST_REACH = (1e-7, 1e-7, 1e-3)
"""The least standard deviation of the first draws: degrees, degrees, seconds."""


def best_point_near(
    domain: Domain,
    box: Boxes,
    log_likelihood: LogLikelihood,
    start: PlaceTime | None = None,
) -> PlaceTime:
    """The best latitude, longitude and instant found near one box.

    ``box`` is a single box of the domain; the point may lie outside it, but not where the
    likelihood is 0. The search begins at ``start``, or else in the middle of the box.

    **Method**: the cross-entropy method (Rubinstein 1999), seeded, so repeatable. A normal
    distribution about the box is fitted to its best draws again and again; it takes their shape,
    and so follows narrow ridges that are not along an axis.
    """
    rng = np.random.default_rng(_SEED)
    best = _first_point(domain, box, start)
    best_value = float(log_likelihood(*best[:, None])[0])
    middle = best.copy()
    covariance = _first_covariance(domain, box)
    for _ in range(_ROUNDS):
        draws = _draws(domain, middle, covariance, rng)
        values = log_likelihood(*draws.T)
        order = np.argsort(-values)[:_KEPT]
        draws = draws[order]
        values = values[order]
        if values[0] > best_value:
            best = draws[0]
            best_value = float(values[0])
        # Of the best draws those outside the domain are no use to the fit.
        kept = np.isfinite(values)
        if kept.all() and values[0] - values[-1] < _ALIKE_NAT:
            break
        if np.count_nonzero(kept) > 3:
            middle = draws[kept].mean(axis=0)
            covariance = _covariance(draws[kept])
        else:
            covariance = covariance * 0.25
    return PlaceTime(float(best[0]), float(best[1]), float(best[2]))


def _draws(
    domain: Domain,
    middle: Floats,
    covariance: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Latitudes, longitudes and instants from a normal distribution, (n, 3)."""
    draws = rng.multivariate_normal(
        middle,
        covariance,
        _DRAWS,
        method="eigh",
        check_valid="ignore",
    )
    draws[:, 0] = np.clip(draws[:, 0], domain.south_deg, domain.north_deg)
    return draws


def _first_point(domain: Domain, box: Boxes, start: PlaceTime | None) -> Floats:
    """Latitude, longitude and instant from which the search begins."""
    if start is None:
        return np.array([coordinate[0] for coordinate in points(domain, box.centre)])
    return np.array([start.lat_deg, start.lon_deg, start.unix_s])


def _first_covariance(domain: Domain, box: Boxes) -> Floats:
    """Independent normal errors of 1.5 times the extent of the box.

    (3, 3) on latitude [deg], longitude [deg] and time [s]; the time has none if it is known.
    """
    half_z, half_lon, half_tod, half_day = box.half[:, 0]
    reach_s = half_tod + domain.shear_s_per_deg * half_lon
    if half_day > 0.5:
        reach_s += DAY_S * half_day
    reach = np.array([np.degrees(half_z), half_lon, reach_s])
    covariance = np.diag(np.square(1.5 * np.maximum(reach, _LEAST_REACH)))
    if domain.length_s == 0.0:
        covariance[2, 2] = 0.0
    return covariance


def _covariance(draws: Floats) -> Floats:
    """The covariance of draws (n, 3), a little wider along each axis so that it stays regular."""
    covariance = np.cov(draws.T)
    return np.asarray(covariance + 1e-4 * np.diag(np.diag(covariance)))
