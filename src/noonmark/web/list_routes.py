"""Calls about two lists compared, and about replies that are due."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from noonmark.actions import inquiry_findings, kept_lists
from noonmark.errors import InputError
from noonmark.session import told_replies
from noonmark.session.acts import acted
from noonmark.web import request_values
from noonmark.web.call_rows import Call
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, json_reply
from noonmark.web.server_state import ServerState

_REPLY = (
    "asked_at", "how", "questions", "deadline", "outcome", "answer", "answer_text", "answered_at",
)  # fmt: skip


async def lists(server: ServerState, request: Request) -> Response:
    """What may be compared, and what was."""
    case = server.session.folder
    return json_reply(await in_thread(lambda: kept_lists.lists_of_case(case)))


async def proposals(server: ServerState, request: Request) -> Response:
    """Two lists, with what may belong together."""
    session, asked = server.session, request.query_params
    a, b = request_values.text(asked, "a"), request_values.text(asked, "b")
    session.show(a)
    session.show(b)
    return await server.jobs.reply(lambda tell: told_replies.proposals(session.folder, a, b))


async def decide(server: ServerState, request: Request) -> Response:
    """Keep what a reader decided about two lists."""
    body, session = await body_of(request), server.session
    digests = [request_values.text(body, "a"), request_values.text(body, "b")]
    first = request_values.maybe_text(body, "first") or ""
    if not isinstance(body.get("pairs"), list):
        raise InputError("pairs: expected a list", code="bad-request", hint="docs/spec/page.md")
    decided = {"by": request_values.text(body, "by"), "pairs": body["pairs"]}

    def act() -> dict[str, Any]:
        return kept_lists.decide_lists(session.folder, digests, decided, first=first, by=session.by)

    return json_reply(await in_thread(lambda: acted(session, act)))


async def replies(server: ServerState, request: Request) -> Response:
    """Who was asked, what is due, and what was answered."""
    case = server.session.folder
    return json_reply(await in_thread(lambda: inquiry_findings.all_replies(case)))


async def reply(server: ServerState, request: Request) -> Response:
    """Say that an organisation was asked, or what came of it."""
    body, session = await body_of(request), server.session
    over = request_values.maybe_text(body, "over")
    found = {name: request_values.maybe_text(body, name) for name in _REPLY}
    typed: dict[str, Any] = {name: one for name, one in found.items() if one is not None}
    if body.get("to") is not None:
        typed["to"] = request_values.table(body, "to")
    if isinstance(body.get("about"), list):
        typed["about"] = body["about"]

    def act() -> dict[str, Any]:
        return inquiry_findings.add_reply(session.folder, typed, over=over, by=session.by)

    return json_reply(await in_thread(lambda: acted(session, act)))


CALLS: tuple[Call, ...] = (
    ("GET", "/api/lists", lists),
    ("GET", "/api/lists/proposals", proposals),
    ("POST", "/api/lists/decide", decide),
    ("GET", "/api/replies", replies),
    ("POST", "/api/replies/add", reply),
)
