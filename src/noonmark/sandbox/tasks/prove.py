"""Geometric proof that two pictures show the same scene from the same place.

Hashes only propose; the features of decoders/feature_match.py are what counts.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from noonmark.sandbox.decoders import pictures, side_by_side
from noonmark.sandbox.decoders.dark_borders import trimmed
from noonmark.sandbox.decoders.feature_match import (
    LONGEST_PX,
    NO_MATCH,
    FeatureMatch,
    alike_in_size,
    match,
)
from noonmark.sandbox.task_types import Answer, Payload

_FAR_S = 10.0
_NEARLY_S = 0.02


def main(payload: Payload, fds: list[int]) -> Answer:
    """``pairs``: [query time, reference time, mirrored]. Inliers of each, and the best pair drawn
    side by side.

    ``names``: how the two files are called in the picture. ``least_middle``: how many features a
    pair must have there, before the number of all of them makes it the best.

    Answer: ``inliers`` and ``middle``, a number for each pair; where any has inliers, which pair is
    the ``best``, and its picture as ``rgb`` (height, width, 3) uint8.
    """
    cv2.setNumThreads(1)
    pixels = payload["limits"]["pixels"]
    pairs = payload["pairs"]
    queries = _frames_at(fds[0], [pair[0] for pair in pairs], pixels)
    references = _frames_at(fds[1], [pair[1] for pair in pairs], pixels)
    found = []
    for query, reference, pair in zip(queries, references, pairs, strict=True):
        found.append(_proof(query, reference, mirrored=pair[2]))
    best = _best(found, int(payload["least_middle"]))
    answer: Answer = {
        "inliers": [each.inliers for each in found],
        "middle": [each.middle for each in found],
    }
    matched = found[best].pictures
    if matched is None or found[best].inliers == 0:
        return answer
    labels = _labels(pairs[best], fds, payload["names"])
    return answer | {"rgb": side_by_side.drawn(matched, labels), "best": best}


def _proof(query: Any, reference: Any, *, mirrored: bool) -> FeatureMatch:
    """The match of one pair; none where the film shows nothing at one of the times."""
    if query is None or reference is None:
        return NO_MATCH
    # Bars are cut off first, for their edges are features too.
    query, reference = alike_in_size(trimmed(query), trimmed(reference))
    if mirrored:
        # The hash of the mirror image agreed, so that is what is compared.
        query = np.ascontiguousarray(query[:, ::-1])
    return match(query, reference)


def _best(found: list[FeatureMatch], enough: int) -> int:
    """Which pair to show: the first with enough features in the middle, then with the most."""
    return max(range(len(found)), key=lambda i: (min(found[i].middle, enough), found[i].inliers))


def _labels(pair: list[Any], fds: list[int], names: list[str]) -> list[list[str]]:
    """Two lines for each of the two pictures."""
    query_time = _time_label(pair[0], fds[0])
    reference_time = _time_label(pair[1], fds[1])
    turned = ", turned back from its mirror image" if pair[2] else ""
    return [
        [f"asked: {query_time}{turned}", names[0]],
        [f"indexed: {reference_time}", names[1]],
    ]


def _time_label(time_s: float, fd: int) -> str:
    """How the time of a frame is called under its picture."""
    return f"at {time_s:.2f} s" if pictures.is_video(fd) else "a photo"


def _frames_at(fd: int, times_s: list[float], pixels: int) -> list[Any]:
    """The frame on the screen at each time, small; None where there is none."""
    if not pictures.is_video(fd):
        from PIL import Image

        image = Image.fromarray(pictures.rgb(fd, pixels))
        image.thumbnail((LONGEST_PX, LONGEST_PX))
        return [np.asarray(image)] * len(times_s)
    found: dict[float, Any] = {}
    left = sorted(set(times_s))
    while left:
        asked = len(left)
        # Each round starts at a key frame, which costs less than decoding what lies between.
        _take_until_far(fd, left, found, pixels)
        if len(left) == asked:  # nothing is shown as late as that
            break
    return [found.get(time_s) for time_s in times_s]


def _take_until_far(fd: int, left: list[float], found: dict[float, Any], pixels: int) -> None:
    """Move times from ``left`` to ``found``, from one key frame until the next time is far off."""
    from noonmark.sandbox.decoders import video

    asked = len(left)
    for time_s, frame in video.frames(video.film(fd, pixels), from_s=left[0]):
        while left and time_s >= left[0] - _NEARLY_S:
            found[left.pop(0)] = video.upright(frame, LONGEST_PX)
        if not left or (len(left) < asked and left[0] - time_s > _FAR_S):
            return
