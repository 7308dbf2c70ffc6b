"""Calls about the report: the draft of its choices, the check, and writing it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.web import request_values
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, json_reply
from noonmark.web.server_state import ServerState


async def draft(server: ServerState, request: Request) -> Response:
    """The choices as they were kept last."""
    from noonmark.session import releases

    session = server.session
    return json_reply(await in_thread(lambda: releases.read_draft(session)))


async def keep(server: ServerState, request: Request) -> Response:
    """Keep the choices; they say nothing and are no act."""
    from noonmark.session import releases

    body, session = await body_of(request), server.session
    chosen = request_values.table(body, "draft")
    return json_reply(await in_thread(lambda: releases.keep_draft(session, chosen)))


async def check(server: ServerState, request: Request) -> Response:
    """What would go out, and what stops it."""
    from noonmark.session import releases

    body, session = await body_of(request), server.session
    asked = request_values.table(body, "asked")
    return await server.jobs.reply(lambda tell: releases.check(session, asked))


async def write(server: ServerState, request: Request) -> Response:
    """Write the report and the signed bundle."""
    from noonmark.session import releases

    body, session = await body_of(request), server.session
    asked, out = request_values.table(body, "asked"), request_values.text(body, "out")
    document = None if body.get("document") is None else request_values.table(body, "document")
    return await server.jobs.reply(
        lambda tell: releases.write(session, asked, out, document=document, tell=tell)
    )
