"""Hiding, reviewed on the page: a plan made, edited frame by frame, looked at, and carried out, all
of it logged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import redaction
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.ingest import item_fact
from noonmark.evidence.store import Store
from noonmark.session import page_document as inquiries
from noonmark.session import record, sentences
from noonmark.session.case_session import CaseSession, json_file
from noonmark.session.requests import path_of

_WITHOUT_FACES = ("no-model", "missing-extra", "missing-package", "no-extra")


def plan(
    session: CaseSession,
    item: str,
    *,
    anew: bool = False,
) -> dict[str, Any]:
    """The plan kept for an item, or a new one: with faces where a network is installed, else
    without boxes.
    """
    kept = None if anew else _kept(session, item)
    told = None
    if kept is None:
        path = _path(session, item)
        try:
            kept = redaction.plan_redaction(path, faces=True)
        except NoonmarkError as error:
            if error.code not in _WITHOUT_FACES:
                raise
            kept, told = redaction.plan_redaction(path, boxes={"box": []}), error.message
    return {
        "plan": kept,
        "frames": kept["frame_count"],
        "without_faces": told,
        "review_told": [sentences.told(one["why"], "stretch") for one in kept["review"]],
    }


def save(
    session: CaseSession,
    item: str,
    document: Mapping[str, Any],
) -> dict[str, Any]:
    """Keep a plan: its boxes may have changed, nothing else of it."""
    before = _kept(session, item) or _own(document, item)
    after = _edited(before, document)
    if after.get("reviewed") is None and isinstance(document.get("reviewed"), Mapping):
        after = redaction.mark_reviewed(after, by=str(document["reviewed"].get("by", "")))
    data = json_file(after)
    said = (
        f"planned what to hide in {item[:12]}: boxes on {len(after['boxes'])} of "
        f"{after['frame_count']} frames"
    )
    with session.writing() as vault:
        stored = vault.store.put_bytes(data)
        kept = item_fact(f"redaction-plan-{item[:12]}.json".encode(), stored, None, "report")
        act = session.log(vault, said, None, items=[item, stored.sha256], with_=[kept])
        inquiries.write(session.work, _name(item), data)
    return {"plan": after, "act": act}


def export(
    session: CaseSession,
    item: str,
    document: Mapping[str, Any],
    *,
    reviewed_by: str,
    out: str,
    captions: Path | None,
) -> dict[str, Any]:
    """Carry out a plan into a new file, and keep what came of it in the case."""
    path, target = _path(session, item), path_of(out)
    plan_ = _edited(_kept(session, item) or _own(document, item), document)
    # What is made of a file in a case's own store, redact itself keeps and logs there.
    written_record = redaction.redact(
        path, target, document=plan_, reviewed_by=reviewed_by, captions=captions, by=session.by
    )
    beside = target.with_name(target.name + ".redaction.json")
    command = record.command(
        session.folder,
        "redact",
        path,
        "--plan",
        session.work / _name(item),
        "--reviewed-by",
        reviewed_by,
        "--out",
        target,
    )
    act = session.act_if_possible(f"hid what the plan names in {item[:12]}: {target.name}", command)
    written = [target, beside, *([target.with_suffix(".vtt")] if captions is not None else [])]
    return {"written": [str(path) for path in written], "record": written_record, "act": act}


def _edited(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with the boxes of another; who looked at it counts only while no box has changed
    since.
    """
    old, new = before.get("boxes"), after.get("boxes")
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        raise InputError("this is not a redaction plan", code="bad-plan", hint="ask for one first")
    try:
        changes = {
            int(n): list(new.get(n) or [])
            for n in {*old, *new}
            if (old.get(n) or []) != (new.get(n) or [])
        }
    except (TypeError, ValueError):
        raise InputError(
            "a frame of the plan has no number", code="bad-plan", hint="ask for one first"
        ) from None
    return redaction.edit_plan(before, changes) if changes else dict(before)


def _kept(session: CaseSession, item: str) -> dict[str, Any] | None:
    """The plan that the case keeps for an item, if there is one."""
    path = session.work / _name(item)
    return redaction.read_plan(path) if path.is_file() else None


def _own(document: Mapping[str, Any], item: str) -> dict[str, Any]:
    """The plan as the page has it, where none is kept yet; it must be of this item."""
    if document.get("source_sha256") != item:
        raise InputError(
            "the plan was made for another file",
            code="plan-of-another-file",
            hint="make a new plan",
        )
    found: dict[str, Any] = json.loads(json.dumps(document))
    return redaction.edit_plan(found, {})


def _name(item: str) -> str:
    """The name of the plan of an item."""
    return f"redaction-{item[:16]}.json"


def _path(session: CaseSession, item: str) -> Path:
    """Where an item lies; that it is looked at is noted for the log."""
    path = Store(session.folder).get(item)
    session.show(item)
    return path
