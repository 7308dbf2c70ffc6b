"""A straight edge and its shadow: the light lies in the plane through both, on one side.

One equation, so half a great circle of the sky and not a spot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.directions import enu_from_azel, sin_cos_deg
from noonmark.inference.angle_table import FLOOR, AngleTable, angle_table
from noonmark.inference.clues.common import LOG_ROOT_2PI, Comparison, LowHigh
from noonmark.inference.clues.direct import normal_bounds
from noonmark.inference.clues.disc_blur import DISC_SIGMA_DEG
from noonmark.inference.clues.edges import log_below
from noonmark.inference.clues.seen_light import Light, dot, seen_light, seen_reach_deg
from noonmark.inference.clues.traverse import Traverse
from noonmark.inference.sky import Sky, daylight

_SIDE_SOFT_DEG = 1.0


@dataclass(frozen=True)
class HalfCircle:
    """Half a great circle, by daylight. Build it with :func:`half_circle`.

    - ``normal`` (3,): the pole of the circle, east, north, up.
    - ``root`` (3, 3): the error of the distance from the circle is |root u| [deg] where the light
      comes from u, and :data:`DISC_SIGMA_DEG` with it.
    - ``root_most``: the greatest stretch of ``root`` [deg].
    - ``side`` (3,): the middle of the half.
    - ``on_side``: ln of the probability of being on that half, by the angle from its middle.
    """

    normal: Floats
    root: Floats
    root_most: float
    side: Floats
    on_side: AngleTable

    def at(
        self,
        sky: Sky,
    ) -> Floats:
        """ln of the density [per deg], (n,)."""
        light = seen_light(sky)
        sigma = self._sigma_deg(light)
        scaled = self._off_deg(light) / sigma
        total = -0.5 * scaled * scaled - np.log(sigma) - LOG_ROOT_2PI
        total += self.on_side.at(self._from_side_deg(light)) + sky.log_daylight
        return np.maximum(
            total,
            FLOOR,
        )

    def bounds(
        self,
        sky: Sky,
    ) -> LowHigh:
        """Its bounds over each cell.

        The distance from the circle changes by at most the reach, the error by at most its greatest
        stretch times the reach; side and daylight are bounded on their own.
        """
        light = seen_light(sky)
        reach = seen_reach_deg(sky)
        off = np.abs(self._off_deg(light))
        spread = self._spread_deg(light)
        sway = self.root_most * np.radians(np.minimum(reach, 180.0))
        sigma_low = np.hypot(np.maximum(spread - sway, 0.0), DISC_SIGMA_DEG)
        sigma_high = np.hypot(spread + sway, DISC_SIGMA_DEG)
        nearest = np.maximum(off - reach, 0.0)
        low, high = normal_bounds(nearest, np.minimum(off + reach, 90.0), sigma_low, sigma_high)
        low_side, high_side = self.on_side.bounds(self._from_side_deg(light), reach)
        low_up, high_up = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
        return (
            np.maximum(low + low_side + low_up, FLOOR),
            np.maximum(high + high_side + high_up, FLOOR),
        )

    def pull_sigma(
        self,
        sky: Sky,
    ) -> Floats:
        """Sigmas from the circle, (n,).

        A sun on the other side, or down, adds what is denied.
        """
        light = seen_light(sky)
        squared = np.square(self._off_deg(light) / self._sigma_deg(light))
        denied = self.on_side.at(self._from_side_deg(light))
        denied += sky.log_daylight
        return np.asarray(np.sqrt(squared - 2.0 * np.minimum(denied, 0.0)))

    def comparisons(
        self,
        sky: Sky,
    ) -> tuple[Comparison, ...]:
        """The distance from the circle: none was measured."""
        return (Comparison("off_plane_deg", 0.0, float(self._off_deg(seen_light(sky))[0])),)

    def _off_deg(
        self,
        light: Light,
    ) -> Floats:
        """The distance from the circle, (n,), positive towards its pole."""
        return np.degrees(np.arcsin(np.clip(dot(self.normal, light), -1.0, 1.0)))

    def _from_side_deg(
        self,
        light: Light,
    ) -> Floats:
        """The angle from the middle of the half, (n,)."""
        return np.degrees(np.arccos(np.clip(dot(self.side, light), -1.0, 1.0)))

    def _spread_deg(
        self,
        light: Light,
    ) -> Floats:
        """The error of the distance without that of the disc, (n,)."""
        first, second, third = (dot(row, light) for row in self.root)
        return np.asarray(np.sqrt(first * first + second * second + third * third))

    def _sigma_deg(
        self,
        light: Light,
    ) -> Floats:
        """The error of the distance, (n,)."""
        return np.hypot(self._spread_deg(light), DISC_SIGMA_DEG)


@dataclass(frozen=True)
class Edge:
    """The direction of a straight edge, and its errors; its bearing may be that of either end."""

    bearing_deg: float
    bearing_sigma_deg: float
    rise_deg: float
    rise_sigma_deg: float


def half_circle(
    found: Traverse,
    edge: Edge,
) -> HalfCircle:
    """The picture of an edge, with the way from any point of it to any point of its shadow.

    **Method.** With the edge's unit direction g and the way T to its shadow, light from u satisfies
    u . (g x T) = 0. Errors dT and dg move that by (u x g) . dT and (T x u) . dg, so its variance is
    a quadratic form of u, over |g x T|^2.
    """
    direction = enu_from_azel(edge.bearing_deg, edge.rise_deg)
    plane = np.cross(direction, found.to_shadow)
    size = float(np.linalg.norm(plane))
    by_way = -_cross_matrix(direction)  # u x g = -[g] u
    by_edge = _cross_matrix(found.to_shadow)
    form = by_way.T @ found.covariance @ by_way + by_edge.T @ _of_edge(edge) @ by_edge
    form = form / size**2 + _of_plan(found, plane / size)
    values, axes = np.linalg.eigh(form)
    sigmas_deg = np.degrees(np.sqrt(np.maximum(values, 0.0)))
    # The half of the circle from which the shadow falls on this side of the edge.
    away = (found.to_shadow @ direction) * direction - found.to_shadow
    angle = np.linspace(0.0, 180.0, 1801)
    return HalfCircle(
        normal=plane / size,
        root=sigmas_deg[:, None] * axes.T,
        root_most=float(sigmas_deg[-1]),
        side=away / float(np.linalg.norm(away)),
        on_side=angle_table(0.0, 0.1, log_below(angle, 90.0, _SIDE_SOFT_DEG)),
    )


def _of_edge(edge: Edge) -> Floats:
    """The covariance of the edge's unit direction, (3, 3), by its bearing and by its rise."""
    sine, cosine = sin_cos_deg(edge.bearing_deg)
    climb, level = sin_cos_deg(edge.rise_deg)
    across = np.array([cosine, -sine, 0.0]) * level
    across *= np.radians(edge.bearing_sigma_deg)
    upwards = np.array([-sine * climb, -cosine * climb, level])
    upwards *= np.radians(edge.rise_sigma_deg)
    return np.outer(across, across) + np.outer(upwards, upwards)


def _of_plan(
    found: Traverse,
    pole: Floats,
) -> Floats:
    """What a turn of the whole plan adds to the form, (3, 3): du = zenith x u, against the pole."""
    turned = np.cross(pole, np.array([0.0, 0.0, 1.0]))
    return np.asarray(np.radians(found.north_sigma_deg) ** 2 * np.outer(turned, turned))


def _cross_matrix(vector: Floats) -> Floats:
    """The matrix that takes u to vector x u, (3, 3)."""
    x, y, z = vector.tolist()
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
