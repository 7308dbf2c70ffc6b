"""Sets of instants: disjoint intervals of POSIX seconds, ascending, as arrays (n, 2).

An interval is a start and an end. Sets are united, intersected and measured here; nothing is ever
joined across a gap, but for slits (:func:`without_slits`).
"""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.values import Span, from_unix_s

TOUCHING_S = 1.0
"""Intervals that are no farther apart are one."""

SLIT_S = 60.0
"""The widest gap that is closed: clocks are told to the minute."""

SLIT_OF_SPAN = 0.01
"""The widest gap that is closed, of the longer interval beside it."""


def no_instants() -> Floats:
    """The empty set."""
    return np.zeros((0, 2))


def united(intervals_s: Floats) -> Floats:
    """The union of intervals (n, 2) in any order, which may overlap."""
    kept = intervals_s[intervals_s[:, 1] >= intervals_s[:, 0]]
    if not kept.size:
        return no_instants()
    ordered = kept[np.argsort(kept[:, 0], kind="stable")]
    reach_s = np.maximum.accumulate(ordered[:, 1])
    gaps = np.flatnonzero(ordered[1:, 0] > reach_s[:-1] + TOUCHING_S)
    first = np.append(0, gaps + 1)
    last = np.append(gaps, ordered.shape[0] - 1)
    return np.stack([ordered[first, 0], reach_s[last]], axis=1)


def without_slits(instants: Floats) -> Floats:
    """The set with gaps closed that are too narrow to say anything, (k, 2).

    What is closed in a set is closed in each that holds it, too.
    """
    gap_s = instants[1:, 0] - instants[:-1, 1]
    span_s = np.diff(instants, axis=1)[:, 0]
    longer_s = np.maximum(span_s[:-1], span_s[1:])
    parts = gap_s > np.minimum(SLIT_S, SLIT_OF_SPAN * longer_s)
    if parts.all():
        return instants
    starts_s = instants[np.append(True, parts), 0]
    ends_s = instants[np.append(parts, True), 1]
    return without_slits(np.stack([starts_s, ends_s], axis=1))


def common(
    first: Floats,
    second: Floats,
) -> Floats:
    """The intersection of two sets."""
    if not first.size or not second.size:
        return no_instants()
    # What of either lies beyond the other's ends is left out at once.
    ends_s = first[[0, -1], [0, 1]], second[[0, -1], [0, 1]]
    first = _reaching(first, *ends_s[1])
    second = _reaching(second, *ends_s[0])
    edges_s = np.unique(np.concatenate([first.ravel(), second.ravel()]))
    middles_s = (edges_s[1:] + edges_s[:-1]) / 2.0
    in_both = holds(first, middles_s) & holds(second, middles_s)
    padded = np.concatenate([[False], in_both, [False]])
    changes = np.flatnonzero(np.diff(padded.astype(np.int8)))
    return np.asarray(edges_s[changes].reshape(-1, 2))


def _reaching(
    intervals_s: Floats,
    start_s: float,
    end_s: float,
) -> Floats:
    """The intervals of a set that reach into a window, whole."""
    reaches = (intervals_s[:, 1] >= start_s) & (intervals_s[:, 0] <= end_s)
    return np.asarray(intervals_s[reaches])


def within(
    intervals_s: Floats,
    start_s: float,
    end_s: float,
) -> Floats:
    """The part of intervals that lies in a window; an interval of no length is dropped."""
    cut = np.clip(intervals_s, start_s, end_s)
    return np.asarray(cut[cut[:, 1] > cut[:, 0]])


def holds(
    instants: Floats,
    unix_s: Floats,
    *,
    slack_s: float = 0.0,
) -> Bools:
    """Whether a set holds each instant (k,), its ends included, give or take ``slack_s``."""
    if not instants.size:
        return np.zeros(np.shape(unix_s), dtype=bool)
    starts_s = instants[:, 0] - slack_s
    before = np.searchsorted(starts_s, unix_s, side="right") - 1
    ends_s = instants[np.maximum(before, 0), 1] + slack_s
    return np.asarray((before >= 0) & (unix_s <= ends_s))


def length_s(instants: Floats) -> float:
    """The length of a set [s]."""
    return float(np.diff(instants, axis=1).sum())


def held_s(
    instants: Floats,
    spans: Floats,
) -> Floats:
    """How much of each of some spans (k, 2) a set holds [s], (k,); the set is not empty."""
    lengths_s = np.diff(instants, axis=1)
    gathered_s = np.cumsum(lengths_s)[:, None]
    up_to_edges_s = np.concatenate([gathered_s - lengths_s, gathered_s], axis=1)
    up_to_s = np.interp(spans, instants.ravel(), up_to_edges_s.ravel())
    return np.asarray(up_to_s[:, 1] - up_to_s[:, 0])


def spans_of(instants: Floats) -> tuple[Span, ...]:
    """The intervals of a set as spans of UTC."""
    return tuple(Span(from_unix_s(start), from_unix_s(end)) for start, end in instants.tolist())
