"""Calls that keep something: layers, exports, redactions; and the jobs that slow calls become."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from noonmark.errors import InputError
from noonmark.web import asked
from noonmark.web.door import Door
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, bytes_reply, json_reply

_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{1,15})?")


async def add_layer(door: Door, request: Request) -> Response:
    """Read a file of this machine as a layer under the map."""
    from noonmark.bench import desk_layers

    path, desk = asked.text(await body_of(request), "path"), door.desk
    return await door.jobs.reply(lambda tell: desk_layers.add_layer(desk, path))


async def layer_data(door: Door, request: Request) -> Response:
    """The points, lines and areas of a layer as GeoJSON."""
    from noonmark.bench import desk_layers

    desk, name = door.desk, request.path_params["id"]
    return json_reply(await in_thread(lambda: desk_layers.data(desk, name)))


async def layer_image(door: Door, request: Request) -> Response:
    """A layer's picture as PNG; the header says where it lies."""
    from noonmark.bench import desk_layers

    desk, name = door.desk, request.path_params["id"]
    data, bounds = await in_thread(lambda: desk_layers.image(desk, name))
    return bytes_reply(data, "image/png", X_Bounds=",".join(f"{v:.8f}" for v in bounds))


async def layer_tiles(door: Door, request: Request) -> Response:
    """A piece of a tile archive, by Range."""
    from noonmark.bench import desk_layers

    desk, name = door.desk, request.path_params["id"]
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    if match is None:
        raise InputError("a tile archive is read by Range", code="bad-range", hint="Range: bytes=0-16383")
    first, last = int(match[1]), None if match[2] is None else int(match[2])
    data, start, size = await in_thread(lambda: desk_layers.piece(desk, name, first, last))
    span = f"bytes {start}-{start + len(data) - 1}/{size}"
    reply = bytes_reply(data, "application/octet-stream", Content_Range=span, Accept_Ranges="bytes")
    reply.status_code = 206
    return reply


async def export(door: Door, request: Request) -> Response:
    """Write the answer, or a sealed bundle."""
    from noonmark.bench.desk_export import export as written

    body, desk = await body_of(request), door.desk
    what, out, force = asked.text(body, "what"), asked.text(body, "out"), asked.flag(body, "force")
    document = None if body.get("document") is None else asked.table(body, "document")
    return await door.jobs.reply(lambda tell: written(desk, what, out, document=document, force=force, tell=tell))


async def redaction_plan(door: Door, request: Request) -> Response:
    """What would be hidden in an item."""
    from noonmark.bench import desk_redaction

    body, desk = await body_of(request), door.desk
    item, anew = asked.text(body, "item"), asked.flag(body, "anew")
    return await door.jobs.reply(lambda tell: desk_redaction.plan(desk, item, anew=anew))


async def redaction_save(door: Door, request: Request) -> Response:
    """Keep an edited plan."""
    from noonmark.bench import desk_redaction

    body, desk = await body_of(request), door.desk
    item, plan = asked.text(body, "item"), asked.table(body, "plan")
    return json_reply(await in_thread(lambda: desk_redaction.save(desk, item, plan)))


async def redaction_frame(door: Door, request: Request) -> Response:
    """A frame without boxes: the page draws them."""
    from noonmark.web.item_routes import frame

    return await frame(door, request)


async def redaction_export(door: Door, request: Request) -> Response:
    """Carry out a plan into a new file."""
    from noonmark.bench import desk_redaction
    from noonmark.bench.desk_calls import path_of

    body, desk = await body_of(request), door.desk
    item, plan, out = asked.text(body, "item"), asked.table(body, "plan"), asked.text(body, "out")
    who, captions = asked.text(body, "reviewed_by"), body.get("captions") or None
    text = None if captions is None else path_of(asked.text(body, "captions"))
    return await door.jobs.reply(
        lambda tell: desk_redaction.export(desk, item, plan, reviewed_by=who, out=out, captions=text)
    )


async def job(door: Door, request: Request) -> Response:
    """How far a job is."""
    return json_reply(door.jobs.look(request.path_params["id"]))


async def cancel(door: Door, request: Request) -> Response:
    """Ask a job to stop at its next word."""
    await body_of(request)
    door.jobs.find(request.path_params["id"]).cancelled = True
    return json_reply({})
