"""Fields of a clue document as a reader takes them: plain names, units beside numbers.

The document itself keeps its keys; ``answer.json`` and the clue file hold them unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_UNITS = {
    "deg": "°", "m": " m", "km": " km", "s": " s", "px": " px", "mm": " mm", "hpa": " hPa",
    "c": " °C", "min": " min", "km2": " km²", "m2": " m²",
}  # fmt: skip
_SIGMA = "one standard deviation"


def reader_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a clue or a prior by names that a reader knows, in their order."""
    found: dict[str, Any] = {}
    for key, value in fields.items():
        if key == "covariance_deg2" and _is_square(value):
            found[f"error of azimuth and elevation ({_SIGMA})"] = _spread(value)
        else:
            name, unit = _name_and_unit(key)
            found[name] = f"{value}{unit}" if unit and isinstance(value, int | float) else value
    return found


def _name_and_unit(key: str) -> tuple[str, str]:
    """``slope_sigma_deg`` as ``slope, one standard deviation`` and the unit of its number."""
    words = key.split("_")
    unit = _UNITS[words.pop()] if len(words) > 1 and words[-1] in _UNITS else ""
    sigma = "sigma" in words
    name = " ".join(word for word in words if word != "sigma")
    return (f"{name}, {_SIGMA}" if sigma else name) or key, unit


def _is_square(value: object) -> bool:
    """Whether a value is a 2 x 2 table of numbers."""
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(row, list | tuple) and len(row) == 2 for row in value)
        and all(isinstance(cell, int | float) for row in value for cell in row)
    )


def _spread(covariance: Any) -> str:
    """The two standard deviations of a covariance [deg2], and their correlation."""
    (first, both), (_, second) = covariance
    if first <= 0 or second <= 0:
        return "not positive"
    across, up = math.sqrt(first), math.sqrt(second)
    return f"{across:.2g}° and {up:.2g}°, correlation {both / (across * up):.2f}"
