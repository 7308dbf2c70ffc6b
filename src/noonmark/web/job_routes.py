"""Calls about the jobs that slow calls become."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.web.replies import body_of, json_reply
from noonmark.web.server_state import ServerState


async def job(server: ServerState, request: Request) -> Response:
    """How far a job is."""
    return json_reply(server.jobs.look(request.path_params["id"]))


async def cancel(server: ServerState, request: Request) -> Response:
    """Ask a job to stop at its next word."""
    await body_of(request)
    server.jobs.find(request.path_params["id"]).cancelled = True
    return json_reply({})
