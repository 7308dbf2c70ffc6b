"""One elevation file as heights on a grid of latitude and longitude."""

from __future__ import annotations

import os

from noonmark.errors import InputError
from noonmark.sandbox.decoders import elevation_pmtiles, elevation_tiff
from noonmark.sandbox.parsers import hgt, pmtiles
from noonmark.sandbox.task_types import Answer, Payload

_MOST_BYTES = 700_000_000
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""The first bytes of a TIFF of either order of bytes, and of a BigTIFF."""


def main(payload: Payload, fds: list[int]) -> Answer:
    """Heights and where they lie.

    Payload: ``name`` of the file, from which a .hgt tile knows its corner.

    Answer: ``heights_m`` (rows, columns) float32, nan where there is none, north at the top;
    ``north_deg`` and ``west_deg`` of the middle of the first cell; ``lat_step_deg``,
    ``lon_step_deg``; ``form``.
    """
    size = os.fstat(fds[0]).st_size
    if size > _MOST_BYTES:
        raise InputError(
            f"{size} bytes are more than is read",
            code="bad-elevation",
            hint="cut it to the region that is needed: gdal_translate -projwin W N E S IN OUT.tif",
        )
    with os.fdopen(os.dup(fds[0]), "rb") as stream:
        data = stream.read(_MOST_BYTES)
    name = str(payload["name"])
    if data[:4] in _TIFF:
        found = elevation_tiff.grid_of(data, payload["limits"]["pixels"])
        return {**found, "form": "geotiff"}
    if data[: len(pmtiles.MAGIC)] == pmtiles.MAGIC:
        return elevation_pmtiles.grid_of(data, payload["limits"]["pixels"])
    form = "hgt"
    if data[:2] == b"PK":
        name, data = hgt.member(data)
        form = "hgt.zip"
    heights = hgt.heights(data)
    south, west = hgt.corner(name)
    step = 1.0 / (heights.shape[0] - 1)
    return {
        "heights_m": heights,
        "north_deg": south + 1.0,
        "west_deg": west,
        "lat_step_deg": step,
        "lon_step_deg": step,
        "form": form,
    }
