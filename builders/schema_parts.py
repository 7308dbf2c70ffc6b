"""The pieces that the builders of JSON Schemas (draft 2020-12) put together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "src" / "noonmark" / "schemas"
Schema = dict[str, Any]


def table(said: str = "", /, *, optional: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object of these fields and no others, all of them required but the optional ones."""
    found: Schema = {"type": "object", "additionalProperties": False}
    found["required"] = [name for name in properties if name not in optional]
    found["properties"] = properties
    return {"description": said, **found} if said else found


def rows(items: Schema, said: str = "", **limits: int) -> Schema:
    """An array of items that are alike."""
    found = {"type": "array", "items": items, **limits}
    return {"description": said, **found} if said else found


def text(said: str = "") -> Schema:
    """Any text."""
    return {"type": "string", "description": said} if said else {"type": "string"}


def number(said: str = "", **limits: float) -> Schema:
    """A number, with its unit in words."""
    found = {"type": "number", **limits}
    return {"description": said, **found} if said else found


def whole(said: str = "", least: int = 0) -> Schema:
    """A whole number of at least 0, or another least."""
    return {"description": said, "type": "integer", "minimum": least}


def flag(said: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": said}


def word(*choices: str, said: str = "") -> Schema:
    """One of some words."""
    return {"description": said, "enum": list(choices)} if said else {"enum": list(choices)}


def or_null(found: Schema, said: str) -> Schema:
    """What was found, or null."""
    return {"description": said, "anyOf": [found, {"type": "null"}]}


def whole_schema(name: str, title: str, found: Schema) -> Schema:
    """A schema with its name and title, as it is shipped."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"noonmark:{name}"}
    return {**head, "title": title, **found}


def one_of(acts: dict[str, Schema]) -> Schema:
    """The answer of one act of several, each under ``$defs`` by its name."""
    return {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in acts], "$defs": acts}


def write(schemas: dict[str, Schema]) -> None:
    """Write schemas into the package, each to the file of its name."""
    for name, found in schemas.items():
        target = FOLDER / f"{name}.json"
        target.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(target)


OK: Schema = {"const": True}
DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ID: Schema = {"type": "string", "pattern": "^[a-z2-7]{26}$"}
NODE: Schema = {"type": "string", "pattern": "^([a-z2-7]{26}|[0-9a-f]{64})$"}
TIME: Schema = {"type": "string", "format": "date-time"}
LAT = number("degrees north, WGS 84", minimum=-90, maximum=90)
LON = number("degrees east, WGS 84", minimum=-180, maximum=180)
PLACE = table(lat_deg=LAT, lon_deg=LON)
AZIMUTH = number("clockwise from true north", minimum=0, maximum=360)
SHARE = number(minimum=0, maximum=1)
