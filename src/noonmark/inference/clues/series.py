"""The instants of a clue that has several: a list of times, a list of offsets, or one time and offsets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.spec import Instant, Trouble

# Gauss-Hermite nodes in sigmas and their weights for a standard normal.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
_LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum())


def instants_of(at: Sequence[float], offsets_s: Sequence[float], when: Instant) -> tuple[Instant, ...]:
    """The instants of a series; ``when`` is the clue's common one and says the error of its clock."""
    base = when.offset_s or 0.0
    if len(at) > 1:
        return tuple(Instant(t, when.at_sigma_s, when.offset_s) for t in at)
    known = at[0] if at else when.at_s
    if known is not None:
        return tuple(Instant(known + o, when.at_sigma_s, base + o) for o in offsets_s)
    return tuple(Instant(None, 0.0, base + o) for o in offsets_s)


def series_problems(at: Sequence[float], offsets_s: Sequence[float], count: int) -> list[Trouble]:
    """Either ``count`` times, or ``count`` offsets and at most one time; in order and not all alike."""
    given, name = (at, "at") if len(at) > 1 else (offsets_s, "offsets_s")
    if len(at) > 1 and offsets_s:
        return [("at", "either a list of times or offsets_s (with at most one time)", "both lists")]
    if not given:
        return [("offsets_s", f"{count} offsets in seconds, or at with {count} times", "nothing")]
    if len(given) != count:
        return [(name, f"{count} values, as many as the other lists", f"{len(given)}")]
    if any(b <= a for a, b in pairwise(given)):
        return [(name, "instants in order, each later than the one before", "others")]
    if given[-1] - given[0] > 86400.0:
        return [(name, "at most one day from first to last", f"{given[-1] - given[0]:g} s")]
    return []


def shifts(moments: Sequence[Moment]) -> list[tuple[float, float]]:
    """(ln weight, seconds) by which a clock that was wrong shifts all instants of a series together."""
    sigma = moments[0].sigma_s if moments[0].at_s is not None else 0.0
    if sigma == 0.0:
        return [(0.0, 0.0)]
    return [(float(w), sigma * float(x)) for w, x in zip(_LOG_WEIGHTS, _NODES, strict=True)]


def shifted(moments: Sequence[Moment], seconds: float) -> tuple[Moment, ...]:
    """The same instants, so many seconds later, taken as exact."""
    return tuple(
        Moment(None, m.offset_s + seconds) if m.at_s is None else Moment(m.at_s + seconds, m.offset_s) for m in moments
    )
