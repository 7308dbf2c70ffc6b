"""States in which everything that nobody has estimated yet stands at its prior."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.pose import Layout, State, reference_of
from noonmark.geometry.camera.view import CameraView

ZENITH = np.array([0.0, 0.0, 1.0])
TYPICAL_SCALE_M = 10.0


def prior_state(
    view: CameraView,
    layout: Layout,
    up: Floats,
    log_focal: Floats,
) -> State:
    """States with given up directions and focal lengths, and everything else at its prior.

    ``up`` is (b, poses, 3), unit vectors in camera axes; ``log_focal`` is (b,). The suns and the
    families of lines have no prior: they get a direction that the caller has to replace.
    """
    batch = len(log_focal)
    dirs = np.zeros((batch, layout.directions, 3))
    dirs[:, : view.poses] = up
    dirs[:, view.poses :] = ZENITH
    heading_deg = view.attitude.heading_deg if np.isfinite(view.attitude.heading_deg) else 0.0
    depression_deg = view.waters_deg[:, 0] if len(view.waters_deg) else np.zeros(0)
    return State(
        log_focal=log_focal,
        centre_px=np.tile(np.array(view.lens.centre_px), (batch, 1)),
        k1=np.full(batch, view.lens.k1),
        dirs=dirs,
        slope=np.zeros((batch, layout.grounds, 2)),
        heading_deg=np.full((batch, layout.poses), heading_deg),
        position_m=np.tile(np.array(view.stand.enu_m), (batch, 1)),
        log_scale=np.full((batch, layout.grounds), np.log(TYPICAL_SCALE_M)),
        depression_deg=np.tile(depression_deg, (batch, 1)),
        reference=reference_of(up),
    )
