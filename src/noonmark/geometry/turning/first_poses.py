"""A first guess of a pan: the focal length under which pairs of frames turn best, and the poses.

**Method** Kabsch 1976 for the turn between two bundles of rays; the focal length by search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.errors import InputError
from noonmark.geometry.camera.lens import Lens, rays

_TRIES: Final = 41
_REACH: Final = 3.0
"""How many sigmas of its logarithm the focal length is sought to either side."""
_TRIM = 3.0


@dataclass(frozen=True)
class PanMatches:
    """What two frames have in common: pixels (n, 2) in the first and in the second.

    ``sure`` (n,) says which of them one homography explains.
    """

    first: int
    second: int
    first_px: Floats
    second_px: Floats
    sure: Bools


def turn_between(
    first: Floats,
    second: Floats,
    weight: Floats,
) -> Floats:
    """The rotation (3, 3) that takes unit rays ``first`` (n, 3) to ``second``."""
    left, _, right = np.linalg.svd((second * weight[:, None]).T @ first)
    sign = np.sign(np.linalg.det(left @ right))
    found: Floats = left @ np.diag([1.0, 1.0, sign]) @ right
    return found


def unit_rays(
    px: Floats,
    lens: Lens,
) -> Floats:
    """Rays (n, 3) of unit length in camera axes of pixels (n, 2)."""
    log_focal = np.array(np.log(lens.focal_px))
    found = rays(px, log_focal, np.array(lens.centre_px), np.array(lens.k1), lens.radius_px)
    unit: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def pair_turn(
    pair: PanMatches,
    lens: Lens,
) -> tuple[Floats, Floats]:
    """The turn from the first frame of a pair to the second, and how far each match is off [rad].

    The turn is fitted to the sure matches, and again to those of them that lie near it.
    """
    first, second = unit_rays(pair.first_px, lens), unit_rays(pair.second_px, lens)
    weight = pair.sure.astype(float)
    for _ in range(3):
        turn = turn_between(first, second, weight)
        off = np.linalg.norm(second - first @ turn.T, axis=1)
        scale = max(float(np.median(off[pair.sure])), 1e-6)
        weight = pair.sure / (1.0 + (off / (_TRIM * scale)) ** 2)
    return turn, off


def first_focal(
    pairs: list[PanMatches],
    lens: Lens,
) -> Lens:
    """The lens with the focal length under which neighbouring frames fit a turn best."""
    logs = np.linspace(-_REACH, _REACH, _TRIES) * min(lens.focal_log_sigma, 0.4)
    costs = []
    for log in logs:
        tried = replace(lens, focal_px=float(lens.focal_px * np.exp(log)))
        off_px = [pair_turn(pair, tried)[1][pair.sure] * tried.focal_px for pair in pairs]
        fit = float(np.log1p((np.concatenate(off_px)) ** 2).sum())
        costs.append(fit + 0.5 * (log / lens.focal_log_sigma) ** 2)
    return replace(lens, focal_px=float(lens.focal_px * np.exp(logs[int(np.argmin(costs))])))


def first_poses(
    pairs: list[PanMatches],
    frames: int,
    lens: Lens,
) -> Floats:
    """Rotations (frames, 3, 3) by a tree of pairs, those of neighbours in time first."""
    rotation = np.zeros((frames, 3, 3))
    rotation[0] = np.eye(3)
    known = {0}
    waiting = sorted(pairs, key=lambda pair: pair.second - pair.first)
    while len(known) < frames:
        usable = [pair for pair in waiting if (pair.first in known) != (pair.second in known)]
        if not usable:
            raise InputError(
                "the frames of the pan do not hang together",
                code="no-panorama",
                hint="choose a stretch in which the camera turns slowly, and things are in view",
            )
        turn, _ = pair_turn(usable[0], lens)
        first, second = usable[0].first, usable[0].second
        if first in known:
            rotation[second] = turn @ rotation[first]
            known.add(second)
        else:
            rotation[first] = turn.T @ rotation[second]
            known.add(first)
    return rotation
