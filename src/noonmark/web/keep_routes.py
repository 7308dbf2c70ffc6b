"""Calls that keep something: layers, exports, redactions; and the jobs that slow calls become."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.web.door import Door
from noonmark.web.replies import body_of, json_reply


async def job(door: Door, request: Request) -> Response:
    """How far a job is."""
    return json_reply(door.jobs.look(request.path_params["id"]))


async def cancel(door: Door, request: Request) -> Response:
    """Ask a job to stop at its next word."""
    await body_of(request)
    door.jobs.find(request.path_params["id"]).cancelled = True
    return json_reply({})
