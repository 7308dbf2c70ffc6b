"""The contact sheet of a case: what came in, as pictures with digests and stated times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import case_items
from noonmark.actions.case_listing import list_items
from noonmark.actions.finished_files import finished
from noonmark.actions.redaction import refuse_existing
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.vault import Vault, open_vault

if TYPE_CHECKING:
    from noonmark.report.item_sheet import SheetItem

Step = Callable[[float, str], None]
MOST_ITEMS = 1000
"""So many go on one sheet: of a larger case name the items."""
_COMMAND = "case sheet"


@dataclass(frozen=True)
class _Chosen:
    """A row of the case's list, and the digest of the bytes that are shown of it."""

    row: Mapping[str, Any]
    shown: str


def contact_sheet(
    folder: Path,
    out: Path,
    *,
    only: Sequence[str] = (),
    by: str = case_items.DEFAULT_ACTOR,
    step: Step | None = None,
) -> dict[str, Any]:
    """Write the originals of a case as a PDF of pictures, digests and stated times; the counts.

    Where a redacted copy of an item is kept, that is shown in its place. What an export would stop
    (an agreement with a source, a consent, a restriction) is left out and counted. That the items
    were opened is logged. Equal cases give equal bytes.
    """
    from noonmark.report.item_sheet import item_sheet_pdf

    _refuse_name(out)
    rows = _originals(folder, only)
    with open_vault(folder) as vault:
        origin = vault.origin
        chosen = _allowed(vault, rows, _redacted(vault))
        paths = {one.shown: vault.store.path(one.shown) for one in chosen}
    logged = _logged(folder, [one.shown for one in chosen], by)
    items = []
    named = {one.row["name"] for one in chosen}
    for number, one in enumerate(chosen):
        if step is not None:
            step(number / len(chosen), str(one.row["name"]))
        items.append(_item(one, paths[one.shown], named))
    left_out = len(rows) - len(chosen)
    notes = [f"case {origin}", f"{len(items)} items"]
    if left_out:
        notes.append(f"{left_out} more are withheld: by an agreement, a consent or a restriction")
    with finished(out) as part:
        part.write_bytes(item_sheet_pdf("Contact sheet", notes, items))
    pictures = sum(item.picture is not None for item in items)
    told = {"items": len(items), "pictures": pictures, "withheld": left_out}
    return {"ok": True, "file": str(out), **told, "logged": logged}


def _refuse_name(out: Path) -> None:
    """Refuse a file of another ending, or one that is there."""
    if out.suffix.lower() != ".pdf":
        raise InputError(
            f"expected a name that ends in .pdf, got {out.name!r}",
            code="usage",
            hint=f"--out {out.stem or 'sheet'}.pdf",
        )
    refuse_existing(out)


def _originals(folder: Path, only: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of the originals that are kept, each digest once."""
    rows = {
        row["sha256"]: row
        for row in list_items(folder)["items"]
        if row["role"] == "original" and row["kept"]
    }
    unknown = [digest for digest in only if digest not in rows]
    if unknown:
        raise InputError(
            f"the case keeps no original {unknown[0][:80]!r}",
            code="no-such-item",
            hint="noonmark case list DIR names them",
        )
    found = [row for digest, row in rows.items() if not only or digest in only]
    if len(found) > MOST_ITEMS:
        raise InputError(
            f"{len(found)} items are more than a sheet holds ({MOST_ITEMS})",
            code="too-many-items",
            hint="name some of them with --only DIGEST",
        )
    return found


def _redacted(vault: Vault) -> dict[str, str]:
    """The newest redacted copy that is kept, by the item that it is of."""
    present = vault.present()
    facts = [vault.log.entry(n).facts for n in vault.log.index.numbers(kind="derivation")]
    return {
        str(f["parent"]): str(f["child"])
        for f in facts
        if f["relation"] == "redaction" and f["child"] in present
    }


def _allowed(
    vault: Vault, rows: Sequence[Mapping[str, Any]], redacted: Mapping[str, str]
) -> list[_Chosen]:
    """The rows whose bytes may be shown to others, as an export would judge each."""
    from noonmark.release import checks
    from noonmark.release.record import read_record
    from noonmark.release.selection import ReleaseProposal, ReleaseRequest, of_items

    record = read_record(vault)
    chosen = []
    for row in rows:
        shown = redacted.get(row["sha256"], row["sha256"])
        selection = of_items(record, {row["sha256"], shown})
        proposal = ReleaseProposal(record, selection, ReleaseRequest())
        if not list(checks.refusals(proposal, checks.OF_PICTURES)):
            chosen.append(_Chosen(row, shown))
    return chosen


def _logged(folder: Path, digests: Sequence[str], by: str) -> bool:
    """Log that the items were opened; false where the case can't be written to."""
    if not digests:
        return True
    try:
        case_items.log_access(folder, digests, by=by, command=_COMMAND, parameters={})
    except NoonmarkError as error:
        if error.code != "case-read-only":
            raise
        return False
    return True


def _item(one: _Chosen, path: Path, named: Set[str]) -> SheetItem:
    """Text and picture of an item on the sheet; ``named`` are all names that stand on it.

    The other half of a Live Photo is named only where it is on the sheet too.
    """
    from noonmark.report.item_sheet import SheetItem

    row = one.row
    lines = [f"{row['size_bytes']} bytes, taken in {row['added_at']} by the clock of the machine"]
    if one.shown != row["sha256"]:
        lines.append("shown is a redacted copy; the digest is that of the original")
    lines += [f"Live Photo with {name}" for name in row["live_photo_with"] if name in named]
    times = tuple(f"states {text}" for text in row["stated_times"])
    return SheetItem(
        str(row["name"]) or "without a name", row["sha256"], tuple(lines), times, _picture(path)
    )


def _picture(path: Path) -> Any:
    """The first frame, decoded in the sandbox; None where there is none to be had."""
    from noonmark.media import frames
    from noonmark.report.item_sheet import THUMB_PX

    try:
        return frames.first(path, longest_px=max(THUMB_PX))[0].rgb
    except NoonmarkError:
        return None
