"""Layers of the user's own: read strictly, shown by Range or as pictures, never expanded, never
fetched.
"""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
import tifffile
from PIL import Image

from noonmark.world import features

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
KML = (
    '<?xml version="1.0"?><kml '
    'xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>a &amp; b</name>'
    "<MultiGeometry><Point><coordinates>1,2,3</coordinates></Point><Polygon><outerBoundaryIs><LinearRing><coordinates>"
    "0,0 1,0 1,1 "
    "0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark>"
    "</Document></kml>"
)
LAUGHS = (
    '<!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b '
    '"&a;&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>'
)
OUTSIDE = (
    "<!DOCTYPE k [<!ENTITY x SYSTEM "
    '"file:///etc/passwd">]><kml><Placemark><name>&x;</name></Placemark></kml>'
)


def _added(page, path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return page.ask("/api/layers/add", {"path": str(path)})


def test_geojson_comes_back_without_what_is_not_drawn(opened, tmp_path):
    feature = {
        "type": "Feature",
        "properties": {"name": "x", "deep": {"a": 1}},
        "geometry": SQUARE,
        "id": "evil",
    }
    reply = _added(opened, tmp_path / "a.geojson", json.dumps(feature))
    (found,) = reply["geojson"]["features"]
    assert (
        found["properties"] == {"name": "x"}
        and found["geometry"]["type"] == "Polygon"
        and "id" not in found
    )
    assert opened.ask(f"/api/layers/{reply['layer']['id']}/data")["features"] == [found]


def test_kml_and_kmz_are_read_the_same(opened, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("doc.kml", KML)
    plain, zipped = (
        _added(opened, tmp_path / "a.kml", KML),
        _added(opened, tmp_path / "a.kmz", packed.getvalue()),
    )
    assert plain["geojson"] == zipped["geojson"]
    assert [f["geometry"]["type"] for f in plain["geojson"]["features"]] == ["Point", "Polygon"]
    assert plain["geojson"]["features"][0]["properties"] == {"name": "a & b"}


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        OUTSIDE,
        LAUGHS.encode("utf-16"),
        "<kml>",
        "",
        "<kml/>",
        KML.replace("1,2,3", "1,200"),
    ],
)
def test_kml_with_entities_or_without_a_place_is_refused(opened, tmp_path, text):
    (tmp_path / "e.kml").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert opened.refused("/api/layers/add", {"path": str(tmp_path / "e.kml")}) == "bad-layer"


@pytest.mark.parametrize(
    "document",
    [[], {}, {"type": "Feature", "geometry": None}, {"type": "Point", "coordinates": [0, 91]},
    {"type": "Topology"},
     {"type": "Point", "coordinates": ["a", 1]}, {"type": "Point", "coordinates": [float("nan"),
     1]},
     {"type": "LineString", "coordinates": 3}],
)  # fmt: skip
def test_what_is_no_geojson_is_refused(document):
    with pytest.raises(Exception, match=r"GeoJSON|coordinates|longitude|holds no|expected"):
        features.from_geojson(json.dumps(document).encode(), name="x")


def test_a_bomb_in_a_kmz_ends_at_the_limit(monkeypatch):
    monkeypatch.setattr(features, "MOST_BYTES", 100_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", b" " * 10_000_000)
    with pytest.raises(Exception, match="larger than"):
        features.from_kml(packed.getvalue(), name="x")


def _tiff(path, values, *, model=2, code=(2048, 4326), top=60.0, left=5.0, step=0.5):
    keys = (1, 1, 0, 2, 1024, 0, 1, model, code[0], 0, 1, code[1])
    extra = [
        (33550, "d", 3, (step, step, 0.0), True),
        (33922, "d", 6, (0, 0, 0, left, top, 0), True),
    ]
    tifffile.imwrite(
        path, values, extratags=[*extra, (34735, "H", len(keys), keys, True)], metadata=None
    )


def test_a_geotiff_lies_where_it_says_with_rows_in_mercator(opened, tmp_path):
    values = np.zeros((80, 20, 3), np.uint8)
    values[:40] = 255  # the northern half: 60 to 40 degrees
    _tiff(tmp_path / "g.tif", values)
    reply = opened.ask("/api/layers/add", {"path": str(tmp_path / "g.tif")})
    assert reply["bounds"] == [20.0, 5.0, 60.0, 15.0]
    picture = np.asarray(
        Image.open(io.BytesIO(opened.get(f"/api/layers/{reply['png_id']}/image").content))
    )
    high = np.arctanh(np.sin(np.radians([60.0, 40.0, 20.0])))
    share = (high[0] - high[1]) / (high[0] - high[2])
    assert abs((picture[:, 0, 0] > 127).mean() - share) < 0.03


def test_a_geotiff_in_another_system_or_without_a_place_is_refused(opened, tmp_path):
    _tiff(tmp_path / "utm.tif", np.zeros((8, 8), np.uint8), model=1, code=(3072, 32632))
    tifffile.imwrite(tmp_path / "plain.tif", np.zeros((8, 8), np.uint8))
    (tmp_path / "none.tif").write_bytes(b"II*\0nothing")
    assert opened.refused("/api/layers/add", {"path": str(tmp_path / "utm.tif")}) == "bad-layer"
    assert opened.refused("/api/layers/add", {"path": str(tmp_path / "plain.tif")}) == "bad-layer"
    assert opened.refused("/api/layers/add", {"path": str(tmp_path / "none.tif")}) in (
        "not-decodable",
        "bad-layer",
    )


def test_tiles_come_by_range(opened, tmp_path):
    data = b"PMTiles\x03" + bytes(range(200))
    reply = _added(opened, tmp_path / "t.pmtiles", data)
    piece = opened.get(reply["url"], Range="bytes=8-17")
    assert piece.status_code == 206 and piece.content == bytes(range(10))
    assert piece.headers["content-range"] == f"bytes 8-17/{len(data)}"
    assert opened.get(reply["url"], Range="bytes=200-9999").content == data[200:]
    for wrong in ("bytes=300-400", "bytes=-5", "bytes=9-8", "lines=1-2"):
        assert opened.get(reply["url"], Range=wrong).status_code == 400
    assert opened.refused(reply["url"]) == "bad-range"


def test_a_file_that_is_no_archive_is_not_handed_out(opened, tmp_path):
    secret = tmp_path / "secret.pmtiles"
    secret.write_bytes(b"root:x:0:0")
    assert opened.refused("/api/layers/add", {"path": str(secret)}) == "bad-layer"
    layer = {"id": "abc", "path": str(secret), "name": "x", "kind": "pmtiles", "shown": True}
    state = opened.ask("/api/state")["state"]
    inquiry = {**state["inquiry"], "layers": [layer]}
    opened.ask("/api/inquiry", {"revision": 0, "inquiry": inquiry, "said": "added a layer"})
    assert opened.get("/api/layers/abc/pmtiles", Range="bytes=0-5").status_code == 400


def test_a_layer_of_the_inquiry_is_there_after_opening_again(opened, case, tmp_path):
    layer = _added(opened, tmp_path / "a.geojson", json.dumps(SQUARE))["layer"]
    state = opened.ask("/api/state")["state"]
    body = {
        "revision": 0,
        "inquiry": {**state["inquiry"], "layers": [layer]},
        "said": "added a layer",
    }
    opened.ask("/api/inquiry", body)
    opened.ask("/api/case/open", {"path": str(case)})
    assert opened.ask(f"/api/layers/{layer['id']}/data")["features"]
    assert opened.refused("/api/layers/unknown/data") == "no-such-layer"
