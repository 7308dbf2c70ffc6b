"""Make the images of docs/tutorial-sites.md: a meadow on which things are built, grow and go.

Usage: python builders/made_site.py FOLDER        (needs the extra `sites`)

Writes FOLDER/outline.geojson and one GeoTIFF of four bands and 10 m pixels for each date. A hall
is built in August 2019 and grows to twice its length in the autumn of 2020, a fence of 1 m stands
from the start, an annex is taken down in July 2021. Some images are partly under cloud. The place
is in the sea, the numbers are drawn from a fixed seed: the same files on every machine.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

CRS, WEST, NORTH, PIXEL_M = "EPSG:32631", 500_000.0, 100_000.0, 10.0
SIDE, DATES, EVERY_DAYS, FIRST = 64, 26, 40, date(2019, 1, 4)
MEADOW = np.array([300.0, 500.0, 400.0, 2800.0])
ROOF = np.array([1400.0, 1550.0, 1650.0, 2050.0])
CLOUD = np.array([7000.0, 7000.0, 7000.0, 7500.0])

HALL, NEW_WING, ANNEX = (28, 32, 28, 32), (32, 36, 28, 32), (28, 31, 36, 39)
"""Columns and rows of each, from, to."""
STANDS = {
    HALL: (date(2019, 8, 20), date.max),
    NEW_WING: (date(2020, 10, 10), date.max),
    ANNEX: (date.min, date(2021, 7, 15)),
}
FEATURES = {
    "hall": ("roof", (28, 36, 28, 32), 8.0, 40.0),
    "annex": ("roof", ANNEX, 4.0, 30.0),
    "fence": ("wall", (24, 40, 24, 25), 2.5, 1.0),
}
"""Kind, columns and rows, height [m], width [m]."""


def ring(box: tuple[int, int, int, int]) -> list[list[float]]:
    """A box of pixels as a closed ring of longitude, latitude."""
    from rasterio.warp import transform

    left, right, top, bottom = box
    xs = [WEST + PIXEL_M * c for c in (left, right, right, left, left)]
    ys = [NORTH - PIXEL_M * r for r in (top, top, bottom, bottom, top)]
    longitudes, latitudes = transform(CRS, "EPSG:4326", xs, ys)
    return [[round(x, 7), round(y, 7)] for x, y in zip(longitudes, latitudes, strict=True)]


def outline() -> dict[str, object]:
    """The features as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "kind": kind, "height_m": high, "width_m": wide},
            "geometry": {"type": "Polygon", "coordinates": [ring(box)]},
        }
        for name, (kind, box, high, wide) in FEATURES.items()
    ]
    return {"type": "FeatureCollection", "features": features}


def pixels(taken: date, meadow: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The image of a date, shape (4, SIDE, SIDE), in the sensor's numbers."""
    season = 1 + 0.3 * np.cos(2 * np.pi * (taken - date(2019, 1, 1)).days / 365.2425)
    values = MEADOW[:, None, None] * meadow * season
    for (left, right, top, bottom), (since, until) in STANDS.items():
        if since <= taken < until:
            values[:, top:bottom, left:right] = ROOF[:, None, None]
    values = values + 40 * rng.standard_normal(values.shape)
    if rng.random() < 0.15:
        values[:, : int(rng.integers(30, SIDE))] = CLOUD[:, None, None]
    return values


def write(folder: Path) -> None:
    """Write the outline and the images."""
    import rasterio
    from rasterio.transform import from_origin

    rng = np.random.default_rng(20190104)
    meadow = 1 + 0.05 * rng.standard_normal((1, SIDE, SIDE))
    (folder / "images").mkdir(parents=True)
    (folder / "outline.geojson").write_text(json.dumps(outline(), indent=1), encoding="utf-8")
    for number in range(DATES):
        taken = FIRST + timedelta(days=number * EVERY_DAYS)
        form = {"driver": "GTiff", "count": 4, "height": SIDE, "width": SIDE, "dtype": "uint16"}
        place = {"crs": CRS, "transform": from_origin(WEST, NORTH, PIXEL_M, PIXEL_M), "nodata": 0}
        with rasterio.open(folder / "images" / f"{taken:%Y%m%d}.tif", "w", **form, **place) as out:
            out.write(pixels(taken, meadow, rng).clip(1, 10_000).astype("uint16"))
            out.descriptions = ("blue", "green", "red", "nir")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
