"""The tags of a map as a sorted table on disk: a tag's number is its rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.column_files import opened_array
from noonmark.world.landmarks.ragged import starts

_BETWEEN = b"\x00"


@dataclass(frozen=True)
class Vocabulary:
    """Tags as bytes ``key NUL value``, sorted; ``start`` says where each begins in ``text``."""

    text: NDArray[Any]
    start: NDArray[Any]

    def __len__(self) -> int:
        return len(self.start) - 1

    def raw(
        self,
        token: int,
    ) -> bytes:
        """The tag of that number as bytes."""
        return bytes(self.text[int(self.start[token]) : int(self.start[token + 1])])

    def tag(
        self,
        token: int,
    ) -> tuple[str, str]:
        """Key and value of the tag of that number."""
        key, _, value = self.raw(token).partition(_BETWEEN)
        return key.decode(), value.decode()

    def rank(
        self,
        wanted: bytes,
    ) -> int:
        """The number of the first tag that is not before ``wanted``."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def of_key(
        self,
        key: str,
    ) -> range:
        """The numbers of all tags with a key."""
        start = self.rank(key.encode() + _BETWEEN)
        return range(start, self.rank(key.encode() + b"\x01"))

    def of_keys_from(
        self,
        prefix: str,
    ) -> range:
        """The numbers of all tags whose key begins so."""
        start = self.rank(prefix.encode())
        return range(start, self.rank(prefix.encode() + b"\xff"))

    def of_tag(
        self,
        key: str,
        value: str,
    ) -> range:
        """The number of one tag, as a range of one or none."""
        wanted = key.encode() + _BETWEEN + value.encode()
        start = self.rank(wanted)
        is_there = start < len(self) and self.raw(start) == wanted
        return range(start, start + is_there)


def tag_word(
    key: str,
    value: str,
) -> bytes:
    """A tag as one text: key NUL value."""
    texts = (text.encode("utf-8", "replace").replace(_BETWEEN, b"") for text in (key, value))
    return _BETWEEN.join(texts)


def write_vocabulary(
    tags: Sequence[bytes],
    folder: Path,
) -> NDArray[np.uint32]:
    """Write the sorted table; the rank of each tag, in the order given. The same tag given twice
    stands in the table once.
    """
    order = sorted(range(len(tags)), key=tags.__getitem__)
    is_new = [k == 0 or tags[order[k - 1]] != tags[order[k]] for k in range(len(order))]
    ranks = np.empty(len(tags), np.uint32)
    ranks[order] = np.cumsum(is_new) - 1
    kept = [tags[k] for k, new in zip(order, is_new, strict=True) if new]
    start = starts(np.array([len(tag) for tag in kept], np.int64))
    np.save(folder / "word_text.npy", np.frombuffer(b"".join(kept), np.uint8))
    is_small = start[-1] < 1 << 32
    np.save(folder / "word_start.npy", start.astype(np.uint32) if is_small else start)
    return ranks


def open_vocabulary(folder: Path) -> Vocabulary:
    """The table of a map's folder, memory-mapped."""
    return Vocabulary(
        opened_array(folder / "word_text.npy"),
        opened_array(folder / "word_start.npy"),
    )
