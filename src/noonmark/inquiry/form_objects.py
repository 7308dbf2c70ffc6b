"""Forms and texts as objects of a case: canonical JSON with a salt.

The salt keeps a short text from being guessed by the digest that a withdrawal leaves in the log.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from collections.abc import Mapping
from typing import Any, NoReturn

from noonmark.errors import InputError
from noonmark.evidence import canonical
from noonmark.evidence.digest import HEX_DIGEST, sha256_hex
from noonmark.evidence.entry_schema import Fact, fact
from noonmark.evidence.store import Store

LARGEST_OBJECT_BYTES = 4 << 20
SALT_BYTES = 16
_GUARDED = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"))


def new_id() -> str:
    """A new id: 26 characters of base32, 128 random bits."""
    return base64.b32encode(secrets.token_bytes(SALT_BYTES)).decode("ascii").lower().rstrip("=")


def new_salt() -> str:
    """A new salt: 128 random bits in hexadecimal."""
    return secrets.token_hex(SALT_BYTES)


def encoded(data: Mapping[str, Any]) -> bytes:
    """The bytes of a form or a text, which must not grow beyond what is read back."""
    whole = canonical.encode(dict(data))
    if len(whole) > LARGEST_OBJECT_BYTES:
        raise InputError(
            f"the form takes {len(whole)} bytes, and at most {LARGEST_OBJECT_BYTES} are kept",
            code="form-field",
            hint="add a long text as a file of the case and cite a passage of it",
        )
    return whole


def object_at(store: Store, digest: str) -> dict[str, Any] | None:
    """A form or text from the store; ``None`` where there is none, or it is not what was named.

    The digest is compared here, and the text must be the one way to write what it says.
    """
    if not HEX_DIGEST.fullmatch(digest):
        return None
    data = _bytes_at(f"{store.folder}/objects/{digest[:2]}/{digest}")
    if data is None or sha256_hex(data) != digest:
        return None
    try:
        text = data.decode("utf-8")
        found = _decoded(text)
        same = isinstance(found, dict) and _encoded(found) == text
    except (ValueError, RecursionError):
        return None
    return found if same else None


def _bytes_at(path: str) -> bytes | None:
    """The bytes of a small regular file that is no link; ``None`` for anything else."""
    flags = os.O_RDONLY | _GUARDED
    try:
        handle = os.open(path, flags)
    except OSError:
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_OBJECT_BYTES:
            return None
        return os.read(handle, status.st_size + 1)
    except OSError:
        return None
    finally:
        os.close(handle)


def _no_fraction(text: str) -> NoReturn:
    """Refuse a fraction, or a constant that JSON does not have."""
    raise ValueError(text)


_decoded = json.JSONDecoder(parse_float=_no_fraction, parse_constant=_no_fraction).decode
_encoded = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def object_fact(digest: str, size_bytes: int) -> Fact:
    """The item entry of a form's or text's object: no word of it stands there."""
    return fact(
        "item",
        sha256=digest,
        size=size_bytes,
        role="attachment",
        claims={},
    )


def said_fact(data: Mapping[str, Any], body: str) -> Fact:
    """The line that states that a form was said."""
    return fact(
        "said",
        form=data["form"],
        id=data["id"],
        body=body,
        over=list(data["over"]),
    )
