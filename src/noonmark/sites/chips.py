"""A chip: the pixels of one image around a site, kept as a file with a digest of what it holds."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools
from noonmark.errors import EvidenceError

_MOST_BYTES = 512 << 20
_DATE = (1980, 1, 1, 0, 0, 0)
"""A fixed date in the archive, so that the same pixels make the same file."""


@dataclass(frozen=True)
class Chip:
    """``values`` (bands, rows, cols) float32, NaN where nothing was recorded; ``clear`` (rows,
    cols), where the ground can be seen.
    """

    values: NDArray[np.float32]
    clear: Bools


def digest(chip: Chip) -> str:
    """SHA-256 of shapes and bytes, little-endian, whatever the archive around them."""
    total = hashlib.sha256(b"noonmark-chip-1\n")
    for array, kind in ((chip.values, "<f4"), (chip.clear, "|b1")):
        total.update(f"{kind} {array.shape}\n".encode())
        total.update(np.ascontiguousarray(array, dtype=kind).tobytes())
    return total.hexdigest()


def merged(members: Sequence[Chip]) -> Chip:
    """Chips of one instant and one grid as one: each pixel from the first that is clear there, or
    else from the first in which anything was recorded.
    """
    if len(members) == 1:
        return members[0]
    values, clear = members[0].values.copy(), members[0].clear.copy()
    for other in members[1:]:
        is_missing = ~np.isfinite(values).all(axis=0)
        is_there = np.isfinite(other.values).all(axis=0)
        taken = (other.clear & ~clear) | (is_missing & is_there)
        values[:, taken] = other.values[:, taken]
        clear[taken] = other.clear[taken]
    return Chip(values, clear)


def packed(chip: Chip) -> bytes:
    """The file of a chip: an .npz that numpy reads, the same bytes for the same pixels."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (("values", chip.values), ("clear", chip.clear)):
            inner = io.BytesIO()
            np.save(inner, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, inner.getvalue())
    return out.getvalue()


def read(path: Path) -> Chip:
    """The chip of a file. Raises EvidenceError "chip-broken" where it is none of ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _MOST_BYTES:
            raise ValueError(f"it unpacks to {size} bytes")
        with np.load(path, allow_pickle=False) as held:
            values, clear = held["values"], held["clear"]
        if values.ndim != 3 or clear.shape != values.shape[1:]:
            raise ValueError(f"its shapes are {values.shape} and {clear.shape}")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise EvidenceError(
            f"the pixels kept as {path.name} can't be read: {error}",
            code="chip-broken",
            hint="delete the file and take the image in again",
        ) from None
    return Chip(values.astype(np.float32, copy=False), clear.astype(np.bool_, copy=False))
