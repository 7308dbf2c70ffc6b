"""Calls about a redaction: its plan, the review, and carrying it out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.web import request_values
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, json_reply
from noonmark.web.server_state import ServerState


async def redaction_plan(server: ServerState, request: Request) -> Response:
    """What would be hidden in an item."""
    from noonmark.session import redactions

    body, session = await body_of(request), server.session
    item, anew = request_values.text(body, "item"), request_values.flag(body, "anew")
    return await server.jobs.reply(lambda tell: redactions.plan(session, item, anew=anew))


async def redaction_save(server: ServerState, request: Request) -> Response:
    """Keep an edited plan."""
    from noonmark.session import redactions

    body, session = await body_of(request), server.session
    item, plan = request_values.text(body, "item"), request_values.table(body, "plan")
    return json_reply(await in_thread(lambda: redactions.save(session, item, plan)))


async def redaction_frame(server: ServerState, request: Request) -> Response:
    """A frame without boxes: the page draws them."""
    from noonmark.web.item_routes import frame

    return await frame(server, request)


async def redaction_export(server: ServerState, request: Request) -> Response:
    """Carry out a plan into a new file."""
    from noonmark.session import redactions
    from noonmark.session.requests import path_of

    body, session = await body_of(request), server.session
    item, plan, out = (
        request_values.text(body, "item"),
        request_values.table(body, "plan"),
        request_values.text(body, "out"),
    )
    who, captions = request_values.text(body, "reviewed_by"), body.get("captions") or None
    text = None if captions is None else path_of(request_values.text(body, "captions"))
    return await server.jobs.reply(
        lambda tell: redactions.export(session, item, plan, reviewed_by=who, out=out, captions=text)
    )
