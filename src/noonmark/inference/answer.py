"""The shapes of an answer: what a posterior says, in values that figures and files are drawn from.

Nothing here computes. Angles in degrees, areas in km2, times as aware UTC (``Span``) or float64
POSIX seconds in arrays. Levels are credible levels in [0, 1]: a cell of level 0.37 belongs to every
credible region of 37 % and above, so the 90 % contour is the line where ``level`` crosses 0.9.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from noonmark.arrays import Floats
from noonmark.inference.instants import spans_of
from noonmark.values import Place, Span

LEVELS = (0.5, 0.9, 0.99)

UNCHANGED_SHARE = 0.95
"""A measurement that is expected to leave a larger share of an answer leaves it unchanged."""


@dataclass(frozen=True)
class PlaceMap:
    """The place marginal on a regular grid of latitude and longitude.

    ``lat_edges_deg`` (n+1,) ascending; ``lon_edges_deg`` (m+1,) ascending, may pass 180 (a region
    across the antimeridian runs 170..200). ``mass`` (n, m) [1] probability in each cell;
    ``density_per_km2`` (n, m) [1/km2]; ``level`` (n, m) smallest credible level that holds the
    cell.
    """

    lat_edges_deg: Floats
    lon_edges_deg: Floats
    mass: Floats
    density_per_km2: Floats
    level: Floats


@dataclass(frozen=True)
class Calendar:
    """The time marginal as date x time of day, in UTC.

    ``days`` (n,) float64 POSIX seconds of 00:00 UTC of the first date of each row;
    ``days_per_row``; ``tod_edges_s`` (m+1,) seconds of the UTC day, ascending; ``mass`` and
    ``level`` (n, m).
    """

    days: Floats
    days_per_row: int
    tod_edges_s: Floats
    mass: Floats
    level: Floats


@dataclass(frozen=True, eq=False)
class Region:
    """A credible region: its share of the probability, its area, and the instants it holds.

    ``area_km2`` is that of the smallest set of places that holds ``level`` of the probability,
    ``instants`` (n, 2) [POSIX s] the smallest set of instants that does, as disjoint intervals in
    ascending order. ``cells`` counts the joint cells of the region.
    """

    level: float
    area_km2: float
    instants: Floats
    cells: int

    @property
    def spans(self) -> tuple[Span, ...]:
        """The intervals of ``instants``, as spans of UTC."""
        return spans_of(self.instants)


@dataclass(frozen=True, eq=False)
class Mode:
    """A connected component of the joint 90 % region, with its best place and instant.

    ``mass`` is its probability; ``pulls_sigma`` how far each clue is from that place and instant.
    ``area_km2`` is of those places of the 90 % region of places that lie under the component,
    ``instants`` (n, 2) [POSIX s] are those of the 90 % region of times: so a mode is never larger
    than the region. The best place and instant lie in both.
    """

    mass: float
    place: Place
    instant: datetime
    area_km2: float
    instants: Floats
    pulls_sigma: tuple[float, ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """The intervals of ``instants``, as spans of UTC."""
        return spans_of(self.instants)


@dataclass(frozen=True)
class Remainder:
    """What of the 90 % region lies in no mode that is listed: probability, area, and time [s]."""

    mass: float
    area_km2: float
    length_s: float


@dataclass(frozen=True)
class AnswerSummary:
    """What is said about an answer: the one value that every text, file and figure is made from.

    ``place_given`` says that the question itself gave the place: its area is small and the clues
    narrow it no further. ``time_given`` says so of the time. Then no area, or no span, is a
    finding.
    """

    regions: tuple[Region, ...]
    modes: tuple[Mode, ...]
    elsewhere: Remainder
    prior_km2: float
    place_given: bool
    time_given: bool


@dataclass(frozen=True)
class ClueFinding:
    """What one clue contributed.

    ``log_evidence`` (natural log) of this clue given the others; ``pull_sigma`` how far, in sigmas,
    the clue is from the best mode; ``outlier`` the posterior probability that it is mismeasured;
    ``area_km2_without`` the 90 % area of the answer without it. Something seen or not seen has no
    sigmas: there ``pull_sigma`` is None and ``chance`` the chance, at the best mode, of seeing what
    was seen.
    """

    index: int
    kind: str
    log_evidence: float
    pull_sigma: float | None
    outlier: float
    area_km2_without: float
    chance: float | None = None


@dataclass(frozen=True)
class Conflict:
    """A minimal set of clues that cannot be reconciled, and why, in words."""

    clues: tuple[int, ...]
    why: str


@dataclass(frozen=True)
class NowhereFit:
    """A clue that fits nowhere in the prior, whatever the others say, and why, in words.

    The answer is then what the prior and the other clues say, unless this clue forbids all.
    """

    index: int
    kind: str
    why: str


@dataclass(frozen=True)
class LikelySize:
    """A size that may be left, in the unit of its advice, and the chance that it is about so."""

    size: float
    chance: float


@dataclass(frozen=True)
class Advice:
    """A measurement that could still be made, and what it is expected to leave of the 90 % region.

    ``unit`` is that of sizes: ``"km2"`` of places, or ``"s"`` of times where the place was given.
    ``now`` is the present size. ``likely`` are one size or two that most simulated readings come
    near to, the likelier first; ``low`` and ``high`` are a range that holds nine of ten of them
    (docs/accuracy.md). ``information_bits`` is about place and instant together.
    """

    measure: str
    sigma_deg: float | None
    information_bits: float
    unit: Literal["km2", "s"]
    now: float
    likely: tuple[LikelySize, ...]
    low: float
    high: float

    @property
    def expected(self) -> float:
        """The size that is left most often."""
        return self.likely[0].size

    @property
    def share(self) -> float:
        """What is expected to be left, as a share of the present size, in [0, 1]."""
        return self.expected / self.now if self.now > 0.0 else 1.0

    @property
    def unchanged(self) -> bool:
        """Whether the measurement is expected to leave the answer as it is, whatever it reads."""
        return all(one.size > UNCHANGED_SHARE * self.now for one in self.likely)

    @property
    def area_km2_expected(self) -> float | None:
        """The area expected to be left; None where the place was given."""
        return self.expected if self.unit == "km2" else None


@dataclass(frozen=True)
class Sample:
    """Draws from the posterior: ``lat_deg``, ``lon_deg``, ``unix_s``, each (n,)."""

    lat_deg: Floats
    lon_deg: Floats
    unix_s: Floats


@dataclass(frozen=True)
class Truth:
    """The smallest credible levels that hold a known truth: jointly, of its place, of its time.

    The joint one is the share of the probability where the clues are likelier than at the truth.
    """

    level: float
    place_level: float
    time_level: float
