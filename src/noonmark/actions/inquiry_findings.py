"""What follows from what was said in a case: origins, bounds, the matrix, disputes, replies due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from noonmark import values
from noonmark.actions.inquiry_forms import reply_json, say_in_case
from noonmark.errors import InputError
from noonmark.evidence.entry_schema import DEFAULT_ACTOR
from noonmark.inquiry.bounds import ClaimBounds, bounds_of
from noonmark.inquiry.disputes import disputes_of
from noonmark.inquiry.drafts import full_id
from noonmark.inquiry.hypotheses import matrix_of
from noonmark.inquiry.origins import OriginCount, origins_of
from noonmark.inquiry.region import outlines
from noonmark.inquiry.replies import replies_due
from noonmark.inquiry.said import Inquiry
from noonmark.inquiry.standing import claim_faults
from noonmark.inquiry.state import read
from noonmark.questions.input_files import read_bytes


def _named(case: Path, name: str, form: str) -> tuple[Inquiry, str]:
    """The inquiry of a case and the whole id of something of a form."""
    inquiry = read(case)
    full = full_id(inquiry, name)
    found = inquiry.by_id[full][0].form
    if found != form:
        raise InputError(
            f"{full} is a {found}, not a {form}",
            code="form-reference",
            hint=f"give the id of a {form}: noonmark inquiry claims CASE lists ids",
        )
    return inquiry, full


def claim_origins(case: Path, claim: str) -> dict[str, Any]:
    """Between how many independent origins support a claim, and what would narrow the range."""
    inquiry, full = _named(case, claim, "claim")
    found = origins_of(inquiry, full)
    return {"ok": True, "claim": full, **origins_json(inquiry, found)}


def origins_json(inquiry: Inquiry, found: OriginCount) -> dict[str, Any]:
    """A count of origins with its groups; each telling in words."""

    def told(node: str) -> dict[str, str]:
        one = inquiry.current(node)
        what = "item" if one is None else one.form
        return {"id": node, "form": what, "said": "" if one is None else inquiry.title(one)}

    return {
        "fewest": found.fewest,
        "most": found.most,
        "said": origins_said(found),
        "origins": [[told(node) for node in group] for group in found.origins],
        "unexamined": [list(pair) for pair in found.unexamined],
        "contested": [list(pair) for pair in found.contested],
    }


def origins_said(found: OriginCount) -> str:
    """A count of origins in words."""
    if found.most == 0:
        return "no independent origin"
    if found.fewest == found.most:
        plural = "" if found.most == 1 else "s"
        return f"{found.most} independent origin{plural}"
    return f"between {found.fewest} and {found.most} independent origins"


def claim_bounds(case: Path, claim: str) -> dict[str, Any]:
    """Where and when the evidence for a claim leaves room, or what contradicts what."""
    inquiry, full = _named(case, claim, "claim")
    return {"ok": True, "claim": full, **bounds_json(bounds_of(inquiry, full))}


def bounds_json(found: ClaimBounds) -> dict[str, Any]:
    """Bounds as JSON: times, the outline that is left, and what contradicts what."""
    region = None if not found.region else outlines(found.region)
    return {
        "earliest": _time(found.earliest),
        "latest": _time(found.latest),
        "region": region,
        "region_empty": found.region == (),
        "time_conflicts": [list(one) for one in found.time_conflicts],
        "place_conflicts": [list(one) for one in found.place_conflicts],
        "complete": found.complete,
        "used": list(found.used),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else values.rfc3339(moment)


def question_matrix(case: Path, question: str) -> dict[str, Any]:
    """Hypotheses against evidence: counts of what is inconsistent, and no score."""
    inquiry, full = _named(case, question, "question")
    found = matrix_of(inquiry, full)
    columns = []
    for name, count in zip(found.hypotheses, found.inconsistent, strict=True):
        one = inquiry.current(name)
        text = "" if one is None else inquiry.title(one)
        columns.append({"id": name, "text": text, "inconsistent": count})
    return {
        "ok": True,
        "question": full,
        "hypotheses": columns,
        "evidence": [vars(row) for row in found.rows],
    }


def case_disputes(case: Path) -> dict[str, Any]:
    """Everything in dispute, and what could not be used."""
    inquiry = read(case)
    return {
        "ok": True,
        "disputes": [vars(one) for one in disputes_of(inquiry)],
        "faults": [vars(one) for one in inquiry.faults],
    }


def open_points(case: Path, claim: str) -> list[dict[str, str]]:
    """What keeps a claim from being released, as far as the inquiry tells."""
    inquiry, full = _named(case, claim, "claim")
    return [vars(one) for one in claim_faults(inquiry, full)]


def add_reply(
    case: Path, typed: Mapping[str, Any], *, over: str | None = None, by: str = DEFAULT_ACTOR
) -> dict[str, Any]:
    """Say that an organisation was asked, or what came of it: a new version of the record.

    A new version keeps what the earlier one said and the new one does not say anew.
    """
    form = {"form": "reply", **typed}
    if over is not None:
        inquiry, full = _named(case, over, "reply")
        before = inquiry.current(full)
        kept = {} if before is None else dict(before.data)
        form = {**kept, **form, "id": full}
        for written in ("salt", "over"):
            form.pop(written, None)
    return say_in_case(case, [form], by=by)


def due_replies(case: Path, *, now: datetime | None = None) -> dict[str, Any]:
    """The records without an outcome, the earliest deadline first."""
    inquiry = read(case)
    found = replies_due(inquiry, values.now() if now is None else now)
    return {
        "ok": True,
        "due": [
            {**reply_json(inquiry, due.form), "state": due.state, "left_s": round(due.left_s)}
            for due in found
        ],
    }


def all_replies(case: Path, *, now: datetime | None = None) -> dict[str, Any]:
    """Every record of a reply, those that are due first: with its state now ("waiting", "overdue",
    or its outcome) and the claims in words.
    """
    inquiry = read(case)
    moment = values.now() if now is None else now
    due = {one.form.id: one for one in replies_due(inquiry, moment)}
    waiting = [one.form for one in due.values()]
    told = []
    for form in [*waiting, *(one for one in inquiry.of("reply") if one.id not in due)]:
        row = reply_json(inquiry, form)
        row["state"] = due[form.id].state if form.id in due else row["outcome"]
        row["left_s"] = round(due[form.id].left_s) if form.id in due else None
        row["claims"] = [_claim_line(inquiry, str(name)) for name in row["about"]]
        told.append(row)
    return {"ok": True, "replies": told}


def _claim_line(inquiry: Inquiry, name: str) -> dict[str, str]:
    """A claim in a line."""
    one = inquiry.current(name)
    return {"id": name, "text": "" if one is None else inquiry.title(one)}


def text_of_file(path: str) -> str:
    """The text of a file in UTF-8."""
    try:
        return read_bytes(path, largest=1 << 20).decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise InputError(
            f"{path}: not text in UTF-8 (byte {trouble.start})",
            code="not-text",
            hint="save it as UTF-8",
        ) from None
