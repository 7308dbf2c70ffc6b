"""Directions in the sky of a camera, with their errors, from the draws of a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.nested import Explored
from noonmark.geometry.camera.pose import cross, dot, level_axes, toward
from noonmark.geometry.camera.view import CameraView

ZENITH_SIN: Final = float(np.sin(np.radians(80.0)))


@dataclass(frozen=True)
class SkyDirection:
    """A direction with its error: elevation and azimuth [deg] and covariance (2, 2) [deg2].

    The covariance is in the plane that touches the sky at the mean: first along the azimuth (a step
    in azimuth times the cosine of the elevation), then along the elevation. The azimuth counts from
    the camera's reference.

    ``share`` is its part of a mixture, 1 for a direction by itself.
    """

    share: float
    elevation_deg: float
    azimuth_deg: float
    covariance_deg2: Floats

    @property
    def vector(self) -> Floats:
        """The unit vector (3,) of the mean: right of the reference, along it, up."""
        azimuth = np.radians(self.azimuth_deg)
        elevation = np.radians(self.elevation_deg)
        level = np.cos(elevation)
        right = np.sin(azimuth) * level
        forward = np.cos(azimuth) * level
        return np.array([right, forward, np.sin(elevation)])

    @property
    def elevation_sigma_deg(self) -> float:
        """One sigma of the elevation."""
        return float(np.sqrt(self.covariance_deg2[1, 1]))

    @property
    def azimuth_sigma_deg(self) -> float:
        """One sigma of the azimuth itself (not times the cosine of the elevation), at most 180."""
        cosine = float(np.cos(np.radians(self.elevation_deg)))
        level = max(cosine, 1e-3)
        along = float(np.sqrt(self.covariance_deg2[0, 0]))
        return min(along / level, 180.0)


def level_vectors(
    view: CameraView,
    found: Explored,
    frame: int,
) -> Floats:
    """The sun of one frame in every draw (k, 3): right of the reference, along it, up.

    view, found: the view and the draws (k,) of its posterior.
    frame: the frame whose sun is meant.
    """
    pose = view.pose_number(frame)
    up = found.draws.dirs[:, pose]
    sun = found.draws.dirs[:, view.poses + frame]
    forward, right = level_axes(up, found.draws.reference[:, pose])
    parts = [dot(sun, right), dot(sun, forward), dot(sun, up)]
    return np.stack(parts, axis=-1)


def _axes(middle: Floats) -> tuple[Floats, Floats]:
    """The directions along the azimuth and up the sky at a direction (3,) in level axes.

    At the zenith, where there is no azimuth, any two directions square to each other will do.
    """
    right, forward = middle[:2]
    level = np.hypot(right, forward)
    # At the zenith any direction will do.
    along = np.array([1.0, 0.0, 0.0])
    if level > 1e-9:
        along = np.array([forward, -right, 0.0]) / level
    climb = cross(middle, along)
    return along, -climb if climb[2] < 0.0 else climb


def touching(middle: Floats, vectors: Floats) -> Floats:
    """Directions (k, 3) on a chart about ``middle`` (3,): (k, 2) [deg].

    First along the azimuth, then along the elevation. Below 80 deg the chart is (azimuth x
    cos(elevation of the middle), elevation), which is how an error in azimuth bends; nearer the
    zenith it is the plane that touches the sky there (azimuthal equidistant).

    middle: a unit vector in level axes (right, forward, up).
    vectors: unit vectors in the same axes.

    The chart and its inverse, :func:`from_touching`, agree to rounding within a hemisphere.
    """
    if middle[2] < ZENITH_SIN:
        return _on_azimuth_chart(middle, vectors)
    along, climb = _axes(middle)
    x = vectors @ along
    y = vectors @ climb
    z = vectors @ middle
    away = np.hypot(x, y)
    apart = away > 1e-12
    angle_deg = np.degrees(np.arctan2(away, z))
    scale = np.where(apart, angle_deg / np.where(apart, away, 1.0), np.degrees(1.0))
    return np.stack([x * scale, y * scale], axis=-1)


def _on_azimuth_chart(middle: Floats, vectors: Floats) -> Floats:
    """Directions (k, 3) on the chart (k, 2) [deg] of azimuth and elevation.

    The azimuth counts times the cosine of the middle's elevation.

    A turn is taken the shorter way round.
    """
    level = float(np.hypot(middle[0], middle[1]))
    azimuth = np.arctan2(vectors[:, 0], vectors[:, 1])
    turn = azimuth - np.arctan2(middle[0], middle[1])
    turn = (turn + np.pi) % (2.0 * np.pi) - np.pi
    elevation = np.arcsin(np.clip(vectors[:, 2], -1.0, 1.0))
    climb_deg = np.degrees(elevation - np.arcsin(middle[2]))
    return np.stack([np.degrees(turn) * level, climb_deg], axis=-1)


def from_touching(middle: Floats, flat_deg: Floats) -> Floats:
    """The directions (k, 3) of points (k, 2) [deg] of the chart about ``middle`` (3,).

    middle: a unit vector in level axes (right, forward, up).
    flat_deg: first along the azimuth, then along the elevation.
    """
    if middle[2] < ZENITH_SIN:
        return _from_azimuth_chart(middle, flat_deg)
    along, climb = _axes(middle)
    away = np.hypot(flat_deg[:, 0], flat_deg[:, 1])
    size = np.radians(away)
    way = flat_deg / np.where(away > 1e-12, away, 1.0)[:, None]
    side = way[:, :1] * along + way[:, 1:] * climb
    return toward(middle, side, size)


def _from_azimuth_chart(middle: Floats, flat_deg: Floats) -> Floats:
    """The directions (k, 3) of points (k, 2) [deg] of the chart of azimuth and elevation.

    The azimuth is divided by the cosine of the middle's elevation, which is above 0 on this chart.
    """
    level = float(np.hypot(middle[0], middle[1]))
    turn = np.radians(flat_deg[:, 0]) / level
    climb = np.radians(flat_deg[:, 1])
    azimuth = np.arctan2(middle[0], middle[1]) + turn
    elevation = np.arcsin(middle[2]) + climb
    shrink = np.cos(elevation)
    right = np.sin(azimuth) * shrink
    forward = np.cos(azimuth) * shrink
    return np.stack([right, forward, np.sin(elevation)], axis=-1)


def mean_direction(
    vectors: Floats,
    weights: Floats,
    share: float = 1.0,
) -> SkyDirection:
    """The weighted mean and covariance of directions (k, 3) in level axes: right, forward, up.

    The mean is moved until the weighted mean on the chart about it is zero.

    weights: (k,), positive, of any sum.
    """
    weights = weights / weights.sum()
    middle = weights @ vectors
    middle = middle / np.linalg.norm(middle)
    for _ in range(4):
        off_deg = weights @ touching(middle, vectors)
        middle = from_touching(middle, off_deg[None])[0]
    flat = touching(middle, vectors)
    azimuth = float(np.degrees(np.arctan2(middle[0], middle[1])))
    elevation = float(np.degrees(np.arcsin(np.clip(middle[2], -1.0, 1.0))))
    covariance = (flat * weights[:, None]).T @ flat
    return SkyDirection(share, elevation, azimuth, covariance)
