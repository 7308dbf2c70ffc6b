"""What a case holds at a glance, and what is open in it: read from what was kept and said, never
guessed and never written.

An open point has a ``code``, a ``count`` or the ``title`` (by language) of what it is about, the
``screen`` of the page on which it is dealt with, and whether it ``stops`` a report. Where a
point counts several, ``also_named`` is how many of them another point names too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark import values
from noonmark.actions import text_layers
from noonmark.actions.document_views import is_named_as_text
from noonmark.inquiry.disputes import disputes_of
from noonmark.inquiry.replies import OVERDUE, replies_due
from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.inquiry.standing import claim_faults, claim_state
from noonmark.session import page_document
from noonmark.session.said_words import worded

if TYPE_CHECKING:
    from noonmark.session.case_session import CaseSession

MOST_POINTS = 40
_ONCE = ("claim-unasked",)
"""Faults of claims that hold for a whole case at first, and are told once with a count."""


@dataclass(frozen=True)
class CaseContents:
    """What the glance is made from: the listed items, the marks, what was said, the texts."""

    items: list[dict[str, Any]]
    marked: frozenset[str]
    said: Inquiry
    with_text: frozenset[str]
    without_text: int


def overview(session: CaseSession) -> dict[str, Any]:
    """The case at a glance, with its events and everything that is open in it."""
    found = _contents(session)
    said = found.said
    disputed = {one.about for one in disputes_of(said)}
    states = Counter(claim_state(said, one.id, disputed) for one in said.of("claim"))
    points = list(_points(found))
    points.sort(key=lambda one: not one["stops"])
    return {
        "items": dict(Counter(item["kind"] for item in found.items)),
        "events": [_event(said, one) for one in said.of("event")],
        "claims": dict(states),
        "accounts": len(said.of("account")),
        "documents": len(found.with_text),
        "open": points[:MOST_POINTS],
        "more": max(0, len(points) - MOST_POINTS),
        "waits": _by_screen(points),
    }


def _by_screen(points: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many things wait on each screen; a screen on which nothing waits is left out.

    A claim or an item that lacks two things waits once.
    """
    waits: Counter[str] = Counter()
    for point in points:
        waits[point["screen"]] += int(point.get("count", 1)) - int(point.get("also_named", 0))
    return {screen: count for screen, count in waits.items() if count}


def _contents(session: CaseSession) -> CaseContents:
    with session.reading() as vault:
        case = session.readings.read(vault)
    items, said = case.items, case.said
    _, inquiry = page_document.read(session.work)
    marked = {one["item"] for one in inquiry["frames"].values() if one["marks"].get("mark")}
    texts: dict[str, int] = {}
    for head in text_layers.heads(Path(session.folder)):
        had = texts.get(head.item_sha256, head.without_text)
        texts[head.item_sha256] = min(had, head.without_text)
    listed = {item["sha256"] for item in items}
    return CaseContents(
        items,
        frozenset(marked),
        said,
        frozenset(texts) & listed,
        sum(1 for one, lacking in texts.items() if lacking and one in listed),
    )


def _event(said: Inquiry, event: SaidForm) -> dict[str, Any]:
    """One event: its title, its time, how many items and claims it has."""
    return {
        "id": event.id,
        "title": worded(said, event),
        "earliest": event.data.get("earliest"),
        "latest": event.data.get("latest"),
        "placed": "place" in event.data,
        "items": list(event.data.get("items", ())),
        "claims": len(said.about("claim", "event", event.id)),
    }


def _points(found: CaseContents) -> Iterator[dict[str, Any]]:
    """Everything that is open: first what claims lack, then what nobody has looked at."""
    yield from _of_claims(found.said)
    yield from _of_replies(found.said)
    yield from _of_events(found)
    unmarked = [
        item
        for item in found.items
        if item["kind"] in ("photo", "video") and item["sha256"] not in found.marked
    ]
    if unmarked:
        first = unmarked[0]["sha256"]
        yield _point("items-unmarked", "footage", count=len(unmarked), rest=[first])
    unread = [
        item
        for item in found.items
        if item["sha256"] not in found.with_text and is_named_as_text(item["name"])
    ]
    if unread:
        yield _point("files-unread", "documents", count=len(unread))
    if found.without_text:
        yield _point("pages-without-text", "documents", count=found.without_text)


def _of_claims(said: Inquiry) -> Iterator[dict[str, Any]]:
    """What keeps each claim from a report: its first fault; those that most claims have once."""
    often: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for claim in said.of("claim"):
        faults = claim_faults(said, claim.id)
        shared = {one.code for one in faults if one.code in _ONCE}
        often.update(shared)
        first = next((one for one in faults if one.code not in _ONCE), None)
        if first is not None:
            named.update(shared)
            title = worded(said, claim)
            yield _point(first.code, "claims", title=title, rest=[claim.id], stops=True)
    for code, number in often.items():
        yield _point(code, "claims", count=number, also_named=named[code], stops=True)
    if said.faults:
        yield _point("said-unusable", "claims", count=len(said.faults))
    others = [one for one in disputes_of(said) if one.kind in ("links", "forks")]
    if others:
        yield _point("in-dispute", "claims", count=len(others))


def _of_replies(said: Inquiry) -> Iterator[dict[str, Any]]:
    """Who has not answered yet."""
    for due in replies_due(said, values.now()):
        code = "reply-overdue" if due.state == OVERDUE else "reply-due"
        told = {"to": due.form.data["to"]["name"], "deadline": str(due.form.data["deadline"])}
        yield {**_point(code, "documents", title={"": told["to"]}, stops=True), **told}


def _of_events(found: CaseContents) -> Iterator[dict[str, Any]]:
    """Events without a time, and items of no event where there are events."""
    events = found.said.of("event")
    for event in events:
        if "earliest" not in event.data and "latest" not in event.data:
            title = worded(found.said, event)
            yield _point("event-undated", "footage", title=title, event=event.id)
    shown = {item for event in events for item in event.data.get("items", ())}
    left = [one for one in found.items if one["kind"] != "other" and one["sha256"] not in shown]
    if events and left:
        rest = [left[0]["sha256"]]
        unmarked = sum(one["sha256"] not in found.marked for one in left)
        yield _point(
            "items-of-no-event", "footage", count=len(left), also_named=unmarked, rest=rest
        )


def _point(code: str, screen: str, *, stops: bool = False, **more: Any) -> dict[str, Any]:
    """One open point; ``also_named`` stands in it where it is not 0."""
    if not more.get("also_named", 1):
        del more["also_named"]
    return {"code": code, "screen": screen, "stops": stops, "rest": [], **more}
