"""Can it have been there and then? A claim held against the clues.

The claim may be a region and a span; it is given every benefit of the doubt: the best instance of it
counts. ``p_value`` is the tail probability of the summed squared pulls there, so that a true claim is
called "strained" at most one time in twenty and "inconsistent" at most one time in a thousand (the
measured rates are in docs/accuracy.md). It never says "true".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.earth import distance_km
from noonmark.inference.chances import chi2_tail, sigmas
from noonmark.inference.clues.common import Reading, Sounding
from noonmark.inference.domain import Domain, View, point_view
from noonmark.inference.grid import Effort, refine
from noonmark.inference.posterior import Posterior
from noonmark.inference.tension import misfits
from noonmark.masks import AreaMask
from noonmark.values import Place

Floats = NDArray[np.float64]

STRAINED_P = 0.05
INCONSISTENT_P = 0.001

CLAIM = Effort(variation_nat=0.5, stake=1e-4, max_boxes=40_000)

KM_PER_DEG = 111.2


@dataclass(frozen=True)
class Held:
    """One clue against the best instance of a claim."""

    index: int
    kind: str
    pull_sigma: float
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check; ``log_ratio`` is ln of the mean likelihood over the claim against that over the prior."""

    word: str
    p_value: float
    log_ratio: float
    place: Place
    unix_s: float
    clues: tuple[Held, ...]


def claimed_domain(prior: Domain, place: Place, radius_km: float, start_s: float, end_s: float) -> Domain:
    """The claim as a domain: a disc round the place (a point for radius 0) and a span of time."""
    if prior.length_s == 0.0:
        start_s = end_s = prior.start_s
    tall = max(radius_km / KM_PER_DEG, 1e-7)
    wide = min(tall / max(float(np.cos(np.radians(min(abs(place.lat_deg) + tall, 90.0)))), 1e-6), 180.0)
    south, north = max(place.lat_deg - tall, -90.0), min(place.lat_deg + tall, 90.0)
    west, east = place.lon_deg - wide, place.lon_deg + wide
    mask = _disc(place, radius_km, (south, west, north, east)) if radius_km > 0.0 else None
    return replace(
        prior,
        south_deg=south,
        west_deg=west,
        north_deg=north,
        east_deg=east,
        start_s=start_s,
        length_s=end_s - start_s,
        mask=mask,
    )


def _disc(place: Place, radius_km: float, box: tuple[float, float, float, float]) -> AreaMask:
    south, west, north, east = box
    turn = 360.0 * np.floor((west + 180.0) / 360.0)
    west, east = west - turn, east - turn
    n = 200
    lat = south + (north - south) * (np.arange(n) + 0.5) / n
    lon = west + (east - west) * (np.arange(n) + 0.5) / n
    away = distance_km(place.lat_deg, place.lon_deg, lat[:, None], lon[None, :])
    return AreaMask(south, west, north, east, np.asarray(away <= radius_km))


def check(
    prior: Domain, claim: Domain, clues: Sequence[Sounding], sound: Sequence[Sounding], *, log_prior: float
) -> Verdict:
    """The verdict on a claim.

    ``clues`` carry their outlier shares (for the ratio), ``sound`` are the same without (for the
    pulls); ``log_prior`` is ln of the mean likelihood of ``clues`` over the whole prior.
    """
    # 1. The mean likelihood over the claim, against that over the prior.
    leaves = refine(claim, clues, CLAIM)
    ratio = leaves.log_evidence - log_prior
    # 2. The best instance of the claim.
    hard = refine(claim, sound, CLAIM)
    order = np.argsort(-hard.log_likelihood)[:256]
    view = View(claim, hard.boxes.take(order))
    misfit, freedom = misfits(sound, view)
    lat, lon, unix = Posterior(hard, tuple(sound)).climbed(order[int(np.argmin(misfit))])
    best = point_view(claim, np.array([lat]), np.array([lon]), np.array([unix]))
    at_best = float(misfits(sound, best)[0][0])
    # 3. How often a true claim would fit worse.
    p_value = chi2_tail(at_best, freedom)
    word = "consistent" if p_value >= STRAINED_P else "strained" if p_value >= INCONSISTENT_P else "inconsistent"
    held = tuple(
        Held(c.index, c.kind, sigmas(chi2_tail(float(c.pull_sigma(best)[0]) ** 2, c.freedom)), c.readings(best))
        for c in sound
        if c.index >= 0
    )
    place = Place(float(np.clip(lat, -90.0, 90.0)), float((lon + 180.0) % 360.0 - 180.0))
    return Verdict(word, p_value, ratio, place, unix, held)
