"""A photo laid on the ground by control points: an affine or projective fit, and its error.

The ground is a plane around the points: metres to the east and north of their middle, on a sphere
(PROJ's eqc). The error is that of each point by a fit to all the others, not that of the fit to
itself.

**Method** Hartley and Zisserman, Multiple View Geometry (2004), section 4.1: direct linear
transform with normalised points, then least squares on the ground.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from noonmark.arrays import Floats
from noonmark.errors import InputError

FEWEST, FEWEST_PROJECTIVE, MOST_POINTS = 4, 6, 200
MOST_ERROR_SHARE = 0.02
"""Of the points' extent; a larger error is refused."""
_BETTER = 0.8
"""A projective fit is taken where its error is at most this share of the affine one's."""
_LEAST_SPREAD = 0.05
_SPHERE_M = 6_371_008.8
_COLUMNS = ("x", "y", "lon", "lat")
_HINT = "a CSV with the columns x,y,lon,lat: pixels from the photo's top left, degrees"
Fitter = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class ControlPoints:
    """Points in a photo (n, 2) [px], x right and y down, and (longitude, latitude) (n, 2) [deg]."""

    pixels: Floats
    lon_lat: Floats


@dataclass(frozen=True)
class ControlFit:
    """How a photo lies on the ground: a matrix (3, 3) from pixels to metres east and north of
    ``middle`` (longitude, latitude). ``error_m`` is the root mean square of points left out.
    """

    matrix: Floats
    middle: tuple[float, float]
    kind: str
    points: int
    error_m: float

    @property
    def crs(self) -> str:
        """The plane as PROJ writes it."""
        lon, lat = self.middle
        return f"+proj=eqc +lat_ts={lat:.6f} +lat_0={lat:.6f} +lon_0={lon:.6f} +R={_SPHERE_M}"

    def metres(
        self,
        lon_lat: Floats,
    ) -> Floats:
        """Places (n, 2) [deg] as metres east and north, (n, 2)."""
        return _metres(lon_lat, self.middle)

    def pixels(
        self,
        metres: Floats,
    ) -> Floats:
        """Metres east and north, (n, 2), as pixels of the photo, (n, 2)."""
        return applied(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64), metres)

    def pixel_m(
        self,
        at_px: Floats,
    ) -> float:
        """The side of a pixel at a place (2,) of the photo [m]."""
        around: Floats = np.add(at_px, [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=np.float64)
        corners = applied(self.matrix, around)
        across, down = corners[1:] - corners[0]
        return math.sqrt(abs(float(across[0] * down[1] - across[1] * down[0])))


def read_points(
    data: bytes,
    name: str,
) -> ControlPoints:
    """The points of a CSV. Raises InputError "control-points"."""
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        held = np.array([[float(row[column] or "") for column in _COLUMNS] for row in rows])
    except (UnicodeDecodeError, csv.Error, KeyError, TypeError, ValueError) as error:
        raise _refused(f"{name} can't be read as control points: {error}", _HINT) from None
    if not FEWEST <= len(held) <= MOST_POINTS:
        raise _refused(
            f"{name} holds {len(held)} control points; {FEWEST} to {MOST_POINTS} are needed",
            "three points fit any photo and show no error: give more, spread over it",
        )
    degrees = np.abs(held[:, 2:])
    if not np.isfinite(held).all() or (degrees > [180.0, 85.0]).any():
        raise _refused(f"{name} holds a point that is no pixel or no place on earth", _HINT)
    return ControlPoints(held[:, :2], held[:, 2:])


def fit_points(points: ControlPoints) -> ControlFit:
    """The fit of points, affine or projective by which errs less on points left out.

    Raises InputError "control-points" where they lie on a line, mirror the photo, or err by more
    than 2 % of their extent.
    """
    middle = (float(points.lon_lat[:, 0].mean()), float(points.lon_lat[:, 1].mean()))
    ground = _metres(points.lon_lat, middle)
    for name, held in (("photo", points.pixels), ("ground", ground)):
        _refuse_line(name, held)
    kind, fitter = "affine", _affine
    error_m = _left_out_error(points.pixels, ground, _affine)
    if len(ground) >= FEWEST_PROJECTIVE:
        other_m = _left_out_error(points.pixels, ground, _projective)
        if other_m < _BETTER * error_m:
            kind, fitter, error_m = "projective", _projective, other_m
    matrix = fitter(points.pixels, ground)
    extent_m = float(np.hypot(*np.ptp(ground, axis=0)))
    if not error_m <= MOST_ERROR_SHARE * extent_m:
        raise _refused(
            f"the control points err by {error_m:.3g} m where they reach over {extent_m:.3g} m;"
            f" at most {MOST_ERROR_SHARE:.0%} is taken",
            f"point {_worst(points.pixels, ground, fitter) + 1} fits the others least: check it;"
            " x,y count from the top left, longitude stands before latitude",
        )
    if not _keeps_its_side(matrix, points.pixels):
        raise _refused(
            "the control points mirror the photo, or cross its horizon",
            "y counts down from the top; is longitude before latitude?",
        )
    return ControlFit(matrix, middle, kind, len(ground), error_m)


def applied(
    matrix: Floats,
    points: Floats,
) -> Floats:
    """Points (n, 2) by a matrix (3, 3), divided by their third coordinate."""
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(moved[:, :2] / moved[:, 2:])


def _metres(
    lon_lat: Floats,
    middle: tuple[float, float],
) -> Floats:
    turn_deg = (lon_lat[:, 0] - middle[0] + 180.0) % 360.0 - 180.0
    east = np.radians(turn_deg) * math.cos(math.radians(middle[1]))
    north = np.radians(lon_lat[:, 1] - middle[1])
    return np.asarray(_SPHERE_M * np.column_stack([east, north]))


def _refuse_line(
    name: str,
    held: Floats,
) -> None:
    """Raise where points lie on a line, or nearly."""
    spread = np.linalg.svd(held - held.mean(axis=0), compute_uv=False)
    if not spread[1] > _LEAST_SPREAD * spread[0]:
        raise _refused(
            f"the control points lie on a line in the {name}",
            "take points on all sides of the photo",
        )


def _affine(
    pixels: Floats,
    ground: Floats,
) -> Floats:
    """The affine matrix of least squares, (3, 3)."""
    design = np.column_stack([pixels, np.ones(len(pixels))])
    solved, _, rank, _ = np.linalg.lstsq(design, ground, rcond=1e-9)
    if rank < 3:
        return np.full((3, 3), np.nan)
    return np.vstack([solved.T, [0.0, 0.0, 1.0]])


def _projective(
    pixels: Floats,
    ground: Floats,
) -> Floats:
    """The projective matrix of least squares on the ground, (3, 3), from the affine one on."""
    to_unit, unit = _normalised(pixels)
    start = _affine(unit, ground)
    if not np.isfinite(start).all():
        return start
    scale = max(float(np.abs(ground).max()), 1e-9)

    def off(values: Floats) -> Floats:
        matrix = np.append(values, 1.0).reshape(3, 3)
        return np.asarray(np.nan_to_num(applied(matrix, unit) - ground / scale, nan=1e6).ravel())

    start[:2] /= scale
    found = least_squares(off, start.ravel()[:8])
    matrix = np.append(found.x, 1.0).reshape(3, 3)
    return np.asarray(np.diag([scale, scale, 1.0]) @ matrix @ to_unit)


def _normalised(points: Floats) -> tuple[Floats, Floats]:
    """Points about their middle at a mean distance of one, and the matrix that makes them so."""
    middle = points.mean(axis=0)
    size = max(float(np.hypot(*(points - middle).T).mean()), 1e-9)
    matrix = np.array(
        [[1 / size, 0, -middle[0] / size], [0, 1 / size, -middle[1] / size], [0, 0, 1]]
    )
    return matrix, (points - middle) / size


def _left_out(
    pixels: Floats,
    ground: Floats,
    fitter: Fitter,
) -> Floats:
    """How far each point lies from where a fit to the others puts it, (n,) [m]."""
    found = np.empty(len(ground))
    for number in range(len(ground)):
        others = np.arange(len(ground)) != number
        matrix = fitter(pixels[others], ground[others])
        found[number] = np.hypot(*(applied(matrix, pixels[[number]]) - ground[[number]])[0])
    return np.where(np.isfinite(found), found, np.inf)


def _left_out_error(
    pixels: Floats,
    ground: Floats,
    fitter: Fitter,
) -> float:
    return float(np.sqrt((_left_out(pixels, ground, fitter) ** 2).mean()))


def _worst(
    pixels: Floats,
    ground: Floats,
    fitter: Fitter,
) -> int:
    """The point without which the others fit one another best."""
    errors = []
    for number in range(len(ground)):
        others = np.arange(len(ground)) != number
        matrix = fitter(pixels[others], ground[others])
        off = np.hypot(*(applied(matrix, pixels[others]) - ground[others]).T)
        errors.append(float(off.max()) if np.isfinite(off).all() else np.inf)
    return int(np.argmin(errors))


def _keeps_its_side(
    matrix: Floats,
    pixels: Floats,
) -> bool:
    """Whether the photo is seen from above at all points, and none lies beyond its horizon."""
    depth = np.column_stack([pixels, np.ones(len(pixels))]) @ matrix[2]
    return bool((depth > 0).all() and np.linalg.det(matrix) < 0)


def _refused(
    said: str,
    hint: str,
) -> InputError:
    return InputError(said, code="control-points", hint=hint)
