"""Soft edges: the log-probability of being on one side of a line that is not sharply known.

The edge is normal about its middle, so the probability is the normal distribution function. It is
tabulated, as it is asked for at thousands of nodes.
"""

from __future__ import annotations

from math import erf

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import LOG_ROOT_2PI


def log_below(value: Floats, edge: float, soft: float) -> Floats:
    """ln P(value < edge) where the edge is normal with standard deviation ``soft``."""
    return log_phi((edge - value) / soft)


def log_above(value: Floats, edge: float, soft: float) -> Floats:
    """ln P(value > edge) where the edge is normal with standard deviation ``soft``."""
    return log_phi((value - edge) / soft)


_FIRST, _LAST, _STEP = -12.0, 9.0, 1.0 / 64.0
_TABLE: list[Floats] = []


def log_phi(x: Floats) -> Floats:
    """ln of the standard normal distribution function, within 1e-4, from a table made once.

    Linear between nodes; never below the floor of all tables.
    """
    if not _TABLE:
        exact = np.arange(_FIRST, _LAST + _STEP, _STEP)
        _TABLE.append(np.array([_log_phi_one(float(node)) for node in exact]))
    table = _TABLE[0]
    nodes = _FIRST + _STEP * np.arange(table.size)
    values = np.interp(x, nodes, table)
    return np.asarray(np.maximum(values, FLOOR), dtype=np.float64)


def _log_phi_one(x: float) -> float:
    """One value; below -5 by the asymptotic series (Abramowitz and Stegun 26.2.12)."""
    if x > -5.0:
        probability = 0.5 * (1.0 + erf(x / np.sqrt(2.0)))
        return float(np.log(probability))
    series = 1.0 - 1.0 / x**2 + 3.0 / x**4 - 15.0 / x**6
    log_density = -0.5 * x * x - np.log(-x) - LOG_ROOT_2PI
    return float(log_density + np.log(series))
