"""A GeoTIFF as a small RGBA picture and the numbers that say where it lies. Runs in the cage."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from PIL import Image

from noonmark.errors import InputError

_TAGS = {"scale": 33550, "tie": 33922, "keys": 34735}
_NODATA = 42113


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``longest_px`` bounds the picture that comes back."""
    Image.MAX_IMAGE_PIXELS = payload["limits"]["pixels"]
    with os.fdopen(os.dup(fds[0]), "rb") as stream:
        try:
            picture: Any = Image.open(stream, formats=["TIFF"])
        except (OSError, Image.DecompressionBombError, SyntaxError) as error:
            raise InputError(f"this is no TIFF that can be read: {error}", code="not-decodable") from None
        width, height = picture.size
        if width * height > payload["limits"]["pixels"]:
            raise InputError(f"{width}x{height} px is more than is read", code="too-many-pixels")
        tags = {name: _numbers(picture.tag_v2.get(tag)) for name, tag in _TAGS.items()}
        nodata = _number(picture.tag_v2.get(_NODATA))
        picture.thumbnail((payload["longest_px"], payload["longest_px"]), Image.Resampling.NEAREST)
        return {"rgba": _rgba(picture, nodata), "width_px": width, "height_px": height, **tags}


def _rgba(picture: Any, nodata: float | None) -> Any:
    """Colours as they are; one band of numbers as greys between its 1st and 99th percentile."""
    if picture.mode in ("RGB", "RGBA", "P", "L", "LA", "1", "CMYK", "YCbCr") and (
        picture.mode != "L" or nodata is None
    ):
        return np.ascontiguousarray(np.asarray(picture.convert("RGBA")))
    values = np.asarray(picture, dtype=np.float64)
    if values.ndim != 2:
        raise InputError(f"a TIFF of the form {picture.mode} is not read", code="not-decodable")
    seen = np.isfinite(values) & (values != nodata if nodata is not None else True)
    low, high = np.percentile(values[seen], [1.0, 99.0]) if seen.any() else (0.0, 1.0)
    with np.errstate(invalid="ignore"):
        grey = np.clip((values - low) / max(high - low, 1e-300) * 255.0, 0.0, 255.0)
    grey = np.where(seen, grey, 0.0).astype(np.uint8)
    return np.ascontiguousarray(np.stack([grey, grey, grey, np.where(seen, 255, 0).astype(np.uint8)], axis=-1))


def _numbers(value: Any) -> list[float]:
    return [float(v) for v in value][:4000] if isinstance(value, tuple | list) else []


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
