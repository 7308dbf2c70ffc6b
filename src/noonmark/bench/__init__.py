"""The whole work on one page: every verb a door or a script may call, and the module that does it.

    from noonmark import bench
    bench.sun_at(place, instant)       where the sun stood
    bench.read_document("clues.toml")  a TOML or JSON document, refused politely when it can't be one

The bench wires rooms together and holds no formula. Names are imported when first used (PEP 562),
so that a command pays only for what it needs. To add a verb, add a row to ``_HOME``; a verb
can't have the name of a module of this folder, because importing that module would hide it.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME: dict[str, str] = {
    "answer_all": "noonmark.bench.batch",
    "answer_json": "noonmark.bench.answer_json",
    "calibrate_folder": "noonmark.bench.calibrate",
    "check": "noonmark.bench.answer",
    "check_claim": "noonmark.bench.ask",
    "extras": "noonmark.bench.health",
    "json_line": "noonmark.bench.jsontext",
    "locate": "noonmark.bench.answer",
    "locate_document": "noonmark.bench.ask",
    "new_folder": "noonmark.bench.outputs",
    "open_input": "noonmark.case.documents",
    "probe": "noonmark.bench.media",
    "read_document": "noonmark.case.documents",
    "read_questions": "noonmark.bench.batch",
    "refuse_existing": "noonmark.bench.outputs",
    "resume_point": "noonmark.bench.batch",
    "run_demo": "noonmark.bench.demo",
    "schema": "noonmark.bench.schemas",
    "schema_names": "noonmark.bench.schemas",
    "self_test": "noonmark.bench.health",
    "sun_at": "noonmark.bench.sun",
    "verdict_json": "noonmark.bench.answer_json",
    "versions": "noonmark.bench.health",
    "was_answered": "noonmark.bench.batch",
    "write_report": "noonmark.bench.report",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'noonmark.bench' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
