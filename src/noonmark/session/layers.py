"""Layers of the user's own under the map: outlines, a picture of the ground, tiles; never one from
the network.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from noonmark.errors import InputError
from noonmark.media import geotiff
from noonmark.questions.input_files import open_input, read_bytes
from noonmark.sandbox import png
from noonmark.session import page_document as inquiries
from noonmark.session.case_session import CaseSession
from noonmark.session.memory import MapLayer
from noonmark.session.requests import path_of
from noonmark.world import features
from noonmark.world.georaster import placed

_KINDS = {
    ".pmtiles": "pmtiles",
    ".tif": "geotiff",
    ".tiff": "geotiff",
    ".geojson": "geojson",
    ".json": "geojson",
}
_KINDS |= {".kml": "kml", ".kmz": "kml"}
_PMTILES = b"PMTiles\x03"
MOST_RANGE = 16 << 20


def add_layer(session: CaseSession, path: str) -> dict[str, Any]:
    """Read a file as a layer; the page keeps it in the inquiry."""
    whole = str(path_of(path))
    kind = _KINDS.get(Path(whole).suffix.lower())
    if kind is None:
        raise InputError(
            f"{Path(whole).name[:80]!r} is no map layer",
            code="bad-layer",
            hint="a .pmtiles, .tif, .geojson, .kml or .kmz",
        )
    name = hashlib.sha256(os.fsencode(whole)).hexdigest()[:12]
    layer = _read(session, MapLayer(name, whole, Path(whole).name, kind))
    reply: dict[str, Any] = {"layer": layer.as_json()}
    if kind in ("geojson", "kml"):
        reply["geojson"] = layer.content
    elif kind == "geotiff":
        reply |= {"bounds": layer.content["bounds"], "png_id": layer.id}
    else:
        reply["url"] = f"/api/layers/{layer.id}/pmtiles"
    return reply


def data(session: CaseSession, name: str) -> dict[str, Any]:
    """The features of a layer."""
    found: dict[str, Any] = _layer(session, name, "geojson", "kml").content
    return found


def image(session: CaseSession, name: str) -> tuple[bytes, list[float]]:
    """The PNG of a layer, rows even in Mercator, and its edges: south, west, north, east [deg]."""
    content = _layer(session, name, "geotiff").content
    return content["png"], content["bounds"]


def piece(
    session: CaseSession,
    name: str,
    first: int,
    last: int | None,
) -> tuple[bytes, int, int]:
    """Bytes of a tile archive from ``first`` to ``last``, where the piece begins, and the size of
    the whole.
    """
    path = _layer(session, name, "pmtiles").path
    with open_input(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        end = size - 1 if last is None else min(last, size - 1)
        if not 0 <= first <= end:
            raise InputError(
                f"bytes {first} to {last} of {size}", code="bad-range", hint="inside the file"
            )
        stream.seek(first)
        return stream.read(min(end - first + 1, MOST_RANGE)), first, size


def _layer(session: CaseSession, name: str, *kinds: str) -> MapLayer:
    """A layer of this case, read if it was not yet."""
    with session.lock:
        found = session.layers.get(name)
    if found is None:
        _, inquiry = inquiries.read(session.work)
        said = next((entry for entry in inquiry["layers"] if entry["id"] == name), None)
        if said is not None:
            found = _read(session, MapLayer(name, said["path"], said["name"], said["kind"]))
    if found is None or found.kind not in kinds:
        raise InputError(
            "there is no such layer in this case", code="no-such-layer", hint="add it again"
        )
    return found


def _read(session: CaseSession, layer: MapLayer) -> MapLayer:
    """Read the content of a layer as its kind asks, and remember the layer."""
    path = Path(layer.path)
    content: Any = None
    if layer.kind == "pmtiles":
        with open_input(path) as stream:
            if stream.read(len(_PMTILES)) != _PMTILES:
                raise InputError(
                    f"{path.name} is no PMTiles archive", code="bad-layer", hint="of version 3"
                )
    elif layer.kind == "geotiff":
        at = placed(*geotiff.read(path))
        bounds = [at.south_deg, at.west_deg, at.north_deg, at.east_deg]
        content = {
            "png": png.encode(at.rgba, {}, effort=3),
            "bounds": [round(v, 8) for v in bounds],
        }
    else:
        raw = read_bytes(path, largest=features.MOST_BYTES)
        content = (features.from_kml if layer.kind == "kml" else features.from_geojson)(
            raw, name=path.name
        )
    kept = MapLayer(layer.id, layer.path, layer.name, layer.kind, content)
    with session.lock:
        session.layers[layer.id] = kept
    return kept
