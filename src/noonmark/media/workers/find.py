"""Where faces are, only in order to hide them: boxes and scores of CenterFace, and nothing else leaves this module.

The network also predicts landmarks; they are not even read. No crop of a face is made, kept or returned.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.media.workers import onnx_shapes, pictures

_STRIDE, _ALIGN_PX = 4, 32
_MOST_BOXES = 500_000
_AT_ONCE_PX, _TILE_PX, _SHARED_PX = 4_200_000, 2048, 320
"""A picture larger than the first goes through the network in tiles, which share so many px with their neighbours."""


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``{"boxes": float32 (n, 6) of frame, x0, y0, x1, y1, score}``; the model is the second file.

    The frames in ``full`` are searched as they are, the others at half their size; photos always as they are. A frame
    whose samples are all those of the one before it is not searched again.
    """
    finder = Finder(fds[1])
    least, pixels = float(payload["least"]), payload["limits"]["pixels"]
    if pictures.is_video(fds[0]):
        shown = _film(finder, fds[0], pixels, least, payload.get("full"))
    else:
        shown = (everywhere(finder, pictures.rgb(fds[0], pixels), least) for _ in range(1))
    found: list[Any] = []
    boxes = 0
    for number, rows in enumerate(shown):
        boxes += len(rows)
        if boxes > _MOST_BOXES:
            raise InputError(
                f"more than {_MOST_BOXES} boxes were found", code="too-many-boxes", hint="raise --threshold"
            )
        found.append(np.column_stack([np.full(len(rows), number, np.float32), rows]))
    return {
        "boxes": np.concatenate(found).astype(np.float32) if found else np.zeros((0, 6), np.float32),
        "frames": len(found),
    }


def _film(finder: Finder, fd: int, pixels: int, least: float, full: list[int] | None) -> Iterator[Any]:
    """The boxes of each frame, in px of the upright frame."""
    from noonmark.media.workers import video

    whole = None if full is None else set(full)
    before: list[bytes] = []
    rows, was_whole = None, False
    for number, (_, frame) in enumerate(video.frames(video.film(fd, pixels))):
        samples = [bytes(plane) for plane in frame.planes]
        small = max(frame.width, frame.height) // 2
        as_is = whole is None or number in whole or min(frame.width, frame.height) < 4 * _ALIGN_PX
        if rows is None or samples != before or as_is > was_whole:
            shown = video.upright(frame, None if as_is else small)
            rows = everywhere(finder, shown, least)
            wide = frame.height if round(float(getattr(frame, "rotation", 0) or 0) / 90) % 2 else frame.width
            rows[:, :4] *= wide / shown.shape[1]
            was_whole = as_is
        before = samples
        yield rows


def everywhere(find: Callable[[Any, float], Any], rgb: Any, least: float) -> Any:
    """``(n, 5)`` boxes in px with scores. A large picture is searched in tiles, then at half its size, and so on.

    The network's memory grows with the picture: 12 million pixels at once take 4 GB. A face that no tile holds whole is
    found where the picture is smaller.
    """
    found, scale = [], 1
    while True:
        height, width = rgb.shape[:2]
        whole = height * width <= _AT_ONCE_PX
        for top in [0] if whole else _starts(height):
            for left in [0] if whole else _starts(width):
                tile = rgb if whole else rgb[top : top + _TILE_PX, left : left + _TILE_PX]
                rows = find(tile, least)
                rows[:, :4] = (rows[:, :4] + (left, top, left, top)) * scale
                found.append(rows)
        if whole:
            return _unique(np.concatenate(found)) if len(found) > 1 else found[0]
        even = rgb[: height // 2 * 2, : width // 2 * 2].reshape(height // 2, 2, width // 2, 2, 3)
        rgb = even.mean(axis=(1, 3), dtype=np.float32).astype(np.uint8)
        scale *= 2


def _starts(length: int) -> list[int]:
    """Where tiles begin along one side, the last one flush with the end."""
    if length <= _TILE_PX:
        return [0]
    return [*range(0, length - _TILE_PX, _TILE_PX - _SHARED_PX), length - _TILE_PX]


class Finder:
    """CenterFace (Xu et al. 2019) through onnxruntime, on a picture as it is."""

    def __init__(self, fd: int) -> None:
        import onnxruntime  # type: ignore[import-untyped,unused-ignore]

        model = os.pread(fd, 1 << 28, 0)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = min(4, os.cpu_count() or 1)
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the core alone
        try:
            self.session = onnxruntime.InferenceSession(
                onnx_shapes.free(model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own classes, none of which is documented
            raise InputError(
                f"the model file could not be loaded ({type(error).__name__})", code="bad-model", hint="--model FILE"
            ) from None
        self.outputs = [o.name for o in self.session.get_outputs()]
        if len(self.outputs) < 3 or len(self.session.get_inputs()) != 1:
            raise InputError("the model is not CenterFace: it needs heatmap, scale, offset", code="bad-model")

    def __call__(self, rgb: Any, least: float) -> Any:
        """``(n, 5)`` boxes in px with scores of ``least`` or more, overlaps removed."""
        height, width = rgb.shape[:2]
        padded = np.zeros((-(-height // _ALIGN_PX) * _ALIGN_PX, -(-width // _ALIGN_PX) * _ALIGN_PX, 3), np.float32)
        padded[:height, :width] = rgb
        name = self.session.get_inputs()[0].name
        heat, scale, offset = self.session.run(self.outputs[:3], {name: padded.transpose(2, 0, 1)[None]})
        heat = heat.reshape(heat.shape[-2:])
        rows, columns = np.nonzero(heat >= least)
        high, wide = (np.exp(scale[0, k, rows, columns]) * _STRIDE for k in (0, 1))
        y = (rows + offset[0, 0, rows, columns] + 0.5) * _STRIDE
        x = (columns + offset[0, 1, rows, columns] + 0.5) * _STRIDE
        boxes = np.column_stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, heat[rows, columns]])
        return _unique(boxes[np.isfinite(boxes).all(axis=1)])


def _unique(boxes: Any, overlap: float = 0.3) -> Any:
    """Greedy suppression of overlapping boxes, best score first."""
    boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    keep: list[int] = []
    alive = np.ones(len(boxes), bool)
    for i in range(len(boxes)):
        if not alive[i]:
            continue
        keep.append(i)
        w = np.minimum(boxes[i, 2], boxes[:, 2]) - np.maximum(boxes[i, 0], boxes[:, 0])
        h = np.minimum(boxes[i, 3], boxes[:, 3]) - np.maximum(boxes[i, 1], boxes[:, 1])
        both = np.clip(w, 0, None) * np.clip(h, 0, None)
        alive &= both / np.maximum(area + area[i] - both, 1e-9) <= overlap
    return boxes[keep]
