"""Write the JSON Schemas that follow from tables in the code: src/noonmark/schemas/clues.json.

    python builders/schemas.py

The fields of each kind of clue, with their limits, stand in `noonmark.inference.clues.table`; a
test (`tests/actions/test_schemas.py`) fails when the shipped schema is not what this writes.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from noonmark.inference.clues.spec import GREATEST

TARGET = Path(__file__).resolve().parents[1] / "src" / "noonmark" / "schemas" / "clues.json"

TIME = {
    "type": "string",
    "description": "RFC 3339 with an offset or Z, or a local time where the zone is known; "
    "a window takes dates too",
}
LAT = {"type": "number", "minimum": -90, "maximum": 90}
LON = {"type": "number", "minimum": -180, "maximum": 180}
EAST = {"type": "number", "minimum": -180, "maximum": 360, "description": "may pass 180"}
AREA = {
    "description": "world, land, a country's two letters, a GeoJSON file, a circle or a rectangle",
    "oneOf": [
        {"type": "string", "minLength": 1, "maxLength": 500},
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["lat_deg", "lon_deg", "radius_km"],
            "properties": {
                "lat_deg": LAT,
                "lon_deg": LON,
                "radius_km": {"type": "number", "exclusiveMinimum": 0, "maximum": 20100},
            },
        },
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["south", "west", "north", "east"],
            "properties": {"south": LAT, "west": EAST, "north": LAT, "east": EAST},
        },
    ],
}
YEAR_DAYS = r"^\d{2}-\d{2}(/\d{2}-\d{2})?$"
FORMS = {
    "area": AREA,
    "clock_time": {
        "type": "string",
        "pattern": r"^\s*\d{1,2}([:.h]\d{2}([:.]\d{2}([.,]\d+)?)?)?\s*([aApP]\.?[mM]\.?)?\s*$",
    },
    "date": {"type": "string"},
    "year_days": {
        "anyOf": [
            {"type": "string", "pattern": YEAR_DAYS},
            {
                "type": "array",
                "minItems": 1,
                "maxItems": 100,
                "items": {"type": "string", "pattern": YEAR_DAYS},
            },
        ]
    },
}
COMMON = {
    "outlier": {
        "type": "number",
        "minimum": 0,
        "maximum": 0.9,
        "description": "share of mismeasured clues of this kind; default 0.01",
    },
    "note": {"type": "string", "maxLength": 2000},
}
WHEN = {
    "at": TIME,
    "at_sigma_s": {
        "type": "number",
        "minimum": 0,
        "maximum": 86400,
        "description": "error of the clock that gave `at`",
    },
    "offset_s": {
        "type": "number",
        "minimum": -4e9,
        "maximum": 4e9,
        "description": "seconds after the scene's unknown start",
    },
}


def field_schema(limits: Any, metadata: Any) -> dict[str, Any]:
    """The schema of one field from its limits."""
    one: dict[str, Any] = {"type": "number"}
    if limits.low > -GREATEST:
        one["exclusiveMinimum" if limits.open_low else "minimum"] = limits.low
    if limits.high < GREATEST:
        one["maximum"] = limits.high
    shapes: dict[str, Any] = {
        "number": one,
        "bool": {"type": "boolean"},
        "text": {"enum": list(limits.choices)} if limits.choices else {"type": "string"},
        "time": TIME,
        "times": {"anyOf": [TIME, {"type": "array", "items": TIME}]},
        "numbers": {"type": "array", "items": one},
        "matrix": {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}},
        },
    }
    if limits.shape == "form":
        found = dict(FORMS[metadata["form"]])
    elif limits.shape == "tables":
        found = {"type": "array", "minItems": 1, "items": table_schema(metadata["of"])}
    else:
        found = dict(shapes[limits.shape])
    if limits.length is not None:
        found |= {"minItems": limits.length, "maxItems": limits.length}
    return found | {"description": limits.words}


def table_schema(kind: type) -> dict[str, Any]:
    """The schema of a dataclass whose fields carry limits."""
    described = [(f.name, f.metadata) for f in fields(kind) if "limits" in f.metadata]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, metadata in described if metadata["limits"].required],
        "properties": {
            name: field_schema(metadata["limits"], metadata) for name, metadata in described
        },
    }


def clue_schema(name: str, row: Any) -> dict[str, Any]:
    """The schema of one kind of clue."""
    found = table_schema(row.fields)
    found["required"] = ["kind", *found["required"]]
    extra = COMMON | WHEN
    found["properties"] = (
        {"kind": {"const": name}}
        | found["properties"]
        | {key: value for key, value in extra.items() if key not in found["properties"]}
    )
    return {"title": (row.fields.__doc__ or name).strip().split("\n")[0], **found}


def clues_schema() -> dict[str, Any]:
    """The schema of a clue document."""
    from noonmark.inference.clues.table import KINDS

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "noonmark:clues",
        "title": "A clue document, TOML or JSON: the input of noonmark locate and check",
        "type": "object",
        "additionalProperties": False,
        "required": ["clue"],
        "properties": {
            "prior": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"not_before": TIME, "not_after": TIME, "area": AREA},
            },
            "clue": {
                "type": "array",
                "minItems": 1,
                "items": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in KINDS]},
            },
            "zone": {
                "type": "string",
                "minLength": 1,
                "description": "an IANA zone: whose clock the local times of this file are of",
            },
            "calendar": {
                "enum": ["gregorian", "julian"],
                "description": "of local times and dates; RFC 3339 is Gregorian always",
            },
            "title": {},
            "note": {},
            "id": {
                "type": ["string", "integer"],
                "maxLength": 200,
                "description": "in a .jsonl line: comes back with the answer",
            },
            "truth": {
                "type": "object",
                "additionalProperties": False,
                "required": ["lat_deg", "lon_deg", "utc"],
                "properties": {"lat_deg": LAT, "lon_deg": LON, "utc": TIME},
                "description": "in a .jsonl line: where and when it was, if known",
            },
        },
        "$defs": {name: clue_schema(name, row) for name, row in KINDS.items()},
    }


def main() -> None:
    """Write the file."""
    TARGET.write_text(json.dumps(clues_schema(), indent=2) + "\n", encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
