"""A thing of known height and the length of its shadow: a ring of elevation.

Height and length are in one unit, whichever; only their ratio counts. The ground may slope and the
thing may lean by amounts known only as sigmas; both are integrated over, not optimised away. Long
shadows suffer most: at 10 deg of sun, one degree of slope changes the shadow by a tenth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.geometry.air import elevation_sigma_deg
from noonmark.inference.angle_table import FLOOR, angle_table
from noonmark.inference.clues.common import (
    CompiledClue,
    Moment,
    SkyBody,
    SkyClue,
    log_normal,
    ring_clue,
)
from noonmark.inference.clues.direct import DirectClue, PictureModel
from noonmark.inference.clues.disc_blur import blurred_sigma_deg
from noonmark.inference.clues.spec import Common, FieldProblem, number, text
from noonmark.inference.clues.tilted_shadow import GroundAndThing, tilted_shadow
from noonmark.inference.sky import elevation_nodes

NODES = 33
"""Quadrature nodes over the elevation that the measurement asks for."""
ODD_RATIO = 40.0
"""A shadow this many times as long as its thing needs a sun below 1.4 deg."""


@dataclass(frozen=True)
class ShadowLength:
    """Height and shadow length with their errors."""

    kind: ClassVar[str] = "shadow_length"

    height: float = number("the thing's height above the ground its shadow falls on", above=0.0)
    length: float = number("the shadow's length, in the unit of the height", above=0.0)
    height_sigma: float = number("error of the height, one standard deviation", above=0.0)
    length_sigma: float = number("error of the length, one standard deviation", above=0.0)
    slope_sigma_deg: float = number("unknown slope of the ground", low=0.0, high=45.0, default=1.0)
    lean_sigma_deg: float = number("unknown lean of the thing", low=0.0, high=45.0, default=1.0)
    slope_deg: float | None = number(
        "known slope of the ground; the shadow is measured along it",
        low=0.0,
        high=45.0,
        default=None,
    )
    slope_rises_deg: float | None = number(
        "the bearing towards which the ground rises", low=-180.0, high=360.0, default=None
    )
    lean_deg: float | None = number(
        "known lean of the thing; its height is measured along it",
        low=0.0,
        high=45.0,
        default=None,
    )
    leans_deg: float | None = number(
        "the bearing towards which it leans", low=-180.0, high=360.0, default=None
    )
    light: SkyBody = text("what cast it", choices=("sun", "moon"), default="sun")
    common: Common = Common()


def problems(clue: ShadowLength) -> list[FieldProblem]:
    """What the fields can't mean together: a tilt without the bearing towards which it is."""
    found = []
    for tilt, towards in (("slope_deg", "slope_rises_deg"), ("lean_deg", "leans_deg")):
        given = getattr(clue, tilt) is not None, getattr(clue, towards) is not None
        if given == (True, False):
            found.append((towards, f"a bearing beside {tilt}", "nothing"))
        if given == (False, True):
            found.append((tilt, f"an angle beside {towards}", "nothing"))
    if (clue.slope_deg or 0.0) + (clue.lean_deg or 0.0) > 60.0:
        found.append(("lean_deg", "slope and lean of 60 deg together at most", "more"))
    return found


def compile_clue(clue: ShadowLength, index: int, moment: Moment) -> CompiledClue:
    """The density of the sun's elevation; of its direction, where slope or lean are known."""
    light = replace(moment, body=clue.light)
    if clue.slope_deg is None and clue.lean_deg is None:
        return _ring(clue, index, light)
    shape = GroundAndThing(
        slope_deg=clue.slope_deg or 0.0,
        slope_rises_deg=clue.slope_rises_deg or 0.0,
        lean_deg=clue.lean_deg or 0.0,
        leans_deg=clue.leans_deg or 0.0,
    )
    values, step_deg = _by_level_elevation(clue)
    table = angle_table(-90.0, step_deg, values)
    picture = tilted_shadow(shape, table, clue.length / clue.height)
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=PictureModel(picture, light),
        outlier=clue.common.outlier,
        log_p_out=_log_p_out(clue),
        lit=(light,),
    )


