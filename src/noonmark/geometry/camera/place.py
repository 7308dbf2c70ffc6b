"""Starts from landmarks: candidate places, and the pose that each of them would need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.lens import rays
from noonmark.geometry.camera.pose import Layout, State, dot, level_axes, reference_of, unit
from noonmark.geometry.camera.view import View
from noonmark.geometry.horizon import sight_drop_m

Floats = NDArray[np.float64]


def place_candidates(view: View) -> Floats:
    """Camera places (c, 3) [m, ENU] worth trying: around the guess, and all round the landmarks when there is none."""
    marks, stand = view.landmarks.enu_m, view.stand
    guess = np.array(stand.enu_m)
    sigma = np.array(stand.sigma_m)
    known = bool(np.isfinite(sigma[:2]).all())
    if known:
        rings = [(0.0, 0.0), *[(1.0, a) for a in range(0, 360, 45)], *[(2.0, a + 22.5) for a in range(0, 360, 45)]]
        level = [guess[:2] + sigma[:2] * r * np.array([np.sin(np.radians(a)), np.cos(np.radians(a))]) for r, a in rings]
    else:
        middle = marks[:, :2].mean(axis=0)
        size = max(float(np.sqrt(np.mean(np.sum((marks[:, :2] - middle) ** 2, axis=1)))), 30.0)
        level = [
            middle + size * r * np.array([np.sin(np.radians(a)), np.cos(np.radians(a))])
            for r in (0.3, 0.7, 1.2, 2.0, 3.5, 6.0)
            for a in range(0, 360, 20)
        ]
    low, high = float(marks[:, 2].min()), float(marks[:, 2].max())
    heights = [guess[2]] if np.isfinite(sigma[2]) else [low + 2.0, 0.5 * (low + high), high + 0.3 * (high - low) + 2.0]
    return np.array([[*xy, h] for xy in level for h in heights])


def landmark_starts(view: View, layout: Layout, log_focal: float) -> State:
    """One state per candidate place, turned so that the landmarks fall where they were marked.

    Method: Wahba's problem (1965) by singular values; only rotations are admitted, so no mirror image is.
    """
    places = place_candidates(view)
    batch = len(places)
    lens, marks = view.lens, view.landmarks
    dirs = np.zeros((batch, layout.directions, 3))
    dirs[:, view.poses :] = np.array([0.0, 0.0, 1.0])
    heading = np.zeros((batch, layout.poses))
    for pose in range(layout.poses):
        mine = np.flatnonzero(view.pose_of(marks.frame) == pose)
        seen = unit(
            rays(marks.px[mine], np.array(log_focal), np.array(lens.centre_px), np.array(lens.k1), lens.radius_px)
        )
        offset = marks.enu_m[mine] - places[:, None]
        offset[..., 2] -= sight_drop_m(np.hypot(offset[..., 0], offset[..., 1]))
        toward = unit(offset + 1e-9)
        left, _, right = np.linalg.svd(np.einsum("ni,cnj->cij", seen, toward))
        sign = np.linalg.det(left @ right)
        matrix = (left * np.stack([np.ones(batch), np.ones(batch), sign], axis=-1)[:, None, :]) @ right
        dirs[:, pose] = matrix[..., 2]
        reference = reference_of(dirs[:, pose])
        forward, _ = level_axes(dirs[:, pose], reference)
        heading[:, pose] = np.degrees(np.arctan2(dot(forward, matrix[..., 0]), dot(forward, matrix[..., 1])))
    return State(
        log_focal=np.full(batch, log_focal),
        centre_px=np.tile(np.array(lens.centre_px), (batch, 1)),
        k1=np.full(batch, lens.k1),
        dirs=dirs,
        slope=np.zeros((batch, layout.grounds, 2)),
        heading_deg=heading,
        position_m=places,
        log_scale=np.full((batch, layout.grounds), np.log(10.0)),
        depression_deg=np.tile(view.waters_deg[:, 0] if len(view.waters_deg) else np.zeros(0), (batch, 1)),
        reference=reference_of(dirs[:, : layout.poses]),
    )
