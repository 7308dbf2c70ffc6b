"""Where points of the scene lie in the frames of a pan, for the turns between them to be solved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox.decoders import pan_matches, pictures, video
from noonmark.sandbox.decoders.pan_frames import PanChooser, PanFrame
from noonmark.sandbox.task_types import Answer, Payload


def main(
    payload: Payload,
    fds: list[int],
) -> Answer:
    """``first`` and ``last`` number the frames of the pan, ``times_s`` are theirs; ``marked`` are
    frames that are to be among the chosen ones; ``longest_px``, ``most`` frames.

    Answer: ``numbers`` of the chosen frames, ``frame`` (n,) and ``px`` (n, 2) of the points in
    them, px of the upright original; ``links`` (m, 2) join points that are alike, ``sure`` (m,)
    says which of these one homography explains, and ``pair`` (m, 2) of which frames they are.
    ``turned`` counts quarter turns of the upright frame, counter-clockwise.
    """
    cv2.setNumThreads(1)
    cv2.setRNGSeed(0)
    pixels = payload["limits"]["pixels"]
    if not pictures.is_video(fds[0]):
        raise InputError("a photo is no pan", code="no-video", hint="name a video")
    film = video.film(fds[0], pixels)
    shape = {"scale": 1.0, "turned": 0}
    numbers: list[int] = []
    found: list[pan_matches.PanFeatures] = []
    for frame in _chosen(film, payload, shape):
        numbers.append(frame.number)
        found.append(pan_matches.features(frame.grey))
        if len(found) > payload["most"]:
            raise InputError(
                f"the pan is longer than {payload['most']} steps of the view",
                code="no-panorama",
                hint="name a shorter stretch, with --pan",
            )
    return _linked(found) | {
        "numbers": numbers,
        "frame": np.repeat(np.arange(len(found)), [len(each.px) for each in found]),
        "px": np.concatenate([each.px for each in found]).astype(np.float64) / shape["scale"],
        "turned": int(shape["turned"]),
    }


def _chosen(
    film: Any,
    payload: Payload,
    shape: dict[str, float],
) -> Iterator[PanFrame]:
    """The frames of the pan that are worth comparing, in order of time."""
    chooser = PanChooser(frozenset(payload["marked"]))
    first, last = payload["first"], payload["last"]
    for number, (time_s, frame) in enumerate(video.frames(film)):
        if number > last:
            break
        if number < first:
            continue
        grey = video.upright(frame, payload["longest_px"], grey=True)
        shape["scale"] = max(grey.shape) / max(frame.width, frame.height)
        shape["turned"] = video.quarter_turns(frame)
        yield from chooser.offer(PanFrame(number, time_s, grey))
    yield from chooser.rest()


def _linked(found: list[pan_matches.PanFeatures]) -> Answer:
    """Features of different frames that are alike, numbered over all frames."""
    start = np.concatenate([[0], np.cumsum([len(each.px) for each in found])])
    links: list[Any] = [np.zeros((0, 2), np.int64)]
    sure: list[Any] = [np.zeros(0, np.uint8)]
    pair: list[Any] = [np.zeros((0, 2), np.int64)]
    for i, first in enumerate(found):
        for j in range(i + 1, len(found)):
            both = pan_matches.matched(first, found[j], j - i)
            if both is None:
                continue
            links.append(both[0].astype(np.int64) + np.array([start[i], start[j]]))
            sure.append(both[1])
            pair.append(np.tile([i, j], (len(both[1]), 1)))
    return {
        "links": np.concatenate(links),
        "sure": np.concatenate(sure),
        "pair": np.concatenate(pair),
    }
