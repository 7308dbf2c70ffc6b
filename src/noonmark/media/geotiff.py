"""A GeoTIFF decoded in a locked process: a small RGBA picture, and the numbers that place it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.sandbox import process

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_PX = 2048
_LIMITS = process.WorkerLimits(cpu_s=60, wall_s=60.0, memory_bytes=3 << 30, pixels=200_000_000)


def read(path: Path) -> tuple[NDArray[np.uint8], tuple[int, int], dict[str, Any]]:
    """The picture (h, w, 4), at most 2048 px a side; the file's own width and height; its tags.

    The tags are those of GeoTIFF 1.1: ``scale`` (ModelPixelScale), ``tie`` (ModelTiepoint) and
    ``keys`` (GeoKeyDirectory). Raises InputError where the file is no GeoTIFF that can be decoded.
    """
    payload = {"longest_px": LONGEST_PX}
    value = process.run("geotiff", payload=payload, files=[path], limits=_LIMITS).value
    tags: dict[str, Any] = {
        "scale": value["scale"],
        "tie": value["tie"],
        "keys": [int(v) for v in value["keys"]],
    }
    return value["rgba"], (int(value["width_px"]), int(value["height_px"])), tags
