"""Simulated scenes: posts, boxes and ground under a sun, seen by a camera of any lens and pose.
Truth is exact.

The world is east, north, up in metres; the ground is a plane through the origin. A scene gives
exact marks; noise is added on purpose and only by :func:`clicked`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.geometry.camera.lens import distorted_px
from noonmark.geometry.camera.pose import cam_from_enu, reference_of, sky_deg, up_of


@dataclass(frozen=True)
class Camera:
    """A camera in the world: where it stands, where it looks, and its lens."""

    position_m: tuple[float, float, float]
    heading_deg: float
    pitch_deg: float
    roll_deg: float
    focal_px: float
    width_px: int
    height_px: int
    k1: float = 0.0
    centre_px: tuple[float, float] | None = None

    @property
    def middle_px(self) -> Floats:
        """The principal point."""
        return np.array(self.centre_px or (0.5 * self.width_px, 0.5 * self.height_px))

    @property
    def radius_px(self) -> float:
        """Half the diagonal."""
        return 0.5 * float(np.hypot(self.width_px, self.height_px))

    def matrix(self) -> Floats:
        """The matrix (3, 3) that turns world vectors into camera vectors."""
        up = up_of(self.pitch_deg, self.roll_deg)
        return cam_from_enu(up, reference_of(up), self.heading_deg)

    def px(self, points_m: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Pixels (..., 2) of world points (..., 3), and which of them are in front of the camera
        and in the frame.
        """
        cam = (points_m - np.array(self.position_m)) @ self.matrix().T
        front = cam[..., 2] > 1e-6
        depth = np.where(front, cam[..., 2], 1.0)
        flat = self.focal_px * cam[..., :2] / depth[..., None]
        px = distorted_px(flat, self.middle_px, np.asarray(self.k1), self.radius_px)
        inside = (
            (px >= 0.0).all(-1) & (px[..., 0] <= self.width_px) & (px[..., 1] <= self.height_px)
        )
        return px, front & inside


@dataclass(frozen=True)
class Post:
    """A thin post: where its foot stands (east, north), how tall it is, and how it leans."""

    east_m: float
    north_m: float
    height_m: float
    lean_east_deg: float = 0.0
    lean_north_deg: float = 0.0
    width_m: float = 0.12


@dataclass(frozen=True)
class Box:
    """A box on the ground: its middle, its size, and the bearing of its long side."""

    east_m: float
    north_m: float
    length_m: float
    width_m: float
    height_m: float
    bearing_deg: float = 0.0


@dataclass(frozen=True)
class Scene:
    """A scene at one instant. The ground's slope is its tilt toward the east and the north (rising,
    degrees).
    """

    camera: Camera
    sun_azimuth_deg: float
    sun_elevation_deg: float
    posts: tuple[Post, ...] = ()
    boxes: tuple[Box, ...] = ()
    slope_east_deg: float = 0.0
    slope_north_deg: float = 0.0

    @property
    def sun_enu(self) -> Floats:
        """The unit vector toward the sun."""
        azimuth, elevation = np.radians(self.sun_azimuth_deg), np.radians(self.sun_elevation_deg)
        level = np.cos(elevation)
        return np.array([np.sin(azimuth) * level, np.cos(azimuth) * level, np.sin(elevation)])

    @property
    def normal_enu(self) -> Floats:
        """The ground's unit normal."""
        normal = np.array(
            [
                -np.tan(np.radians(self.slope_east_deg)),
                -np.tan(np.radians(self.slope_north_deg)),
                1.0,
            ]
        )
        return np.asarray(normal / np.linalg.norm(normal))

    def ground_m(self, east_m: Floats, north_m: Floats) -> Floats:
        """The ground's points (..., 3) under a place."""
        normal = self.normal_enu
        return np.stack(
            [east_m, north_m, -(normal[0] * east_m + normal[1] * north_m) / normal[2]], axis=-1
        )


def triangles_m(scene: Scene) -> tuple[Floats, Floats, Floats]:
    """Bases, tops and shadow tips (n, 3) of the scene's posts, metres."""
    posts = scene.posts
    base = scene.ground_m(np.array([p.east_m for p in posts]), np.array([p.north_m for p in posts]))
    lean = np.tan(np.radians([[p.lean_east_deg, p.lean_north_deg] for p in posts]))
    axis = np.concatenate([lean, np.ones((len(posts), 1))], axis=1)
    axis = axis / np.linalg.norm(axis, axis=1)[:, None]
    top = base + axis * np.array([p.height_m for p in posts])[:, None]
    fall = ((top - base) @ scene.normal_enu) / float(scene.sun_enu @ scene.normal_enu)
    return base, top, top - fall[:, None] * scene.sun_enu


@dataclass(frozen=True)
class Clicks:
    """Pixels of the bases, tops and tips of a scene's posts (n, 2), and whether all three are in
    the frame (n,).
    """

    base_px: Floats
    top_px: Floats
    tip_px: Floats
    inside: NDArray[np.bool_]


def exact(scene: Scene) -> Clicks:
    """The exact pixels of the scene's posts and their shadows."""
    found = [scene.camera.px(points) for points in triangles_m(scene)]
    return Clicks(found[0][0], found[1][0], found[2][0], found[0][1] & found[1][1] & found[2][1])


def clicked(clicks: Clicks, *, sigma_px: float, rng: np.random.Generator) -> Clicks:
    """The same with normal errors of ``sigma_px`` on each coordinate."""
    shape = clicks.base_px.shape
    noise = rng.normal(0.0, sigma_px, (3, *shape))
    return Clicks(
        clicks.base_px + noise[0], clicks.top_px + noise[1], clicks.tip_px + noise[2], clicks.inside
    )


def sun_seen_deg(scene: Scene) -> tuple[float, float]:
    """The true elevation and azimuth [deg, -180..180), counted from the camera's reference."""
    camera = scene.camera
    up = up_of(camera.pitch_deg, camera.roll_deg)
    elevation, azimuth = sky_deg(camera.matrix() @ scene.sun_enu, up, reference_of(up))
    return float(elevation), float(azimuth)
