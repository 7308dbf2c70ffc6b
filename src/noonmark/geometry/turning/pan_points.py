"""Points of a scene as the frames of a pan show them, and the model of the camera that turned.

Pixels and camera axes are those of ``geometry/camera/lens.py``: x right, y down, z forward. World
axes are those of the first frame's camera until the level is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from noonmark.arrays import Floats, Ints
from noonmark.geometry.camera.lens import Lens, rays

OF_LENS: Final = 6
"""Unknowns before those of the frames: log focal length, k1, principal point x and y, read-out, and
the mean nearness of things."""
OF_FRAME: Final = 3
"""Unknowns of a frame: its pose."""
FEWEST_FRAMES: Final = 3
"""A point that fewer frames show says little, and is left out."""
MOST_POINTS: Final = 900
"""So many points are followed through a pan at most."""
_PATCH_DEG: Final = 6.0
"""How wide and high a patch of the scene is."""
AXIS: Final = np.array([0.0, 0.0, 1.0])
"""The optical axis in camera axes."""


@dataclass(frozen=True)
class PanPoints:
    """Where frames show points: per sighting the frame, the point and the pixel (n, 2).

    ``times_s`` (frames,) are the presentation times, ``size_px`` width and height of a frame.
    ``rows`` says which way along the upright frame its rows were read: (0, 1) is down.
    """

    frame: Ints
    point: Ints
    px: Floats
    times_s: Floats
    size_px: tuple[float, float]
    rows: tuple[int, int] = (0, 1)

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.times_s)

    @property
    def points(self) -> int:
        """How many points there are."""
        return int(self.point.max()) + 1 if len(self.point) else 0


@dataclass(frozen=True)
class PanCamera:
    """A lens, and how it was held in each frame.

    ``rotation`` (frames, 3, 3) takes world directions into camera axes. Who turns on the spot moves
    the eye on a circle, an arm's length ahead of its middle; ``nearness`` is the arm's length over
    the distance of a usual point. ``readout_s`` is the time from the first row of a frame to the
    last; ``rate`` (frames, 3) [rad/s] is how fast the camera turned, in camera axes.
    """

    lens: Lens
    rotation: Floats
    rate: Floats
    readout_s: float
    nearness: float
    size_px: tuple[float, float]
    rows: tuple[int, int] = (0, 1)

    def row_share(
        self,
        px: Floats,
    ) -> Floats:
        """When pixels (n, 2) were read: -0.5 for the first row, 0.5 for the last."""
        found: Floats = (px / np.array(self.size_px) - 0.5) @ np.array(self.rows, float)
        return found

    def looked(
        self,
        frame: Ints,
        px: Floats,
        near: Floats,
    ) -> Floats:
        """World directions (n, 3), of unit length, from the middle of the circle to what pixels
        (n, 2) in frames (n,) show.

        ``near`` (n,) is the arm's length over the distance of each; 0 for things far away.
        """
        lens = self.lens
        log_focal = np.array(np.log(lens.focal_px))
        ray = rays(px, log_focal, np.array(lens.centre_px), np.array(lens.k1), lens.radius_px)
        later_s = self.readout_s * self.row_share(px)[:, None]
        still = ray - later_s * np.cross(self.rate[frame], ray)
        still = still / np.linalg.norm(still, axis=1, keepdims=True)
        still = still + near[:, None] * AXIS
        world = np.einsum("nji,nj->ni", self.rotation[frame], still)
        found: Floats = world / np.linalg.norm(world, axis=1, keepdims=True)
        return found

    def moved(
        self,
        step: Floats,
    ) -> PanCamera:
        """The camera after a step in its unknowns: OF_LENS, then OF_FRAME of each frame."""
        lens = self.lens
        x_px, y_px = lens.centre_px
        stepped = replace(
            lens,
            focal_px=float(lens.focal_px * np.exp(step[0])),
            k1=float(lens.k1 + step[1]),
            centre_px=(float(x_px + step[2]), float(y_px + step[3])),
        )
        of_frames = step[OF_LENS:].reshape(-1, OF_FRAME)
        return replace(
            self,
            lens=stepped,
            rotation=rotation_of(of_frames) @ self.rotation,
            readout_s=float(self.readout_s + step[4]),
            nearness=float(self.nearness + step[5]),
        )


def rotation_of(vector: Floats) -> Floats:
    """Rotation matrices (n, 3, 3) of rotation vectors (n, 3) [rad]. **Method**: Rodrigues."""
    angle = np.linalg.norm(vector, axis=-1)[..., None, None]
    cross = cross_matrix(vector)
    small = angle < 1e-8
    safe = np.where(small, 1.0, angle)
    first = np.where(small, 1.0, np.sin(safe) / safe)
    second = np.where(small, 0.5, (1.0 - np.cos(safe)) / safe**2)
    found: Floats = np.eye(3) + first * cross + second * (cross @ cross)
    return found


def cross_matrix(vector: Floats) -> Floats:
    """The matrices (n, 3, 3) that take b to the cross product of ``vector`` (n, 3) and b."""
    x, y, z = vector[..., 0], vector[..., 1], vector[..., 2]
    none = np.zeros_like(x)
    rows = [[none, -z, y], [z, none, -x], [-y, x, none]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def turn_rates(
    rotation: Floats,
    times_s: Floats,
) -> Floats:
    """How fast the camera turns in each frame (n, 3) [rad/s], in camera axes, from its neighbours.

    A still direction d has camera coordinates ``rotation @ d``, which change by ``rate x`` them.
    """
    count = len(times_s)
    rate = np.zeros((count, 3))
    for i in range(count):
        before, after = max(i - 1, 0), min(i + 1, count - 1)
        passed = times_s[after] - times_s[before]
        if passed <= 0.0:
            continue
        turn = rotation[after] @ rotation[before].T
        skew = 0.5 * (turn - turn.T)
        sine = np.array([skew[2, 1], skew[0, 2], skew[1, 0]])
        size = float(np.linalg.norm(sine))
        angle = float(np.arctan2(size, 0.5 * (np.trace(turn) - 1.0)))
        rate[i] = sine * (angle / size if size > 1e-12 else 1.0) / passed
    return rate


def followed(
    frame: Ints,
    px: Floats,
    links: Ints,
    clip: PanPoints,
) -> PanPoints:
    """Sightings (n,) with pixels (n, 2) joined by ``links`` (m, 2) into points; ``clip`` gives
    times and size.

    A point that a frame would show twice is a mistake of matching, and left out. Of very many
    points those are kept that most frames show.
    """
    count = len(frame)
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(count, count))
    label = connected_components(graph, directed=False)[1].astype(np.int64)
    size = np.bincount(label)
    both = label * clip.frames + frame
    twice = np.zeros(len(size), bool)
    twice[label[np.bincount(both, minlength=int(both.max()) + 1)[both] > 1]] = True
    size[twice] = 0
    best = np.argsort(-size, kind="stable")[:MOST_POINTS]
    kept = np.isin(label, best[size[best] >= FEWEST_FRAMES])
    point = np.unique(label[kept], return_inverse=True)[1].astype(np.int64)
    return replace(clip, frame=frame[kept], point=point, px=px[kept])


def tangents(direction: Floats) -> Floats:
    """Two unit vectors (n, 3, 2) across each direction (n, 3)."""
    helper = np.where(np.abs(direction[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    first = np.cross(helper, direction)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return np.stack([first, np.cross(direction, first)], axis=-1)


def patches(direction: Floats) -> Ints:
    """The number of the patch of the scene in which each point (n, 3) lies."""
    level_deg = np.degrees(np.arctan2(direction[:, 0], direction[:, 2]))
    up_deg = np.degrees(np.arcsin(np.clip(direction[:, 1], -1.0, 1.0)))
    cell = np.floor(np.stack([level_deg, up_deg], axis=1) / _PATCH_DEG).astype(np.int64)
    found: Ints = np.unique(cell, axis=0, return_inverse=True)[1].ravel()
    return found
