"""Noonmark: where and when can this have been filmed, and how sure may we be?

    from noonmark import bench, Place, utc
    bench.sun_at(Place(41.8, 86.0), utc("2018-08-20T01:20:00Z")).elevation_deg

The verbs are in :mod:`noonmark.bench`; the small values and the errors are here.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "EvidenceError": "noonmark.errors",
    "InputError": "noonmark.errors",
    "NoonmarkError": "noonmark.errors",
    "OutsideError": "noonmark.errors",
    "Place": "noonmark.values",
    "Problem": "noonmark.errors",
    "Span": "noonmark.values",
    "local": "noonmark.values",
    "utc": "noonmark.values",
}

__all__ = ["bench", *_HOME]


def __getattr__(name: str) -> Any:
    # Imported when first used (PEP 562), so that `noonmark --help` pays for none of it.
    if name == "bench":
        return importlib.import_module("noonmark.bench")
    if name not in _HOME:
        raise AttributeError(f"module 'noonmark' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
