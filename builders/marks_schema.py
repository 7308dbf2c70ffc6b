"""Writes src/noonmark/schemas/marks.json from the kinds of mark: one module says what a
marks file holds.

python builders/marks_schema.py
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from noonmark.questions import mark_types

TARGET = Path(__file__).parents[1] / "src/noonmark/schemas/marks.json"
NUMBER = {"type": "number"}


def _array(item: dict[str, Any], low: int, high: int) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": low, "maxItems": high}


def property_of(rule: Any, default: Any) -> dict[str, Any]:
    """The schema of one field."""
    kind, low, high = rule["as"], rule["low"], rule["high"]
    simple: dict[str, dict[str, Any]] = {
        "px": _array(NUMBER, 2, 2),
        "line": _array(NUMBER, 4, 4),
        "lines": _array(_array(NUMBER, 4, 4), 1, 2000),
        "points": _array(_array(NUMBER, 2, 2), 1, 2000),
        "text": {"type": "string", "maxLength": 500},
        "flag": {"type": "boolean"},
        "time": {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 with an offset or Z",
        },
    }
    if kind in simple:
        found = dict(simple[kind])
    elif kind.startswith("choice:"):
        found = {"enum": kind[7:].split("|")}
    elif kind.startswith("table:"):
        return table_of(mark_types.Crop)
    elif kind == "index":
        found = {"type": "integer", "minimum": low or 0, "maximum": high or 10_000}
    else:
        found = {"type": "number"}
        if low is not None:
            found["exclusiveMinimum" if kind == "number" and low == 0.0 else "minimum"] = low
        if high is not None:
            found["maximum"] = high
    if default is not MISSING and default not in (None, "", ()):
        found["default"] = default
    return found


def table_of(kind: type[Any], *, means: str | None = None) -> dict[str, Any]:
    """The schema of a table of words."""
    properties = {f.name: property_of(f.metadata, f.default) for f in fields(kind)}
    required = [f.name for f in fields(kind) if f.metadata["must"]]
    if means:
        properties = {"means": {"const": means}, **properties}
        required = ["means", *required]
    found = {"type": "object", "additionalProperties": False, "properties": properties}
    return {
        "description": " ".join((kind.__doc__ or "").split()),
        **found,
        **({"required": required} if required else {}),
    }


def schema() -> dict[str, Any]:
    """The schema of a marks document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "noonmark:marks",
        "title": "A marks document, TOML or JSON: the input of noonmark frame",
        "type": "object",
        "additionalProperties": False,
        "required": ["image", "mark"],
        "properties": {
            "image": table_of(mark_types.Image),
            "lens": table_of(mark_types.LensNote),
            "camera": table_of(mark_types.CameraNote),
            "scene": table_of(mark_types.SceneNote),
            "frame": {"type": "array", "items": table_of(mark_types.FrameNote), "maxItems": 500},
            "mark": {
                "type": "array",
                "minItems": 1,
                "maxItems": 500,
                "items": {
                    "oneOf": [
                        table_of(kind, means=name) for name, kind in mark_types.MEANINGS.items()
                    ]
                },
            },
        },
    }


def text() -> str:
    """The file's text."""
    return json.dumps(schema(), indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
