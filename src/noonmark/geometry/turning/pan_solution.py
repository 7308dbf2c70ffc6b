"""A whole pan: from pixels that frames have in common to its lens, poses and level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Bools, Floats, Ints
from noonmark.errors import InputError
from noonmark.geometry.camera.lens import Lens
from noonmark.geometry.turning.bundle import SolvedPan, solve_pan
from noonmark.geometry.turning.first_poses import PanMatches, first_focal, first_poses
from noonmark.geometry.turning.pan_points import PanPoints, followed

_LEAST_POINTS = 40
MOST_ERROR: Final = 0.0018
"""Of half the diagonal: where points lie farther off than that (one sigma), the camera walked."""
MOST_ASTRAY: Final = 0.04
"""The share of sightings that may lie off by more than four times the error."""
MOST_STRANGE: Final = 3.5
"""A lens so many sigmas from what was known of it is none: it stands for what the model lacks."""
_NEXT = 2
"""Frames so near in order tell the focal length at first."""


@dataclass(frozen=True)
class PanSightings:
    """What the frames of a clip have in common.

    ``frame`` (n,) and ``px`` (n, 2) of features; ``links`` (m, 2) join features that look alike,
    ``pair`` (m, 2) are the frames of a link, and ``sure`` (m,) says whether a homography holds it.
    ``rows`` is the way in which a frame was read.
    """

    frame: Ints
    px: Floats
    links: Ints
    pair: Ints
    sure: Bools
    times_s: Floats
    size_px: tuple[float, float]
    rows: tuple[int, int]


def solve_sightings(
    seen: PanSightings,
    lens: Lens,
) -> SolvedPan:
    """Lens and poses of a pan, from what is known of the lens before it."""
    pairs = _pairs(seen)
    near = [pair for pair in pairs if pair.second - pair.first <= _NEXT]
    guess = first_focal(near or pairs, lens)
    rotation = first_poses(pairs, len(seen.times_s), guess)
    none = np.zeros(0, np.int64)
    clip = PanPoints(none, none, seen.px[:0], seen.times_s, seen.size_px, seen.rows)
    points = followed(seen.frame, seen.px, seen.links[seen.sure], clip)
    if points.points < _LEAST_POINTS:
        raise InputError(
            f"{points.points} points were found in three frames or more, "
            f"{_LEAST_POINTS} are needed",
            code="no-panorama",
            hint="choose a stretch in which the camera turns slowly, with --pan",
        )
    return solve_pan(points, lens, guess, rotation)


def refuse_walk(
    solved: SolvedPan,
    lens: Lens,
) -> None:
    """Raise where the points do not fit a camera that turns on the spot.

    A camera that walks sees near things shift against far ones, more than an arm's length explains,
    or the fit finds a lens that nobody makes. ``lens`` is what was known of it before.
    """
    found = solved.camera.lens
    zoomed = abs(float(np.log(found.focal_px / lens.focal_px))) / lens.focal_log_sigma
    strange = max(zoomed, abs(found.k1 - lens.k1) / lens.k1_sigma)
    half_px = 0.5 * float(np.hypot(*solved.camera.size_px))
    off_px = np.linalg.norm(solved.residual_px, axis=1)
    astray = float((off_px > 4.0 * solved.sigma_px).mean())
    fits = solved.sigma_px <= MOST_ERROR * half_px and astray <= MOST_ASTRAY
    if fits and strange <= MOST_STRANGE:
        return
    raise InputError(
        "the frames do not fit a camera that only turns: points lie"
        f" {float(np.median(off_px)):.1f} px off, {100 * astray:.0f} % of them far off, with a lens"
        f" {strange:.1f} sigmas from the usual. It walked, zoomed, or much of the scene moves",
        code="camera-walked",
        hint="choose a stretch in which it stands, with --pan FROM-TO",
    )


def _pairs(seen: PanSightings) -> list[PanMatches]:
    """The matches of each two frames."""
    found = []
    both = seen.pair[:, 0] * len(seen.times_s) + seen.pair[:, 1]
    for value in np.unique(both):
        at = both == value
        first, second = (int(each) for each in seen.pair[at][0])
        left, right = seen.px[seen.links[at, 0]], seen.px[seen.links[at, 1]]
        found.append(PanMatches(first, second, left, right, seen.sure[at]))
    return found
