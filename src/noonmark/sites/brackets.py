"""Brackets from readings by exact set logic: when a thing can have appeared or gone.

A thing is there or not at every instant. A vote says that at some instant of its span it was there,
or was not. A history is a state before the first change and the times of its changes; at a change
the new state holds. A history fits unless a vote's span lies wholly inside a stretch of the other
state. Of all histories that fit, those with the fewest changes are meant, and the bracket of a
change is the set of all times that it has in one of them.

That set is an interval, open below and closed above: (last without, first with]. Its upper end is
reached by making every earlier change as late as can be, its lower end by making every later one
as early as can be; the two are independent, because a history before a change and one after it are
chosen apart.

A vote's span ends a moment after its last instant: where one vote ends when another starts, the
change can lie between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_FOREVER = float("inf")


@dataclass(frozen=True)
class Vote:
    """At some instant from ``start_s`` to ``end_s`` [POSIX seconds] it was there, or was not.

    ``end_s`` is infinite where only the earliest time is known.
    """

    start_s: float
    end_s: float
    there: bool


@dataclass(frozen=True)
class Change:
    """One change: to ``there``, later than ``after_s`` and no later than ``until_s``.

    Either end may be infinite.
    """

    there: bool
    after_s: float
    until_s: float


@dataclass(frozen=True)
class History:
    """The fewest changes that explain the votes, from a first state."""

    first_there: bool
    changes: tuple[Change, ...]


def histories(votes: Sequence[Vote]) -> tuple[History, ...]:
    """The histories with the fewest changes: one, or two where the first state is open.

    Without votes nothing is known of the state, and there are none.
    """
    if not votes:
        return ()
    found = [_fewest(votes, first_there) for first_there in (False, True)]
    least = min(len(history.changes) for history in found)
    return tuple(history for history in found if len(history.changes) == least)


def _fewest(
    votes: Sequence[Vote],
    first_there: bool,
) -> History:
    """The fewest changes from a first state."""
    latest: list[float] = []
    there, since_s = first_there, -_FOREVER
    while True:
        until_s = _latest_end(votes, there, since_s)
        if until_s == _FOREVER and not _lies_inside(votes, there, since_s):
            break
        latest.append(until_s)
        there, since_s = not there, until_s
    earliest = _earliest(votes, first_there, len(latest))
    changes = []
    for number, (after_s, until_s) in enumerate(zip(earliest, latest, strict=True)):
        is_there = first_there if number % 2 else not first_there
        changes.append(Change(is_there, after_s, until_s))
    return History(first_there, tuple(changes))


def _latest_end(
    votes: Sequence[Vote],
    there: bool,
    since_s: float,
) -> float:
    """When a stretch of a state that starts at ``since_s`` must have ended."""
    ends = [vote.end_s for vote in votes if vote.there != there and vote.start_s > since_s]
    return min(ends, default=_FOREVER)


def _lies_inside(
    votes: Sequence[Vote],
    there: bool,
    since_s: float,
) -> bool:
    """Whether a vote of the other state lies inside a stretch without an end."""
    return any(vote.there != there and vote.start_s > since_s for vote in votes)


def _earliest(
    votes: Sequence[Vote],
    first_there: bool,
    count: int,
) -> list[float]:
    """After when each of ``count`` changes must lie, the later ones as early as can be."""
    found: list[float] = []
    before_s = _FOREVER
    for number in range(count, 0, -1):
        there = first_there if number % 2 == 0 else not first_there
        is_last = number == count
        starts = [
            vote.start_s
            for vote in votes
            if vote.there != there and (is_last or vote.end_s < before_s)
        ]
        before_s = max(starts, default=-_FOREVER)
        found.append(before_s)
    return found[::-1]
