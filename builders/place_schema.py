"""Write the JSON Schema of questions about places: src/noonmark/schemas/place-question.json.

    python builders/place_schema.py

The tables and their keys stand in `noonmark.questions.place_fields`; a test fails when the shipped
schema is not what this writes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from noonmark.questions.place_fields import FIELDS, MUST, ONE_TABLE
from noonmark.questions.place_question import MOST_TABLES

TARGET = Path(__file__).parents[1] / "src/noonmark/schemas/place-question.json"
_ONE = ("search", "eye")


def table_schema(kind: str) -> dict[str, Any]:
    """The schema of one table."""
    properties = {
        name: dict(field.schema) | {"description": field.expected}
        for name, field in FIELDS[kind].items()
    }
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    if kind in MUST:
        schema["required"] = list(MUST[kind])
    for names in ONE_TABLE.get(kind, ()):
        schema["oneOf"] = [{"required": [name]} for name in names]
    return schema


def schema() -> dict[str, Any]:
    """The whole schema."""
    tables: dict[str, Any] = {kind: table_schema(kind) for kind in _ONE}
    for kind in FIELDS:
        if kind not in _ONE:
            tables[kind] = {"type": "array", "maxItems": MOST_TABLES, "items": table_schema(kind)}
    text = {"type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "noonmark:place-question",
        "title": "Question of noonmark place",
        "type": "object",
        "additionalProperties": False,
        "required": ["thing"],
        "properties": {"title": text, "note": text, **tables},
    }


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    print(TARGET)
