"""Progress as a share: bytes seen so far of all bytes that an action will see."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from noonmark.evidence.ingest import files_below

Share = Callable[[float], None]


def sharing(share: Share | None, total: Callable[[], int]) -> Callable[[int], None] | None:
    """Bytes seen, told as a share of all; the threads' additions may race, which a progress line
    can bear.
    """
    if share is None:
        return None
    whole, done = max(total(), 1), [0]

    def seen(count: int) -> None:
        done[0] += count
        share(done[0] / whole)

    return seen


def total_bytes(paths: Sequence[str]) -> int:
    """The size of every file below some paths [bytes], for a progress line."""
    size = 0
    for found in files_below(paths):
        try:
            size += os.lstat(found.path).st_size
        except OSError:
            continue
    return size
