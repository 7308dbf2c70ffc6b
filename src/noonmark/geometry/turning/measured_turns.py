"""Turns between things that were marked in frames of a pan, with their errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.geometry.turning.bundle import SolvedPan
from noonmark.geometry.turning.level import PanLevel
from noonmark.geometry.turning.pan_points import OF_FRAME, OF_LENS, PanCamera

ARM_M: Final = 0.4
"""How far before the body a phone is held."""
_STEP: Final = 1e-5
_STEP_PX: Final = 0.01


@dataclass(frozen=True)
class PanMarks:
    """Things marked in frames (n,): pixels (n, 2), each with how far a click may be off [px].

    ``distance_m`` (n,) is how far each is, and ``distance_log_sigma`` (n,) how sure that is.
    """

    frame: Ints
    px: Floats
    sigma_px: Floats
    distance_m: Floats
    distance_log_sigma: Floats

    def near(self) -> Floats:
        """The arm's length over the distance of each thing."""
        found: Floats = ARM_M / self.distance_m
        return found


@dataclass(frozen=True)
class MeasuredTurns:
    """Azimuths [deg] (n,) clockwise from an unknown north, elevations (n,), and their covariance.

    ``covariance_deg2`` (n, n) is of the azimuths: only their differences mean something.
    ``elevation_sigma_deg`` (n,).
    """

    azimuth_deg: Floats
    elevation_deg: Floats
    covariance_deg2: Floats
    elevation_sigma_deg: Floats

    def turn_sigma_deg(
        self,
        first: int,
        second: int,
    ) -> float:
        """One sigma [deg] of the turn from one thing to another."""
        c = self.covariance_deg2
        variance = c[first, first] + c[second, second] - 2.0 * c[first, second]
        return float(np.sqrt(max(variance, 0.0)))


def measured_turns(
    solved: SolvedPan,
    level: PanLevel,
    marks: PanMarks,
) -> MeasuredTurns:
    """Azimuth and elevation of each mark, their errors from lens, poses, level and clicks."""
    start = _angles(solved.camera, level, marks)
    slope = _camera_slopes(solved.camera, level, marks, start)
    rest = _other_errors(solved.camera, level, marks, start)
    spreads = [slope @ each @ slope.T + rest for each in (solved.apart, solved.together)]
    count = len(marks.frame)
    # The larger of the two says more: few patches make the second too small now and then.
    apart, together = (each[:count, :count] for each in spreads)
    largest = apart if np.trace(_turned(apart)) >= np.trace(_turned(together)) else together
    upward = np.maximum(*(np.diag(each)[count:] for each in spreads))
    return MeasuredTurns(
        azimuth_deg=np.degrees(start[:count]),
        elevation_deg=np.degrees(start[count:]),
        covariance_deg2=np.degrees(np.degrees(largest)),
        elevation_sigma_deg=np.degrees(np.sqrt(upward)),
    )


def _other_errors(
    camera: PanCamera,
    level: PanLevel,
    marks: PanMarks,
    start: Floats,
) -> Floats:
    """The covariance of the angles that level, clicks and distances bring, (2 n, 2 n)."""
    tilt = _level_slopes(camera, level, marks, start)
    click = _click_slopes(camera, level, marks, start)
    nearer = _distance_slopes(camera, level, marks, start) * marks.distance_log_sigma
    clicked = np.einsum("ika,k,jka->ij", click, marks.sigma_px**2, click)
    found: Floats = tilt @ level.covariance @ tilt.T + clicked + nearer @ nearer.T
    return found


def _turned(covariance: Floats) -> Floats:
    """The covariance of azimuths about their mean, which is all that turns know of."""
    count = len(covariance)
    centred = np.eye(count) - 1.0 / count
    found: Floats = centred @ covariance @ centred
    return found


def _angles(
    camera: PanCamera,
    level: PanLevel,
    marks: PanMarks,
) -> Floats:
    """Azimuths and then elevations (2 n,) [rad] of marks."""
    looked = camera.looked(marks.frame, marks.px, marks.near())
    east, north = level_axes(level)
    right, ahead, up = looked @ east, looked @ north, looked @ level.up
    return np.concatenate([np.arctan2(right, ahead), np.arctan2(up, np.hypot(right, ahead))])


def level_axes(level: PanLevel) -> tuple[Floats, Floats]:
    """Level world directions (3,): ahead as the first frame looks, and to the right of it."""
    ahead = np.array([0.0, 0.0, 1.0])
    right = np.cross(ahead, level.up)
    if np.linalg.norm(right) < 1e-3:
        right = np.array([1.0, 0.0, 0.0])
    right = right - (right @ level.up) * level.up
    right /= np.linalg.norm(right)
    return right, np.cross(level.up, right)


def _change(
    later: Floats,
    start: Floats,
) -> Floats:
    """By how much angles [rad] changed, the short way round."""
    found: Floats = (later - start + np.pi) % (2.0 * np.pi) - np.pi
    return found


def _camera_slopes(
    camera: PanCamera,
    level: PanLevel,
    marks: PanMarks,
    start: Floats,
) -> Floats:
    """How the angles move with each unknown of the camera, (2 n, unknowns)."""
    unknowns = OF_LENS + OF_FRAME * len(camera.rotation)
    slope = np.zeros((len(start), unknowns))
    first = OF_LENS + OF_FRAME * marks.frame
    of_marks = {int(at) + axis for at in first for axis in range(OF_FRAME)}
    for at in sorted({*range(OF_LENS), *of_marks}):
        step = np.zeros(unknowns)
        step[at] = _STEP_PX if at in (2, 3) else _STEP
        later = _angles(camera.moved(step), level, marks)
        slope[:, at] = _change(later, start) / step[at]
    return slope


def _level_slopes(
    camera: PanCamera,
    level: PanLevel,
    marks: PanMarks,
    start: Floats,
) -> Floats:
    """How the angles move as up is tilted, (2 n, 2)."""
    slope = np.zeros((len(start), 2))
    for axis in range(2):
        up = level.up + _STEP * level.basis[:, axis]
        tilted = PanLevel(up / np.linalg.norm(up), level.basis, level.covariance)
        slope[:, axis] = _change(_angles(camera, tilted, marks), start) / _STEP
    return slope


def _click_slopes(
    camera: PanCamera,
    level: PanLevel,
    marks: PanMarks,
    start: Floats,
) -> Floats:
    """How the angles move with each click, (2 n, marks, 2)."""
    slope = np.zeros((len(start), len(marks.frame), 2))
    for axis in range(2):
        px = marks.px.copy()
        px[:, axis] += _STEP_PX
        moved = _change(_angles(camera, level, replace(marks, px=px)), start) / _STEP_PX
        slope[:, :, axis] = _own(moved)
    return slope


def _distance_slopes(
    camera: PanCamera,
    level: PanLevel,
    marks: PanMarks,
    start: Floats,
) -> Floats:
    """How the angles move with the logarithm of the distance of each thing, (2 n, marks)."""
    farther = replace(marks, distance_m=marks.distance_m * float(np.exp(_STEP)))
    return _own(_change(_angles(camera, level, farther), start) / _STEP)


def _own(change: Floats) -> Floats:
    """Changes (2 n,) of azimuths and elevations, each by its own mark alone: (2 n, n)."""
    azimuth, elevation = change.reshape(2, -1)
    return np.concatenate([np.diag(azimuth), np.diag(elevation)])
