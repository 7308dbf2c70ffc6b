"""Values as JSON text: ASCII, no NaN, our shapes in their one form."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from pathlib import PurePath
from typing import Any

from noonmark.values import rfc3339


def plain(value: Any) -> Any:
    """The value in JSON's own types. A number that is not finite becomes null: JSON has no NaN."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Set):
        return sorted(plain(item) for item in value)
    if hasattr(value, "tolist"):  # numpy scalars and arrays, without importing numpy
        return plain(value.tolist())
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def json_line(data: Mapping[str, Any]) -> str:
    """One JSON object on one ASCII line, in which no terminal finds anything to obey."""
    return json.dumps(plain(data), ensure_ascii=True, allow_nan=False).replace("\x7f", "\\u007f")
