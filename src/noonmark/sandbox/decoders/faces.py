"""Where faces are, only in order to hide them: boxes and scores of CenterFace (Xu et al. 2019).

The network also predicts landmarks; they are not even read. No crop of a face is made, kept or
returned.

The network sees a picture in cells of 4 px. For each cell it gives a score that a face has its
centre there (heatmap), the logarithms of its height and width in cells (scale), and how far the
centre lies from the corner of the cell (offset).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox.parsers import onnx_shapes

_STRIDE = 4
"""The network's cells are so many px wide."""
ALIGN_PX = 32
"""The network takes pictures whose sides are multiples of this."""
AT_ONCE_PX, TILE_PX, SHARED_PX = 4_200_000, 2048, 320
"""A picture larger than the first goes through the network in tiles, which share so many px with
their neighbours.
"""
_MOST_MODEL_BYTES = 1 << 28
"""CenterFace has 7 MB."""
_MOST_OVERLAP = 0.3
"""The share of their union that two boxes may have in common."""

Detector = Callable[[Any, float], Any]
"""Takes RGB and the least score; returns ``(n, 5)``: x0, y0, x1, y1 in px, score."""


def everywhere(find: Detector, rgb: Any, least: float) -> Any:
    """``(n, 5)`` boxes in px with scores. A large picture is searched in tiles, then at half its
    size, and so on.

    The network's memory grows with the picture: 12 million pixels at once take 4 GB. A face that no
    tile holds whole is found where the picture is smaller.

    ``rgb`` is ``(height, width, 3)`` uint8. A picture of up to 4.2 million pixels is searched once.
    Boxes that overlap across tiles and scales are reduced to the best one.
    """
    found: list[Any] = []
    scale = 1
    while True:
        height, width = rgb.shape[:2]
        # The last round takes the picture in one piece.
        if height * width <= AT_ONCE_PX:
            found.append(_scaled(find(rgb, least), (0, 0), scale))
            return without_overlaps(np.concatenate(found)) if len(found) > 1 else found[0]
        # Before it, tile by tile at this scale; boxes are scaled back to the whole picture.
        for top in tile_starts(height):
            for left in tile_starts(width):
                tile = rgb[top : top + TILE_PX, left : left + TILE_PX]
                found.append(_scaled(find(tile, least), (left, top), scale))
        rgb = _half(rgb)
        scale *= 2


def _scaled(rows: Any, corner_px: tuple[int, int], scale: int) -> Any:
    """The boxes of a tile as boxes of the whole picture."""
    left, top = corner_px
    rows[:, :4] = (rows[:, :4] + (left, top, left, top)) * scale
    return rows


def _half(rgb: Any) -> Any:
    """The picture at half its size, each pixel the mean of four."""
    rows, columns = rgb.shape[0] // 2, rgb.shape[1] // 2
    # A last odd row or column is left out.
    even = rgb[: rows * 2, : columns * 2].reshape(rows, 2, columns, 2, 3)
    return even.mean(axis=(1, 3), dtype=np.float32).astype(np.uint8)


def tile_starts(length_px: int) -> list[int]:
    """Where tiles begin along one side, the last one flush with the end."""
    if length_px <= TILE_PX:
        return [0]
    last = length_px - TILE_PX
    return [*range(0, last, TILE_PX - SHARED_PX), last]


class FaceDetector:
    """CenterFace through onnxruntime, on a picture as it is.

    The model comes as a descriptor. Raises InputError "bad-model" where it is none or another one.
    """

    def __init__(self, fd: int) -> None:
        self.session = _session(os.pread(fd, _MOST_MODEL_BYTES, 0))
        self.outputs = [o.name for o in self.session.get_outputs()]
        inputs = self.session.get_inputs()
        if len(self.outputs) < 3 or len(inputs) != 1:
            raise InputError(
                "the model is not CenterFace: it needs heatmap, scale, offset", code="bad-model"
            )
        self.input = inputs[0].name

    def __call__(self, rgb: Any, least: float) -> Any:
        """``(n, 5)`` boxes in px with scores of ``least`` or more, overlaps removed."""
        # The network takes (1, 3, height, width).
        batch = _padded(rgb).transpose(2, 0, 1)[None]
        heat, scale, offset = self.session.run(self.outputs[:3], {self.input: batch})
        heat = heat.reshape(heat.shape[-2:])
        # Each cell with enough score is one candidate.
        rows, columns = np.nonzero(heat >= least)
        # Sizes are stated as logarithms, in cells.
        height = np.exp(scale[0, 0, rows, columns]) * _STRIDE
        width = np.exp(scale[0, 1, rows, columns]) * _STRIDE
        # A centre lies half a cell from its corner, and what the network adds to that.
        y = (rows + offset[0, 0, rows, columns] + 0.5) * _STRIDE
        x = (columns + offset[0, 1, rows, columns] + 0.5) * _STRIDE
        # A box of that size around the centre.
        left, top = x - width / 2, y - height / 2
        right, bottom = x + width / 2, y + height / 2
        boxes = np.column_stack([left, top, right, bottom, heat[rows, columns]])
        # A damaged model may answer with infinities.
        is_finite = np.isfinite(boxes).all(axis=1)
        return without_overlaps(boxes[is_finite])


def _session(model: bytes) -> Any:
    """An onnxruntime session on the freed model. Raises InputError where it is no model."""
    import onnxruntime  # type: ignore[import-untyped,unused-ignore]

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = min(4, os.cpu_count() or 1)
    # waiting threads leave the core alone
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            onnx_shapes.free(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own classes, none of which is documented
        raise InputError(
            f"the model file could not be loaded ({type(error).__name__})",
            code="bad-model",
            hint="--model FILE",
        ) from None


def _padded(rgb: Any) -> Any:
    """The picture as float32, black at the right and below up to whole multiples of 32 px."""
    height, width = rgb.shape[:2]
    # Division that rounds up, in whole numbers.
    padded_height = -(-height // ALIGN_PX) * ALIGN_PX
    padded_width = -(-width // ALIGN_PX) * ALIGN_PX
    padded = np.zeros((padded_height, padded_width, 3), np.float32)
    padded[:height, :width] = rgb
    return padded


def without_overlaps(boxes: Any) -> Any:
    """Greedy suppression: of boxes that overlap by more than 0.3 of their union the best score
    stays.

    ``boxes`` is ``(n, 5)``: x0, y0, x1, y1 in px, score; the result is a part of its rows.
    """
    # A stable order, so that equal scores give the same boxes on every machine.
    best_first = np.argsort(-boxes[:, 4], kind="stable")
    boxes = boxes[best_first]
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[int] = []
    alive = np.ones(len(boxes), bool)
    for i in range(len(boxes)):
        if not alive[i]:
            continue
        kept.append(i)
        # The part that this box shares with every other one.
        width = np.minimum(boxes[i, 2], boxes[:, 2]) - np.maximum(boxes[i, 0], boxes[:, 0])
        height = np.minimum(boxes[i, 3], boxes[:, 3]) - np.maximum(boxes[i, 1], boxes[:, 1])
        both = np.clip(width, 0, None) * np.clip(height, 0, None)
        # Boxes without an area divide by a very small number in place of 0.
        union = np.maximum(area + area[i] - both, 1e-9)
        alive &= both / union <= _MOST_OVERLAP
    return boxes[kept]
