"""A GeoTIFF as a small RGBA picture and the numbers that say where it lies."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from PIL import Image

from noonmark.errors import InputError
from noonmark.sandbox.decoders.pixel_limit import pixel_limit
from noonmark.sandbox.task_types import Answer, Payload

_TAGS = {"scale": 33550, "tie": 33922, "keys": 34735}
"""ModelPixelScale, ModelTiepoint, GeoKeyDirectory (OGC GeoTIFF 1.1)."""
_NODATA = 42113
"""GDAL's tag: the number that stands where nothing was measured."""
_MOST_NUMBERS = 4000
_COLOUR_MODES = ("RGB", "RGBA", "P", "L", "LA", "1", "CMYK", "YCbCr")
_PERCENTILES = [1.0, 99.0]
_LEAST_SPAN = 1e-300


def main(payload: Payload, fds: list[int]) -> Answer:
    """One GeoTIFF, small.

    Payload: ``longest_px``, which bounds the picture that comes back.

    Answer: ``rgba`` (height, width, 4) uint8, the size in full, and the numbers of the tags
    ``scale``, ``tie`` and ``keys``; what they mean is worked out outside.
    """
    pixels, longest_px = payload["limits"]["pixels"], payload["longest_px"]
    with pixel_limit(pixels), os.fdopen(os.dup(fds[0]), "rb") as stream:
        try:
            picture: Any = Image.open(stream, formats=["TIFF"])
        except (OSError, Image.DecompressionBombError, SyntaxError) as error:
            raise InputError(
                f"this is no TIFF that can be read: {error}", code="not-decodable"
            ) from None
        width, height = picture.size
        if width * height > pixels:
            raise InputError(f"{width}x{height} px is more than is read", code="too-many-pixels")
        tags = {name: _numbers(picture.tag_v2.get(tag)) for name, tag in _TAGS.items()}
        nodata = _number(picture.tag_v2.get(_NODATA))
        picture.thumbnail((longest_px, longest_px), Image.Resampling.NEAREST)
        return {"rgba": _rgba(picture, nodata), "width_px": width, "height_px": height, **tags}


def _rgba(picture: Any, nodata: float | None) -> Any:
    """Colours as they are; one band of numbers as greys between its 1st and 99th percentile."""
    is_grey_with_gaps = picture.mode == "L" and nodata is not None
    if picture.mode in _COLOUR_MODES and not is_grey_with_gaps:
        return np.ascontiguousarray(np.asarray(picture.convert("RGBA")))
    values = np.asarray(picture, dtype=np.float64)
    if values.ndim != 2:
        raise InputError(f"a TIFF of the form {picture.mode} is not read", code="not-decodable")
    # Where nothing was measured the picture is transparent.
    seen = np.isfinite(values)
    if nodata is not None:
        seen &= values != nodata
    # The extremes are often errors of the sensor, so the ends of the scale leave them out.
    low, high = np.percentile(values[seen], _PERCENTILES) if seen.any() else (0.0, 1.0)
    with np.errstate(invalid="ignore"):
        scaled = (values - low) / max(high - low, _LEAST_SPAN) * 255.0
        levels = np.clip(scaled, 0.0, 255.0)
    grey = np.where(seen, levels, 0.0).astype(np.uint8)
    alpha = np.where(seen, 255, 0).astype(np.uint8)
    return np.ascontiguousarray(np.stack([grey, grey, grey, alpha], axis=-1))


def _numbers(value: Any) -> list[float]:
    """The numbers of a tag; none where it is absent or holds another type."""
    if not isinstance(value, tuple | list):
        return []
    return [float(number) for number in value][:_MOST_NUMBERS]


def _number(value: Any) -> float | None:
    """A tag as a number; None where it is absent or none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
