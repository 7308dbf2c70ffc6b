"""Passages as a reader sees them: the strip of the page on which quoted words stand, with a box.

Only of documents that go out as they are: of one that is held back no pixel is shown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from noonmark.documents.reading import kind_of
from noonmark.errors import NoonmarkError
from noonmark.evidence.vault import Vault
from noonmark.inquiry.said import SaidForm
from noonmark.report.record_data import RecordPicture
from noonmark.sandbox import process

MOST_STRIPS = 60
MOST_OF_A_DOCUMENT = 20
_LIMITS = process.WorkerLimits(cpu_s=60, wall_s=90.0, memory_bytes=1536 << 20, file_bytes=16 << 20)
_Place = tuple[str, Mapping[str, Any]]
"""The id of a passage, and one place of it."""


def passage_pictures(
    vault: Vault, forms: Iterable[SaidForm], shown: Collection[str]
) -> dict[str, tuple[RecordPicture, ...]]:
    """The strips of each passage by the id of its form, one for each page that it stands on.

    A passage without a box, or whose page can't be drawn here, has none.
    """
    by_item: dict[str, list[_Place]] = {}
    left = MOST_STRIPS
    for one in forms:
        item = str(one.data.get("item", ""))
        if one.form != "passage" or item not in shown or not vault.store.has(item):
            continue
        at = one.data["at"]
        places = [place for place in (at if isinstance(at, list) else [at]) if place.get("boxes")]
        kept = by_item.setdefault(item, [])
        taken = places[: max(0, min(left, MOST_OF_A_DOCUMENT - len(kept)))]
        kept += [(one.id, place) for place in taken]
        left -= len(taken)
    found: dict[str, tuple[RecordPicture, ...]] = {}
    for item, wanted in by_item.items():
        for name, picture in _strips(vault.store.get(item), wanted):
            found[name] = (*found.get(name, ()), picture)
    return found


def _strips(path: Path, wanted: list[_Place]) -> list[tuple[str, RecordPicture]]:
    """The strips of one document, drawn by one worker; none where it can't be drawn."""
    kind = kind_of(path)
    if kind == "other" or not wanted:
        return []
    asked = [
        {"page": int(place.get("page", 1)) - 1, "boxes": [list(box) for box in place["boxes"]]}
        for _, place in wanted
    ]
    with tempfile.TemporaryDirectory(prefix="noonmark-") as folder:
        outputs = [Path(folder) / f"{number}.png" for number in range(len(asked))]
        try:
            told = process.run(
                "quoted_place",
                payload={"kind": kind, "places": asked},
                files=[path],
                outputs=outputs,
                limits=_LIMITS,
            ).value
        except NoonmarkError:
            return []
        return [
            (name, _picture(place, out.read_bytes()))
            for (name, place), out, size in zip(wanted, outputs, told["sizes"], strict=True)
            if size[0] > 0
        ]


def _picture(place: Mapping[str, Any], data: bytes) -> RecordPicture:
    """A strip with what it is."""
    page = f"page {place.get('label') or place.get('page', 1)}"
    said = f"The words on {page} of the document, in the box."
    return RecordPicture("image/png", data, said, f"A strip of {page} with the quoted words boxed")
