"""Calls about the whole of a case and about cases: a glance, a search, recent ones, folders."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.actions import recent_cases
from noonmark.web import request_values
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, json_reply
from noonmark.web.server_state import ServerState


async def overview(server: ServerState, request: Request) -> Response:
    """What the case holds, its events, and what is open."""
    from noonmark.session.case_gaps import overview as glance

    session = server.session
    return await server.jobs.reply(lambda tell: glance(session))


async def search(server: ServerState, request: Request) -> Response:
    """Everything of the case that holds the words."""
    from noonmark.session.case_search import search_case

    session, words = server.session, request_values.text(request.query_params, "words")
    return await server.jobs.reply(lambda tell: search_case(session, words))


async def recent(server: ServerState, request: Request) -> Response:
    """The cases that were open on this machine."""
    return json_reply(await in_thread(recent_cases.recent_cases))


async def keep_recent(server: ServerState, request: Request) -> Response:
    """Keep the list or not, or take one case off it."""
    body = await body_of(request)
    path = request_values.maybe_text(body, "forget")

    def work() -> None:
        if path is not None:
            recent_cases.forget_case(path)
        else:
            recent_cases.keep_recent(request_values.flag(body, "keep"))

    await in_thread(work)
    return json_reply(await in_thread(recent_cases.recent_cases))


async def folders(server: ServerState, request: Request) -> Response:
    """The folders in a folder of this machine, to choose a case from."""
    from noonmark.session.case_folders import listing

    path = request_values.maybe_text(request.query_params, "path")
    return json_reply(await in_thread(lambda: listing(path)))
