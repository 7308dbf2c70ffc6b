"""How likely a second event is, learned from injected ones whose number is known.

A bare number of the model is no guide: its prior of a second event is vague, so that of an early
clearing on bare ground it says 2 % where one in two has one.

**Method** Platt, Probabilistic outputs for support vector machines (1999): a logistic line over the
log Bayes factor, here with a weak pull to zero so that perfect separation stays finite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from noonmark.arrays import Bools, Floats
from noonmark.inference.changes.model import ChangePosterior, event_gap_p, log_bayes_factor

FARTHEST = 12.0
"""Log Bayes factors beyond are all alike."""
PULL = 1e-3
ROUNDS = 50


@dataclass(frozen=True)
class SecondEventOdds:
    """Log odds of a second event: ``intercept`` + ``slope`` times its log Bayes factor."""

    intercept: float
    slope: float


def fit_odds(posterior: ChangePosterior, has_second: Bools) -> SecondEventOdds:
    """The line that fits series of which it is known whether there are two events."""
    bent = np.clip(log_bayes_factor(posterior, events=2), -FARTHEST, FARTHEST)
    x, y = np.column_stack([np.ones_like(bent), bent]), has_second.astype(np.float64)
    line = np.array([0.0, 0.5])
    for _ in range(ROUNDS):
        p = expit(x @ line)
        slope = x.T @ (y - p) - PULL * line
        curvature = (x.T * (p * (1.0 - p))) @ x + PULL * np.eye(2)
        move = np.linalg.solve(curvature, slope)
        line = line + move
        if np.abs(move).max() < 1e-9:
            break
    return SecondEventOdds(float(line[0]), float(max(line[1], 0.0)))


def second_event_p(posterior: ChangePosterior, odds: SecondEventOdds) -> Floats:
    """Probability of a second event, given that there is one, (m,)."""
    bent = np.clip(log_bayes_factor(posterior, events=2), -FARTHEST, FARTHEST)
    return np.asarray(expit(odds.intercept + odds.slope * bent))


def dated_gap_p(posterior: ChangePosterior, odds: SecondEventOdds, *, order: int) -> Floats:
    """Where event ``order`` is half done, (m, n), with the number of events as it was learned."""
    if order > 1:
        return event_gap_p(posterior, order=order)
    second = second_event_p(posterior, odds)[:, None]
    alone, before = posterior.gap_p[:, 1, 1], posterior.gap_p[:, 2, 1]
    return np.asarray((1.0 - second) * alone + second * before)
