"""A copy of a file without metadata, read back to be sure, logged where the file is an item."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from noonmark.actions import case_items
from noonmark.actions.finished_files import finished
from noonmark.actions.redaction import refuse_existing


def strip(
    path: Path, out: Path, *, case: Path | None = None, by: str = case_items.DEFAULT_ACTOR
) -> dict[str, Any]:
    """A copy without metadata, verified by reading it back; kept in the case where the file is an
    item of one.
    """
    from noonmark.media import strip as media
    from noonmark.media.probe import digest

    refuse_existing(out)
    held = case_items.item_of(path, case=case, by=by, command="strip", parameters={})
    with finished(out) as unchecked:
        copy = media.strip(path, unchecked)
    answer = {
        "ok": True,
        "source_sha256": held.sha256 if held is not None else digest(path),
        "output_sha256": digest(out),
        "output": out.name,
        "container": copy.container,
        "removed": copy.removed,
        "pictures_compared": copy.pictures_compared,
        "packets_compared": copy.packets_compared,
        "remains": copy.leak_report.kept,
        "read_back_by": copy.leak_report.readers,
    }
    if copy.warnings:
        answer |= {"warnings": copy.warnings}
    parameters = {"removed": sorted(copy.removed), "read_back_by": list(copy.leak_report.readers)}
    made = [case_items.Made(out, out.name, "copy", parameters)]
    return answer | case_items.log_derivation(held, made, means=case_items.means("av", "pillow"))
