"""Calls about the case: open, make, close, its state, the inquiry, and files that come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from noonmark.errors import InputError
from noonmark.web import asked
from noonmark.web.door import Door
from noonmark.web.jobs import Tell, in_thread
from noonmark.web.replies import body_of, error_reply, json_reply


async def hello(door: Door, request: Request) -> Response:
    """What the page shows first."""
    from noonmark.bench.desk_calls import hello as said

    return json_reply(said(door.case))


async def open_case(door: Door, request: Request) -> Response:
    """A case from its folder, or the sample."""
    from noonmark.bench import desk, desk_sample

    body = await body_of(request)
    sample = asked.flag(body, "sample")
    path = "" if sample else asked.text(body, "path")

    def work(tell: Tell) -> dict[str, Any]:
        opened = door.put(
            lambda: desk_sample.open_sample(by=door.by) if sample else desk.open_desk(Path(path), by=door.by)
        )
        return {"state": opened.state()}

    return await door.jobs.reply(work)


async def new_case(door: Door, request: Request) -> Response:
    """A new case in a new folder."""
    from noonmark.bench import desk

    path = asked.text(await body_of(request), "path")
    opened = await in_thread(lambda: door.put(lambda: desk.new_desk(Path(path), by=door.by)))
    return json_reply({"state": await in_thread(opened.state)})


async def close_case(door: Door, request: Request) -> Response:
    """Everything that was held of the case is dropped."""
    await body_of(request)
    await in_thread(door.clear)
    return json_reply({})


async def state(door: Door, request: Request) -> Response:
    """All that the page shows of the case at first."""
    return json_reply({"state": await in_thread(door.desk.state)})


async def inquiry(door: Door, request: Request) -> Response:
    """Keep the inquiry; where another tab was first, its state is sent along."""
    body = await body_of(request)
    desk = door.desk
    revision, said = asked.whole(body, "revision"), asked.text(body, "said")
    document = asked.table(body, "inquiry")
    try:
        return json_reply(await in_thread(lambda: desk.save(revision, document, said)))
    except InputError as error:
        if error.code != "newer-revision":
            raise
        return error_reply(error, more={"state": await in_thread(desk.state)})


async def add_items(door: Door, request: Request) -> Response:
    """Keep a file or a folder of this machine."""
    from noonmark.bench.desk_items import add_path

    path = asked.text(await body_of(request), "path")
    desk = door.desk
    return await door.jobs.reply(lambda tell: add_path(desk, path))


async def upload(door: Door, request: Request) -> Response:
    """Keep a file that the browser sends in pieces."""
    from noonmark.bench.desk_items import add_piece

    body = await body_of(request)
    desk, name, piece = door.desk, asked.text(body, "name"), body.get("data")
    if not isinstance(piece, str):
        raise InputError("data: expected base64", code="bad-request", hint="docs/spec/page.md")
    upload_id, offset, total = asked.text(body, "upload"), asked.whole(body, "offset"), asked.whole(body, "total")
    return await door.jobs.reply(
        lambda tell: add_piece(desk, name=name, upload=upload_id, offset=offset, total=total, data=piece)
    )
