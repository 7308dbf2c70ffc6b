"""Where drawn boxes go with what is in them, so that it can be hidden in every frame.

Only the edges of the boxes leave the worker, and whether each is sure: no picture of what is in
them, and nothing by which it could be known again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox.decoders import video
from noonmark.sandbox.decoders.box_follower import BoxFollower
from noonmark.sandbox.task_types import Answer, Payload

LONGEST_PX = 640
"""Frames are followed at this size."""


def main(payload: Payload, fds: list[int]) -> Answer:
    """``{"rows": float64 (n, 7) of run, frame, left, top, right, bottom, sure}`` in px.

    ``runs`` are lists of first frame, last frame (before the first: backwards), and the four edges
    of the box on the first, in px of the upright frame. Nothing is said of a run's first frame.
    """
    runs = payload["runs"]
    first = min(min(run[:2]) for run in runs)
    last = max(max(run[:2]) for run in runs)
    frames, scale = _frames(fds[0], payload["limits"]["pixels"], first, last)
    rows: list[list[float]] = []
    for number, (begin, end, *edges) in enumerate(runs):
        way = 1 if end >= begin else -1
        left, top, right, bottom = (edge * scale for edge in edges)
        follower = BoxFollower(frames[begin - first], (left, top, right, bottom))
        for at in range(begin + way, end + way, way):
            sure = follower.follow(frames[at - way - first], frames[at - first])
            moved = [edge / scale for edge in follower.edges]
            rows.append([number, at, *moved, sure])
    return {"rows": np.array(rows, np.float64).reshape(-1, 7)}


def _frames(fd: int, pixels: int, first: int, last: int) -> tuple[list[Any], float]:
    """The frames from one number to another, grey, and their size over that of the film."""
    found: list[Any] = []
    scale = 1.0
    for number, (_, frame) in enumerate(video.frames(video.film(fd, pixels))):
        if number > last:
            break
        if number >= first:
            grey = video.upright(frame, LONGEST_PX, grey=True)
            scale = max(grey.shape) / max(frame.width, frame.height)
            if found and grey.shape != found[0].shape:
                raise InputError(
                    "the frames of this film change their size, so nothing can be followed",
                    code="frames-differ",
                )
            found.append(grey)
    if len(found) != last - first + 1:
        raise InputError(
            f"frames {first} to {last} were asked for, {len(found)} could be decoded",
            code="frames-differ",
        )
    return found, scale
