"""Documents in, JSON out: what the batch asks line by line, and a claim held against a clue file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from noonmark.bench.answer import check, locate
from noonmark.bench.contract import answer_json
from noonmark.case.clue_file import question_of
from noonmark.inference.check import Verdict
from noonmark.values import Place, Span


def locate_document(document: dict[str, Any]) -> dict[str, Any]:
    """The JSON answer to a parsed clue document."""
    return answer_json(locate(question_of(document)))


def check_claim(source: str | Path, where: tuple[Place, float] | None, when: Span | None) -> Verdict:
    """The verdict on a claimed place (with a radius in km), a claimed time, or both; None: any in the prior."""
    place, radius_km = where or (None, 0.0)
    return check(source, place, radius_km, when)
