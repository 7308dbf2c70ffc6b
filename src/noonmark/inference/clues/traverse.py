"""From a thing to its shadow's edge by legs, as a surveyor's traverse, and back to the sun.

The legs add up to T, shadow minus thing, east, north and up, in any one unit. The light came along
-T. Their errors add up to a covariance of T, and that to one of the direction.

**Method.** A leg of level length l, bearing b and rise r has the covariance R diag R' with
R = [[sin b, l cos b, 0], [cos b, -l sin b, 0], [0, 0, 1]]. With -T = (E, N, U), h = hypot(E, N) and
d = |T| the derivatives of (azimuth x cos(elevation), elevation) are the rows (N/h, -E/h, 0) / d and
(-UE/(hd), -UN/(hd), h/d) / d.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.direction_normals import Covariance, DirectionComponent
from noonmark.inference.clues.disc_blur import DISC_SIGMA_DEG
from noonmark.inference.clues.spec import number

ROUGH: Final = 0.12
"""Above this error of T, as a share of its length, the direction is not normal any more."""


_NARROW: Final = 0.5
_NODE_STEP: Final = 0.65
_NODES: Final = 5  # on either side of the middle


@dataclass(frozen=True)
class Leg:
    """One leg of the way from the thing to its shadow's edge."""

    length: float = number("level length", low=0.0, default=0.0)
    bearing_deg: float | None = number("its bearing", low=-180.0, high=360.0, default=None)
    rise: float = number("upwards, in the unit of the lengths", default=0.0)
    length_sigma: float = number("error of the length", low=0.0, default=0.0)
    bearing_sigma_deg: float = number("error of the bearing", low=0.0, high=90.0, default=0.0)
    rise_sigma: float = number("error of the rise", low=0.0, default=0.0)


@dataclass(frozen=True)
class Traverse:
    """From the thing to its shadow.

    - ``to_shadow`` (3,): east, north, up.
    - ``covariance`` (3, 3): of that, in the unit squared, the turn of the whole plan not in it.
    - ``north_sigma_deg``: the turn of the whole plan.
    """

    to_shadow: Floats
    covariance: Floats
    north_sigma_deg: float

    @property
    def length(self) -> float:
        """The distance from the thing to its shadow."""
        return float(np.linalg.norm(self.to_shadow))

    @property
    def relative_error(self) -> float:
        """The greatest error of T in any direction, as a share of its length."""
        greatest = float(np.linalg.eigvalsh(self.covariance)[-1])
        return float(np.sqrt(greatest)) / max(self.length, 1e-300)


def traverse(
    legs: Sequence[Leg], north_offset_deg: float, north_sigma_deg: float, edge_sigma: float
) -> Traverse:
    """The sum of the legs; bearings are counted from a north that is so far east of true north."""
    to_shadow = np.zeros(3)
    covariance = np.eye(3) * edge_sigma**2
    for leg in legs:
        bearing = np.radians((leg.bearing_deg or 0.0) + north_offset_deg)
        sine, cosine = float(np.sin(bearing)), float(np.cos(bearing))
        to_shadow += (leg.length * sine, leg.length * cosine, leg.rise)
        turned = np.array(
            [
                [sine, leg.length * cosine, 0.0],
                [cosine, -leg.length * sine, 0.0],
                [0.0, 0.0, 1.0],
            ]
        )
        sigmas = (leg.length_sigma, np.radians(leg.bearing_sigma_deg), leg.rise_sigma)
        covariance += turned @ np.diag(np.square(sigmas)) @ turned.T
    return Traverse(
        to_shadow,
        covariance,
        north_sigma_deg,
    )


def variants(
    legs: Sequence[Leg], north_offset_deg: float, north_sigma_deg: float, edge_sigma: float
) -> tuple[tuple[float, Traverse], ...]:
    """The way as a sum of narrower normals with weights, one for each length a rough leg may have.

    A bearing's error moves the shadow by as much more as the leg is longer, so a leg whose length
    is rough is not normal in east and north, but each narrower one is. A normal of unit width is
    the sum of normals :data:`_NARROW` wide whose middles are normal with the rest of the variance.
    Two legs at most are taken apart, the roughest.
    """

    def roughness(k: int) -> float:
        """The error of a leg's length as a share of it."""
        return legs[k].length_sigma / legs[k].length if legs[k].length else 0.0

    ranked = sorted(range(len(legs)), key=roughness, reverse=True)
    found = [(1.0, tuple(legs))]
    for k in ranked[:2]:
        if roughness(k) > ROUGH:
            found = [split for weight, made in found for split in _taken_apart(weight, made, k)]
    whole = sum(weight for weight, _ in found)
    return tuple(
        (weight / whole, traverse(made, north_offset_deg, north_sigma_deg, edge_sigma))
        for weight, made in found
    )


def _taken_apart(
    weight: float, legs: tuple[Leg, ...], k: int
) -> Iterator[tuple[float, tuple[Leg, ...]]]:
    """The legs with leg ``k`` narrower, at each of the lengths that it may have."""
    leg = legs[k]
    places = _NODE_STEP * np.arange(-_NODES, _NODES + 1)
    shares = np.exp(-0.5 * np.square(places) / (1.0 - _NARROW**2))
    for place, share in zip(places.tolist(), (shares / shares.sum()).tolist(), strict=True):
        length = leg.length + place * leg.length_sigma
        if length > 0.0:
            narrow = replace(leg, length=length, length_sigma=_NARROW * leg.length_sigma)
            yield weight * share, (*legs[:k], narrow, *legs[k + 1 :])


def direction(found: Traverse) -> DirectionComponent:
    """The direction of the light, opposite to the way, with the covariance that its errors give."""
    east, north, up = (-found.to_shadow).tolist()
    level = max(float(np.hypot(east, north)), 1e-9 * found.length)
    distance = float(np.hypot(level, up))
    east_share = east / level
    north_share = north / level
    across = np.array([north_share, -east_share, 0.0])
    along = np.array([-up * east_share, -up * north_share, level]) / distance
    slopes = np.degrees(np.stack([across, along]) / distance)
    covariance = slopes @ found.covariance @ slopes.T
    covariance += np.eye(2) * DISC_SIGMA_DEG**2
    # North turns the azimuth by as much as the direction is level.
    turned_deg = found.north_sigma_deg * level / distance
    covariance[0, 0] += turned_deg**2
    azimuth = float(np.degrees(np.arctan2(east, north))) % 360.0
    elevation = float(np.degrees(np.arctan2(up, level)))
    return DirectionComponent(1.0, azimuth, elevation, _rows(covariance))


def _rows(matrix: Floats) -> Covariance:
    """A matrix (2, 2) as rows."""
    (a, b), (c, d) = matrix.tolist()
    return (a, b), (c, d)
