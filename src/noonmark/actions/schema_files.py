"""The JSON Schemas (draft 2020-12) of every input and output, as shipped with the package."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from noonmark.errors import InputError

_SUFFIX = ".json"


def schema_names() -> tuple[str, ...]:
    """The names of the shipped schemas, sorted."""
    folder = resources.files("noonmark.schemas")
    return tuple(
        sorted(f.name.removesuffix(_SUFFIX) for f in folder.iterdir() if f.name.endswith(_SUFFIX))
    )


def schema(name: str) -> dict[str, Any]:
    """The schema of that name."""
    if name not in schema_names():
        raise InputError(
            f"there is no schema {name!r}",
            code="unknown-schema",
            hint=f"one of: {', '.join(schema_names())}",
        )
    text = resources.files("noonmark.schemas").joinpath(name + _SUFFIX).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
