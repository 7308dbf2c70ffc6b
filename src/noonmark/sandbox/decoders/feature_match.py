"""Features of two pictures on one homography: whether they show one scene from one place.

**Method** Rublee et al. 2011, "ORB", for the features; RANSAC for the homography.

    1 ORB features of both pictures, those of the middle and those of the margin apart
    2 pairs whose descriptors are much nearer than the second best
    3 the homography on which most pairs lie within 4 px
    4 features at one corner count once; those in the middle of the query are counted apart
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

LONGEST_PX = 640
"""Pictures are compared at this size."""
_RATIO = 0.8
"""Lowe's ratio: how near the best partner must be, measured by the second best."""
_WITHIN_PX = 4.0
"""How far from the homography a feature may lie."""
_FEATURES, _FAINTEST = 700, 5
"""How many features each part of a picture has at most, and ORB's threshold for a corner."""
_LEAST = 8
"""Fewer features, or fewer pairs, are no match."""
_DESCRIPTOR_BYTES = 32
_MARGIN = 0.2
"""The share of the width and height at each edge that is no part of the middle."""
_CORNER_PX = 4
"""Features in one square of this size count as one."""


@dataclass(frozen=True)
class MatchedPictures:
    """Two pictures, their features that agree, ``(n, 2)`` px, and the query-to-reference matrix."""

    query: Any
    reference: Any
    query_px: Any
    reference_px: Any
    reference_from_query: Any


@dataclass(frozen=True)
class FeatureMatch:
    """How many features agree, several at one corner counted once, and how many of them lie in the
    middle of the query.
    """

    inliers: int
    middle: int
    pictures: MatchedPictures | None = None


NO_MATCH = FeatureMatch(0, 0)


def alike_in_size(a: Any, b: Any) -> tuple[Any, Any]:
    """Both brought down to the detail of the smaller and then to one size.

    Features need the same sharpness in both.

    Both are ``(height, width, 3)`` uint8; of the results the longer side is 640 px.
    """
    # The longer side of the smaller picture.
    least = min(max(a.shape[:2]), max(b.shape[:2]))
    small_a = _resized(a, least, cv2.INTER_AREA)
    small_b = _resized(b, least, cv2.INTER_AREA)
    like_a = _resized(small_a, LONGEST_PX, cv2.INTER_CUBIC)
    like_b = _resized(small_b, LONGEST_PX, cv2.INTER_CUBIC)
    return like_a, like_b


def _resized(rgb: Any, longest_px: int, interpolation: int) -> Any:
    """The picture with its longer side of ``longest_px``; itself where it has that size."""
    scale = longest_px / max(rgb.shape[:2])
    if scale == 1:
        return rgb
    width = max(1, round(rgb.shape[1] * scale))
    height = max(1, round(rgb.shape[0] * scale))
    return cv2.resize(rgb, (width, height), interpolation=interpolation)


def match(query: Any, reference: Any) -> FeatureMatch:
    """The features of two RGB pictures that lie on one homography.

    Both are ``(height, width, 3)`` uint8, best of one size (:func:`alike_in_size`). The matrix
    takes px of the query into px of the reference. The same pictures give the same answer.
    """
    query_px, query_marks = _features(query)
    reference_px, reference_marks = _features(reference)
    if len(query_px) < _LEAST or len(reference_px) < _LEAST:
        return NO_MATCH
    pairs = _unambiguous_pairs(query_marks, reference_marks)
    if len(pairs) < _LEAST:
        return NO_MATCH
    a = query_px[[pair.queryIdx for pair in pairs]]
    b = reference_px[[pair.trainIdx for pair in pairs]]
    matrix, mask = cv2.findHomography(a, b, cv2.RANSAC, _WITHIN_PX)
    if matrix is None or mask is None or not _is_plausible(matrix):
        return NO_MATCH
    # RANSAC says which pairs lie on the homography that it found.
    is_inlier = mask.ravel().astype(bool)
    a, b = a[is_inlier], b[is_inlier]
    # Features at one corner, found at several scales, are one piece of evidence.
    single = np.unique(np.round(a / _CORNER_PX), axis=0, return_index=True)[1]
    a, b = a[single], b[single]
    pictures = MatchedPictures(query, reference, a, b, matrix)
    return FeatureMatch(len(a), _in_the_middle(a, query), pictures)


def _unambiguous_pairs(query_marks: Any, reference_marks: Any) -> list[Any]:
    """Pairs whose best partner is much better than the second best (Lowe's ratio test)."""
    matcher = cv2.BFMatcher(cv2.NORM_HAMMING)
    kept = []
    for nearest in matcher.knnMatch(query_marks, reference_marks, k=2):
        if len(nearest) == 2 and nearest[0].distance < _RATIO * nearest[1].distance:
            kept.append(nearest[0])
    return kept


def _in_the_middle(spots_px: Any, picture: Any) -> int:
    """How many of the spots lie in the middle of the picture."""
    height, width = picture.shape[:2]
    share = spots_px / (width, height)
    is_inside = (share > _MARGIN) & (share < 1 - _MARGIN)
    return int(is_inside.all(axis=1).sum())


def _features(rgb: Any) -> tuple[Any, Any]:
    """Where ORB features lie, ``(n, 2)`` px, and their descriptors, ``(n, 32)`` uint8.

    The middle and the margin each have their own best, faint ones too: else the sharp letters of a
    logo take all there are, and nothing is left to say whether the scene behind them is the same.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    rows = slice(int(_MARGIN * height), int((1 - _MARGIN) * height))
    columns = slice(int(_MARGIN * width), int((1 - _MARGIN) * width))
    middle = np.zeros_like(grey)
    # The mask of the middle; what it leaves out is the margin.
    middle[rows, columns] = 255
    orb = cv2.ORB_create(  # type: ignore[attr-defined,unused-ignore]
        nfeatures=_FEATURES, fastThreshold=_FAINTEST
    )
    spots: list[Any] = []
    marks: list[Any] = [np.zeros((0, _DESCRIPTOR_BYTES), np.uint8)]
    for part in (middle, 255 - middle):
        points, descriptors = orb.detectAndCompute(grey, part)
        spots += [point.pt for point in points]
        if descriptors is not None:
            marks.append(descriptors)
    return np.array(spots, np.float32).reshape(-1, 2), np.concatenate(marks)


def _is_plausible(matrix: Any) -> bool:
    """No mirror image, no collapse: the scale of the map lies between a fifth and five."""
    scale = float(np.linalg.det(matrix[:2, :2]))
    return 0.04 < scale < 25.0
