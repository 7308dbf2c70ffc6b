"""The right of reply: which organisation was asked, what is due, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from noonmark import values
from noonmark.inquiry.said import Inquiry, SaidForm

WAITING, OVERDUE = "waiting", "overdue"


@dataclass(frozen=True)
class ReplyDue:
    """One record of a reply: its state now, and how long until the deadline (below 0: since)."""

    form: SaidForm
    state: str
    left_s: float


def replies_due(inquiry: Inquiry, now: datetime) -> list[ReplyDue]:
    """The records without an outcome, the earliest deadline first.

    Silence is not stated by a clock: once a deadline has passed, somebody says it.
    """
    found = []
    for one in inquiry.of("reply"):
        if "outcome" not in one.data:
            left_s = (values.utc(one.data["deadline"]) - now).total_seconds()
            found.append(ReplyDue(one, OVERDUE if left_s < 0 else WAITING, left_s))
    return sorted(found, key=lambda due: (due.left_s, due.form.id))
