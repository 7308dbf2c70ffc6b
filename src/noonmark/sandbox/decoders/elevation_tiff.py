"""A GeoTIFF of heights on a grid of WGS 84 degrees, or laid out anew on one.

Files in degrees are read by Pillow. Any other system of coordinates needs rasterio, which is in the
extra ``sites``; so do cells and compressions that Pillow does not know.
"""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from noonmark.arrays import Floats
from noonmark.errors import InputError
from noonmark.sandbox.decoders.pixel_limit import pixel_limit

_SCALE, _TIE, _KEYS, _NODATA, _SAID = 33550, 33922, 34735, 42113, 42112
_MODEL, _RASTER, _GEOGRAPHIC, _VERTICAL, _VERTICAL_UNIT = 1024, 1025, 2048, 4096, 4099
_FOOT_M, _SURVEY_FOOT_M = 0.3048, 1200.0 / 3937.0
_UNITS = {0: "", 9001: "metre", 9002: "foot", 9003: "us survey foot"}
_IN_FEET = {
    **dict.fromkeys((5702, 6360), "us survey foot"),
    **dict.fromkeys((6130, 6131, 6132, 8228), "foot"),
}
"""Systems of heights that count in feet, by their EPSG codes: NGVD29, NAVD88, the Caymans'."""
_METRES = {
    **dict.fromkeys(("", "m", "metre", "meter", "metres", "meters"), 1.0),
    **dict.fromkeys(("ft", "foot", "feet", "international foot"), _FOOT_M),
    **dict.fromkeys(("us survey foot", "us-ft", "ftus", "foot_us"), _SURVEY_FOOT_M),
}
"""Metres in a unit, by the names that files give it. A file that names none is in metres."""
_ITEM = r'<Item\b[^>]*\brole="{}"[^>]*>([^<]*)</Item>'
_DEGREES = (4326, 4979, 4258, 4269)
"""WGS 84, and the two that differ from it by a metre or two."""
_LOWEST_M, _HIGHEST_M = -12_000.0, 9_500.0
_NOTHING_M = -32_768.0
_LONGEST_SAID = 100_000

Grid = dict[str, Any]
"""``heights_m`` (rows, columns), the middle of the north-west cell, and the steps [deg]."""


def grid_of(data: bytes, pixels: int) -> Grid:
    """The heights of a file and where they lie.

    ``data`` are its bytes, ``pixels`` the most cells that are read.

    Raises InputError for what is no TIFF of heights that can be placed on the Earth.
    """
    try:
        with pixel_limit(pixels):
            return _read(data, pixels)
    except UnidentifiedImageError:
        # Its message tells nothing: cells of another kind, another compression, or damage.
        return _laid_out(data, pixels, _STRANGE)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _bad(f"the TIFF can't be read: {error}") from None


def _read(data: bytes, pixels: int) -> Grid:
    """The grid; raises what the library raises of a damaged file."""
    picture: Any = Image.open(io.BytesIO(data), formats=["TIFF"])
    width, height = picture.size
    if width * height > pixels or min(width, height) < 2:
        raise _bad(f"{width} x {height} cells are too many or too few")
    tags = picture.tag_v2
    keys = _keys(tags.get(_KEYS))
    if keys.get(_MODEL) != 2 or keys.get(_GEOGRAPHIC, 4326) not in _DEGREES:
        return _laid_out(data, pixels, _ELSEWHERE)
    said = str(tags.get(_SAID, ""))[:_LONGEST_SAID]
    by_key = _UNITS.get(keys.get(_VERTICAL_UNIT, 0), "of another kind")
    unit = _item(said, "unittype") or by_key or _IN_FEET.get(keys.get(_VERTICAL, 0), "")
    measure = _measure(unit, _item(said, "scale"), _item(said, "offset"))
    values = np.asarray(picture, dtype=np.float32)
    return _grid(values, _number(tags.get(_NODATA)), _where(tags, keys), measure)


def _where(tags: Any, keys: dict[int, int]) -> tuple[float, ...]:
    """The middle of the north-west cell, latitude first, and the steps [deg].

    Only files that lie north up are read: a scale and one tie point.
    """
    scale, tie = tags.get(_SCALE), tags.get(_TIE)
    if scale is None or tie is None or len(scale) < 2 or len(tie) < 6:
        raise _bad("it does not say where on the Earth it lies, or it is turned")
    # Where a pixel is an area, the tie point is the corner of the first, else its middle.
    shift = 0.0 if keys.get(_RASTER) == 2 else 0.5
    west = tie[3] - (tie[0] - shift) * scale[0]
    north = tie[4] + (tie[1] - shift) * scale[1]
    return north, west, scale[1], scale[0]


