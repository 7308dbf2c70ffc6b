"""Which frames of a pan to compare: one for each part of a frame's width that the view moved on.

**Method** Kuglin and Hines 1975, phase correlation of each small frame with the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

_SMALL_PX = 256
"""The longer side of the frames that are correlated."""
_NEARLY, _ON = 0.09, 0.13
"""From what share of a frame on a frame may be taken, and when one must be."""
_LONGEST_S = 1.0
"""A frame is taken as often as this even where the view seems to stand."""


@dataclass(frozen=True)
class PanFrame:
    """A chosen frame: its number in the film, its time, and its picture, grey."""

    number: int
    time_s: float
    grey: Any


class PanChooser:
    """Takes the sharpest frame of each step of the view, the marked ones, the first and the last.

    Frames are offered in order of time, each with its number and its grey picture.
    """

    def __init__(
        self,
        marked: frozenset[int],
    ) -> None:
        self._marked = marked
        self._before: Any = None
        self._moved = np.zeros(2)
        self._since_s = 0.0
        self._best: tuple[float, PanFrame] | None = None
        self._last: PanFrame | None = None

    def offer(
        self,
        frame: PanFrame,
    ) -> Iterator[PanFrame]:
        """Take a look at the next frame; gives those that are now chosen."""
        small = _small(frame.grey)
        if self._before is None:
            yield from self._choose(frame)
        else:
            self._moved += _shift(self._before, small) / small.shape[::-1]
            yield from self._judged(frame, small)
        self._before = small
        self._last = frame

    def rest(self) -> Iterator[PanFrame]:
        """The last frame, where it was not chosen yet."""
        if self._last is not None and self._moved.any():
            yield self._last

    def _judged(
        self,
        frame: PanFrame,
        small: Any,
    ) -> Iterator[PanFrame]:
        """What to choose now that the view has moved so far."""
        on = float(np.abs(self._moved).max())
        if frame.number in self._marked:
            yield from self._choose(frame)
            return
        if on >= _NEARLY:
            sharp = float(cv2.Laplacian(small, cv2.CV_32F).var())
            if self._best is None or sharp > self._best[0]:
                self._best = (sharp, frame)
        if on >= _ON and self._best is not None:
            yield from self._choose(self._best[1])
        elif frame.time_s - self._since_s >= _LONGEST_S:
            yield from self._choose(frame)

    def _choose(
        self,
        frame: PanFrame,
    ) -> Iterator[PanFrame]:
        """Give a frame and start the next step."""
        self._moved = np.zeros(2)
        self._since_s = frame.time_s
        self._best = None
        yield frame


def _small(grey: Any) -> Any:
    """The frame as it is correlated."""
    scale = _SMALL_PX / max(grey.shape)
    size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _shift(
    before: Any,
    now: Any,
) -> Any:
    """How far a view moved between two small frames [px], right and down."""
    window = cv2.createHanningWindow(before.shape[::-1], cv2.CV_32F)
    moved, _ = cv2.phaseCorrelate(before, now, window)
    return np.array(moved)
