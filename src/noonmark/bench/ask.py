"""Documents in, JSON out: what the batch asks line by line, and a claim held against a clue file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from noonmark.bench.answer import check, locate
from noonmark.bench.answer_json import answer_json
from noonmark.case.clue_file import question_of
from noonmark.inference.check import Verdict
from noonmark.values import Place, Span

ANYWHERE = (Place(0.0, 0.0), 20_100.0)
"""The whole Earth as a disc: its far side is 20,038 km away."""


def locate_document(document: dict[str, Any]) -> dict[str, Any]:
    """The JSON answer to a parsed clue document."""
    return answer_json(locate(question_of(document)))


def check_claim(source: str | Path, where: tuple[Place, float] | None, when: Span | None) -> Verdict:
    """The verdict on a claimed place (with a radius in km), a claimed time, or both."""
    place, radius_km = where or ANYWHERE
    return check(source, place, radius_km, when)
