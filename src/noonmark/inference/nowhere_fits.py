"""Clues that fit nowhere in the prior: degrees given as radians, a clock in a gap, places swapped.

Such a clue is taken for mismeasured everywhere, so that the answer is what the prior and the other
clues say, and looks like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noonmark.inference.answer import NowhereFit
from noonmark.inference.best_case import MOST_STARTS, best_case, tried_leaves
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.diagnostics import CONFLICT_P, best_tail
from noonmark.inference.discrepancy import LEAST_P
from noonmark.inference.posterior import Posterior
from noonmark.inference.significance import sigmas


def nowhere_fits(answer: Posterior, sound: Sequence[CompiledClue]) -> tuple[NowhereFit, ...]:
    """The clues each of which, alone, fits no place and instant of the prior.

    ``sound`` are the clues compiled without outlier share. The prior is searched for a clue only if
    it does not fit at the likeliest leaves of the answer.
    """
    if answer.leaves.boxes.size == 0:
        return ()
    tried = tried_leaves(answer.domain, sound, answer.leaves, answer.likeliest_leaves(MOST_STARTS))
    found = []
    for k, clue in enumerate(sound):
        alone = np.ones(len(sound))
        alone[k] = 0.0
        if clue.index < 0 or best_case(tried, alone.tolist()).p >= CONFLICT_P:
            continue
        tail = best_tail(answer.domain, [clue])
        if tail < CONFLICT_P:
            found.append(NowhereFit(clue.index, clue.kind, _why(clue, tail)))
    return tuple(found)


def _why(clue: CompiledClue, tail: float) -> str:
    """The sentence about a clue whose greatest tail probability in the prior is so small.

    What is seen or not seen has a chance, and no sigmas.
    """
    least = tail <= LEAST_P
    if clue.freedom:
        off = f"it is {'more than ' if least else ''}{sigmas(tail):.1f} sigma off"
    else:
        off = f"the chance of what it says is {'below ' if least else ''}{tail:.2g}"
    return (
        f"clue[{clue.index}] {clue.kind} fits nowhere in the prior: at the best place and time in "
        f"the area and the window {off}; check its numbers, its unit and its time, and the prior"
    )
