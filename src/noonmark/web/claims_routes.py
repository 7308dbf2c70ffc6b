"""Calls about claims: the table, one claim, what can be cited, and saying something."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.web import request_values
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, json_reply
from noonmark.web.server_state import ServerState


async def claims(server: ServerState, request: Request) -> Response:
    """Every claim, the columns of evidence, what is disputed."""
    from noonmark.session import claims as said

    session = server.session
    return await server.jobs.reply(lambda tell: said.table(session))


async def claim(server: ServerState, request: Request) -> Response:
    """The origins, the bounds and the versions of one claim."""
    from noonmark.session import claims as said

    session, name = server.session, request.path_params["id"]
    return await server.jobs.reply(lambda tell: said.detail(session, name))


async def to_cite(server: ServerState, request: Request) -> Response:
    """What a weighing can cite, found by words."""
    from noonmark.session import claims as said

    session, words = server.session, request.query_params.get("words", "")[:200]
    return json_reply(await in_thread(lambda: said.to_cite(session, words)))


async def say(server: ServerState, request: Request) -> Response:
    """Say forms, as ``noonmark inquiry say`` does: all of them, or nothing."""
    from noonmark.session import claims as said

    body, session = await body_of(request), server.session
    return json_reply(await in_thread(lambda: said.say(session, body.get("forms"))))


async def withdraw(server: ServerState, request: Request) -> Response:
    """Withdraw a claim or a weighing, with the reason that the log keeps."""
    from noonmark.session import claims as said

    body, session = await body_of(request), server.session
    name, reason = request_values.text(body, "id"), request_values.text(body, "reason")
    return json_reply(await in_thread(lambda: said.withdraw(session, name, reason)))
