"""The data that ships with the package, checked against the digests in its manifest."""

from __future__ import annotations

import hashlib
import io
import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import EvidenceError

Table = dict[str, NDArray[Any]]


@cache
def manifest() -> dict[str, dict[str, Any]]:
    """Per data file: bytes, sha256, source, licence."""
    file = files("noonmark.world") / "data" / "manifest.json"
    text = file.read_text("utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)["files"]
    return found


@cache
def arrays(name: str) -> Table:
    """The arrays of one data file, read once.

    Raises :class:`EvidenceError` (``world-data-altered``) for a file that differs from its digest,
    because answers would rest on it.
    """
    raw = (files("noonmark.world") / "data" / name).read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    expected = manifest()[name]["sha256"]
    if digest != expected:
        raise EvidenceError(
            f"the shipped file {name} has SHA-256 {digest[:12]}...,"
            f" its manifest says {expected[:12]}...",
            code="world-data-altered",
            hint="install noonmark again",
            file=name,
        )
    with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}


def text(table: Table, key: str) -> str:
    """A UTF-8 text stored as bytes."""
    return table[key].tobytes().decode("utf-8")


def wide(planes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Whole numbers from their byte planes, the lowest first, along the first axis.

    Byte planes compress better than the numbers themselves.
    """
    out: NDArray[np.int64] = planes[0].astype(np.int64)
    for k, plane in enumerate(planes[1:], 1):
        out |= plane.astype(np.int64) << (8 * k)
    return out
