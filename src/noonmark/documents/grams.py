"""Pieces of folded text that an index holds: two signs where words are not parted by spaces, three
letters elsewhere, and the tails, so that any substring can be asked for.

Every piece of a query stands in each text that holds the query; the converse is not so, and what an
index proposes is verified on the folded text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from noonmark.documents.fold import UNSPACED

_OUTSIDE = (
    r"\s\x00-\x2f:-@\[-`{-\xbf\u2010-\u205e\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb"
    r"\u060c\u061b\u061f\u06d4\u0f04-\u0f17\u0f34\u0f3a-\u0f3d\u104a-\u104f\u17d4-\u17db"
    r"\u0e2f\u0e5a\u0e5b\ufffd"
)
"""Spaces and punctuation: no part of any piece."""
_RUN = re.compile(f"([{UNSPACED}]+)|([^{_OUTSIDE}{UNSPACED}]+)")
TOKENIZER = "ascii"
"""FTS5's tokenizer that takes every sign beyond ASCII as a letter, whatever its Unicode version."""


def _runs(folded: str) -> Iterator[tuple[int, str]]:
    """The runs of letters, each with the length of its pieces."""
    for match in _RUN.finditer(folded):
        yield (2, match[1]) if match[1] else (3, match[2])


def pieces(folded: str) -> str:
    """All pieces of a folded text, parted by spaces: what is put into the index."""
    return " ".join(_of_run(length, run) for length, run in set(_runs(folded)))


@functools.lru_cache(100_000)
def _of_run(
    length: int,
    run: str,
) -> str:
    """The pieces of one run; words come again and again."""
    last = len(run) - length
    found = [run[at : at + length] for at in range(last + 1)]
    found += [run[at:] for at in range(max(0, last + 1), len(run))]
    return " ".join(found)


def expression(folded: str) -> str:
    """The query of FTS5 for texts that hold every piece of a folded query; "" if it has none."""
    found: list[str] = []
    for length, run in _runs(folded):
        if len(run) < length:
            found.append(f'"{run}" *')
        else:
            found += [f'"{run[at : at + length]}"' for at in range(len(run) - length + 1)]
    return " AND ".join(dict.fromkeys(found))


def is_one_piece(folded: str) -> bool:
    """Whether a folded query is one piece and nothing else: then the index alone is right."""
    runs = list(_runs(folded))
    return len(runs) == 1 and runs[0][1] == folded and len(folded) <= runs[0][0]
