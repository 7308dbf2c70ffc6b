"""Residuals in sigmas of the priors: lens, attitude, ground, heading, place, scale and water."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.pose import State, cross, dot, up_of
from noonmark.geometry.camera.view import Attitude, CameraView


def prior_rows(view: CameraView, state: State) -> Floats:
    """The priors of lens, attitude, ground, heading, place, scale and water, in this order.

    Returns (..., r). A prior that does not exist (an unknown heading, a place without landmarks)
    has no row; an unknown coordinate of the place has a row of zeros.
    """
    # 1. What every view has.
    blocks = _lens_prior_blocks(view, state)
    blocks.append(_attitude_rows(view, state))
    blocks.append(_slope_rows(view, state))
    # 2. What a view may lack: heading, place, scale and water.
    held = view.attitude
    if np.isfinite(held.heading_deg):
        turn_deg = (state.heading_deg - held.heading_deg + 180.0) % 360.0 - 180.0
        blocks.append(turn_deg / held.heading_sigma_deg)
    if view.landmarks.count:
        sigma_m = np.array(view.stand.sigma_m)
        off = (state.position_m - np.array(view.stand.enu_m)) / sigma_m
        blocks.append(np.where(np.isfinite(sigma_m), off, 0.0))
    if view.knows_scale:
        # Log-normal about 10 m: a factor of 20 either way is one sigma.
        log_off = state.log_scale - np.log(10.0)
        blocks.append(log_off / 3.0)
    if len(view.waters_deg):
        off_deg = state.depression_deg - view.waters_deg[:, 0]
        blocks.append(off_deg / view.waters_deg[:, 1])
    # 3. Side by side, each over the whole batch.
    batch = state.log_focal.shape
    wide = []
    for block in blocks:
        wide.append(np.broadcast_to(block, (*batch, block.shape[-1])))
    return np.concatenate(wide, axis=-1)


def _lens_prior_blocks(view: CameraView, state: State) -> list[Floats]:
    """The priors of the focal length (log-normal), the principal point and k1 (normal).

    A principal point or a k1 that is held fixed has no row.
    """
    lens = view.lens
    log_off = state.log_focal - np.log(lens.focal_px)
    blocks = [(log_off / lens.focal_log_sigma)[..., None]]
    if lens.centre_sigma_px > 0.0:
        blocks.append((state.centre_px - np.array(lens.centre_px)) / lens.centre_sigma_px)
    if lens.k1_sigma > 0.0:
        blocks.append(((state.k1 - lens.k1) / lens.k1_sigma)[..., None])
    return blocks


def _slope_rows(view: CameraView, state: State) -> Floats:
    """The prior of each ground's slope (..., 2 grounds): level, to the stated sigma.

    The prior is on the tangent of the tilt, both ways independently.
    """
    sigma = np.tan(np.radians(np.maximum(view.slope_sigma_deg, 1e-4)))
    rows = state.slope / sigma[:, None]
    return np.asarray(rows.reshape(*state.log_focal.shape, -1))


def _attitude_rows(view: CameraView, state: State) -> Floats:
    """The prior of how the camera is held, on the up vector of each pose (..., 3 poses).

    The rows: sideways tilt, pitch, and a third row against the far side of the sphere.

    The differences of unit vectors stand for angles in radians: the prior is smooth everywhere,
    also where pitch and roll are not.
    """
    held = view.attitude
    expected = up_of(held.pitch_deg, held.roll_deg)
    sideways = _sideways(held, expected)
    nodding = cross(expected, sideways)
    off = state.dirs[..., : view.poses, :] - expected
    sigma_roll = np.radians(held.roll_sigma_deg)
    sigma_pitch = np.radians(held.pitch_sigma_deg)
    rows = [
        dot(off, sideways) / sigma_roll,
        dot(off, nodding) / sigma_pitch,
        dot(off, expected) / max(sigma_roll, sigma_pitch),
    ]
    return np.concatenate(rows, axis=-1)


def _sideways(held: Attitude, expected: Floats) -> Floats:
    """The unit vector (3,) toward which the expected up direction moves as the camera rolls.

    It is level where the camera is not held straight up or down.
    """
    sideways = -cross(expected, np.array([0.0, 0.0, 1.0]))
    size = np.sqrt(dot(sideways, sideways))
    if size > 1e-6:
        return np.asarray(sideways / size)
    # Looking straight down (or up), "sideways" is the image's x axis.
    roll = np.radians(held.roll_deg)
    return np.array([np.cos(roll), -np.sin(roll), 0.0])
