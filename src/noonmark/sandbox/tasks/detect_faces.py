"""Boxes around the faces of a photo or of every frame of a film, so that they can be hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox.decoders import pictures
from noonmark.sandbox.decoders.faces import ALIGN_PX, FaceDetector, everywhere
from noonmark.sandbox.task_types import Answer, Payload

_MOST_BOXES = 500_000


def main(payload: Payload, fds: list[int]) -> Answer:
    """``{"boxes": float32 (n, 6) of frame, x0, y0, x1, y1, score}``; the model is the second file.

    The frames in ``full`` are searched as they are, the others at half their size; photos always as
    they are. A frame whose samples are all those of the one before it is not searched again.
    """
    detector = FaceDetector(fds[1])
    least, pixels = float(payload["least"]), payload["limits"]["pixels"]
    boxes_of_frames: Iterable[Any]
    if pictures.is_video(fds[0]):
        boxes_of_frames = _film_boxes(detector, fds[0], pixels, least, payload.get("full"))
    else:
        boxes_of_frames = [everywhere(detector, pictures.rgb(fds[0], pixels), least)]
    found: list[Any] = []
    count = 0
    for number, rows in enumerate(boxes_of_frames):
        count += len(rows)
        if count > _MOST_BOXES:
            raise InputError(
                f"more than {_MOST_BOXES} boxes were found",
                code="too-many-boxes",
                hint="raise --threshold",
            )
        numbers = np.full(len(rows), number, np.float32)
        found.append(np.column_stack([numbers, rows]))
    boxes = np.concatenate(found).astype(np.float32) if found else np.zeros((0, 6), np.float32)
    return {"boxes": boxes, "frames": len(found)}


def _film_boxes(
    detector: FaceDetector, fd: int, pixels: int, least: float, full: list[int] | None
) -> Iterator[Any]:
    """The boxes of each frame, in px of the upright frame."""
    from noonmark.sandbox.decoders import video

    whole = None if full is None else set(full)
    before: list[bytes] = []
    rows, was_whole = None, False
    for number, (_, frame) in enumerate(video.frames(video.film(fd, pixels))):
        samples = [bytes(plane) for plane in frame.planes]
        as_is = whole is None or number in whole or _is_small(frame)
        # A still picture in a film is searched once, unless it is now wanted at full size.
        if rows is None or samples != before or as_is > was_whole:
            longest_px = None if as_is else max(frame.width, frame.height) // 2
            shown = video.upright(frame, longest_px)
            rows = everywhere(detector, shown, least)
            # Back from the size searched to that of the upright frame.
            rows[:, :4] *= _upright_width(frame) / shown.shape[1]
            was_whole = as_is
        before = samples
        yield rows


def _is_small(frame: Any) -> bool:
    """Whether half the size of a frame would leave too little for the network."""
    return bool(min(frame.width, frame.height) < 4 * ALIGN_PX)


def _upright_width(frame: Any) -> int:
    """The width of a frame once it is turned upright, in px."""
    from noonmark.sandbox.decoders import video

    return int(frame.height if video.quarter_turns(frame) % 2 else frame.width)
