"""How each clue stands to the others: its evidence, the answer without it, and who cannot be reconciled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.answer import ClueFinding, Conflict
from noonmark.inference.chances import chi2_tail, sigmas
from noonmark.inference.clues.common import Sounding
from noonmark.inference.domain import Domain, View, point_view
from noonmark.inference.grid import Effort, refine
from noonmark.inference.marginals import place_plane
from noonmark.inference.posterior import Posterior

Floats = NDArray[np.float64]

QUICK = Effort(variation_nat=1.5, stake=4e-4, max_boxes=25_000, patience=2, polish=40_000)
SEARCH = Effort(variation_nat=2.0, stake=1e-3, max_boxes=25_000, patience=4, polish=0)

CONFLICT_P = 0.001
"""Clues conflict if even the best place and instant leaves them with a smaller tail probability."""

LARGEST_SET = 4
MOST_SETS = 400

Compile = Callable[[int], Sounding]
"""The clue at a position, compiled as if it could not be mismeasured."""


def findings(answer: Posterior, responsibility: Floats) -> tuple[ClueFinding, ...]:
    """What each clue contributed: see :class:`noonmark.inference.answer.ClueFinding`."""
    best = answer.modes[0].pulls_sigma
    out = []
    for k, clue in enumerate(answer.clues):
        if clue.index < 0:
            continue
        others = [c for c in answer.clues if c is not clue]
        evidence, area = _without(answer.domain, others)
        out.append(
            ClueFinding(
                index=clue.index,
                kind=clue.kind,
                log_evidence=answer.leaves.log_evidence - evidence,
                pull_sigma=best[k],
                outlier=float(responsibility[k]),
                area_km2_without=area,
            )
        )
    return tuple(out)


def _without(domain: Domain, others: Sequence[Sounding]) -> tuple[float, float]:
    """ln evidence and 90 % area of the answer from the other clues alone."""
    leaves = refine(domain, others, QUICK)
    return leaves.log_evidence, place_plane(leaves, leaves.mass()).measure_of(0.9)


def conflicts(answer: Posterior, sound: Sequence[Sounding]) -> tuple[Conflict, ...]:
    """Minimal sets of clues that no place and instant of the domain can reconcile.

    ``sound`` are the clues compiled without outlier share. Nothing is searched while the best mode
    fits all of them.
    """
    real = [k for k, c in enumerate(sound) if c.index >= 0]
    if len(real) < 2 or _misfit_at_modes(answer, sound) > 0.01:
        return ()
    found: list[tuple[int, ...]] = []
    out: list[Conflict] = []
    tried = 0
    for size in range(2, min(len(real), LARGEST_SET) + 1):
        for members in combinations(real, size):
            if any(set(f) <= set(members) for f in found):
                continue
            tried += 1
            if tried > MOST_SETS:
                return tuple(out)
            tail = best_tail(answer.domain, [sound[k] for k in members])
            if tail < CONFLICT_P:
                found.append(members)
                out.append(_told([sound[k] for k in members], tail))
    return tuple(out)


def _told(clues: Sequence[Sounding], tail: float) -> Conflict:
    names = [f"clue[{c.index}] {c.kind}" for c in clues]
    listed = ", ".join(names[:-1]) + " and " + names[-1]
    return Conflict(
        tuple(c.index for c in clues),
        f"{listed} cannot be reconciled: at the best place and time they still disagree by {sigmas(tail):.1f} sigma",
    )


def _misfit_at_modes(answer: Posterior, sound: Sequence[Sounding]) -> float:
    """The best tail probability of all clues together at any mode of the answer."""
    best = 0.0
    for mode in answer.modes:
        lon = answer.domain.west_deg + (mode.place.lon_deg - answer.domain.west_deg) % 360.0
        view = point_view(
            answer.domain,
            np.array([mode.place.lat_deg]),
            np.array([lon]),
            np.array([mode.instant.timestamp()]),
        )
        misfit, freedom = misfits(sound, view)
        best = max(best, chi2_tail(float(misfit[0]), freedom))
    return best


def misfits(clues: Sequence[Sounding], view: View) -> tuple[Floats, int]:
    """The summed squared pulls of clues at each place and instant, and their degrees of freedom."""
    total = np.zeros(view.lat_deg.size)
    for clue in clues:
        total += np.square(clue.pull_sigma(view))
    return total, sum(clue.freedom for clue in clues)


def best_tail(domain: Domain, clues: Sequence[Sounding]) -> float:
    """The largest tail probability that some clues can have together anywhere in the domain."""
    leaves = refine(domain, clues, SEARCH)
    if leaves.boxes.size == 0:
        return 0.0
    order = np.argsort(-leaves.log_likelihood)[:64]
    misfit, freedom = misfits(clues, View(domain, leaves.boxes.take(order)))
    answer = Posterior(leaves, tuple(clues))
    lat, lon, unix = answer.climbed(order[int(np.argmin(misfit))])
    final, _ = misfits(clues, point_view(domain, np.array([lat]), np.array([lon]), np.array([unix])))
    return chi2_tail(min(float(final[0]), float(misfit.min())), freedom)
