"""Geometric proof that two pictures show the same scene from the same place: ORB features and one homography.

Rublee et al. 2011 for the features, RANSAC for the homography. Hashes only propose; this is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from noonmark.media.workers import pictures
from noonmark.media.workers.fingerprint import trimmed

_LONGEST_PX, _RATIO, _WITHIN_PX = 640, 0.8, 4.0
_FEATURES, _FAINTEST, _LEAST = 700, 5, 8
_FAR_S, _MARGIN = 10.0, 0.2


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``pairs``: [query time, reference time, mirrored]. Inliers of each, and the best pair drawn side by side.

    ``names``: how the two files are called in the picture. ``least_middle``: how many features a pair must have there,
    before the number of all of them makes it the best.
    """
    cv2.setNumThreads(1)
    pixels = payload["limits"]["pixels"]
    queries = _at(fds[0], [pair[0] for pair in payload["pairs"]], pixels)
    references = _at(fds[1], [pair[1] for pair in payload["pairs"]], pixels)
    found = []
    for query, reference, (_, _, mirrored) in zip(queries, references, payload["pairs"], strict=True):
        if query is None or reference is None:
            found.append(_NONE)
            continue
        query, reference = _alike_in_size(trimmed(query), trimmed(reference))
        found.append(match(np.ascontiguousarray(query[:, ::-1]) if mirrored else query, reference))
    enough = int(payload["least_middle"])
    best = max(range(len(found)), key=lambda i: (min(found[i].middle, enough), found[i].inliers))
    answer: dict[str, Any] = {"inliers": [m.inliers for m in found], "middle": [m.middle for m in found]}
    if found[best].inliers == 0:
        return answer
    times = [_moment(payload["pairs"][best][i], still=not pictures.is_video(fds[i])) for i in (0, 1)]
    turned = ", turned back from its mirror image" if payload["pairs"][best][2] else ""
    labels = [[f"asked: {times[0]}{turned}", payload["names"][0]], [f"indexed: {times[1]}", payload["names"][1]]]
    return answer | {"rgb": found[best].picture(labels), "best": best}


def _moment(time_s: float, *, still: bool) -> str:
    return "a photo" if still else f"at {time_s:.2f} s"


@dataclass(frozen=True)
class Matched:
    """Features on one homography, several at one corner counted once, and how many lie in the middle of the query."""

    inliers: int
    middle: int
    drawing: tuple[Any, ...] = ()

    def picture(self, labels: list[list[str]]) -> Any:
        """Both pictures side by side."""
        from noonmark.media.workers import sidebyside

        query, reference, a, b, matrix = self.drawing
        return sidebyside.drawn(query, reference, a, b, matrix, labels)


_NONE = Matched(0, 0)


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


def match(query: Any, reference: Any) -> Matched:
    """Features of two pictures on one homography."""
    (spots_a, marks_a), (spots_b, marks_b) = _features(query), _features(reference)
    if len(spots_a) < _LEAST or len(spots_b) < _LEAST:
        return _NONE
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(marks_a, marks_b, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < _RATIO * p[1].distance]
    if len(good) < _LEAST:
        return _NONE
    a, b = spots_a[[m.queryIdx for m in good]], spots_b[[m.trainIdx for m in good]]
    matrix, mask = cv2.findHomography(a, b, cv2.RANSAC, _WITHIN_PX)
    if matrix is None or mask is None or not _plausible(matrix):
        return _NONE
    kept = mask.ravel().astype(bool)
    single = np.unique(np.round(a[kept] / 4), axis=0, return_index=True)[1]
    a, b = a[kept][single], b[kept][single]
    height, width = query.shape[:2]
    share = a / (width, height)
    middle = ((share > _MARGIN) & (share < 1 - _MARGIN)).all(axis=1).sum()
    return Matched(len(a), int(middle), (query, reference, a, b, matrix))


def _features(rgb: Any) -> tuple[Any, Any]:
    """Where ORB features lie, ``(n, 2)``, and their descriptors: the best of the middle and the best of the margin.

    Each part has its own, faint ones too: else the sharp letters of a logo take all there are, and nothing is left to
    say whether the scene behind them is the same.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    high, wide = grey.shape
    inside = np.zeros_like(grey)
    inside[int(_MARGIN * high) : int((1 - _MARGIN) * high), int(_MARGIN * wide) : int((1 - _MARGIN) * wide)] = 255
    orb = cv2.ORB_create(nfeatures=_FEATURES, fastThreshold=_FAINTEST)  # type: ignore[attr-defined,unused-ignore]
    found = [orb.detectAndCompute(grey, part) for part in (inside, 255 - inside)]
    spots = np.array([point.pt for points, _ in found for point in points], np.float32).reshape(-1, 2)
    return spots, np.concatenate([np.zeros((0, 32), np.uint8), *(marks for _, marks in found if marks is not None)])


def _plausible(matrix: Any) -> bool:
    """No mirror image, no collapse: the scale of the map lies between a fifth and five."""
    scale = float(np.linalg.det(matrix[:2, :2]))
    return 0.04 < scale < 25.0
