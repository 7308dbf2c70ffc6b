"""What an open case keeps in memory: the questions it answered and the map layers it read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from noonmark.actions.answer_forms import Answer, report_data_of
from noonmark.report.regions import Maps, harmonised
from noonmark.report.report_data import ReportData


@dataclass(frozen=True)
class AnsweredQuestion:
    """A clue document and its answer; what is exported of it is made when first asked for."""

    document: dict[str, Any]
    answer: Answer

    @cached_property
    def findings(self) -> ReportData:
        """Everything a report is made from."""
        return report_data_of(self.answer, command="noonmark locate clues.json")

    @cached_property
    def maps(self) -> Maps:
        """The maps of the findings, with levels that mean the same on all of them."""
        return harmonised(self.findings)


@dataclass(frozen=True)
class MapLayer:
    """A layer that was added: where its file lies, its kind, and what was read of it so far."""

    id: str
    path: str
    name: str
    kind: str
    content: Any = None

    def as_json(self) -> dict[str, Any]:
        """The layer as the inquiry keeps it."""
        return {
            "id": self.id,
            "path": self.path,
            "name": self.name,
            "kind": self.kind,
            "shown": True,
        }
