"""The shapes of an answer: what a posterior says, in values that figures and files are drawn from.

Nothing here computes. Angles in degrees, areas in km2, times as aware UTC (``Span``) or float64
POSIX seconds in arrays. Levels are credible levels in [0, 1]: a cell of level 0.37 belongs to every
credible region of 37 % and above, so the 90 % contour is the line where ``level`` crosses 0.9.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from noonmark.values import Place, Span

LEVELS = (0.5, 0.9, 0.99)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PlaceMap:
    """The place marginal on a regular grid of latitude and longitude.

    ``lat_edges_deg`` (n+1,) ascending; ``lon_edges_deg`` (m+1,) ascending, may pass 180 (a region
    across the antimeridian runs 170..200). ``mass`` (n, m) [1] probability in each cell;
    ``density_per_km2`` (n, m) [1/km2]; ``level`` (n, m) smallest credible level that holds the cell.
    """

    lat_edges_deg: Floats
    lon_edges_deg: Floats
    mass: Floats
    density_per_km2: Floats
    level: Floats


@dataclass(frozen=True)
class Calendar:
    """The time marginal as date x time of day, in UTC.

    ``days`` (n,) float64 POSIX seconds of 00:00 UTC of the first date of each row; ``days_per_row``;
    ``tod_edges_s`` (m+1,) seconds of the UTC day, ascending; ``mass`` and ``level`` (n, m).
    """

    days: Floats
    days_per_row: int
    tod_edges_s: Floats
    mass: Floats
    level: Floats


@dataclass(frozen=True)
class Region:
    """A credible region: its share of the probability, its area, and the spans of UTC it covers.

    ``area_km2`` is that of the smallest set of places that holds ``level`` of the probability,
    ``spans`` the smallest set of instants that does. ``cells`` counts the joint cells of the region.
    """

    level: float
    area_km2: float
    spans: tuple[Span, ...]
    cells: int


@dataclass(frozen=True)
class Mode:
    """One connected piece of the joint 90 % region, and the place and instant that fit best in it."""

    mass: float
    place: Place
    instant: datetime
    area_km2: float
    span: Span
    pulls_sigma: tuple[float, ...]


@dataclass(frozen=True)
class ClueFinding:
    """What one clue contributed.

    ``log_evidence`` (natural log) of this clue given the others; ``pull_sigma`` how far, in sigmas,
    the clue stands from the best mode; ``outlier`` the posterior probability that it is
    mismeasured; ``area_km2_without`` the 90 % area of the answer without it.
    """

    index: int
    kind: str
    log_evidence: float
    pull_sigma: float
    outlier: float
    area_km2_without: float


@dataclass(frozen=True)
class Conflict:
    """A minimal set of clues that cannot be reconciled, and why, in words."""

    clues: tuple[int, ...]
    why: str


@dataclass(frozen=True)
class Advice:
    """A measurement that could still be made, and what it is expected to be worth."""

    measure: str
    sigma_deg: float | None
    area_km2_expected: float
    information_bits: float


@dataclass(frozen=True)
class Sample:
    """Draws from the posterior: ``lat_deg``, ``lon_deg``, ``unix_s``, each (n,)."""

    lat_deg: Floats
    lon_deg: Floats
    unix_s: Floats


@dataclass(frozen=True)
class Truth:
    """Where a known truth stands in the answer: the smallest joint, place and time level that holds it."""

    level: float
    place_level: float
    time_level: float
