"""Geometric proof that two pictures show the same scene from the same place: ORB features and one homography.

Rublee et al. 2011 for the features, RANSAC for the homography. Hashes only propose; this is what counts.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from noonmark.media.workers import pictures
from noonmark.media.workers.fingerprint import trimmed

_LONGEST_PX, _FEATURES, _RATIO, _WITHIN_PX = 640, 1200, 0.8, 4.0
_FAR_S, _MARGIN = 10.0, 0.2


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``pairs``: [query time, reference time, mirrored]. Inliers of each, and the best pair drawn side by side."""
    cv2.setNumThreads(1)
    pixels = payload["limits"]["pixels"]
    queries = _at(fds[0], [pair[0] for pair in payload["pairs"]], pixels)
    references = _at(fds[1], [pair[1] for pair in payload["pairs"]], pixels)
    inliers, middle, best, drawn = [], [], -1, None
    for query, reference, (_, _, mirrored) in zip(queries, references, payload["pairs"], strict=True):
        if query is None or reference is None:
            inliers.append(0)
            middle.append(0)
            continue
        query, reference = _alike_in_size(trimmed(query), trimmed(reference))
        count, inside, picture = _match(np.ascontiguousarray(query[:, ::-1]) if mirrored else query, reference)
        inliers.append(count)
        middle.append(inside)
        if count > best:
            best, drawn = count, picture
    answer: dict[str, Any] = {"inliers": inliers, "middle": middle}
    return answer | ({"rgb": drawn, "best": int(np.argmax(inliers))} if drawn is not None else {})


def _alike_in_size(a: Any, b: Any) -> tuple[Any, Any]:
    """Both brought down to the detail of the smaller and then to one size: features need the same sharpness."""
    least = min(max(a.shape[:2]), max(b.shape[:2]))

    def sized(rgb: Any, longest: int, how: int) -> Any:
        scale = longest / max(rgb.shape[:2])
        wide, high = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
        return rgb if scale == 1 else cv2.resize(rgb, (wide, high), interpolation=how)

    small = [sized(rgb, least, cv2.INTER_AREA) for rgb in (a, b)]
    return tuple(sized(rgb, _LONGEST_PX, cv2.INTER_CUBIC) for rgb in small)


def _at(fd: int, times_s: list[float], pixels: int) -> list[Any]:
    """The frame on the screen at each time, small."""
    if not pictures.is_video(fd):
        from PIL import Image

        image = Image.fromarray(pictures.rgb(fd, pixels))
        image.thumbnail((_LONGEST_PX, _LONGEST_PX))
        return [np.asarray(image)] * len(times_s)
    from noonmark.media.workers import video

    found: dict[float, Any] = {}
    left = sorted(set(times_s))
    while left:  # each round starts at a key frame and ends where the next time is far off
        asked = len(left)
        for time_s, frame in video.frames(video.film(fd, pixels), from_s=left[0]):
            while left and time_s >= left[0] - 0.02:
                found[left.pop(0)] = video.upright(frame, _LONGEST_PX)
            if not left or (len(left) < asked and left[0] - time_s > _FAR_S):
                break
        if len(left) == asked:  # nothing is shown as late as that
            break
    return [found.get(time_s) for time_s in times_s]


def _match(query: Any, reference: Any) -> tuple[int, int, Any]:
    """Features on one homography, how many of them lie in the middle of the query, and both pictures side by side."""
    orb = cv2.ORB_create(nfeatures=_FEATURES)  # type: ignore[attr-defined,unused-ignore]
    points_a, marks_a = orb.detectAndCompute(cv2.cvtColor(query, cv2.COLOR_RGB2GRAY), None)
    points_b, marks_b = orb.detectAndCompute(cv2.cvtColor(reference, cv2.COLOR_RGB2GRAY), None)
    if marks_a is None or marks_b is None or len(points_a) < 8 or len(points_b) < 8:
        return 0, 0, None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(marks_a, marks_b, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < _RATIO * p[1].distance]
    if len(good) < 8:
        return 0, 0, None
    a = np.array([points_a[m.queryIdx].pt for m in good], np.float32)
    b = np.array([points_b[m.trainIdx].pt for m in good], np.float32)
    matrix, mask = cv2.findHomography(a, b, cv2.RANSAC, _WITHIN_PX)
    if matrix is None or mask is None or not _plausible(matrix):
        return 0, 0, None
    kept = mask.ravel().astype(bool)
    # several features on one corner count once
    spots = {(round(float(x) / 4), round(float(y) / 4)) for x, y in a[kept]}
    height, width = query.shape[:2]
    share = [(4 * x / width, 4 * y / height) for x, y in spots]
    middle = sum(_MARGIN < x < 1 - _MARGIN and _MARGIN < y < 1 - _MARGIN for x, y in share)
    few = [m for m, keep in zip(good, kept, strict=True) if keep][:60]
    drawn = cv2.drawMatches(query, points_a, reference, points_b, few, None, flags=2)  # type: ignore[call-overload,unused-ignore]
    return len(spots), middle, drawn


def _plausible(matrix: Any) -> bool:
    """No mirror image, no collapse: the scale of the map lies between a fifth and five."""
    scale = float(np.linalg.det(matrix[:2, :2]))
    return 0.04 < scale < 25.0
