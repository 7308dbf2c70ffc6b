"""The length of a shadow in real air, from the sine of the sun's airless elevation.

With p and u the level and the vertical part of the airless unit vector to the sun, the seen shadow
of a unit pole is p times a scale that depends on u alone.
"""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.sky import seen_elevation_deg

LOWEST_UP = 1e-4
"""No shadow is taken as longer than with the sun's centre so high (its sine)."""

BEND_MOST, BEND_SINE = 3.0, 0.035
"""The second derivative of :func:`refracted_tangent` is below 3 / (1 + (sine / 0.035)^2)."""

_TABLE: list[tuple[Floats, Floats]] = []
_NODES = 16384


def shadow_scale(up: Floats, *, refraction: bool) -> tuple[Floats, Floats]:
    """Length of the seen shadow over the level part of the airless direction, and its slope.

    ``up`` is the sine of the airless elevation, above 0; the slope is the derivative by it. Without
    air the scale is 1 / up. In air it is (1 + effect) / up; the effect of the air is tabulated by
    ``up``.
    """
    if not refraction:
        return 1.0 / up, -1.0 / (up * up)
    effect, slope = _effect_table()
    position = up * _NODES
    index = np.minimum(position.astype(np.intp), _NODES - 1)
    factor = effect[index] + (position - index) / _NODES * slope[index]
    scale = factor / up
    return scale, (slope[index] - scale) / up


def _effect_table() -> tuple[Floats, Floats]:
    """Seen over airless length of a shadow at each node of ``up``, and its slope after each.

    The nodes stand at even steps of ``up`` from 0 to 1; the table is made once.
    """
    if not _TABLE:
        nodes = np.linspace(0.0, 1.0, _NODES + 1)
        nodes[0], nodes[-1] = 1e-6, 1.0 - 1e-9
        airless = np.degrees(np.arcsin(nodes))
        seen = np.radians(seen_elevation_deg(airless))
        effect = nodes / np.sqrt(1.0 - nodes**2) / np.tan(seen)
        effect[-1] = effect[-2]  # at the zenith both lengths are 0
        _TABLE.append((effect, np.diff(effect) * _NODES))
    return _TABLE[0]


def refracted_tangent(up: Floats, *, refraction: bool) -> tuple[Floats, Floats]:
    """One over :func:`shadow_scale`, and its derivative by ``up``.

    It is the level part of the airless direction times the tangent of the seen elevation. Below
    ``LOWEST_UP`` it is continued straight.
    """
    if not refraction:
        return up, np.ones_like(up)
    scale, growth = shadow_scale(np.maximum(up, LOWEST_UP), refraction=True)
    tangent = 1.0 / scale
    slope = -growth / np.square(scale)
    return tangent + np.minimum(up - LOWEST_UP, 0.0) * slope, slope


def refracted_tangent_bend(lowest: Floats, *, refraction: bool) -> Floats:
    """An upper bound of the second derivative of :func:`refracted_tangent` above a sine, (m, n).

    The air bends most at the horizon; without air there is no second derivative.
    """
    if not refraction:
        return np.zeros_like(lowest)
    ratio = np.maximum(lowest, 0.0) / BEND_SINE
    return BEND_MOST / (1.0 + np.square(ratio))
