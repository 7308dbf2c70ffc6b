"""The places that clues name, in the report: how probable each is beside all clues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from noonmark.report.first_places import first_places
from noonmark.report.page_html import table, text
from noonmark.report.report_data import ReportData
from noonmark.report.wording import coordinates_words, share_words

_MOST = 24
_COLUMNS = ("Place", "Coordinates", "Probability", "As it was stated")


def named_places(data: ReportData) -> Iterable[str]:
    """A table for each clue that names places: the first of them, the rest, and none of them."""
    clues = data.answer.get("places", ())
    if clues:
        yield '<h2 id="places">The places that were named</h2>\n'
        yield "<p>How probable each is beside all clues.</p>\n"
    for clue in clues:
        caption = f"Places of clue {clue['clue'] + 1}, the most probable first."
        yield table(caption, _COLUMNS, _rows(clue))


def _rows(clue: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    """The rows of one clue."""
    told, others = first_places(clue, _MOST)
    for each in told:
        where = coordinates_words(each["lat_deg"], each["lon_deg"], 5)
        yield _row(str(each["place"] + 1), where, each["probability"], each["stated"])
    if others["places"]:
        yield _row(f"{others['places']} more", "", others["probability"], others["stated"])
    none = clue["none_of_these"]
    yield _row("None of these", "", none["probability"], none["stated"])


def _row(
    name: str,
    where: str,
    probability: float,
    stated: float,
) -> tuple[str, ...]:
    """One row, as HTML."""
    cells = (name, where, share_words(probability), share_words(stated))
    return tuple(text(cell) for cell in cells)
