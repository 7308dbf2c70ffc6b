"""Write what follows from the table of forms: the JSON Schema of a typed form, and the tables of
docs/spec/inquiry-forms.md.

    python builders/inquiry_forms.py

A test (tests/inquiry/test_forms.py) fails when the shipped files are not what this writes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from noonmark.inquiry.field_types import CITED, ORGANISATIONS, TYPES
from noonmark.inquiry.forms import FORMS, FormRow

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "src" / "noonmark" / "schemas" / "inquiry-form.json"
PAGE = ROOT / "docs" / "spec" / "inquiry-forms.md"
BEGIN, END = "<!-- forms begin: builders/inquiry_forms.py -->", "<!-- forms end -->"

TEXT = {"type": "string", "minLength": 1, "maxLength": 20000}
NAME = {"type": "string", "minLength": 4, "description": "an id, its first characters, or @name"}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ALIAS = {"type": "string", "pattern": "^[a-z]{2,20}-[a-z]{2,20}(-[0-9]{1,6})?$"}
TIME = {"type": "string", "format": "date-time"}
TAG = {"type": "string", "description": "a language tag such as ug or zh-hant"}
PROSE = {
    "description": "a text, kept as an object of its own",
    "oneOf": [
        TEXT,
        {
            "type": "object",
            "required": ["text"],
            "additionalProperties": False,
            "properties": {
                "text": TEXT,
                "prefix": {"type": "string"},
                "suffix": {"type": "string"},
            },
        },
    ],
}
TYPED: dict[str, dict[str, Any]] = {
    "text": TEXT,
    "texts": {"type": "array", "items": {"type": "string"}},
    "prose": PROSE,
    "prose by language": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": PROSE,
        "description": "texts by language tag",
    },
    "place": {"type": "object", "description": "a GeoJSON Polygon or MultiPolygon without holes"},
    "item": DIGEST,
    "items": {"type": "array", "items": DIGEST, "minItems": 1},
    "item or unknown": {"anyOf": [DIGEST, {"const": "unknown"}]},
    "alias": ALIAS,
    "language": TAG,
    "languages": {"type": "array", "items": TAG, "minItems": 1},
    "time": TIME,
    "time or unknown": {"anyOf": [TIME, {"const": "unknown"}]},
    "whole": {"type": "integer", "minimum": 0},
    "percent": {"type": "integer", "minimum": 0, "maximum": 100},
    "grade": {"type": "integer", "minimum": 1, "maximum": 6},
    "flag": {"type": "boolean"},
    "table": {"type": "object"},
    "locators": {"type": ["object", "array"]},
    "changes": {"type": "array", "items": {"type": "object"}, "minItems": 1},
    "citation": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **dict.fromkeys(CITED, NAME),
            "part": TEXT,
            "event": {"type": "integer", "minimum": 0},
        },
    },
    "organisation": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "kind"],
        "properties": {"name": TEXT, "kind": {"enum": list(ORGANISATIONS)}},
    },
    "subject": {"anyOf": [NAME, DIGEST, ALIAS]},
    "withheld": {"type": "array", "items": {"type": "object"}},
}


def field_schema(kind: str) -> dict[str, Any]:
    """The schema of a field of this type, as it is typed."""
    word, _, rest = kind.removesuffix("?").partition(" ")
    if word == "word":
        return {"enum": rest.split("|")}
    if word in ("ref", "telling"):
        return {**NAME, "description": f"of a {rest.replace('|', ' or ')}"}
    if word == "refs":
        return {"type": "array", "items": NAME, "minItems": 1}
    return TYPED[kind.removesuffix("?")]


def form_schema(row: FormRow) -> dict[str, Any]:
    """The schema of one form."""
    written = {"form": {"const": row.name}, "id": NAME, "as": TEXT, "over": {"type": "array"}}
    return {
        "type": "object",
        "description": row.says,
        "additionalProperties": False,
        "required": ["form", *row.required],
        "properties": written | {name: field_schema(kind) for name, kind in row.fields.items()},
    }


def schema_text() -> str:
    """The schema of what `noonmark inquiry say` takes."""
    typed = [row for row in FORMS.values() if row.name != "merge"]
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "noonmark:inquiry-form",
        "title": "One form, or several under `forms`, as `noonmark inquiry say` takes them",
        "anyOf": [
            {"$ref": "#/$defs/form"},
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["forms"],
                "properties": {"forms": {"type": "array", "items": {"$ref": "#/$defs/form"}}},
            },
        ],
        "$defs": {
            "form": {"oneOf": [{"$ref": f"#/$defs/{row.name}"} for row in typed]},
            **{row.name: form_schema(row) for row in typed},
        },
    }
    return json.dumps(document, indent=1) + "\n"


def type_words(kind: str) -> str:
    """What a field holds, in words."""
    word, _, rest = kind.removesuffix("?").partition(" ")
    if word == "word":
        return ", ".join(f"`{one}`" for one in rest.split("|"))
    if word == "ref":
        return f"id of a {rest.replace('|', ' or ')}"
    if word == "refs":
        return f"ids of a {rest.replace('|', ' or ')}"
    if word == "telling":
        return f"id of a {rest.replace('|', ' or ')}, or an item's digest"
    return TYPES[kind.removesuffix("?")][1]


def page_tables() -> str:
    """A heading, a sentence and a table for each form."""
    parts = []
    for row in FORMS.values():
        parts += [f"### {row.name}", f"{row.says[0].upper()}{row.says[1:]}.", ""]
        parts += ["| field | holds |", "|---|---|"]
        for name, kind in row.fields.items():
            if name != "note":
                may = " (may be left out)" if kind.endswith("?") else ""
                parts.append(f"| `{name}` | {type_words(kind)}{may} |")
        parts.append("")
    return "\n".join(parts)


def page_text(before: str) -> str:
    """The page with its tables written anew between their marks."""
    head, _, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{page_tables()}{END}{tail}"


def main() -> None:
    """Write both files."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    PAGE.write_text(page_text(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
