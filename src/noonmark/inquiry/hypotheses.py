"""The matrix of competing hypotheses (Heuer, 1999): what each piece of evidence says of each answer
that a question could have. What is inconsistent is counted; nothing is scored or ranked.
"""

from __future__ import annotations

from dataclasses import dataclass

from noonmark.inquiry.said import Inquiry

NOT_WEIGHED = "not_weighed"


@dataclass(frozen=True)
class EvidenceRow:
    """One piece of evidence: its stance on each hypothesis, in the order of the matrix.

    ``tells_apart`` is false where it says the same of all: such evidence decides nothing.
    """

    kind: str
    cited: str
    part: str
    stances: tuple[str, ...]
    tells_apart: bool


@dataclass(frozen=True)
class HypothesisMatrix:
    """Hypotheses in the order they were said, evidence that contradicts most first.

    ``inconsistent`` counts, for each hypothesis, the pieces of evidence that contradict it.
    """

    question: str
    hypotheses: tuple[str, ...]
    rows: tuple[EvidenceRow, ...]
    inconsistent: tuple[int, ...]


def matrix_of(inquiry: Inquiry, question: str) -> HypothesisMatrix:
    """The matrix of a question. Greyed evidence is left out."""
    hypotheses = inquiry.about("hypothesis", "question", question)
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    for column in hypotheses:
        for weigh in inquiry.about("weigh", "hypothesis", column.id):
            if weigh.id in inquiry.greyed:
                continue
            cited = dict(weigh.data["on"])
            part = str(cited.pop("part", cited.pop("event", "")))
            ((kind, name),) = cited.items()
            cells.setdefault((kind, name, part), {})[column.id] = weigh.data["stance"]
    rows = [_row(key, found, [one.id for one in hypotheses]) for key, found in cells.items()]
    rows.sort(key=lambda row: (-row.stances.count("contradicts"), row.kind, row.cited, row.part))
    return HypothesisMatrix(
        question,
        tuple(one.id for one in hypotheses),
        tuple(rows),
        tuple(
            sum(row.stances[at] == "contradicts" for row in rows) for at in range(len(hypotheses))
        ),
    )


def _row(key: tuple[str, str, str], found: dict[str, str], columns: list[str]) -> EvidenceRow:
    """The stances of one piece of evidence, column by column."""
    stances = tuple(found.get(column, NOT_WEIGHED) for column in columns)
    return EvidenceRow(*key, stances, len(set(stances)) > 1)
