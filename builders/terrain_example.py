"""Write the made valley of the examples: src/noonmark/examples/valley.tif.

    python builders/terrain_example.py

A GeoTIFF of 0.1 x 0.12 degrees in the sea west of Morocco, where no land is: two ridges, a valley
that runs to the north-east, a summit. The shapes are sums of normal curves; nothing is measured.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

TARGET = Path(__file__).resolve().parents[1] / "src" / "noonmark" / "examples" / "valley.tif"
STEP_DEG = 1.0 / 1200.0
NORTH_DEG, WEST_DEG = 33.05, -15.06


def heights_m(rows: int = 121, columns: int = 145) -> np.ndarray:
    """The made land [m], (rows, columns), int16."""
    y = NORTH_DEG - STEP_DEG * np.arange(rows)[:, None] - 33.0
    x = WEST_DEG + STEP_DEG * np.arange(columns)[None, :] + 15.0
    across = (x * 0.84 - y) / np.sqrt(2.0)
    along = (x * 0.84 + y) / np.sqrt(2.0)
    high = 900.0 * np.exp(-0.5 * ((across - 0.022) / 0.008) ** 2)
    high += 700.0 * np.exp(-0.5 * ((across + 0.026) / 0.010) ** 2)
    high *= 1.0 + 0.2 * np.sin(along * 260.0) * np.cos(along * 71.0)
    high += 500.0 * np.exp(-0.5 * (((x - 0.03) / 0.006) ** 2 + ((y + 0.02) / 0.006) ** 2))
    return np.round(200.0 + high + 300.0 * (along + 0.06)).astype(np.int16)


def geotiff(heights: np.ndarray, north_deg: float, west_deg: float, step_deg: float) -> bytes:
    """Heights (rows, columns) int16 or float32 as a GeoTIFF of WGS 84 whose pixels are points."""
    tags = ImageFileDirectory_v2()
    tags.tagtype[33550] = tags.tagtype[33922] = 12
    tags[33550] = (step_deg, step_deg, 0.0)
    tags[33922] = (0.0, 0.0, 0.0, west_deg, north_deg, 0.0)
    tags[34735] = (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 2, 2048, 0, 1, 4326)
    tags.tagtype[34735] = 3
    stream = io.BytesIO()
    if heights.dtype == np.int16:
        picture = Image.fromarray(heights.astype(np.int32), mode="I").convert("I;16")
    else:
        picture = Image.fromarray(heights.astype(np.float32), mode="F")
    picture.save(stream, "TIFF", tiffinfo=tags, compression="tiff_adobe_deflate")
    return stream.getvalue()


if __name__ == "__main__":
    TARGET.write_bytes(geotiff(heights_m(), NORTH_DEG, WEST_DEG, STEP_DEG))
    print(TARGET.name, TARGET.stat().st_size)
