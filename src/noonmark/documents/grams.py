"""Pieces of folded text that an index holds, and the tails, so that any substring can be asked for.

A piece has two signs in Chinese and kana, three in scripts that write several signs to a syllable
and no spaces, four letters elsewhere. Longer pieces would prove more queries without a look at the
text and make the index larger (``benchmarks/document_search.py``).

Every piece of a query stands in each text that holds the query; the converse is not so, and what an
index proposes is verified on the folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from noonmark.documents.fold import OF_CHARACTERS, OF_SYLLABLES, UNSPACED

_OUTSIDE = (
    r"\s\x00-\x2f:-@\[-`{-\xbf\u2010-\u205e\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb"
    r"\u060c\u061b\u061f\u06d4\u0f04-\u0f17\u0f34\u0f3a-\u0f3d\u104a-\u104f\u17d4-\u17db"
    r"\u0e2f\u0e5a\u0e5b\ufffd"
)
"""Spaces and punctuation: no part of any piece."""
TOKENIZER = "ascii"
"""FTS5's tokenizer that takes every sign beyond ASCII as a letter, whatever its Unicode version."""
_MOST_RUNS = 100_000


class _PiecesOfRuns(dict[str, str]):
    """The pieces of each run of letters, so long; words come again and again."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def __missing__(self, run: str) -> str:
        last = len(run) - self.length
        found = [run[at : at + self.length] for at in range(last + 1)]
        found += [run[at:] for at in range(max(0, last + 1), len(run))]
        if len(self) >= _MOST_RUNS:
            self.clear()
        said = self[run] = " ".join(found)
        return said


_RUNS = tuple(
    (re.compile(f"[{letters}]+"), _PiecesOfRuns(length))
    for letters, length in (
        (f"^{_OUTSIDE}{UNSPACED}", 4),
        (OF_SYLLABLES, 3),
        (OF_CHARACTERS, 2),
    )
)
"""For each kind of script what a run of its letters is, and the pieces of runs."""


def pieces(folded: str) -> str:
    """All pieces of a folded text, parted by spaces: what is put into the index."""
    found: list[str] = []
    for runs, of_run in _RUNS:
        found += map(of_run.__getitem__, set(runs.findall(folded)))
    return " ".join(found)


def _runs(folded: str) -> Iterator[tuple[int, str]]:
    """The runs of letters, each with the length of its pieces."""
    for runs, of_run in _RUNS:
        for run in runs.findall(folded):
            yield of_run.length, run


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
