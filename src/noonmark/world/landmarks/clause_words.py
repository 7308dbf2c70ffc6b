"""What a clause asks, in words and as a part of the circle about the thing where it is judged."""

from __future__ import annotations

from typing import Any

from noonmark.world.landmarks.clauses import (
    AbsentClause,
    ArmsClause,
    Clause,
    CountClause,
    PairClause,
    SidesClause,
)

_SIGMAS = 2.0


def clause_words(clause: Clause) -> str:
    """A clause as a sentence without a verb: 'tower' 100 to 500 m from 'station'."""
    if isinstance(clause, PairClause):
        return _pair_words(clause)
    if isinstance(clause, CountClause):
        return f"{clause.at_least} or more {clause.of!r} {_around(clause)}"
    if isinstance(clause, AbsentClause):
        return f"no {clause.of!r} {_around(clause)}"
    if isinstance(clause, SidesClause):
        return (
            f"{clause.of!r} within {clause.within_m:g} m on both sides of {clause.line!r}:"
            f" {clause.one_side} and {clause.other_side}"
        )
    if isinstance(clause, ArmsClause):
        arms = ", ".join(f"{arm:g}" for arm in clause.arms_deg)
        said = "toward" if clause.north_known else "north unknown, at turns of"
        return f"arms of {clause.at!r} {said} {arms} deg (sigma {clause.sigma_deg:g})"
    return f"seen from left to right: {', '.join(repr(name) for name in clause.order)}"


def _pair_words(clause: PairClause) -> str:
    first, second = repr(clause.first), repr(clause.second)
    words = [f"{first} {clause.meet} {second}" if clause.meet else f"{second}"]
    if not clause.meet:
        if clause.centre_m is not None:
            how_far = f"{clause.centre_m:g} m (sigma {clause.sigma_m:g})"
        else:
            how_far = f"{clause.low_m:g} to {clause.high_m:g} m"
        words = [f"{second} {how_far} from {first}"]
    if clause.bearing_deg is not None:
        words.append(f"toward {clause.bearing_deg:g} deg (sigma {clause.bearing_sigma_deg:g})")
    if clause.angle_deg is not None:
        words.append(f"at an angle of {clause.angle_deg:g} deg (sigma {clause.angle_sigma_deg:g})")
    return ", ".join(words)


def _around(clause: CountClause | AbsentClause) -> str:
    words = f"within {clause.within_m:g} m of {clause.near!r}"
    if clause.sector_deg is not None:
        words += f", {clause.sector_deg[0]:g} to {clause.sector_deg[1]:g} deg"
    if isinstance(clause, CountClause) and clause.direction_deg is not None:
        words += f", that run {clause.direction_deg:g} deg (sigma {clause.direction_sigma_deg:g})"
    return words


def asked_around(
    clause: Clause,
    at: str,
) -> dict[str, Any]:
    """Where a clause looks from the thing ``at``: ``within_m``, and ``sector_deg`` clockwise.

    A bearing is the sector of two sigmas. What a clause does not say is left out.
    """
    asked: dict[str, Any] = {}
    if isinstance(clause, CountClause | AbsentClause | SidesClause):
        asked["within_m"] = clause.within_m
    if isinstance(clause, CountClause | AbsentClause) and clause.sector_deg is not None:
        asked["sector_deg"] = list(clause.sector_deg)
    if isinstance(clause, PairClause) and clause.bearing_deg is not None:
        slack = _SIGMAS * clause.bearing_sigma_deg
        if slack < 180.0:
            middle = clause.bearing_deg + (0.0 if clause.first == at else 180.0)
            asked["sector_deg"] = [round((middle + s) % 360.0, 6) for s in (-slack, slack)]
    return asked
