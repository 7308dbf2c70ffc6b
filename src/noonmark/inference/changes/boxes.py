"""The series of a feature and of boxes of its shape around it, out of images on one grid.

The boxes are laid side by side over all that no feature takes or touches, and the nearest are kept:
the null and the calibration of a site come from its own surroundings, because they do not transfer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Ints
from noonmark.errors import InputError
from noonmark.inference.changes.library import OPTICAL
from noonmark.inference.changes.ring import masked_median

CLEAR_SHARE = 0.7
FEWEST_PIXELS = 4
FEWEST_BOXES = 20
MOST_BOXES = 400
SMALL_BOX_PX = 3


@dataclass(frozen=True)
class FeatureSeries:
    """Row 0 is the feature, the others are boxes of its ring, nearest first.

    ``values`` (1 + boxes, n, bands); ``seen`` (1 + boxes, n), where 70 % of the pixels are clear;
    ``own_shape`` is false where the boxes are small squares because too few of the feature's shape
    fit.
    """

    values: NDArray[np.float64]
    seen: Bools
    pixels: int
    own_shape: bool


def feature_series(
    images: NDArray[np.float32], clear: Bools, feature: Bools, others: Bools
) -> FeatureSeries:
    """Series of a feature and its ring, out of ``images`` (n, bands, rows, cols).

    ``clear`` (n, rows, cols) where the ground can be seen; ``feature`` and ``others`` (rows, cols)
    mark the pixels of this and of any feature, which no box takes.

    Raises InputError "feature-outside" and "feature-too-small".
    """
    pixels = int(feature.sum())
    if not pixels:
        raise InputError(
            "the feature lies outside the images",
            code="feature-outside",
            hint="check its outline against the images: noonmark sites images SITE",
        )
    if pixels < FEWEST_PIXELS:
        raise InputError(
            f"the feature takes {pixels} pixels; a series needs {FEWEST_PIXELS}",
            code="feature-too-small",
            hint="read it by eye on sharper images: noonmark sites read",
        )
    free = ~_grown(others | feature)
    shape = _pattern(feature)
    boxes = _boxes(free, shape, feature)
    own_shape = len(boxes) >= FEWEST_BOXES
    if not own_shape and min(shape.shape) > SMALL_BOX_PX:
        boxes = _boxes(free, np.ones((SMALL_BOX_PX, SMALL_BOX_PX), dtype=np.bool_), feature)
    here = np.argwhere(feature)
    own_values, own_seen = _series(images, clear, here[None])
    if not len(boxes):
        return FeatureSeries(own_values, own_seen, pixels, own_shape)
    ring_values, ring_seen = _series(images, clear, boxes)
    values = np.concatenate([own_values, ring_values])
    return FeatureSeries(values, np.concatenate([own_seen, ring_seen]), pixels, own_shape)


def in_reflectance(values: NDArray[np.float64], bands: tuple[str, ...]) -> NDArray[np.float64]:
    """Optical numbers as reflectance: those of products that count in ten-thousandths divided."""
    if not set(bands) <= set(OPTICAL):
        return values
    typical = float(np.nanmedian(np.where(values == 0, np.nan, values)))
    return values / 1e4 if typical > 2.0 else values


def _pattern(feature: Bools) -> Bools:
    """The feature cut to its bounding box."""
    rows, cols = np.flatnonzero(feature.any(axis=1)), np.flatnonzero(feature.any(axis=0))
    return feature[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]


def _grown(mask: Bools) -> Bools:
    """The mask and its neighbours, the corners too."""
    padded = np.pad(mask, 1)
    rows, cols = mask.shape
    grown = np.zeros_like(mask)
    for down in range(3):
        for right in range(3):
            grown |= padded[down : down + rows, right : right + cols]
    return grown


def _boxes(free: Bools, shape: Bools, feature: Bools) -> Ints:
    """Pixels of boxes of a shape that touch no feature, (boxes, pixels, 2), nearest first."""
    height, width = shape.shape
    offsets = np.argwhere(shape)
    rows, cols = free.shape
    down, right = np.meshgrid(
        np.arange(0, rows - height + 1, height),
        np.arange(0, cols - width + 1, width),
        indexing="ij",
    )
    corners = np.stack([down.ravel(), right.ravel()], axis=1)
    pixels = corners[:, None, :] + offsets[None, :, :]
    pixels = pixels[free[pixels[:, :, 0], pixels[:, :, 1]].all(axis=1)]
    away = pixels.mean(axis=1) - np.argwhere(feature).mean(axis=0)
    order = np.argsort((away**2).sum(axis=1), kind="stable")
    return np.asarray(pixels[order][:MOST_BOXES])


def _series(
    images: NDArray[np.float32], clear: Bools, pixels: Ints
) -> tuple[NDArray[np.float64], Bools]:
    """Median of the clear pixels of each group, (groups, n, bands), and where enough are clear."""
    rows, cols = pixels[:, :, 0], pixels[:, :, 1]
    values = images[:, :, rows, cols]
    shown = clear[:, rows, cols] & np.isfinite(values).all(axis=1)
    median = masked_median(np.where(shown[:, None], values, np.nan), axis=-1)
    median = median.transpose(2, 0, 1).astype(np.float64)
    seen = (shown.mean(axis=-1).T >= CLEAR_SHARE) & np.isfinite(median).all(axis=2)
    return np.nan_to_num(median), np.asarray(seen)