def _item(said: str, role: str) -> str:
    """What GDAL's metadata say of the band: its unit, scale or offset; empty where nothing."""
    found = re.search(_ITEM.format(role), said)
    return found[1].strip() if found else ""


def _measure(unit: str, scale: Any, offset: Any) -> tuple[float, float]:
    """Metres in a step of the stored numbers, and metres at 0."""
    metres = _METRES.get(unit.strip().lower())
    if metres is None:
        raise _bad(f"its heights are in a unit that is not known here: {unit[:40]!r}")
    step = _number(scale)
    return metres * (1.0 if step is None else step), metres * (_number(offset) or 0.0)


def _grid(
    values: Any,
    nodata: float | None,
    where: tuple[float, ...],
    measure: tuple[float, float],
) -> Grid:
    """The grid [m], without what is no height.

    ``where`` holds the latitude and longitude of the middle of the north-west cell, and the steps
    of latitude and longitude [deg]; ``measure`` see :func:`_measure`.
    """
    if values.ndim != 2:
        raise _bad("it has several bands: one band of heights is read")
    stored: Floats = np.array(values, dtype=np.float32)
    step, start = (np.float32(part) for part in measure)
    with np.errstate(invalid="ignore", over="ignore"):
        heights = stored * step + start
        wrong = ~((heights > _LOWEST_M) & (heights < _HIGHEST_M))
    if nodata is not None:
        wrong |= stored == np.float32(nodata)
    heights[wrong] = np.nan
    north, west, lat_step, lon_step = (float(v) for v in where)
    return {
        "heights_m": heights,
        "north_deg": north,
        "west_deg": west,
        "lat_step_deg": lat_step,
        "lon_step_deg": lon_step,
    }


def _laid_out(data: bytes, pixels: int, why: tuple[str, str]) -> Grid:
    """A file that Pillow can't read or place, laid out on degrees by rasterio.

    It is resampled bilinearly. Cells that the file does not cover are left without a height.
    ``why`` says what rasterio is needed for, and what does without it.
    """
    try:
        from rasterio.io import MemoryFile
    except ImportError:
        raise InputError(
            f"{why[0]}, and rasterio is not installed",
            code="elevation-projected",
            hint=f"pip install 'noonmark[sites]', or {why[1]} IN OUT.tif",
        ) from None
    from rasterio.errors import RasterioError
    from rasterio.vrt import WarpedVRT
    from rasterio.warp import Resampling

    try:
        with (
            MemoryFile(data) as memory,
            memory.open(driver="GTiff") as source,
            WarpedVRT(
                source,
                crs="EPSG:4326",
                resampling=Resampling.bilinear,
                src_nodata=source.nodata,
                nodata=_NOTHING_M,
                dtype="float32",
            ) as laid,
        ):
            if source.crs is None:
                raise InputError(
                    "the file does not say in which system of coordinates it lies",
                    code="bad-elevation",
                    hint="gdal_translate -a_srs EPSG:4326 IN OUT.tif says that it is in degrees",
                )
            if laid.width * laid.height > pixels:
                raise _bad(f"{laid.width} x {laid.height} cells are too many")
            step = laid.transform
            values = laid.read(1)
            where = (step.f + 0.5 * step.e, step.c + 0.5 * step.a, -step.e, step.a)
            measure = _measure(source.units[0] or "", source.scales[0], source.offsets[0])
            return _grid(values, _NOTHING_M, where, measure)
    except (RasterioError, ValueError):
        raise _bad("the file is damaged, or it does not say where on the Earth it lies") from None


def _keys(directory: Any) -> dict[int, int]:
    """The keys of a GeoKeyDirectory that hold their value themselves.

    It starts with a header of four numbers. Four numbers a key follow, of which the second is 0
    where the fourth is the value.
    """
    numbers = [int(v) for v in directory or ()][:4000]
    table = {}
    for k in range(4, len(numbers) - 3, 4):
        if numbers[k + 1] == 0:
            table[numbers[k]] = numbers[k + 3]
    return table


def _number(value: Any) -> float | None:
    """A tag as a number.

    It is None where the tag is absent, or holds none.
    """
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


_ELSEWHERE = ("this GeoTIFF is not in degrees of WGS 84", "gdalwarp -t_srs EPSG:4326")
_STRANGE = (
    "the cells or the compression of this TIFF are such as rasterio alone reads",
    "gdal_translate -ot Float32 -co COMPRESS=DEFLATE",
)
_HINT = "give a .hgt tile (N42E001.hgt, perhaps in a zip) or a GeoTIFF of heights in metres"


def _bad(why: str) -> InputError:
    return InputError(f"no elevation in degrees: {why}", code="bad-elevation", hint=_HINT)
