"""SHA-256, the one digest of the evidence format. The only module that writer and auditor share."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import BinaryIO

CHUNK_BYTES = 1 << 18  # fits a core's second-level cache, so that hashing reads what reading just wrote
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


def sha256_hex(data: bytes) -> str:
    """The digest of some bytes: 64 lowercase hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()


def digest_of(source: BinaryIO, *, seen: Callable[[int], None] | None = None) -> tuple[str, int]:
    """The digest and the length [bytes] of what is left in an unbuffered file; ``seen`` is told each step's bytes."""
    state = hashlib.sha256()
    buffer = bytearray(CHUNK_BYTES)
    view = memoryview(buffer)
    size = 0
    while count := source.readinto(buffer):  # type: ignore[attr-defined]
        state.update(view[:count])
        size += count
        if seen is not None:
            seen(count)
    return state.hexdigest(), size


def is_digest(text: object) -> bool:
    """Whether something is a digest as this format writes it."""
    return isinstance(text, str) and HEX_DIGEST.fullmatch(text) is not None
