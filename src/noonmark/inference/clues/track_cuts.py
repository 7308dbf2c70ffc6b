"""Which axis of a box a track had best cut: how fast the shape of its tips changes along each."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.sun_paths import Moves, Suns
from noonmark.inference.clues.tips import tips

STEEPEST = 0.5
"""No axis is taken to change the shape of a track faster [rad per rad]."""

LEFT_OUT = 1.5
"""Share of a box's reach [rad] that stands for what the derivatives leave out, along every axis."""
_HORIZON_RATE = 0.3


def axis_rates(sun: Suns, move: Moves, reach_deg: Floats, *, refraction: bool) -> Floats:
    """How much each move matters to a track in each box, (3, n) [rad per rad].

    ``reach_deg`` (4, n) is how far each axis of the box can move the sun. The rates serve to choose
    the axis to be cut, and nothing else: no bound follows from them.
    """
    rates = shape_rates(sun, refraction=refraction)
    rates += LEFT_OUT * np.radians(reach_deg.sum(axis=0))
    # Where the horizon crosses a box the shape means little: what counts is that the box gets
    # clear of it, and small.
    rise = np.minimum(move.rise(sun), 1.5)
    crossed = sun.up.min(axis=0) < np.sin(rise)
    return np.where(crossed, rise_rates(sun) + _HORIZON_RATE, rates)


def shape_rates(sun: Suns, *, refraction: bool) -> Floats:
    """How fast the shape of the tips changes along the moves, (3, n) [rad per rad].

    The shape is the angle of the tips as a complex vector, at the middle of each box: its rate is
    the part of their derivative that is orthogonal to them, over their length.
    """
    tip = tips(sun, np.zeros(1), refraction=refraction)
    size2 = np.sum(np.square(tip.at.real) + np.square(tip.at.imag), axis=0)
    conj = tip.at.conj()
    out = np.empty((3, size2.size))
    for k, slope in enumerate(tip.jacobian):
        along = np.sum(conj * slope, axis=0)
        whole = np.sum(np.square(slope.real) + np.square(slope.imag), axis=0)
        across = whole - (along.real**2 + along.imag**2) / size2
        out[k] = np.sqrt(np.maximum(across, 0.0) / size2)
    # Where the sun is low the rates of latitude and date outgrow all bounds, and an hour angle left
    # wide spoils these.
    return np.minimum(out, STEEPEST)


def rise_rates(sun: Suns) -> Floats:
    """How fast the sun rises along the moves, (3, n) [rad per rad].

    The most over the instants, at the middle of each box.
    """
    level = np.sqrt(np.maximum(1.0 - sun.up * sun.up, 1e-6))
    return np.stack([np.max(np.abs(climb / level), axis=0) for climb in sun.climbs()])
