"""A real photo whose skyline is held against 20 places: a photochrom of the Aletsch glacier.

    python benchmarks/skyline_photo.py AletschGlacierDEM.tiff

The photo is ../shared/data/camera/aletsch. The 25 m heights (EPSG:21781) are those of its source,
tproduit/pic2map at 24cc447 (Pic2Map/dataTest), whose terms forbid to hand them on. The true place is
that of the photo's eleven control points, known to 60 m (benchmarks/camera_landmarks.py); 19 others
are drawn evenly from the glacier's surroundings, at least 1.5 km from it. Nothing is known of the
camera. Exit 1 where the true place is not the first.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

# "benchmarks" is this folder, not in the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.camera_landmarks import lv03_degrees
from noonmark.actions.skyline import match_skyline, skyline_of
from noonmark.world.terrain import elevation_store

PHOTO = Path(__file__).resolve().parents[2] / "shared/data/camera/aletsch/07861v.jpg"
BORDER = (36, 30, 36, 433)  # of the print, and what lies below its skyline [px]
TRUE_M, SIGMA_M = (650_245.0, 142_541.0), 60.0
EAST_M, NORTH_M = (639_500.0, 653_500.0), (138_500.0, 152_000.0)
OTHERS, APART_M = 19, 1500.0


def stored(heights: Path, folder: Path) -> Path:
    """The heights brought onto latitudes and longitudes, in a store of their own."""
    import rasterio
    from rasterio.warp import Resampling, calculate_default_transform, reproject

    with rasterio.open(heights) as source:
        to = "EPSG:4326"
        crs = source.crs or "EPSG:21781"
        place, width, height = calculate_default_transform(
            crs, to, source.width, source.height, *source.bounds
        )
        turned = np.full((height, width), -9999.0, np.float32)
        reproject(
            source.read(1).astype(np.float32),
            turned,
            src_transform=source.transform,
            src_crs=crs,
            src_nodata=0.0,
            dst_transform=place,
            dst_crs=to,
            dst_nodata=-9999.0,
            resampling=Resampling.bilinear,
        )
    profile = {"driver": "GTiff", "count": 1, "dtype": "float32", "nodata": -9999.0}
    tile = folder / "aletsch.tif"
    with rasterio.open(
        tile, "w", crs=to, transform=place, width=width, height=height, **profile
    ) as out:
        out.write(turned, 1)
    elevation_store.add(tile, folder / "store")
    return folder / "store"


def places(rng: np.random.Generator) -> list[dict[str, float]]:
    """The true place first, and those drawn apart from it."""
    spots = [TRUE_M]
    while len(spots) <= OTHERS:
        east, north = float(rng.uniform(*EAST_M)), float(rng.uniform(*NORTH_M))
        if np.hypot(east - TRUE_M[0], north - TRUE_M[1]) > APART_M:
            spots.append((east, north))
    degrees = [lv03_degrees(*spot) for spot in spots]
    return [{"lat_deg": lat, "lon_deg": lon, "sigma_m": SIGMA_M} for lat, lon in degrees]


def main() -> int:
    """The places in order; the last line is the figure."""
    if len(sys.argv) < 2 or not PHOTO.is_file():
        print("the heights or ../shared/data/camera are absent: nothing to run on")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = stored(Path(sys.argv[1]), folder)
        listed = places(np.random.default_rng(0))
        (folder / "places.json").write_text(json.dumps({"places": listed}))
        line = skyline_of(PHOTO, crop=BORDER)
        began = time.process_time()
        answer = match_skyline(line, folder / "places.json", decoys=0, store=store)
        spent = time.process_time() - began
    rows = answer["places"]
    is_true = [abs(row["lat_deg"] - listed[0]["lat_deg"]) < 1e-7 for row in rows]
    k = is_true.index(True)
    for row in rows[:5]:
        print(
            f"no. {row['rank']}: ln {row['log_likelihood'] - rows[k]['log_likelihood']:+.1f} beside"
            f" the true place, heading {row['heading_deg']:.1f}, pitch {row['pitch_deg']:.1f}, roll"
            f" {row['roll_deg']:.1f} deg, median {row['median_deg']:.2f} deg off"
        )
    best = max(row["log_likelihood"] for row in rows if row is not rows[k])
    ratio = float(np.exp(rows[k]["log_likelihood"] - best))
    print(
        f"{spent:.1f} CPU s; true place no. {k + 1} of {len(rows)}, {ratio:.3g} times as likely as the"
        " best of the others"
    )
    return 0 if k == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
