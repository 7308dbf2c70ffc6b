"""Starts from landmarks: candidate places of the camera, and the pose that each of them needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.geometry.camera.lens import rays
from noonmark.geometry.camera.pose import Layout, State, dot, level_axes, reference_of, unit
from noonmark.geometry.camera.prior_state import ZENITH, prior_state
from noonmark.geometry.camera.view import CameraView
from noonmark.geometry.horizon import sight_drop_m

# Rings around a guess, in sigmas: the guess itself, one sigma and two sigmas away.
RINGS_OF_A_GUESS: Final = (
    (0.0, (0.0,)),
    (1.0, tuple(range(0, 360, 45))),
    (2.0, tuple(a + 22.5 for a in range(0, 360, 45))),
)
# Rings around the landmarks when there is no guess, in root mean square distances of a landmark.
RINGS_OF_LANDMARKS: Final = (0.3, 0.7, 1.2, 2.0, 3.5, 6.0)
RING_STEP_DEG: Final = 20
LEAST_SPREAD_M: Final = 30.0


def place_candidates(view: CameraView) -> Floats:
    """Places of the camera (c, 3) worth trying, ENU metres about the view's reference.

    They lie around the guess, or all round the landmarks when there is none.

    Each level place is tried at each height.
    """
    if np.isfinite(np.array(view.stand.sigma_m)[:2]).all():
        level = _around_guess(view)
    else:
        level = _around_landmarks(view)
    heights = _heights(view)
    return np.array([[*xy, height] for xy in level for height in heights])


def _compass(angle_deg: float) -> Floats:
    """The unit vector (2,), east and north, of a bearing.

    Bearings count clockwise from north.
    """
    angle = np.radians(angle_deg)
    return np.array([np.sin(angle), np.cos(angle)])


def _around_guess(view: CameraView) -> list[Floats]:
    """Level places (2,) [m] on rings of one and two sigmas around the stated place.

    The places of one ring are evenly spaced; those of the second lie between those of the first.
    """
    guess = np.array(view.stand.enu_m)[:2]
    sigma = np.array(view.stand.sigma_m)[:2]
    found = []
    for radius, angles_deg in RINGS_OF_A_GUESS:
        for angle_deg in angles_deg:
            found.append(guess + sigma * radius * _compass(angle_deg))
    return found


def _around_landmarks(view: CameraView) -> list[Floats]:
    """Level places (2,) [m] on rings around the middle of the landmarks.

    The size of the rings follows the spread of the landmarks, which is at least 30 m.
    """
    level = view.landmarks.enu_m[:, :2]
    middle = level.mean(axis=0)
    squared = np.sum((level - middle) ** 2, axis=1)
    spread_m = max(float(np.sqrt(np.mean(squared))), LEAST_SPREAD_M)
    found = []
    for radius in RINGS_OF_LANDMARKS:
        for angle_deg in range(0, 360, RING_STEP_DEG):
            found.append(middle + spread_m * radius * _compass(angle_deg))
    return found


def _heights(view: CameraView) -> list[float]:
    """Heights [m] worth trying: the stated one, or three that suit those of the landmarks.

    Without a statement: a little above the lowest landmark, the middle of all, and above the
    highest.
    """
    if np.isfinite(np.array(view.stand.sigma_m)[2]):
        return [np.array(view.stand.enu_m)[2]]
    up_m = view.landmarks.enu_m[:, 2]
    low = float(up_m.min())
    high = float(up_m.max())
    middle = 0.5 * (low + high)
    above = high + 0.3 * (high - low) + 2.0
    return [low + 2.0, middle, above]


def landmark_starts(
    view: CameraView,
    layout: Layout,
    log_focal: float,
) -> State:
    """One state per candidate place, turned so that the landmarks fall where they were marked.

    Each pose is the rotation that brings the landmarks' directions closest to their rays. Method:
    Wahba's problem (1965) by singular values; only rotations are admitted, no mirror images.

    view: at least two landmarks are marked.
    log_focal: the log of the focal length in pixels, the same for all starts.

    Everything but place, pose and focal length stands at its prior.
    """
    places = place_candidates(view)
    batch = len(places)
    up = np.tile(ZENITH, (batch, layout.poses, 1))
    heading_deg = np.zeros((batch, layout.poses))
    for pose in range(layout.poses):
        mine = np.flatnonzero(view.pose_of(view.landmarks.frame) == pose)
        seen = _landmark_rays(view, mine, log_focal)
        matrix = _rotations(seen, _toward_landmarks(view, mine, places))
        up[:, pose] = matrix[..., 2]
        forward, _ = level_axes(up[:, pose], reference_of(up[:, pose]))
        east = dot(forward, matrix[..., 0])
        north = dot(forward, matrix[..., 1])
        heading_deg[:, pose] = np.degrees(np.arctan2(east, north))
    state = prior_state(view, layout, up, np.full(batch, log_focal))
    return replace(state, heading_deg=heading_deg, position_m=places)


def _landmark_rays(
    view: CameraView,
    mine: Ints,
    log_focal: float,
) -> Floats:
    """Unit rays (n, 3) in camera axes through the marked pixels of the landmarks ``mine``."""
    lens = view.lens
    found = rays(
        view.landmarks.px[mine],
        np.array(log_focal),
        np.array(lens.centre_px),
        np.array(lens.k1),
        lens.radius_px,
    )
    return unit(found)


def _toward_landmarks(
    view: CameraView,
    mine: Ints,
    places_m: Floats,
) -> Floats:
    """Unit vectors (c, n, 3), ENU, from each place (c, 3) to each landmark, as light bends them.

    The drop of a sight line is taken off before the direction is formed.
    """
    offset = view.landmarks.enu_m[mine] - places_m[:, None]
    away_m = np.hypot(offset[..., 0], offset[..., 1])
    offset[..., 2] -= sight_drop_m(away_m)
    return unit(offset + 1e-9)


def _rotations(seen: Floats, toward: Floats) -> Floats:
    """The rotations (c, 3, 3), camera from ENU, that bring ``toward`` closest to ``seen``.

    ``seen`` is (n, 3) in camera axes, ``toward`` (c, n, 3) in ENU; both are unit vectors.

    The largest trace of rotation times correlation matrix is the least sum of squared distances.
    """
    left, _, right = np.linalg.svd(np.einsum("ni,cnj->cij", seen, toward))
    sign = np.linalg.det(left @ right)
    ones = np.ones(len(sign))
    signs = np.stack([ones, ones, sign], axis=-1)
    found: Floats = (left * signs[:, None, :]) @ right
    return found
