"""Noonmark: where and when can this have been filmed, and how sure may we be?

    import noonmark
    answer = noonmark.locate("clues.toml")
    noonmark.sun_at(noonmark.Place(41.8, 86.0), noonmark.utc("2018-08-20T01:20:00Z"))

The names that a notebook needs stand here; every action is in :mod:`noonmark.actions`.
docs/python.md is a session from a photo to a map.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noonmark.actions.answers import check as check
    from noonmark.actions.answers import locate as locate
    from noonmark.actions.cases import case as case
    from noonmark.actions.cases import verify_bundle as verify
    from noonmark.actions.clock_readings import local as local
    from noonmark.actions.footage import probe as probe
    from noonmark.actions.frame import solve_frame as solve_frame
    from noonmark.actions.recognition import seen as seen
    from noonmark.actions.sun_position import sun_at as sun_at
    from noonmark.errors import EvidenceError as EvidenceError
    from noonmark.errors import InputError as InputError
    from noonmark.errors import NoonmarkError as NoonmarkError
    from noonmark.errors import OutsideError as OutsideError
    from noonmark.errors import Problem as Problem
    from noonmark.values import Place as Place
    from noonmark.values import Span as Span
    from noonmark.values import utc as utc

__version__ = "0.1.0"

# Where each public name stands: a module, and its name there where that differs.
_HOME = {
    "EvidenceError": ("noonmark.errors", "EvidenceError"),
    "InputError": ("noonmark.errors", "InputError"),
    "NoonmarkError": ("noonmark.errors", "NoonmarkError"),
    "OutsideError": ("noonmark.errors", "OutsideError"),
    "Place": ("noonmark.values", "Place"),
    "Problem": ("noonmark.errors", "Problem"),
    "Span": ("noonmark.values", "Span"),
    "case": ("noonmark.actions.cases", "case"),
    "check": ("noonmark.actions.answers", "check"),
    "local": ("noonmark.actions.clock_readings", "local"),
    "locate": ("noonmark.actions.answers", "locate"),
    "probe": ("noonmark.actions.footage", "probe"),
    "seen": ("noonmark.actions.recognition", "seen"),
    "solve_frame": ("noonmark.actions.frame", "solve_frame"),
    "sun_at": ("noonmark.actions.sun_position", "sun_at"),
    "utc": ("noonmark.values", "utc"),
    "verify": ("noonmark.actions.cases", "verify_bundle"),
}

__all__ = [
    "EvidenceError",
    "InputError",
    "NoonmarkError",
    "OutsideError",
    "Place",
    "Problem",
    "Span",
    "actions",
    "case",
    "check",
    "local",
    "locate",
    "probe",
    "seen",
    "solve_frame",
    "sun_at",
    "utc",
    "verify",
]

# Imported when first used (PEP 562), so that `noonmark --help` pays for none of it; a type checker
# reads the block above instead.
if not TYPE_CHECKING:

    def __getattr__(name):
        if name == "actions":
            return importlib.import_module("noonmark.actions")
        if name not in _HOME:
            raise AttributeError(f"module 'noonmark' has no attribute {name!r}")
        module, attribute = _HOME[name]
        return getattr(importlib.import_module(module), attribute)
