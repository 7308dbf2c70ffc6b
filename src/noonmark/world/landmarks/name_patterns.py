"""Names compared without case, accents and width, and patterns with letters that were not read."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NAME_KEYS: Final = (
    "name",
    "alt_name",
    "old_name",
    "loc_name",
    "official_name",
    "short_name",
    "int_name",
    "brand",
)
"""The keys whose values are names; each also with a language: ``name:ug``."""
MOST_STARS: Final = 4


def folded(text: str) -> str:
    """A name without case, accents and forms of width: NFKD, casefold, no combining marks."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def name_pattern(text: str) -> re.Pattern[str]:
    """What a written pattern matches: ``?`` one unread letter, ``*`` any number of them.

    Everything else stands for itself, whatever signs it holds.
    """
    pieces = {"?": ".", "*": ".*?"}
    return re.compile("".join(pieces.get(c, re.escape(c)) for c in folded(text)), re.S)
