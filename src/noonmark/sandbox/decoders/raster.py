"""Georeferenced rasters, read by GDAL through rasterio: four formats, one window, within a cap.

GDAL knows some 200 formats, among them ones that name other files or addresses. Here it may open
GeoTIFF, JPEG 2000, PNG and JPEG, from a stream that Python reads, so that it never sees a name.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from noonmark.errors import InputError

_DRIVERS = {
    b"II*\0": "GTiff",
    b"MM\0*": "GTiff",
    b"II+\0": "GTiff",
    b"MM\0+": "GTiff",
    b"\0\0\0\x0cjP  \r\n": "JP2OpenJPEG",
    b"\xffO\xffQ": "JP2OpenJPEG",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}
"""The driver by a file's first bytes; no other is ever asked."""
_SETTINGS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_NUM_THREADS": "1",
    "GDAL_CACHEMAX": 256,
    "GDAL_PAM_ENABLED": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "JPEGMEM": "500M",
}
_MOST_BANDS = 32
_NAME = "/image/image"
_ALIGNED_PX = 0.01
_SAME_SIZE = 0.001


@dataclass(frozen=True)
class RasterGrid:
    """Pixels in the coordinates of ``crs``: x = a col + b row + c, y = d col + e row + f."""

    crs: str
    transform: tuple[float, ...]
    rows: int
    cols: int


