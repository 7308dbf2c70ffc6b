"""The colours of every figure and file.

They survive grey print, and every kind of colour vision tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats

Colour = tuple[int, int, int]

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

# Viridis (Smith and van der Walt 2015, CC0) at sixteenths, from its yellow end: perceptually
# uniform, and its lightness alone carries the order, so that grey print and colour-vision
# deficiency keep it.
_VIRIDIS = (
    (253, 231, 37), (216, 226, 25), (176, 221, 47), (137, 213, 72), (101, 203, 94), (70, 192, 111),
    (46, 179, 124), (31, 163, 134), (33, 145, 140), (38, 130, 142), (44, 113, 142), (52, 96, 141),
    (59, 81, 139), (66, 62, 133), (71, 44, 122), (72, 24, 106), (68, 1, 84),
)  # fmt: skip
_RAMP = np.array(_VIRIDIS[1:15], float)
# The colour of the sky by the elevation of the sun: night, the end of civil dusk, sunset, day.
_SKY_DEG = np.array([-90.0, -7.0, -2.0, 2.0])
_SKY = np.array([(221, 227, 238), (221, 227, 238), (240, 238, 238), (255, 252, 243)], float)


def _interpolated(
    at: Floats,
    nodes: Floats,
    colours: Floats,
) -> Floats:
    """Colours (..., 3) at positions between nodes (n,) of known colour (n, 3).

    ``at`` (...,) lies within the nodes; beyond them the outer colour holds.
    """
    bands = [np.interp(at, nodes, band) for band in colours.T]
    return np.stack(bands, axis=-1)


def heat(level: Floats) -> Floats:
    """Colours (..., 3) [0..255] of credible levels: yellow at 0.99, deep blue at 0.

    The colours are those of viridis without its darkest and lightest ends.
    """
    share = np.clip((0.99 - np.asarray(level, float)) / 0.99, 0.0, 1.0)
    last = len(_RAMP) - 1
    nodes = np.linspace(0.0, last, last + 1)
    return _interpolated(share * last, nodes, _RAMP)


def _tint_tables() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """By thousandths of a level: the colour to add (1001, 3), and the share of the picture kept."""
    level = np.arange(1001) / 1000.0
    opacity = np.interp(level, [0.3, 0.9, 0.99], [0.92, 0.74, 0.42])
    # From 0.988 to 0.994 the tint fades out, so that the rim of the region is smooth.
    fading = np.clip((0.994 - level) / 0.006, 0.0, 1.0)
    cover = fading * opacity
    added = heat(level) * cover[:, None]
    return added.astype(np.float32), (1.0 - cover).astype(np.float32)


_ADDED, _KEPT = _tint_tables()


def tint(base: NDArray[np.uint8], level: Floats) -> NDArray[np.uint8]:
    """``base`` (n, 3) tinted by credible level: transparent at 0.994, nearly opaque below 0.3.

    ``level`` is (n,). The tint is looked up by thousandths of a level, which no eye can tell from
    the exact one.
    """
    at = np.clip(level * 1000.0, 0.0, 1000.0).astype(np.intp)
    mixed = base * _KEPT.take(at)[:, None] + _ADDED.take(at, axis=0)
    return np.asarray(np.rint(mixed), np.uint8)


def tint_picture(picture: NDArray[np.uint8], level: Floats) -> None:
    """Tints a picture (h, w, 3) where its pixels' levels (h, w) lie in or near the 99 % region.

    The picture is changed in place.
    """
    flat = picture.reshape(-1, 3)
    inside = np.flatnonzero(level < 0.995)
    flat[inside] = tint(flat[inside], level.ravel()[inside])


def _sky_table() -> NDArray[np.uint8]:
    """The colour of the sky (1801, 3) by tenths of a degree of elevation from -90 deg on."""
    elevation_deg = np.arange(-900, 901) / 10.0
    colours = _interpolated(elevation_deg, _SKY_DEG, _SKY)
    return np.asarray(np.rint(colours).astype(np.uint8))


_SKY_TABLE = _sky_table()


def sky(elevation_deg: Floats) -> NDArray[np.uint8]:
    """Colours (..., 3) of the sky for elevations of the sun: night, dusk, day.

    Elevations are rounded to a tenth of a degree.
    """
    at = np.clip(elevation_deg * 10.0 + 900.5, 0, 1800).astype(np.intp)
    return np.asarray(_SKY_TABLE.take(at, axis=0))


@dataclass(frozen=True)
class ContourStyle:
    """How the contour of a credible level is drawn; ``dash`` is on and off [px], None for solid."""

    level: float
    width_px: float
    dash: tuple[float, float] | None


# Contours are told apart by their dashes, not by colour.
CONTOURS = (
    ContourStyle(0.99, 1.3, (1.6, 3.6)),
    ContourStyle(0.9, 1.6, (8.0, 4.0)),
    ContourStyle(0.5, 2.1, None),
)
