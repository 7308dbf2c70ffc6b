"""A redaction plan as pictures for the person who reviews it: frames with their boxes.

Nothing is hidden by these pictures, which stay on the analyst's machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from noonmark.media.frames import Reel
from noonmark.media.hidden_boxes import HiddenBox
from noonmark.media.redact import RedactionPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RIM = (255, 176, 0)


def reel_of(plan_: RedactionPlan) -> Reel:
    """What a plan knows of its film: enough to fetch frames without another pass over all."""
    import numpy as np

    times = np.array(plan_.times_s)
    nothing = np.zeros(len(times))
    return Reel(
        times_s=times,
        key=nothing.astype(np.uint8),
        sharp=nothing,
        cuts=(),
        width_px=plan_.size_px[0],
        height_px=plan_.size_px[1],
        turned_deg=0.0,
        lost=0,
        untimed=0,
        photo=len(times) == 1,
    )


def shown(
    rgb: NDArray[np.uint8], boxes: Sequence[HiddenBox], scale: float, *, solid: bool
) -> NDArray[np.uint8]:
    """A frame for the human who reviews: its boxes filled as they will be, or tinted with a rim.

    Nothing is hidden by this picture, which stays on the analyst's machine.
    ``rgb`` has the shape (height, width, 3); ``scale`` is its size over that of the film.
    """
    painted = rgb.copy()
    high, wide = rgb.shape[:2]
    rim_px = max(1, round(min(wide, high) / 240))
    for box in boxes:
        rows, columns = _covered(box, scale, wide, high)
        if solid:
            painted[rows, columns] = 0
        else:
            painted[rows, columns] = rgb[rows, columns] // 2
            _draw_rim(painted, rows, columns, rim_px)
    return painted


def _covered(box: HiddenBox, scale: float, wide: int, high: int) -> tuple[slice, slice]:
    """The rows and columns of a frame of this size that a box touches."""
    left = max(0, math.floor(box.x0_px * scale))
    top = max(0, math.floor(box.y0_px * scale))
    right = min(wide, math.ceil(box.x1_px * scale))
    bottom = min(high, math.ceil(box.y1_px * scale))
    return slice(top, bottom), slice(left, right)


def _draw_rim(painted: NDArray[np.uint8], rows: slice, columns: slice, rim_px: int) -> None:
    """Draw the edges of a box, ``rim_px`` wide, inside it."""
    painted[rows.start : rows.start + rim_px, columns] = _RIM
    painted[max(rows.start, rows.stop - rim_px) : rows.stop, columns] = _RIM
    painted[rows, columns.start : columns.start + rim_px] = _RIM
    painted[rows, max(columns.start, columns.stop - rim_px) : columns.stop] = _RIM
