"""Points of one scene found again in other frames of a pan.

**Method** Lowe 2004, SIFT; mutual nearest neighbours by Lowe's ratio; RANSAC for the homography
that a camera which only turns obeys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

_FEATURES, _FEW = 1200, 250
_RATIO = 0.8
_WITHIN_PX = 3.0
_LEAST, _LEAST_FEW = 20, 10
_LEAST_SHARE = 0.25
_NEAR = 3
"""Frames so near in order are compared in full without asking the few first."""


@dataclass(frozen=True)
class PanFeatures:
    """Where the features of a frame lie (n, 2) [px], the strongest first, and their looks."""

    px: Any
    look: Any


def features(grey: Any) -> PanFeatures:
    """The features of a grey frame, the strongest first; two at one spot count once."""
    sift = cv2.SIFT_create(nfeatures=_FEATURES)  # type: ignore[attr-defined,unused-ignore]
    points, look = sift.detectAndCompute(grey, None)
    if look is None:
        return PanFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
    strength = np.array([-point.response for point in points])
    order = np.argsort(strength, kind="stable")
    px = np.array([point.pt for point in points], np.float32)[order] + 0.5
    spots = np.unique(np.round(px), axis=0, return_index=True)[1]
    single = np.sort(spots)
    root = np.sqrt(
        look[order][single] / np.maximum(look[order][single].sum(1, keepdims=True), 1e-6)
    )
    return PanFeatures(px[single], root)


def matched(
    first: PanFeatures,
    second: PanFeatures,
    apart: int,
) -> tuple[Any, Any] | None:
    """Places (n, 2) in both lists of the features that are alike, and whether each obeys the one
    homography; None where the frames do not show the same.

    ``apart`` is how many frames lie between, plus one.
    """
    if apart > _NEAR:
        few = (PanFeatures(each.px[:_FEW], each.look[:_FEW]) for each in (first, second))
        if len(_mutual(*few)) < _LEAST_FEW:
            return None
    pairs = _mutual(first, second)
    if len(pairs) < _LEAST:
        return None
    a, b = first.px[pairs[:, 0]], second.px[pairs[:, 1]]
    matrix, mask = cv2.findHomography(a, b, cv2.RANSAC, _WITHIN_PX)
    if matrix is None or mask is None:
        return None
    sure = mask.ravel().astype(np.uint8)
    if sure.sum() < max(_LEAST, _LEAST_SHARE * len(sure)):
        return None
    return pairs, sure


def _mutual(
    first: PanFeatures,
    second: PanFeatures,
) -> Any:
    """Pairs (n, 2) of features that are each other's nearest by far."""
    if len(first.look) < 2 or len(second.look) < 2:
        return np.zeros((0, 2), np.int32)
    alike = first.look @ second.look.T
    there, back = _best(alike), _best(alike.T)
    rows = np.nonzero(there >= 0)[0]
    kept = rows[back[there[rows]] == rows]
    return np.stack([kept, there[kept]], axis=1).astype(np.int32)


def _best(alike: Any) -> Any:
    """The column of the nearest for each row, -1 where the second is nearly as near.

    ``alike`` are inner products of unit vectors: the squared distance is 2 - 2 times that.
    """
    nearest = alike.argmax(axis=1)
    two = np.partition(alike, -2, axis=1)[:, -2:]
    far = np.sqrt(np.maximum(2.0 - 2.0 * two, 0.0))
    return np.where(far[:, 1] < _RATIO * far[:, 0], nearest, -1)
