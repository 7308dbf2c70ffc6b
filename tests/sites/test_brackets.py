"""Brackets are the exact sets: all histories on a line of hours say the same."""

from __future__ import annotations

import functools
import itertools
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.sites.brackets import Vote, histories

_LAST = 4
_MOMENT = 0.25
"""By how much the brute force lets a span end later, so that no two ends fall together."""
_TIMES = [-1.0, *(hour + part for hour in range(_LAST + 1) for part in (0, 0.125, 0.25, 0.5)), 99.0]
"""Every end, a time on either side of it, one before all and one after: no other can matter."""
_ALL = (1 << len(_TIMES)) - 1


@st.composite
def _votes(draw):
    votes = []
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, _LAST))
        end = draw(st.sampled_from([*range(start, _LAST + 1), math.inf]))
        votes.append(Vote(float(start), float(end), draw(st.booleans())))
    return votes


@functools.cache
def _every_history(count):
    """Every history of so many changes, from absent: the changes, and the times of presence."""
    found = []
    for changes in itertools.combinations(range(len(_TIMES)), count):
        there = 0
        for change in changes:
            there ^= _ALL >> change << change
        found.append((changes, there))
    return found


def _span(vote):
    """The times of a vote's span as bits."""
    inside = [vote.start_s <= at <= vote.end_s + _MOMENT for at in _TIMES]
    return sum(1 << number for number, yes in enumerate(inside) if yes)


def _by_trying(votes):
    """The fewest changes and, by first state, the times that each change has, all tried."""
    spans = [(_span(vote), vote.there) for vote in votes]
    for count in range(6):
        found = {}
        for first in (False, True):
            kept = []
            for changes, there in _every_history(count):
                present = there ^ _ALL if first else there
                if all(span & (present if is_there else ~present) for span, is_there in spans):
                    kept.append(changes)
            if kept:
                found[first] = [{_TIMES[row[n]] for row in kept} for n in range(count)]
        if found:
            return found
    raise AssertionError("no history fits")


@settings(max_examples=40)
@given(_votes())
def test_the_bracket_of_a_change_holds_every_time_that_it_can_have_and_no_other(votes):
    expected = _by_trying(votes)
    found = {history.first_there: history.changes for history in histories(votes)}
    assert set(found) == set(expected)
    for first, changes in found.items():
        assert len(changes) == len(expected[first])
        for change, times in zip(changes, expected[first], strict=True):
            inside = {at for at in _TIMES if change.after_s < at <= change.until_s + _MOMENT}
            assert inside == times


def test_nothing_is_known_without_votes():
    assert histories([]) == ()


def test_a_printed_date_bounds_from_below_only():
    votes = [Vote(0.0, 0.0, False), Vote(3.0, math.inf, True)]
    (history,) = histories(votes)
    assert (history.changes[0].after_s, history.changes[0].until_s) == (0.0, math.inf)
    assert not history.first_there
