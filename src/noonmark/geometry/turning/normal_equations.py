"""The normal equations of a pan: how its points would move as lens, poses and points change.

**Method** Triggs et al. 2000, "Bundle adjustment": points are eliminated by the Schur complement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.geometry.turning.pan_points import (
    AXIS,
    OF_FRAME,
    OF_LENS,
    PanCamera,
    PanPoints,
    cross_matrix,
    tangents,
)

DEPTHS: Final = 0.04
"""Sigma of that ratio within one scene."""


@dataclass(frozen=True)
class PanScene:
    """The points of a pan: directions (n, 3) from the middle of the circle, and by how much (n,)
    each is nearer than the mean, as the arm's length over the distance.
    """

    direction: Floats
    nearer: Floats


@dataclass(frozen=True)
class LinearModel:
    """The linear model at a state: residual [px], and how it moves with lens, frame and point."""

    residual: Floats
    lens: Floats
    frame: Floats
    point: Floats


@dataclass(frozen=True)
class ReducedEquations:
    """The normal equations without the points: what is left of camera and point parts."""

    matrix: Floats
    slope: Floats
    cross: Floats
    inverse: Floats
    point_slope: Floats


def linear_model(
    camera: PanCamera,
    scene: PanScene,
    points: PanPoints,
) -> LinearModel:
    """Residuals and their derivatives: straightened pixel less projected point."""
    lens, px, frame = camera.lens, points.px, points.frame
    offset = px - np.array(lens.centre_px)
    square = (offset**2).sum(axis=1) / lens.radius_px**2
    stretch = 1.0 + lens.k1 * square
    far = np.einsum("nij,nj->ni", camera.rotation[frame], scene.direction[points.point])
    pulled = far - _near(camera, scene, points) * AXIS
    moving = camera.row_share(px)[:, None] * np.cross(camera.rate[frame], pulled)
    flat, project = _projected(lens.focal_px, pulled + camera.readout_s * moving)
    of_lens = _lens_slopes(flat, project, moving, offset, square, stretch)
    across = camera.rotation[frame] @ tangents(scene.direction)[points.point]
    return LinearModel(
        residual=stretch[:, None] * offset - flat,
        lens=of_lens,
        frame=project @ cross_matrix(far),
        point=np.concatenate([-project @ across, of_lens[:, :, 5:]], axis=2),
    )


def _near(
    camera: PanCamera,
    scene: PanScene,
    points: PanPoints,
) -> Floats:
    """The arm's length over the distance of each sighting's point, (n, 1)."""
    found: Floats = (camera.nearness + scene.nearer[points.point])[:, None]
    return found


def _lens_slopes(
    flat: Floats,
    project: Floats,
    moving: Floats,
    offset: Floats,
    square: Floats,
    stretch: Floats,
) -> Floats:
    """How residuals move with the unknowns of the lens, (n, 2, OF_LENS)."""
    of_lens = np.zeros((len(flat), 2, OF_LENS))
    of_lens[:, :, 0] = -flat
    of_lens[:, :, 1] = square[:, None] * offset
    of_lens[:, 0, 2] = of_lens[:, 1, 3] = -stretch
    of_lens[:, :, 4] = -np.einsum("nij,nj->ni", project, moving)
    of_lens[:, :, 5] = project[:, :, 2]
    return of_lens


def _projected(
    focal_px: float,
    seen: Floats,
) -> tuple[Floats, Floats]:
    """Offsets (n, 2) [px] of camera directions (n, 3), and how they move with these (n, 2, 3)."""
    depth = np.maximum(seen[:, 2], 0.05)
    flat = focal_px * seen[:, :2] / depth[:, None]
    project = np.zeros((len(seen), 2, 3))
    project[:, 0, 0] = project[:, 1, 1] = focal_px / depth
    project[:, :, 2] = -flat / depth[:, None]
    return flat, project


def _columns(frame: Ints) -> Ints:
    """The places (n, OF_FRAME) of the unknowns of frames (n,)."""
    found: Ints = OF_LENS + OF_FRAME * frame[:, None] + np.arange(OF_FRAME)
    return found


def slopes_of(
    linear: LinearModel,
    points: PanPoints,
    weight: Floats,
    group: Ints,
) -> Floats:
    """The slope of the cost in the unknowns, summed over sightings of each group (groups, all)."""
    total = np.zeros((int(group.max()) + 1, OF_LENS + OF_FRAME * points.frames))
    weighed = weight[:, None] * linear.residual
    of_lens = np.einsum("nai,na->ni", linear.lens, weighed)
    np.add.at(total[:, :OF_LENS], group, of_lens)
    of_frame = np.einsum("nai,na->ni", linear.frame, weighed)
    np.add.at(total, (group[:, None], _columns(points.frame)), of_frame)
    return total


def reduced_equations(
    linear: LinearModel,
    points: PanPoints,
    nearer: Floats,
    weight: Floats,
    damping: float,
) -> ReducedEquations:
    """The normal equations of lens and frames, the points eliminated."""
    matrix = _camera_matrix(linear, points, weight)
    slope = slopes_of(linear, points, weight, np.zeros_like(points.frame))[0]
    cross = _cross_part(linear, points, weight)
    square, point_slope = _point_part(linear, points, nearer, weight)
    square[:, range(3), range(3)] *= 1.0 + damping
    inverse = np.linalg.inv(square).astype(np.float64)
    unknowns = len(slope)
    solved = (inverse @ cross).reshape(-1, unknowns)
    matrix -= cross.reshape(-1, unknowns).T @ solved
    slope = slope - solved.T @ point_slope.ravel()
    return ReducedEquations(matrix, slope, cross, inverse, point_slope)


def _cross_part(
    linear: LinearModel,
    points: PanPoints,
    weight: Floats,
) -> Floats:
    """How points and camera hang together in the normal equations, (points, 3, unknowns)."""
    cross = np.zeros((points.points, 3, OF_LENS + OF_FRAME * points.frames))
    of_lens = np.einsum("n,nai,naj->nij", weight, linear.point, linear.lens)
    np.add.at(cross[:, :, :OF_LENS], points.point, of_lens)
    of_frame = np.einsum("n,nai,naj->nij", weight, linear.point, linear.frame)
    columns = _columns(points.frame)[:, None, :]
    at = (points.point[:, None, None], np.arange(3)[None, :, None], columns)
    np.add.at(cross, at, of_frame)
    return cross


def _point_part(
    linear: LinearModel,
    points: PanPoints,
    nearer: Floats,
    weight: Floats,
) -> tuple[Floats, Floats]:
    """The normal matrices (points, 3, 3) and slopes (points, 3) of the points, camera held."""
    square = np.zeros((points.points, 3, 3))
    own = np.einsum("n,nai,naj->nij", weight, linear.point, linear.point)
    np.add.at(square, points.point, own)
    square += np.diag([1e-9, 1e-9, 1.0 / DEPTHS**2])
    slope = np.zeros((points.points, 3))
    weighed = weight[:, None] * linear.residual
    np.add.at(slope, points.point, np.einsum("nai,na->ni", linear.point, weighed))
    slope[:, 2] += nearer / DEPTHS**2
    return square, slope


def _camera_matrix(
    linear: LinearModel,
    points: PanPoints,
    weight: Floats,
) -> Floats:
    """The normal matrix of lens and frames, points held."""
    unknowns = OF_LENS + OF_FRAME * points.frames
    matrix = np.zeros((unknowns, unknowns))
    columns = _columns(points.frame)
    own = np.einsum("n,nai,naj->nij", weight, linear.frame, linear.frame)
    np.add.at(matrix, (columns[:, :, None], columns[:, None, :]), own)
    mixed = np.zeros((unknowns, OF_LENS))
    of_both = np.einsum("n,nai,naj->nij", weight, linear.frame, linear.lens)
    np.add.at(mixed, columns, of_both)
    matrix[:, :OF_LENS] = mixed
    matrix[:OF_LENS, :] = mixed.T
    matrix[:OF_LENS, :OF_LENS] = np.einsum("n,nai,naj->ij", weight, linear.lens, linear.lens)
    return matrix
