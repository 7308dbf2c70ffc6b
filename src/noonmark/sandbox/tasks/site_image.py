"""The pixels of one image around a site, on one grid, with what the image says of itself."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox.decoders import raster, raster_safe
from noonmark.sandbox.task_types import Answer, Payload

_SCREENSHOT_PX = 1_000_000


@dataclass(frozen=True)
class _Band:
    """One band: its name, the stream that holds it, its number there, whether it holds classes, and
    the number that stands where nothing was recorded, if the file does not say so itself.
    """

    name: str
    stream: Callable[[], Any]
    number: int
    is_classes: bool = False
    empty: float | None = None


def main(
    payload: Payload,
    fds: list[int],
) -> Answer:
    """One image.

    Payload: ``outlines``, rings of (longitude, latitude) by feature; ``margin_m`` around them;
    ``grids`` that the site has (``crs``, ``transform``, ``rows``, ``cols``), one of which is taken
    where it fits; ``most_px`` of a chip; ``names``, the name and the first band of each file.

    Answer: ``values`` (bands, rows, cols) float32, ``classes`` (rows, cols) uint8 or None,
    ``bands``, ``grid`` and its number or None, ``pixel_m``, ``outlines`` in pixels, ``warped``,
    ``stretched`` (numbers of 8 bits), ``facts``. An image without coordinates comes back whole,
    with no grid; or only its part in ``window`` (left, top, right, bottom) [px], with the
    ``corner`` of that part and ``shrink``, how many of its pixels one of the answer's stands for.

    Raises InputError "not-decodable", "too-many-pixels", "site-too-large", "site-outside".
    """
    pixels = payload["limits"]["pixels"]
    if raster_safe.is_zip(fds[0]):
        return _of_product(fds[0], payload)
    bands, facts = _bands_of_files(fds, payload["names"], pixels)
    told = {"facts": facts, "offset": 0.0}
    if bands:
        return _read(bands, payload, pixels) | told
    with raster.opened(_again(fds[0]), pixels) as source:
        return _whole(source, payload.get("window"), payload["most_px"]) | told


def _of_product(
    fd: int,
    payload: Payload,
) -> Answer:
    """The bands of a Sentinel-2 product in a zip; 0 means that nothing was recorded.

    Of several tiles the first that shows the site gives the grid and the facts, the others what it
    leaves open.
    """
    held = raster_safe.archive(fd)
    pixels = payload["limits"]["pixels"]
    answer: Answer | None = None
    outside: InputError | None = None
    for tile in raster_safe.tiles(held):
        bands = _bands_of_tile(held, tile)
        try:
            if answer is None:
                told = {"facts": tile.facts, "offset": tile.offset}
                answer = _read(bands, payload, pixels) | told
            elif tile.offset == answer["offset"]:
                _fill(answer, bands, pixels)
        except InputError as error:
            if error.code != "site-outside":
                raise
            outside = error
    if answer is None:
        assert outside is not None
        raise outside
    return answer


def _bands_of_tile(
    held: Any,
    tile: raster_safe.SafeProduct,
) -> list[_Band]:
    """The bands of one tile, with its classes."""
    bands = []
    for name, member in tile.bands.items():
        stream = raster_safe.member_stream(held, member)
        bands.append(_Band(name, stream, 1, empty=0.0))
    if tile.classes:
        stream = raster_safe.member_stream(held, tile.classes)
        bands.append(_Band("classes", stream, 1, is_classes=True))
    return bands


def _fill(
    answer: Answer,
    bands: Sequence[_Band],
    pixels: int,
) -> None:
    """Put another tile's pixels where an answer has none."""
    grid = raster.RasterGrid(**answer["grid"])
    is_open = ~np.isfinite(answer["values"]).all(axis=0)
    if not is_open.any():
        return
    for band in bands:
        array, moved, _ = _on_grid(band, grid, pixels)
        if band.is_classes and answer["classes"] is not None:
            taken = is_open & np.isfinite(array)
            answer["classes"][taken] = array[taken].clip(0, 255).astype(np.uint8)
        elif band.name in answer["bands"]:
            number = answer["bands"].index(band.name)
            answer["values"][number][is_open] = array[is_open]
            answer["warped"] |= moved and bool(np.isfinite(array[is_open]).any())


def _bands_of_files(
    fds: Sequence[int], names: Sequence[Mapping[str, Any]], pixels: int
) -> tuple[list[_Band], dict[str, Any]]:
    """Every band of every file, and the notes of the first; no bands where it has no coordinates.

    A band is called as we were told, or as the file describes it, or band-1, band-2 ...
    """
    bands: list[_Band] = []
    facts: dict[str, Any] = {}
    for fd, told in zip(fds, names, strict=True):
        stream = _again(fd)
        with raster.opened(stream, pixels) as source:
            if source.crs is None or source.transform.is_identity:
                return [], {}
            facts = facts or _notes(source)
            for number in source.indexes:
                described = source.descriptions[number - 1] or f"band-{number}"
                given = told["bands"][number - 1] if number <= len(told["bands"]) else described
                name = str(given).strip().lower()[:40]
                bands.append(_Band(name, stream, number, name in ("scl", "classes")))
    if len({band.name for band in bands}) < len(bands):
        raise InputError(
            "two bands of the image have the same name",
            code="band-names",
            hint="name them all: --bands blue,green,red,nir",
        )
    return bands, facts


def _again(fd: int) -> Callable[[], Any]:
    return lambda: raster.FileBytes(fd)


def _notes(source: Any) -> dict[str, Any]:
    """What a GeoTIFF says of its making: GDAL's names of providers' notes."""
    notes = {**source.tags(), **source.tags(ns="IMAGERY")}
    wanted = ("ACQUISITIONDATETIME", "SATELLITEID", "CLOUDCOVER", "TIFFTAG_DATETIME")
    return {name.lower(): str(notes[name])[:200] for name in wanted if name in notes}


