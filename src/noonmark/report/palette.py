"""The colours of every figure and file, in one place: calm, printable, told apart by every kind of colour sight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Floats = NDArray[np.float64]

PAPER: Colour = (255, 255, 255)
INK: Colour = (28, 32, 38)
SOFT: Colour = (96, 103, 112)
FAINT: Colour = (176, 182, 190)
SEA: Colour = (238, 243, 247)
LAND: Colour = (222, 220, 214)
COAST: Colour = (138, 141, 144)
BORDER: Colour = (150, 148, 146)
GRATICULE: Colour = (211, 218, 225)
HALO: Colour = (255, 255, 255)
MARK: Colour = (200, 62, 20)
SUN: Colour = (186, 118, 8)

# Viridis (Smith and van der Walt 2015, CC0) at sixteenths, from its yellow end: perceptually uniform, and its
# lightness alone carries the order, so that grey print and colour-vision deficiency keep it.
_VIRIDIS = (
    (253, 231, 37), (216, 226, 25), (176, 221, 47), (137, 213, 72), (101, 203, 94), (70, 192, 111), (46, 179, 124),
    (31, 163, 134), (33, 145, 140), (38, 130, 142), (44, 113, 142), (52, 96, 141), (59, 81, 139), (66, 62, 133),
    (71, 44, 122), (72, 24, 106), (68, 1, 84),
)  # fmt: skip
_RAMP = np.array(_VIRIDIS[1:15], float)


def heat(level: Floats) -> Floats:
    """Colours (..., 3) [0..255] of credible levels: yellow at the rim of the 99 % region, deep blue at its heart."""
    at = np.clip((0.99 - np.asarray(level, float)) / 0.99, 0.0, 1.0) * (len(_RAMP) - 1)
    grid = np.arange(len(_RAMP))
    return np.stack([np.interp(at, grid, _RAMP[:, k]) for k in range(3)], axis=-1)


def _veil() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """By thousandths of a level: what is laid over a picture (1001, 3), and the share of the picture that stays."""
    level = np.arange(1001) / 1000.0
    cover = np.clip((0.994 - level) / 0.006, 0.0, 1.0) * np.interp(level, [0.3, 0.9, 0.99], [0.92, 0.74, 0.42])
    return (heat(level) * cover[:, None]).astype(np.float32), (1.0 - cover).astype(np.float32)


_OVER, _LEFT = _veil()


def tint(base: NDArray[np.uint8], level: Floats) -> NDArray[np.uint8]:
    """``base`` (n, 3) under the probability: a veil at the rim of the 99 % region, full colour within."""
    at = np.clip(level * 1000.0, 0.0, 1000.0).astype(np.intp)
    mixed = base * _LEFT.take(at)[:, None] + _OVER.take(at, axis=0)
    return np.asarray(np.rint(mixed), np.uint8)


# Night, dusk, day: the ground of a calendar.
_SKY_DEG = (-90.0, -7.0, -2.0, 2.0)
_SKY = np.array([(221, 227, 238), (221, 227, 238), (240, 238, 238), (255, 252, 243)], float)


_SKY_TABLE = np.rint(
    np.stack([np.interp(np.arange(-900, 901) / 10.0, _SKY_DEG, _SKY[:, k]) for k in range(3)], axis=-1)
).astype(np.uint8)


def sky(elevation_deg: Floats) -> NDArray[np.uint8]:
    """Colours (..., 3) of the sky for elevations of the sun: night, dusk down to 6 deg below the horizon, day."""
    at = np.clip(elevation_deg * 10.0 + 900.5, 0, 1800).astype(np.intp)
    return np.asarray(_SKY_TABLE.take(at, axis=0))


# Contours: told apart by their dashes, not by colour.
CONTOURS: tuple[tuple[float, float, tuple[float, float] | None], ...] = (
    (0.99, 1.3, (1.6, 3.6)),
    (0.9, 1.6, (8.0, 4.0)),
    (0.5, 2.1, None),
)
