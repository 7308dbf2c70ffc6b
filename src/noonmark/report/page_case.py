"""The parts of an answer's report about the case: the frames that clues were measured on, with
their files, digests and marks, and the claims that were checked against the clues.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from noonmark.report.page_html import mixed, table, text
from noonmark.report.report_data import MarkedExhibit, ReportData

_MOST_MARKS = 60


def case_parts(data: ReportData) -> Iterable[str]:
    """What the answer was measured on, and what was claimed; nothing where no case is known."""
    if data.exhibits:
        yield '<h2 id="footage">What it was measured on</h2>\n'
        for exhibit in data.exhibits:
            yield from _exhibit(exhibit)
    if data.checked:
        yield '<h2 id="claims">What was claimed, and what the clues say of it</h2>\n'
        rows = [(mixed(one.claim), mixed(one.verdict)) for one in data.checked]
        yield table("Claims checked against these clues.", ("Claim", "Verdict"), rows)


def _exhibit(exhibit: MarkedExhibit) -> Iterable[str]:
    """A frame: its picture or why it is not shown, its file with the digest, its marks."""
    yield f"<h3>{mixed(exhibit.name)}</h3>\n"
    if exhibit.picture:
        coded = base64.b64encode(exhibit.picture).decode("ascii")
        yield f'<figure><img src="data:image/png;base64,{coded}" alt="{_described(exhibit)}">'
        yield f"<figcaption>{mixed(exhibit.caption)}</figcaption></figure>\n"
    if exhibit.why:
        yield f'<p class="note">Its picture is not shown: {mixed(exhibit.why)}.</p>\n'
    numbers = ", ".join(str(number) for number in exhibit.clues)
    yield f"<dl>\n<dt>SHA-256</dt><dd>{text(exhibit.sha256)}</dd>\n"
    if exhibit.frame:
        yield f"<dt>Frame</dt><dd>{text(exhibit.frame)}</dd>\n"
    yield f"<dt>Clues measured on it</dt><dd>{numbers}</dd>\n</dl>\n"
    if exhibit.marks:
        rows = [(mixed(what), text(points)) for what, points in exhibit.marks[:_MOST_MARKS]]
        yield table("Marks, in pixels of the upright original.", ("Mark", "Points"), rows)
    more = len(exhibit.marks) - _MOST_MARKS
    if more > 0:
        yield f"<p>And {more} marks more.</p>\n"


def _described(exhibit: MarkedExhibit) -> str:
    """A description for readers who cannot see the picture."""
    return text(f"{exhibit.name} with {len(exhibit.marks)} marks drawn on it")
