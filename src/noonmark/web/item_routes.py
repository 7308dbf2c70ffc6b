"""Calls about one item: what it says of itself, its frames, pieces of them, a contact sheet."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.errors import InputError
from noonmark.session.pictures import PictureCache
from noonmark.web import request_values
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, bytes_reply, pieces_reply
from noonmark.web.server_state import ServerState

PNG = "image/png"
MOST_IN_RUN = 60
LARGEST_IN_RUN_PX = 960


def _pictures(server: ServerState) -> PictureCache:
    pictures = server.session.pictures
    if pictures is None:
        raise InputError(
            "no case is open", code="no-case-open", hint="open one, make one, or open the sample"
        )
    return pictures


async def probe(server: ServerState, request: Request) -> Response:
    """The JSON of ``noonmark probe``."""
    pictures, sha256 = _pictures(server), request.path_params["sha256"]
    return await server.jobs.reply(lambda tell: pictures.probe(sha256))


async def frames(server: ServerState, request: Request) -> Response:
    """Sizes and exact times."""
    pictures, sha256 = _pictures(server), request.path_params["sha256"]
    return await server.jobs.reply(lambda tell: pictures.frames(sha256))


async def frame(server: ServerState, request: Request) -> Response:
    """One upright frame as PNG."""
    pictures, sha256 = _pictures(server), request.path_params["sha256"]
    number, max_px = (
        _number(request),
        request_values.maybe_whole(request.query_params, "max_px", most=100_000),
    )
    data, width_px, height_px = await in_thread(lambda: pictures.frame(sha256, number, max_px))
    return bytes_reply(data, PNG, X_Width=width_px, X_Height=height_px)


async def run(server: ServerState, request: Request) -> Response:
    """Frames that follow one another, small, as raw RGB: what plays."""
    pictures, sha256, first = _pictures(server), request.path_params["sha256"], _number(request)
    query = request.query_params
    count = request_values.whole(query, "count", most=MOST_IN_RUN)
    step = max(1, request_values.maybe_whole(query, "step", most=1000) or 1)
    max_px = max(16, request_values.maybe_whole(query, "max_px", most=LARGEST_IN_RUN_PX) or 640)
    numbers = range(first, first + max(1, count) * step, step)
    data, found, width, height = await in_thread(lambda: pictures.run(sha256, numbers, max_px))
    told = ",".join(map(str, found))
    return pieces_reply(
        data, "application/octet-stream", X_Numbers=told, X_Width=width, X_Height=height
    )


async def crop(server: ServerState, request: Request) -> Response:
    """A piece of a frame at full size as PNG."""
    pictures, sha256, number = _pictures(server), request.path_params["sha256"], _number(request)
    x, y, w, h = (
        request_values.whole(request.query_params, name, most=1_000_000) for name in "xywh"
    )
    return bytes_reply(await in_thread(lambda: pictures.crop(sha256, number, (x, y, w, h))), PNG)


async def sheet(server: ServerState, request: Request) -> Response:
    """A contact sheet as PNG; the headers say which frames."""
    pictures, sha256 = _pictures(server), request.path_params["sha256"]
    data, numbers, columns = await in_thread(lambda: pictures.sheet(sha256))
    return bytes_reply(data, PNG, X_Numbers=",".join(map(str, numbers)), X_Columns=columns)


async def copies(server: ServerState, request: Request) -> Response:
    """Look for copies of an item in its case; a job that goes on while its page is elsewhere.

    What is found is a lead. It becomes a link when somebody says it, through the claims' call.
    """
    from noonmark.session.copies import copies_of

    session, sha256 = server.session, request_values.text(await body_of(request), "item")
    return server.jobs.begin(f"copies {sha256}", lambda tell: copies_of(session, sha256, tell))


def _number(request: Request) -> int:
    return request_values.whole(request.path_params, "number", most=10_000_000)
