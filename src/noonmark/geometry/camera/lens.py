"""What is known of a lens before the solve, and how a pixel becomes a ray.

Pixels: x right, y down, (0, 0) the outer corner of the top-left pixel of the upright original.
Camera axes: x right, y down, z forward. The distortion model is one radial term,

    undistorted = distorted * (1 + k1 * r^2),   r = distance from the principal point / half
    diagonal,

so ``k1`` is the share by which a corner moves, and it does not depend on the focal length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.errors import InputError

FILM_DIAGONAL_MM: Final = math.hypot(36.0, 24.0)


@dataclass(frozen=True)
class Device:
    """What a class of device is assumed to do when nobody says more (one sigma each, all shown in
    the answer).
    """

    focal_mm_35: float
    focal_log_sigma: float
    pitch_deg: float
    pitch_sigma_deg: float
    tilt_sigma_deg: float


# Stated assumptions, not measurements: a phone's main camera is 23-29 mm (video crops it a little
# more), people hold a camera level to a few degrees and look slightly down; a drone looks anywhere
# from the horizon to straight down.
DEVICES: Final[dict[str, Device]] = {
    "phone": Device(27.0, 0.20, -5.0, 20.0, 4.0),
    "camera": Device(40.0, 0.50, -5.0, 20.0, 4.0),
    "drone": Device(25.0, 0.20, -55.0, 40.0, 10.0),
    "unknown": Device(32.0, 0.50, -20.0, 60.0, 45.0),
}


@dataclass(frozen=True)
class Lens:
    """The lens as a prior: focal length (log-normal), principal point and one radial term (normal).

    ``focal_px`` is the median, ``focal_log_sigma`` its sigma in natural log (0.01 is 1 %).
    ``centre_px`` is the principal point in the upright (possibly cropped) image. ``radius_px`` is
    the half diagonal of the original.
    """

    focal_px: float
    focal_log_sigma: float
    centre_px: tuple[float, float]
    centre_sigma_px: float
    k1: float
    k1_sigma: float
    radius_px: float


def focal_px_of_35mm(
    focal_mm_35: float,
    width_px: float,
    height_px: float,
) -> float:
    """The focal length in pixels of a 35 mm equivalent, by the diagonal (CIPA DCG-001, ISO 12232
    practice).
    """
    return focal_mm_35 / FILM_DIAGONAL_MM * math.hypot(width_px, height_px)


def focal_mm_35_of(focal_px: float, radius_px: float) -> float:
    """The 35 mm equivalent, by the diagonal, of a focal length in pixels."""
    return focal_px * FILM_DIAGONAL_MM / (2.0 * radius_px)


def lens_prior(
    width_px: float,
    height_px: float,
    *,
    device: str = "unknown",
    focal_px: float | None = None,
    focal_sigma_px: float | None = None,
    focal_mm_35: float | None = None,
    focal_mm: float | None = None,
    sensor_width_mm: float | None = None,
    centre_px: tuple[float, float] | None = None,
    centre_sigma_px: float | None = None,
    k1: float = 0.0,
    k1_sigma: float = 0.02,
) -> Lens:
    """The prior of a lens from whatever is known: pixels, a 35 mm equivalent, focal and sensor, or
    a device class.

    ``width_px`` and ``height_px`` are those of the original, before any crop. An EXIF focal length
    is taken to be good to 2 % (rounded numbers, focus breathing), a 35 mm equivalent to 5 % (it is
    a whole number, and vendors differ between width and diagonal).
    """
    if device not in DEVICES:
        raise InputError(
            f"device {device!r} is not one of {', '.join(DEVICES)}",
            code="unknown-device",
            hint='device = "phone", "camera", "drone" or "unknown"',
        )
    radius_px = 0.5 * math.hypot(width_px, height_px)
    if focal_px is not None:
        log_sigma = focal_sigma_px / focal_px if focal_sigma_px is not None else 0.02
    elif focal_mm is not None and sensor_width_mm is not None:
        focal_px = focal_mm / sensor_width_mm * max(width_px, height_px)
        log_sigma = 0.02
    elif focal_mm_35 is not None:
        focal_px = focal_px_of_35mm(focal_mm_35, width_px, height_px)
        log_sigma = 0.05
    else:
        known = DEVICES[device]
        focal_px, log_sigma = (
            focal_px_of_35mm(known.focal_mm_35, width_px, height_px),
            known.focal_log_sigma,
        )
    return Lens(
        focal_px=float(focal_px),
        focal_log_sigma=max(float(log_sigma), 1e-6),
        centre_px=centre_px or (0.5 * width_px, 0.5 * height_px),
        centre_sigma_px=0.01 * radius_px if centre_sigma_px is None else centre_sigma_px,
        k1=k1,
        k1_sigma=k1_sigma,
        radius_px=radius_px,
    )


def cropped(
    lens: Lens,
    *,
    left_px: float,
    top_px: float,
) -> Lens:
    """The lens seen from a crop: the focal length stays, the principal point moves."""
    x_px, y_px = lens.centre_px
    return Lens(
        lens.focal_px,
        lens.focal_log_sigma,
        (x_px - left_px, y_px - top_px),
        lens.centre_sigma_px,
        lens.k1,
        lens.k1_sigma,
        lens.radius_px,
    )


def upright_px(
    xy_px: Floats,
    *,
    orientation: int,
    width_px: float,
    height_px: float,
) -> Floats:
    """Pixels of the upright image from pixels as stored, for EXIF orientation 1 to 8. The one place
    that knows this.

    ``width_px`` and ``height_px`` are those of the stored image; ``xy_px`` (..., 2).
    """
    x = xy_px[..., 0]
    y = xy_px[..., 1]
    right = width_px - x
    low = height_px - y
    turned = {
        1: (x, y),
        2: (right, y),
        3: (right, low),
        4: (x, low),
        5: (y, x),
        6: (low, x),
        7: (low, right),
        8: (y, right),
    }
    if orientation not in turned:
        raise InputError(
            f"image.orientation: expected a whole number from 1 to 8, got {orientation}",
            code="image-orientation",
            hint="leave it out if the marks were made on the upright picture",
        )
    return np.stack(turned[orientation], axis=-1)


def rays(
    xy_px: Floats,
    log_focal: Floats,
    centre_px: Floats,
    k1: Floats,
    radius_px: float,
) -> Floats:
    """Directions in the camera frame (..., 3) with z = 1 of pixels (..., 2); the lens arrays must
    broadcast.
    """
    offset = xy_px - centre_px
    squared = np.sum(offset * offset, axis=-1) / radius_px**2
    straightened = offset * (1.0 + k1 * squared)[..., None]
    flat = straightened * np.exp(-log_focal)[..., None]
    return np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1)


def undistorted_px(
    xy_px: Floats,
    centre_px: Floats,
    k1: Floats,
    radius_px: float,
) -> Floats:
    """Offsets (..., 2) [px] from the principal point as a lens without distortion shows them."""
    offset = xy_px - centre_px
    squared = np.sum(offset * offset, axis=-1) / radius_px**2
    return np.asarray(offset * (1.0 + k1 * squared)[..., None])


def distorted_px(
    flat_px: Floats,
    centre_px: Floats,
    k1: Floats,
    radius_px: float,
) -> Floats:
    """Pixels (..., 2) as the lens shows them, of undistorted offsets [px]: Newton's iteration on
    the radius.
    """
    wanted = np.sqrt(np.sum(flat_px * flat_px, axis=-1)) / radius_px
    radius = wanted.copy()
    for _ in range(12):
        slope = np.maximum(1.0 + 3.0 * k1 * radius**2, 0.2)
        radius = np.clip(
            radius - (radius * (1.0 + k1 * radius**2) - wanted) / slope, 0.0, 3.0 * wanted + 1e-9
        )
    share = np.where(wanted > 0.0, radius / np.where(wanted > 0.0, wanted, 1.0), 1.0)
    return flat_px * share[..., None] + centre_px
