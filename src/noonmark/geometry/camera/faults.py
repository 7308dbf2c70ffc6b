"""Marks that cannot be reconciled with the others: the bad one, the one whose parts are swapped, the one that lies.

1. Solve with all marks. If the residuals are as large as their sigmas promise, there is nothing to say.
2. Otherwise leave each mark out in turn (all in one batch). The one whose absence mends most is named, and left out,
   when the gain is far beyond chance; at most a third of the marks.
3. For the named mark, try its parts in other orders: if one order fits, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.posterior import Solved, solved
from noonmark.geometry.camera.solve import REFUSED
from noonmark.geometry.camera.view import Posts, View

Floats = NDArray[np.float64]

GAIN: Final = 18.0  # chi squared of 2 degrees of freedom: chance of 1e-4 per mark
NOTHING: Final = 1e-12
ORDERS: Final = (
    ((1, 0, 2), "base and top"),
    ((0, 2, 1), "top and shadow tip"),
    ((2, 1, 0), "base and shadow tip"),
)


@dataclass(frozen=True)
class Fault:
    """A mark that does not agree: how much the sum of squares falls without it, and which parts look swapped."""

    mark: int
    gain: float
    swapped: str | None
    left_out: bool


def misfit(found: Solved) -> tuple[float, float]:
    """The solution's sum of squares, and what it should stay below if marks and assumptions were all sound (0.1 %)."""
    return float(found.modes.cost[0]), _expected(found.view, found.modes.weights.marks[0])


def checked(view: View) -> tuple[Solved, tuple[Fault, ...]]:
    """The solution without the marks that contradict all others, and those marks."""
    found = solved(view)
    faults: list[Fault] = []
    weights = np.ones(view.marks)
    if view.marks < 2:
        return found, _lone(view, found)
    for _ in range(max(1, view.marks // 3)):
        limit = _expected(view, weights)
        if found.modes.cost[0] < limit:
            break
        best = _worst(view, found, weights)
        if best is None:
            break
        mark, trial = best
        gain = float(found.modes.cost[0] - trial.modes.cost[0])
        enough = np.count_nonzero(weights > 0.5) > 2
        swap = _swapped(view, mark, weights, float(trial.modes.cost[0]))
        if swap is None and not enough:
            faults.append(Fault(mark, gain, None, False))
            break
        weights = weights.copy()
        weights[mark] = NOTHING
        faults.append(Fault(mark, gain, swap, True))
        found = trial
    return found, tuple(faults)


def _expected(view: View, weights: Floats) -> float:
    """The sum of squares above which something is wrong: the 0.1 % point for the rows that can be in excess."""
    from scipy.special import chdtri

    posts = view.posts
    count = np.count_nonzero(weights[posts.mark] > 0.5) if len(posts.mark) else 0
    spare = 3.0 * count + len(view.lines.mark) + len(view.horizon.mark) + 2.0 * len(view.landmarks.mark)
    spare += 2.0 * len(view.discs.mark) + len(view.lengths.mark) + 3.0
    return float(chdtri(spare, 1e-3))


def _worst(view: View, found: Solved, weights: Floats) -> tuple[int, Solved] | None:
    """The mark whose absence mends most, and the solution without it; None when no absence mends enough."""
    alive = np.flatnonzero(weights > 0.5)
    if len(alive) < 2:
        return None
    share = _shares(found)
    # The marks with the largest residuals first; a bad mark can also push its own error onto its neighbours.
    order = alive[np.argsort(-share[alive], kind="stable")][:8]
    best: tuple[int, Solved] | None = None
    for mark in order:
        trial_weights = weights.copy()
        trial_weights[mark] = NOTHING
        trial = solved(view, weights=trial_weights)
        if best is None or trial.modes.cost[0] < best[1].modes.cost[0]:
            best = (int(mark), trial)
    if best is None or found.modes.cost[0] - best[1].modes.cost[0] < GAIN:
        return None
    return best


def _shares(found: Solved) -> Floats:
    """The sum of squares that each mark is responsible for at the solution."""
    from noonmark.geometry.camera.residuals import row_marks

    view, system = found.view, found.modes.system
    share = np.zeros(view.marks)
    if len(view.posts.mark):
        np.add.at(share, view.posts.mark, np.einsum("ni,ni->n", system.post_rows[0], system.post_rows[0]))
    for (_, mark), row in zip(row_marks(view), system.rows[0], strict=False):
        share[mark] += row**2
    return share


def _swapped(view: View, mark: int, weights: Floats, without: float) -> str | None:
    """The parts of a mark that fit when they are exchanged, in words."""
    rows = np.flatnonzero(view.posts.mark == mark)
    if len(rows) != 1:
        return None
    row = int(rows[0])
    best, words = np.inf, None
    for order, name in ORDERS:
        if not all(view.posts.seen[row, k] for k in (0, 1, 2) if order[k] != k):
            continue
        cost = float(solved(_reordered(view, row, order), weights=weights).modes.cost[0])
        if cost < best:
            best, words = cost, name
    return words if best < without + 12.0 else None


def _reordered(view: View, row: int, order: tuple[int, int, int]) -> View:
    posts = view.posts
    parts = [posts.base_px.copy(), posts.top_px.copy(), posts.tip_px.copy()]
    old = [p[row].copy() for p in parts]
    seen, sigma = posts.seen.copy(), posts.sigma_px.copy()
    for k in range(3):
        parts[k][row] = old[order[k]]
        seen[row, k], sigma[row, k] = posts.seen[row, order[k]], posts.sigma_px[row, order[k]]
    fields = {**vars(posts), "base_px": parts[0], "top_px": parts[1], "tip_px": parts[2]}
    return replace(view, posts=Posts(**{**fields, "seen": seen, "sigma_px": sigma}))


def _lone(view: View, found: Solved) -> tuple[Fault, ...]:
    """A single mark that fits only upside down: its base and top are swapped."""
    if not len(view.posts.mark) or not view.posts.seen[0, :2].all():
        return ()
    cost = float(found.modes.cost[0])
    if cost < 25.0 and cost < REFUSED:
        return ()
    words = _swapped(view, int(view.posts.mark[0]), np.ones(view.marks), 8.0)
    return (Fault(int(view.posts.mark[0]), cost, words, False),)
