"""Diagnostics of the clues: what each contributes, and which ones contradict one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.answer import ClueFinding, Conflict
from noonmark.inference.best_case import best_case, explored, tried_leaves
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.discrepancy import readings, tail_probability
from noonmark.inference.leave_one_out import answers_without
from noonmark.inference.marginals import prior_area_km2
from noonmark.inference.place_cells import place_cells
from noonmark.inference.place_leaves import unsearched_leaves
from noonmark.inference.posterior import Posterior
from noonmark.inference.search.branch_and_bound import refine
from noonmark.inference.search.domain import BoxView, Domain, point_view
from noonmark.inference.search.effort import Effort
from noonmark.inference.significance import sigmas

QUICK = Effort(variation_nat=1.5, stake=4e-4, max_boxes=25_000, patience=2, polish=40_000)
"""The effort for an answer without one of its clues."""

MOST_SEARCHES = 6
"""With more clues than this, answers without each of them come from a single search."""

SEARCH = Effort(variation_nat=2.0, stake=1e-3, max_boxes=25_000, patience=1, polish=0, scatter=0)
"""The effort for the best point of a set of clues: what leaves weigh is of no use."""

CONFLICT_P = 0.001
"""Clues conflict if even the best place and instant leaves them with a smaller tail probability."""

NO_CONFLICT_P = 0.01
"""Nothing is searched if the clues fit together at a mode with a greater tail probability."""

LARGEST_SET = 4
MOST_SETS = 400
"""Sets of clues that are tried: of how many clues, and how many in all."""


def findings(
    answer: Posterior,
    responsibility: Floats,
    sound: Sequence[CompiledClue],
) -> tuple[ClueFinding, ...]:
    """What each clue contributed: see :class:`noonmark.inference.answer.ClueFinding`.

    ``responsibility`` (k,) is the probability that each clue is mismeasured; ``sound`` are the
    clues compiled without outlier share, in the order of the answer's.
    """
    pulls_sigma = answer.modes[0].pulls_sigma
    chances = readings(sound, mode_view(answer)).chance[:, 0]
    without = _answers_without(answer)
    found: list[ClueFinding] = []
    for k, clue in enumerate(answer.clues):
        if clue.index < 0:
            continue
        log_evidence, area_km2 = without[k]
        is_number = clue.freedom > 0
        found.append(
            ClueFinding(
                index=clue.index,
                kind=clue.kind,
                log_evidence=answer.leaves.log_evidence - log_evidence,
                pull_sigma=pulls_sigma[k] if is_number else None,
                outlier=float(responsibility[k]),
                area_km2_without=area_km2,
                chance=None if is_number else float(chances[k]),
            )
        )
    return tuple(found)


def _answers_without(answer: Posterior) -> list[tuple[float, float]]:
    """For each clue, the answer from all others: see :func:`_answer_from`.

    Many clues are left out in a single search; the few of most questions each in one of its own.
    """
    clues = answer.clues
    if len(clues) > MOST_SEARCHES:
        return answers_without(answer.domain, clues, QUICK)
    found: list[tuple[float, float]] = []
    for clue in clues:
        others = [other for other in clues if other is not clue]
        found.append((0.0, 0.0) if clue.index < 0 else _answer_from(answer.domain, others))
    return found


def _answer_from(domain: Domain, clues: Sequence[CompiledClue]) -> tuple[float, float]:
    """The answer from some clues alone: ln of its evidence, and its 90 % area [km2]."""
    if not clues:
        return 0.0, 0.9 * prior_area_km2(domain)
    leaves = unsearched_leaves(domain, clues) or refine(domain, clues, QUICK)
    places = place_cells(leaves, leaves.mass())
    return leaves.log_evidence, places.ranked.measure_of(0.9)


def conflicts(answer: Posterior, sound: Sequence[CompiledClue]) -> tuple[Conflict, ...]:
    """Minimal sets of clues that contradict one another everywhere in the domain.

    ``sound`` are the clues compiled without outlier share. Nothing is searched while the best mode
    fits all of them.
    """
    real = [clue for clue in sound if clue.index >= 0]
    if len(real) < 2 or _fit_a_mode(answer, sound):
        return ()
    minimal: list[set[int]] = []
    found: list[Conflict] = []
    tried = 0
    for members in _subsets(len(real)):
        if any(known <= members for known in minimal):
            continue
        tried += 1
        if tried > MOST_SETS:
            break
        clues = [real[k] for k in sorted(members)]
        tail = best_tail(answer.domain, clues)
        if tail < CONFLICT_P:
            minimal.append(members)
            found.append(_conflict(clues, tail))
    return tuple(found)


def _subsets(count: int) -> Iterator[set[int]]:
    """Sets of two members and more, the smaller first."""
    for size in range(2, min(count, LARGEST_SET) + 1):
        for members in combinations(range(count), size):
            yield set(members)


def _conflict(clues: Sequence[CompiledClue], tail: float) -> Conflict:
    """The conflict of some clues, with its sentence."""
    names = [f"clue[{clue.index}] {clue.kind}" for clue in clues]
    listed = ", ".join(names[:-1]) + " and " + names[-1]
    why = (
        f"{listed} cannot be reconciled: "
        f"at the best place and time they still disagree by {sigmas(tail):.1f} sigma"
    )
    return Conflict(tuple(clue.index for clue in clues), why)


def _fit_a_mode(answer: Posterior, sound: Sequence[CompiledClue]) -> bool:
    """Whether all clues together fit at one of the answer's modes."""
    told = readings(sound, mode_view(answer))
    nothing = [0.0] * len(sound)
    return any(
        tail_probability(told, nothing, column) > NO_CONFLICT_P
        for column in range(len(answer.modes))
    )


def mode_view(answer: Posterior) -> BoxView:
    """The best points of all modes of an answer, in order."""
    lat = [mode.place.lat_deg for mode in answer.modes]
    lon = answer.domain.turned_deg(np.array([mode.place.lon_deg for mode in answer.modes]))
    unix = [mode.instant.timestamp() for mode in answer.modes]
    return point_view(answer.domain, np.array(lat), lon, np.array(unix))


def best_tail(domain: Domain, clues: Sequence[CompiledClue]) -> float:
    """The largest tail probability that some clues can have together anywhere in the domain.

    The clues are compiled without outlier share. It is 0 for a domain that holds no place and
    instant.
    """
    leaves = refine(domain, clues, SEARCH)
    if leaves.boxes.size == 0:
        return 0.0
    nothing = [0.0] * len(clues)
    tried = explored(domain, clues, tried_leaves(domain, clues, leaves), nothing)
    return best_case(tried, nothing).p
