"""Made land for the tests of terrain, and files of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from builders.terrain_example import geotiff
from noonmark.world.terrain.ground import Ground

STEP_DEG = 1.0 / 1200.0
DEGREE_M = 111_195.0


def ground(
    seed: int = 3, side: int = 401, north_deg: float = 46.2, west_deg: float = 7.0
) -> Ground:
    """Rough land: sums of waves of falling size."""
    rng = np.random.default_rng(seed)
    y, x = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    high = np.full((side, side), 1500.0)
    for octave in range(1, 7):
        for _ in range(4):
            way = rng.uniform(0.0, 2.0 * np.pi)
            number = 2.0**octave * np.pi / side
            phase = number * (x * np.cos(way) + y * np.sin(way)) + rng.uniform(0.0, 6.0)
            high += 500.0 / 1.7**octave * np.sin(phase)
    return Ground(
        high.astype(np.float32), np.zeros((side, side), bool), 46.2, 7.0, STEP_DEG, STEP_DEG
    )


def hgt_tile(folder: Path, name: str = "N42E001.hgt", *, void: bool = False) -> Path:
    """A tile of 3 seconds with a slope that rises to the north, 1 m a row."""
    rows = np.arange(1201)[::-1, None] + 0 * np.arange(1201)[None, :]
    data = rows.astype(">i2")
    if void:
        data[600:605, 300:310] = -32768
    path = folder / name
    path.write_bytes(data.tobytes())
    return path


def tiff(folder: Path, heights: np.ndarray, name: str = "made.tif") -> Path:
    """A GeoTIFF of 3 seconds."""
    path = folder / name
    path.write_bytes(geotiff(heights, 46.0, 7.0, STEP_DEG))
    return path
