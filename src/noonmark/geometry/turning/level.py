"""Which way is up in a pan: from how people hold a camera, and from horizons that were marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.turning.bundle import tangents

HELD_DEG: Final = (3.0, 8.0)
"""Sigma of the mean roll and the mean pitch of a camera that is turned about (assumed)."""
WANDER_DEG: Final = (2.5, 4.0)
"""How far roll and pitch stray from their means while a camera is turned by hand (one sigma)."""
_ALIKE_DEG = 25.0
"""Frames within such a turn are tilted alike."""
_ROUNDS = 12


@dataclass(frozen=True)
class PanLevel:
    """Up as a world direction (3,), and the covariance (2, 2) [rad2] across it.

    ``basis`` (3, 2) are the two directions across up that the covariance is of.
    """

    up: Floats
    basis: Floats
    covariance: Floats


def level_of(rotation: Floats, horizon: Floats, sigma: Floats) -> PanLevel:
    """Up from the poses (frames, 3, 3): the camera's side axes lie level but for its roll.

    Roll and pitch have a constant part and one that wanders. ``horizon`` (n, 3) are world
    directions at eye level, each with its ``sigma`` (n,) [rad].
    """
    right, ahead = rotation[:, 0], rotation[:, 2]
    spare = len(right) / max(1.0, swept_deg(ahead) / _ALIKE_DEG)
    wander = np.radians(WANDER_DEG) * np.sqrt(max(spare, 1.0))
    steady = np.radians(HELD_DEG)
    rows = np.concatenate([right, ahead, horizon])
    error = np.concatenate([np.full(len(right), wander[0]), np.full(len(ahead), wander[1]), sigma])
    shared = np.zeros((len(rows), 2))
    shared[: len(right), 0] = -1.0
    shared[len(right) : 2 * len(right), 1] = -1.0
    up = -rotation[:, 1].mean(axis=0)
    up /= np.linalg.norm(up)
    held = np.zeros(2)
    for _ in range(_ROUNDS):
        basis = tangents(up[None])[0]
        model = np.concatenate([rows @ basis, shared], axis=1) / error[:, None]
        off = (rows @ up + shared @ held) / error
        prior = np.concatenate([[1e-6, 1e-6], 1.0 / steady**2])
        pull = np.concatenate([[0.0, 0.0], held])
        normal = model.T @ model + np.diag(prior)
        step = -np.linalg.solve(normal, model.T @ off + prior * pull)
        up = up + basis @ step[:2]
        up /= np.linalg.norm(up)
        held = held + step[2:]
    return PanLevel(up, tangents(up[None])[0], np.linalg.inv(normal)[:2, :2])


def swept_deg(ahead: Floats) -> float:
    """How far the view was turned, all steps added [deg]."""
    cosine = np.clip((ahead[1:] * ahead[:-1]).sum(axis=1), -1.0, 1.0)
    return float(np.degrees(np.arccos(cosine)).sum())
