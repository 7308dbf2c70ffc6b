"""The page's report: what goes out is chosen, checked, and written; the choices are a draft."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from noonmark.actions.export_gate import pass_answer
from noonmark.actions.release_choices import check_choices, refuse_choices, release_page
from noonmark.actions.releases import write_release
from noonmark.errors import InputError
from noonmark.session.answers import answered
from noonmark.session.case_session import CaseSession
from noonmark.session.exhibits import marked_items
from noonmark.session.exports import answer_files, keep_answer, page_key
from noonmark.session.page_document import write as write_work_file
from noonmark.session.requests import path_of

DRAFT = "report-draft.json"
LARGEST_DRAFT_BYTES = 1_000_000
Tell = Callable[[float, str], None]


def check(
    session: CaseSession,
    asked: Mapping[str, Any],
) -> dict[str, Any]:
    """What would go out, what stops it, and the sheet; nothing is logged."""
    with session.lock:
        return release_page(session.folder, asked)


def read_draft(session: CaseSession) -> dict[str, Any]:
    """The choices as they were kept last; none where nothing was chosen, or they can't be read."""
    try:
        data = (session.work / DRAFT).read_bytes()[: LARGEST_DRAFT_BYTES + 1]
        found = json.loads(data)
    except (OSError, ValueError, RecursionError):
        return {"draft": None}
    return {"draft": found if isinstance(found, dict) else None}


def keep_draft(
    session: CaseSession,
    draft: Mapping[str, Any],
) -> dict[str, Any]:
    """Keep the choices beside the log: they say nothing and are no act."""
    data = json.dumps(draft, ensure_ascii=True, allow_nan=False).encode("ascii")
    if len(data) > LARGEST_DRAFT_BYTES:
        raise InputError(
            "the draft of the report is too long",
            code="release-text",
            hint="shorten its text",
        )
    if session.read_only is not None:
        return {"kept": False}
    with session.lock:
        write_work_file(session.work, DRAFT, data)
    return {"kept": True}


def write(
    session: CaseSession,
    asked: Mapping[str, Any],
    out: str,
    *,
    document: Mapping[str, Any] | None,
    tell: Tell,
) -> dict[str, Any]:
    """Write the release into a new folder, signed with the page's key; with ``document`` the answer
    of the page goes out too: its clues, the answer and its report. What is refused keeps nothing.
    """
    target = path_of(out)
    if os.path.lexists(target):
        raise InputError(f"{target} exists already", code="output-exists", hint="give a new folder")
    more: list[str] = []
    if document is not None:
        pass_answer(session.folder, marked_items(session, document))
        tell(0.02, "answering")
        found = answered(session, document)
        tell(0.15, "drawing the report")
        made = answer_files(session, found)
        with session.reading() as vault:
            refuse_choices(vault, asked, made)
        more = keep_answer(session, made)
    with session.reading() as vault:
        request = check_choices(vault, _with(asked, more)).request
    with session.moving:
        done = write_release(
            session.folder,
            target,
            request,
            key=page_key(),
            by=session.by,
            alone=session.lock,
            share=lambda share: tell(0.3 + 0.7 * share, "writing the report"),
        )
    # No command: one without the choices would write what was withheld, and none may name the key.
    act = session.act_if_possible(f"wrote the report: {target.name}", None)
    return {
        "written": [str(done.folder / "report.html"), str(done.folder / "bundle")],
        "report_sha256": done.report_sha256,
        "key": done.key,
        "verify": _verify(done.folder / "bundle", done.key),
        "act": act,
    }


def _with(asked: Mapping[str, Any], digests: list[str]) -> dict[str, Any]:
    """The choices with some items that go out as they are."""
    items = asked.get("items")
    chosen = dict(items) if isinstance(items, Mapping) else {}
    more = {digest: {"as": "original"} for digest in digests}
    return {**asked, "items": {**chosen, **more}}


def _verify(bundle: Path, key: str) -> str:
    """The command by which a stranger checks the bundle."""
    import shlex

    return shlex.join(["noonmark", "verify", str(bundle), "--key", key])