def _read(
    bands: Sequence[_Band],
    payload: Payload,
    pixels: int,
) -> Answer:
    """All bands on one grid, that of the first."""
    with raster.opened(bands[0].stream, pixels) as source:
        grid, number, placed = _grid(source, payload)
        side_m = raster.pixel_m(grid)
    values = []
    classes, warped, stretched = None, False, False
    for band in bands:
        array, moved, kind = _on_grid(band, grid, pixels)
        if band.is_classes:
            classes = np.nan_to_num(array, nan=0.0).clip(0, 255).astype(np.uint8)
            continue
        values.append(array)
        warped |= moved
        stretched |= kind == "uint8"
    if not values or not np.isfinite(values[0]).any():
        raise InputError(
            "the image does not cover the site",
            code="site-outside",
            hint="check the outline: GeoJSON has longitude first, then latitude",
        )
    return {
        "values": np.stack(values),
        "classes": classes,
        "bands": [band.name for band in bands if not band.is_classes],
        "grid": _as_answer(grid),
        "grid_number": number,
        "pixel_m": side_m,
        "outlines": {name: raster.in_pixels(rings, grid) for name, rings in placed.items()},
        "warped": warped,
        "stretched": stretched,
    }


def _on_grid(
    band: _Band,
    grid: raster.RasterGrid,
    pixels: int,
) -> tuple[Any, bool, str]:
    """One band on a grid, whether it was warped, and the type of its numbers in the file."""
    with raster.opened(band.stream, pixels) as source:
        array, moved = raster.on_grid(
            source,
            band.number,
            grid,
            smooth=not band.is_classes,
        )
        kind = str(source.dtypes[band.number - 1])
    if band.empty is not None:
        array[array == band.empty] = np.nan
    return array, moved, kind


def _as_answer(grid: raster.RasterGrid) -> dict[str, Any]:
    """A grid as JSON can hold it."""
    return {
        "crs": grid.crs,
        "transform": list(grid.transform),
        "rows": grid.rows,
        "cols": grid.cols,
    }


def _grid(
    source: Any,
    payload: Payload,
) -> tuple[raster.RasterGrid, int | None, dict[str, Any]]:
    """The grid to read on, its number if the site has it, and the features in its coordinates."""
    crs = raster.crs_name(source)
    placed = {}
    points = []
    for name, rings in payload["outlines"].items():
        placed[name] = raster.projected(rings, crs)
        for ring in placed[name]:
            points += ring
    if not np.isfinite(points).all():
        raise InputError(
            "the site lies outside the image's map projection",
            code="site-outside",
            hint="check the outline: GeoJSON has longitude first, then latitude",
        )
    for number, known in enumerate(payload["grids"]):
        old = raster.RasterGrid(
            crs=known["crs"],
            transform=tuple(known["transform"]),
            rows=known["rows"],
            cols=known["cols"],
        )
        if raster.fits(source, old):
            return old, number, placed
    made = raster.grid_around(
        source,
        points,
        payload["margin_m"],
        payload["most_px"],
    )
    return made, None, placed


def _whole(
    source: Any,
    window: Sequence[float] | None,
    most_px: int,
) -> Answer:
    """An image without coordinates in red, green and blue, made smaller where large: whole, or the
    part in a window.
    """
    left, top, wide, high = _part(source, window)
    most = _SCREENSHOT_PX if window is None else most_px
    shrink = max(1.0, (wide * high / most) ** 0.5)
    shape = (max(1, int(high / shrink)), max(1, int(wide / shrink)))
    return {
        "values": _colours(source, shape, (left, top, wide, high)).astype(np.float32),
        "corner": [left, top],
        "shrink": [wide / shape[1], high / shape[0]],
        "classes": None,
        "bands": ["red", "green", "blue"],
        "grid": None,
        "grid_number": None,
        "pixel_m": None,
        "outlines": {},
        "warped": False,
        "stretched": True,
    }


def _part(
    source: Any,
    window: Sequence[float] | None,
) -> tuple[int, int, int, int]:
    """Left, top, width and height of the part of an image that lies in a window."""
    if window is None:
        return 0, 0, source.width, source.height
    left, top = (max(math.floor(value), 0) for value in window[:2])
    right = min(math.ceil(window[2]), source.width)
    bottom = min(math.ceil(window[3]), source.height)
    if left >= right or top >= bottom:
        raise InputError(
            "by its control points the photo does not show the site",
            code="site-outside",
            hint="check the points: x,y from the top left, longitude before latitude",
        )
    return left, top, right - left, bottom - top


def _colours(
    source: Any,
    shape: tuple[int, int],
    part: tuple[int, int, int, int],
) -> Any:
    """The colours of an image (3, rows, cols), of a palette too; grey in all three."""
    from rasterio.enums import Resampling
    from rasterio.windows import Window

    window = Window(*part)
    palette = None
    with contextlib.suppress(ValueError):
        palette = source.colormap(1)
    if palette:
        codes = source.read(1, window=window, out_shape=shape, resampling=Resampling.nearest)
        table = np.zeros((256, 3), dtype=np.float32)
        for value, colour in palette.items():
            if 0 <= value < 256:
                table[value] = colour[:3]
        coloured = table[codes.astype(np.int64).clip(0, 255)]
        return np.moveaxis(coloured, -1, 0)
    indexes = [1, 2, 3] if source.count >= 3 else [1]
    read = source.read(
        indexes,
        window=window,
        out_shape=(len(indexes), *shape),
        resampling=Resampling.average,
    )
    return read if len(indexes) == 3 else np.repeat(read, 3, axis=0)
