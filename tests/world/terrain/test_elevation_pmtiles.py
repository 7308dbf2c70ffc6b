"""Terrain tiles in PMTiles become a tile of heights on even degrees."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.errors import InputError
from noonmark.sandbox.decoders.elevation_pmtiles import grid_of
from noonmark.sandbox.parsers.pmtiles import packed_tiles, place_of
from noonmark.world.terrain import elevation_store as es
from tests.world.terrain.made_pmtiles import (
    SIDE,
    number_at,
    picture,
    pmtiles,
    terrain_rgb,
    terrarium,
)

ZOOM = 9
NEAR = (265, 181)


def height(lat, lon):
    """A slope of 400 m a degree to the north and 100 m a degree to the east."""
    return 400.0 * (lat - 45.0) + 100.0 * (lon - 6.0) + 800.0


def heights_of(column, row):
    """What the slope is at the middles of the pixels of a tile."""
    across = SIDE * 2**ZOOM
    lon = (column * SIDE + np.arange(SIDE) + 0.5) / across * 360.0 - 180.0
    share = (row * SIDE + np.arange(SIDE) + 0.5) / across
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * share))))
    return height(lat[:, None], lon[None, :])


def made(encoded=terrarium, **how):
    x, y = NEAR
    places = [(x, y), (x + 1, y), (x, y + 1)]
    coarse = {5: encoded(np.full((SIDE, SIDE), 1.0))}
    return pmtiles(coarse | {number_at(ZOOM, *p): encoded(heights_of(*p)) for p in places}, **how)


def test_tiles_are_numbered_along_the_curve_of_the_specification():
    first = [place_of(n) for n in range(6)]
    assert first == [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0), (2, 0, 0)]
    assert place_of(19078479) == (12, 3423, 1763)


@pytest.mark.parametrize("encoded", [terrarium, terrain_rgb])
@pytest.mark.parametrize("leaves", [False, True])
def test_the_finest_tiles_lie_where_mercator_puts_them(encoded, leaves):
    found = grid_of(made(encoded, leaves=leaves), 10**6)
    heights = found["heights_m"]
    assert heights.shape == (2 * SIDE, 2 * SIDE)
    lat = found["north_deg"] - found["lat_step_deg"] * np.arange(2 * SIDE)
    lon = found["west_deg"] + found["lon_step_deg"] * np.arange(2 * SIDE)
    known = np.isfinite(heights)
    # the fourth tile is not in the file
    assert not known[SIDE + 1 :, SIDE:].any()
    assert known[: SIDE - 1].all()
    off = (heights - height(lat[:, None], lon[None, :]))[known]
    assert np.abs(off).max() < 0.06
    assert f"zoom {ZOOM}" in found["form"]


def test_a_coarser_zoom_is_taken_where_the_finest_is_too_large():
    found = grid_of(made(), 20_000)
    assert found["heights_m"].shape == (SIDE, SIDE)
    assert "zoom 2" in found["form"]
    with pytest.raises(InputError, match="at every zoom"):
        grid_of(made(), 100)


def test_a_transparent_pixel_has_no_height():
    tile = heights_of(*NEAR)
    tile[40:50, 60] = np.nan
    found = grid_of(pmtiles({number_at(ZOOM, *NEAR): terrarium(tile)}), 10**6)["heights_m"]
    assert np.isnan(found[42:48, 60]).all()
    assert np.isnan(found).sum() < 14


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PMTiles\x02" + bytes(200), "version 3"),
        (made()[:-9], "was cut"),
        (made()[:150], "end of the file"),
        (pmtiles({5: picture(np.full((SIDE, SIDE, 3), 77))}), "no heights"),
        (pmtiles({5: b"no picture"}), "can't be read"),
        (pmtiles({5: terrarium(np.ones((SIDE, 2 * SIDE)))}), "256 x 128"),
    ],
    ids=["version", "tiles", "directory", "photo", "bytes", "oblong"],
)
def test_what_holds_no_terrain_is_refused_in_words(data, words):
    with pytest.raises(InputError, match=words):
        grid_of(data, 10**6)


def test_flipped_bytes_of_the_directories_are_refused_or_read():
    data = bytearray(made(leaves=True))
    rng = np.random.default_rng(5)
    for _ in range(300):
        broken = bytearray(data)
        broken[int(rng.integers(8, 260))] ^= int(rng.integers(1, 256))
        try:
            packed_tiles(bytes(broken))
        except InputError as error:
            assert error.code == "bad-elevation"


def test_a_file_is_kept_as_a_tile_by_the_locked_process(tmp_path):
    path = tmp_path / "alps.pmtiles"
    path.write_bytes(made())
    tile = es.add(path, tmp_path / "store")
    assert tile.form == "pmtiles, zoom 9, terrarium"
    assert 0.2 < tile.still_void < 0.26
    heights, _ = es.load(tile, tmp_path / "store")
    row, column = 30, 40
    lat = tile.north_deg - row * tile.lat_step_deg
    lon = tile.west_deg + column * tile.lon_step_deg
    assert heights[row, column] == pytest.approx(height(lat, lon), abs=0.06)