class FileBytes(io.RawIOBase):
    """An open file from its first byte, with a position of its own."""

    def __init__(
        self,
        fd: int,
    ) -> None:
        super().__init__()
        self._fd, self._at, self._size = fd, 0, os.fstat(fd).st_size

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be moved in."""
        return True

    def seek(
        self,
        offset: int,
        whence: int = os.SEEK_SET,
    ) -> int:
        """Move, and say where it stands now."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def readinto(
        self,
        target: Any,
    ) -> int:
        """Fill the target from here on; 0 at the end."""
        piece = os.pread(self._fd, len(target), self._at)
        target[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


@contextmanager
def opened(
    stream: Callable[[], Any],
    pixels: int,
) -> Iterator[Any]:
    """The dataset of a stream that can be opened more than once, not yet decoded.

    What is none and what is too large is refused. Raises InputError "not-decodable" or
    "too-many-pixels".
    """
    import rasterio
    from rasterio.errors import RasterioError

    head = stream().read(12)
    driver = next((name for first, name in _DRIVERS.items() if head.startswith(first)), None)
    if driver is None:
        raise InputError("this is no GeoTIFF, JPEG 2000, PNG or JPEG", code="not-decodable")

    def opener(
        name: str,
        mode: str = "rb",
    ) -> Any:
        if str(name) != _NAME:  # what GDAL looks for beside an image
            raise FileNotFoundError(name)
        return stream()

    with rasterio.Env(**_SETTINGS):
        try:
            with rasterio.open(_NAME, opener=opener, driver=driver) as source:
                if source.width * source.height > pixels or source.count > _MOST_BANDS:
                    size = f"{source.width}x{source.height} pixels in {source.count} bands"
                    raise InputError(
                        f"an image of {size} is over the limit of {pixels} pixels in {_MOST_BANDS}",
                        code="too-many-pixels",
                    )
                yield source
        except (RasterioError, OSError, ValueError, SystemError) as error:
            raise InputError(
                f"the image can't be decoded ({driver}): {str(error)[:200]}",
                code="not-decodable",
            ) from None


def crs_name(source: Any) -> str:
    """The coordinate system as EPSG code where it has one, else as WKT; "" where none is given."""
    if source.crs is None:
        return ""
    code = source.crs.to_epsg()
    return f"EPSG:{code}" if code else str(source.crs.to_wkt())[:4000]


def projected(
    rings: Any,
    crs: str,
) -> Any:
    """Rings of (longitude, latitude) as rings of (x, y) in ``crs``."""
    from rasterio.warp import transform

    moved = []
    for ring in rings:
        xs, ys = transform("EPSG:4326", crs, [p[0] for p in ring], [p[1] for p in ring])
        moved.append([*zip(xs, ys, strict=True)])
    return moved


def pixel_m(grid: RasterGrid) -> float:
    """The side of a pixel [m], of one in degrees at the middle of the grid."""
    from rasterio.crs import CRS

    a, b, _, d, e, f = grid.transform
    area = abs(a * e - b * d)
    crs = CRS.from_user_input(grid.crs)
    if not crs.is_geographic:
        return math.sqrt(area) * float(crs.linear_units_factor[1])
    lat_deg = f + d * grid.cols / 2 + e * grid.rows / 2
    degree_m = math.pi * 6_371_008.8 / 180.0
    return math.sqrt(area * math.cos(math.radians(lat_deg))) * degree_m


def whole_grid(source: Any) -> RasterGrid:
    """The pixels of the whole image."""
    placed = tuple(source.transform)[:6]
    return RasterGrid(crs_name(source), placed, source.height, source.width)


def grid_around(
    source: Any,
    points: Any,
    margin_m: float,
    most_px: int,
) -> RasterGrid:
    """The image's own pixels around some points (x, y) in its coordinates, and a margin.

    North up, of the image's pixel size: a rotated image is warped to it. Raises InputError
    "site-too-large" where that is more than ``most_px``.
    """
    own = source.transform
    whole = whole_grid(source)
    margin = margin_m / pixel_m(whole)
    step_x, step_y = _steps(own)
    across = [(x - own.c) / step_x for x, _ in points]
    down = [(own.f - y) / step_y for _, y in points]
    col0, col1 = math.floor(min(across) - margin), math.ceil(max(across) + margin)
    row0, row1 = math.floor(min(down) - margin), math.ceil(max(down) + margin)
    rows, cols = row1 - row0, col1 - col0
    if rows * cols > most_px:
        raise InputError(
            f"the site and its margin take {cols}x{rows} pixels, at most {most_px} are kept",
            code="site-too-large",
            hint="give a smaller --margin-m, or divide the outline into several sites",
        )
    corner = (own.c + col0 * step_x, own.f - row0 * step_y)
    placed = (step_x, 0.0, corner[0], 0.0, -step_y, corner[1])
    return RasterGrid(whole.crs, placed, rows, cols)


def _steps(transform: Any) -> tuple[float, float]:
    """The sides of a pixel in the units of the coordinates; of a rotated one, of a square."""
    if transform.b == transform.d == 0:
        return abs(transform.a), abs(transform.e)
    side = math.sqrt(abs(transform.a * transform.e - transform.b * transform.d))
    return side, side


def fits(
    source: Any,
    grid: RasterGrid,
) -> bool:
    """Whether an image has the coordinates and the pixel size of a grid."""
    ours = math.sqrt(abs(grid.transform[0] * grid.transform[4]))
    own = source.transform
    theirs = math.sqrt(abs(own.a * own.e - own.b * own.d))
    return crs_name(source) == grid.crs and abs(theirs / ours - 1.0) < _SAME_SIZE


def _is_aligned(
    source: Any,
    grid: RasterGrid,
) -> bool:
    own, a, e = source.transform, grid.transform[0], grid.transform[4]
    if own.b or own.d or crs_name(source) != grid.crs:
        return False
    if abs(own.a / a - 1) > 1e-9 or abs(own.e / e - 1) > 1e-9:
        return False
    off = ((grid.transform[2] - own.c) / a, (grid.transform[5] - own.f) / e)
    return all(abs(value - round(value)) < _ALIGNED_PX for value in off)


def on_grid(
    source: Any,
    band: int,
    grid: RasterGrid,
    *,
    smooth: bool,
) -> tuple[Any, bool]:
    """One band on a grid as (rows, cols) float32, NaN where nothing was recorded; and whether it
    was warped. Without ``smooth`` the nearest pixel is taken, as classes need it.
    """
    if _is_aligned(source, grid):
        return _window(source, band, grid), False
    import rasterio
    from affine import Affine
    from rasterio.enums import Resampling
    from rasterio.warp import reproject

    out = np.full((grid.rows, grid.cols), np.nan, dtype=np.float32)
    reproject(
        rasterio.band(source, band),
        out,
        dst_transform=Affine(*grid.transform),
        dst_crs=grid.crs,
        dst_nodata=np.nan,
        resampling=Resampling.bilinear if smooth else Resampling.nearest,
        num_threads=1,
    )
    return out, True


def _window(
    source: Any,
    band: int,
    grid: RasterGrid,
) -> Any:
    """The pixels themselves, where the grid is the image's own."""
    from rasterio.windows import Window

    own = source.transform
    col0 = round((grid.transform[2] - own.c) / own.a)
    row0 = round((grid.transform[5] - own.f) / own.e)
    left, top = max(col0, 0), max(row0, 0)
    right = min(col0 + grid.cols, source.width)
    bottom = min(row0 + grid.rows, source.height)
    out = np.full((grid.rows, grid.cols), np.nan, dtype=np.float32)
    if bottom <= top or right <= left:
        return out
    window = Window(left, top, right - left, bottom - top)
    read = source.read(band, window=window, masked=True)
    rows = slice(top - row0, bottom - row0)
    cols = slice(left - col0, right - col0)
    out[rows, cols] = read.astype(np.float32).filled(np.nan)
    return out


def in_pixels(
    rings: Any,
    grid: RasterGrid,
) -> Any:
    """Rings of (x, y) in the grid's coordinates as rings of (column, row)."""
    a, b, c, d, e, f = grid.transform
    area = a * e - b * d
    moved = []
    for ring in rings:
        points = []
        for x, y in ring:
            east, north = x - c, y - f
            col = (e * east - b * north) / area
            row = (a * north - d * east) / area
            points.append([col, row])
        moved.append(points)
    return moved
