"""Which way is up in a pan, from how people hold a camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.turning.pan_points import tangents

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


def level_of(rotation: Floats) -> PanLevel:
    """Up from the poses (frames, 3, 3): the camera's side axes lie level but for its roll.

    Roll and pitch have a constant part and one that wanders.
    """
    count = len(rotation)
    rows = np.concatenate([rotation[:, 0], rotation[:, 2]])
    error = np.repeat(_wander(rotation[:, 2]), count)
    shared = -np.repeat(np.eye(2), count, axis=0)
    up = -rotation[:, 1].mean(axis=0)
    up /= np.linalg.norm(up)
    held = np.zeros(2)
    for _ in range(_ROUNDS):
        basis = tangents(up[None])[0]
        model = np.concatenate([rows @ basis, shared], axis=1) / error[:, None]
        off = (rows @ up + shared @ held) / error
        step, covariance = _tilt(model, off, held)
        up = up + basis @ step[:2]
        up /= np.linalg.norm(up)
        held = held + step[2:]
    return PanLevel(up, tangents(up[None])[0], covariance[:2, :2])


def _tilt(
    model: Floats,
    off: Floats,
    held: Floats,
) -> tuple[Floats, Floats]:
    """The step of up (2) and of mean roll and pitch (2), and the covariance of both."""
    prior = np.concatenate([[1e-6, 1e-6], 1.0 / np.radians(HELD_DEG) ** 2])
    pull = prior * np.concatenate([[0.0, 0.0], held])
    covariance = np.linalg.inv(model.T @ model + np.diag(prior)).astype(np.float64)
    return -covariance @ (model.T @ off + pull), covariance


def _wander(ahead: Floats) -> Floats:
    """Sigmas (2,) [rad] of roll and pitch in a frame, wider where many frames are tilted alike."""
    alike = len(ahead) / max(1.0, swept_deg(ahead) / _ALIKE_DEG)
    found: Floats = np.radians(WANDER_DEG) * np.sqrt(max(alike, 1.0))
    return found


def swept_deg(ahead: Floats) -> float:
    """How far the view was turned, all steps added [deg]."""
    cosine = np.clip((ahead[1:] * ahead[:-1]).sum(axis=1), -1.0, 1.0)
    return float(np.degrees(np.arccos(cosine)).sum())
