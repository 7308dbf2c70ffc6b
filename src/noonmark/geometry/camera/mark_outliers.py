"""Marks that cannot be reconciled with the others, and marks whose parts are swapped.

1. Solve with all marks. If the residuals are as large as their sigmas promise, there is nothing to
   say.
2. Otherwise leave each mark out in turn. The one whose absence lowers the cost most is named, and
   left out, when the gain is far beyond chance; at most a third of the marks.
3. For the named mark, try its parts in other orders: if one order fits, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.posterior import Solved, solved
from noonmark.geometry.camera.residuals import row_marks
from noonmark.geometry.camera.view import CameraView

GAIN: Final = 18.0  # chi squared of 2 degrees of freedom: chance of 1e-4 per mark
NOTHING: Final = 1e-12
CHECKED_OUTLIERS: Final = 8
SWAP_SLACK: Final = 12.0  # how much worse than without the mark a swapped mark may fit
LONE_LIMIT: Final = 25.0
LONE_COST: Final = 8.0
ORDERS: Final = (
    ((1, 0, 2), "base and top"),
    ((0, 2, 1), "top and shadow tip"),
    ((2, 1, 0), "base and shadow tip"),
)


@dataclass(frozen=True)
class Fault:
    """A mark that does not agree with the others.

    ``gain`` is how much the sum of squares falls without it, ``swapped`` names the parts that look
    swapped.
    """

    mark: int
    gain: float
    swapped: str | None
    left_out: bool


def misfit(found: Solved) -> tuple[float, float]:
    """The solution's sum of squares, and what it stays below if marks and assumptions are sound.

    Sound marks exceed it with a probability of 0.1 %.
    """
    weights = found.modes.weights.marks[0]
    return float(found.modes.cost[0]), _expected(found.view, weights)


def checked(view: CameraView) -> tuple[Solved, tuple[Fault, ...]]:
    """The solution without the marks that contradict all others, and those marks.

    A mark is left out only if its absence lowers the sum of squares by more than ``GAIN``.
    """
    found = solved(view)
    if view.marks < 2:
        return found, _lone(view, found)
    faults: list[Fault] = []
    weights = np.ones(view.marks)
    for _ in range(max(1, view.marks // 3)):
        if found.modes.cost[0] < _expected(view, weights):
            break
        best = _worst(view, found, weights)
        if best is None:
            break
        mark, trial = best
        cost = float(trial.modes.cost[0])
        gain = float(found.modes.cost[0] - trial.modes.cost[0])
        swap = _swapped(view, mark, weights, cost)
        # Two marks that contradict each other do not say which of them is wrong.
        if swap is None and np.count_nonzero(weights > 0.5) <= 2:
            faults.append(Fault(mark, gain, None, False))
            break
        weights = _without(weights, mark)
        faults.append(Fault(mark, gain, swap, True))
        found = trial
    return found, tuple(faults)


def _without(weights: Floats, mark: int) -> Floats:
    """The weights (marks,) with one mark left out."""
    found = weights.copy()
    found[mark] = NOTHING
    return found


def _expected(view: CameraView, weights: Floats) -> float:
    """The sum of squares above which something is wrong.

    It is the 0.1 % point of chi squared for the rows that can be in excess.
    """
    from scipy.special import chdtri

    posts = np.count_nonzero(weights[view.posts.mark] > 0.5)
    spare = 3.0 * posts + view.lines.count + view.horizon.count + view.lengths.count
    spare += 2.0 * view.landmarks.count + 2.0 * view.discs.count + 3.0
    return float(chdtri(spare, 1e-3))


def _worst(
    view: CameraView,
    found: Solved,
    weights: Floats,
) -> tuple[int, Solved] | None:
    """The mark whose absence lowers the cost most, and the solution without it.

    None when no absence lowers it enough. The marks with the largest residuals are tried; a bad
    mark can also push its own error onto its neighbours.
    """
    alive = np.flatnonzero(weights > 0.5)
    if len(alive) < 2:
        return None
    share = _shares(found)
    suspects = alive[np.argsort(-share[alive], kind="stable")][:CHECKED_OUTLIERS]
    best: tuple[int, Solved] | None = None
    for mark in suspects:
        trial = solved(view, weights=_without(weights, mark))
        if best is None or trial.modes.cost[0] < best[1].modes.cost[0]:
            best = (int(mark), trial)
    if best is None or found.modes.cost[0] - best[1].modes.cost[0] < GAIN:
        return None
    return best


def _shares(found: Solved) -> Floats:
    """The sum of squares (marks,) that each mark is responsible for at the solution."""
    view = found.view
    system = found.modes.system
    share = np.zeros(view.marks)
    if view.posts.count:
        rows = system.post_rows[0]
        np.add.at(share, view.posts.mark, np.einsum("ni,ni->n", rows, rows))
    for (_, mark), row in zip(row_marks(view), system.rows[0], strict=False):
        share[mark] += row**2
    return share


def _swapped(
    view: CameraView,
    mark: int,
    weights: Floats,
    without: float,
) -> str | None:
    """The parts of a mark that fit when they are exchanged, in words.

    ``without`` is the cost without the mark.
    """
    rows = np.flatnonzero(view.posts.mark == mark)
    if len(rows) != 1:
        return None
    row = int(rows[0])
    best, words = np.inf, None
    for order, name in ORDERS:
        exchanged = [part for part in range(3) if order[part] != part]
        if not view.posts.seen[row, exchanged].all():
            continue
        trial = solved(_reordered(view, row, order), weights=weights)
        cost = float(trial.modes.cost[0])
        if cost < best:
            best, words = cost, name
    return words if best < without + SWAP_SLACK else None


def _reordered(
    view: CameraView,
    row: int,
    order: tuple[int, int, int],
) -> CameraView:
    """The view with the parts of one post in another order."""
    posts = view.posts
    old_px = [posts.base_px, posts.top_px, posts.tip_px]
    new_px = [part_px.copy() for part_px in old_px]
    seen = posts.seen.copy()
    sigma_px = posts.sigma_px.copy()
    for part, other in enumerate(order):
        new_px[part][row] = old_px[other][row]
        seen[row, part] = posts.seen[row, other]
        sigma_px[row, part] = posts.sigma_px[row, other]
    base_px, top_px, tip_px = new_px
    swapped = replace(
        posts,
        base_px=base_px,
        top_px=top_px,
        tip_px=tip_px,
        seen=seen,
        sigma_px=sigma_px,
    )
    return replace(view, posts=swapped)


def _lone(view: CameraView, found: Solved) -> tuple[Fault, ...]:
    """A single mark that fits only upside down: its base and top are swapped."""
    posts = view.posts
    if not posts.count or not posts.seen[0, :2].all():
        return ()
    cost = float(found.modes.cost[0])
    if cost < LONE_LIMIT:
        return ()
    mark = int(posts.mark[0])
    full = np.ones(view.marks)
    words = _swapped(view, mark, full, LONE_COST)
    return (Fault(mark, cost, words, False),)
