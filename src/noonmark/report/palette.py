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


def tint(base: Floats, level: Floats) -> Floats:
    """``base`` (..., 3) under the probability: a veil at the rim of the 99 % region, full colour within."""
    cover = np.clip((0.995 - level) / 0.01, 0.0, 1.0) * np.interp(level, [0.3, 0.9, 0.99], [0.92, 0.74, 0.42])
    return np.asarray(base * (1.0 - cover[..., None]) + heat(level) * cover[..., None])


# Contours: told apart by their dashes, not by colour.
CONTOURS: tuple[tuple[float, float, tuple[float, float] | None], ...] = (
    (0.99, 1.3, (1.6, 3.6)),
    (0.9, 1.6, (8.0, 4.0)),
    (0.5, 2.1, None),
)