def _by_level_elevation(clue: ShadowLength) -> tuple[Floats, float]:
    """ln of the density at equal steps of the elevation as seen, from -90 deg; and the step."""
    slope = _tangent(blurred_sigma_deg(clue.slope_sigma_deg))
    wanted, log_weight = _wanted_elevations(clue)
    count = round(180.0 / _node_spacing_deg(wanted, slope))
    seen = np.linspace(-90.0, 90.0, count + 1)
    up = _reached(wanted, slope, seen)
    values = np.full(seen.size, FLOOR)
    values[up] = _log_densities(wanted, log_weight, slope, seen[up])
    return values, 180.0 / count


def _log_p_out(clue: ShadowLength) -> float:
    """ln of the density of the length, mismeasured: any elevation from 0 to 90 deg alike."""
    ratio = clue.height / (clue.height**2 + clue.length**2)
    return float(np.log(ratio / (np.pi / 2.0)))


def _ring(
    clue: ShadowLength,
    index: int,
    moment: Moment,
) -> SkyClue:
    """The density of the sun's elevation that the shadow gives.

    **Method.** On ground that rises by the slope g towards the sun, a thing of height h that leans
    by m away from it casts a shadow of h (1 / (tan e - g) + m). Given q = tan e - g the measured
    length is normal about h/q with the variance of length, height and lean; q itself is normal
    about tan e.
    """
    # 1. What the lengths alone say of tan e - g.
    slope = _tangent(blurred_sigma_deg(clue.slope_sigma_deg))
    wanted, log_weight = _wanted_elevations(clue)
    # 2. The same smoothed by the slope g and by the air, over the elevations that it reaches.
    airless, seen = elevation_nodes(_node_spacing_deg(wanted, slope))
    up = _reached(wanted, slope, seen)
    values = np.full(airless.size, FLOOR)
    values[up] = _log_densities(wanted, log_weight, slope, seen[up])
    return ring_clue(
        index,
        clue.kind,
        moment,
        values,
        outlier=clue.common.outlier,
        log_p_out=_log_p_out(clue),
        measured=(("shadow_ratio", clue.length / clue.height),),
    )


def _tangent(angle_deg: float) -> float:
    """The tangent of an angle in degrees."""
    return float(np.tan(np.radians(angle_deg)))


