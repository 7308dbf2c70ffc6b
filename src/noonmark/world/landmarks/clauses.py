"""What a question asks: things, and what must hold between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from noonmark.world.landmarks.tag_terms import TagExpression

DEFAULT_REACH_M: Final = 1000.0
_REACH_SIGMAS = 4.0


@dataclass(frozen=True)
class LandmarkThing:
    """A thing by its tags. ``label`` is what the question calls it; ``missing`` its missing share,
    where the question says one.
    """

    id: str
    label: str
    expression: TagExpression
    name: str = ""
    numbers: tuple[tuple[str, float, float], ...] = ()
    missing: float | None = None


@dataclass(frozen=True)
class PairClause:
    """Between two things: distance [m] as a range or a value with sigma, bearing from the first to
    the second [deg], how they meet, the angle between their directions [deg, 0 to 90].
    """

    path: str
    first: str
    second: str
    low_m: float = 0.0
    high_m: float = DEFAULT_REACH_M
    centre_m: float | None = None
    sigma_m: float = 0.0
    bearing_deg: float | None = None
    bearing_sigma_deg: float = 0.0
    meet: str = ""
    angle_deg: float | None = None
    angle_sigma_deg: float = 0.0

    @property
    def reach_m(self) -> float:
        """How far apart the two can be at most."""
        if self.meet:
            return 0.0
        if self.centre_m is not None:
            return self.centre_m + _REACH_SIGMAS * self.sigma_m
        return self.high_m


@dataclass(frozen=True)
class CountClause:
    """At least so many distinct things near another; of lines only those of a direction [deg]."""

    path: str
    of: str
    near: str
    within_m: float
    at_least: int = 1
    direction_deg: float | None = None
    direction_sigma_deg: float = 0.0
    sector_deg: tuple[float, float] | None = None


@dataclass(frozen=True)
class AbsentClause:
    """Nothing of a kind near a thing, all round or in a sector [deg, clockwise]."""

    path: str
    of: str
    near: str
    within_m: float
    sector_deg: tuple[float, float] | None = None


@dataclass(frozen=True)
class SidesClause:
    """At least so many things on one side of a line, and so many on the other."""

    path: str
    of: str
    line: str
    within_m: float
    one_side: int = 1
    other_side: int = 1


@dataclass(frozen=True)
class SeenClause:
    """Things from left to right as seen from one place, north unknown; turns [deg] from the first.

    ``range_m``: how near and how far they can be.
    """

    path: str
    order: tuple[str, ...]
    turn_deg: tuple[float, ...]
    turn_sigma_deg: float
    range_m: tuple[float, float]


@dataclass(frozen=True)
class ArmsClause:
    """All arms of a junction, clockwise [deg]: azimuths, or turns from one arm, north unknown."""

    path: str
    at: str
    arms_deg: tuple[float, ...]
    sigma_deg: float
    north_known: bool


UnaryClause = CountClause | AbsentClause | SidesClause | SeenClause | ArmsClause
Clause = PairClause | UnaryClause


@dataclass(frozen=True)
class EyePlace:
    """Where the camera stood: near a thing or on it, within so many metres."""

    near: str = ""
    on: str = ""
    within_m: float = 30.0


@dataclass(frozen=True)
class PlaceSearch:
    """A question. ``anchor`` names the thing whose objects are the places, "" for the rarest."""

    things: tuple[LandmarkThing, ...]
    clauses: tuple[Clause, ...]
    eye: EyePlace | None = None
    anchor: str = ""


def owner_of(clause: UnaryClause) -> str:
    """The thing at which a clause of one thing is judged."""
    if isinstance(clause, SeenClause):
        return clause.order[0]
    if isinstance(clause, ArmsClause):
        return clause.at
    return clause.line if isinstance(clause, SidesClause) else clause.near


def counted_of(clause: UnaryClause) -> str:
    """The thing whose map decides a clause of one thing."""
    if isinstance(clause, ArmsClause):
        return clause.at
    return clause.order[-1] if isinstance(clause, SeenClause) else clause.of
