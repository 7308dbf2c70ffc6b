"""The part of a site's report with what the machine proposed and people have read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from noonmark.report.page_html import mixed, table, text

_HEAD = ("Feature", "Series", "Later than", "No later than", "Injected events of its kind")


def site_proposals_html(proposals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The section, or nothing: marked as the machine's, with how often such a thing is found."""
    if not proposals:
        return
    yield '<h2 id="proposals">What the machine proposes: no findings</h2>\n'
    yield "<p>Worked out from the numbers of a series of images, not from readings. Listed are only"
    yield " those of which people read the images at both ends; what they read stands with each"
    yield " image, and counts where the two differ. A date is that of being visible, half-way"
    yield " through the works, never of when they began.</p>\n"
    rows = [_row(row) for row in proposals]
    yield table("Proposed by the machine, each with what it finds of injected events.", _HEAD, rows)


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    """One proposal; the parts of its bracket one below the other."""
    counts = row["injected"]
    parts = row["parts"]
    share = " (p {:.2f})".format if len(parts) > 1 else lambda _: ""
    return (
        mixed(row["feature"]),
        f"{text(row['stack'])}, event {row['order']}",
        "<br>".join(_end(part["from"]) for part in parts),
        "<br>".join(_end(part["to"]) + share(part["p"]) for part in parts),
        f"of {counts['n']} injected, {counts['found']} found,"
        f" {counts['held']} held by a bracket of {row['level']:.0%}",
    )


def _end(end: Mapping[str, Any]) -> str:
    """An end of a bracket: day, image, and what was read in it."""
    said = text(", ".join(end["read"]))
    return f"{text(end['taken'])} <code>{text(end['image'])}</code> (read as {said})"