def _node_spacing_deg(wanted: Floats, slope: float) -> float:
    """How finely the ring is tabulated [deg]: a seventh of its width.

    The width is one sigma by the lengths (a twelfth of what they allow) and by the slope.
    """
    middle = wanted[wanted.size // 2]
    slope_deg = np.degrees(slope) * np.cos(middle) ** 2
    width_deg = np.hypot(np.degrees(wanted[-1] - wanted[0]) / 12.0, slope_deg)
    return float(np.clip(width_deg / 7.0, 0.004, 0.2))


def _reached(wanted: Floats, slope: float, seen_deg: Floats) -> Bools:
    """Which elevations the ring reaches: beyond 9 sigmas of slope and air it is black, 1e-18."""
    margin = 9.0 * (slope + 0.01)
    lowest, highest = np.tan(wanted[0]) - margin, wanted[-1] + margin
    above = seen_deg > max(np.degrees(np.arctan(lowest)), 0.0)
    below = seen_deg < min(np.degrees(highest), 89.99)
    return np.asarray(above & below)


def _log_densities(wanted: Floats, log_weight: Floats, slope: float, seen_deg: Floats) -> Floats:
    """ln of the density of the length at some elevations of the sun, (n,).

    ``wanted`` and ``log_weight`` (nodes,) are those of :func:`_wanted_elevations`, ``slope`` is the
    sigma of the ground's slope as a tangent. The nodes are summed, each smoothed by the slope and
    by what the air does.
    """
    # 1. How far each elevation's tangent is blurred by slope and air.
    step = wanted[1] - wanted[0]
    e = np.radians(seen_deg)
    cosine2 = np.cos(e) ** 2
    sigma_tangent = np.hypot(slope, np.radians(elevation_sigma_deg(seen_deg)) / cosine2)
    # Never narrower than the nodes' spacing, or the sum would show them one by one.
    np.maximum(sigma_tangent, 0.6 * step / cosine2, out=sigma_tangent)
    # 2. The sum over the nodes, scaled by its greatest term so that nothing underflows.
    off = np.tan(e)[:, None] - np.tan(wanted)
    each = log_weight + log_normal(off, sigma_tangent[:, None])
    most = each.max(axis=1, keepdims=True)
    return np.asarray(most[:, 0] + np.log(np.exp(each - most).sum(axis=1)))


def _sigma_length(clue: ShadowLength, q: Floats) -> Floats:
    """The error of the length where the tangent of the elevation less the slope is q.

    Independent errors of length, height and lean add up as variances; what the height is off by
    counts 1 / q times in the length.
    """
    lean = _tangent(blurred_sigma_deg(clue.lean_sigma_deg))
    variance = clue.length_sigma**2 + (clue.height_sigma / q) ** 2 + (clue.height * lean) ** 2
    return np.sqrt(variance)


def _wanted_elevations(clue: ShadowLength) -> tuple[Floats, Floats]:
    """Elevations [rad] that the lengths alone allow, evenly spaced, and their ln weights.

    The weight is ln(p(length | tangent) d tangent).

    1. The error of the length at the ratio measured, and how far it reaches.
    2. How many nodes that takes.
    3. The normal density of the length at each node, times the width that the node stands for.
    """
    ratio = clue.length / clue.height
    relative = float(_sigma_length(clue, np.array(1.0 / ratio))) / clue.length
    low, high = _elevation_range(ratio, relative)
    # Enough nodes that the slope smooths over their spacing, and more where the curve is skew.
    slope = _tangent(blurred_sigma_deg(clue.slope_sigma_deg)) / (1.0 + 1.0 / ratio**2)
    least = NODES if relative < 0.1 else 5 * NODES
    smooth = np.ceil(0.6 * (high - low) / max(slope, 1e-6))
    wanted = np.linspace(low, high, int(np.clip(smooth, least, 5 * NODES)))
    q = np.tan(wanted)
    width = (wanted[1] - wanted[0]) * (1.0 + q * q)
    off = clue.length - clue.height / q
    return wanted, log_normal(off, _sigma_length(clue, q)) + np.log(width)


def _elevation_range(ratio: float, relative: float) -> tuple[float, float]:
    """The lowest and highest elevation [rad] within 6 sigmas of a length.

    ``ratio`` is that of length to height, ``relative`` its error as a share of the length. A height
    known to a third may be a tenth of what was said: its sigma grows with the shadow.
    """
    most = ratio * (1.0 + 6.0 * relative) if relative < 0.12 else 60.0 * ratio
    least = ratio * max(1.0 - 6.0 * relative, 1e-4)
    return float(np.arctan(1.0 / most)), float(np.arctan2(1.0, least))


def warnings(clue: ShadowLength, where: str) -> Iterator[str]:
    """What is possible but odd: a height and a length that may not be in one unit.

    Each text begins with ``where``, the path of the clue.
    """
    ratio = clue.length / clue.height
    elevation = math.degrees(math.atan2(clue.height, clue.length))
    found = (
        f"{where}.length: {clue.length:g} for a height of {clue.height:g} "
        f"needs a sun {elevation:.1f} deg up"
    )
    if ratio > ODD_RATIO:
        yield f"{found}; are both in one unit?"
    if ratio < 1.0 / ODD_RATIO:
        yield f"{found}, nearly overhead; are both in one unit?"
    for name in ("height", "length"):
        value, sigma = getattr(clue, name), getattr(clue, f"{name}_sigma")
        if sigma > value:
            yield f"{where}.{name}_sigma: {sigma:g} is larger than the {name} itself ({value:g})"
