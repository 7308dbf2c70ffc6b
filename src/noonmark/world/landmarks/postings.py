"""The rows of each tag of a map, tag after tag, made of the tags of each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.column_files import narrow_for, opened_array
from noonmark.world.landmarks.ragged import Ints, owners, starts


@dataclass(frozen=True)
class _RowTags:
    """The tags of each row, and the rows between which they are looked at, ascending from 0."""

    token: NDArray[Any]
    start: NDArray[Any]
    bounds: Sequence[int]

    def parts(self) -> Iterator[tuple[Ints, NDArray[Any]]]:
        """Rows and their tags, of some rows at a time."""
        for first, last in pairwise(self.bounds):
            start = self.start[first : last + 1].astype(np.int64)
            yield owners(np.diff(start)) + first, self.token[start[0] : start[-1]]


def write_postings(
    folder: Path,
    bounds: Sequence[int],
    words: int,
) -> None:
    """Write ``posting``, the rows, and ``posting_start``, by tag, beside ``token`` and
    ``tag_start``.

    bounds: ascending, the first 0, the last the number of rows; memory holds the tags of the rows
    between two of them.
    """
    token = opened_array(folder / "token.npy")
    tags = _RowTags(token, opened_array(folder / "tag_start.npy"), bounds)
    count = np.zeros(words, np.int64)
    for _, mine in tags.parts():
        found, number = np.unique(mine, return_counts=True)
        count[found] += number
    start = starts(count)
    np.save(folder / "posting_start.npy", start.astype(narrow_for(max(len(token), 1 << 16))))
    _write_rows(folder / "posting.npy", tags, start)


def _write_rows(
    path: Path,
    tags: _RowTags,
    start: Ints,
) -> None:
    """Write the rows of each tag, ascending; ``start`` says where each tag's begin."""
    form = narrow_for(tags.bounds[-1])
    rows = np.lib.format.open_memmap(path, "w+", form, (len(tags.token),))
    begin = start[:-1].copy()
    for row, mine in tags.parts():
        order = np.argsort(mine, kind="stable")
        found, at, number = np.unique(mine[order], return_index=True, return_counts=True)
        rows[np.repeat(begin[found] - at, number) + np.arange(len(row))] = row[order]
        begin[found] += number
    rows.flush()
