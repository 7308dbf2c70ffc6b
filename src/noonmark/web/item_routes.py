"""Calls about one item: what it says of itself, its frames, pieces of them, a contact sheet."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noonmark.bench.desk_media import Gallery
from noonmark.errors import InputError
from noonmark.web import asked
from noonmark.web.door import Door
from noonmark.web.jobs import in_thread
from noonmark.web.replies import bytes_reply

PNG = "image/png"


def _gallery(door: Door) -> Gallery:
    gallery = door.desk.gallery
    if gallery is None:
        raise InputError("no case is open", code="no-case-open", hint="open one, make one, or open the sample")
    return gallery


async def probe(door: Door, request: Request) -> Response:
    """The JSON of ``noonmark probe``."""
    gallery, sha256 = _gallery(door), request.path_params["sha256"]
    return await door.jobs.reply(lambda tell: gallery.probe(sha256))


async def frames(door: Door, request: Request) -> Response:
    """Sizes and exact times."""
    gallery, sha256 = _gallery(door), request.path_params["sha256"]
    return await door.jobs.reply(lambda tell: gallery.frames(sha256))


async def frame(door: Door, request: Request) -> Response:
    """One upright frame as PNG."""
    gallery, sha256 = _gallery(door), request.path_params["sha256"]
    number, max_px = _number(request), asked.maybe_whole(request.query_params, "max_px", most=100_000)
    data, width_px, height_px = await in_thread(lambda: gallery.frame(sha256, number, max_px))
    return bytes_reply(data, PNG, X_Width=width_px, X_Height=height_px)


async def crop(door: Door, request: Request) -> Response:
    """A piece of a frame at full size as PNG."""
    gallery, sha256, number = _gallery(door), request.path_params["sha256"], _number(request)
    x, y, w, h = (asked.whole(request.query_params, name, most=1_000_000) for name in "xywh")
    return bytes_reply(await in_thread(lambda: gallery.crop(sha256, number, (x, y, w, h))), PNG)


async def sheet(door: Door, request: Request) -> Response:
    """A contact sheet as PNG; the headers say which frames."""
    gallery, sha256 = _gallery(door), request.path_params["sha256"]
    data, numbers, columns = await in_thread(lambda: gallery.sheet(sha256))
    return bytes_reply(data, PNG, X_Numbers=",".join(map(str, numbers)), X_Columns=columns)


def _number(request: Request) -> int:
    return asked.whole(request.path_params, "number", most=10_000_000)
