"""The display of an answer in a notebook: one HTML fragment, no script, nothing loaded."""

from __future__ import annotations

import base64
from html import escape

from noonmark.report.mapsheet import draw_map
from noonmark.report.report_data import PlacedMode, ReportData
from noonmark.report.wording import subtitle, title

_HEADINGS = ("share", "place", "best instant", "times")


def answer_html(data: ReportData) -> str:
    """HTML of an answer: what it says, its map, and a table of its modes."""
    picture = base64.b64encode(draw_map(data)).decode("ascii")
    warnings = ""
    for warning in data.answer.get("warnings", ()):
        warnings += f"<p>note: {escape(str(warning))}</p>"
    headings = "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
    rows = "".join(_row(placed) for placed in data.modes)
    heading, text = escape(title(data)), escape(subtitle(data))
    return (
        f"<p><b>{heading}.</b> {text}</p>{warnings}"
        f'<img alt="map of the credible regions" style="max-width:100%" '
        f'src="data:image/png;base64,{picture}">'
        f"<table><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(placed: PlacedMode) -> str:
    """A row of the table: share, place, instant and times of a mode."""
    mode = placed.mode
    place = f"{mode.place.lat_deg:.4f}, {mode.place.lon_deg:.4f}"
    cells = (
        f"{mode.mass:.0%}",
        f"{place}: {placed.nearest}",
        placed.best_when,
        placed.times.words,
    )
    markup = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr>{markup}</tr>"
