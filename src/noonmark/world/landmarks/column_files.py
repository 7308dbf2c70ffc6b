"""Arrays in .npy files of their own: written piece by piece, opened memory-mapped."""

from __future__ import annotations

import io
import math
import mmap
import re
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

HEAD_BYTES: Final = 128
"""The head of a file of whole numbers, as numpy writes it."""
_PLAIN_HEAD = re.compile(
    rb"\x93NUMPY\x01\x00\x76\x00\{'descr': '([<|][iu]\d)', 'fortran_order': False, "
    rb"'shape': \((\d+),(?: (\d+))?\), \} *\n"
)
"""The head of a file of whole numbers in rows, as numpy.save writes it."""


class ColumnFiles:
    """The files of a folder, by the names of their columns; their heads are written at the end."""

    def __init__(
        self,
        folder: Path,
    ) -> None:
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}
        self._shape: dict[str, tuple[np.dtype[Any], tuple[int, ...]]] = {}

    def add(
        self,
        name: str,
        values: NDArray[Any],
    ) -> None:
        """Write more rows of a column; all of them are of one kind and one width."""
        if name not in self._files:
            self._files[name] = (self._folder / f"{name}.npy").open("wb")
            self._files[name].write(bytes(HEAD_BYTES))
            self._shape[name] = values.dtype, (0, *values.shape[1:])
        form, shape = self._shape[name]
        self._files[name].write(np.ascontiguousarray(values, form).tobytes())
        self._shape[name] = form, (shape[0] + len(values), *shape[1:])

    def close(self) -> None:
        """Write the heads; the files are whole then."""
        for name, file in self._files.items():
            form, shape = self._shape[name]
            head = io.BytesIO()
            described = np.lib.format.dtype_to_descr(form)
            np.lib.format.write_array_header_1_0(
                head,
                {"descr": described, "fortran_order": False, "shape": shape},
            )
            file.seek(0)
            file.write(head.getvalue())
            file.close()


def narrow_for(most: int) -> type[np.signedinteger[Any]] | type[np.unsignedinteger[Any]]:
    """The narrowest kind of numbers that holds 0 to ``most``: of two, four or eight bytes."""
    if most < 1 << 16:
        return np.uint16
    return np.uint32 if most < 1 << 32 else np.int64


def opened_array(path: Path) -> NDArray[Any]:
    """An array file, memory-mapped, as a plain array; numpy itself would parse the head as Python.

    Raises OSError or ValueError where it is damaged.
    """
    with path.open("rb") as stream:
        found = _PLAIN_HEAD.fullmatch(stream.read(HEAD_BYTES))
        shape = [int(number) for number in found.groups()[1:] if number] if found else [0]
        if found is None or 0 in shape:
            stream.seek(0)
            return np.lib.format.read_array(stream)
        held = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        form = found[1].decode()
        return np.frombuffer(held, form, math.prod(shape), HEAD_BYTES).reshape(shape)
