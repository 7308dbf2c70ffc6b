"""The call that writes the answer of the page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.web import request_values
from noonmark.web.replies import body_of
from noonmark.web.server_state import ServerState


async def export(server: ServerState, request: Request) -> Response:
    """Write the answer of the page, or one file of it."""
    from noonmark.session.exports import export as written

    body, session = await body_of(request), server.session
    what, out, force = (
        request_values.text(body, "what"),
        request_values.text(body, "out"),
        request_values.flag(body, "force"),
    )
    document = None if body.get("document") is None else request_values.table(body, "document")
    return await server.jobs.reply(
        lambda tell: written(session, what, out, document=document, force=force, tell=tell)
    )
