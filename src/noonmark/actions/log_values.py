"""Values from strangers' files, made fit for the log: canonical JSON has no fractions, no nulls, no
lone surrogates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST_TEXT = 4000
LARGEST_WHOLE = 2**53 - 1


def loggable(value: Any) -> Any:
    """The value in the log's own types: fractions become text, what is unknown is left out of
    tables.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_WHOLE else str(value)
    if isinstance(value, Mapping):
        return {str(key): loggable(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [loggable(item) for item in value if item is not None]
    return str(value)[:LONGEST_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")
