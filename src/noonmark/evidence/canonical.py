"""Canonical JSON, the subset of RFC 8785 in docs/spec/evidence.md: one encoding for one value."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from noonmark.errors import InputError

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 16
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")

Json = dict[str, Any]


def encode(value: Json) -> bytes:
    """The canonical bytes of a JSON object.

    Floats, nulls, lone surrogates and keys that the format does not allow are refused.
    """
    _check(value, "$", 1)
    try:
        return _dumps(value).encode("utf-8")
    except UnicodeEncodeError:
        raise InputError(
            "a text holds half of a surrogate pair, which has no UTF-8",
            code="not-canonical",
            hint="give the bytes as hexadecimal instead",
        ) from None


def decode(data: bytes) -> Json:
    """The JSON object that canonical bytes stand for; whatever is not canonical is refused."""
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
        _check(value, "$", 1)
        same = _dumps(value).encode("utf-8") == data
    except (ValueError, RecursionError) as error:
        raise _refusal(f"the text is not canonical JSON: {type(error).__name__}") from None
    if not same:
        raise _refusal("the text is JSON but not in its canonical form")
    if not isinstance(value, dict):
        raise _refusal("expected a JSON object at the top")
    return value


_dumps = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def _check(value: object, path: str, depth: int) -> None:
    """Refuse a value that the format does not allow, by its path."""
    if value is True or value is False or isinstance(value, str):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise _refusal(f"{path}: an integer beyond 2^53 - 1 has no safe form; write it as text")
        return
    if depth > DEEPEST:
        raise _refusal(f"{path[:60]}: nested more than {DEEPEST} deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not _KEY.fullmatch(key):
                raise _refusal(f"{path}: {key!r} is not a key this format allows")
            _check(inner, f"{path}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            _check(inner, f"{path}[{place}]", depth + 1)
    else:
        found = f"{path}: {type(value).__name__} is not allowed"
        raise _refusal(f"{found}; write numbers with a fraction, or nothing, as text")


def _no_float(text: str) -> NoReturn:
    """Refuse a fraction, or one of the constants that Python reads and JSON does not have."""
    raise ValueError(text)


def _refusal(message: str) -> InputError:
    """The error about a value or a text that is not canonical."""
    return InputError(
        message,
        code="not-canonical",
        hint="see docs/spec/evidence.md, Canonical JSON",
    )
