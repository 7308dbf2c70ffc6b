"""A ray of light: from a thing to its shadow's edge, on a wall, a stair, a slope, over a roof.

By legs that were measured one by one. A point and its shadow give the direction of the sun; a
straight edge and its shadow give half a great circle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from noonmark.inference.clues.common import HEMISPHERE_DEG2, Moment, SkyBody
from noonmark.inference.clues.direct import DirectClue, DirectionPicture, PictureModel
from noonmark.inference.clues.direction_mixture import direction_mixture
from noonmark.inference.clues.half_circle import Edge, half_circle
from noonmark.inference.clues.rough_direction import rough_direction
from noonmark.inference.clues.spec import Common, FieldProblem, number, tables, text
from noonmark.inference.clues.traverse import ROUGH, Leg, Traverse, direction, traverse, variants

LEAST_SIGMAS = 3.0
"""A way to the shadow shorter than this many of its errors has no direction."""


@dataclass(frozen=True)
class Ray:
    """Legs from a thing to its shadow's edge, their errors, and what north they count from."""

    kind: ClassVar[str] = "ray"

    legs: tuple[Leg, ...] = tables("the way from the thing to its shadow, leg by leg", of=Leg)
    north: str | None = text(
        "which north the bearings count from", choices=("true", "grid", "magnetic"), default=None
    )
    north_offset_deg: float | None = number(
        "that north's own bearing: grid convergence or magnetic declination, east positive",
        low=-180.0,
        high=180.0,
        default=None,
    )
    north_sigma_deg: float = number("turn of the whole plan", low=0.0, high=90.0, default=0.5)
    edge_sigma: float = number("how well the shadow's edge is set", low=0.0, default=0.0)
    edge_bearing_deg: float | None = number(
        "bearing of a straight edge, if its shadow is not known point by point",
        low=-180.0,
        high=360.0,
        default=None,
    )
    edge_bearing_sigma_deg: float = number("error of that bearing", low=0.0, high=90.0, default=1.0)
    edge_rise_deg: float = number(
        "how steeply the edge rises along it", low=-90.0, high=90.0, default=0.0
    )
    edge_rise_sigma_deg: float = number("error of that", low=0.0, high=90.0, default=0.5)
    wall_bearing_deg: float | None = number(
        "where the wall faces on which the shadow falls", low=-180.0, high=360.0, default=None
    )
    light: SkyBody = text("what cast it", choices=("sun", "moon"), default="sun")
    common: Common = Common()


def problems(clue: Ray) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    found = [problem for k, leg in enumerate(clue.legs) for problem in _leg_problems(leg, k)]
    if clue.north in ("grid", "magnetic") and clue.north_offset_deg is None:
        found.append(("north_offset_deg", f"the bearing of {clue.north} north", "nothing"))
    if clue.north in ("true", None) and clue.north_offset_deg is not None:
        found.append(("north", '"grid" or "magnetic", beside north_offset_deg', "another"))
    return found or _way_problems(clue)


def _leg_problems(
    leg: Leg,
    k: int,
) -> Iterator[FieldProblem]:
    """What is wrong with one leg."""
    if not leg.length and not leg.rise:
        yield (f"legs[{k}].length", "a length or a rise", "neither")
    if leg.length and leg.bearing_deg is None:
        yield (f"legs[{k}].bearing_deg", "a bearing beside the length", "nothing")
    for name in ("length", "rise"):
        if getattr(leg, name) and not getattr(leg, f"{name}_sigma"):
            yield (f"legs[{k}].{name}_sigma", "a number above 0", "nothing")


def _way_problems(clue: Ray) -> list[FieldProblem]:
    """What is wrong with the way as a whole: no sun can have drawn it."""
    way = _traverse(clue)
    if way.relative_error * LEAST_SIGMAS > 1.0:
        expected = f"a way to the shadow of more than {LEAST_SIGMAS:g} of its errors"
        return [("legs", expected, f"{1.0 / way.relative_error:.2g} of them")]
    if clue.edge_bearing_deg is None and way.to_shadow[2] >= 0.0:
        return [("legs", "a shadow below its thing (the sun is up)", "one above it")]
    if clue.wall_bearing_deg is not None and clue.edge_bearing_deg is None:
        bearing = np.radians(clue.wall_bearing_deg + (clue.north_offset_deg or 0.0))
        outward = np.array([np.sin(bearing), np.cos(bearing), 0.0])
        if float(-way.to_shadow @ outward) <= 0.0:
            found = "light from behind it"
            return [("wall_bearing_deg", "a wall that faces the light", found)]
    return []


def warnings(
    clue: Ray,
    where: str,
) -> Iterator[str]:
    """What is possible but odd: bearings of an unknown north."""
    bearings = any(leg.bearing_deg is not None for leg in clue.legs)
    if clue.north is None and (bearings or clue.edge_bearing_deg is not None):
        yield f'{where}.north: bearings are taken from true north; say "grid" or "magnetic" if not'


def compile_clue(
    clue: Ray,
    index: int,
    moment: Moment,
) -> DirectClue:
    """The density of the direction, or of the distance from the plane of an edge.

    Mismeasured, any direction above the horizon, or any distance.
    """
    light = replace(moment, body=clue.light)
    way = _traverse(clue)
    if clue.edge_bearing_deg is not None:
        edge = Edge(
            bearing_deg=clue.edge_bearing_deg + (clue.north_offset_deg or 0.0),
            bearing_sigma_deg=clue.edge_bearing_sigma_deg,
            rise_deg=clue.edge_rise_deg,
            rise_sigma_deg=clue.edge_rise_sigma_deg,
        )
        return _clue(clue, index, light, half_circle(way, edge), 180.0, freedom=1)
    return _clue(clue, index, light, _spot(clue, way), HEMISPHERE_DEG2, freedom=2)


def _spot(
    clue: Ray,
    way: Traverse,
) -> DirectionPicture:
    """The direction of the light: a normal, unless a leg or the way is rough."""
    ways = variants(clue.legs, clue.north_offset_deg or 0.0, clue.north_sigma_deg, clue.edge_sigma)
    if len(ways) == 1 and way.relative_error <= ROUGH:
        return direction_mixture((direction(way),))
    return rough_direction(
        way,
        ways,
    )


def _clue(
    clue: Ray,
    index: int,
    light: Moment,
    picture: DirectionPicture,
    area: float,
    *,
    freedom: int,
) -> DirectClue:
    """A picture as evidence; mismeasured, it is anything in ``area``, a width or a solid angle."""
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=PictureModel(picture, light),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(area)),
        lit=(light,),
        freedom=freedom,
    )


def _traverse(clue: Ray) -> Traverse:
    """The legs added up, from true north."""
    offset_deg = clue.north_offset_deg or 0.0
    return traverse(
        clue.legs,
        offset_deg,
        clue.north_sigma_deg,
        clue.edge_sigma,
    )
