"""Calls about sites: the images of a place by date, what people read in them, what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from noonmark.actions.site_view import SiteReader
from noonmark.session import open_sites
from noonmark.web import request_values
from noonmark.web.call_rows import Call
from noonmark.web.jobs import in_thread
from noonmark.web.replies import body_of, bytes_reply, json_reply
from noonmark.web.server_state import ServerState


async def listed(server: ServerState, request: Request) -> Response:
    """The sites that are open, and those of the case."""
    return json_reply(await in_thread(lambda: server.sites.listed(server.opened)))


async def open_site(server: ServerState, request: Request) -> Response:
    """Open the site of a folder."""
    path = request_values.text(await body_of(request), "path")
    return json_reply(await in_thread(lambda: server.sites.open(path, server.opened)))


async def site(server: ServerState, request: Request) -> Response:
    """All that is shown of a site to one reader."""
    name, reader = request.path_params["id"], _reader(server, request.query_params)
    folder = await in_thread(lambda: server.sites.folder(name, server.opened))
    job = server.jobs.running(_job_of(name))
    more = {} if reader.blind else {"proposing": job is not None and not job.cancelled}
    return await server.jobs.reply(lambda tell: open_sites.view(folder, reader) | more)


async def propose(server: ServerState, request: Request) -> Response:
    """Propose events, as the command does; a job that goes on while its page is elsewhere.

    Its result says that it was done, and nothing of what was found: who asked may read blind.
    """
    name = request_values.text(await body_of(request), "site")
    folder = await in_thread(lambda: server.sites.folder(name, server.opened))
    session = server.opened
    return server.jobs.begin(
        _job_of(name), lambda tell: open_sites.propose(folder, tell, session=session)
    )


async def could(server: ServerState, request: Request) -> Response:
    """Whether a feature could have been seen in each image, by rules; a blind reader gets none.

    A page that shows another feature meanwhile drops the call, and the work ends.
    """
    name, asked = request.path_params["id"], request.query_params
    feature, reader = request_values.text(asked, "feature"), _reader(server, asked)
    folder = await in_thread(lambda: server.sites.folder(name, server.opened))
    return await server.jobs.reply(
        lambda tell: open_sites.suggestions(folder, feature, tell, blind=reader.blind), request
    )


async def image(server: ServerState, request: Request) -> Response:
    """The picture of an image around its site as PNG; the header says if it may be handed on."""
    name, wanted = request.path_params["id"], request.path_params["name"]
    folder = await in_thread(lambda: server.sites.folder(name, server.opened))
    data, may = await in_thread(lambda: server.sites.picture(folder, wanted))
    return bytes_reply(data, "image/png", X_Redistribute="yes" if may else "no")


async def read(server: ServerState, request: Request) -> Response:
    """Keep one reading, as the command does."""
    body = await body_of(request)
    name, by = request_values.text(body, "site"), request_values.maybe_text(body, "by") or server.by
    folder = await in_thread(lambda: server.sites.folder(name, server.opened))
    done = await in_thread(
        lambda: open_sites.keep_reading(folder, body, by=by, session=server.opened)
    )
    return json_reply(done)


def _job_of(site: str) -> str:
    """The name of the job that proposes for a site."""
    return f"propose {site}"


def _reader(server: ServerState, asked: Mapping[str, Any]) -> SiteReader:
    """Who looks, and for what."""
    return SiteReader(
        by=request_values.maybe_text(asked, "by") or server.by,
        stage=request_values.maybe_text(asked, "stage") or "visible",
        blind=asked.get("blind") == "yes",
    )


CALLS: tuple[Call, ...] = (
    ("GET", "/api/sites", listed),
    ("POST", "/api/sites/open", open_site),
    ("POST", "/api/sites/read", read),
    ("POST", "/api/sites/propose", propose),
    ("GET", "/api/sites/{id}", site),
    ("GET", "/api/sites/{id}/could", could),
    ("GET", "/api/sites/{id}/image/{name}", image),
)
