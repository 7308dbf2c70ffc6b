"""Cameras of a skyline, rows of heading, pitch and roll [deg] and ln of the focal length [px]."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats


def turn(degrees: Floats) -> Floats:
    """An angle in [-180, 180)."""
    return np.asarray(np.mod(np.asarray(degrees) + 180.0, 360.0) - 180.0)


def turn_deg(first_deg: float, second_deg: float) -> float:
    """The turn from one heading to another, in [-180, 180)."""
    return (first_deg - second_deg + 180.0) % 360.0 - 180.0


def distinct(cameras: Floats) -> list[int]:
    """The cameras that are not a better one's own fit, best first.

    ``cameras`` (m, 4) are sorted. Two within two degrees of heading and a tenth of focal length
    are one fit that was found twice, and must be counted once.
    """
    kept: list[int] = []
    for k in range(len(cameras)):
        near = [
            abs(float(turn(cameras[k, 0] - cameras[j, 0]))) < 2.0
            and abs(float(cameras[k, 3] - cameras[j, 3])) < 0.1
            for j in kept
        ]
        if not any(near):
            kept.append(k)
    return kept
