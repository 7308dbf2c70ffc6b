"""Soft edges: the log-probability of being on one side of a line that is not sharply known."""

from __future__ import annotations

from math import erf

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.profile import FLOOR

Floats = NDArray[np.float64]


def log_below(value: Floats, edge: float, soft: float) -> Floats:
    """ln P(value < edge) where the edge is normal with standard deviation ``soft``."""
    return log_phi((edge - value) / soft)


def log_above(value: Floats, edge: float, soft: float) -> Floats:
    """ln P(value > edge) where the edge is normal with standard deviation ``soft``."""
    return log_phi((value - edge) / soft)


_STEP = 1.0 / 64.0
_TABLE: list[Floats] = []


def log_phi(x: Floats) -> Floats:
    """ln of the standard normal distribution function, within 1e-4, from a table made once."""
    if not _TABLE:
        nodes = np.arange(-12.0, 9.0 + _STEP, _STEP)
        _TABLE.append(np.array([_log_phi_one(float(n)) for n in nodes]))
    table = _TABLE[0]
    nodes = -12.0 + _STEP * np.arange(table.size)
    return np.asarray(np.maximum(np.interp(x, nodes, table), FLOOR), dtype=np.float64)


def _log_phi_one(x: float) -> float:
    if x > -5.0:
        return float(np.log(0.5 * (1.0 + erf(x / np.sqrt(2.0)))))
    # Abramowitz and Stegun 26.2.12: the tail's asymptotic series.
    series = 1.0 - 1.0 / x**2 + 3.0 / x**4 - 15.0 / x**6
    return float(-0.5 * x * x - np.log(-x) - 0.9189385332046727 + np.log(series))
