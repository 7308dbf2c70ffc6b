"""What the report of an answer says of the case: marked frames as they may be shown, and the claims
that were checked. A picture passes the gate of every release; one that may not leave is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from noonmark.actions.answers import check as check_claim
from noonmark.actions.frame import solve_frame
from noonmark.actions.json_output import verdict_json
from noonmark.actions.releases import ReleaseRequest, check_open_case
from noonmark.errors import NoonmarkError
from noonmark.evidence.vault import Vault
from noonmark.release.record import read_record
from noonmark.report.frame_picture import frame_png
from noonmark.report.report_data import CheckedClaim, MarkedExhibit, ReportData
from noonmark.report.verdict_words import verdict_sentence
from noonmark.session import page_document
from noonmark.session.case_session import CaseSession, json_file
from noonmark.values import Place, Span, utc

MOST_EXHIBITS = 12
MOST_CLAIMS = 12
WIDEST_PX = 1200


@dataclass(frozen=True)
class ShowableItem:
    """An item as it may be shown: the digest of what stands for it, empty where nothing may be."""

    name: str
    stands_for: str
    hidden: bool
    why: str = ""


def with_case(
    session: CaseSession,
    findings: ReportData,
    document: Mapping[str, Any],
) -> ReportData:
    """The findings with what the saved inquiry of the case says of their clues."""
    _, inquiry = page_document.read(session.work)
    frames = dict(_measured(inquiry, document))
    with session.reading() as vault:
        items = {key: _showable(vault, inquiry["frames"][key]["item"]) for key in frames}
    exhibits = [
        _exhibit(session, inquiry["frames"][key], numbers, items[key])
        for key, numbers in list(frames.items())[:MOST_EXHIBITS]
    ]
    checked = _checked(inquiry, document)
    return replace(
        findings,
        exhibits=tuple(exhibits),
        checked=tuple(checked),
    )


def marked_items(
    session: CaseSession,
    document: Mapping[str, Any],
) -> set[str]:
    """The items whose frames the clues of a document were measured on."""
    _, inquiry = page_document.read(session.work)
    return {str(inquiry["frames"][key]["item"]) for key, _ in _measured(inquiry, document)}


def _measured(
    inquiry: Mapping[str, Any],
    document: Mapping[str, Any],
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The frames that clues of a document were solved from, with the numbers of those clues."""
    found: dict[str, list[int]] = {}
    for number, clue in enumerate(document.get("clue", ()), 1):
        kept = [one for one in inquiry["clues"] if one["on"] and one["clue"] == clue]
        for one in kept[:1]:
            if one.get("frame") in inquiry["frames"]:
                found.setdefault(str(one["frame"]), []).append(number)
    return ((key, tuple(numbers)) for key, numbers in found.items())


def _showable(vault: Vault, digest: str) -> ShowableItem:
    """What may be shown of an item: its hidden copy where there is one, nothing where it may not
    leave.
    """
    record = read_record(vault)
    if digest not in record.items:
        return ShowableItem(digest[:16], "", False, "it is not an item of the case")
    copies = record.hidden_copies(digest)
    shown = copies[-1] if copies else digest
    check = check_open_case(vault, lambda _: ReleaseRequest(no_claims=True, shown=(shown,)))
    name = record.items[digest].name
    if not check.verdict.ok:
        return ShowableItem(name, "", bool(copies), check.verdict.refusals[0].why)
    if shown not in check.selection.shown:
        return ShowableItem(
            name, "", bool(copies), check.selection.held_back.get(shown, "held back")
        )
    return ShowableItem(name, shown, bool(copies))


def _exhibit(
    session: CaseSession,
    frame: Mapping[str, Any],
    numbers: tuple[int, ...],
    item: ShowableItem,
) -> MarkedExhibit:
    """A marked frame with its picture, drawn as ``noonmark frame`` draws it."""
    picture, why = (b"", item.why) if item.why else _drawn(session, frame, item.stands_for)
    at = frame.get("time_s")
    said = "" if at is None else f"number {frame['number']}, {at:.3f} s from the start"
    hidden = " What is black was hidden." if item.hidden else ""
    return MarkedExhibit(
        name=item.name,
        sha256=str(frame["item"]),
        frame=said,
        clues=numbers,
        marks=tuple(_marks(frame["marks"].get("mark", ()))),
        picture=picture,
        caption=f"The marks, and what follows from them.{hidden}",
        why=why,
    )


def _drawn(
    session: CaseSession,
    frame: Mapping[str, Any],
    digest: str,
) -> tuple[bytes, str]:
    """The picture of a frame with its marks, or why there is none."""
    if session.pictures is None:
        return b"", "the case is closed"
    try:
        solved = solve_frame(frame["marks"], advise=False).frame
        photo = session.pictures.pixels(digest, int(frame["number"]), WIDEST_PX)
        return frame_png(solved, photo), ""
    except NoonmarkError as error:
        return b"", error.message


def _marks(marks: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each mark with its points [px]."""
    for number, mark in enumerate(marks, 1):
        what = str(mark.get("what") or f"{mark.get('means', 'mark')} {number}")
        points = [
            f"{key.removesuffix('_px').replace('_', ' ')} {_point(value)}"
            for key, value in mark.items()
            if key.endswith("_px")
        ]
        yield what, "; ".join(points)


def _point(value: object) -> str:
    """A point, or several, in pixels with a tenth."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return " ".join(_point(one) for one in value)
    numbers = value if isinstance(value, list) else [value]
    return ", ".join(f"{one:.1f}" for one in numbers if isinstance(one, int | float))


def _checked(
    inquiry: Mapping[str, Any],
    document: Mapping[str, Any],
) -> Iterator[CheckedClaim]:
    """The page's claims, each with the verdict of the clues as they are asked now."""
    for pin in inquiry["pins"][:MOST_CLAIMS]:
        place = None if pin["place"] is None else Place(*pin["place"])
        start, end = pin["from"] or pin["to"], pin["to"] or pin["from"]
        span = Span(utc(start), utc(end)) if start and end else None
        if place is None and span is None:
            continue
        try:
            found = check_claim(json_file(document), place, radius_km=pin["km"], span=span)
            said = verdict_sentence(verdict_json(found))
        except NoonmarkError as error:
            said = f"not checked: {error.message}"
        yield CheckedClaim(_claimed(pin, place), said)


def _claimed(pin: Mapping[str, Any], place: Place | None) -> str:
    """A claim in words: who says so, where, when."""
    where = "" if place is None else f"{place.lat_deg:.3f}, {place.lon_deg:.3f}"
    around = f" (within {pin['km']:g} km)" if where and pin["km"] else ""
    when = " to ".join(dict.fromkeys(one for one in (pin["from"], pin["to"]) if one))
    return ": ".join(
        part for part in (pin["label"], " ".join(filter(None, (where + around, when)))) if part
    )
