"""Calls about the layers of the user's own under the map."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from noonmark.errors import InputError
from noonmark.web import request_values
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, bytes_reply, json_reply
from noonmark.web.server_state import ServerState

_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{1,15})?")


async def add_layer(server: ServerState, request: Request) -> Response:
    """Read a file of this machine as a layer under the map."""
    from noonmark.session import layers

    path, session = request_values.text(await body_of(request), "path"), server.session
    return await server.jobs.reply(lambda tell: layers.add_layer(session, path))


async def layer_data(server: ServerState, request: Request) -> Response:
    """The points, lines and areas of a layer as GeoJSON."""
    from noonmark.session import layers

    session, name = server.session, request.path_params["id"]
    return json_reply(await in_thread(lambda: layers.data(session, name)))


async def layer_image(server: ServerState, request: Request) -> Response:
    """A layer's picture as PNG; the header says where it lies."""
    from noonmark.session import layers

    session, name = server.session, request.path_params["id"]
    data, bounds = await in_thread(lambda: layers.image(session, name))
    return bytes_reply(data, "image/png", X_Bounds=",".join(f"{v:.8f}" for v in bounds))


async def layer_tiles(server: ServerState, request: Request) -> Response:
    """A piece of a tile archive, by Range."""
    from noonmark.session import layers

    session, name = server.session, request.path_params["id"]
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    if match is None:
        raise InputError(
            "a tile archive is read by Range", code="bad-range", hint="Range: bytes=0-16383"
        )
    first, last = int(match[1]), None if match[2] is None else int(match[2])
    data, start, size = await in_thread(lambda: layers.piece(session, name, first, last))
    span = f"bytes {start}-{start + len(data) - 1}/{size}"
    reply = bytes_reply(data, "application/octet-stream", Content_Range=span, Accept_Ranges="bytes")
    reply.status_code = 206
    return reply
