"""The length of a shadow in real air, from the sine of the sun's airless elevation.

With p and u the level and the vertical part of the airless unit vector to the sun, the seen shadow
of a unit pole is p times a scale that depends on u alone.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.sky import seen_elevation_deg

LOWEST_TANGENT = 1e-4
"""No shadow is longer than that of a sun whose seen centre is so high: it is taken as down below.
"""

BEND_MOST, BEND_SINE = 3.0, 0.035
"""The second derivative of :func:`refracted_tangent` is below 3 / (1 + (sine / 0.035)^2)."""

LOWEST_NODE = -0.0105
"""The table of the air begins at this sine: the air lifts the sun by less than 0.6 deg."""

_NODES = 16384


def lowest_up(*, refraction: bool) -> float:
    """The sine of the airless elevation at which the sun's centre is seen on the horizon.

    Air lifts it there from 0.57 deg below.
    """
    return _lowest_up_in_air() if refraction else LOWEST_TANGENT


@lru_cache(maxsize=1)
def _lowest_up_in_air() -> float:
    nodes, lift, _ = _lift_table()
    return float(np.interp(LOWEST_TANGENT, (nodes + lift)[:1000], nodes[:1000]))


def shadow_scale(up: Floats, *, refraction: bool) -> tuple[Floats, Floats]:
    """Length of the seen shadow over the level part of the airless direction, and its slope.

    ``up`` is the sine of the airless elevation; the slope is the derivative by it. Below
    :func:`lowest_up` both are those of that sine. The scale is one over :func:`refracted_tangent`.
    """
    above = np.maximum(up, lowest_up(refraction=refraction))
    tangent, slope = refracted_tangent(above, refraction=refraction)
    scale = 1.0 / tangent
    return scale, -slope * scale * scale


@lru_cache(maxsize=1)
def _lift_table() -> tuple[Floats, Floats, Floats]:
    """Nodes of ``up``, even from ``LOWEST_NODE`` to 1; the lift at each, and its slope after each.

    The lift is what :func:`refracted_tangent` has more than ``up``.
    """
    nodes = np.linspace(LOWEST_NODE, 1.0, _NODES + 1)
    inside = np.minimum(nodes, 1.0 - 1e-9)
    seen = np.radians(seen_elevation_deg(np.degrees(np.arcsin(inside))))
    lift = np.sqrt(1.0 - inside**2) * np.tan(seen) - inside
    lift[-1] = lift[-2]  # at the zenith the air lifts nothing
    return nodes, lift, np.diff(lift) * (_NODES / (1.0 - LOWEST_NODE))


def refracted_tangent(up: Floats, *, refraction: bool) -> tuple[Floats, Floats]:
    """The level part of the airless direction times the tangent of the seen elevation; its slope.

    ``up`` is the sine of the airless elevation; the slope is the derivative by it. Below
    :func:`lowest_up` the tangent is continued straight.
    """
    if not refraction:
        return up, np.ones_like(up)
    lowest = lowest_up(refraction=True)
    above = np.maximum(up, lowest)
    _, lift, slope = _lift_table()
    position = (above - LOWEST_NODE) * (_NODES / (1.0 - LOWEST_NODE))
    index = np.minimum(position.astype(np.intp), _NODES - 1)
    growth = slope[index]
    step = (position - index) * ((1.0 - LOWEST_NODE) / _NODES)
    tangent = above + lift[index] + step * growth
    growth = 1.0 + growth
    return tangent + np.minimum(up - lowest, 0.0) * growth, growth


def refracted_tangent_bend(lowest: Floats, *, refraction: bool) -> Floats:
    """An upper bound of the second derivative of :func:`refracted_tangent` above a sine, (m, n).

    The air bends most at the horizon; without air there is no second derivative.
    """
    if not refraction:
        return np.zeros_like(lowest)
    ratio = np.maximum(lowest, 0.0) / BEND_SINE
    return BEND_MOST / (1.0 + np.square(ratio))
