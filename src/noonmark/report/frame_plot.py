"""Where the pixels of a solved frame fall on its drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.geometry.camera.predict import horizon_px
from noonmark.report.drawing import Drawing
from noonmark.report.frame_prediction import Prediction

STRIP_PX: Final = 190
_LARGEST_GROWTH: Final = 0.45
_MARGIN: Final = 0.015


@dataclass(frozen=True, eq=False)
class FramePlot:
    """A solved frame, its drawing, and how the frame's pixels map to it.

    ``width_px`` and ``height_px`` are those of the picture, without the strip below it.
    """

    prediction: Prediction
    drawing: Drawing
    corner_px: Floats
    scale: float
    width_px: int
    height_px: int

    @property
    def size_px(self) -> Floats:
        """The width and height (2,) of the picture [px of the drawing]."""
        return np.array([self.width_px, self.height_px])

    def holds(self, x: float, y: float, *, margin_px: float = 0.0) -> bool:
        """Whether a point of the drawing lies in the picture, so far from its edge."""
        in_width = margin_px < x < self.width_px - margin_px
        return in_width and margin_px < y < self.height_px - margin_px

    def put(self, px: Floats) -> Floats:
        """Points of the frame (..., 2) [px] on the drawing.

        What is NaN stays NaN.
        """
        return np.asarray((np.asarray(px) - self.corner_px) * self.scale)


def plot_of(
    prediction: Prediction,
    photo: NDArray[np.uint8] | None,
    width_px: int,
) -> FramePlot:
    """An empty drawing of a frame, as wide as asked for.

    ``photo`` (h, w, 3) may have any size: it is laid over the whole frame.
    """
    low, high = _shown_part(prediction)
    shown_width, shown_height = (high - low).tolist()
    scale = width_px / shown_width
    height_px = round(shown_height * scale)
    staged = prediction.frame.staged
    photo_px = (
        -low[0] * scale,
        -low[1] * scale,
        staged.width_px * scale,
        staged.height_px * scale,
    )
    drawing = Drawing(width_px, height_px + STRIP_PX, photo, photo_px)
    return FramePlot(prediction, drawing, low, scale, width_px, height_px)


def _shown_part(prediction: Prediction) -> tuple[Floats, Floats]:
    """The top left and bottom right corners [px] of what is shown.

    The photo with a margin, grown toward the horizon and the sun if they are near.
    """
    staged = prediction.frame.staged
    size = np.array([staged.width_px, staged.height_px])
    low = np.full(2, -_MARGIN * size[0])
    high = np.array([(1.0 + _MARGIN) * size[0], size[1] + _MARGIN * size[0]])
    edge = 0.05 * size[1]
    growth = _LARGEST_GROWTH * size
    for px in _wanted(prediction):
        is_near = np.all(px > -growth) and np.all(px < size + growth)
        if is_near:
            low = np.minimum(low, px - edge)
            high = np.maximum(high, px + edge)
    return low, high


def _wanted(prediction: Prediction) -> list[Floats]:
    """Points [px] that should be shown: of the horizon above or below the photo, and the sun.

    Points that are far away are wanted too; the caller decides what is near.
    """
    staged = prediction.frame.staged
    line = horizon_px(staged.view, prediction.state)
    x = line[:, 0]
    inside = np.isfinite(x) & (x > 0) & (x < staged.width_px)
    wanted = list(line[inside])
    if prediction.sun is not None:
        px = prediction.sun_px(prediction.sun)
        if np.isfinite(px).all():
            wanted.append(px)
    return wanted
