"""Small GeoTIFFs, products and outlines, made by code."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

CRS = "EPSG:32646"
WEST, NORTH, SIDE_M = 500_000.0, 2_500_000.0, 10.0


def ground(seed: int = 0, size: int = 60, bands: int = 4) -> np.ndarray:
    """Textured ground, (bands, size, size)."""
    rng = np.random.default_rng(seed)
    rough = rng.normal(0.0, 300.0, (bands, size + 2, size + 2))
    across = rough[:, 1:-1, :-2] + rough[:, 1:-1, 2:]
    down = rough[:, :-2, 1:-1] + rough[:, 2:, 1:-1]
    return (across + down) / 4 + 1500.0


def write_tif(path: Path, values: np.ndarray, *, kind: str = "uint16", **more: object) -> Path:
    """A GeoTIFF of 10 m pixels in UTM."""
    import rasterio
    from rasterio.transform import from_origin

    names = more.pop("names", None)
    tags = more.pop("tags", None)
    count, rows, cols = values.shape
    profile = {
        "driver": "GTiff",
        "count": count,
        "height": rows,
        "width": cols,
        "dtype": kind,
        "crs": CRS,
        "transform": from_origin(WEST, NORTH, SIDE_M, SIDE_M),
        "nodata": 0,
    }
    with rasterio.open(path, "w", **(profile | more)) as out:
        out.write(values.clip(0, 65_535).astype(kind))
        if names:
            out.descriptions = names
        if tags:
            out.update_tags(ns="IMAGERY", **tags)
    return path


def square(cols: tuple[int, int], rows: tuple[int, int]) -> list[list[float]]:
    """A closed ring of (longitude, latitude) around pixels."""
    from rasterio.warp import transform

    xs = [WEST + SIDE_M * c for c in (cols[0], cols[1], cols[1], cols[0], cols[0])]
    ys = [NORTH - SIDE_M * r for r in (rows[0], rows[0], rows[1], rows[1], rows[0])]
    return [list(point) for point in zip(*transform(CRS, "EPSG:4326", xs, ys), strict=True)]


def write_outline(path: Path) -> Path:
    """A hall of 10 x 8 pixels and a gate of one."""
    parts = {"hall": ("roof", (25, 35), (26, 34)), "gate": ("gate", (40, 41), (26, 27))}
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "kind": kind},
            "geometry": {"type": "Polygon", "coordinates": [square(cols, rows)]},
        }
        for name, (kind, cols, rows) in parts.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


_NOTES = """<?xml version="1.0"?><n1:P xmlns:n1="https://x/">
<PRODUCT_URI>S2A_MSIL2A_TEST.SAFE</PRODUCT_URI><PROCESSING_BASELINE>05.00</PROCESSING_BASELINE>
<SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME>
<PRODUCT_START_TIME>2023-05-01T05:30:00.000Z</PRODUCT_START_TIME>
<BOA_ADD_OFFSET band_id="1">-1000</BOA_ADD_OFFSET></n1:P>"""
_TILE = """<?xml version="1.0"?><n1:T xmlns:n1="https://x/">
<SENSING_TIME>2023-05-01T05:31:07.123Z</SENSING_TIME>
<Mean_Sun_Angle><ZENITH_ANGLE unit="deg">30.5</ZENITH_ANGLE>
<AZIMUTH_ANGLE unit="deg">141.0</AZIMUTH_ANGLE></Mean_Sun_Angle>
<Mean_Viewing_Incidence_Angle><ZENITH_ANGLE>4.5</ZENITH_ANGLE></Mean_Viewing_Incidence_Angle>
</n1:T>"""


def write_safe(
    path: Path, values: np.ndarray, classes: np.ndarray, *, notes: str | bytes = _NOTES
) -> Path:
    """A product of level 2A with lossless JPEG 2000 bands inside a zip."""
    folder = "S2A_MSIL2A_TEST.SAFE"
    images = f"{folder}/GRANULE/L2A_T46Q/IMG_DATA"
    lossless = {"driver": "JP2OpenJPEG", "QUALITY": "100", "REVERSIBLE": "YES"}
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(f"{folder}/MTD_MSIL2A.xml", notes)
        out.writestr(f"{folder}/GRANULE/L2A_T46Q/MTD_TL.xml", _TILE)
        part = path.with_suffix(".part.jp2")
        for name, band in zip(("B02", "B03", "B04", "B08"), values, strict=True):
            write_tif(part, band[None], nodata=None, **lossless)
            out.write(part, f"{images}/R10m/T46Q_{name}_10m.jp2")
        write_tif(part, classes[None], kind="uint8", nodata=None, **lossless)
        out.write(part, f"{images}/R20m/T46Q_SCL_20m.jp2")
        part.unlink()
    return path
