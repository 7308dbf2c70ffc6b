"""The frame with what was marked and what the solution makes of it, drawn back onto the photo.

Solid orange is what was marked, dashed what the solution expects: where both agree, the marks agree
with one sun. The horizon, the plumb lines, the sun's disc and its 95 % region are the solution's
own. The drawing goes on outside the photo, because the sun and the horizon are often there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.questions.frame_result import FrameSolution
from noonmark.report.drawing import Drawing
from noonmark.report.drawing_svg import svg
from noonmark.report.frame_legend import draw_legend
from noonmark.report.frame_marks import draw_lines, draw_points, draw_posts
from noonmark.report.frame_plot import plot_of
from noonmark.report.frame_prediction import prediction_of
from noonmark.report.frame_solution import draw_horizons, draw_plumb_lines, draw_sun

WIDTH_PX: Final = 1200


def frame_drawing(
    frame: FrameSolution,
    photo: NDArray[np.uint8] | None = None,
    *,
    width_px: int = WIDTH_PX,
) -> Drawing:
    """The drawing of a solved frame.

    ``photo`` (h, w, 3) is the upright picture that was marked, any size.
    """
    plot = plot_of(prediction_of(frame), photo, width_px)
    draw_horizons(plot)
    draw_plumb_lines(plot)
    draw_sun(plot)
    draw_lines(plot)
    draw_posts(plot)
    draw_points(plot)
    draw_legend(plot)
    return plot.drawing


def frame_svg(frame: FrameSolution, photo: NDArray[np.uint8] | None = None) -> str:
    """The drawing as SVG text."""
    return svg(frame_drawing(frame, photo))


def frame_png(frame: FrameSolution, photo: NDArray[np.uint8] | None = None) -> bytes:
    """The drawing as PNG bytes."""
    from noonmark.report.canvas import png
    from noonmark.report.drawing_png import picture

    return png(picture(frame_drawing(frame, photo)))
