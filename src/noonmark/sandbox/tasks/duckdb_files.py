"""Parquet files that the caller opened, read by DuckDB on one core and within its memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from noonmark.errors import InputError

_ROWS = 4096


def file_at(fd: int) -> str:
    """The path of a file that is open."""
    folder = "/proc/self/fd" if sys.platform.startswith("linux") else "/dev/fd"
    return f"{folder}/{fd}"


@contextmanager
def database(memory_mb: int) -> Iterator[Any]:
    """A connection that keeps to so much memory.

    What goes wrong in the block is InputError ``world-map-damaged``.
    """
    import duckdb

    try:
        yield duckdb.connect(config={"threads": 1, "memory_limit": f"{memory_mb}MB"})
    except duckdb.Error as error:
        raise InputError(
            f"the Parquet file is damaged or can't be read: {str(error)[:200]}",
            code="world-map-damaged",
            hint="fetch or make it again, and compare its size with the publisher's",
        ) from None


def rows_of(found: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of what a query found, a few thousand at a time."""
    while rows := found.fetchmany(_ROWS):
        yield from rows
