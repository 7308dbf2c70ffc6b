"""A GeoTIFF decoded behind the door: a small RGBA picture, and the numbers that say where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.media import sandbox

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_PX = 2048
_LIMITS = sandbox.Limits(cpu_s=60, wall_s=60.0, memory_bytes=3 << 30, pixels=200_000_000)


def read(path: Path) -> tuple[NDArray[np.uint8], tuple[int, int], dict[str, Any]]:
    """The picture (h, w, 4), at most 2048 px a side; the file's own width and height; its tags."""
    value = sandbox.run("geotiff", payload={"longest_px": LONGEST_PX}, files=[path], limits=_LIMITS).value
    tags = {name: value[name] for name in ("scale", "tie")} | {"keys": [int(v) for v in value["keys"]]}
    return value["rgba"], (int(value["width_px"]), int(value["height_px"])), tags
