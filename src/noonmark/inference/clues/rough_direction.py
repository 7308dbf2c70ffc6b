"""The direction of the light from a way to the shadow whose errors are large beside its length.

**Method.** The way T is normal about -d u, with d > 0 its unknown length and u the direction of the
light. With W the root of the inverse covariance and G = -W T, the likelihood is greatest, over d,
at exp(-q / 2), q = |G|^2 - t^2, t = G . Wu / |Wu|: a normal about the line through Wu. The share
Phi(t) of it that lies on the side d > 0 counts. This is exact for a normal T, however rough; a leg
whose own length is rough is taken apart first (:func:`noonmark.inference.clues.traverse.variants`).
Where nothing is rough, it is the normal of :func:`noonmark.inference.clues.traverse.direction`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.directions import enu_from_azel
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import Comparison, LowHigh
from noonmark.inference.clues.direct import averaged, averaged_bounds
from noonmark.inference.clues.direction_mixture import direction_comparisons
from noonmark.inference.clues.disc_blur import DISC_SIGMA_DEG
from noonmark.inference.clues.edges import log_phi
from noonmark.inference.clues.seen_light import Light, dot, seen_light, seen_reach_deg
from noonmark.inference.clues.traverse import Traverse, direction
from noonmark.inference.sky import Sky, daylight


@dataclass(frozen=True)
class RoughDirection:
    """A likelihood of the direction, by daylight. Build it with :func:`rough_direction`.

    - ``parts``: the ways that the legs may have been, with ln of their weights.
    - ``azimuth_deg``, ``elevation_deg``: the direction measured.
    - ``peak``: the greatest that the sum can be, about.
    """

    parts: tuple[tuple[float, NormalWay], ...]
    azimuth_deg: float
    elevation_deg: float
    peak: float

    def at(
        self,
        sky: Sky,
    ) -> Floats:
        """ln of the density [per deg2], (n,)."""
        total = self._log_of(seen_light(sky)) + daylight().at(sky.elevation_deg())
        return np.maximum(
            total,
            FLOOR,
        )

    def bounds(
        self,
        sky: Sky,
    ) -> LowHigh:
        """Its bounds over each cell: those of each way, and of daylight, on their own."""
        light, move_deg = seen_light(sky), seen_reach_deg(sky)
        low, high = averaged_bounds(
            [(weight, way.bounds(light, move_deg)) for weight, way in self.parts]
        )
        low_up, high_up = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
        return np.maximum(low + low_up, FLOOR), np.maximum(high + high_up, FLOOR)

    def pull_sigma(
        self,
        sky: Sky,
    ) -> Floats:
        """Sigmas between the light and where the legs put it, (n,); a sun that is down adds."""
        below = np.maximum(self.peak - self._log_of(seen_light(sky)), 0.0)
        dark = np.maximum(-daylight().at(sky.elevation_deg()), 0.0)
        return np.asarray(np.sqrt(2.0 * (below + dark)))

    def comparisons(
        self,
        sky: Sky,
    ) -> tuple[Comparison, ...]:
        """The direction measured against the light."""
        return direction_comparisons(self.azimuth_deg, self.elevation_deg, sky)

    def _log_of(
        self,
        light: Light,
    ) -> Floats:
        """ln of the density before daylight, (n,)."""
        return averaged([(weight, way.at(light)) for weight, way in self.parts])


@dataclass(frozen=True)
class NormalWay:
    """A normal way T, by the direction of the light alone.

    - ``whiten`` (3, 3): W, symmetric.
    - ``goal`` (3,): G.
    - ``length``: that of T.
    - ``least``, ``most``: the least and the greatest stretch of W.
    - ``log_scale``: ln of the density [per deg2] at its centre.
    """

    whiten: Floats
    goal: Floats
    length: float
    least: float
    most: float
    log_scale: float

    def at(
        self,
        light: Light,
    ) -> Floats:
        """ln of the density [per deg2], (n,)."""
        return self._log_of(self._along(light))

    def bounds(
        self,
        light: Light,
        move_deg: Floats,
    ) -> LowHigh:
        """Its bounds where the light moves by at most ``move_deg`` (n,).

        The likelihood grows with t. With r = sqrt(|G|^2 - t^2) = min |W(T + d u)| over d, reached
        at d0, and a move of u by at most m:

        - at most r + d0 |W| m, for d0 will do for the new direction too;
        - at least (r - |T| |W| m) / (1 + |W| m / w), w the least stretch of W, because the new
          minimum r' is reached at a d <= |T| + r' / w.

        As long as r stays below |G|, t keeps its sign.
        """
        along = self._along(light)
        size = float(np.linalg.norm(self.goal))
        across = np.sqrt(np.maximum(size**2 - along * along, 0.0))
        at_distance = np.abs(along) / _norm(self._stretched(light))
        move = self.most * np.radians(np.minimum(move_deg, 180.0))
        nearest = np.maximum(across - self.length * move, 0.0) / (1.0 + move / self.least)
        farthest = across + at_distance * move
        best = np.sqrt(np.maximum(size**2 - nearest * nearest, 0.0))
        kept = np.sqrt(np.maximum(size**2 - farthest * farthest, 0.0))
        one_sided = farthest < size
        high = np.where(one_sided & (along < 0.0), -kept, best)
        low = np.where(one_sided, np.where(along > 0.0, kept, -best), -size)
        return self._log_of(low), self._log_of(high)

    def _stretched(
        self,
        light: Light,
    ) -> Light:
        """W u, (n,) each."""
        first, second, third = (dot(row, light) for row in self.whiten)
        return first, second, third

    def _along(
        self,
        light: Light,
    ) -> Floats:
        """t, (n,)."""
        stretched = self._stretched(light)
        return dot(self.goal, stretched) / _norm(stretched)

    def _log_of(
        self,
        along: Floats,
    ) -> Floats:
        """ln of the density at a t, before daylight."""
        squared = float(self.goal @ self.goal) - along * along
        return np.asarray(self.log_scale - 0.5 * squared + log_phi(along))


def _norm(vectors: Light) -> Floats:
    """The lengths of vectors, (n,)."""
    first, second, third = vectors
    return np.asarray(np.sqrt(first * first + second * second + third * third))


def rough_direction(measured: Traverse, ways: tuple[tuple[float, Traverse], ...]) -> RoughDirection:
    """The picture of a way as measured, from the ways that it may have been, with their weights.

    Each part is the likelihood of what was measured, as a function of the direction; so its scale
    is that of the way measured, and not of its own error on the sky.
    """
    middle = direction(measured)
    area = float(np.sqrt(np.linalg.det(np.array(middle.covariance_deg2))))
    log_scale = -float(np.log(2.0 * np.pi * area))
    parts = []
    for weight, way in ways:
        parts.append((float(np.log(weight)), _normal_way(way, log_scale)))
    # The weights of what was taken apart add up to less at the middle than one normal's peak.
    light = enu_from_azel(middle.azimuth_deg, middle.elevation_deg)
    at_middle = tuple(np.array([part]) for part in light)
    peak = averaged([(w, part.at(at_middle)) for w, part in parts])  # type: ignore[arg-type]
    return RoughDirection(tuple(parts), middle.azimuth_deg, middle.elevation_deg, float(peak[0]))


def _normal_way(
    way: Traverse,
    log_scale: float,
) -> NormalWay:
    """One part. The turn of the whole plan and the width of the disc are errors of T across it."""
    turned = np.cross([0.0, 0.0, 1.0], way.to_shadow)
    covariance = way.covariance + np.radians(way.north_sigma_deg) ** 2 * np.outer(turned, turned)
    covariance += np.eye(3) * (np.radians(DISC_SIGMA_DEG) * way.length) ** 2
    values, axes = np.linalg.eigh(covariance)
    stretches = 1.0 / np.sqrt(values)
    whiten = axes @ np.diag(stretches) @ axes.T
    return NormalWay(
        whiten=whiten,
        goal=-whiten @ way.to_shadow,
        length=way.length,
        least=float(stretches.min()),
        most=float(stretches.max()),
        log_scale=log_scale,
    )
