"""Draws of a view turned into what is asked: the sun's place in the camera's sky, the pose, the lens, the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.nested import Explored
from noonmark.geometry.camera.pose import dot, level_axes
from noonmark.geometry.camera.view import View

Floats = NDArray[np.float64]

ZENITH_SIN: Final = float(np.sin(np.radians(80.0)))


@dataclass(frozen=True)
class Spot:
    """A direction with its error: elevation and azimuth [deg] and covariance (2, 2) [deg2].

    The covariance is in the plane that touches the sky at the mean: first along the azimuth (a step in azimuth times
    the cosine of the elevation), then along the elevation. The azimuth counts from the camera's reference.
    """

    share: float
    elevation_deg: float
    azimuth_deg: float
    covariance_deg2: Floats

    @property
    def vector(self) -> Floats:
        """The unit vector (3,) of the mean: right of the reference, along it, up."""
        azimuth, elevation = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        level = np.cos(elevation)
        return np.array([np.sin(azimuth) * level, np.cos(azimuth) * level, np.sin(elevation)])

    @property
    def elevation_sigma_deg(self) -> float:
        """One sigma of the elevation."""
        return float(np.sqrt(self.covariance_deg2[1, 1]))

    @property
    def azimuth_sigma_deg(self) -> float:
        """One sigma of the azimuth itself (not times the cosine of the elevation), at most 180."""
        level = max(float(np.cos(np.radians(self.elevation_deg))), 1e-3)
        return min(float(np.sqrt(self.covariance_deg2[0, 0])) / level, 180.0)


def level_vectors(view: View, found: Explored, frame: int) -> Floats:
    """The sun of one frame in every draw (k, 3): right of the reference, along it, up."""
    pose = 0 if view.tripod else frame
    up, sun = found.draws.dirs[:, pose], found.draws.dirs[:, view.poses + frame]
    forward, right = level_axes(up, found.draws.reference[:, pose])
    return np.stack([dot(sun, right), dot(sun, forward), dot(sun, up)], axis=-1)


def _axes(middle: Floats) -> tuple[Floats, Floats]:
    """The directions along the azimuth and up the sky at a direction (3,) in level axes."""
    level = np.hypot(middle[0], middle[1])
    along = np.array([middle[1], -middle[0], 0.0]) / level if level > 1e-9 else np.array([1.0, 0.0, 0.0])
    x, y, z = along
    climb = np.array([middle[1] * z - middle[2] * y, middle[2] * x - middle[0] * z, middle[0] * y - middle[1] * x])
    return along, -climb if climb[2] < 0.0 else climb


def touching(middle: Floats, vectors: Floats) -> Floats:
    """Directions (k, 3) on a chart about ``middle`` (k, 2), degrees: along the azimuth, along the elevation.

    Below 80 deg the chart is (azimuth x cos(elevation of the middle), elevation), which is how an error in azimuth
    bends; nearer the zenith it is the plane that touches the sky there (azimuthal equidistant).
    """
    if middle[2] < ZENITH_SIN:
        level = float(np.hypot(middle[0], middle[1]))
        turn = np.arctan2(vectors[:, 0], vectors[:, 1]) - np.arctan2(middle[0], middle[1])
        turn = (turn + np.pi) % (2.0 * np.pi) - np.pi
        climb_deg = np.degrees(np.arcsin(np.clip(vectors[:, 2], -1.0, 1.0)) - np.arcsin(middle[2]))
        return np.stack([np.degrees(turn) * level, climb_deg], axis=-1)
    along, climb = _axes(middle)
    x, y, z = vectors @ along, vectors @ climb, vectors @ middle
    away = np.hypot(x, y)
    scale = np.where(away > 1e-12, np.degrees(np.arctan2(away, z)) / np.where(away > 1e-12, away, 1.0), np.degrees(1.0))
    return np.stack([x * scale, y * scale], axis=-1)


def from_touching(middle: Floats, flat_deg: Floats) -> Floats:
    """The directions (k, 3) of points (k, 2) [deg] of the chart about ``middle``."""
    if middle[2] < ZENITH_SIN:
        level = float(np.hypot(middle[0], middle[1]))
        azimuth = np.arctan2(middle[0], middle[1]) + np.radians(flat_deg[:, 0]) / level
        elevation = np.arcsin(middle[2]) + np.radians(flat_deg[:, 1])
        return np.stack(
            [np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], axis=-1
        )
    along, climb = _axes(middle)
    away = np.hypot(flat_deg[:, 0], flat_deg[:, 1])
    size = np.radians(away)
    way = flat_deg / np.where(away > 1e-12, away, 1.0)[:, None]
    side = way[:, :1] * along + way[:, 1:] * climb
    found: Floats = np.cos(size)[:, None] * middle + np.sin(size)[:, None] * side
    return found


def spot(vectors: Floats, weights: Floats, share: float = 1.0) -> Spot:
    """The weighted mean and covariance of directions (k, 3) in level axes (right, forward, up)."""
    weights = weights / weights.sum()
    middle = weights @ vectors
    middle = middle / np.linalg.norm(middle)
    for _ in range(4):
        middle = from_touching(middle, (weights @ touching(middle, vectors))[None])[0]
    flat = touching(middle, vectors)
    azimuth = float(np.degrees(np.arctan2(middle[0], middle[1])))
    elevation = float(np.degrees(np.arcsin(np.clip(middle[2], -1.0, 1.0))))
    return Spot(share, elevation, azimuth, (flat * weights[:, None]).T @ flat)
