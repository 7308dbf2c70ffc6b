"""Chips of a site as small PNG pictures, all of one series with the same stretch."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noonmark.sites.chips import Chip

_COLOURS = ("red", "green", "blue")
_CLIPPED = (2.0, 98.0)
_SHOWN_PX = 240
"""The longer side of a picture; small chips are enlarged by whole steps, so that pixels show."""


def picture_bands(bands: Sequence[str]) -> tuple[int, int, int]:
    """Which bands are shown as red, green and blue; the first as grey where those are not there."""
    if all(name in bands for name in _COLOURS):
        red, green, blue = (list(bands).index(name) for name in _COLOURS)
        return red, green, blue
    return 0, 0, 0


def stretch(
    chips: Sequence[Chip],
    shown: tuple[int, int, int],
) -> tuple[float, float]:
    """The numbers that become black and white: percentiles 2 and 98 of what is clear.

    One stretch for all images of a series and for all three colours, so that a change of brightness
    in a picture is one on the ground.
    """
    seen = [chip.values[band][chip.clear] for chip in chips for band in set(shown)]
    together = np.concatenate(seen) if seen else np.zeros(0)
    together = together[np.isfinite(together)]
    if together.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(together, _CLIPPED)
    return float(low), float(max(high, low + 1e-6))


def png(
    chip: Chip,
    shown: tuple[int, int, int],
    limits: tuple[float, float],
) -> bytes:
    """A chip as PNG; what was not recorded is grey."""
    return _encoded(shown_rgb(chip, shown, limits))


def shown_rgb(
    chip: Chip,
    shown: tuple[int, int, int],
    limits: tuple[float, float],
) -> NDArray[np.uint8]:
    """A chip as (rows, cols, 3) of 8 bits; what was not recorded is grey."""
    low, high = limits
    levels = (chip.values[list(shown)] - low) / (high - low) * 255.0
    missing = ~np.isfinite(levels).all(axis=0)
    coloured = np.clip(np.nan_to_num(levels), 0, 255).astype(np.uint8)
    coloured[:, missing] = 128
    return np.moveaxis(coloured, 0, -1)


def _encoded(rgb: NDArray[np.uint8]) -> bytes:
    """(rows, cols, 3) as PNG, enlarged or reduced to about 240 pixels."""
    picture = Image.fromarray(np.ascontiguousarray(rgb))
    longer = max(picture.size)
    if longer > _SHOWN_PX:
        picture.thumbnail((_SHOWN_PX, _SHOWN_PX))
    else:
        times = max(1, _SHOWN_PX // longer)
        size = (picture.width * times, picture.height * times)
        picture = picture.resize(size, Image.Resampling.NEAREST)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def pictures(
    series: Mapping[str, Sequence[tuple[str, Chip, Sequence[str]]]],
) -> dict[str, bytes]:
    """PNGs by image, of (image, chip, bands) by series."""
    found = {}
    for members in series.values():
        shown = picture_bands(members[0][2])
        limits = stretch([chip for _, chip, _ in members], shown)
        for name, chip, _ in members:
            found[name] = png(chip, shown, limits)
    return found
