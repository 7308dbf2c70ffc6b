"""The maps and calendars of the answers that a release cites, drawn anew from their clues."""

from __future__ import annotations

from collections.abc import Iterable

from noonmark.errors import NoonmarkError
from noonmark.evidence.vault import Vault
from noonmark.inquiry.said import SaidForm
from noonmark.report.record_data import RecordPicture

MOST_ANSWERS = 12
LARGEST_DOCUMENT_BYTES = 1 << 20


def answer_pictures(
    vault: Vault, forms: Iterable[SaidForm]
) -> dict[str, tuple[RecordPicture, ...]]:
    """The figures of each ``locate`` answer by the id of its form, at most :data:`MOST_ANSWERS`.

    An answer whose document is not kept, or that can't be answered any more, has none.
    """
    found: dict[str, tuple[RecordPicture, ...]] = {}
    for one in forms:
        if one.form != "answer" or len(found) >= MOST_ANSWERS:
            continue
        held = vault.log.index.object_of(str(one.data["document"]))
        if "locate" not in one.data["command"].split()[:2] or held is None:
            continue
        if held[0] <= LARGEST_DOCUMENT_BYTES and vault.store.has(one.data["document"]):
            pictures = _drawn(vault.store.get(one.data["document"]).read_bytes())
            if pictures:
                found[one.id] = pictures
    return found


def _drawn(document: bytes) -> tuple[RecordPicture, ...]:
    """The map and the calendar of a clue document's answer."""
    from noonmark.actions.answer_forms import report_data_of
    from noonmark.actions.answers import locate
    from noonmark.report.calendar_chart import draw_calendar
    from noonmark.report.mapsheet import draw_map
    from noonmark.report.regions import harmonised

    try:
        data = report_data_of(locate(document), command="noonmark locate clues.json")
    except NoonmarkError:
        return ()
    made = []
    if not data.summary.place_given:
        said = "Where: colour and lines show the smallest areas that hold 50, 90 and 99 %."
        drawn = draw_map(data, harmonised(data))
        made.append(RecordPicture("image/png", drawn, said, "World map of the answer's regions"))
    if not data.summary.time_given:
        said = "When: the same for date and time of day."
        drawn = draw_calendar(data)
        made.append(RecordPicture("image/png", drawn, said, "Calendar of the answer's times"))
    return tuple(made)
