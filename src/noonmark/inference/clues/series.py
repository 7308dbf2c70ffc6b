"""The instants of a clue that has several.

They are a list of times, a list of offsets, or one time and offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from noonmark.constants import DAY_S
from noonmark.inference.clues.common import HERMITE, Moment
from noonmark.inference.clues.spec import FieldProblem, Instant


def instants_of(
    at: Sequence[float], offsets_s: Sequence[float], when: Instant
) -> tuple[Instant, ...]:
    """The instants of a series, by a list of times or by offsets.

    ``when`` is the clue's common instant: it gives the error of the clock, and may give the time of
    offset 0.
    """
    base = when.offset_s or 0.0
    if len(at) > 1:
        return tuple(Instant(t, when.at_sigma_s, when.offset_s) for t in at)
    known = at[0] if at else when.at_s
    if known is not None:
        return tuple(Instant(known + o, when.at_sigma_s, base + o) for o in offsets_s)
    return tuple(Instant(None, 0.0, base + o) for o in offsets_s)


def series_problems(
    at: Sequence[float], offsets_s: Sequence[float], count: int
) -> list[FieldProblem]:
    """What is wrong with the times and offsets of a series.

    There must be either ``count`` times, or ``count`` offsets and at most one time, in order, each
    later than the one before, and within a day.
    """
    given, name = (at, "at") if len(at) > 1 else (offsets_s, "offsets_s")
    if len(at) > 1 and offsets_s:
        return [("at", "either a list of times or offsets_s (with at most one time)", "both lists")]
    if not given:
        return [("offsets_s", f"{count} offsets in seconds, or at with {count} times", "nothing")]
    if len(given) != count:
        return [(name, f"{count} values, as many as the other lists", f"{len(given)}")]
    if any(b <= a for a, b in pairwise(given)):
        return [(name, "instants in order, each later than the one before", "others")]
    if given[-1] - given[0] > DAY_S:
        return [(name, "at most one day from first to last", f"{given[-1] - given[0]:g} s")]
    return []


def shifts(moments: Sequence[Moment]) -> list[tuple[float, float]]:
    """(ln weight, seconds) by which a wrong clock shifts all instants of a series together.

    The error of a known first instant is integrated over by quadrature; one that hangs on the
    scene's start has none.
    """
    first = moments[0]
    sigma = first.sigma_s if first.at_s is not None else 0.0
    if sigma == 0.0:
        return [(0.0, 0.0)]
    return [(log_weight, sigma * node) for log_weight, node in HERMITE]


def shifted(moments: Sequence[Moment], seconds: float) -> tuple[Moment, ...]:
    """The same instants, so many seconds later, taken as exact.

    One that hangs on the scene's start keeps doing so.
    """
    found = []
    for moment in moments:
        if moment.at_s is None:
            found.append(Moment(None, moment.offset_s + seconds))
        else:
            found.append(Moment(moment.at_s + seconds, moment.offset_s))
    return tuple(found)


def shifted_series(
    moments: Sequence[Moment],
) -> tuple[tuple[float, tuple[Moment, ...]], ...]:
    """(ln weight, instants) for each shift that the clock allows."""
    found = []
    for log_weight, seconds in shifts(moments):
        found.append((log_weight, shifted(moments, seconds)))
    return tuple(found)
