"""A map is looked through in pieces and written tile by tile, whatever its size."""

from __future__ import annotations

import tracemalloc

import numpy as np

from noonmark.sandbox.tasks import map_columns
from noonmark.world.landmarks import map_rows
from noonmark.world.landmarks.map_build import build_index
from noonmark.world.landmarks.raw_columns import RawMap, read_raw
from noonmark.world.landmarks.vocabulary import open_vocabulary, write_vocabulary
from tests.world.landmarks.made_maps import Town


def built(raws, folder):
    folder.mkdir()
    made = build_index(raws, folder)
    return made, {f.relative_to(folder): f.read_bytes() for f in folder.rglob("*.npy")}


def test_pieces_of_any_size_give_the_same_index(tmp_path, monkeypatch):
    (tmp_path / "town.osm").write_text(Town.random(seed=5).xml(), encoding="utf-8")
    raw = read_raw(tmp_path / "town.osm", tmp_path)
    whole = built([raw], tmp_path / "whole")
    monkeypatch.setattr(map_rows, "_PIECE", 7)
    assert built([raw], tmp_path / "pieces") == whole


def test_vertices_are_held_for_one_tile_at_a_time(tmp_path):
    tiles, vertices = 50, 40_000
    along = np.arange(vertices, dtype=np.int32)
    x = np.concatenate([along + 10_000_000 * k for k in range(tiles)])
    one = np.ones(tiles, np.uint32)
    column = {
        "id": np.arange(tiles), "kind": one.astype("i1"), "time": one, "parts": one,
        "ends": one * vertices, "x": x, "y": np.full(len(x), 7, "i4"), "tags": one,
        "token": 0 * one,
    }  # fmt: skip
    raw = RawMap(column, [b"barrier\x00wall"], (), 0, 0, 0.0, 0)
    tracemalloc.start()
    made = build_index([raw], tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(made.tiles) == tiles
    assert peak < x.nbytes / 2


def test_a_tag_that_was_forgotten_is_the_same_tag_in_the_index(tmp_path, monkeypatch):
    monkeypatch.setattr(map_columns, "_MOST_KNOWN", 2)
    names = [tmp_path / name for name in map_columns.COLUMNS]
    files = [open(name, "wb") for name in names]  # noqa: SIM115
    writer = map_columns.MapColumns(
        [f.fileno() for f in files], {"most_features": 9, "most_vertices": 9}
    )
    for number, value in enumerate(("a", "b", "c", "a", "b")):
        writer.put(number, 0, 0, [[(0, 0)]], [("shop", value)])
    writer.close()
    for file in files:
        file.close()
    tokens = np.fromfile(tmp_path / "token", np.uint32)
    lines = (tmp_path / "words").read_text().splitlines()
    assert tokens.tolist() == list(range(len(lines)))
    words = [b"shop\x00" + line[-3:-2].encode() for line in lines]
    ranks = write_vocabulary(words, tmp_path)
    assert ranks[tokens].tolist() == [0, 1, 2, 0, 1]
    assert len(open_vocabulary(tmp_path)) == 3
