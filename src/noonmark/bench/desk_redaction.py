"""Hiding, reviewed on the page: a plan made, edited frame by frame, looked at, and carried out, all of it logged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.bench import desk_record
from noonmark.bench import redaction as bench
from noonmark.bench.desk import Desk, json_file
from noonmark.bench.desk_calls import path_of
from noonmark.case import inquiry as inquiries
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.ingest import item_fact
from noonmark.evidence.store import Store

_WITHOUT_FACES = ("no-model", "missing-extra", "missing-package", "no-extra")


def plan(desk: Desk, item: str, *, anew: bool = False) -> dict[str, Any]:
    """The plan kept for an item, or a new one: with faces where a network is installed, else without boxes."""
    kept = None if anew else _kept(desk, item)
    told = None
    if kept is None:
        path = _path(desk, item)
        try:
            kept = bench.plan_redaction(path, faces=True)
        except NoonmarkError as error:
            if error.code not in _WITHOUT_FACES:
                raise
            kept, told = bench.plan_redaction(path, boxes={"box": []}), error.message
    return {"plan": kept, "frames": kept["frame_count"], "without_faces": told}


def save(desk: Desk, item: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a plan: its boxes may have changed, nothing else of it."""
    before = _kept(desk, item) or _own(document, item)
    after = _edited(before, document)
    if after.get("reviewed") is None and isinstance(document.get("reviewed"), Mapping):
        after = bench.mark_reviewed(after, by=str(document["reviewed"].get("by", "")))
    data = json_file(after)
    said = f"planned what to hide in {item[:12]}: boxes on {len(after['boxes'])} of {after['frame_count']} frames"
    with desk.writing() as vault:
        stored = vault.store.put_bytes(data)
        kept = item_fact(f"redaction-plan-{item[:12]}.json".encode(), stored, None, "report")
        act = desk.log(vault, said, None, items=[item, stored.sha256], with_=[kept])
        inquiries.write(desk.work, _name(item), data)
    return {"plan": after, "act": act}


def export(
    desk: Desk, item: str, document: Mapping[str, Any], *, reviewed_by: str, out: str, captions: Path | None
) -> dict[str, Any]:
    """Carry out a plan into a new file, and keep what came of it in the case."""
    path, target = _path(desk, item), path_of(out)
    plan_ = _edited(_kept(desk, item) or _own(document, item), document)
    # What is made of a file in a case's own store, redact itself keeps and logs there.
    record = bench.redact(path, target, document=plan_, reviewed_by=reviewed_by, captions=captions, by=desk.by)
    beside = target.with_name(target.name + ".redaction.json")
    command = desk_record.command(
        desk.folder, "redact", path, "--plan", desk.work / _name(item), "--reviewed-by", reviewed_by, "--out", target
    )
    act = desk.act_if_possible(f"hid what the plan names in {item[:12]}: {target.name}", command)
    written = [target, beside, *([target.with_suffix(".vtt")] if captions is not None else [])]
    return {"written": [str(path) for path in written], "record": record, "act": act}


def _edited(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with the boxes of another; who looked at it counts only while no box has changed since."""
    old, new = before.get("boxes"), after.get("boxes")
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        raise InputError("this is not a redaction plan", code="bad-plan", hint="ask for one first")
    try:
        changes = {int(n): list(new.get(n) or []) for n in {*old, *new} if (old.get(n) or []) != (new.get(n) or [])}
    except (TypeError, ValueError):
        raise InputError("a frame of the plan has no number", code="bad-plan", hint="ask for one first") from None
    return bench.edit_plan(before, changes) if changes else dict(before)


def _kept(desk: Desk, item: str) -> dict[str, Any] | None:
    path = desk.work / _name(item)
    return bench.read_plan(path) if path.is_file() else None


def _own(document: Mapping[str, Any], item: str) -> dict[str, Any]:
    """The plan as the page has it, where none is kept yet; it must be of this item."""
    if document.get("source_sha256") != item:
        raise InputError("the plan was made for another file", code="plan-of-another-file", hint="make a new plan")
    found: dict[str, Any] = json.loads(json.dumps(document))
    return bench.edit_plan(found, {})


def _name(item: str) -> str:
    return f"redaction-{item[:16]}.json"


def _path(desk: Desk, item: str) -> Path:
    path = Store(desk.folder).get(item)
    desk.show(item)
    return path
