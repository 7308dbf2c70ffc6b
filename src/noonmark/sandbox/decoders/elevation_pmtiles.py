"""Terrain tiles in PMTiles as one grid of latitude and longitude.

A tile is a picture whose colours are a height: terrarium (red times 256, plus green, plus a 256th
of blue, less 32,768 m) or Mapbox's terrain RGB (tenths of a metre above -10,000 m). Which of the
two is told by the red: 124 to 164 in the one, 1 or 2 in the other, for any height on Earth.
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from PIL import Image

from noonmark.arrays import Floats
from noonmark.errors import InputError
from noonmark.sandbox.decoders.pixel_limit import pixel_limit
from noonmark.sandbox.parsers.pmtiles import PackedTile, bad_pmtiles, packed_tiles

_SIDES = (128, 256, 512, 1024)
_LOWEST_M, _HIGHEST_M = -12_000.0, 9_500.0
_TERRARIUM_RED: Final = (120, 170)
_MAPBOX_MOST_RED: Final = 3

Grid = dict[str, Any]


def grid_of(data: bytes, pixels: int) -> Grid:
    """The heights of the finest zoom that has no more than ``pixels`` cells, as elevation_tiff.

    ``form`` tells the zoom and the encoding. Raises InputError for any other file.
    """
    held = packed_tiles(data)
    if not held:
        raise bad_pmtiles("it holds no tile")
    side = _picture(
        data,
        held[0],
    ).shape[0]
    for zoom in sorted(
        {tile.zoom for tile in held},
        reverse=True,
    ):
        tiles = [tile for tile in held if tile.zoom == zoom]
        if (
            _cells(
                tiles,
                side,
            )
            <= pixels
        ):
            return _laid_out(
                data,
                tiles,
                side,
            )
    raise InputError(
        f"the tiles span more than {pixels} cells at every zoom",
        code="bad-elevation",
        hint="cut it to the region that is needed: pmtiles extract IN OUT --bbox=W,S,E,N",
    )


def _span(tiles: list[PackedTile]) -> tuple[int, int, int, int]:
    """First column, first row, number of columns, number of rows."""
    columns, rows = [tile.x for tile in tiles], [tile.y for tile in tiles]
    return (
        min(columns),
        min(rows),
        max(columns) - min(columns) + 1,
        max(rows) - min(rows) + 1,
    )


def _cells(tiles: list[PackedTile], side: int) -> int:
    _, _, wide, high = _span(tiles)
    return wide * high * side * side


def _picture(data: bytes, tile: PackedTile) -> Any:
    """The picture of a tile (side, side, 3 or 4)."""
    try:
        with pixel_limit(_SIDES[-1] ** 2):
            stream = io.BytesIO(data[tile.start : tile.start + tile.length])
            with Image.open(
                stream,
                formats=["WEBP", "PNG"],
            ) as found:
                if found.size[0] != found.size[1] or found.size[0] not in _SIDES:
                    raise bad_pmtiles(f"a tile has {found.size[0]} x {found.size[1]} pixels")
                return np.asarray(found.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise bad_pmtiles(f"a tile can't be read: {error}") from None


def _laid_out(data: bytes, tiles: list[PackedTile], side: int) -> Grid:
    """The tiles of one zoom beside one another, then on even steps of latitude."""
    left, top, _, high = _span(tiles)
    heights, form = _mosaic(data, tiles, side)
    across = side * 2 ** tiles[0].zoom
    lat = _latitudes((np.arange(high * side) + top * side + 0.5) / across)
    even = np.linspace(lat[0], lat[-1], len(lat))
    return {
        "heights_m": _at_latitudes(heights, lat, even),
        "north_deg": float(lat[0]),
        "west_deg": (left * side + 0.5) / across * 360.0 - 180.0,
        "lat_step_deg": float(lat[0] - lat[-1]) / (len(lat) - 1),
        "lon_step_deg": 360.0 / across,
        "form": f"pmtiles, zoom {tiles[0].zoom}, {form}",
    }


def _mosaic(
    data: bytes,
    tiles: list[PackedTile],
    side: int,
) -> tuple[Floats, str]:
    """The heights of tiles beside one another, and how they are encoded."""
    left, top, wide, high = _span(tiles)
    heights: Floats = np.full((high * side, wide * side), np.nan, np.float32)
    form = ""
    for tile in tiles:
        picture = _picture(data, tile)
        if picture.shape[0] != side:
            raise bad_pmtiles("its tiles differ in size")
        form = form or _encoding(picture)
        row = (tile.y - top) * side
        column = (tile.x - left) * side
        heights[row : row + side, column : column + side] = _heights(picture, form)
    return heights, form


def _encoding(picture: Any) -> str:
    """How heights are told by colours, by the red that most pixels have."""
    seen = picture[..., 0][picture[..., 3] > 0]
    red = float(np.median(seen)) if seen.size else -1.0
    if _TERRARIUM_RED[0] <= red <= _TERRARIUM_RED[1]:
        return "terrarium"
    if 0.0 <= red <= _MAPBOX_MOST_RED:
        return "terrain RGB"
    raise bad_pmtiles("its colours are no heights: it may be a map or a photo")


def _heights(picture: Any, form: str) -> Floats:
    """Heights [m] of a picture; nan where it has none."""
    red, green, blue, alpha = (picture[..., k].astype(np.float32) for k in range(4))
    if form == "terrarium":
        found = red * 256.0 + green + blue / 256.0 - 32_768.0
    else:
        found = (red * 65_536.0 + green * 256.0 + blue) / 10.0 - 10_000.0
    is_none = (alpha == 0) | (red + green + blue == 0)
    is_none |= (found <= _LOWEST_M) | (found >= _HIGHEST_M)
    return np.where(
        is_none,
        np.float32(np.nan),
        found,
    )


def _latitudes(share: Floats) -> Floats:
    """Latitude [deg] by the share of the way from the top of Mercator's square to its bottom."""
    return np.asarray(np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * share)))))


def _at_latitudes(heights: Floats, lat: Floats, even: Floats) -> Floats:
    """Rows between those of the file, linear in latitude.

    ``lat`` and ``even`` (rows,) fall from north to south.
    """
    row = np.interp(
        -even,
        -lat,
        np.arange(len(lat)),
    )
    above = np.minimum(
        row.astype(np.intp),
        len(lat) - 2,
    )
    share = (row - above).astype(np.float32)[:, None]
    return np.asarray(
        heights[above] * (1.0 - share) + heights[above + 1] * share,
        np.float32,
    )
