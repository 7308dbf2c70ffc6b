"""Calls about the case: open, make, close, its state, the inquiry, and files that come in."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from noonmark.actions.recent_cases import remember_case
from noonmark.errors import InputError
from noonmark.web import request_values
from noonmark.web.jobs import Tell, in_thread
from noonmark.web.replies import body_of, error_reply, json_reply
from noonmark.web.server_state import ServerState


async def hello(server: ServerState, request: Request) -> Response:
    """What the page shows first."""
    from noonmark.session.case_folders import free_folder
    from noonmark.session.requests import hello as said

    return json_reply(said(server.case, await in_thread(free_folder)))


async def open_case(server: ServerState, request: Request) -> Response:
    """A case from its folder, or the sample."""
    from noonmark.session.case_folders import case_folder
    from noonmark.session.case_session import open_session
    from noonmark.session.sample import open_sample

    body = await body_of(request)
    sample = request_values.flag(body, "sample")
    path = "" if sample else request_values.text(body, "path")

    def work(tell: Tell) -> dict[str, Any]:
        opened = server.put(
            lambda: (
                open_sample(by=server.by)
                if sample
                else open_session(case_folder(path), by=server.by)
            )
        )
        if not sample:
            remember_case(opened.folder)
        return {"state": opened.state()}

    return await server.jobs.reply(work)


async def new_case(server: ServerState, request: Request) -> Response:
    """A new case in a new folder; without a path in one that is free, named by the date."""
    from noonmark.session.case_folders import case_folder, free_folder
    from noonmark.session.case_session import new_session

    path = request_values.maybe_text(await body_of(request), "path")

    def work() -> dict[str, Any]:
        folder = free_folder() if path is None else case_folder(path)
        opened = server.put(lambda: new_session(folder, by=server.by))
        remember_case(opened.folder)
        return opened.state()

    return json_reply({"state": await in_thread(work)})


async def close_case(server: ServerState, request: Request) -> Response:
    """Everything that was held of the case is dropped."""
    await body_of(request)
    await in_thread(server.clear)
    return json_reply({})


async def state(server: ServerState, request: Request) -> Response:
    """All that the page shows of the case at first."""
    return json_reply({"state": await in_thread(server.session.state)})


async def inquiry(server: ServerState, request: Request) -> Response:
    """Keep the inquiry; where another tab was first, its state is sent along."""
    body = await body_of(request)
    session = server.session
    revision, said = request_values.whole(body, "revision"), request_values.text(body, "said")
    document = request_values.table(body, "inquiry")
    try:
        return json_reply(await in_thread(lambda: session.save(revision, document, said)))
    except InputError as error:
        if error.code != "newer-revision":
            raise
        return error_reply(error, more={"state": await in_thread(session.state)})


async def add_items(server: ServerState, request: Request) -> Response:
    """Keep a file or a folder of this machine."""
    from noonmark.session.items import add_path

    path = request_values.text(await body_of(request), "path")
    session = server.session
    return await server.jobs.reply(lambda tell: add_path(session, path))


async def upload(server: ServerState, request: Request) -> Response:
    """Keep a file that the browser sends in pieces."""
    from noonmark.session.items import add_piece

    body = await body_of(request)
    session, name, piece = server.session, request_values.text(body, "name"), body.get("data")
    if not isinstance(piece, str):
        raise InputError("data: expected base64", code="bad-request", hint="docs/spec/page.md")
    upload_id, offset, total = (
        request_values.text(body, "upload"),
        request_values.whole(body, "offset"),
        request_values.whole(body, "total"),
    )
    return await server.jobs.reply(
        lambda tell: add_piece(
            session, name=name, upload=upload_id, offset=offset, total=total, data=piece
        )
    )
